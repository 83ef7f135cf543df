"""The operations of an update: told apart by tokens, given graphs."""

import pytest
from pyoxigraph import Store

from pqlod.errors import BadParameter
from pqlod.store.operations import read_operations, with_graphs

USING = "USING <urn:a>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", f"DELETE {{ ?s ?p ?o }} {USING}  WHERE {{ ?s ?p ?o }}", id="delete"
        ),
        pytest.param("INSERT{?s ?p 1}WHERE{?s ?p ?o}", f"INSERT{{?s ?p 1}} {USING} WHERE{{?s ?p ?o}}", id="no-spaces"),
        pytest.param(
            "DELETE { ?s ?p 1 } INSERT { ?s ?p 2 } WHERE { GRAPH ?g { ?s ?p ?o } }",
            f"DELETE {{ ?s ?p 1 }} INSERT {{ ?s ?p 2 }} {USING}  WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
            id="both",
        ),
        pytest.param("DELETE WHERE { ?s ?p 1 }", f"DELETE {{ ?s ?p 1 }} {USING} WHERE {{ ?s ?p 1 }}", id="short-form"),
        pytest.param(
            "PREFIX using: <urn:using#>\nINSERT { using:s ?p 'WITH' } # USING\nWHERE { ?s ?p <urn:{}> }",
            f"PREFIX using: <urn:using#>\nINSERT {{ using:s ?p 'WITH' }} {USING}  # USING\nWHERE {{ ?s ?p <urn:{{}}> }}",
            id="words-in-names-strings-comments",
        ),
        pytest.param("INSERT DATA { <urn:s> <urn:p> 1 }", "INSERT DATA { <urn:s> <urn:p> 1 }", id="data"),
        pytest.param("CLEAR ALL; DROP SILENT GRAPH <urn:g>;", "CLEAR ALL; DROP SILENT GRAPH <urn:g>;", id="whole-graphs"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_graphs_are_added_to_each_where(text: str, expected: str) -> None:
    assert with_graphs(text, ["urn:a"], []).replace("  ", " ") == expected.replace("  ", " ")


def test_graphs_are_added_to_each_operation() -> None:
    text = "DELETE WHERE { ?s ?p 1 } ; INSERT DATA { <urn:s> <urn:p> 1 } ; INSERT { ?s ?p 2 } WHERE { ?s ?p 1 }"

    added = with_graphs(text, ["urn:a", "urn:b"], ["urn:c"])

    assert added.count("USING <urn:a> USING <urn:b> USING NAMED <urn:c>") == 2
    Store().update(added)


def test_without_graphs_the_text_stays_as_it_is() -> None:
    assert with_graphs("anything { at all", [], []) == "anything { at all"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", id="with"),
        pytest.param("INSERT { ?s ?p 1 } USING NAMED <urn:g> WHERE { GRAPH ?g { ?s ?p ?o } }", id="using"),
        pytest.param("INSERT DATA { <urn:s> <urn:p> 1 }; INSERT { ?s ?p 1 } USING <urn:g> WHERE { ?s ?p ?o }", id="second"),
        pytest.param("INSERT { ?s ?p 1 } USINGNAMED <urn:g> WHERE { ?s ?p ?o }", id="words-run-together"),
        pytest.param("SELECT * { ?s ?p ?o }", id="a-query"),
        pytest.param("INSERT { ?s ?p 1 } { ?s ?p ?o }", id="no-where"),
    ],
)
def test_graphs_that_do_not_fit_are_refused(text: str) -> None:
    with pytest.raises(BadParameter) as caught:
        with_graphs(text, [], ["urn:a"])
    assert caught.value.parameter == "using-graph-uri"


def test_each_operation_is_an_update_of_its_own() -> None:
    text = (
        "BASE <urn:base/> PREFIX : <urn:x#> INSERT DATA { :a :p ';' } ; PREFIX y: <y#> INSERT { ?s y:p <z> } WHERE { ?s ?p ?o }"
    )
    store = Store()

    for operation in read_operations(text):
        store.update(operation.prologue + operation.text)

    assert sorted(str(quad.predicate) for quad in store) == ["<urn:base/y#p>", "<urn:x#p>"]
