import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from pqlod.cli import cli, main
from pqlod.store.generations import Generations

Run = Callable[..., tuple[int, str, str]]
Serve = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs a command in this process: exit code, standard output, standard error."""

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pqlod", *arguments])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        output, errors = capfdbinary.readouterr()
        return code, output.decode(), errors.decode()

    return command


@pytest.fixture
def turtle(tmp_path: Path) -> Path:
    file = tmp_path / "small.ttl"
    file.write_text("<urn:a> <urn:p> 1 , 2 . <urn:b> <urn:p> 3 .")
    return file


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_help_of_each_command_shows_an_example(command: str) -> None:
    result = CliRunner().invoke(cli, [command, "--help"])

    assert result.exit_code == 0
    assert f"  pqlod {command} " in result.output.partition("Example")[2]


def test_what_is_loaded_can_be_asked_told_and_exported(run: Run, tmp_path: Path, turtle: Path) -> None:
    store, output = str(tmp_path / "store"), tmp_path / "all.nt"

    loaded = run("load", str(turtle), "--store", store)
    asked = run("query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--store", store, "--format", "csv")
    told = run("info", "--store", store)
    exported = run("export", "--store", store, "--output", str(output))

    assert [code for code, *_ in (loaded, asked, told, exported)] == [0, 0, 0, 0]
    assert asked[1] == "n\r\n3\r\n"
    assert "generation" in told[1].lower()
    assert len(output.read_text().splitlines()) == 3


def test_the_same_again_changes_nothing(run: Run, tmp_path: Path, turtle: Path) -> None:
    store = str(tmp_path / "store")
    run("load", str(turtle), "--store", store)

    code, output, _ = run("load", str(turtle), "--store", store)

    assert code == 0
    assert "nothing changed" in output
    assert Generations(tmp_path / "store").current() == 1


def test_a_quiet_load_prints_what_was_refused_and_nothing_else(run: Run, tmp_path: Path, turtle: Path) -> None:
    (tmp_path / "prose.txt").write_text("some prose")
    store = str(tmp_path / "store")

    in_part = run("load", str(turtle), str(tmp_path / "prose.txt"), "--store", store, "--quiet")
    nothing = run("load", str(tmp_path / "prose.txt"), "--store", store, "--quiet")
    all_of_it = run("load", str(turtle), "--store", store, "--quiet")

    assert [code for code, *_ in (in_part, nothing, all_of_it)] == [0, 1, 0]
    assert in_part[1:] == nothing[1:]
    assert in_part[2].startswith(f"refused: {tmp_path}/prose.txt: Of no known kind")
    assert all_of_it[1:] == ("", "")


def test_a_load_tells_what_violates_shapes_and_a_strict_one_refuses_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "seat.ttl").write_text("<urn:s> a <http://data.parliament.uk/schema/parl#Seat> .")
    file, store = str(tmp_path / "seat.ttl"), str(tmp_path / "store")

    strict = run("load", file, "--store", store, "--strict")
    told = run("load", file, "--store", store, "--quiet")
    unasked = run("load", file, "--store", str(tmp_path / "other"), "--check", "none")

    assert [code for code, *_ in (strict, told, unasked)] == [1, 0, 0]
    assert "1  seat, member: One member won the seat" in strict[2]
    assert "Nothing is loaded" in strict[2]
    assert told[1] == ""
    assert "1  seat, member: One member won the seat" in told[2]
    assert "shape" not in unasked[1]


@pytest.mark.parametrize(
    ("text", "format_name", "expected"),
    [
        ("SELECT ?o { <urn:b> <urn:p> ?o }", "json", '{"head":{"vars":["o"]},"results":{"bindings":[{"o":'),
        ("SELECT ?o { <urn:b> <urn:p> ?o }", "table", "3"),
        ("ASK { <urn:b> <urn:p> 3 }", "csv", "true"),
        ("ASK { <urn:b> <urn:p> 4 }", "json", '{"head":{},"boolean":false}'),
        ("CONSTRUCT { ?s <urn:q> ?o } { ?s <urn:p> ?o FILTER(?o = 3) }", "nt", "<urn:b> <urn:q>"),
        ("DESCRIBE <urn:b>", "csv", "<urn:b> <urn:p> 3 ."),
    ],
    ids=["SELECT json", "SELECT table", "ASK csv", "ASK json", "CONSTRUCT", "DESCRIBE"],
)
def test_results_are_written_in_the_format_asked_for(
    run: Run, tmp_path: Path, turtle: Path, text: str, format_name: str, expected: str
) -> None:
    run("load", str(turtle), "--store", str(tmp_path / "store"))

    code, output, _ = run("query", text, "--store", str(tmp_path / "store"), "--format", format_name)

    assert code == 0
    assert expected in output


def test_a_path_of_the_api_is_asked_without_a_server(run: Run, sample: Path) -> None:
    code, output, _ = run("query", "/members/172.json", "--store", str(sample), "--base-url", "http://h.example/")

    assert code == 0
    assert json.loads(output)["result"]["_about"] == "http://h.example/members/172.json"


def test_a_search_in_a_query_is_found(run: Run, sample: Path) -> None:
    query = 'SELECT ?item { SERVICE <urn:pqlod:vocab:search> { ?item <urn:pqlod:vocab:matches> "schools" } }'

    code, output, _ = run("query", query, "--store", str(sample), "--format", "csv")

    assert code == 0
    assert "http://data.parliament.uk/resources/" in output


def test_a_path_is_explained(run: Run, sample: Path) -> None:
    code, output, _ = run("query", "/members.json?familyName=Abbott&_page=0", "--explain", "--store", str(sample))
    _, of_item, _ = run("query", "/members/172.json", "--explain", "--store", str(sample))

    assert code == 0
    assert "index: order by familyName, givenName" in output
    assert "items on all pages" in output
    assert 'familyName "Abbott" .' in output
    assert of_item == "named by the address: <http://data.parliament.uk/members/172>\n"


def test_the_indexes_of_a_store_are_made_again(run: Run, sample: Path, tmp_path: Path) -> None:
    shutil.copytree(sample, tmp_path / "store")
    code, _, told = run("index", "--store", str(tmp_path / "store"))
    _, output, _ = run("query", "/members", "--explain", "--store", str(tmp_path / "store"))

    assert (code, told) == (0, "generation 2\n")
    assert "index: items of" in output


def test_an_endpoint_elsewhere_is_asked(run: Run, server: str) -> None:
    code, output, _ = run("query", "ASK {}", "--endpoint", f"{server}/sparql")
    described, graph, _ = run("query", "DESCRIBE <http://data.parliament.uk/members/172>", "--endpoint", f"{server}/sparql")

    assert (code, output) == (0, "true\n")
    assert described == 0
    assert "<http://data.parliament.uk/members/172>" in graph


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["query", "ASK {{}}", "--store", "{sample}", "--explain"], 2, "--explain is for paths", id="explain"),
        pytest.param(["query", "SELECT", "--store", "{sample}"], 1, "line 1, column 7", id="SPARQL syntax"),
        pytest.param(["query", "ASK {{}}", "--store", "{sample}", "--format", "jsn"], 1, "Did you mean 'json'?", id="format"),
        pytest.param(["query", "SELECT * {{ SERVICE <urn:x> {{ ?s ?p ?o }} }}"], 1, "could not be evaluated", id="evaluation"),
        pytest.param(["query", "ASK {{}}", "--store", "{tmp}/none"], 1, "none", id="missing store"),
        pytest.param(["query", "/nothing", "--store", "{sample}"], 1, "404", id="no endpoint"),
        pytest.param(["query", "/members?nosuch=1", "--store", "{sample}"], 1, "nosuch", id="unknown property"),
        pytest.param(["query", "ASK {{}}", "--endpoint", "http://127.0.0.1:9/"], 1, "http://127.0.0.1:9/", id="no such server"),
        pytest.param(["load", "{tmp}/none.ttl", "--store", "{tmp}/store"], 1, "none.ttl", id="missing file"),
        pytest.param(["load", "{tmp}/damaged.ttl", "--store", "{tmp}/store"], 1, "damaged.ttl", id="damaged file"),
        pytest.param(["load", "{tmp}/empty.json", "--store", "{tmp}/store"], 1, "empty.json", id="empty file"),
        pytest.param(["load", "x.ttl"], 2, "--store", id="no store named"),
        pytest.param(["export", "--store", "{sample}", "--output", "{tmp}/all.pdf"], 1, "all.pdf", id="suffix of an export"),
        pytest.param(["export", "--store", "{tmp}", "--output", "{tmp}/all.nq"], 1, "{tmp}", id="folder that is no store"),
        pytest.param(["info", "--store", "{tmp}/none"], 1, "none", id="info on nothing"),
        pytest.param(["check", "{tmp}/none.ttl"], 1, "none.ttl", id="missing configuration"),
        pytest.param(["serve", "--port", "0"], 2, "--port", id="port"),
        pytest.param(["serve", "--host", "no.such.host.invalid"], 1, "no.such.host.invalid", id="host"),
        pytest.param(["nonsense"], 2, "nonsense", id="command"),
        pytest.param(["query", "ASK {{}}", "--nonsense"], 2, "--nonsense", id="option"),
    ],
)
def test_what_is_wrong_is_told_in_a_line_and_by_the_exit_code(
    run: Run, sample: Path, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    (tmp_path / "damaged.ttl").write_text("<urn:a> <urn:b>")
    (tmp_path / "empty.json").write_text("")
    places = {"sample": str(sample), "tmp": str(tmp_path)}

    result, _, errors = run(*(argument.format(**places) for argument in arguments))

    assert result == code
    assert message.format(**places) in errors
    assert "Traceback" not in errors


def test_a_wrong_setting_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PQLOD_PROT", "81")

    code, _, errors = run("serve")

    assert code == 1
    assert "did you mean PQLOD_PORT?" in errors


def test_a_store_that_another_process_writes_is_named_with_that_process(run: Run, tmp_path: Path, turtle: Path) -> None:
    with Generations(tmp_path / "store").writing() as writing:
        code, _, errors = run("load", str(turtle), "--store", str(tmp_path / "store"))
        writing.discard()

    assert code == 1
    assert "process" in errors


def test_a_configuration_without_mistakes_passes(run: Run) -> None:
    code, output, _ = run("check", "ontology/api.ttl")

    assert code == 0
    assert output.startswith("No mistakes: 1 APIs with ")


def test_every_mistake_of_a_configuration_is_printed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "api.ttl").write_text(
        "@prefix api: <http://purl.org/linked-data/api/vocab#> . @prefix : <urn:c:> .\n"
        ":api a api:API ; api:endpoint :a , :b . :a a api:ListEndpoint . :b a api:ItemEndpoint ; api:uriTemplat '/b' .\n"
    )

    code, _, errors = run("check", str(tmp_path / "api.ttl"))

    assert code == 1
    assert all(part in errors for part in ("sparqlEndpoint", ":a", "uriTemplat: Unknown", "uriTemplate: There is none"))


def test_a_port_on_which_something_listens_is_refused_before_anything_else(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])

        code, _, errors = run("serve", "--port", port, "--store", str(tmp_path / "none"))

    assert code == 1
    assert f"already listens on 127.0.0.1:{port}" in errors


def test_a_second_server_on_the_port_of_the_first_is_refused(server: str, sample: Path) -> None:
    port = server.rpartition(":")[2]
    command = [sys.executable, "-m", "pqlod", "serve", "--store", str(sample), "--port", port]

    second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert second.returncode == 1
    assert "already listens" in second.stderr


def test_the_sample_is_served_without_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    with serve() as served, urlopen(f"{served.root}/resources/1012383.json") as response:
        page = json.load(response)

    assert page["result"]["primaryTopic"]["uin"] == "194746"
    assert [path.name.partition("-")[0] for path in (tmp_path / "pqlod").iterdir()] == ["sample"]


def test_a_new_load_is_seen_by_a_running_server(tmp_path: Path, turtle: Path, run: Run, serve: Serve) -> None:
    store = str(tmp_path / "store")
    run("load", str(turtle), "--store", store)

    with serve("--store", store) as served:
        before = count(served.root)
        turtle.write_text("<urn:c> <urn:p> 4 .")
        run("load", str(turtle), "--store", store)
        after = count(served.root)

    assert (before, after) == (3, 4)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM], ids=["interrupted", "terminated"])
def test_a_server_ends_well_when_it_is_told_to(sample: Path, serve: Serve, end: signal.Signals) -> None:
    with serve("--store", str(sample)) as served:
        count(served.root)  # starts a process for queries
        started = descendants(served.process.pid)

        served.process.send_signal(end)

        assert served.process.wait(15) == 0
        assert len(started) >= 3
        assert [pid for pid in started if not ends(pid)] == []


def count(root: str) -> int:
    """How many triples a server has."""
    query = urlencode({"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"})
    with urlopen(f"{root}/sparql?{query}") as response:
        return int(response.read().split()[1])


def ends(pid: int, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not Path(f"/proc/{pid}").exists()


def descendants(pid: int) -> list[int]:
    children = [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]
    return children + [each for child in children for each in descendants(child)]
