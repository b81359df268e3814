"""What a run feeds to the wafer: a prompt's tokens, or rows of numbers from a `.npz` file."""

from __future__ import annotations

import zipfile
from argparse import Namespace
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...ir.attributes import StringAttr, SymbolRefAttr, TensorType
from ...ir.operation import Operation
from .errors import FileError, UsageError
from .parser import DEFAULT_TOKENS
from .text import TextCodec, check_tokens, find_codec


class Takes(Protocol):
    """What can be run: a `Session`, or an entry of a model."""

    @property
    def takes_tokens(self) -> bool:
        """Whether it takes tokens, else rows of numbers."""
        ...

    @property
    def input_name(self) -> str:
        """The name of the entry's argument."""
        ...

    @property
    def input_size(self) -> int:
        """Numbers of one row."""
        ...

    @property
    def window(self) -> int | None:
        """How many rows one execution takes; None if it is one after the other."""
        ...

    @property
    def context(self) -> int | None:
        """The most positions that the caches hold; None without caches."""
        ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """Tokens to start from, and how many to generate."""

    tokens: list[int]
    generate: int
    codec: TextCodec


@dataclass(frozen=True, slots=True)
class Rows:
    """Inputs of a model without tokens: float32 [rows, features], one row a step."""

    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Window:
    """The rows of one execution: tokens, int32 [rows], or numbers, float32 [rows, features]."""

    rows: NDArray[np.int32] | NDArray[np.float32]
    codec: TextCodec | None
    """How the entry's tokens stand for text; None if they do not, as those of a model that takes numbers."""


def find_input(args: Namespace, session: Takes, model: Operation, entry: str) -> Prompt | Rows | Window:
    """Return what the command line asks to run.

    Raises `UsageError` if it does not fit the model, `FileError` if the input file does not.
    """
    if session.window is not None and args.tokens is not None:
        raise UsageError(f"--tokens is for going on from a prompt; entry '{entry}' answers each row")
    if not session.takes_tokens:
        rows = _rows(args, session)
        if session.window is None:
            return rows
        _check_window(len(rows.values), session.window, "input", "rows")
        return Window(rows.values, None)
    if args.prompt is None and args.input is None:
        what = "goes on from" if session.window is None else "takes"
        raise UsageError(f"the model {what} tokens: give it some with --prompt TEXT")
    codec = find_codec(args.tokenizer)
    if args.prompt is not None:
        tokens = codec.encode(args.prompt)
        if not tokens:
            raise UsageError("the prompt is empty; the model needs at least one token to go on from")
    else:
        array = read_array(args.input, session.input_name)
        if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer) or array.size == 0:
            shape = list(array.shape)
            raise FileError(
                args.input, f"must hold token numbers, integers [tokens], not {array.dtype} {shape}"
            )
        tokens = [int(token) for token in array]
    check_tokens(tokens, vocabulary(model, entry))
    if session.window is not None:
        _check_window(len(tokens), session.window, "prompt" if args.prompt is not None else "input", "tokens")
        return Window(np.array(tokens, np.int32), codec)
    return Prompt(tokens, _tokens_to_generate(args.tokens, len(tokens), session.context), codec)


def _check_window(given: int, window: int, what: str, units: str) -> None:
    """Raise `UsageError` unless as many rows are given as one execution takes."""
    if given != window:
        raise UsageError(
            f"the {what} has {given} {units}, but the model takes {window} at once",
            f"--set window={given} compiles it for as many",
        )


def _tokens_to_generate(asked: int | None, prompt: int, context: int | None) -> int:
    """Return how many tokens to generate. Raises `UsageError` if they do not fit into the context."""
    wanted = DEFAULT_TOKENS if asked is None else asked
    if context is None or prompt + wanted <= context:
        return wanted
    if asked is None and prompt < context:
        return context - prompt
    more = f" and {asked} new tokens" if asked is not None else ""
    if prompt < context:
        hint = f"at most {context - prompt} new tokens fit"
    elif context > 1:
        hint = "shorten the prompt"
    else:
        hint = "a prompt and a new token need a context of 2"
    raise UsageError(
        f"the prompt's {prompt} tokens{more} do not fit into the model's context of {context}", hint
    )


def _rows(args: Namespace, session: Takes) -> Rows:
    for option, value in (
        ("--prompt", args.prompt),
        ("--tokenizer", args.tokenizer),
        ("--tokens", args.tokens),
    ):
        if value is not None:
            raise UsageError(f"{option} is for models of tokens; this one takes numbers: --input FILE.npz")
    size = session.input_size
    if args.input is None:
        raise UsageError(f"the model takes rows of {size} numbers: give it some with --input FILE.npz")
    array = read_array(args.input, session.input_name)
    if array.ndim < 2 or array.shape[0] == 0 or array[0].size != size:
        raise FileError(args.input, f"must hold [rows, {size}] numbers, not {list(array.shape)}")
    if not (np.issubdtype(array.dtype, np.floating) or np.issubdtype(array.dtype, np.integer)):
        raise FileError(args.input, f"must hold numbers, not {array.dtype}")
    if session.context is not None and array.shape[0] > session.context:
        raise UsageError(
            f"the input's {array.shape[0]} rows do not fit into the model's context of {session.context}"
        )
    return Rows(array.reshape(array.shape[0], size).astype(np.float32))


def read_array(path: str, name: str) -> NDArray[Any]:
    """Return the array `name` of a `.npz` file, or its only one. Raises `FileError`."""
    try:
        with open(path, "rb") as file:
            loaded: Any = np.load(file, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                raise FileError(path, "is a .npy file; a .npz file is needed, as numpy.savez writes it")
            names: list[str] = list(loaded.files)
            if name not in names and len(names) != 1:
                listed = ", ".join(names) or "nothing"
                raise FileError(path, f"has no array '{name}' for the entry's argument; it holds {listed}")
            array: NDArray[Any] = loaded[name if name in names else names[0]]
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror or error}") from error
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise FileError(path, f"is no .npz file of plain arrays: {error}") from error
    return array


def vocabulary(model: Operation, entry: str) -> int | None:
    """Return how many tokens the entry's embedding knows; None if its tokens are not looked up in a table."""
    function = next(
        (op for op in model.body.operations if op.name == "nn.func" and op.symbol_name == entry), None
    )
    if function is None or not function.body.arguments:
        return None
    sizes = {
        str(op.symbol_name): op.attribute("type", TensorType).shape[0]
        for op in model.body.operations
        if op.name == "nn.variable" and op.attribute("kind", StringAttr).value == "weight"
    }
    tokens = function.body.arguments[0]
    found: list[int] = []
    for op in tokens.users():
        table = op.operands[0].defining_op if op.name == "nn.gather" else None
        if table is not None and table.name == "nn.read" and op.operands[1] is tokens:
            found.append(sizes[table.attribute("variable", SymbolRefAttr).leaf])
    return min(found, default=None)
