"""The W3C's query and update tests for SPARQL 1.0, 1.1 and 1.2, put to a server at /sparql and /update.

Those that fail stand in w3c_exceptions.toml by their IRI, each with its reason; one that begins to pass fails here. Those
of its first table fail in pyoxigraph itself, those of the second ask for what no client is given here.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any

import pytest
from w3c_endpoints import Endpoints, running_endpoints
from w3c_engines import Engine, Failed, NotValid, Oxigraph, Refused, Server
from w3c_results import format_for, read_file, read_graph, read_result, reduces, same
from w3c_suites import (
    EXCEPTIONS,
    QUERY_EVALUATION,
    QUERY_NEGATIVE,
    QUERY_POSITIVE,
    SUITES,
    UPDATE_EVALUATION,
    UPDATE_NEGATIVE,
    UPDATE_POSITIVE,
    Case,
    NamedNode,
    contents,
    needs_suites,
    path_of,
    query_and_update_cases,
)

pytestmark = needs_suites

CASES = {case.iri: case for case in query_and_update_cases()} if SUITES.is_dir() else {}
Serve = Callable[..., AbstractContextManager[Any]]
FAILURES = (AssertionError, NotValid, Refused, Failed)


def check_result(engine: Engine, case: Case) -> None:
    """A query has its result."""
    file = path_of(case.result)
    form = format_for(file)
    engine.load(contents(case.before))

    body = engine.query(f"BASE <{case.file}>\n{case.text()}", form.media_type)

    wanted = read_file(file, case.result)
    actual = read_graph(body) if isinstance(wanted, frozenset) else read_result(body, form)
    assert (reduces if case.is_lax else same)(actual, wanted), f"{actual} is not {wanted}"


def check_change(engine: Engine, case: Case) -> None:
    """An update leaves what it should."""
    engine.load(contents(case.before))

    engine.update(f"BASE <{case.file}>\n{case.text()}")

    actual, wanted = engine.contents(), contents(case.after)
    assert set(actual) == {name for name, triples in wanted.items() if triples or not name}
    for name, triples in actual.items():
        assert same(triples, wanted[name]), f"<{name}>: {triples} is not {wanted[name]}"


def check_valid_query(engine: Engine, case: Case) -> None:
    """It has a result, unless it calls an endpoint that is not there."""
    with suppress(Failed):
        engine.query(case.text(), "application/sparql-results+json")


def check_valid_update(engine: Engine, case: Case) -> None:
    """It is done, unless it names a graph that is not there."""
    with suppress(Failed):
        engine.update(case.text())


def check_no_query(engine: Engine, case: Case) -> None:
    assert not is_valid(lambda: engine.query(case.text(), "application/sparql-results+json"))


def check_no_update(engine: Engine, case: Case) -> None:
    assert not is_valid(lambda: engine.update(case.text()))


def is_valid(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except NotValid:
        return False
    return True


CHECKS: Mapping[NamedNode, Callable[[Engine, Case], None]] = {
    **dict.fromkeys(QUERY_EVALUATION, check_result),
    **dict.fromkeys(QUERY_POSITIVE, check_valid_query),
    **dict.fromkeys(QUERY_NEGATIVE, check_no_query),
    **dict.fromkeys(UPDATE_EVALUATION, check_change),
    **dict.fromkeys(UPDATE_POSITIVE, check_valid_update),
    **dict.fromkeys(UPDATE_NEGATIVE, check_no_update),
}


@pytest.fixture(scope="module")
def endpoints() -> Iterator[Endpoints]:
    with running_endpoints() as endpoints:
        yield endpoints


@pytest.fixture(scope="module")
def pqlod(endpoints: Endpoints, serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may call what stands for the endpoints of the suites, and takes updates."""
    store = tmp_path_factory.mktemp("suites") / "store"
    calls = ",".join(endpoints.addresses(case.text() for case in CASES.values()))
    with serve("--writable", "--no-auth", "--store", str(store), query_calls=calls) as served:
        yield Server(served.root, endpoints.redirect)


def parameters(*tables: str) -> list[object]:
    """The cases of those tables of the exceptions, or without any, all."""
    if not tables:
        return [pytest.param(case, id=case.name, marks=marks(case)) for case in CASES.values()]
    return [pytest.param(CASES[iri], id=CASES[iri].name) for table in tables for iri in EXCEPTIONS[table] if CASES]


def marks(case: Case) -> list[pytest.MarkDecorator]:
    return [
        pytest.mark.xfail(reason=reasons[case.iri], strict=True, raises=FAILURES)
        for reasons in EXCEPTIONS.values()
        if case.iri in reasons
    ]


@pytest.mark.parametrize("case", parameters())
def test_a_case_comes_out_as_it_should(pqlod: Server, endpoints: Endpoints, case: Case) -> None:
    endpoints.data = case.endpoints

    CHECKS[case.type](pqlod, case)


@pytest.mark.parametrize("case", parameters("oxigraph"))
def test_what_fails_here_fails_in_oxigraph_itself(case: Case) -> None:
    with pytest.raises(FAILURES):
        CHECKS[case.type](Oxigraph(), case)


@pytest.mark.parametrize("case", parameters("refused"))
def test_what_is_refused_is_said_to_be(pqlod: Server, case: Case) -> None:
    with pytest.raises(Refused):
        CHECKS[case.type](pqlod, case)
