"""Tokens and text: bytes, characters that take several of them, tokenizer files."""

import sys
import types
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.compiler.cli.errors import FileError, UsageError
from wsc.compiler.cli.text import ByteCodec, TokenizerCodec, check_tokens, find_codec


@given(st.text())
def test_bytes_round_trip(text: str) -> None:
    codec = ByteCodec()
    push = codec.decoder()
    assert "".join([*(push(token) for token in codec.encode(text)), push(None)]) == text


@given(st.binary())
def test_any_bytes_become_text_as_python_decodes_them(data: bytes) -> None:
    push = ByteCodec().decoder()
    assert "".join([*map(push, data), push(None)]) == data.decode("utf-8", "replace")


def test_a_character_comes_with_its_last_byte() -> None:
    push = ByteCodec().decoder()
    assert [push(token) for token in "aµb".encode()] == ["a", "", "µ", "b"]


def test_a_token_that_is_no_byte_breaks_a_character() -> None:
    push = ByteCodec().decoder()
    assert [push(0xC2), push(300), push(0x61), push(None)] == ["", "\ufffd\ufffd", "a", ""]


def test_a_prompt_that_is_no_text_keeps_its_bytes() -> None:
    assert ByteCodec().encode(b"a\xff".decode("utf-8", "surrogateescape")) == [0x61, 0xFF]


def test_tokens_that_the_model_does_not_know() -> None:
    check_tokens([0, 255], 256)
    check_tokens([10**6], None)
    with pytest.raises(UsageError, match="token 200, but the model knows 0 to 99"):
        check_tokens([1, 200], 100)


def test_no_tokenizers_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(UsageError, match="'tokenizers', which is not installed") as caught:
        find_codec("t.json")
    assert "wsc[tokenizer]" in caught.value.notes[0]


class FakeTokenizer:
    """Words are tokens; the second word ends in half a character until the third is there."""

    words = ("a", "b", "c")

    @staticmethod
    def from_file(path: str) -> "FakeTokenizer":
        if "good" not in Path(path).read_text("utf-8"):
            raise Exception("expected value at line 1")  # what the real one raises
        return FakeTokenizer()

    def encode(self, text: str, add_special_tokens: bool) -> types.SimpleNamespace:
        assert not add_special_tokens
        return types.SimpleNamespace(ids=[self.words.index(word) for word in text.split()])

    def decode(self, ids: list[int], skip_special_tokens: bool) -> str:
        assert not skip_special_tokens
        text = " ".join(self.words[token] for token in ids)
        return f"{text}\ufffd" if ids and ids[-1] == 1 else text.replace("b c", "b\u00b5 c")


@pytest.fixture
def fake_package(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("tokenizers")
    module.__dict__["Tokenizer"] = FakeTokenizer
    monkeypatch.setitem(sys.modules, "tokenizers", module)


@pytest.mark.usefixtures("fake_package")
def test_a_tokenizer_file(folder: Path) -> None:
    (folder / "t.json").write_text("good", "utf-8")
    codec = TokenizerCodec("t.json")
    assert codec.encode("a b c") == [0, 1, 2]
    push = codec.decoder()
    assert [push(0), push(1), push(2), push(None)] == ["a", "", " b\u00b5 c", ""]


@pytest.mark.usefixtures("fake_package")
@pytest.mark.parametrize("content", [None, "bad"])
def test_a_tokenizer_file_that_is_none(folder: Path, content: str | None) -> None:
    if content is not None:
        (folder / "t.json").write_text(content, "utf-8")
    with pytest.raises(FileError, match=r"t\.json: (is no tokenizer|cannot be read)"):
        TokenizerCodec("t.json")
