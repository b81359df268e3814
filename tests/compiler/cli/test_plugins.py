"""`--load-pass-plugin` and `--pass-pipeline`: passes of one's own, and a pipeline of one's own."""

import re
from pathlib import Path

import pytest

from wsc.passes.common.cse import CSE
from wsc.passes.pipeline import PASSES, default_pipeline, pipeline_text

from .conftest import Command

HEAD = """\
from dataclasses import dataclass
from typing import ClassVar
from wsc.passes.base import Pass


"""
MARK = f"""\
{HEAD}@dataclass(frozen=True, slots=True)
class Mark(Pass):
    \"\"\"Give the module a mark.\"\"\"
    name: ClassVar[str] = "mark"
    required: ClassVar[bool] = False
    text: str = "here"
    \"\"\"What it says.\"\"\"
    def run(self, module, context):
        from wsc.ir.attributes import string
        module.attributes["test.mark"] = string(self.text)
"""
MODULE = '"builtin.module"() ({\n^bb0:\n}) : () -> ()\n'
FILES = {
    "mark.py": MARK,
    "cse.py": MARK.replace('"mark"', '"cse"'),
    "raises.py": f"{HEAD}\nraise LookupError('nobody at home')\n",
    "leaves.py": "import sys\nsys.exit()\n",
    "syntax.py": "def f(:\n",
    "empty.py": "from wsc.passes.base import Pass\n",
    "bytes.py": b"\xff",
    "plain.py": f'{HEAD}class Plain(Pass):\n    name = "plain"\n    def run(self, module, context): ...\n',
    "unnamed.py": MARK.replace('"mark"', '"My Pass"'),
    "twice.py": MARK + MARK.removeprefix(HEAD).replace("Mark", "Again"),
    "default.py": MARK.replace('text: str = "here"', "text: str"),
    "list.py": MARK.replace('text: str = "here"', "text: list | None = None"),
    "alias.py": MARK.replace('"mark"', '"simplify"'),
    "terse.py": MARK.replace('    """Give the module a mark."""\n', ""),
    "fails.py": MARK.replace("from wsc.ir", "raise ValueError('no mark')\n        from wsc.ir"),
}


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    (folder / "m.mlir").write_text(MODULE, "utf-8")


def test_a_pass_with_an_option(wsc: Command) -> None:
    done = wsc("opt", "m.mlir", "--load-pass-plugin", "mark.py", "-p", "mark{text=there}")
    assert (done.status, done.err) == (0, "")
    assert 'test.mark = "there"' in done.out
    assert "mark" not in PASSES
    assert wsc("opt", "m.mlir", "-p", "mark").status == 2


def test_it_is_listed_and_described(wsc: Command) -> None:
    assert "Give the module a mark." in wsc("passes", "--load-pass-plugin", "mark.py").out
    assert "What it says." in wsc("passes", "mark", "--load-pass-plugin", "mark.py").out
    terse = wsc("passes", "mark", "--load-pass-plugin", "terse.py").out
    assert terse.startswith("mark\n  `--disable-pass mark` leaves it out.\n")


def test_a_pass_is_replaced_and_comes_back(wsc: Command, classifier: Path) -> None:
    done = wsc("opt", "m.mlir", "--load-pass-plugin", "cse.py", "-p", "cse")
    assert "test.mark" in done.out
    assert done.err == "plug-in cse.py: its pass 'cse' replaces the one of that name\n"
    assert PASSES["cse"] is CSE
    stopped = wsc("compile", "classifier.wdl", "--load-pass-plugin", "cse.py", "--stop-after", "cse")
    assert 'test.mark = "here"' in stopped.out
    assert "test.mark" not in wsc("compile", "classifier.wdl", "--stop-after", "cse").out


def test_the_last_one_of_a_name_counts(wsc: Command, folder: Path) -> None:
    (folder / "other.py").write_text(MARK.replace('"here"', '"other"'), "utf-8")
    options = ("--load-pass-plugin", "mark.py", "--load-pass-plugin", "other.py")
    assert 'test.mark = "other"' in wsc("opt", "m.mlir", "-p", "mark", *options).out
    assert "mark" not in PASSES


