"""Lists as charts: ``_chart=`` and what the page of a list has of it."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

BAR = re.compile(r'<th scope="row"><a href="([^"]+)"[^>]*>(.*?)</a></th><td><data value="([\d.]+)">')


@pytest.mark.parametrize(
    "name", ["dateTabled-month", "dateTabled-year", "AnsweringBody", "daysToAnswer-step", "answer-existence"]
)
def test_a_list_is_shown_as_a_chart_whose_bars_lead_to_as_many_items(client: FlaskClient, name: str) -> None:
    text = client.get(f"/writtenquestions.html?_search=school&_chart={name}").text

    bars = BAR.findall(text)
    assert bars
    for address, _, count in bars[:3]:
        assert "_chart" not in address
        answer = client.get(unescape(address).replace(".html?", ".json?")).get_json()
        assert answer["result"]["totalResults"] == int(count), address
    assert "static/js/charts.js" in text


def test_a_list_offers_charts_and_loads_no_script_without_one(client: FlaskClient) -> None:
    text = client.get("/writtenquestions.html?_search=school").text

    assert 'href="http://localhost/writtenquestions.html?_search=school&amp;_chart=dateTabled-month"' in text
    assert "_chart=isNamedDay" not in text  # of two bars nobody needs a picture
    assert "static/vendor" not in text


def test_the_chart_of_a_choice_has_the_other_choices_too(client: FlaskClient) -> None:
    bars = BAR.findall(client.get("/writtenquestions.html?AnsweringBody=Home+Office&_chart=AnsweringBody").text)

    assert len(bars) > 5
    assert 'class="chosen"' in client.get("/writtenquestions.html?AnsweringBody=Home+Office&_chart=AnsweringBody").text


def test_the_median_of_a_choice_is_in_the_middle_of_its_numbers(client: FlaskClient) -> None:
    text = client.get("/writtenquestions.html?_chart=daysToAnswer-step/AnsweringBody").text

    medians = [(unescape(address), float(median)) for address, _, median in BAR.findall(text)]
    assert len(medians) > 5
    for address, median in medians[1:4]:
        root = address.replace(".html?", ".json?") + "&exists-answer=true"
        all_, below, above = (
            client.get(root + more).get_json()["result"]["totalResults"]
            for more in ("", f"&maxEx-daysToAnswer={median:.0f}", f"&minEx-daysToAnswer={median:.0f}")
        )
        assert below <= all_ / 2, address
        assert above <= all_ / 2, address


def test_an_unknown_chart_is_refused_with_those_there_are(client: FlaskClient) -> None:
    problem = client.get("/writtenquestions?_chart=dateTabled-mouth").get_json(force=True)

    assert (problem["status"], problem["parameter"]) == (400, "_chart")
    assert "dateTabled-month" in problem["detail"]


def test_programs_get_the_same_items_with_it(client: FlaskClient) -> None:
    plain, charted = (client.get(f"/writtenquestions.csv?_pageSize=5{more}").data for more in ("", "&_chart=dateTabled-month"))

    assert plain == charted
