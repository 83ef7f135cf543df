from types import SimpleNamespace

import pytest

from pqlod.formatters.choices import NO_OPTIONS, Choices, Input, InputGroup, Options, choices_of
from pqlod.formatters.items import Shape
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import ListEndpoint, Selector
from pqlod.lda.templates import UriTemplate
from pqlod.lda.viewers import BUILT_IN_VIEWERS

DECLARED = "x:day rdfs:range xsd:date . x:by a owl:ObjectProperty . x:done rdfs:range xsd:boolean . rdfs:label a rdf:Property ."
VIEW = """r:a x:day "2018-11-22"^^xsd:date ; x:by r:ann ; x:done true ; y:other 1 . r:ann rdfs:label "Ann" ."""
ROOT = "http://h/list.html"


@pytest.fixture
def choices(make_page):
    """Gives the choices of a list at an address with these parameters."""

    def choices(*parameters: tuple[str, str], options: Options = NO_OPTIONS) -> Choices:
        page = make_page(VIEW, "a", declared=DECLARED)
        viewers = {viewer.name: viewer for viewer in BUILT_IN_VIEWERS if viewer.name in ("basic", "all")}
        page.endpoint = ListEndpoint(
            iri=page.iri,
            template=UriTemplate("/list"),
            viewers=viewers | {"default": viewers["all"]},
            default_viewer=viewers["all"],
            formatters={},
            default_formatter=page.formatter,
            variables={},
            selector=Selector(),
            max_page_size=30,
        )
        page.request = SimpleNamespace(viewer=viewers["all"], page_size=10)
        return choices_of(page, Shape(page).items(), RequestUrl("http://h", "/list", parameters, "html"), options)

    return choices


def test_every_property_that_can_be_asked_for_is_an_order(choices):
    assert [order.words for order in choices().orders] == ["by › label", "day", "done"]
    assert [tuple(choice) for choice in choices().orders[1].choices] == [
        ("ascending", f"{ROOT}?_sort=day"),
        ("descending", f"{ROOT}?_sort=-day"),
    ]


def test_d62_the_keys_of_an_order_are_turned_round_and_removed_one_by_one(choices):
    first, second, third = choices(("_sort", "-day,by.label"), ("uin", "7")).orders

    assert (first.words, first.direction, second.words, second.direction) == ("day", "descending", "by › label", "ascending")
    assert [choice.address for choice in (*first.choices, *second.choices)] == [
        f"{ROOT}?_sort=day,by.label&uin=7",
        f"{ROOT}?_sort=by.label&uin=7",
        f"{ROOT}?_sort=-day,-by.label&uin=7",
        f"{ROOT}?_sort=-day&uin=7",
    ]
    assert [choice.address for choice in third.choices] == [
        f"{ROOT}?_sort=-day,by.label,{key}&uin=7" for key in ("done", "-done")
    ]


def test_without_its_last_key_an_address_has_no_order(choices):
    assert choices(("_sort", "day")).orders[0].choices[1].address == ROOT


def test_views_have_one_name_each_and_the_chosen_one_leads_nowhere(choices):
    assert [tuple(view) for view in choices().views] == [("all", ""), ("basic", f"{ROOT}?_view=basic")]


def test_sizes_end_at_the_greatest_of_the_list(choices):
    assert [tuple(size) for size in choices().sizes] == [("10", ""), ("25", f"{ROOT}?_pageSize=25")]


def test_the_form_has_a_field_for_each_property_and_bounds_for_what_has_an_order(choices):
    assert choices(("min-day", "2018-01-01")).groups == (
        InputGroup(
            "",
            (
                (
                    Input("day", "day", "date"),
                    Input("from", "min-day", "date", "2018-01-01"),
                    Input("up to", "max-day", "date"),
                ),
                (Input("done", "done", "select", "", (("true", "yes"), ("false", "no"))),),
            ),
        ),
        InputGroup("by", ((Input("label", "by.label"),),)),
    )


def test_a_property_with_few_values_is_chosen_from_these(choices):
    few = {"by.label": (("Ann", "Ann"), ("Ben", "Ben"))}

    def label(*parameters):
        return choices(*parameters, options=few).groups[1].fields[0][0]

    assert label() == Input("label", "by.label", "select", "", few["by.label"])
    assert label(("by.label", "Ben")).value == "Ben"
    assert label(("by.label", "Cat")) == Input("label", "by.label", "text", "Cat")


def test_the_form_keeps_the_rest_of_the_address(choices):
    form = choices(("_sort", "day"), ("day.", "2018-11-22"), ("min-uin", "7"), ("empty", ""))

    assert form.address == ROOT
    assert form.hidden == (("_sort", "day"), ("min-uin", "7"))
