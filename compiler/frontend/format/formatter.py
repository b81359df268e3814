"""The canonical layout of a `.wdl`: the parse tree, with every token, to a document.

Two columns a level; a blank on both sides of infix operators and behind commas; empty lines around whatever
has a body, elsewhere as they were, at most one. The `=` of neighbouring entries stand in one column, so do
those of a table of names, and the names of neighbouring weights and caches. What is longer than a line is
broken at commas and before operators.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias, cast

from lark import Lark, Token, Tree

from ..parse import grammar_text
from .comments import Comments
from .layout import Comment, Doc, Group, HardLine, Indent, Line, render

WIDTH = 100
INDENT = 2
CONTINUED = 4
"""Columns that the second line of an expression or list is indented."""

Node: TypeAlias = "Tree[Token]"
Child: TypeAlias = "Tree[Token] | Token"

_HAVE_BODIES = ("layer", "function", "names")
_ALIGNED = {"weights": "state", "caches": "state", "entry": "entry", "naming": "naming"}
"""Kinds of lines that stand in columns when they are neighbours."""


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(grammar_text(), parser="lalr", lexer="basic", propagate_positions=True, keep_all_tokens=True)


def format_wdl(text: str) -> str:
    """Return the text of a model, which must have no syntax error, in its canonical layout.

    Its tokens and comments stay what they are, in their order.
    """
    parser = _parser()
    tree = parser.parse(text)
    comments = [token for token in parser.lex(text, dont_ignore=True) if token.type == "COMMENT"]
    formatter = _Formatter(Comments(list(_tokens(tree)), comments))
    return render(formatter.model(tree), WIDTH)


class _Formatter:
    def __init__(self, comments: Comments) -> None:
        self.comments = comments

    def model(self, tree: Node) -> Doc:
        """Return the whole text."""
        notes = self._notes_before(_first_token(tree))
        doc = (self._block(_children(tree)), self._behind(_last_token(tree)))
        last: list[Doc] = []
        for note in self.comments.last:
            last += (HardLine(note.blank), Comment(note.text, own_line=True))
        return (*notes, doc, *last)

    # ---- comments

    def _behind(self, token: Token) -> Doc:
        note = self.comments.behind(token)
        return () if note is None else Comment(note.text, own_line=False)

    def _notes_before(self, token: Token) -> list[Doc]:
        """Return the comments above what begins with `token`, and the empty line below them, if any."""
        is_apart = self.comments.is_apart(token)
        docs: list[Doc] = []
        for index, note in enumerate(self.comments.before(token)):
            if index and note.blank:
                docs.append(HardLine(blank=True))
            docs.append(Comment(note.text, own_line=True))
        if docs and is_apart:
            docs.append(HardLine(blank=True))
        return docs

    def _tok(self, token: Token) -> Doc:
        """Return a token with the comments around it."""
        before = [Comment(note.text, own_line=True) for note in self.comments.before(token)]
        return (*before, str(token), self._behind(token))

    # ---- blocks

    def _block(self, children: list[Child]) -> Doc:
        """Return `head { members }`, where `children` are all tokens and trees of it."""
        opener = next(i for i, child in enumerate(children) if child == "{")
        head, members = children[:opener], children[opener + 1 : -1]
        first, closer = _as_token(children[opener]), _as_token(children[-1])
        start: Doc = (Group(tuple(self._spaced(head))), " " if head else "")
        trees = [child for child in members if isinstance(child, Tree)]
        if not trees and not self.comments.has_any(first, closer):
            return (start, self._tok(first), str(closer))
        if len(trees) == 1 and first.line == closer.line and trees[0].data not in _HAVE_BODIES:
            inside = Indent(INDENT, (Line(), self._member(trees[0], 0)))
            return (start, Group((self._tok(first), inside, Line(), str(closer))))
        content = (
            self._tok(first),
            Indent(INDENT, (HardLine(), self._members(trees), *self._last(closer, trees))),
        )
        return (start, *content, HardLine(), str(closer))

    def _last(self, closer: Token, members: list[Node]) -> list[Doc]:
        """Return the comments above a closing brace, below `members`."""
        docs: list[Doc] = []
        for note in self.comments.before(closer):
            is_first = not members and not docs
            docs += (HardLine(note.blank and not is_first), Comment(note.text, own_line=True))
        return docs

    def _members(self, members: list[Node]) -> Doc:
        columns = self._columns(members)
        docs: list[Doc] = []
        for index, member in enumerate(members):
            first = _first_token(member)
            if index:
                spaced = member.data in _HAVE_BODIES or members[index - 1].data in _HAVE_BODIES
                docs.append(HardLine(spaced or self.comments.stands_below_blank(first)))
            docs += self._notes_before(first)
            behind = self._behind(_last_token(member))
            docs += (self._member(member, columns[index]), behind)
        return tuple(docs)

    def _columns(self, members: list[Node]) -> list[int]:
        """Return for each member how wide the part is that its neighbours' line up with, 0 if none does."""
        widths: list[int] = []
        run: list[int] = []
        kind: str | None = None
        for member in members:
            own = _ALIGNED.get(member.data)
            if own is None or own != kind or self.comments.stands_alone(_first_token(member)):
                widths += [max(run)] * len(run) if run else []
                run, kind = [], own
            run.append(len(_lead(member)) if own is not None else 0)
        return widths + [max(run)] * len(run) if run else widths

    def _member(self, tree: Node, column: int) -> Doc:
        """Return an item or a statement; its first part is `column` wide if that is more."""
        if tree.data == "layer" or tree.data == "function":
            *head, body = _children(tree)
            return self._block([*head, *_children(cast("Node", body))])
        if tree.data == "names":
            return self._block(_children(tree))
        pad = " " * max(0, column - len(_lead(tree)))
        if tree.data in ("consts", "weights", "caches"):
            return self._list(tree, pad)
        if tree.data in ("assignment", "entry", "naming", "return"):
            return self._valued(tree, pad)
        return Group(tuple(self._spaced(_children(tree))))

    def _valued(self, tree: Node, pad: str) -> Doc:
        """Return `name = value` or `return value`."""
        *lead, value = _children(tree)
        is_below = self.comments.has_any(_as_token(lead[-1]), _first_token(value))
        *name, last = [self._expr(token) for token in lead]
        before: list[Doc] = [*name, pad, " "] if name else []
        result = self._expr(value)
        return Group((*before, last, " ", Indent(CONTINUED, result) if is_below else result))

    def _list(self, tree: Node, pad: str) -> Doc:
        """Return `weight a: [n], b: [n]`, as many on a line as fit."""
        keyword, *children = _children(tree)
        docs: list[Doc] = [self._tok(_as_token(keyword)), pad]
        for index in range(0, len(children), 2):
            item: Doc = self._expr(children[index])
            comma = children[index + 1] if index + 1 < len(children) else None
            behind: Doc = ()
            if isinstance(comma, Token):
                # A comment above a comma stays there: it belongs to nothing else.
                item = (item, *self._notes_before(comma), ",")
                behind = self._behind(comma)
            docs += (Group(Indent(CONTINUED, (" " if index == 0 else Line(), Group(item)))), behind)
        return tuple(docs)

    def _spaced(self, children: list[Child]) -> Iterator[Doc]:
        """Yield parts with blanks between them, but none before a parameter list."""
        for index, child in enumerate(children):
            is_list = isinstance(child, Tree) and child.data == "parameters"
            if index and not is_list:
                yield " "
            yield self._expr(child)

    # ---- expressions

    def _expr(self, child: Child) -> Doc:
        if isinstance(child, Token):
            return self._tok(child)
        children = _children(child)
        kind = child.data
        if kind in ("sum", "product"):
            return Group(self._chain(child))
        if kind == "parentheses":
            return self._parentheses(child)
        if kind in ("call", "rearranged", "shape", "type", "parameters"):
            return self._bracketed(children)
        if kind in ("index", "cut"):
            return (self._expr(children[0]), self._bracketed(children[1:]))
        if kind in ("const", "option"):
            name, equal, value = map(self._expr, children)
            return (name, " ", equal, " ", value)
        if kind in ("state", "parameter"):
            name, colon, value = map(self._expr, children)
            return (name, colon, " ", value)
        if kind == "range" and len(children) == 3:
            return tuple(self._spaced(children))
        return tuple(map(self._expr, children))

    def _chain(self, tree: Node) -> Doc:
        """Return `a + b - c`, broken before each operator or nowhere."""
        rights: list[Doc] = []
        first: Child = tree
        while isinstance(first, Tree) and first.data == tree.data:
            first, operator, right = _children(first)
            rights.append((Line(), self._expr(operator), " ", self._expr(right)))
        return (self._expr(first), Indent(CONTINUED, tuple(reversed(rights))))

    def _bracketed(self, children: list[Child]) -> Doc:
        """Return `name[a, b] rest` on one line, or with each element on a line of its own."""
        opener = next(i for i, child in enumerate(children) if child in ("(", "["))
        closer = next(i for i, child in reversed(list(enumerate(children))) if child in (")", "]"))
        head = tuple(map(self._expr, children[: opener + 1]))
        elements: list[Doc] = []
        for child in children[opener + 1 : closer]:
            if child == ",":
                elements += (self._expr(child), Line())
            else:
                elements.append(self._expr(child))
        end = _as_token(children[closer])
        notes = [Comment(note.text, own_line=True) for note in self.comments.before(end)]
        rest = [part for child in children[closer + 1 :] for part in (" ", self._expr(child))]
        if not elements:
            return (*head, *notes, str(end), self._behind(end), *rest)
        content = Group((*head, Indent(INDENT, (Line(""), *elements, *notes)), Line(""), str(end)))
        return (content, self._behind(end), *rest)

    def _parentheses(self, tree: Node) -> Doc:
        """Return `((a))`; parentheses right inside of each other have no limit, so this is a loop."""
        around: list[tuple[Token, Token]] = []
        inner: Child = tree
        while isinstance(inner, Tree) and inner.data == "parentheses":
            opener, content, closer = _children(inner)
            around.append((_as_token(opener), _as_token(closer)))
            inner = content
        doc = self._expr(inner)
        for opener, closer in reversed(around):
            notes = [Comment(note.text, own_line=True) for note in self.comments.before(closer)]
            inside = Indent(INDENT, (Line(""), doc, *notes))
            doc = (Group((self._tok(opener), inside, Line(""), str(closer))), self._behind(closer))
        return doc


# ---- trees


def _children(tree: Node) -> list[Child]:
    """Return the parts of a tree; Lark writes None for an optional part that is not there."""
    return [child for child in cast("list[Child | None]", tree.children) if child is not None]


def _tokens(tree: Node) -> Iterator[Token]:
    """Yield all tokens in the order of the text."""
    stack: list[Child] = [tree]
    while stack:
        child = stack.pop()
        if isinstance(child, Token):
            yield child
        else:
            stack += reversed(_children(child))


def _first_token(child: Child) -> Token:
    while isinstance(child, Tree):
        child = _children(child)[0]
    return child


def _last_token(child: Child) -> Token:
    while isinstance(child, Tree):
        child = _children(child)[-1]
    return child


def _as_token(child: Child) -> Token:
    if isinstance(child, Tree):
        raise TypeError(f"a token, not a {child.data}")
    return child


def _lead(tree: Node) -> str:
    """Return the part of a line that stands in a column with its neighbours'."""
    if tree.data in ("weights", "caches"):
        return str(_first_token(tree))
    tokens = (child for child in _children(tree) if isinstance(child, Token))
    return "".join(token for token in tokens if token != "=")
