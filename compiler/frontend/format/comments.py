"""Comments of a text: which token each one belongs to, and where empty lines stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lark import Token


@dataclass(frozen=True, slots=True)
class Note:
    """A comment, without blanks at its end; `blank` is whether an empty line stands above it."""

    text: str
    blank: bool


class Comments:
    """The comments of one text, handed out once each.

    A comment behind a token on its line belongs to that token; any other to the next one.
    """

    def __init__(self, tokens: Sequence[Token], comments: Sequence[Token]) -> None:
        self._before: dict[int, list[Note]] = {}
        self._behind: dict[int, Note] = {}
        self._below_blank: set[int] = set()
        self.last: list[Note] = []
        """Those behind the last token."""
        waiting: list[Note] = []
        token: Token | None = None
        line = 0
        for item in sorted([*tokens, *comments], key=lambda item: item.start_pos or 0):
            blank = line > 0 and (item.line or 0) > line + 1
            if item.type != "COMMENT":
                self._before[item.start_pos or 0] = waiting
                waiting = []
                token = item
                if blank:
                    self._below_blank.add(item.start_pos or 0)
            elif token is not None and not waiting and token.end_line == item.line:
                self._behind[token.start_pos or 0] = Note(item.rstrip(), blank=False)
            else:
                waiting.append(Note(item.rstrip(), blank))
            line = item.end_line or 0
        self.last = waiting

    def before(self, token: Token) -> list[Note]:
        """Return the comments on lines of their own before `token`."""
        return self._before.pop(token.start_pos or 0, [])

    def behind(self, token: Token) -> Note | None:
        """Return the comment behind `token` on its line."""
        return self._behind.pop(token.start_pos or 0, None)

    def has_any(self, first: Token, last: Token) -> bool:
        """Whether there are comments between the tokens `first` and `last`."""
        start, end = first.start_pos or 0, last.start_pos or 0
        return any(start <= place < end for place in self._behind) or any(
            start < place <= end for place, notes in self._before.items() if notes
        )

    def stands_below_blank(self, token: Token) -> bool:
        """Whether an empty line stands above `token` and the comments before it."""
        place = token.start_pos or 0
        notes = self._before.get(place)
        return notes[0].blank if notes else place in self._below_blank

    def stands_alone(self, token: Token) -> bool:
        """Whether `token` stands below an empty line or a comment."""
        place = token.start_pos or 0
        return place in self._below_blank or bool(self._before.get(place))

    def is_apart(self, token: Token) -> bool:
        """Whether an empty line stands just above `token`, also below comments before it."""
        return (token.start_pos or 0) in self._below_blank
