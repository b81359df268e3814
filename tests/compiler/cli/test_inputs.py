"""What a run is fed: prompts that fit, rows that fit, files that do not."""

import re
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from wsc.compiler.cli.errors import FileError, UsageError
from wsc.compiler.cli.inputs import Prompt, Rows, Window, find_input, read_array, vocabulary
from wsc.compiler.frontend import compile_wdl

from ...support.wdl import MLP, TALE

if TYPE_CHECKING:
    from wsc.runtime.session import Session


@dataclass
class Shape:
    """What `find_input` asks a session."""

    takes_tokens: bool
    context: int | None = None
    input_name: str = "x"
    input_size: int = 4
    window: int | None = None


def found(shape: Shape, **options: Any) -> Prompt | Rows | Window:
    """What the options give for a session of this shape."""
    defaults = {"prompt": None, "input": None, "tokenizer": None, "tokens": None}
    model = compile_wdl(TALE if shape.takes_tokens else MLP, "m.wdl")
    return find_input(Namespace(**{**defaults, **options}), cast("Session", shape), model, "decode")


def test_the_vocabulary_is_the_embedding_s() -> None:
    assert vocabulary(compile_wdl(TALE, "tale.wdl"), "decode") == 256
    assert vocabulary(compile_wdl(MLP, "mlp.wdl"), "decode") is None


def test_a_prompt() -> None:
    work = found(Shape(True, 64), prompt="ab", tokens=5)
    assert isinstance(work, Prompt)
    assert (work.tokens, work.generate) == ([97, 98], 5)


@pytest.mark.parametrize(
    ("prompt", "context", "tokens", "expected"),
    [("abcd", None, None, 32), ("abcd", 36, None, 32), ("abcd", 20, None, 16), ("abcd", 20, 16, 16)],
)
def test_how_many_tokens(prompt: str, context: int | None, tokens: int | None, expected: int) -> None:
    work = found(Shape(True, context), prompt=prompt, tokens=tokens)
    assert isinstance(work, Prompt)
    assert work.generate == expected


