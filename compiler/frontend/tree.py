"""Lark's parse tree to the syntax tree of `ast.py`."""

from __future__ import annotations

from typing import Literal, TypeAlias, cast

from lark import Token, Tree

from .ast import (
    Assignment,
    BinaryExpr,
    BooleanExpr,
    CallExpr,
    Const,
    Definition,
    Dtype,
    Entry,
    Expr,
    IndexExpr,
    Model,
    Name,
    NameExpr,
    Naming,
    NegateExpr,
    NumberExpr,
    Option,
    Parameter,
    Return,
    ShapeExpr,
    Span,
    State,
    Statement,
    Stored,
    StoredCall,
    StoredCut,
    StoredRange,
    StoredTensor,
    TypeExpr,
)

MAXIMUM_NESTING = 100
"""Operators, calls and brackets within each other; deeper text is refused before it exhausts the stack."""
MAXIMUM_DIGITS = 40

Node: TypeAlias = "Tree[Token]"


class TextError(Exception):
    """What the grammar allows and the language does not: `span` is where."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


class TreeReader:
    """Builds the syntax tree of one file, given as its lines."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.nesting = 0

    # ---- declarations

    def model(self, tree: Node, lost: frozenset[str]) -> Model:
        """Read rule `start`. Raises `TextError`."""
        consts: list[Const] = []
        dtypes: list[Dtype] = []
        states: list[State] = []
        definitions: list[Definition] = []
        namings: list[Naming] = []
        entries: list[Entry] = []
        for item in _trees(tree):
            if item.data == "consts":
                consts += [Const(self._name(_token(const)), self._only(const)) for const in _trees(item)]
            elif item.data == "dtype":
                element, *accumulate = _tokens(item)
                names = [self._name(token) for token in (element, *accumulate)]
                dtypes.append(Dtype(self._span(item), names[0], names[1] if accumulate else None))
            elif item.data in ("weights", "caches"):
                states += self._states(item)
            elif item.data == "names":
                namings += map(self._naming, _trees(item))
            elif item.data in ("layer", "function"):
                definitions.append(self._definition(item))
            else:
                entries.append(Entry(self._name(_token(item)), self._only(item)))
        return Model(
            self._name(_token(tree)),
            tuple(consts),
            tuple(dtypes),
            tuple(states),
            tuple(definitions),
            tuple(namings),
            tuple(entries),
            lost,
        )

    def _states(self, tree: Node) -> list[State]:
        kind = "weight" if tree.data == "weights" else "cache"
        return [
            State(kind, self._name(_token(state)), self._type(_trees(state)[0])) for state in _trees(tree)
        ]

    def _definition(self, tree: Node) -> Definition:
        parameters, result, body = _trees(tree)
        kind: Literal["layer", "function"] = "layer" if tree.data == "layer" else "function"
        return Definition(
            kind,
            self._name(_token(tree)),
            tuple(
                Parameter(self._name(_token(parameter)), self._type(_trees(parameter)[0]))
                for parameter in _trees(parameters)
            ),
            self._type(result),
            tuple(statement for item in _trees(body) for statement in self._statements(item)),
            Span(_end(body)[0], _end(body)[1] - 1, 1),
        )

    def _statements(self, tree: Node) -> list[Statement]:
        if tree.data == "assignment":
            return [Assignment(self._name(_token(tree)), self._only(tree))]
        if tree.data == "return":
            return [Return(self._span(tree), self._only(tree))]
        return list(self._states(tree))

    # ---- names of tensors

    def _naming(self, tree: Node) -> Naming:
        target = tuple(map(self._name, _tokens(tree)))
        return Naming(target, self._span(tree), self._stored(_trees(tree)[0]))

    def _stored(self, tree: Node) -> Stored:
        self._enter(tree)
        try:
            return self._stored_inside(tree)
        finally:
            self.nesting -= 1

    def _stored_inside(self, tree: Node) -> Stored:
        span = self._span(tree)
        if tree.data == "tensor":
            return StoredTensor(span, str(_token(tree))[1:-1])
        inner, *others = _trees(tree)
        if tree.data == "cut":
            return StoredCut(span, self._stored(inner), tuple(map(self._range, others)))
        shape = ShapeExpr(self._span(others[0]), self._expressions(_trees(others[0]))) if others else None
        return StoredCall(span, self._name(_token(tree)), self._stored(inner), shape)

    def _range(self, tree: Node) -> StoredRange:
        begin, end = self._expressions(_trees(tree)) or (None, None)
        return StoredRange(self._span(tree), begin, end)

    def _type(self, tree: Node) -> TypeExpr:
        elements = _tokens(tree)
        return TypeExpr(
            self._span(tree), self._expressions(_trees(tree)), self._name(elements[0]) if elements else None
        )

    # ---- expressions

    def _only(self, tree: Node) -> Expr:
        """Read the one expression in `tree`."""
        return self._expression(_trees(tree)[0])

    def _expressions(self, trees: list[Node]) -> tuple[Expr, ...]:
        return tuple(self._expression(tree) for tree in trees)

    def _expression(self, tree: Node) -> Expr:
        while tree.data == "parentheses":
            tree = _trees(tree)[0]
        self._enter(tree)
        try:
            return self._dispatch(tree)
        finally:
            self.nesting -= 1

    def _enter(self, tree: Node) -> None:
        self.nesting += 1
        if self.nesting > MAXIMUM_NESTING:
            raise TextError(
                f"this expression is nested more than {MAXIMUM_NESTING} deep; give a part of it a name",
                self._span(tree),
            )

    def _dispatch(self, tree: Node) -> Expr:
        span = self._span(tree)
        if tree.data in ("sum", "product"):
            left, right = _trees(tree)
            operator = _token(tree)
            symbol = cast('Literal["+", "-", "*", "/", "@"]', str(operator))
            return BinaryExpr(
                self._token_span(operator), symbol, self._expression(left), self._expression(right)
            )
        if tree.data == "negation":
            return NegateExpr(self._token_span(_token(tree)), self._only(tree))
        if tree.data == "index":
            table, *indices = _trees(tree)
            return IndexExpr(span, self._expression(table), self._expressions(indices))
        if tree.data == "call":
            return self._call(tree)
        if tree.data == "shape":
            return ShapeExpr(span, self._expressions(_trees(tree)))
        if tree.data == "name":
            return NameExpr(span, str(_token(tree)))
        if tree.data == "boolean":
            return BooleanExpr(span, _token(tree) == "true")
        return self._number(_token(tree))

    def _call(self, tree: Node) -> CallExpr:
        arguments: list[Expr] = []
        options: list[Option] = []
        misplaced: list[Expr] = []
        for argument in _trees(tree):
            if argument.data == "option":
                options.append(
                    Option(self._span(argument), self._name(_token(argument)), self._only(argument))
                )
            else:
                (misplaced if options else arguments).append(self._expression(argument))
        callee = self._name(_token(tree))
        return CallExpr(self._span(tree), callee, tuple(arguments), tuple(options), tuple(misplaced))

    def _number(self, token: Token) -> NumberExpr:
        span = self._token_span(token)
        if len(token) > MAXIMUM_DIGITS:
            raise TextError(f"a number has at most {MAXIMUM_DIGITS} digits", span)
        return NumberExpr(span, parse_number(str(token)))

    # ---- places

    def _name(self, token: Token) -> Name:
        return Name(self._token_span(token), str(token))

    def _token_span(self, token: Token) -> Span:
        return Span(token.line or 1, token.column or 1, len(token))

    def _span(self, tree: Node) -> Span:
        meta = tree.meta
        end_line, end_column = _end(tree)
        if end_line == meta.line:
            return Span(meta.line, meta.column, end_column - meta.column)
        return Span(meta.line, meta.column, len(self.lines[meta.line - 1].rstrip()) - meta.column + 1)


def parse_number(text: str) -> int | float:
    """Return the value of an unsigned literal; without point and exponent it is an integer."""
    return int(text) if text.isdigit() else float(text)


def _end(tree: Node) -> tuple[int, int]:
    return tree.meta.end_line, tree.meta.end_column


def _trees(tree: Node) -> list[Node]:
    return [child for child in tree.children if isinstance(child, Tree)]


def _tokens(tree: Node) -> list[Token]:
    return [child for child in tree.children if isinstance(child, Token)]


def _token(tree: Node) -> Token:
    return _tokens(tree)[0]
