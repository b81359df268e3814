"""Reads the files of the ISPD 2020 contest: `.kgraph`, kernels and who sends to whom.

Settings stand as `name=value` lines in comments. Nodes `input` and `output`, and their connections, are
neither placed nor counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import cast

from lark import Lark, Token, Tree, UnexpectedToken

from ...ir.diagnostics import Diagnostics, did_you_mean
from ...ir.location import FileLoc, file_locations
from .contest_kernels import LARGEST_SIDE, PARAMETERS, ContestKernel
from .instance import GivenKernel, Instance
from .problem import Connection

_END = "$END"
_OUTSIDE = ("input", "output")
_KINDS = (*PARAMETERS, *_OUTSIDE)
_NEEDED = ("width", "height", "wdeltat", "wlength", "memlimit")
_SETTINGS = (*_NEEDED, "wadapter", "test")
_LARGEST = 2**31
"""Larger numbers than this are not meant."""
_WORDS = {
    "NAME": "a name",
    "INT": "a number",
    "STRING": "a text in quotes",
    "ARROW": "'->'",
    "LSQB": "'['",
    "RSQB": "']'",
    "EQUAL": "'='",
    "COLON": "':'",
    "COMMA": "','",
}


class _KeepInvalid:
    """Makes the lexer keep terminals that no rule mentions."""

    always_accept = ("INVALID", "COMMENT")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return stream


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    return Lark(
        Path(__file__).with_name("kgraph.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
        postlex=_KeepInvalid(),  # pyright: ignore[reportArgumentType]  # Lark asks for its own abstract class
    )


def parse_kgraph(text: str, filename: str) -> Instance:
    """Return what a `.kgraph` file says. Raises `DiagnosticError` with all that is wrong with it."""
    instance, found = read_kgraph(text, filename)
    found.raise_if_errors()
    assert instance is not None
    return instance


def read_kgraph(text: str, filename: str) -> tuple[Instance | None, Diagnostics]:
    """Return what a `.kgraph` file says, None if that is wrong, and all that there is to say about it."""
    reader = _Reader(filename)
    instance = reader.read(text)
    reader.found.entries.sort(
        key=lambda entry: [(place.line, place.column) for place in file_locations(entry.location)]
    )
    return (None if reader.found.has_errors else instance), reader.found


@dataclass(frozen=True, slots=True)
class _Node:
    """A node's kind and number, and its place among the kernels: None for what is not placed."""

    kind: Token
    kernel: int | None


