"""Pages as tables: CSV (RFC 4180) and the same with tabs, one row for each item.

A column is a property path of the items (``answer > answer text``), headed by names in words; ``… > uri`` has the
IRIs of the resources there. Several values share a cell.
"""

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from pqlod.formatters.items import LABEL_PROPERTIES, Field, Node, Shape, Value, best_label, last_segment
from pqlod.formatters.words import words
from pqlod.lda.pages import Page
from pqlod.rdf import DC, FOAF, GEO, RDF, RDFS, SKOS, Literal, NamedNode, Namespace

__all__ = ["write_csv", "write_tsv"]

VALUE_SEPARATOR, STEP_SEPARATOR, IRI_HEADING = "; ", " > ", "uri"
_SPATIAL = Namespace("http://data.ordnancesurvey.co.uk/ontology/spatialrelations/")
# These columns come before those of other properties, which are in the order of their names.
FIRST_COLUMNS = (
    *(SKOS.prefLabel, FOAF.name, DC.title, RDFS.label, SKOS.altLabel),
    *(_SPATIAL.easting, _SPATIAL.northing, GEO.lat, GEO.long),
)
# What a spreadsheet takes for a formula, which a stranger may have written; a number is none.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")

Column: TypeAlias = tuple[Field | None, ...]  # the steps of a path; None, the last: the IRI
Cells: TypeAlias = Mapping[Column, list[str]]


def write_csv(page: Page) -> bytes:
    """A page as comma-separated values in UTF-8, without a byte order mark; line ends are CR LF."""
    return _write_table(page, ",")


def write_tsv(page: Page) -> bytes:
    """The same with tabs between the cells, which are quoted as in CSV."""
    return _write_table(page, "\t")


def _write_table(page: Page, delimiter: str) -> bytes:
    items = Shape(page, shows_hidden=True).items()
    rows = [_row(item) for item in page.deadline.watch(items)]
    columns = sorted({column for row in rows for column in row}, key=_column_order)
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=delimiter)
    table.writerow([IRI_HEADING, *_headings(columns)])
    table.writerows([item.id, *(_cell(row.get(column, ())) for column in columns)] for item, row in zip(items, rows, strict=True))
    return text.getvalue().encode()


def _row(item: Node) -> Cells:
    cells: defaultdict[Column, list[str]] = defaultdict(list)
    _add_fields(cells, (), item)
    return dict(cells)


def _add_fields(cells: defaultdict[Column, list[str]], path: Column, node: Node) -> None:
    for field, values in node.fields:
        for value in values:
            _add(cells, (*path, field), value)


def _add(cells: defaultdict[Column, list[str]], column: Column, value: Value) -> None:
    if isinstance(value, Literal):
        cells[column].append(value.value)
    elif isinstance(value, NamedNode):
        cells[column].append(last_segment(value.value))
        cells[*column, None].append(value.value)
    elif isinstance(value, Node):
        _add_node(cells, column, value)
    else:
        _add_list(cells, column, value)


def _add_node(cells: defaultdict[Column, list[str]], column: Column, node: Node) -> None:
    """A resource that has only labels is also shown by its label, in the property's own column."""
    iri = node.resource.value if isinstance(node.resource, NamedNode) else None
    if all(field.property.iri in LABEL_PROPERTIES for field, _ in node.fields):
        cells[column].append(best_label(node) or last_segment(iri or ""))
    if iri:
        cells[*column, None].append(iri)
    _add_fields(cells, column, node)


def _add_list(cells: defaultdict[Column, list[str]], column: Column, members: tuple[Value, ...]) -> None:
    """The members of a list share the cell; that of an empty list is empty, and its IRI tells it from no list."""
    cells[column] += []
    if not members:
        cells[*column, None].append(RDF.nil.value)
    for member in members:
        _add(cells, column, member)


def _cell(values: Iterable[str]) -> str:
    """The values joined; a text that looks like a formula gets an apostrophe before it."""
    text = VALUE_SEPARATOR.join(values)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _headings(columns: Iterable[Column]) -> list[str]:
    """Paths in words; where two would be the same, their shortnames."""
    names = [[IRI_HEADING if step is None else step.name for step in column] for column in columns]
    headings = [STEP_SEPARATOR.join(map(words, path)) for path in names]
    uses = Counter(headings)
    return [heading if uses[heading] == 1 else STEP_SEPARATOR.join(path) for heading, path in zip(headings, names, strict=True)]


def _column_order(column: Column) -> list[int]:
    return [-1 if step is None else _step_order(step) for step in column]


def _step_order(step: Field) -> int:
    iri = step.property.iri
    return FIRST_COLUMNS.index(iri) if iri in FIRST_COLUMNS else len(FIRST_COLUMNS) + step.rank
