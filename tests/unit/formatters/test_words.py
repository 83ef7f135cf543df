import pytest

from pqlod.formatters.words import uncapitalised, words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("answeringDeptId", "answering dept id"),
        ("AnsweringBody", "answering body"),
        ("EHCPlan", "EHC plan"),
        ("groupedQuestionUIN", "grouped question UIN"),
        ("UIN", "UIN"),
        ("n1x", "n 1x"),
        ("n1xy", "n 1 xy"),
        ("AB1", "AB1"),
        ("AB12", "AB 12"),
        ("ABx", "A bx"),
        ("x_party", "x_party"),
        ("common_2071", "common_ 2071"),
        ("unknownReason", "unknown reason"),
        ("unknown_httpXnopfxDexampleSoneSZsame", "unknown same"),
    ],
)
def test_a_shortname_is_split_into_words(name: str, expected: str) -> None:
    assert words(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("Month tabled", "month tabled"), ("UIN", "UIN"), ("A", "a"), ("", ""), ("party", "party")]
)
def test_a_text_inside_of_a_sentence(text: str, expected: str) -> None:
    assert uncapitalised(text) == expected
