"""The README and the documents in docs/: what they show works, and gives what they say it gives."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lark import Lark, Token

from wsc.compiler.frontend.operators import OPERATORS
from wsc.ir.dialects import load_dialects
from wsc.ir.spec import registered_dialects
from wsc.passes.pipeline import PASSES

from .documents import MUST_BE_QUOTED, Runner, blocks, run_command

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


# ---- what documents name exists --------------------------------------------------------------------

FOLDERS = "|".join(path.name for path in sorted(ROOT.iterdir()) if path.is_dir() and path.name[0] != ".")
NOT_OF_WSC = {"--update-golden"}


def prose(path: Path) -> str:
    """Return a document without its blocks."""
    return re.sub(r"^ *(```+).*?^ *\1$", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_paths_and_links(path: Path) -> None:
    text = prose(path)
    named = {ROOT / name for name in re.findall(rf"`((?:{FOLDERS})/[\w./-]*)`", text)}
    linked = {path.parent / link for link in re.findall(r"\]\((?!https?:)([^)#]+)", text)}
    assert [str(found) for found in sorted(named | linked) if not found.exists()] == []


@pytest.fixture(scope="module")
def options() -> set[str]:
    """The options of wsc, and those that documents name besides."""
    commands = re.findall(r"^    ([a-z]+) ", run_command("wsc --help")[1], re.MULTILINE)
    helps = [run_command(f"wsc {command} --help")[1] for command in commands]
    return {option for text in helps for option in re.findall(r"--[a-z][a-z-]*", text)} | NOT_OF_WSC


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_options(path: Path, options: set[str]) -> None:
    assert sorted(set(re.findall(r"`[^`]*?(--[a-z][a-z-]*)", prose(path))) - options) == []


def test_the_architecture_names_every_pass_and_dialect() -> None:
    table = [line for line in prose(ROOT / "docs" / "architecture.md").splitlines() if line.startswith("|")]
    named = {name for line in table for name in re.findall(r"`([a-z-]+)`", line)}
    load_dialects()
    dialects = {dialect.name for dialect in registered_dialects()} - {"builtin"}
    assert set(PASSES) | dialects <= named


# ---- the language guide is complete ----------------------------------------------------------------

GUIDE = (ROOT / "docs" / "language.md").read_text("utf-8")
GRAMMAR = (ROOT / "compiler" / "frontend" / "grammar.lark").read_text("utf-8")
RIGHT_MODELS = [
    block.text for block in blocks(GUIDE) if block.language == "wdl" and not MUST_BE_QUOTED & set(block.flags)
]


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
