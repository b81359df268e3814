"""The IR core stays several times faster than xDSL, in CPU time of one run on one machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "ir_speed.py"


@pytest.mark.slow
def test_each_step_is_several_times_faster_than_xdsls() -> None:
    command = [sys.executable, str(BENCHMARK), "--operations", "5000", "--repeat", "2", "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    steps = json.loads(result.stdout)["steps"]
    assert [step["step"] for step in steps] == ["build", "verify", "print", "parse", "rewrite"]
    for step in steps:
        factor = 10 if step["step"] == "parse" else 4
        assert step["xdsl_seconds"] > factor * step["seconds"], step
