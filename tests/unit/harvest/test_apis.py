"""What is asked of each service, and what follows from its pages."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from stub_services import LDA, Stub, items, question, questions

from pqlod.errors import SourceError
from pqlod.harvest import linked_data, members, written_questions
from pqlod.harvest.requests import Request, slices, with_parameters

URL = "https://lda.example.org" + LDA


def test_parameters_are_set_and_others_stay() -> None:
    assert with_parameters("http://a/b?x=1&y=2&y=3&z=", x=9, w=True) == "http://a/b?y=2&y=3&z=&x=9&w=true"


def test_days_are_asked_for_in_slices_without_gap() -> None:
    found = list(slices(date(2026, 1, 1), date(2026, 3, 5)))

    assert (found[0]["From"], found[-1]["To"]) == (date(2026, 1, 1), date(2026, 3, 5))
    assert all(later["From"] - earlier["To"] == timedelta(days=1) for earlier, later in pairwise(found))


# --- written questions ---


def bounds(request: Request) -> dict[str, str]:
    query = parse_qs(urlsplit(request.url).query)
    return {
        name: value for name, (value,) in query.items() if name.endswith(("From", "To")) or name in ("house", "questionStatus")
    }


def test_the_first_harvest_asks_what_was_tabled_in_each_house() -> None:
    requests = written_questions.tabled_between(date(2026, 11, 1), date(2026, 11, 24))

    assert [bounds(request) for request in requests] == [
        {"house": house, "tabledWhenFrom": "2026-11-01", "tabledWhenTo": "2026-11-24"} for house in ("Commons", "Lords")
    ]


def test_a_later_one_asks_what_was_tabled_answered_corrected_and_is_without_answer() -> None:
    requests = written_questions.changed_since(date(2026, 11, 21), date(2026, 11, 24))

    asked = [bounds(request) for request in requests if "house=Lords" in request.url]
    day, today = "2026-11-21", "2026-11-24"
    assert asked[:3] == [
        {"house": "Lords", "tabledWhenFrom": day, "tabledWhenTo": today},
        {"house": "Lords", "answeredWhenFrom": day, "answeredWhenTo": today},
        {"house": "Lords", "correctedWhenFrom": day, "correctedWhenTo": today},
    ]
    assert {request["questionStatus"] for request in asked[3:]} == {"NotAnswered"}
    assert (asked[3]["tabledWhenFrom"], asked[-1]["tabledWhenTo"]) == ("2026-07-24", "2026-11-20")


def page_of(stub: Stub, request: Request) -> Any:
    return written_questions.read(request, stub.document(urlsplit(request.url)._replace(scheme="", netloc="").geturl()))


def test_a_page_is_followed_by_what_it_clips_and_then_by_the_next_page() -> None:
    stub = Stub(questions=[question(n, answer="long " * 60 if n == 1 else "Yes.") for n in range(3)], page=2)
    (first, _) = written_questions.tabled_between(None, date(2026, 11, 24))

    page = page_of(stub, first)

    detail, following = page.following
    assert (page.items, page.total) == (2, 3)
    assert (detail.is_detail, urlsplit(detail.url).path) == (True, "/api/writtenquestions/questions/1")
    assert (following.start, parse_qs(urlsplit(following.url).query)["skip"]) == (2, ["2"])
    assert page_of(stub, following).following == ()


@pytest.mark.parametrize(
    ("others", "expected"),
    [({}, 0), ({"attachmentCount": 1}, 1), ({"attachmentCount": 1, "attachments": [{"title": "A table"}]}, 0),
     ({"questionText": "x" * 300}, 1), ({"uin": None}, 0)],
    ids=["whole", "files that are not listed", "files that are", "a clipped question", "a question without UIN"],
)  # fmt: skip
def test_only_what_the_list_does_not_tell_is_asked_for(others: dict[str, Any], expected: int) -> None:
    (request, _) = written_questions.tabled_between(None, date(2026, 11, 24))

    page = page_of(Stub(questions=[question(7, answer="Yes.", **others)]), request)

    assert len(page.following) == expected


def test_the_basis_of_a_detail_changes_with_what_the_list_tells() -> None:
    (request, _) = written_questions.tabled_between(None, date(2026, 11, 24))
    bases = [
        page_of(Stub(questions=[question(7, answer="long " * 60, **others)]), request).following[0].basis
        for others in ({}, {}, {"dateAnswerCorrected": "2026-11-23T00:00:00"})
    ]

    assert bases[0] == bases[1] != bases[2]


@pytest.mark.parametrize("document", [{"status": 500}, [], {"results": []}, {"results": {}, "totalResults": 1}, "x"])
def test_what_is_no_page_of_questions_is_refused(document: Any) -> None:
    (request, _) = written_questions.tabled_between(None, date(2026, 11, 24))

    with pytest.raises(SourceError):
        written_questions.read(request, document)


# --- members ---


def test_members_are_followed_by_their_histories_and_the_next_page() -> None:
    request = list(members.everything("https://m.example/api"))[-1]
    document = {"items": [{"value": {"id": n, "nameDisplayAs": f"Member {n}"}} for n in (1, 2)], "totalResults": 3}

    page = members.read(request, document)

    assert [following.url for following in page.following] == [
        "https://m.example/api/Members/History?ids=1&ids=2",
        "https://m.example/api/Members/Search?take=20&skip=2",
    ]


@pytest.mark.parametrize("document", [{"status": 500}, {"items": [{"value": {"id": 1}}]}, "x"])
def test_what_is_no_list_of_members_is_refused(document: Any) -> None:
    with pytest.raises(SourceError, match="is no list of members"):
        members.read(list(members.everything())[-1], document)


# --- any Linked Data API ---


@pytest.mark.parametrize("loses_page_size", [False, True], ids=["as it should be", "losing the page size"])
@pytest.mark.parametrize("query", ["", "?_pageSize=4", "?_pageSize=4&subject=a&subject=b", "?_page=1&_pageSize=4"])
def test_every_item_of_a_list_is_found_once(query: str, loses_page_size: bool) -> None:
    stub = Stub(items=items(23), loses_page_size=loses_page_size)
    found: list[str] = []
    request: Request | None = linked_data.whole_list(URL + query)
    while request is not None:
        document = stub.document(request.url.removeprefix("https://lda.example.org"))
        page = linked_data.read(request, document)
        found += [item["_about"] for item in document["result"]["items"]][: page.items]
        assert request.url.startswith(URL)
        request = next(iter(page.following), None)

    assert found == [item["_about"] for item in stub.items]


def test_a_page_that_begins_too_late_is_asked_for_in_the_size_that_is_given() -> None:
    late = {"result": {"items": [1], "startIndex": 21, "itemsPerPage": 10, "totalResults": 2000}}

    page = linked_data.read(Request("lda", "list", URL + "?_page=2&_pageSize=5", start=10), late)

    (again,) = page.following
    assert (page.items, again.start, again.url) == (0, 10, URL + "?_pageSize=10&_page=1")


def test_a_list_that_never_comes_to_the_place_is_an_error() -> None:
    late = {"result": {"items": [1], "startIndex": 21, "itemsPerPage": 10}}

    with pytest.raises(SourceError, match="Does not begin at item 11"):
        linked_data.read(Request("lda", "list", URL + "?_pageSize=10&_page=1", start=10), late)


def test_a_list_that_repeats_itself_ends() -> None:
    same = {"result": {"items": [1, 2], "startIndex": 1, "next": URL + "?_page=1"}}

    assert linked_data.read(Request("lda", "list", URL + "?_page=1", start=2), same).following == ()


def test_an_item_is_a_page_of_its_own() -> None:
    assert linked_data.read(linked_data.whole_list(URL), {"result": {"primaryTopic": {"_about": "x"}}}).items == 1


def test_a_sample_of_questions_has_something_of_each_kind() -> None:
    sample = [result["value"] for result in questions(60)]

    assert {question["house"] for question in sample} == {"Commons", "Lords"}
    assert {len(question["answerText"] or "") > 255 for question in sample} == {True, False}
