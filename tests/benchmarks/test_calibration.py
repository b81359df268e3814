"""The calibration finds numbers that it does not know, and reads only files that it understands."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import calibration
import numpy as np
import pytest
from calibration import FITTED, Measured, Simulator, compare, fit, parts, read_measured, summaries
from meshgemm import Shape

from wsc.ir.target import load_target

from .conftest import BENCHMARKS

WSE3 = load_target("wse3").target
SHAPES = [Shape(2, M, 4, 4, passes) for M in (2, 14, 24) for passes in range(3)]
FEW = [shape for shape in SHAPES if shape.M != 14 and shape.passes != 1]


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    return Simulator(WSE3)


@pytest.mark.parametrize(("call", "join"), [(3, 41), (11, 0)])
def test_known_numbers_are_found(simulator: Simulator, call: int, join: int) -> None:
    known = {"vector_call_cycles": call, "await_cycles": join}
    rows = [Measured(shape, simulator.cycles(shape, known)) for shape in FEW]
    assert fit(rows, simulator.cycles, FITTED, {"vector_call_cycles": 8, "await_cycles": 30}) == known
    compared = compare(rows, simulator, known)
    assert {row.error for row in compared} == {0.0}
    assert [line.rows for line in summaries(compared, 2)] == [4, 2, 2, 2, 2]


def test_noise_moves_the_result_little() -> None:
    """A plane with 3 % of noise: the least mean error is near the truth, from any start."""

    def plane(shape: Shape, numbers: Mapping[str, int]) -> float:
        return shape.M * numbers["a"] + (shape.passes + 1) * 7.0 * numbers["b"]

    rng = np.random.default_rng(3)
    shapes = [Shape(2, M, 2, 2, passes) for M in range(2, 60, 2) for passes in range(3)]
    truth = {"a": 20, "b": 45}
    rows = [Measured(shape, plane(shape, truth) * rng.uniform(0.97, 1.03)) for shape in shapes]
    ranges = {"a": range(100), "b": range(100)}
    found = [fit(rows, plane, ranges, {"a": a, "b": b}) for a, b in ((0, 0), (99, 99), (0, 99))]
    assert found[0] == found[1] == found[2]
    assert abs(found[0]["a"] - 20) <= 1
    assert abs(found[0]["b"] - 45) <= 2


def test_parts_of_a_run(simulator: Simulator) -> None:
    """Each more product of a step takes its calls, 4 elements a cycle, and its loop."""
    numbers = {"vector_call_cycles": 5, "await_cycles": 10}
    rows = [Measured(shape, simulator.cycles(shape, numbers)) for shape in SHAPES]
    found = parts(compare(rows, simulator, numbers))
    assert [(part.P, part.Mt) for part in found] == [(2, 1), (2, 7), (2, 12)]
    loop = (WSE3.branch_cycles + 4 * WSE3.scalar_cycles) / 2
    assert [part.second[1] for part in found] == [5 + quads + loop for quads in (1, 2, 3)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("P,M\n3,3\n", "the columns are"),
        ("P,M,K,N,compute_passes,mean_cycle\n# none\n3,4,3,3,0,7\n", "line 3: M, K and N must be multiples"),
        ("P,M,K,N,compute_passes,mean_cycle\n3,3,3,3,0,x\n", "line 2: could not convert"),
        ("P,M,K,N,compute_passes,mean_cycle\n3,3,3,3,0\n", "line 2:"),
        ("P,M,K,N,compute_passes,mean_cycle\n3,3,3,3,0,0\n", "line 2: a run takes more than 0.0 cycles"),
    ],
)
def test_a_file_that_is_none(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_measured(text.splitlines())


@pytest.mark.slow
def test_the_command(tmp_path: Path, simulator: Simulator) -> None:
    """Rows of a machine with other numbers come back as those numbers and no error, P = 3 from P = 2 too."""
    known = {"vector_call_cycles": 9, "await_cycles": 22}
    lines = [",".join(calibration.COLUMNS)]
    for shape in (*SHAPES, Shape(3, 6, 6, 3, 1)):
        numbers = (shape.P, shape.M, shape.K, shape.N, shape.passes, simulator.cycles(shape, known))
        lines.append(",".join(map(str, numbers)))
    data, report = tmp_path / "runs.csv", tmp_path / "report.json"
    data.write_text("# made up\n" + "\n".join(lines) + "\n")
    command = [sys.executable, str(BENCHMARKS / "calibration.py"), str(data), "--fit-grid", "2", "--rows"]
    result = subprocess.run([*command, "--json", str(report)], capture_output=True, text=True, check=True)
    assert "P = 3, predicted" in result.stdout
    found = json.loads(report.read_text())
    assert found["fitted"] == known
    assert [row["error"] for row in found["rows"]] == [0.0] * 10
    assert found["product_error"] < 0.01
