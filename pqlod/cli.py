"""The commands: each reads its options, calls what does the work, and prints what comes of it."""

import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from pqlod import __version__
from pqlod.errors import ConfigurationError, PqlodError
from pqlod.settings import Settings, read_settings
from pqlod.store_commands import COMMANDS, NEEDED_STORE, writable

# Modules that take long to import are imported by the commands that need them, so that --help is quick.

STORE = click.option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the store (PQLOD_STORE). Without one: the sample.",
)
CONFIG = click.option(
    "--config", multiple=True, metavar="[PREFIX::]FILE", help="An API configuration in Turtle; may be repeated (PQLOD_CONFIG)."
)
TOKEN_FILE = click.option(
    "--token-file", type=click.Path(path_type=Path, dir_okay=False), help="File of write tokens (PQLOD_TOKEN_FILE)."
)
DAY = click.DateTime(["%Y-%m-%d"])
CHECK = click.option(
    "--check",
    "extent",
    type=click.Choice(["all", "sample", "none"]),
    default="sample",
    show_default=True,
    help="How much of what changes is checked by the shapes of the data (SHACL).",
)
BASE_URL = click.option("--base-url", metavar="URL", help="What addresses in pages start with (PQLOD_BASE_URL).")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="pqlod")
def cli() -> None:
    """Parliament's questions and answers as Linked Data: a Linked Data API and SPARQL over an embedded store.

    Try it: "pqlod serve" serves a sample at http://127.0.0.1:8000/.
    """


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@NEEDED_STORE
@click.option("--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the records that were refused.")
@CHECK
@click.option("--strict", is_flag=True, help="Check all, and load nothing if a shape is violated.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def load(files: tuple[Path, ...], store: Path, rejects: Path | None, extent: str, strict: bool, quiet: bool) -> None:
    """Load FILEs, of any of the formats of docs/loading.md, into a store. Readers see all of a load or nothing of it.

    The exit code is 1 if nothing could be loaded, and 0 if anything was: what was refused is told.

    \b
    Examples:
      pqlod load questions.jsonl members.csv page-*.json --store ./store
      pqlod load questions.jsonl --store ./store --strict
    """
    from pqlod.loading import load as load_files
    from pqlod.progress import progress_on
    from pqlod.validation import Extent

    with progress_on(None if quiet else sys.stderr) as progress:
        into = partial(load_files, generations=writable(store), check=Extent(extent), strict=strict)
        report = into(files, store, progress=progress, rejects=rejects)
    if not quiet:
        click.echo(str(report), nl=False, err=report.is_refused)
    elif report.problems:
        click.echo(report.problems, err=True)
    if report.is_refused:
        click.get_current_context().exit(1)


@cli.command()
@NEEDED_STORE
@click.option("--from", "first", type=DAY, metavar="DATE", help="Harvest questions tabled on or after this day.")
@click.option("--to", "last", type=DAY, metavar="DATE", help="Harvest questions tabled on or before this day.")
@click.option(
    "--source", type=click.Choice(["written-questions", "members", "all"]), help="What to harvest of Parliament's services: all."
)
@click.option("--lda", multiple=True, metavar="URL", help="Harvest a list of a Linked Data API, all its pages; may be repeated.")
@click.option("--rate", type=click.FloatRange(0.01, 100), default=2.0, show_default=True, help="Requests a second, at most.")
@click.option("--contact", metavar="TEXT", default="", help="How you are reached, for the logs of the services.")
@click.option(
    "--archive", type=click.Path(path_type=Path, file_okay=False), help="Where to keep what services send: {store}.harvest."
)
@click.option("--afresh", is_flag=True, help="Leave undone what a harvest that was ended has left to do.")
@CHECK
@click.option("--questions-url", metavar="URL", help="Another address of the written questions API.")
@click.option("--members-url", metavar="URL", help="Another address of the Members API.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def harvest(
    store: Path, first: datetime | None, last: datetime | None, source: str | None, lda: tuple[str, ...], rate: float,
    contact: str, archive: Path | None, afresh: bool, extent: str, quiet: bool, **addresses: str | None,
) -> None:  # fmt: skip
    """Fetch what is new from Parliament's services and load it. Ended at any moment, it goes on where it was.

    Without --from and --to, the first harvest fetches everything, and each later one what was tabled, answered, corrected or
    withdrawn since. What services send is kept, so that it can be loaded again without asking them.

    \b
    Examples:
      pqlod harvest --store ./store --from 2026-01-01
      pqlod harvest --store ./store
      pqlod harvest --store ./store --lda 'https://lda.example.org/answeredquestions.json?_pageSize=500'
    """
    from pqlod.harvest.client import Client, Manners
    from pqlod.harvesting import SOURCES, Ask
    from pqlod.harvesting import harvest as harvest_services
    from pqlod.loading import load as load_files
    from pqlod.progress import progress_on
    from pqlod.validation import Extent

    if first and last and first > last:
        raise click.BadParameter("is after --to.", param_hint="--from")
    sources = () if lda and source is None else SOURCES if source in (None, "all") else (source,)
    given = {name: url.rstrip("/") for name, url in addresses.items() if url}
    ask = Ask(sources, first and first.date(), last and last.date(), lda, **given)
    with progress_on(None if quiet else sys.stderr) as progress:
        client = Client(Manners(rate=rate, contact=contact))
        into = partial(load_files, generations=writable(store), check=Extent(extent))
        harvested = harvest_services(ask, store, archive=archive, afresh=afresh, client=client, load=into, progress=progress)
    if not quiet:
        click.echo(str(harvested), nl=False)
    elif harvested.report and harvested.report.problems:
        click.echo(harvested.report.problems, err=True)


@cli.command()
@STORE
@CONFIG
@click.option("--host", metavar="ADDRESS", help="Address to listen on: 127.0.0.1, or 0.0.0.0 for all (PQLOD_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on: 8000 (PQLOD_PORT).")
@click.option("--workers", type=click.IntRange(1), help="Number of processes: 2 (PQLOD_WORKERS).")
@BASE_URL
@click.option("--writable", is_flag=True, default=None, help="Let those who have a token write (PQLOD_WRITABLE).")
@TOKEN_FILE
@click.option("--no-auth", is_flag=True, default=None, help="Let everybody on this machine write; for tests (PQLOD_NO_AUTH).")
def serve(**options: Any) -> None:
    """Serve the Linked Data API and SPARQL over HTTP, until interrupted.

    \b
    Examples:
      pqlod serve
      pqlod serve --store ./new --writable --token-file tokens
      pqlod serve --store ./store --host 0.0.0.0 --port 80 --workers 4 --base-url https://lda.example.org/
      pqlod serve --config someones-api.ttl
    """
    from pqlod.server import refuse_used_port
    from pqlod.server import serve as serve_settings

    settings = read_settings(**options)
    refuse_used_port(settings.host, settings.port)
    settings = with_sample(settings)
    check_startable(settings)
    click.echo(f"Serving at http://{settings.host}:{settings.port}/", err=True)
    serve_settings(settings)


@cli.command()
@click.argument("question", metavar="QUERY|PATH")
@STORE
@CONFIG
@BASE_URL
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of a store.")
@click.option(
    "--format",
    "format_name",
    metavar="NAME",
    help="json, xml, csv, tsv; for graphs ttl, nt, rdf, jsonld. On a terminal: a table.",
)
@click.option("--explain", is_flag=True, help="Of a path: tell how its items are found, at what cost, and the SPARQL for them.")
def query(question: str, endpoint: str | None, format_name: str | None, explain: bool, **options: Any) -> None:
    """Ask SPARQL, or a path of the Linked Data API, without a server. "-" reads a query from standard input.

    \b
    Examples:
      pqlod query 'SELECT ?class (COUNT(*) AS ?n) { ?item a ?class } GROUP BY ?class'
      pqlod query - --store ./store --format json < query.rq
      pqlod query '/answeredquestions.json?_pageSize=1'
      pqlod query '/answeredquestions?min-date=2018-11-01' --explain
      pqlod query 'ASK {}' --endpoint https://query.example.org/sparql
    """
    from pqlod import asking

    if explain:
        if not question.startswith("/"):
            raise click.UsageError("--explain is for paths, such as /answeredquestions.")
        click.echo(asking.explain_path(with_sample(read_settings(**options)), question), nl=False)
        return
    if question.startswith("/"):
        body = asking.ask_path(with_sample(read_settings(**options)), question)
    else:
        text = sys.stdin.read() if question == "-" else question
        ask = asking.remote(endpoint) if endpoint else asking.embedded(_generations(options).dataset())
        body = asking.write(ask(text), format_name or (asking.TABLE if sys.stdout.isatty() else "csv"))
    click.echo(body, nl=not body.endswith(b"\n"))


@cli.command()
@NEEDED_STORE
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="A file .nq, .nt, .ttl, .jsonl (questions) or .zip (CSV tables); .gz or .zst after it packs it.",
)
def export(store: Path, output: Path) -> None:
    """Write a store's data to a file, whose suffix says in which form.

    \b
    Examples:
      pqlod export --store ./store --output parliament.nq.gz
      pqlod export --store ./store --output tables.zip
    """
    from pqlod.export import export as export_store

    click.echo(f"{export_store(store, output):,} statements, lines or rows written to {output}", err=True)