class _Reader:
    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.found = Diagnostics()
        self.settings: dict[str, Token] = {}
        self.nodes: dict[str, _Node] = {}
        self.lost: set[str] = set()
        """Numbers of nodes whose definition has an error of its own."""
        self.kernels: list[GivenKernel] = []
        self.connections: list[Connection] = []

    def read(self, text: str) -> Instance | None:
        tokens = list(_grammar().lex(text))
        for token in tokens:
            if token.type == "COMMENT":
                self._read_settings(token)
        statements = [tree for chunk in _chunks(tokens) if (tree := self._parse(chunk)) is not None]
        items = [cast("Tree[Token]", item) for tree in statements for item in tree.children]
        for item in items:
            if item.data == "node":
                self._read_node(item)
        for item in items:
            if item.data == "connection":
                self._read_connection(item)
        if not self.kernels and not self.found.has_errors:
            self._error("there is no kernel in this file", None)
        return self._instance()

    def _instance(self) -> Instance | None:
        missing = [name for name in _NEEDED if name not in self.settings]
        for name in missing:
            near = did_you_mean(name, set(self.settings) - set(_SETTINGS))
            self._error(
                f"setting '{name}' is missing{near}", None, "settings stand in a comment: (* width=633 *)"
            )
        numbers = {name: self._number(name) for name in self.settings if name in _SETTINGS and name != "test"}
        if self.found.has_errors:
            return None
        if numbers.get("wadapter"):
            self.found.warning(
                "adapters are not counted: the rule for them was not published",
                self._place(self.settings["wadapter"]),
            )
        name = self.settings["test"] if "test" in self.settings else Path(self.filename).stem
        return Instance(
            str(name),
            int(numbers["width"]),
            int(numbers["height"]),
            tuple(self.kernels),
            tuple(self.connections),
            numbers["wdeltat"],
            numbers["wlength"],
            int(numbers["memlimit"]),
        )

    # ---- messages

    def _place(self, token: Token | None) -> FileLoc:
        if token is None:
            return FileLoc(self.filename, 1, 1)
        return FileLoc(self.filename, token.line or 1, token.column or 1)

    def _error(self, message: str, token: Token | None, *notes: str) -> None:
        self.found.error(message, self._place(token), *notes, length=len(token) if token else 1)

    def _parse(self, chunk: Sequence[Token]) -> Tree[Token] | None:
        """Return the statements of a chunk, or report its first error."""
        parser = _grammar().parse_interactive("")
        tree: object = None
        for index, token in enumerate(chunk):
            accepted = cast(set[str], parser.accepts())
            try:
                tree = parser.feed_token(token)
            except UnexpectedToken:
                words = sorted(_WORDS[kind] for kind in accepted - {_END})
                expected = " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
                if len(chunk) > 2 and chunk[1].type == "LSQB":
                    self.lost.add(_number_key(chunk[2]))
                if token.type == _END:
                    last = chunk[index - 1]
                    place = FileLoc(self.filename, last.end_line or 1, last.end_column or 1)
                    self.found.error(f"expected {expected} after '{last}'", place)
                else:
                    comment = token.type == "INVALID" and token == "*" and chunk[index - 1] == "("
                    note = (
                        ["a comment begins with '(*' and ends with '*)'"] if comment or token == "(" else []
                    )
                    self._error(f"unexpected '{token}'; expected {expected}", token, *note)
                return None
        return cast("Tree[Token]", tree)

    # ---- settings

    def _read_settings(self, comment: Token) -> None:
        """Note all lines `name=value` of a comment."""
        for offset, line in enumerate(comment.split("\n")):
            match = re.match(r"(?:\s*\(\*)?\s*([A-Za-z_]\w*)\s*=\s*(.*?)\s*(?:\*\))?\s*$", line)
            if match is None:
                continue
            column = match.start(2) + 1 + ((comment.column or 1) - 1 if not offset else 0)
            value = Token("VALUE", match[2], None, (comment.line or 1) + offset, column)
            if match[1] in self.settings and match[1] in _SETTINGS:
                self._error(f"setting '{match[1]}' is given twice", value)
            self.settings[match[1]] = value

    def _number(self, name: str) -> Fraction:
        """Return the value of a setting that must be a number; 0 after an error."""
        value = self.settings[name]
        is_weight = name in ("wdeltat", "wlength", "wadapter")
        pattern = r"\d{1,12}(\.\d{1,6})?" if is_weight else r"\d{1,12}"
        if not re.fullmatch(pattern, value, re.ASCII):
            kind = "a number from 0" if is_weight else "a whole number from 0"
            self._error(f"setting '{name}' is '{value}', not {kind}", value)
            return Fraction(0)
        number = Fraction(value)
        if name in ("width", "height") and not 1 <= number <= LARGEST_SIDE:
            self._error(f"the wafer's {name} is {number}; it can be from 1 to {LARGEST_SIDE}", value)
        return number

    # ---- nodes

    def _read_node(self, item: Tree[Token]) -> None:
        kind, number = cast("list[Token]", item.children[:2])
        attributes = self._attributes(cast("list[Tree[Token]]", item.children[2:]))
        if kind not in _KINDS:
            self.lost.add(_number_key(number))
            self._error(
                f"unknown kind of node '{kind}'{did_you_mean(kind, _KINDS)}",
                kind,
                f"kinds: {', '.join(_KINDS)}",
            )
            return
        key = _number_key(number)
        if key in self.nodes:
            first = self.nodes[key].kind
            self._error(f"node {number} is defined twice, first in line {first.line}", number)
            return
        if kind in _OUTSIDE:
            self.nodes[key] = _Node(kind, None)
            return
        self.nodes[key] = _Node(kind, len(self.kernels))
        contest = self._contest_kernel(kind, attributes)
        if contest is None:
            contest = ContestKernel(kind, ())
        name = attributes.get("NAME", (kind, f"{kind}[{number}]"))[1]
        self.kernels.append(GivenKernel(str(name).strip("'\""), contest, location=self._place(kind)))

    def _attributes(self, items: Sequence[Tree[Token]]) -> dict[str, tuple[Token, Token | None]]:
        """Return name and value of each attribute by its name in capitals; None for a list."""
        attributes: dict[str, tuple[Token, Token | None]] = {}
        for item in items:
            name, value = item.children
            assert isinstance(name, Token)
            if name.upper() in attributes:
                self._error(f"'{name}' is given twice", name)
            attributes[name.upper()] = (name, value if isinstance(value, Token) else None)
        return attributes

    def _contest_kernel(
        self, kind: Token, attributes: dict[str, tuple[Token, Token | None]]
    ) -> ContestKernel | None:
        """Return the kernel of a node, or None after an error."""
        wanted = PARAMETERS[kind]
        optional = ("U",) if kind == "conv" else ()
        unknown = [attributes[key][0] for key in attributes if key not in (*wanted, *optional, "NAME")]
        missing = [key for key in wanted if key not in attributes]
        if missing:
            near = "".join(did_you_mean(missing[0], [name.upper() for name in unknown]) for _ in unknown[:1])
            self._error(f"a {kind} needs {', '.join(missing)}{near}", kind)
        for name in unknown:
            self.found.warning(f"'{name}' of a {kind} is not used", self._place(name), length=len(name))
        values = {key: self._value(*attributes[key]) for key in (*wanted, *optional) if key in attributes}
        if missing or None in values.values():
            return None
        kernel = ContestKernel(str(kind), tuple(cast("int", values[key]) for key in wanted))
        faults = kernel.faults()
        for fault in faults:
            self._error(f"this {kind} cannot be: {fault}", kind)
        if values.get("U", values.get("T")) != values.get("T"):
            self.found.warning(
                "both strides are taken to be T: U is not used", self._place(attributes["U"][0])
            )
        return None if faults else kernel

    def _value(self, name: Token, value: Token | None) -> int | None:
        if value is None or value.type != "INT":
            self._error(f"'{name}' must be a whole number", name)
            return None
        if len(value) > 10 or int(value) > _LARGEST:
            self._error(f"'{name}' is larger than {_LARGEST}", value)
            return None
        return int(value)

    # ---- connections

    def _read_connection(self, item: Tree[Token]) -> None:
        ends = [self._end(cast("Tree[Token]", end)) for end in item.children[:2]]
        source, sink = (end.kernel if end else None for end in ends)
        if source is not None and sink is not None:
            self.connections.append(Connection(source, sink))

    def _end(self, item: Tree[Token]) -> _Node | None:
        kind, number, _ = cast("list[Token]", item.children)
        node = self.nodes.get(_number_key(number))
        if node is None:
            if _number_key(number) not in self.lost:
                self._error(f"there is no node {number}", number)
        elif node.kind != kind:
            self._error(f"node {number} is {_article(node.kind)}, defined in line {node.kind.line}", kind)
        return node


def _number_key(number: str) -> str:
    """Return a node's number as it is looked up; it may have more digits than Python converts."""
    return number.lstrip("0") or "0"


def _article(kind: str) -> str:
    return f"an {kind}" if kind in _OUTSIDE else f"a {kind}"


def _chunks(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Split a file at lines that begin like a statement, so that each can be wrong by itself."""
    code = [token for token in tokens if token.type != "COMMENT"]
    chunk: list[Token] = []
    for index, token in enumerate(code):
        begins_line = not index or code[index - 1].end_line != token.line
        # The second end of a connection may stand on a line of its own, with no arrow behind its port.
        is_sink = code[index + 4 : index + 5] == [":"] and code[index + 6 : index + 7] != ["->"]
        begins_statement = token.type == "NAME" and code[index + 1 : index + 2] == ["["] and not is_sink
        if chunk and begins_line and begins_statement:
            yield [*chunk, Token.new_borrow_pos(_END, "", chunk[-1])]
            chunk = []
        chunk.append(token)
    if chunk:
        yield [*chunk, Token.new_borrow_pos(_END, "", chunk[-1])]
