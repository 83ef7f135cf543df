"""What a dataset is to the rest of pqlod: something that answers queries."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from pqlod.rdf import Graph, NamedNode, Resource, Term
from pqlod.store.deadline import Deadline
from pqlod.store.query import Query

if TYPE_CHECKING:
    from pqlod.store.values import ValueIndex


@dataclass(frozen=True)
class Solutions:
    """The solutions of a SELECT: the projected variables, and a row for each solution (unbound variables are absent)."""

    variables: tuple[str, ...]
    rows: tuple[Mapping[str, Term], ...]

    def __iter__(self) -> Iterator[Mapping[str, Term]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def values(self, variable: str) -> tuple[Term, ...]:
        """The bound values of one variable, in order."""
        return tuple(row[variable] for row in self.rows if variable in row)


class Match(NamedTuple):
    """An item that matches words: its IRI and how well it does (the higher the better)."""

    item: NamedNode
    score: float


class Matches(tuple[Match, ...]):
    """The items that match words, best first. ``is_partial``: there are so many that only the newest were ranked."""

    is_partial: bool

    def __new__(cls, matches: Iterable[Match] = (), is_partial: bool = False) -> "Matches":
        self = super().__new__(cls, matches)
        self.is_partial = is_partial
        return self


# Properties, None for any, each with the branches that are followed from what it leads to.
Branches: TypeAlias = "Mapping[NamedNode | None, Branches]"


class Dataset(Protocol):
    """A set of triples that can be asked.

    Each method raises DatasetError (or one of its kinds) if the dataset fails, and QuerySyntaxError if the
    query does not parse. A query whose ``is_trusted`` is false holds text of a stranger, and is run where it
    can do no harm.
    """

    def until(self, deadline: Deadline) -> "Dataset":
        """The same dataset, whose methods end by then at the latest: QueryLimitExceeded."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever an answer may have changed; empty where the dataset cannot tell."""
        ...

    @property
    def generation(self) -> int | None:
        """The number by which this state of the data can be asked for again; None where there is no such."""
        ...

    @property
    def values(self) -> "ValueIndex | None":
        """The index of the values of its items; None where there is none, and SPARQL must be asked."""
        ...

    def select(self, query: Query) -> Solutions: ...

    def construct(self, query: Query) -> Graph:
        """The graph of a CONSTRUCT or DESCRIBE."""
        ...

    def ask(self, query: Query) -> bool: ...

    def describe(self, resources: Iterable[Resource], graph: NamedNode | None = None) -> Graph:
        """Each resource's own triples, with those of the blank nodes that they lead to, of the default graph or a named one."""
        ...

    def follow(self, resources: Iterable[Resource], branches: Branches, graph: NamedNode | None = None) -> Graph | None:
        """The triples along some branches from each resource, of the default graph or a named one.

        None where that is not to be had but by SPARQL.
        """
        ...

    def search(self, expression: str) -> Matches:
        """The items whose texts match a search expression, best first; BadParameter says where it is wrong."""
        ...
