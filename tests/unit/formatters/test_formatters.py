import json
import re
from pathlib import Path
from typing import Any

import pytest

from pqlod.errors import QueryLimitExceeded
from pqlod.formatters import FORMATTERS, write_page
from pqlod.lda.model import FormatterKind
from pqlod.store.deadline import Deadline

FORMATS = Path(__file__).parents[3] / "docs" / "formats.md"


def test_there_is_a_writer_for_every_kind_of_formatter() -> None:
    assert FORMATTERS.keys() == set(FormatterKind)


@pytest.mark.parametrize("kind", FormatterKind)
def test_formatter_is_documented(kind: FormatterKind) -> None:
    headings = re.findall(r"^## .*$", FORMATS.read_text(encoding="utf-8"), re.MULTILINE)

    assert any(f"`.{kind.value}`" in heading for heading in headings)


@pytest.mark.parametrize("kind", [FormatterKind.JSON, FormatterKind.XML, FormatterKind.CSV, FormatterKind.ATOM])
def test_a_page_is_not_written_on_after_its_deadline(make_page: Any, kind: FormatterKind) -> None:
    page = make_page("r:a x:n 1 .", "a", kind=kind, deadline=Deadline.after(0))

    with pytest.raises(QueryLimitExceeded):
        write_page(page)


@pytest.mark.parametrize("kind", sorted(FORMATTERS.keys() - {FormatterKind.HTML}, key=lambda kind: kind.value))
def test_a_page_is_written_with_the_first_media_type_of_its_formatter(make_page: Any, kind: FormatterKind) -> None:
    body, media_type = write_page(make_page("r:a x:n 1 .", "a", kind=kind))

    assert b"http://x.example/id/a" in body or b"r:a" in body
    assert media_type == f"test/{kind.value}"


def test_a_callback_is_put_around_json(make_page: Any) -> None:
    body, media_type = write_page(make_page("r:a x:n 1 .", "a", callback="show"))

    assert body.startswith(b"show({")
    assert json.loads(body[5:-1])["result"]["items"][0]["n"] == 1
    assert media_type == "text/javascript; charset=utf-8"


def test_a_script_has_no_line_ends_that_older_browsers_refuse(make_page: Any) -> None:
    body, _ = write_page(make_page(r"r:a x:t '\u2028\u2029' .", "a", callback="show"))

    assert rb'"t":"\u2028\u2029"' in body


def test_a_callback_is_not_put_around_other_formats(make_page: Any) -> None:
    page = make_page("r:a x:n 1 .", "a", callback="show", kind=FormatterKind.TURTLE)

    assert not write_page(page)[0].startswith(b"show")
