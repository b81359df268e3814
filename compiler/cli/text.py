"""Text to tokens and back: tokens are bytes unless a tokenizer file says otherwise."""

from __future__ import annotations

import codecs
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from .errors import FileError, UsageError

UNKNOWN_CHARACTER = "\N{REPLACEMENT CHARACTER}"


class TextCodec(Protocol):
    """How a model's tokens stand for text."""

    def encode(self, text: str) -> list[int]:
        """Return the tokens of `text`."""
        ...

    def decoder(self) -> Callable[[int | None], str]:
        """Return a function from the next token to the text that is certain now; None asks for the rest."""
        ...


class ByteCodec:
    """Every token is a byte of UTF-8; tokens from 256 on stand for no text."""

    def encode(self, text: str) -> list[int]:
        """Return the bytes of `text`; what the command line could not decode comes back as it was."""
        return list(text.encode("utf-8", "surrogateescape"))

    def decoder(self) -> Callable[[int | None], str]:
        """Return a function that holds bytes back until their character is complete."""
        incremental = codecs.getincrementaldecoder("utf-8")("replace")

        def push(token: int | None) -> str:
            if token is None:
                return incremental.decode(b"", final=True)
            if token < 256:
                return incremental.decode(bytes([token]))
            broken = incremental.decode(b"", final=True)
            incremental.reset()
            return broken + UNKNOWN_CHARACTER

        return push


class TokenizerCodec:
    """A tokenizer in the format of Hugging Face's `tokenizers`.

    Raises `UsageError` without that package, `FileError` if the file is no tokenizer.
    """

    def __init__(self, path: str) -> None:
        try:
            package: Any = importlib.import_module("tokenizers")
        except ImportError as error:
            raise UsageError(
                "--tokenizer needs the package 'tokenizers', which is not installed",
                "pip install 'wsc[tokenizer]' installs it; without --tokenizer, tokens are bytes",
            ) from error
        if not Path(path).is_file():
            raise FileError(path, "cannot be read: there is no such file")
        try:
            self._tokenizer = package.Tokenizer.from_file(path)
        except Exception as error:  # the package raises plain `Exception` for all that is wrong
            raise FileError(path, f"is no tokenizer: {error}") from error

    def encode(self, text: str) -> list[int]:
        """Return the tokens of `text`, without those that models expect around a whole text."""
        return [int(token) for token in self._tokenizer.encode(text, add_special_tokens=False).ids]

    def decoder(self) -> Callable[[int | None], str]:
        """Return a function that decodes all tokens anew: what one adds depends on those before."""
        tokens: list[int] = []
        shown = ""

        def push(token: int | None) -> str:
            nonlocal shown
            if token is not None:
                tokens.append(token)
            text = str(self._tokenizer.decode(tokens, skip_special_tokens=False))
            if token is not None and text.endswith(UNKNOWN_CHARACTER):
                return ""  # a character that the next token may complete
            added = text[len(shown) :] if text.startswith(shown) else ""
            shown = text
            return added

        return push


def find_codec(tokenizer: str | None) -> TextCodec:
    """Return the codec of a tokenizer file, or bytes. Raises `UsageError`, `FileError`."""
    return ByteCodec() if tokenizer is None else TokenizerCodec(tokenizer)


def printable(text: str) -> str:
    """Return `text` in quotes on one line, with escapes for what cannot be seen."""
    return repr(text)


def check_tokens(tokens: Sequence[int], vocabulary: int | None) -> None:
    """Raise `UsageError` if a token of the prompt is not one of the model's (`vocabulary` None: unknown)."""
    if vocabulary is None:
        return
    wrong = next((token for token in tokens if not 0 <= token < vocabulary), None)
    if wrong is not None:
        raise UsageError(
            f"the prompt has token {wrong}, but the model knows 0 to {vocabulary - 1}",
            "without --tokenizer, every byte of the prompt is a token",
        )
