"""The operations of a SPARQL update, told apart by their tokens: what the protocol adds to them, and what they may change.

Oxigraph shows no algebra. An operation that does not read as one of the forms of SPARQL 1.1 Update (section 3) is left
to its parser: nothing is added to it, and it may change anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pqlod.errors import BadParameter
from pqlod.rdf import NamedNode
from pqlod.store.tokens import Kind, Token, tokenize

INSIGNIFICANT = {Kind.SPACE, Kind.COMMENT}
PROLOGUE = {"PREFIX": 3, "BASE": 2, "VERSION": 2}  # how many tokens each declaration has
DATA_FORMS = {("INSERT", "DATA"), ("DELETE", "DATA")}
MODIFY_WORDS = {"WITH", "DELETE", "INSERT", "USING", "NAMED", "WHERE"}
GRAPH_WORDS = {"CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "LOAD"}


@dataclass(frozen=True)
class Block:
    """Braces with what is between them, the tokens that lead to them, and their place in the whole text."""

    leading: tuple[Token, ...]
    tokens: tuple[Token, ...]
    text: str

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].start + 1

    def outer_tokens(self) -> Iterator[Token]:
        """The tokens that stand in no further braces: in a template, those of the default graph."""
        depth = 0
        for token in self.tokens[1:-1]:
            depth += _step(token)
            if depth == 0 and token.text != "}":
                yield token


@dataclass(frozen=True)
class Operation:
    """One operation: where it starts, the declarations before it, its text, its words outside of braces, and its blocks."""

    start: int
    prologue: str
    text: str
    words: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def is_data(self) -> bool:
        return self.words in DATA_FORMS and len(self.blocks) == 1

    @property
    def is_delete_where(self) -> bool:
        return self.words == ("DELETE", "WHERE") and len(self.blocks) == 1

    @property
    def is_modification(self) -> bool:
        """One or two templates, perhaps WITH a graph or USING others, and WHERE."""
        leads = [[token.text.upper() for token in block.leading] for block in self.blocks]
        return (
            len(leads) in {2, 3}
            and set(self.words) <= MODIFY_WORDS
            and all(lead[-1:] in (["DELETE"], ["INSERT"]) for lead in leads[:-1])
            and leads[-1][-1:] == ["WHERE"]
        )

    @property
    def is_of_graphs(self) -> bool:
        return self.words[:1] != () and self.words[0] in GRAPH_WORDS and not self.blocks

    @property
    def templates(self) -> tuple[Block, ...]:
        """What is added and deleted, with or without variables."""
        return self.blocks[:-1] if self.is_modification else self.blocks


def read_operations(text: str) -> Iterator[Operation]:
    """The operations of an update whose braces are balanced, in order."""
    prologue = ""
    for part in _parts(tokenize(text)):
        begin = _end_of_prologue(part)
        prologue += _text(text, part[:begin]) + "\n" if begin else ""
        if rest := part[begin:]:
            blocks = tuple(_blocks(rest, text))
            outside = [token for token in rest if not any(block.start <= token.start < block.end for block in blocks)]
            words = tuple(token.text.upper() for token in outside if token.kind is Kind.WORD)
            yield Operation(rest[0].start, prologue, _text(text, rest), words, blocks)


def with_graphs(text: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> str:
    """The update with these graphs as the dataset of each WHERE (SPARQL 1.1 Protocol, 2.2.3).

    Raises BadParameter if it names a dataset itself, or is not understood.
    """
    if not default_graphs and not named_graphs:
        return text
    using = " ".join(
        [*(f"USING {NamedNode(iri)}" for iri in default_graphs), *(f"USING NAMED {NamedNode(iri)}" for iri in named_graphs)]
    )
    pieces, done = [], 0
    for operation in read_operations(text):
        if addition := _addition(operation, using):
            place = operation.blocks[0].leading[-1].start if operation.is_delete_where else operation.blocks[-2].end
            pieces += [text[done:place], addition]
            done = place
    return "".join([*pieces, text[done:]])


def _addition(operation: Operation, using: str) -> str:
    """What gives an operation a dataset; empty for one without WHERE."""
    if operation.is_delete_where:  # the short form has no place for USING; this makes it the long one
        return f"{operation.blocks[0].text} {using} "
    if operation.is_modification and not {"WITH", "USING"} & set(operation.words):
        return f" {using} "
    if operation.is_data or operation.is_of_graphs:
        return ""
    problem = (
        "The update names its graphs itself, by WITH or USING, and so takes none by parameters."
        if operation.is_modification
        else "The update is not of a form to which graphs can be added by parameters. Write USING in it."
    )
    raise BadParameter(problem, parameter="using-graph-uri")


def _parts(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """The significant tokens between semicolons outside of braces."""
    part: list[Token] = []
    depth = 0
    for token in tokens:
        depth += _step(token)
        if depth == 0 and token.kind is Kind.PUNCTUATION and token.text == ";":
            yield part
            part = []
        elif token.kind not in INSIGNIFICANT:
            part.append(token)
    yield part


def _end_of_prologue(part: list[Token]) -> int:
    end = 0
    while end < len(part) and part[end].text.upper() in PROLOGUE:
        end += PROLOGUE[part[end].text.upper()]
    return min(end, len(part))


def _blocks(tokens: list[Token], text: str) -> Iterator[Block]:
    depth = begin = lead = 0
    for index, token in enumerate(tokens):
        step = _step(token)
        if depth == 0 and step == 1:
            begin = index
        depth += step
        if depth == 0 and step == -1:
            block = tokens[begin : index + 1]
            yield Block(tuple(tokens[lead:begin]), tuple(block), _text(text, block))
            lead = index + 1


def _step(token: Token) -> int:
    return {"{": 1, "}": -1}.get(token.text, 0) if token.kind is Kind.PUNCTUATION else 0


def _text(text: str, tokens: Sequence[Token]) -> str:
    return text[tokens[0].start : tokens[-1].start + len(tokens[-1].text)] if tokens else ""