@cli.command()
@NEEDED_STORE
def info(store: Path) -> None:
    """Tell what a store holds: its generation, when it was loaded, and how many resources of each class there are.

    \b
    Example:
      pqlod info --store ./store
    """
    from pqlod.export import info as info_of

    click.echo(str(info_of(store)), nl=False)


@cli.group()
def token() -> None:
    """Tokens that allow to write, for "pqlod serve --writable".

    \b
    Example:
      pqlod token new loader --token-file tokens
    """


@token.command("new")
@click.argument("name")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    envvar="PQLOD_TOKEN_FILE",
    help="The file to which its hash is added (PQLOD_TOKEN_FILE).",
)
def new_token(name: str, token_file: Path) -> None:
    """Print a new token, once, and add its NAME and hash to a file. To revoke it, delete the line.

    \b
    Example:
      pqlod token new loader --token-file tokens
    """
    from pqlod.write_tokens import TokenFile

    click.echo(TokenFile(token_file).add(name))


@cli.command()
@NEEDED_STORE
@CONFIG
def index(store: Path, config: tuple[str, ...]) -> None:
    """Make the indexes of a store again, for the lists of a configuration: after it was changed, or to be sure of them.

    \b
    Example:
      pqlod index --store ./store --config someones-api.ttl
    """
    from pqlod.app import configuration_reader
    from pqlod.lda.planning import index_plan
    from pqlod.store.generations import Generations

    generations = Generations(store)
    generations.current()
    with generations.writing() as writing:
        writing.plan = index_plan(configuration_reader(config)().apis)
    click.echo(f"generation {generations.current()}", err=True)


