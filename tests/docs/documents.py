"""Documents as tests: the code blocks of a Markdown file, run in order in a folder of their own.

What a block must do follows from its fence:

    ```wdl                 compiles to the nn level without an error or a warning; `wdl encode`: that entry
    ```wdl error           does not; the next block, ```text, quotes all diagnostics. `warning` likewise
    ```python              runs, in one namespace per document; a ```text block after it quotes its output
    ```toml                is a target; `toml error` is none, as for wdl
    ```mlir                parses and verifies
    ```mlir check          is a FileCheck test, with a RUN line and CHECK lines
    ```console             commands after `$ `, each followed by what it prints; none quoted: only its status
    ```console slow        the same, left out of quick runs
    ```sh and no language  are not looked at: commands that a test cannot run, diagrams

`file=NAME` after the language also writes the block to NAME, for those below it. Commands are `wsc`, which
runs in this process and may feed a pipe or a file, and those in `TOOLS`. Quoted output is stdout and stderr
as a terminal shows them. In it `...` stands for any text, on a line of its own for any lines; times may
differ. A command that fails must be quoted with a line that begins with `error:` or `wsc: error:`, and no
other may.
"""

from __future__ import annotations

import difflib
import io
import re
import shlex
import subprocess
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from glob import glob
from itertools import groupby, zip_longest
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

from wsc.compiler.cli.main import main
from wsc.compiler.frontend import compile_wdl
from wsc.ir.diagnostics import Diagnostic, DiagnosticError, render
from wsc.ir.parser import parse_module
from wsc.ir.target import parse_target
from wsc.ir.verifier import verify

from ..support.filecheck_text import check_mlir

TOOLS = ("cat", "cp", "diff", "grep", "head", "ls", "sed", "tail", "wc")
FLAGS = {
    "": (),
    "console": ("slow",),
    "mlir": ("check",),
    "python": (),
    "sh": (),
    "text": (),
    "toml": ("error",),
    "wdl": ("encode", "error", "warning"),
}
"""The languages of blocks and the flags that each may have."""
MUST_BE_QUOTED = {"error", "warning"}
MAY_BE_QUOTED = ("python", "toml", "wdl")

