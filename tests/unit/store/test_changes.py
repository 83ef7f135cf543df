"""Which resources an update may change, told before it is run."""

import pytest
from pyoxigraph import RdfFormat, Store

from pqlod.store.changes import changed_by
from pqlod.store.operations import read_operations
from pqlod.store.writer import select

DATA = """
<urn:a> <urn:p> "1" . <urn:b> <urn:p> "2" ; <urn:part> [ <urn:p> "3" ] .
<urn:g> { <urn:c> <urn:p> "4" . }
"""


def changed(text: str) -> set[str] | None:
    """The IRIs that the only operation of the text may change, and ``_`` for blank nodes."""
    store = Store()
    store.load(DATA, RdfFormat.TRIG)
    (operation,) = read_operations(text)
    found = changed_by(operation, lambda query: select(store, query, "urn:base/"))
    return None if found is None else {resource.value if "<" in str(resource) else "_" for resource in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("INSERT DATA { <urn:a> <urn:p> 'x' }", {"urn:a", "urn:p"}, id="data"),
        pytest.param("PREFIX x: <urn:> DELETE DATA { x:a x:p '1' }", {"urn:a", "urn:p"}, id="prefixed-names"),
        pytest.param("INSERT DATA { <here> <urn:p> [ <urn:p> 'x' ] }", {"urn:base/here", "urn:p"}, id="relative"),
        pytest.param("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> 'x' } }", {"urn:g"}, id="data-of-a-graph"),
        pytest.param("DELETE WHERE { ?s <urn:p> '2' }", {"urn:b", "urn:p"}, id="short-form"),
        pytest.param("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o = '1') }", {"urn:a", "urn:p"}, id="delete"),
        pytest.param("INSERT { ?s <urn:q> 1 } WHERE { ?s <urn:p> ?o }", {"urn:a", "urn:b", "_", "urn:q"}, id="blank-nodes"),
        pytest.param("INSERT { ?s <urn:q> 1 } USING <urn:g> WHERE { ?s <urn:p> ?o }", {"urn:c", "urn:q"}, id="using"),
        pytest.param(
            "INSERT { ?s <urn:q> 1 } USING NAMED <urn:g> WHERE { GRAPH ?g { ?s ?p ?o } }", {"urn:c", "urn:q"}, id="using-named"
        ),
        pytest.param("INSERT { GRAPH <urn:g> { ?s ?p 1 } } WHERE { ?s ?p ?o }", {"urn:g"}, id="template-of-a-graph"),
        pytest.param("WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", set(), id="with"),
        pytest.param("INSERT { ?s <urn:q> ?x } WHERE { ?s ?p '1' BIND(<urn:f>(?s) AS ?x) }", {"urn:a", "urn:q"}, id="function"),
        pytest.param("DROP SILENT GRAPH <urn:g>", set(), id="drop-graph"),
        pytest.param("CREATE GRAPH <urn:new>", set(), id="create"),
        pytest.param("COPY <urn:g> TO <urn:h>", set(), id="copy-graphs"),
        pytest.param("CLEAR DEFAULT", None, id="clear-default"),
        pytest.param("DROP ALL", None, id="drop-all"),
        pytest.param("MOVE <urn:g> TO DEFAULT", None, id="move-to-default"),
        pytest.param("LOAD <urn:x>", None, id="load"),
        pytest.param("SOMETHING { ELSE }", None, id="not-understood"),
    ],
)
def test_changes(text: str, expected: set[str] | None) -> None:
    assert changed(text) == expected
