"""Text that was read in a wrong character set is put right, and no other text is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqlod.sources.encodings import repaired

SIGNS = "£½éñÀ’“–•…€™\xa0"


@pytest.mark.parametrize("sign", SIGNS)
def test_what_was_read_wrongly_is_put_right(sign: str) -> None:
    assert repaired(f"It costs {read_wrongly(sign)}5.") == f"It costs {sign}5."


@pytest.mark.parametrize("sign", "£½é’–…")
def test_what_was_read_wrongly_twice_is_put_right(sign: str) -> None:
    assert repaired(f"It costs {read_wrongly(read_wrongly(sign))}5.") == f"It costs {sign}5."


def read_wrongly(text: str) -> str:
    """As by a browser: the five bytes that Windows-1252 lacks are control characters."""
    return "".join(bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte)) for byte in text.encode())


@pytest.mark.parametrize("sign", SIGNS)
def test_latin_1_is_put_right_too(sign: str) -> None:
    assert repaired(f"a{sign}".encode().decode("latin-1")) == f"a{sign}"


@pytest.mark.parametrize(
    "text", ["", "plain", "£5 – “CAFÉ”", "Âme", "SÃO PAULO", "à la carte", "château", "Ynys Môn", "日本", "â € x"]
)
def test_other_text_is_left_alone(text: str) -> None:
    assert repaired(text) == text


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    assert repaired(repaired(text)) == repaired(repaired(repaired(text)))