_FENCE = re.compile(r"(?P<indent> *)(?P<ticks>```+) *(?P<info>[^`]*)")
_TIME = re.compile(r" *\b\d+\.\d{3}(?: s\b| +\d+%)")
_ERROR = re.compile(r"^(?:wsc: )?error: ", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block; `line` is that of its fence, from 1."""

    line: int
    language: str
    flags: tuple[str, ...]
    file: str | None
    text: str


class DocumentError(Exception):
    """What is wrong with a document."""


# ---- blocks ----------------------------------------------------------------------------------------


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a document. Raises `DocumentError` for a fence that is not closed."""
    found: list[Block] = []
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        fence = _FENCE.fullmatch(line)
        if fence is not None:
            found.append(_block(number, fence, lines))
    return found


def _block(number: int, fence: re.Match[str], lines: Iterator[tuple[int, str]]) -> Block:
    language, *words = fence["info"].split() or [""]
    names = [word.removeprefix("file=") for word in words if word.startswith("file=")]
    flags = tuple(word for word in words if not word.startswith("file="))
    body: list[str] = []
    for _, line in lines:
        if line.strip() == fence["ticks"]:
            text = "".join(f"{line}\n" for line in body)
            return Block(number, language, flags, names[0] if names else None, text)
        body.append(line.removeprefix(fence["indent"]))
    raise DocumentError(f"the block that begins in line {number} is not closed")


# ---- running ---------------------------------------------------------------------------------------


@dataclass
class Runner:
    """Runs the blocks of one document, called `name`, in the current folder.

    Blocks marked `slow` are run if `slow` is set.
    """

    name: str
    slow: bool = False
    module: ModuleType = field(default_factory=lambda: ModuleType("document"))
    """Where Python blocks run."""

    def problems(self, text: str) -> list[str]:
        """Run the blocks of the document `text`; return what is wrong, each thing with its line."""
        # Dataclasses look their module up. Only this one is taken back: what else is imported meanwhile,
        # dialects for example, must not be imported again.
        sys.modules[self.module.__name__] = self.module
        try:
            return self._problems(text)
        finally:
            del sys.modules[self.module.__name__]

    def _problems(self, text: str) -> list[str]:
        found: list[str] = []
        before: Block | None = None
        listed = blocks(text)
        for block, after in zip_longest(listed, listed[1:]):
            try:
                if block.language == "text":
                    if before is None or before.language not in MAY_BE_QUOTED:
                        raise DocumentError("there is no block before this one that it could quote")
                else:
                    output = self._run(block)
                    if after is not None and after.language == "text" and block.language in MAY_BE_QUOTED:
                        compare(after.text, output)
                    elif MUST_BE_QUOTED & set(block.flags):
                        raise DocumentError(f"a ```text block must quote what this one gives:\n{output}")
            except DocumentError as error:
                found.append(f"{self.name}:{block.line}: {error}")
            before = block
        return found

    def _run(self, block: Block) -> str:
        """Run a block and return what it gives. Raises `DocumentError` if it does not do what it must."""
        unknown = [flag for flag in block.flags if flag not in FLAGS.get(block.language, ())]
        if block.language not in FLAGS or unknown:
            raise DocumentError(f"nothing is known of blocks '{' '.join([block.language, *block.flags])}'")
        if block.file is not None:
            Path(block.file).write_text(block.text, "utf-8")
        if block.language == "wdl":
            return _wdl(block)
        if block.language == "toml":
            return _toml(block)
        if block.language == "mlir":
            _mlir(block)
        elif block.language == "python":
            return self._python(block)
        elif block.language == "console" and (self.slow or "slow" not in block.flags):
            self._console(block)
        return ""

    def _python(self, block: Block) -> str:
        output = io.StringIO()
        try:
            # Empty lines in front, so that a traceback names lines of the document.
            code = compile("\n" * block.line + block.text, self.name, "exec", dont_inherit=True)
            with redirect_stdout(output):
                exec(code, self.module.__dict__)
        except Exception as error:
            raise DocumentError(traceback.format_exc()) from error
        return output.getvalue()

    def _console(self, block: Block) -> None:
        for command, quoted in commands(block.text):
            status, output = run_command(command)
            try:
                if quoted:
                    compare(quoted, output)
                if (status != 0) != (_ERROR.search(quoted) is not None):
                    raise DocumentError(f"the exit status is {status}, the output is\n{output}")
            except DocumentError as error:
                raise DocumentError(f"$ {command}\n{error}") from error


def _wdl(block: Block) -> str:
    name = block.file or "model.wdl"
    found: list[Diagnostic] = []
    kind = ""
    try:
        entry = "encode" if "encode" in block.flags else "decode"
        compile_wdl(block.text, name, entries=[entry], warnings=found)
        kind = "warning" if found else ""
    except DiagnosticError as error:
        found, kind = error.diagnostics, "error"
    shown = render(found, {name: block.text})
    return _expect(block, kind, shown)


def _toml(block: Block) -> str:
    name = block.file or "target.toml"
    try:
        parse_target(block.text, name)
    except DiagnosticError as error:
        return _expect(block, "error", render(error.diagnostics, {name: block.text}))
    return _expect(block, "", "")


def _expect(block: Block, kind: str, shown: str) -> str:
    """Return `shown` if the diagnostics are of the kind that the block's flags announce."""
    wanted = " ".join(flag for flag in block.flags if flag in MUST_BE_QUOTED)
    if kind != wanted:
        raise DocumentError(f"this block gives {kind or 'no diagnostics'}, not {wanted or 'none'}\n{shown}")
    return shown


def _mlir(block: Block) -> None:
    name = block.file or "module.mlir"
    if "check" in block.flags:
        try:
            check_mlir(block.text, name)
        except (AssertionError, DiagnosticError) as error:
            raise DocumentError(str(error)) from error
        return
    try:
        problems = verify(parse_module(block.text, name))
    except DiagnosticError as error:
        problems = error.diagnostics
    if problems:
        raise DocumentError(render(problems, {name: block.text}))


# ---- commands --------------------------------------------------------------------------------------


def commands(text: str) -> list[tuple[str, str]]:
    """Return the commands of a console block, each with what it prints. Raises `DocumentError`."""
    found: list[tuple[str, str]] = []
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line.removeprefix("$ ")
            while command.endswith("\\"):
                command = command[:-1] + next(lines, "").strip()
            found.append((command, ""))
        elif found:
            command, quoted = found[-1]
            found[-1] = command, f"{quoted}{line}\n"
        else:
            raise DocumentError(f"output stands before the first command: {line}")
    return found


def run_command(command: str) -> tuple[int, str]:
    """Run a command and return its exit status and its output. Raises `DocumentError` if it must not run.

    Stages of a pipe run one after the other; the status is that of the last one that failed.
    """
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|>")
    lexer.whitespace_split = True
    words = list(lexer)
    file = words[-1] if ">" in words[-2:-1] else None
    stages = [list(stage) for is_pipe, stage in groupby(words, "|".__eq__) if not is_pipe]
    if file is not None:
        del stages[-1][-2:]
    shown = io.StringIO()
    status, text = 0, ""
    for number, stage in enumerate(stages):
        last = number == len(stages) - 1 and file is None
        out = shown if last else io.StringIO()
        status = _run_stage(stage, text, out, shown) or status
        text = out.getvalue()
    if file is not None:
        Path(file).write_text(text, "utf-8")
    return status, shown.getvalue()


def _run_stage(words: list[str], text: str, out: io.StringIO, err: io.StringIO) -> int:
    """Run one command of a pipe on the input `text` and return its exit status."""
    name, *arguments = [part for word in words for part in (sorted(glob(word)) or [word])]
    if name == "wsc":
        with patch.object(sys, "stdin", io.StringIO(text)), redirect_stdout(out), redirect_stderr(err):
            return int(main(arguments))
    if name not in TOOLS:
        raise DocumentError(f"'{name}' is not run; what a test cannot run goes into a ```sh block")
    done = subprocess.run(
        [name, *arguments], input=text, capture_output=True, text=True, encoding="utf-8", check=False
    )
    out.write(done.stdout)
    err.write(done.stderr)
    return 0 if name == "diff" and done.returncode == 1 else done.returncode


# ---- comparing -------------------------------------------------------------------------------------


def compare(quoted: str, output: str) -> None:
    """Raise `DocumentError` with a difference unless `output` is what the document quotes."""
    wanted, found = _lines(quoted), _lines(output)
    if not _match(wanted, found):
        difference = difflib.unified_diff(wanted, found, "the document", "this run", lineterm="")
        raise DocumentError("\n".join(difference))


def _lines(text: str) -> list[str]:
    """Return the lines to compare: without times, blanks at the end and empty lines around."""
    return [_without_time(line.rstrip()) for line in text.strip("\n").split("\n")]


def _without_time(line: str) -> str:
    short, times = _TIME.subn(" (time)", line)
    # How wide a time is decides how many blanks are around it.
    return re.sub(r"  +", " ", short) if times else line


def _match(wanted: Sequence[str], found: Sequence[str]) -> bool:
    """Whether `found` is `wanted`, in which a line `...` stands for any lines, as many as there are."""
    if "..." not in wanted:
        return len(wanted) == len(found) and all(map(_match_line, wanted, found))
    first = wanted.index("...")
    if not _match(wanted[:first], found[:first]):
        return False
    rest = wanted[first + 1 :]
    return any(_match(rest, found[start:]) for start in range(first, len(found) + 1))


def _match_line(wanted: str, found: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, wanted.split("..."))), found) is not None