@pytest.mark.parametrize(
    ("file", "message", "place"),
    [
        ("raises.py", "plug-in 'raises.py' raised LookupError: nobody at home", "raises.py:7:1"),
        ("leaves.py", "plug-in 'leaves.py' raised SystemExit", "leaves.py:2:1"),
        ("syntax.py", "plug-in 'syntax.py' is no Python: ", "syntax.py:1:7"),
        ("empty.py", "plug-in 'empty.py' defines no pass", "empty.py:1:1"),
        ("bytes.py", "plug-in 'bytes.py' is no text in UTF-8", ""),
        ("missing.py", "plug-in 'missing.py' cannot be read: No such file", ""),
        ("plain.py", "class 'Plain' cannot be used as a pass: it is no dataclass", "plain.py:6:1"),
        ("unnamed.py", "class 'Mark' cannot be used as a pass: it needs a name in kebab-case", "7:1"),
        ("twice.py", "class 'Again' cannot be used as a pass: it has the name of class 'Mark'", "17:1"),
        ("default.py", "it has options without a default: 'text'", "default.py:7:1"),
        ("list.py", "it has options whose default is no bool, int, float or str: 'text'", "list.py:7:1"),
        ("alias.py", "it has the name of an alias, 'simplify'", "alias.py:7:1"),
    ],
)
def test_what_is_wrong_with_a_file(wsc: Command, file: str, message: str, place: str) -> None:
    done = wsc("opt", "m.mlir", "-p", "cse", "--load-pass-plugin", file)
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert place in done.err
    assert "Traceback" not in done.err
    assert PASSES["cse"] is CSE


def test_a_reproducer_names_its_plug_ins_and_loads_them(wsc: Command, folder: Path) -> None:
    (folder / "my fails.py").write_bytes((folder / "fails.py").read_bytes())
    done = wsc("opt", "m.mlir", "--load-pass-plugin", "my fails.py", "-p", "cse,mark,dce")
    assert done.status == 3
    (path,) = folder.glob("wsc-reproducer-*.mlir")
    assert "\n// plugins: 'my fails.py'\n" in path.read_text("utf-8")
    assert re.search("ValueError: no mark", wsc("opt", path.name, "--run-reproducer").err)
    (folder / "my fails.py").write_text(MARK, "utf-8")
    assert 'test.mark = "here"' in wsc("opt", path.name, "--run-reproducer").out
    (folder / "my fails.py").unlink()
    done = wsc("opt", path.name, "--run-reproducer")
    assert done.status == 1
    assert "plug-in 'my fails.py' cannot be read" in done.err


def test_the_default_pipeline_can_be_printed_and_edited(wsc: Command, classifier: Path) -> None:
    text = wsc("passes", "--pipeline").out.strip()
    assert text == pipeline_text(default_pipeline())
    prefill = wsc("passes", "--pipeline", "--entry", "prefill").out
    assert prefill.startswith("inline,specialize{entry=prefill},")
    grid = ("--grid", "2x2", "--quiet")
    assert wsc("compile", "classifier.wdl", "-o", "a.wsx", *grid).status == 0
    assert wsc("compile", "classifier.wdl", "-o", "b.wsx", *grid, "--pass-pipeline", text).status == 0
    assert Path("a.wsx").read_bytes() == Path("b.wsx").read_bytes()
    short = text.replace("fuse,", "mark,")
    options = ("--load-pass-plugin", "mark.py", "--pass-pipeline", short)
    stopped = wsc("compile", "classifier.wdl", "--stop-after", "mark", *options)
    assert "test.mark" in stopped.out


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (("--pass-pipeline", "cse,fuze"), 2, "1 | cse,fuze\n  |     ^^^^"),
        (("--pass-pipeline", "cse", "--strategy", "gemv-2d"), 2, "--strategy is an option of pass"),
        (("--pass-pipeline", "specialize,cse"), 1, "that it lacks: partition, place, route, allocate, emit"),
        (("--pass-pipeline", "cse", "--disable-pass", "emit"), 2, "pass 'emit' cannot be disabled"),
        (("--pass-pipeline", "cse", "--stop-after", "dce"), 2, "pass 'dce' is not in the pipeline"),
    ],
)
def test_a_wrong_pipeline(
    wsc: Command, classifier: Path, options: tuple[str, ...], status: int, message: str
) -> None:
    done = wsc("compile", "classifier.wdl", "--quiet", *options)
    assert done.status == status
    assert message in done.err
    assert not Path("classifier.wsx").exists()


def test_the_pipeline_of_what(wsc: Command) -> None:
    assert wsc("passes", "cse", "--pipeline").status == 2
    assert wsc("passes", "--entry", "decode").status == 2
