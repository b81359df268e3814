"""Random changes of a text or of bytes: tokens, lines, numbers, nesting, names, odd characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

MOST_CHARACTERS = 12_000
"""A longer text is cut: what parsers do with it takes as long as it is."""

_TOKEN = re.compile(
    r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|[%@#!^]?[A-Za-z_][\w.$]*|[%^#]\d+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|->|::|\s+|.',
    re.DOTALL,
)
_NUMBER = re.compile(r"\d")
_WORD = re.compile(r"[%@#!^]?[A-Za-z_]")

NUMBERS = (
    *("0", "1", "2", "-1", "3", "7", "8", "127", "128", "255", "256", "65535", "65536", "00", "007"),
    *(
        "2147483647",
        "2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
    ),
    *(
        "1e999",
        "-1e999",
        "1.0e999",
        "1e-999",
        "1.0e-400",
        "0.0",
        "-0.0",
        ".5",
        "5.",
        "1.5",
        "1.0e5",
        "1e5",
        "1e",
    ),
    *(
        "nan",
        "inf",
        "-inf",
        "0x0",
        "0x7C00",
        "0x7FC00000",
        "0xFFFFFFFFFFFFFFFFF",
        "0x",
        "1_000",
        "٣",
        "1" * 400,
    ),
    *("9" * 4001, "9" * 5000, "0." + "0" * 400 + "1", "1e" + "9" * 30),
)
CHARACTERS = (
    *("\0", "\r", "\r\n", "\t", "\v", "\f", "\x1b[31m", "\x7f", "\x85", "\xa0", "\u2028", "\u200b", "\ufeff"),
    *("é", "日本", "𝒳", "e\u0301", "\u202e", "\ud7ff", "\ue000", "\uffff", "\U0010ffff", "İ", "ß", "²", "Ⅷ"),
    *(
        '"',
        "'",
        "\\",
        "\\n",
        "\\22",
        "\\FF",
        "\\C3\\28",
        "`",
        "$",
        "&",
        "|",
        "~",
        ";",
        "?",
        "*",
        "..",
        "...",
        "//",
        "/*",
    ),
    *(
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "<",
        ">",
        "->",
        "=",
        ",",
        ":",
        "::",
        "@",
        "#",
        "!",
        "%",
        "^",
        "-",
        "+",
        "/",
    ),
)
NESTS = (
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
    ("<", ">"),
    ("-", ""),
    ("[1, ", "]"),
    ("f(", ")"),
    ("{a = ", "}"),
)
DEPTHS = (2, 3, 8, 60, 126, 127, 128, 129, 130, 300, 1000)


@dataclass(frozen=True, slots=True)
class Pool:
    """What mutations take pieces from: whole texts, their lines, and their tokens."""

    texts: tuple[str, ...]
    lines: tuple[str, ...]
    words: tuple[str, ...]
    shares: tuple[float, ...]
    """How often each text is taken, summed up: the shorter, the more often."""

    @staticmethod
    def of(texts: Sequence[str]) -> Pool:
        """Return the pool of `texts`, in their order and without repetition."""
        texts = list(dict.fromkeys(texts))
        lines = dict.fromkeys(line for text in texts for line in text.split("\n") if line.strip())
        words = dict.fromkeys(token for line in lines for token in _TOKEN.findall(line) if token.strip())
        shares = accumulate((100 + len(text)) ** -1.5 for text in texts)
        return Pool(tuple(texts), tuple(lines), tuple(words), tuple(shares))

    def text(self, random: Random) -> str:
        """Return one of the texts."""
        return random.choices(self.texts, cum_weights=self.shares)[0]


def mutate_text(random: Random, text: str, pool: Pool) -> str:
    """Return `text` with one to a few random changes."""
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        text = random.choice(_CHANGES)(random, text, pool)
        text = text[:MOST_CHARACTERS]
    return text


def mutate_bytes(random: Random, data: bytes) -> bytes:
    """Return `data` with one random change of a few bytes."""
    at = random.randrange(len(data) + 1)
    end = min(len(data), at + random.choice((1, 1, 2, 4, 16, 64)))
    new = random.choice(
        (b"", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\0", random.randbytes(random.randrange(1, 9)))
    )
    return random.choice((data[:at] + new + data[at:], data[:at] + new + data[end:], data[:at]))


# ---- tokens ----------------------------------------------------------------------------------------


def _span(random: Random, count: int) -> tuple[int, int]:
    """Return where some of `count` things in a row begin and end: mostly few of them."""
    start = random.randrange(count + 1)
    return start, min(count, start + random.choice((1, 1, 1, 2, 3, 8, 30)))


def _delete(random: Random, text: str, pool: Pool) -> str:
    tokens = _TOKEN.findall(text)
    start, end = _span(random, len(tokens))
    return "".join(tokens[:start] + tokens[end:])


def _repeat(random: Random, text: str, pool: Pool) -> str:
    tokens = _TOKEN.findall(text)
    start, end = _span(random, len(tokens))
    times = random.choice((2, 2, 2, 3, 20, 300))
    return "".join(tokens[:start] + tokens[start:end] * times + tokens[end:])


def _swap(random: Random, text: str, pool: Pool) -> str:
    tokens = _TOKEN.findall(text)
    if len(tokens) < 2:
        return text
    a, b = random.randrange(len(tokens)), random.randrange(len(tokens))
    tokens[a], tokens[b] = tokens[b], tokens[a]
    return "".join(tokens)


def _insert(random: Random, text: str, pool: Pool) -> str:
    tokens = _TOKEN.findall(text)
    new = random.choice((random.choice(CHARACTERS), random.choice(pool.words), random.choice(NUMBERS)))
    tokens.insert(random.randrange(len(tokens) + 1), new)
    return "".join(tokens)


def _replace(random: Random, text: str, pool: Pool) -> str:
    """Put another token of the same text, or of any, in the place of one."""
    tokens = _TOKEN.findall(text)
    if not tokens:
        return text
    at = random.randrange(len(tokens))
    tokens[at] = random.choice(tokens) if random.random() < 0.5 else random.choice(pool.words)
    return "".join(tokens)


def _exchange(
    kind: re.Pattern[str], other: Callable[[Random, str, Pool], str]
) -> Callable[[Random, str, Pool], str]:
    """Return the change of one token that `kind` matches into what `other` makes of it."""

    def change(random: Random, text: str, pool: Pool) -> str:
        tokens = _TOKEN.findall(text)
        places = [index for index, token in enumerate(tokens) if kind.match(token)]
        if places:
            at = random.choice(places)
            tokens[at] = other(random, tokens[at], pool)
        return "".join(tokens)

    return change


def _other_number(random: Random, token: str, pool: Pool) -> str:
    return random.choice(NUMBERS)


def _other_word(random: Random, token: str, pool: Pool) -> str:
    """Return a word of the pool with the same first character, or the same word made odd."""
    sigil = token[0] if token[0] in "%@#!^" else ""
    odd = (token + "x", token[:-1], token.upper(), token + "é", sigil + "a" * 3000, token * 2, sigil)
    alike = [word for word in random.sample(pool.words, min(40, len(pool.words))) if word[0] == token[0]]
    return random.choice(alike) if alike and random.random() < 0.7 else random.choice(odd)


def _nest(random: Random, text: str, pool: Pool) -> str:
    tokens = _TOKEN.findall(text)
    start, end = _span(random, len(tokens))
    before, behind = random.choice(NESTS)
    depth = random.choice(DEPTHS)
    close = depth if random.random() < 0.8 else depth // 2
    return "".join((*tokens[:start], before * depth, *tokens[start:end], behind * close, *tokens[end:]))


# ---- lines and characters ----------------------------------------------------------------------------


def _splice_line(random: Random, text: str, pool: Pool) -> str:
    lines = text.split("\n")
    start, end = _span(random, len(lines))
    return "\n".join((*lines[:start], random.choice(pool.lines), *lines[random.choice((start, end)) :]))


def _move_line(random: Random, text: str, pool: Pool) -> str:
    lines = text.split("\n")
    line = lines.pop(random.randrange(len(lines)))
    lines.insert(random.randrange(len(lines) + 1), line)
    return "\n".join(lines)


def _delete_lines(random: Random, text: str, pool: Pool) -> str:
    lines = text.split("\n")
    start, end = _span(random, len(lines))
    return "\n".join(lines[:start] + lines[end:])


def _repeat_line(random: Random, text: str, pool: Pool) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    return "\n".join((*lines[:at], *lines[at : at + 1] * random.choice((2, 2, 3, 50)), *lines[at + 1 :]))


def _cross(random: Random, text: str, pool: Pool) -> str:
    """Go on with the second half of another text."""
    other = random.choice(pool.texts)
    return text[: random.randrange(len(text) + 1)] + other[random.randrange(len(other) + 1) :]


def _character(random: Random, text: str, pool: Pool) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(CHARACTERS) + text[at + random.choice((0, 1)) :]


def _truncate(random: Random, text: str, pool: Pool) -> str:
    at = random.randrange(len(text) + 1)
    return random.choice((text[:at], text[at:]))


_CHANGES: tuple[Callable[[Random, str, Pool], str], ...] = (
    *(_delete, _delete, _repeat, _swap, _swap, _insert, _insert, _replace, _replace, _replace, _nest),
    *[_exchange(_NUMBER, _other_number)] * 3,
    *[_exchange(_WORD, _other_word)] * 4,
    *(_splice_line, _splice_line, _move_line, _delete_lines, _repeat_line, _cross, _character, _truncate),
)
