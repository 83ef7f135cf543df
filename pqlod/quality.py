"""Checks the data of a whole store by the queries of queries/checks, and reports what is broken or missing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pyoxigraph import QuerySolutions, Store

from pqlod.assets import asset
from pqlod.export import Holdings, info
from pqlod.rdf import PQLOD, Literal, NamedNode, Term
from pqlod.store.disk import told
from pqlod.store.generations import Generations
from pqlod.store.query import Query, load_queries

EXAMPLES = 3
# What sources often leave out. Any other finding means that the data contradicts itself, or is damaged.
INCOMPLETE = frozenset({"questions-without-text", "questions-without-asker", "members-without-name"})

TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)\b[^<>]*?(/?)>|<(?=[A-Za-z/])")
EMPTY = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
# Elements that end without an end tag where another begins, or what they are in ends (HTML, section 13.1.2.4).
OPTIONAL = frozenset({"p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "colgroup", "option"})


@dataclass(frozen=True)
class Finding:
    """What a check found: how often, and the first ones. If not ``is_broken``, what is found is only incomplete."""

    name: str
    title: str
    count: int
    examples: tuple[str, ...]
    is_broken: bool

    def __str__(self) -> str:
        mark = "ok" if not self.count else "broken" if self.is_broken else "missing"
        return "\n".join([f"  {mark:<7}  {self.count:>9,}  {self.title}", *(f"{'':24}{example}" for example in self.examples)])


@dataclass(frozen=True)
class Quality:
    """What a store holds, and what all checks found. ``str(quality)`` is the report, fit to be shown."""

    holdings: Holdings
    findings: tuple[Finding, ...]

    @property
    def is_broken(self) -> bool:
        """Did any check find that something is broken?"""
        return any(finding.is_broken and finding.count for finding in self.findings)

    def __str__(self) -> str:
        return "\n".join([str(self.holdings), "checks:", *map(str, self.findings), ""])


def check_data(folder: Path) -> Quality:
    """What is broken or missing in the current generation of the store in ``folder``; StoreError if it cannot be read."""
    store = Generations(folder).dataset().store
    with told(folder):
        findings = [
            _find(store, name.removesuffix(".rq"), query) for name, query in sorted(load_queries(asset("queries/checks")).items())
        ]
        return Quality(info(folder), tuple(findings))


def broken_markup(text: str) -> str:
    """What is broken in a fragment of HTML; "" if nothing is. Elements whose end tags may be left out may lack them."""
    opened: list[str] = []
    for tag in TAG.finditer(text):
        closing, name, is_empty = tag[1], (tag[2] or "").lower(), tag[3]
        if not name:
            return f"a tag does not end: {text[tag.start() : tag.start() + 20]!r}"
        if closing:
            while opened and opened[-1] != name and opened[-1] in OPTIONAL:
                opened.pop()
            if not opened or opened.pop() != name:
                return f"</{name}> without its <{name}>"
        elif not is_empty and name not in EMPTY:
            opened.append(name)
    left = next((name for name in opened if name not in OPTIONAL), "")
    return f"<{left}> without its </{left}>" if left else ""


def _find(store: Store, name: str, query: Query) -> Finding:
    count, examples = 0, []
    for row in cast(QuerySolutions, store.query(query.text, custom_functions={**FUNCTIONS})):
        count += 1
        if count <= EXAMPLES:
            examples.append(" ".join(filter(None, (str(row["item"]), _value(row["detail"])))))
    return Finding(name, query.title, count, tuple(examples), name not in INCOMPLETE)


def _value(term: Term | None) -> str:
    return term.value if isinstance(term, Literal) else ""


FUNCTIONS: Mapping[NamedNode, Callable[..., Literal]] = {PQLOD.brokenMarkup: lambda text: Literal(broken_markup(text.value))}
