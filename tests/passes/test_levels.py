"""Passes that lower a region's work refuse one whose work is a program already."""

import pytest

from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.target import load_target

from ..support.filecheck_text import run_pipeline

PROGRAMS = """\
"builtin.module"() ({
  "fabric.region"() ({
    "pe.program"() ({
      "pe.return"() : () -> ()
    }) {sym_name = "single.single"} : () -> ()
  }) {grid = "io", height = 1, sym_name = "io", width = 1} : () -> ()
}) {fabric.target = #target} : () -> ()
"""


@pytest.mark.parametrize("name", ["route", "schedule", "allocate", "emit"])
def test_programs_are_no_work(name: str) -> None:
    text = f"#target = {load_target('tiny').target.to_attribute()}\n{PROGRAMS}"
    with pytest.raises(DiagnosticError) as caught:
        run_pipeline(name, text)
    (problem,) = caught.value.diagnostics
    assert problem.message == "region 'io' holds programs already; there is no work left to lower"
    assert str(problem.location) == '"test.mlir":3:3'
