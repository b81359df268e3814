"""Text to syntax tree: feeds the tokens to the LALR parser and goes on after a syntax error.

An error ends the statement it is in. What was parsed of it is taken off the parser's stack, and reading
resumes at the next line of the same block that begins a statement, so that one run reports them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import cast

from lark import Lark, Token, Tree, UnexpectedToken
from lark.parsers.lalr_analysis import Shift
from lark.parsers.lalr_interactive_parser import InteractiveParser

from ...ir.diagnostics import Diagnostic, Severity, closest_name, did_you_mean
from ...ir.location import FileLoc
from .ast import Model, Span
from .tree import TextError, TreeReader

END = "$END"
_STARTS_EXPRESSION = {"NAME", "NUMBER", "LPAR", "LSQB", "MINUS", "TRUE", "FALSE"}
_CONTINUES_EXPRESSION = {"PLUS", "MINUS", "STAR", "SLASH", "AT", "LSQB", "LPAR"}
_STARTS_STATEMENT = {"RETURN", "WEIGHT", "CACHE", "NAME"}
_STARTS_ITEM = {"CONST", "DTYPE", "LAYER", "WEIGHT", "CACHE", "NAMES", "NAME"}
_KEYWORDS = {"MODEL", "ACCUMULATE", "RETURN", "TRUE", "FALSE"} | (_STARTS_ITEM - {"NAME"})
_WORDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a tensor's name in double quotes",
    "DOT": "'.'",
    "ELEMENT": "an element type such as f16",
    "EQUAL": "'='",
    "LPAR": "'('",
    "RPAR": "')'",
    "LSQB": "'['",
    "RSQB": "']'",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "COMMA": "','",
    "COLON": "':'",
    "ARROW": "'->'",
    END: "the end of the file",
    **{keyword: f"'{keyword.lower()}'" for keyword in _KEYWORDS},
}
_WORDS_OF_TYPES = {"ELEMENT", "TRUE", "FALSE", "MODEL", "ACCUMULATE"}
"""Reserved words that begin nothing."""
_HABITS = {
    "#": "a comment begins with '//'",
    ";": "a statement ends where the next one begins, without a ';'",
    **dict.fromkeys(("let", "var", "def", "fn"), "a name is defined without a word before it: 'y = x @ w'"),
}
"""What belongs to other languages, and how it is said in this one."""
_CLOSERS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}


class _KeepInvalid:
    """Makes the lexer keep terminal INVALID, which no rule mentions."""

    always_accept = ("INVALID",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return stream


def grammar_text() -> str:
    """Return the definition of the language, for Lark."""
    return Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    return Lark(
        grammar_text(),
        parser="lalr",
        lexer="basic",
        propagate_positions=True,
        postlex=_KeepInvalid(),  # pyright: ignore[reportArgumentType]  # Lark asks for its own abstract class
    )


@dataclass(slots=True)
class ParseResult:
    """What came of parsing; `model` is None if too little could be read to go on with."""

    model: Model | None
    diagnostics: list[Diagnostic] = field(default_factory=lambda: list[Diagnostic]())


def parse_wdl(text: str, filename: str) -> ParseResult:
    """Parse the text of a `.wdl` file. Syntax errors are returned, all of them, in the text's order."""
    return _Parse(text, filename).run()