@cli.command()
@click.argument("config", nargs=-1, metavar="[PREFIX::]FILE...")
@click.option("--store", type=click.Path(path_type=Path, file_okay=False), help="Folder of a store to check (PQLOD_STORE).")
def check(config: tuple[str, ...], store: Path | None) -> None:
    """Tell every mistake in API configurations, or report what the data of a store lacks and where it contradicts itself.

    The exit code is 1 if there is a mistake, or if something is broken. Nothing is changed.

    \b
    Examples:
      pqlod check ontology/api.ttl
      pqlod check --store ./store
    """
    store = store or (None if config else read_settings().store)
    if not config and not store:
        raise click.UsageError("Name a configuration, or give --store.")
    if config:
        check_configuration(config)
    if store:
        check_store(store)


def check_store(store: Path) -> None:
    """Prints the report, and ends with exit code 1 if something is broken."""
    from pqlod.quality import check_data

    quality = check_data(store)
    click.echo(str(quality), nl=False)
    if quality.is_broken:
        click.get_current_context().exit(1)


def check_configuration(config: tuple[str, ...]) -> None:
    """Tells that there is no mistake; ConfigurationError if there is one."""
    from pqlod.app import configuration_reader

    configuration = configuration_reader(config)()
    if configuration.mistakes:
        raise ConfigurationError(configuration.mistakes)
    endpoints = sum(len(api.endpoints) for api in configuration.apis)
    click.echo(f"No mistakes: {len(configuration.apis)} APIs with {endpoints} endpoints.")


@cli.command()
@click.option("--questions", type=click.IntRange(0), required=True, metavar="N", help="How many.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another number gives other questions.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file of JSON lines to write, packed if its suffix is .gz or .zst.",
)
@click.option("--store", type=click.Path(path_type=Path, file_okay=False), help="Folder of a store to load them into.")
def generate(questions: int, seed: int, output: Path | None, store: Path | None) -> None:
    """Invent written questions of members who do not exist, in the shape of the real ones, for tests of any size.

    \b
    Examples:
      pqlod generate --questions 600000 --output many.jsonl.zst
      pqlod generate --questions 10000 --seed 7 --store ./many
    """
    from pqlod.generating import write_questions
    from pqlod.loading import load as load_files

    if (output is None) == (store is None):
        raise click.UsageError("Give either --output or --store.")
    if output is not None:
        write_questions(output, questions, seed)
    if store is not None:
        with TemporaryDirectory(prefix="pqlod-") as folder:
            file = Path(folder, "generated.jsonl.zst")
            write_questions(file, questions, seed)
            click.echo(str(load_files([file], store, generations=writable(store))), nl=False)


for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run a command: an error that was foreseen is a line on standard error and exit code 1, a misuse exit code 2."""
    try:
        sys.exit(cli(standalone_mode=False) or 0)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except PqlodError as error:
        click.echo(f"pqlod: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()  # whoever reads our output has had enough
        sys.exit(1)


def with_sample(settings: Settings) -> Settings:
    """The settings with the sample as their store, where they name neither a store nor a configuration."""
    from dataclasses import replace

    from pqlod.loading import load as load_files
    from pqlod.sample import sample_store

    if settings.store or settings.config or settings.writable:
        return settings
    return replace(settings, store=sample_store(load_files))


def _generations(options: dict[str, Any]) -> Any:
    from pqlod.store.generations import Generations

    settings = with_sample(read_settings(**options))
    if settings.store is None:
        raise click.UsageError("SPARQL needs a store: give --store or --endpoint.")
    return Generations(settings.store)


def check_startable(settings: Settings) -> None:
    """Raises here, once, what would stop each process of the server at its start."""
    from pqlod.app import running_app

    with running_app(settings):
        pass
