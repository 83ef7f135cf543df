"""Kinds of file are told apart by content."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pqlod.errors import SourceError
from pqlod.sources import SourceFile, source_of

Make = Callable[..., SourceFile]
QUESTION = '{"uin": "1", "house": "Commons", "date_tabled": "2024-01-05"}'
RESULT = '{"value": {"id": 1, "uin": "1", "askingMemberId": 2}}'
ITEM = '{"_about": "http://data.parliament.uk/resources/1", "uin": "1"}'
MEMBER = '{"value": {"id": 172, "nameDisplayAs": "Ms Diane Abbott"}}'

KINDS = [
    ("JSON lines", QUESTION + "\n" + QUESTION, "exchange format, as JSON lines"),
    ("JSON lines after a damaged one", '{"uin"\n' + QUESTION, "exchange format, as JSON lines"),
    ("array of questions", f"[{QUESTION}]", "exchange format, as JSON"),
    ("question over several lines", QUESTION.replace(",", ",\n"), "exchange format, as JSON"),
    ("LDA page", f'{{"format": "linked-data-api", "result": {{"items": [{ITEM}]}}}}', "Linked Data API JSON"),
    ("LDA item page", f'{{"result": {{"primaryTopic": {ITEM}}}}}', "Linked Data API JSON"),
    ("LDA items", f"[{ITEM}]", "Linked Data API JSON"),
    ("API page", f'{{"totalResults": 1, "results": [{RESULT}]}}', "written questions API JSON"),
    ("API results", f"[{RESULT}]", "written questions API JSON"),
    ("API question", RESULT, "written questions API JSON"),
    ("member", MEMBER, "Members API JSON"),
    ("members search", f'{{"items": [{MEMBER}], "totalResults": 1}}', "Members API JSON"),
    ("MNIS", '<?xml version="1.0"?>\n<Members><Member Member_Id="1"/></Members>', "MNIS XML"),
    ("table", "name,extra,mnis_id,geographic_code\n", "CSV table"),
    ("table with old line ends", "id,name,short_name\r1,House of Commons,Commons", "CSV table"),
    ("table with mark", "\ufeffid,name,short_name\n1,House of Commons,Commons", "CSV table"),
    ("Turtle", "# a comment\n@prefix : <http://example.org/> .\n:a :b :c .", "RDF"),
    ("Turtle in SPARQL style", "PREFIX : <http://example.org/>\n:a :b :c .", "RDF"),
    ("N-Triples", '<http://example.org/a> <http://example.org/b> "c" .', "RDF"),
    ("RDF/XML", '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "RDF"),
    ("JSON-LD", '{"@context": {}, "@id": "http://example.org/a"}', "RDF"),
]


@pytest.mark.parametrize(("content", "name"), [kind[1:] for kind in KINDS], ids=[kind[0] for kind in KINDS])
def test_a_kind_is_told_by_content(make_file: Make, content: str, name: str) -> None:
    assert source_of(make_file(content)).name == name


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "Empty."),
        (" \n ", "Empty."),
        ("[]\n", "Empty."),
        ("# Heading\n\nSome text.", "Of no known kind: it begins '# Heading"),
        ("a,b,c\n1,2,3\n", "Of no known kind"),
        ('{"things": []}', "Of no known kind"),
        ('{"uin": "1", ', "Broken JSON"),
        ("<other/>", "Of no known kind"),
        ('id,name,"short_name\n1,2,3', "Of no known kind"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", "it begins with bytes that are no text"),
    ],
    ids=[
        "empty",
        "blank",
        "no records",
        "prose",
        "unknown table",
        "unknown JSON",
        "cut JSON",
        "unknown XML",
        "broken header",
        "picture",
    ],
)
def test_what_is_of_no_kind_is_refused_with_the_reason(make_file: Make, content: str | bytes, reason: str) -> None:
    with pytest.raises(SourceError) as error:
        source_of(make_file(content))

    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('{"responseHeader": {}, "response": {"docs": []}}', "search index"),
        ("<publicwhip></publicwhip>", "TheyWorkForYou"),
        ("<!DOCTYPE html>\n<html></html>", "a web page"),
    ],
)
def test_what_is_known_and_not_read_is_refused_by_name(make_file: Make, content: str, name: str) -> None:
    file = make_file(content)

    with pytest.raises(SourceError, match=name):
        source_of(file).read(file)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("data/api-samples/lda-answeredquestions.json", "Linked Data API JSON"),
        ("data/api-samples/lda-commonsmembers-items.json", "Linked Data API JSON"),
        ("data/api-samples/written-questions-api-page.json", "written questions API JSON"),
        ("data/api-samples/written-questions-api-results-2026-07.json", "written questions API JSON"),
        ("data/api-samples/members-api-member-4707-trimmed.json", "Members API JSON"),
        ("data/api-samples/mnis-members-4378.xml", "MNIS XML"),
        ("data/real/questions-more.jsonl.gz", "exchange format, as JSON lines"),
        ("data/real/sessions.csv", "CSV table"),
        ("golden/config.ttl", "RDF"),
    ],
)
def test_a_real_file_is_told_by_content(shared: Path, path: str, name: str) -> None:
    assert source_of(SourceFile(shared / path)).name == name


@given(st.binary(max_size=300))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_file_holds_it_is_of_a_kind_or_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "anything").write_bytes(content)

    with suppress(SourceError):
        list(source_of(SourceFile(tmp_path / "anything")).read(SourceFile(tmp_path / "anything")))