class _Parse:
    def __init__(self, text: str, filename: str) -> None:
        self.filename = filename
        self.lines = text.split("\n")
        self.diagnostics: list[Diagnostic] = []
        self.lost: set[str] = set()
        self.tokens = list(_grammar().lex(text))
        self.tokens.append(self._end_token())
        self.depths = _brace_depths(self.tokens)

    def _end_token(self) -> Token:
        if not self.tokens:
            return Token(END, "", 0, 1, 1)
        last = self.tokens[-1]
        return Token(END, "", last.end_pos, last.end_line, last.end_column)

    def run(self) -> ParseResult:
        tree = self._parse()
        if tree is None:
            return ParseResult(None, self.diagnostics)
        try:
            model = TreeReader(self.lines).model(tree, frozenset(self.lost))
        except TextError as error:
            self._report(error.message, error.span)
            return ParseResult(None, self.diagnostics)
        return ParseResult(model, self.diagnostics)

    def _parse(self) -> Tree[Token] | None:
        parser = _grammar().parse_interactive("")
        before = previous = parser
        index = 0
        while True:
            token = self.tokens[index]
            previous, before = before, parser.copy(deepcopy_values=False)
            try:
                tree = parser.feed_token(token)
            except UnexpectedToken:
                parser, at = before, index
                is_defined = token.type in ("EQUAL", "DOT") and self._name_begins_line(index - 1)
                if is_defined and not _accepted(previous) >= {"NAME", "RBRACE"}:
                    # `y = x +` and then `z = ...`: the line above is incomplete, not this one wrong.
                    parser, at = previous, index - 1
                self._report_unexpected(parser, at)
                if _accepted(parser) == {END}:
                    # The model is complete: what follows it is lost, but no reason not to check it.
                    self._lose(token.start_pos or 0, self.tokens[-1].start_pos or 0)
                    before, index = parser, len(self.tokens) - 1
                    continue
                hopeless = self._is_model_item_in_body(parser, at)
                resumed = None if hopeless else self._recover(parser, at)
                if resumed is None:
                    return None
                before, index = parser, resumed
                continue
            if token.type == END:
                return tree
            index += 1

    # ---- messages

    def _report(self, message: str, span: Span, *notes: str | Diagnostic) -> None:
        location = FileLoc(self.filename, span.line, span.column)
        self.diagnostics.append(Diagnostic(Severity.ERROR, message, location, notes, span.length))

    def _note(self, message: str, token: Token) -> Diagnostic:
        span = self._span(token)
        location = FileLoc(self.filename, span.line, span.column)
        return Diagnostic(Severity.NOTE, message, location, length=span.length)

    def _report_unexpected(self, parser: InteractiveParser, index: int) -> None:
        token = self.tokens[index]
        accepted = _accepted(parser)
        expected = _expected(accepted)
        notes = self._unclosed_note(parser, index, accepted)
        between_statements = accepted >= {"NAME", "RBRACE"} or accepted == {END}
        if self._begins_line(index) and index and not between_statements and token.type != "INVALID":
            # What is missing is missing on the line above.
            last = self.tokens[index - 1]
            span = Span(last.end_line or 1, last.end_column or 1, 1)
            self._report(
                f"expected {expected} after '{last}'", span, *self._quotes_note(index, accepted), *notes
            )
            return
        if token == '"':
            self._report("a name in quotes must end on its line", self._span(token))
            return
        if between_statements and token.type in _WORDS_OF_TYPES and self.tokens[index + 1].type == "EQUAL":
            self._report(f"'{token}' is a reserved word and cannot be assigned", self._span(token))
            return
        found = _describe(token)
        if token.type in _KEYWORDS | {"ELEMENT"} and "NAME" in accepted and not between_statements:
            found += ", a reserved word"
        hint = _element_meant(token) if accepted == {"ELEMENT"} else ""
        misspelt = self._misspelt_keyword(index)
        if misspelt is not None:
            notes.append(f"did you mean '{misspelt}' instead of '{self.tokens[index - 1]}'?")
            self.lost.add(misspelt)
        # A word that should not be there was taken for a name: the error is at the token behind it.
        habit = _HABITS.get(str(token)) or _HABITS.get(str(self.tokens[index - 1]))
        if habit is not None:
            notes.append(habit)
        notes = [*self._quotes_note(index, accepted), *notes]
        self._report(f"unexpected {found}; expected {expected}{hint}", self._span(token), *notes)

    def _quotes_note(self, index: int, accepted: set[str]) -> tuple[str, ...]:
        """Return a note on the quotes that a tensor's name, before the token at `index`, should have."""
        is_value = accepted == {"LPAR"} and self.tokens[index - 2].type in ("EQUAL", "LPAR")
        return (f'a tensor\'s name stands in double quotes: "{self.tokens[index - 1]}"',) if is_value else ()

    def _span(self, token: Token) -> Span:
        return Span(token.line or 1, token.column or 1, max(1, len(token)))

    def _misspelt_keyword(self, index: int) -> str | None:
        """Return the keyword that the name before the token at `index` probably stands for."""
        if not self._name_begins_line(index - 1):
            return None
        starters = (_STARTS_ITEM | _STARTS_STATEMENT) & _KEYWORDS
        return closest_name(str(self.tokens[index - 1]), [keyword.lower() for keyword in starters])

    def _unclosed_note(
        self, parser: InteractiveParser, index: int, accepted: set[str]
    ) -> list[str | Diagnostic]:
        opener = _unclosed(parser)
        if accepted == {END}:
            return [self._note("this '}' closes the model", self.tokens[index - 1])]
        if opener is None:
            return []
        closer_missing = _CLOSERS[opener.type] in accepted and (
            self._begins_line(index) or self.tokens[index].type in ("RBRACE", END)
        )
        if closer_missing or self._is_model_item_in_body(parser, index):
            return [self._note(f"this '{opener}' is not closed", opener)]
        return []

    def _is_model_item_in_body(self, parser: InteractiveParser, index: int) -> bool:
        """Whether a body's closing brace seems to be missing before the token at `index`."""
        if _open_braces(parser) < 2:
            return False
        token = self.tokens[index]
        follows_name = token.type == "LPAR" and self._name_begins_line(index - 1)
        return token.type in ("CONST", "DTYPE", "LAYER", "NAMES") or follows_name

    # ---- recovery

    def _begins_line(self, index: int) -> bool:
        return index == 0 or (self.tokens[index - 1].end_line or 0) < (self.tokens[index].line or 0)

    def _name_begins_line(self, index: int) -> bool:
        return index >= 0 and self.tokens[index].type == "NAME" and self._begins_line(index)

    def _recover(self, parser: InteractiveParser, index: int) -> int | None:
        """Leave the statement with the error at `index`; return where to go on, None if that is unclear."""
        states = cast(list[object], parser.parser_state.state_stack)
        values = _value_stack(parser)
        start = self.tokens[index].start_pos or 0
        while values and not _at_block_level(parser):
            dropped = values.pop()
            states.pop()
            position = _start(dropped)
            start = start if position is None else position
        depth = _open_braces(parser)
        if not depth:
            return None
        accepted = _accepted(parser)
        for resumed in range(index, len(self.tokens)):
            # What is not accepted here would only bring us back here.
            if self.tokens[resumed].type not in accepted:
                continue
            if self.depths[resumed] == depth and self._begins_statement(resumed, depth):
                self._lose(start, self.tokens[resumed].start_pos or 0)
                return resumed
        return None

    def _begins_statement(self, index: int, depth: int) -> bool:
        token = self.tokens[index]
        if token.type == "RBRACE":
            return True
        if not self._begins_line(index):
            return False
        if token.type == "NAME":
            follower = self.tokens[index + 1].type
            return follower in ("EQUAL", "DOT") or (follower == "LPAR" and depth == 1)
        return token.type in (_STARTS_ITEM if depth == 1 else _STARTS_STATEMENT)

    def _lose(self, start: int, end: int) -> None:
        """Remember the names that the skipped text between two offsets seems to define."""
        skipped = [i for i, token in enumerate(self.tokens) if start <= (token.start_pos or 0) < end]
        brackets = 0
        for order, i in enumerate(skipped):
            token = self.tokens[i]
            brackets += (token.type in ("LPAR", "LSQB")) - (token.type in ("RPAR", "RSQB"))
            if token.type in ("RETURN", "DTYPE"):
                self.lost.add(str(token))
            if token.type != "NAME":
                continue
            follows_comma = brackets == 0 and self.tokens[i - 1].type == "COMMA"
            follower = self.tokens[i + 1].type
            defines = follower in ("EQUAL", "COLON") or (follower == "LPAR" and self._begins_line(i))
            if order <= 1 or follows_comma or defines:
                self.lost.add(str(token))


