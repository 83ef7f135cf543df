"""Variables: what binds them, and what they are in texts and queries."""

import pytest

from pqlod.errors import BadParameter
from pqlod.lda.bindings import bind_variables, compute_variables, expand, text_of
from pqlod.lda.model import SparqlMap, Variable
from pqlod.rdf import RDFS, XSD, Literal, NamedNode


class Endpoint:
    def __init__(self, *variables):
        self.variables = {variable.name: variable for variable in variables}


def bind(*variables, template=None, parameters=None):
    return dict(bind_variables(Endpoint(*variables), template or {}, parameters or {}))


def test_the_path_goes_before_the_configuration_and_a_parameter_before_the_path():
    declared = [Variable(name, Literal("declared")) for name in ("a", "b", "c")]

    bound = bind(*declared, template={"b": "path", "c": "path"}, parameters={"c": "asked"})

    assert {name: text_of(term) for name, term in bound.items()} == {"a": "declared", "b": "path", "c": "asked"}


@pytest.mark.parametrize(
    ("variable", "term"),
    [
        pytest.param(Variable("v"), Literal("7"), id="undeclared"),
        pytest.param(Variable("v", type=XSD.integer), Literal("7", datatype=XSD.integer), id="CF07 a declared type"),
        pytest.param(
            Variable("v", Literal("1", datatype=XSD.integer)), Literal("7", datatype=XSD.integer), id="type of the value"
        ),
        pytest.param(Variable("v", Literal("x"), language="en"), Literal("7", language="en"), id="D40 a language"),
        pytest.param(Variable("v", Literal("x", language="fr")), Literal("7", language="fr"), id="D40 a tagged value"),
    ],
)
def test_a_text_of_the_request_takes_the_declared_type(variable, term):
    assert bind(variable, template={"v": "7"}) == {"v": term}


@pytest.mark.parametrize("value", [Literal("http://x.example/a b"), NamedNode("http://x.example/a%20b")], ids=["string", "IRI"])
def test_a_variable_that_is_a_resource_is_an_iri(value):
    variable = Variable("v", value, type=None if isinstance(value, NamedNode) else RDFS.Resource)

    assert bind(variable) == {"v": NamedNode("http://x.example/a%20b")}


def test_a_text_that_cannot_be_an_iri_is_refused():
    with pytest.raises(BadParameter, match="not an IRI") as caught:
        bind(Variable("u", type=RDFS.Resource), template={"u": "no scheme"})
    assert caught.value.parameter == "u"


def test_values_hold_other_variables_of_any_origin():
    bound = bind(Variable("a", Literal("<{b}>")), Variable("b", Literal("({c})")), template={"c": "deep"})

    assert bound["a"] == Literal("<(deep)>")


def test_d41_variables_that_hold_each_other_stay_as_written():
    """A circle harms nobody but those who use it."""
    bound = bind(Variable("a", Literal("a{b}")), Variable("b", Literal("b{a}")), Variable("c", Literal("fine")))

    assert bound["c"] == Literal("fine")
    assert bound["a"] == Literal("ab{a}")


@pytest.mark.parametrize("text", ["{", "}", "{}", "{no}", "{a b}", "?x", "{{n}", "{greeting"], ids=str)
def test_braces_that_name_no_variable_are_text(text):
    assert expand(text, {"n": Literal("7"), "greeting": Literal("hello")}) == text.replace("{n}", "7")


def test_the_text_of_a_request_is_not_expanded_again():
    assert bind(Variable("a", Literal("{b}")), Variable("c", Literal("secret")), template={"b": "{c}"})["a"] == Literal("{c}")


def test_cf08_a_query_computes_a_variable_from_another(api, dataset):
    endpoint = next(endpoint for endpoint in api.endpoints if endpoint.template.text.startswith("/neighbours"))

    bound = compute_variables(endpoint, {"name": Literal("Ann")}, dataset)

    assert bound["who"] == NamedNode("http://books.example/id/bob")


def test_d42_a_computed_term_stays_what_it_is(dataset):
    """Not the SPARQL spelling of it."""
    query = "SELECT ?result { ?book <http://books.example/def/tag> ?input ; <http://books.example/def/pages> ?result }"

    bound = compute_variables(Endpoint(Variable("n", argument="c", map=SparqlMap(query))), {}, dataset)

    assert bound["n"] == Literal("10", datatype=XSD.integer)


def test_a_query_without_a_solution_binds_nothing_at_all(dataset):
    nothing = SparqlMap("SELECT ?result { ?result <urn:none> ?input }")

    assert compute_variables(Endpoint(Variable("n", argument="c", map=nothing)), {}, dataset) is None
