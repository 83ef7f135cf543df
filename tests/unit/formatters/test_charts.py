"""Charts: which bars a facet becomes, where they lead, and what is said of what is not drawn."""

from decimal import Decimal

import pytest

from pqlod.formatters.html.charts import Bar, ChartShape, chart_of
from pqlod.lda.companions import MOST_RANKED, Medians
from pqlod.lda.facets import Facet, FacetValue, Median
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import FacetDeclaration, FacetKind
from pqlod.lda.paths import PropertyPath

LIST = RequestUrl("http://h.example", "/questions", (("_search", "housing"), ("by", "Ann"), ("_chart", "by"), ("_page", "3")))


def facet(kind: FacetKind, *values: FacetValue, **more: object) -> Facet:
    return Facet("by", "Asked by", kind, values, **more)  # type: ignore[arg-type]


def test_bars_lead_to_the_list_with_another_choice_from_its_first_page_and_without_the_chart() -> None:
    asked = facet(
        FacetKind.VALUE,
        FacetValue("Ann", 20, (("by", "Ann"),), is_chosen=True),
        FacetValue("Bo", 7, (("by", "Bo"),)),
        replaces=(("by", "Ann"),),
    )

    chart = chart_of(asked, LIST)

    assert chart is not None
    assert (chart.title, chart.shape, chart.most) == ("Asked by", ChartShape.RANKED, 20)
    assert chart.bars == (
        Bar("Ann", 20, "http://h.example/questions?_search=housing&by=Ann", is_chosen=True),
        Bar("Bo", 7, "http://h.example/questions?_search=housing&by=Bo"),
    )


def test_months_stand_in_the_order_of_time_each_with_its_first_day() -> None:
    months = [(("min-date", f"2018-{month:02}-01"), ("max-date", f"2018-{month:02}-28")) for month in (3, 2)]
    values = (FacetValue("March 2018", 1, months[0]), FacetValue("February 2018", 2, months[1]))

    chart = chart_of(facet(FacetKind.MONTH, *values), LIST)

    assert chart is not None
    assert [(bar.label, bar.begins) for bar in chart.bars] == [("February 2018", "2018-02-01"), ("March 2018", "2018-03-01")]
    assert (chart.unit, chart.size) == ("month", "level")


def test_steps_stay_in_their_order() -> None:
    steps = (FacetValue("0–2", 1, (("min-n", "0"), ("maxEx-n", "3"))), FacetValue("3 or more", 9, (("min-n", "3"),)))

    chart = chart_of(facet(FacetKind.STEP, *steps), LIST)

    assert chart is not None
    assert [bar.label for bar in chart.bars] == ["0–2", "3 or more"]
    assert [bar.begins for bar in chart.bars] == ["", ""]


def test_what_is_not_drawn_is_told() -> None:
    values = [FacetValue(f"V{number:02}", 100 - number, (("by", f"V{number:02}"),)) for number in range(MOST_RANKED + 4)]

    chart = chart_of(facet(FacetKind.VALUE, *values, others=1_000, without=1, is_complete=False), LIST)

    assert chart is not None
    assert len(chart.bars) == MOST_RANKED
    assert chart.notes == ("1,004 more are not drawn.", "1 has none.", "There was no time to count them all.")


def test_what_is_chosen_is_drawn_however_short_it_is() -> None:
    values = [FacetValue(f"V{number:02}", 100 - number, (("by", f"V{number:02}"),)) for number in range(MOST_RANKED)]

    chart = chart_of(facet(FacetKind.VALUE, *values, FacetValue("Zoe", 1, (("by", "Zoe"),), is_chosen=True)), LIST)

    assert chart is not None
    assert chart.bars[-1].label == "Zoe"


@pytest.mark.parametrize(
    ("bars", "size"), [(1, "short"), (5, "short"), (6, "middle"), (10, "middle"), (11, "tall"), (16, "tall")]
)
def test_the_bars_that_lie_under_each_other_decide_the_height(bars: int, size: str) -> None:
    chart = chart_of(facet(FacetKind.VALUE, *(FacetValue(str(n), 1, (("by", str(n)),)) for n in range(bars))), LIST)

    assert chart is not None
    assert chart.size == size


def test_medians_are_those_of_each_choice_the_longest_first_below_that_of_all() -> None:
    by = facet(FacetKind.VALUE, others=3, without=8, replaces=(("by", "Ann"),))
    days = FacetDeclaration(PropertyPath((), "days"), "Days to the answer", FacetKind.STEP, (0, 9))
    ann, bo = FacetValue("Ann", 20, (("by", "Ann"),), is_chosen=True), FacetValue("Bo", 7, (("by", "Bo"),))
    values = (Median(None, 27, Decimal("6")), Median(ann, 20, Decimal("5.5")), Median(bo, 7, Decimal("9")))

    chart = chart_of(Medians(days, by, values), LIST)

    assert chart is not None
    assert (chart.name, chart.title, chart.counted) == ("days-step/by", "Median days to the answer by asked by", "Median")
    assert [(bar.label, bar.count, bar.is_chosen) for bar in chart.bars] == [
        ("All", Decimal("6"), False),
        ("Bo", Decimal("9"), False),
        ("Ann", Decimal("5.5"), True),
    ]
    assert chart.bars[1].address == "http://h.example/questions?_search=housing&by=Bo"
    assert chart.notes == ("3 more are not drawn.",)


def test_a_facet_without_values_is_no_chart() -> None:
    assert chart_of(facet(FacetKind.VALUE), LIST) is None