def test_a_context_of_one_row_is_too_short_for_any_prompt() -> None:
    with pytest.raises(UsageError) as caught:
        found(Shape(True, 1), prompt="a")
    assert caught.value.notes == ("a prompt and a new token need a context of 2",)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            {"prompt": "abcd", "tokens": 17},
            "4 tokens and 17 new tokens do not fit into the model's context of 20",
        ),
        ({"prompt": "a" * 20}, "20 tokens do not fit"),
        ({"prompt": ""}, "the prompt is empty"),
        ({}, "--prompt TEXT"),
    ],
)
def test_prompts_that_do_not_fit(options: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        found(Shape(True, 20), **options)


def test_token_numbers_from_a_file(folder: Path) -> None:
    np.savez(folder / "p.npz", tokens=np.array([1, 2, 255]))
    work = found(Shape(True, 20, "tokens"), input="p.npz", tokens=2)
    assert isinstance(work, Prompt)
    assert work.tokens == [1, 2, 255]
    np.savez(folder / "p.npz", tokens=np.array([1, 2, 256]))
    with pytest.raises(UsageError, match="the prompt has token 256"):
        found(Shape(True, 20, "tokens"), input="p.npz")
    np.savez(folder / "p.npz", tokens=np.array([1.0, 2.0]))
    with pytest.raises(FileError, match=r"integers \[tokens\], not float64 \[2\]"):
        found(Shape(True, 20, "tokens"), input="p.npz")


def test_rows(folder: Path) -> None:
    np.savez(folder / "rows.npz", x=np.arange(12).reshape(3, 2, 2), label=np.arange(3))
    work = found(Shape(False), input="rows.npz")
    assert isinstance(work, Rows)
    assert work.values.dtype == np.float32
    assert np.array_equal(work.values, np.arange(12).reshape(3, 4))


@pytest.mark.parametrize("shape", [(4,), (3, 5), (0, 4)])
def test_rows_of_the_wrong_shape(folder: Path, shape: tuple[int, ...]) -> None:
    np.savez(folder / "rows.npz", np.zeros(shape))
    with pytest.raises(FileError, match=re.escape(f"must hold [rows, 4] numbers, not {list(shape)}")):
        found(Shape(False), input="rows.npz")


def test_rows_that_are_no_numbers(folder: Path) -> None:
    np.savez(folder / "rows.npz", np.full((2, 4), "a"))
    with pytest.raises(FileError, match="must hold numbers"):
        found(Shape(False), input="rows.npz")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"prompt": "a"}, "--prompt is for models of tokens"),
        ({"input": "x.npz", "tokens": 3}, "--tokens is for models of tokens"),
        ({"input": "x.npz", "tokenizer": "t"}, "--tokenizer is for models of tokens"),
        ({}, "rows of 4 numbers"),
    ],
)
def test_options_of_other_models(options: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        found(Shape(False), **options)


def test_more_rows_than_the_context(folder: Path) -> None:
    np.savez(folder / "rows.npz", np.zeros((9, 4)))
    with pytest.raises(UsageError, match="9 rows do not fit into the model's context of 8"):
        found(Shape(False, 8), input="rows.npz")


def test_a_window_of_tokens() -> None:
    work = found(Shape(True, window=3), prompt="abc")
    assert isinstance(work, Window)
    assert work.rows.tolist() == [97, 98, 99]
    assert work.codec is not None


def test_a_window_of_numbers(folder: Path) -> None:
    np.savez(folder / "rows.npz", x=np.arange(12).reshape(3, 2, 2))
    work = found(Shape(False, window=3), input="rows.npz")
    assert isinstance(work, Window)
    assert np.array_equal(work.rows, np.arange(12).reshape(3, 4))
    assert work.codec is None


def test_windows_that_do_not_fit(folder: Path) -> None:
    np.savez(folder / "rows.npz", x=np.zeros((2, 4)))
    np.savez(folder / "tokens.npz", x=np.arange(5))
    for tokens, options, says in (
        (True, {"prompt": "abcd"}, "the prompt has 4 tokens, but the model takes 3 at once"),
        (True, {"input": "tokens.npz"}, "the input has 5 tokens, but the model takes 3 at once"),
        (False, {"input": "rows.npz"}, "the input has 2 rows, but the model takes 3 at once"),
        (True, {"prompt": "abc", "tokens": 2}, "--tokens is for going on from a prompt"),
        (True, {}, "the model takes tokens: give it some with --prompt TEXT"),
    ):
        with pytest.raises(UsageError, match=re.escape(says)) as caught:
            found(Shape(tokens, window=3), **options)
        if "at once" in says:
            (number,) = re.findall(r"has (\d)", says)
            assert caught.value.notes == (f"--set window={number} compiles it for as many",)


def test_which_array(folder: Path) -> None:
    np.savez(folder / "a.npz", y=np.arange(3))
    assert read_array("a.npz", "x").size == 3
    np.savez(folder / "a.npz", y=np.arange(3), z=np.arange(4))
    with pytest.raises(FileError, match="has no array 'x' for the entry's argument; it holds y, z"):
        read_array("a.npz", "x")


def test_files_that_are_no_arrays(folder: Path) -> None:
    with pytest.raises(FileError, match="cannot be read: No such file"):
        read_array("missing.npz", "x")
    np.save(folder / "one.npy", np.zeros(3))
    with pytest.raises(FileError, match=r"is a \.npy file"):
        read_array("one.npy", "x")
    np.savez(folder / "pickled.npz", x=np.array([{}], dtype=object))
    np.savez(folder / "whole.npz", x=np.zeros(1000))
    (folder / "cut.npz").write_bytes((folder / "whole.npz").read_bytes()[:500])
    (folder / "empty.npz").write_bytes(b"")
    (folder / "text.npz").write_text("hello", "utf-8")
    for name in ("pickled", "cut", "empty", "text"):
        with pytest.raises(FileError, match=rf"{name}\.npz: is no \.npz file of plain arrays"):
            read_array(f"{name}.npz", "x")
