"""Documents and their layout: text in groups that stay on one line where they fit, and break where not.

The algorithm is Wadler's ("A prettier printer", 2003) in the greedy form that most formatters use: a group
whose content fits into the rest of its line is flat, of any other each own `Line` is a line end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Line:
    """A place to break; `flat` is what stands there in a group that is flat."""

    flat: str = " "


@dataclass(frozen=True, slots=True)
class HardLine:
    """The end of a line; `blank` leaves one empty line below it."""

    blank: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment up to the end of its line; with `own_line` nothing stands before it."""

    text: str
    own_line: bool


@dataclass(frozen=True, slots=True)
class Group:
    """What is flat as a whole or not; groups inside decide for themselves."""

    content: Doc


@dataclass(frozen=True, slots=True)
class Indent:
    """What begins so many columns further right on lines of its own."""

    columns: int
    content: Doc


Doc: TypeAlias = str | Line | HardLine | Comment | Group | Indent | tuple["Doc", ...]


def render(doc: Doc, width: int) -> str:
    """Return the text of `doc` in lines of at most `width` columns, as far as it can be broken.

    Comments behind the code of neighbouring lines stand in one column.
    """
    printer = _Printer(doc, width)
    printer.run()
    return _aligned(printer.lines)


class _Printer:
    def __init__(self, doc: Doc, width: int) -> None:
        self.width = width
        self.stack: list[tuple[int, bool, Doc]] = [(0, False, doc)]
        """What is still to be printed, last first: indentation, whether it is flat, the document."""
        self.lines: list[tuple[str, str]] = []
        """Finished lines: code, and the comment behind it."""
        self.code = ""
        self.comment = ""
        self.is_ended = False
        """Whether a comment ended the line: what comes next begins another."""

    def run(self) -> None:
        """Print everything."""
        while self.stack:
            indent, flat, doc = self.stack.pop()
            if isinstance(doc, str):
                self._text(doc, indent)
            elif isinstance(doc, tuple):
                self.stack += ((indent, flat, part) for part in reversed(doc))
            elif isinstance(doc, Indent):
                self.stack.append((indent + doc.columns, flat, doc.content))
            elif isinstance(doc, Group):
                self.stack.append((indent, flat or self._fits(doc.content, indent), doc.content))
            elif isinstance(doc, Comment):
                self._comment(doc, indent)
            elif isinstance(doc, Line) and flat and not self.is_ended:
                self._text(doc.flat, indent)
            else:
                self._end_line()
                if isinstance(doc, HardLine) and doc.blank and self.lines and self.lines[-1] != ("", ""):
                    self.lines.append(("", ""))
        self._end_line()

    def _text(self, text: str, indent: int) -> None:
        if self.is_ended and text != " ":
            self._end_line()
        if self.code:
            self.code += text
        elif text != " ":
            self.code = " " * indent + text

    def _comment(self, comment: Comment, indent: int) -> None:
        if comment.own_line or self.is_ended:
            self._end_line()
        if self.code:
            self.comment = comment.text
        else:
            self.code = " " * indent + comment.text
        self.is_ended = True

    def _end_line(self) -> None:
        if self.code:
            self.lines.append((self.code.rstrip(" "), self.comment))
        self.code = self.comment = ""
        self.is_ended = False

    def _fits(self, content: Doc, indent: int) -> bool:
        """Whether `content` and what follows up to the next place to break fit into this line, flat."""
        if self.is_ended:
            remaining = self.width - indent
        else:
            remaining = self.width - max(len(self.code), indent)
        pending: list[tuple[bool, Doc]] = [(True, content)]
        rest = len(self.stack)
        inside = 1
        """How many entries of `pending` belong to `content`."""
        while remaining >= 0:
            if not pending:
                if not rest:
                    return True
                rest -= 1
                pending.append(self.stack[rest][1:])
                inside = 0
            flat, doc = pending.pop()
            if isinstance(doc, str):
                remaining -= len(doc)
            elif isinstance(doc, tuple):
                pending += ((flat, part) for part in reversed(doc))
            elif isinstance(doc, Group | Indent):
                pending.append((flat, doc.content))
            elif isinstance(doc, Comment):
                return inside == 0
            elif isinstance(doc, Line) and flat:
                remaining -= len(doc.flat)
            else:
                return True
        return False


def _aligned(lines: list[tuple[str, str]]) -> str:
    texts: list[str] = []
    index = 0
    while index < len(lines):
        end = index + 1
        if lines[index][1]:
            while end < len(lines) and lines[end][1] and _indent(lines[end]) == _indent(lines[index]):
                end += 1
        column = max(len(code) for code, _ in lines[index:end])
        texts += (f"{code:<{column}}  {comment}" if comment else code for code, comment in lines[index:end])
        index = end
    return "".join(f"{text}\n" for text in texts)


def _indent(line: tuple[str, str]) -> int:
    return len(line[0]) - len(line[0].lstrip(" "))