def _brace_depths(tokens: list[Token]) -> list[int]:
    """Return for each token how many braces are open before it."""
    depths: list[int] = []
    depth = 0
    for token in tokens:
        depths.append(depth)
        depth += (token.type == "LBRACE") - (token.type == "RBRACE")
    return depths


def _at_block_level(parser: InteractiveParser) -> bool:
    """Whether a new statement or item may start here without completing anything first."""
    choices = cast(Mapping[str, tuple[object, ...]], parser.choices())
    return all(kind in choices and choices[kind][0] is Shift for kind in ("NAME", "RBRACE"))


def _accepted(parser: InteractiveParser) -> set[str]:
    """Return the kinds of tokens that may come next."""
    accepted = cast(set[str], parser.accepts())
    return accepted | {END} if END in parser.choices() else accepted


def _open_braces(parser: InteractiveParser) -> int:
    return sum(isinstance(value, Token) and value.type == "LBRACE" for value in _value_stack(parser))


def _value_stack(parser: InteractiveParser) -> list[object]:
    """Return the parser's own stack of tokens and trees that belong to something incomplete."""
    return cast(list[object], parser.parser_state.value_stack)


def _start(value: object) -> int | None:
    """Return the offset at which a token or tree begins; None for a tree without text."""
    if isinstance(value, Token):
        return value.start_pos
    if isinstance(value, Tree):
        meta = cast("Tree[Token]", value).meta
        return None if meta.empty else meta.start_pos
    return None


def _unclosed(parser: InteractiveParser) -> Token | None:
    for value in reversed(_value_stack(parser)):
        if isinstance(value, Token) and value.type in _CLOSERS:
            return value
    return None


def _describe(token: Token) -> str:
    if token.type == END:
        return "end of the file"
    if token.type == "INVALID":
        shown = str(token) if token.isprintable() else f"U+{ord(str(token)):04X}"
        return f"character '{shown}'"
    return f"'{token}'"


def _element_meant(token: Token) -> str:
    """Return a hint at the element type that a word probably means: `float16` and `half` are `f16`."""
    if token == "half":
        return "; did you mean 'f16'?"
    return did_you_mean(f"{'bf' if 'b' in token else 'f'}{token[-2:]}x", ("f16", "bf16", "f32", "f64"))


def _expected(accepted: set[str]) -> str:
    """Return in words what could have come, most telling first."""
    words: list[str] = []
    rest = set(accepted)
    if rest >= {"PLUS", "STAR"}:
        words.append("an operator")
        rest -= _CONTINUES_EXPRESSION
        if rest & {"RETURN", "LAYER"}:
            words.append("a new statement")
            rest -= _STARTS_STATEMENT | _STARTS_ITEM
    elif rest >= {"NAME", "NUMBER", "LPAR"}:
        words.append("an expression")
        rest -= _STARTS_EXPRESSION
    elif "LAYER" in rest:
        words.append("const, dtype, layer, weight, cache, names, forward or an entry")
        rest -= _STARTS_ITEM
    elif "RETURN" in rest:
        words.append("weight, cache, an assignment or return")
        rest -= _STARTS_STATEMENT
    words += [_WORDS[kind] for kind in sorted(rest)]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
