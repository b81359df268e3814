"""FileCheck in process: MLIR text whose comments say which passes to run on it and what must come out.

    // RUN: cse,dce
    // CHECK: "nn.exp"
    // CHECK-NOT: "nn.exp"
    "nn.func"() ({ ...

Inputs between lines `// -----` are run one by one; what comes out is checked as a whole, with such lines.
"""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr

from filecheck.finput import FInput
from filecheck.matcher import Matcher
from filecheck.options import Options
from filecheck.parser import Parser, pattern_for_opts

from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.passes.manager import PassManager
from wsc.passes.pipeline import parse_pipeline

_RUN = re.compile(r"// RUN: (\S.*)")
_SPLIT = "\n// -----\n"
_CHECK_LINE = re.compile(r"^\s*//\s*CHECK", re.MULTILINE)


def run_pipeline(pipeline: str, text: str, name: str = "test.mlir") -> Operation:
    """Return the module in `text` after `pipeline`, verified after every pass."""
    module = parse_module(text, name)
    PassManager(parse_pipeline(pipeline)).run(module)
    return module


def pipeline_of(text: str, name: str = "test.mlir") -> str:
    """Return the pipeline that the first line of a file names."""
    run = _RUN.fullmatch(text.partition("\n")[0])
    assert run is not None, f"{name}: the first line must be '// RUN: <pipeline>'"
    return run[1]


def check_mlir(text: str, name: str = "test.mlir", *, idempotent: bool = True) -> None:
    """Run the pipeline of the first line on each input in `text` and check what comes out.

    With `idempotent`, running the pipeline on its own output must not change it. Fails with FileCheck's
    message and the whole output.
    """
    pipeline = pipeline_of(text, name)
    outputs = [str(run_pipeline(pipeline, part, name)) for part in text.split(_SPLIT)]
    problem = filecheck(text, _SPLIT.join(outputs), name)
    assert problem is None, problem
    if idempotent:
        again = [str(run_pipeline(pipeline, output, name)) for output in outputs]
        assert again == outputs, f"{name}: running '{pipeline}' twice changes its output"


def filecheck(checks: str, output: str, name: str = "test.mlir") -> str | None:
    """Return what is wrong with `output` by the CHECK lines in `checks`, or None."""
    options = Options(name)
    parser = Parser(options, io.StringIO(checks), *pattern_for_opts(options))
    directives = list(parser)
    # A directive with a slip of the pen (CHECK-NXT) is no directive to FileCheck, and would check nothing.
    lines = len(_CHECK_LINE.findall(checks))
    if len(directives) != lines:
        return f"{name}: {lines} lines start with CHECK, but FileCheck reads {len(directives)} directives"
    parser = Parser(options, io.StringIO(checks), *pattern_for_opts(options))
    with redirect_stderr(io.StringIO()) as messages:
        code = Matcher(options, FInput(name, output + "\n"), parser).run()
    return None if code == 0 else f"{messages.getvalue()}\n---- the output:\n{output}"
