"""Gathers the tables of an index from a store: of everything, property by property, or of some items."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from pyoxigraph import Store

from pqlod.rdf import RDF, XSD, DefaultGraph, Literal, NamedNode, Resource, Term
from pqlod.store.columns import Column, ColumnMaker, Step, Steps, Table
from pqlod.store.ordering import DATE, written

Item = tuple[NamedNode, int]  # one of a class, by its number
Heads = Mapping[Term, Sequence[Item]]  # where a path has come to, and the items from which it came


@dataclass(frozen=True)
class DaysBetween:
    """A path that no triples say: to the number of days from the day at the end of one path to that of another."""

    path: Steps
    start: Steps
    end: Steps


@dataclass(frozen=True)
class IndexPlan:
    """What an index of values is made of: the classes of its items, and what is known of each of them.

    The paths of ``days`` are made of those that are among ``paths`` too.
    """

    types: tuple[NamedNode, ...]
    paths: tuple[Steps, ...]
    days: tuple[DaysBetween, ...] = ()


def prefixes(paths: Iterable[Steps]) -> list[Steps]:
    """The beginnings of paths, the shortest first."""
    return sorted({path[:end] for path in paths for end in range(1, len(path))}, key=len)


def all_tables(store: Store, plan: IndexPlan) -> Iterator[Table]:
    """The tables of all items of a store: each property is read once, and held no longer than its columns are made."""
    iris = {type: sorted(_members(store, type)) for type in plan.types}
    columns: dict[NamedNode, dict[Steps, Column]] = {type: {} for type in plan.types}
    heads = _all_heads(store, plan, iris)
    kept: dict[Steps, dict[NamedNode, ColumnMaker]] = {}
    for step in dict.fromkeys(path[-1] for path in plan.paths):
        paths = [path for path in plan.paths if path[-1] == step]
        makers = {path: {type: ColumnMaker(len(iris[type])) for type in plan.types} for path in paths}
        _fill([(heads[path[:-1]], makers[path]) for path in paths], _pairs(store, step))
        for path, of_types in makers.items():
            for type, maker in of_types.items():
                if column := maker.column():
                    columns[type][path] = column
        kept |= {path: makers[path] for path in paths if any(path in (one.start, one.end) for one in plan.days)}
    for type in plan.types:
        columns[type] |= days_columns({path: of_types[type] for path, of_types in kept.items()}, plan.days)
        yield Table.of(type, iris[type], columns[type])


def tables_of(
    store: Store, paths: Mapping[NamedNode, Iterable[Steps]], days: Iterable[DaysBetween], items: Iterable[NamedNode]
) -> Iterator[Table]:
    """The tables of some items, given the paths of each class, and those to numbers of days."""
    known = _Known(store)
    found = sorted(items, key=lambda item: item.value)
    for type in paths:
        members = [item for item in found if type in known.values(item, (RDF.type, False))]
        makers = {path: ColumnMaker(len(members)) for path in paths[type]}
        for number, item in enumerate(members):
            for path, maker in makers.items():
                if known.has(item, path[0]):
                    for value in known.ends(item, path):
                        maker.add(number, value)
        columns = {path: column for path, maker in makers.items() if (column := maker.column())}
        yield Table.of(type, [item.value for item in members], columns | days_columns(makers, days))


def days_columns(makers: Mapping[Steps, ColumnMaker], days: Iterable[DaysBetween]) -> dict[Steps, Column]:
    """The columns of numbers of days, for all of whose items both ends are one day at most."""
    made = {one.path: _days_column(makers[one.start], makers[one.end]) for one in days if {one.start, one.end} <= makers.keys()}
    return {path: column for path, column in made.items() if column}


def _days_column(starts: ColumnMaker, ends: ColumnMaker) -> Column | None:
    firsts, lasts = starts.singles(_day_number), ends.singles(_day_number)
    if firsts is None or lasts is None:
        return None
    maker = ColumnMaker(len(firsts))
    terms: dict[int, Literal] = {}
    for number, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        if first and last:
            term = terms.get(last - first) or terms.setdefault(last - first, Literal(str(last - first), datatype=XSD.integer))
            maker.add(number, term)
    return maker.column()


def _day_number(term: Term) -> int | None:
    """The number of a day that has no zone; None for anything else."""
    text = written(term)
    return date.fromisoformat(text[1:]).toordinal() if text[0] == DATE else None


def starts(store: Store, path: Steps, end: Resource, most: int) -> set[Resource]:
    """Whatever has this resource at the end of this path: where that is more than ``most``, some of it, but more than those."""
    found: set[Resource] = {end}
    for property, is_inverse in reversed(path):
        before = (other for resource in found for other in _one_step(store, resource, (property, not is_inverse)))
        found = set(islice(before, most + 1))
    return found


def _one_step(store: Store, resource: Resource, step: Step) -> Iterator[Resource]:
    property, is_inverse = step
    subject, object = (None, resource) if is_inverse else (resource, None)
    for quad in store.quads_for_pattern(subject, property, object, DefaultGraph()):
        end = quad.subject if is_inverse else quad.object
        if isinstance(end, Resource):
            yield end


def _members(store: Store, type: NamedNode) -> Iterator[str]:
    for quad in store.quads_for_pattern(None, RDF.type, type, DefaultGraph()):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject.value


def _pairs(store: Store, step: Step) -> Iterator[tuple[Term, Term]]:
    """The two ends of each use of a property, the one of the items first; in the default graph."""
    property, is_inverse = step
    for quad in store.quads_for_pattern(None, property, None, DefaultGraph()):
        yield (quad.object, quad.subject) if is_inverse else (quad.subject, quad.object)


def _all_heads(store: Store, plan: IndexPlan, iris: Mapping[NamedNode, Sequence[str]]) -> dict[Steps, Heads]:
    """By the beginning of a path, where it comes to."""
    members: dict[Term, list[Item]] = {}
    for type in plan.types:
        for number, iri in enumerate(iris[type]):
            members.setdefault(NamedNode(iri), []).append((type, number))
    heads: dict[Steps, Heads] = {(): members}
    for prefix in prefixes(plan.paths):
        found: dict[Term, list[Item]] = {}
        for start, end in _pairs(store, prefix[-1]):
            if start in heads[prefix[:-1]]:
                found.setdefault(end, []).extend(heads[prefix[:-1]][start])
        heads[prefix] = found
    return heads


def _fill(feeds: Sequence[tuple[Heads, Mapping[NamedNode, ColumnMaker]]], pairs: Iterable[tuple[Term, Term]]) -> None:
    for start, end in pairs:
        for heads, makers in feeds:
            for type, number in heads.get(start, ()):
                makers[type].add(number, end)


class _Known:
    """What a store tells of single resources, each of which is read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._about: dict[Resource, dict[NamedNode, list[Term]]] = {}

    def has(self, resource: Resource, step: Step) -> bool:
        """Perhaps: is there anything at the end of this step? It costs little to be told that there is not."""
        property, is_inverse = step
        return is_inverse or property in self._told(resource)

    def values(self, resource: Term, step: Step) -> Iterable[Term]:
        property, is_inverse = step
        if not isinstance(resource, Resource):
            return ()
        return list(_one_step(self._store, resource, step)) if is_inverse else self._told(resource).get(property, ())

    def _told(self, resource: Resource) -> dict[NamedNode, list[Term]]:
        if resource not in self._about:
            about = self._about[resource] = {}
            for quad in self._store.quads_for_pattern(resource, None, None, DefaultGraph()):
                about.setdefault(quad.predicate, []).append(quad.object)
        return self._about[resource]

    def ends(self, item: Term, path: Steps) -> Iterable[Term]:
        ends: Iterable[Term] = [item]
        for step in path:
            ends = [value for end in ends for value in self.values(end, step)]
        return ends
