"""The commands that keep a store: its generations, going back to one, backups."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pqlod.settings import read_settings

if TYPE_CHECKING:
    from pqlod.store.generations import Generations
    from pqlod.store.keeping import Generation

NEEDED_STORE = click.option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    envvar="PQLOD_STORE",
    help="Folder of the store (PQLOD_STORE).",
)
HEADINGS = ("", "generation", "made", "MB", "own MB", "")


@click.command()
@NEEDED_STORE
def generations(store: Path) -> None:
    """List the generations of a store that are kept; "*" is the current one, "own MB" is what no other one uses too.

    How many are kept is set by PQLOD_GENERATIONS_KEPT.

    \b
    Example:
      pqlod generations --store ./store
    """
    from pqlod.store.keeping import kept_generations

    rows = [HEADINGS, *map(_row, kept_generations(store))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for mark, number, made, size, own, note in rows:
        cells = (mark.ljust(1), number.rjust(widths[1]), made.ljust(widths[2]), size.rjust(widths[3]), own.rjust(widths[4]), note)
        click.echo("  ".join(cells).rstrip())


@click.command()
@click.argument("number", type=click.IntRange(1), metavar="GENERATION")
@NEEDED_STORE
def rollback(number: int, store: Path) -> None:
    """Go back to an earlier GENERATION of a store: it is published again, as the next one.

    \b
    Example:
      pqlod rollback 41 --store ./store
    """
    from pqlod.store.keeping import roll_back

    new = roll_back(writable(store), number)
    click.echo(f"generation {new}, which is as generation {number} was", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@NEEDED_STORE
def backup(file: Path, store: Path) -> None:
    """Write the current generation of a store to one FILE, packed if its suffix is .gz or .zst. Writes may go on meanwhile.

    \b
    Example:
      pqlod backup parliament.tar.zst --store ./store
    """
    from pqlod.store.backups import back_up

    made = back_up(store, file)
    size = file.stat().st_size
    click.echo(f"generation {made.generation}, {made.size / 1e6:,.1f} MB, in {file}, {size / 1e6:,.1f} MB", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@NEEDED_STORE
def restore(file: Path, store: Path) -> None:
    """Make what a backup FILE holds the next generation of a store, which is made if it is not there.

    \b
    Example:
      pqlod restore parliament.tar.zst --store ./store
    """
    from pqlod.store.backups import restore as restore_file

    backup, number = restore_file(file, writable(store))
    click.echo(f"generation {number}, which is generation {backup.generation} of {backup.loaded}", err=True)


@click.command()
@NEEDED_STORE
def compact(store: Path) -> None:
    """Make a store's files as few and small as can be, in a new generation. The disk must have room for both.

    \b
    Example:
      pqlod compact --store ./store
    """
    from pqlod.store.keeping import compact as compact_store

    click.echo(f"generation {compact_store(writable(store))}", err=True)


COMMANDS = (generations, rollback, backup, restore, compact)


def writable(store: Path) -> "Generations":
    """The generations of a store, for who writes to it: as many are kept as is set."""
    from pqlod.loading import own_plan
    from pqlod.store.generations import Generations

    return Generations(store, plan=own_plan, kept=read_settings().generations_kept)


def _row(generation: "Generation") -> tuple[str, ...]:
    made = f"{generation.loaded:%Y-%m-%d %H:%M:%S %Z}" if generation.loaded else ""
    sizes = (f"{size / 1e6:,.1f}" if size else "" for size in (generation.size, generation.own))
    return (
        "*" if generation.is_current else "",
        str(generation.number),
        made,
        *sizes,
        generation.damage or _from(generation.origin),
    )


def _from(origin: str) -> str:
    return f"from {origin}" if origin else ""
