"""The README and the documents in docs/: what they show works, and gives what they say it gives."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lark import Lark, Token

from wsc.compiler.frontend.operators import OPERATORS
from wsc.passes.pipeline import PASSES

from .documents import Runner, blocks

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
EXAMPLE_FILES = (".wdl", ".safetensors", ".npz", ".txt")


def is_slow(path: Path) -> bool:
    return any("slow" in block.flags for block in blocks(path.read_text("utf-8")))


RUNS = [
    *(pytest.param(path, False, id=path.name) for path in DOCUMENTS),
    *(
        pytest.param(path, True, id=f"{path.name}-slow", marks=pytest.mark.slow)
        for path in DOCUMENTS
        if is_slow(path)
    ),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current directory: one with the examples in it. Passes that a document registers go again."""
    for path in sorted((ROOT / "examples").rglob("*")):
        if path.suffix in EXAMPLE_FILES:
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "WSC_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    passes = dict(PASSES)
    yield tmp_path
    PASSES.clear()
    PASSES.update(passes)


@pytest.mark.parametrize(("path", "slow"), RUNS)
def test_document(path: Path, slow: bool, folder: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    found = Runner(name, slow).problems(path.read_text("utf-8"))
    assert not found, "\n\n".join(found)


# ---- the language guide is complete ----------------------------------------------------------------

GUIDE = (ROOT / "docs" / "language.md").read_text("utf-8")
GRAMMAR = (ROOT / "compiler" / "frontend" / "grammar.lark").read_text("utf-8")
RIGHT_MODELS = [block.text for block in blocks(GUIDE) if block.language == "wdl" and not block.flags]


def test_the_guide_shows_every_rule_and_word_of_the_grammar() -> None:
    lark = Lark(GRAMMAR, parser="lalr", keep_all_tokens=True)
    shown: set[str] = set()
    for text in RIGHT_MODELS:
        for tree in lark.parse(text).iter_subtrees():
            shown.add(str(tree.data))
            shown |= {child.type for child in tree.children if isinstance(child, Token)}
    rules = {rule.origin.name for rule in lark.rules if not rule.origin.name.startswith("_")}
    words = {terminal.name for terminal in lark.terminals} - set(lark.ignore_tokens)
    assert {name for name in rules | words if name not in shown} == set()


def test_the_guide_shows_every_operator_with_its_options() -> None:
    for name, operator in OPERATORS.items():
        assert f"| `{operator.signature}` | {operator.summary} |" in GUIDE
        calls = [text for text in RIGHT_MODELS if f"{name}(" in text]
        for option in operator.options:
            assert any(f"{option.name} = " in text for text in calls), f"{name}: {option.name}"
        assert calls, name
