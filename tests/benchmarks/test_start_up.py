"""Small commands start without what they do not need, in a few times the interpreter's own time."""

import json
import subprocess
import sys

import pytest

from .conftest import BENCHMARKS


@pytest.mark.slow
def test_commands_start_quickly() -> None:
    command = [sys.executable, str(BENCHMARKS / "start_up.py"), "--repeat", "3", "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = {row["command"]: row for row in json.loads(result.stdout)}
    python = rows.pop("python")["seconds"]
    assert rows.keys() == {
        "wsc --help",
        "wsc passes",
        "wsc opt small.mlir",
        "wsc opt small.mlir -p cse,dce",
    }
    assert rows["wsc --help"]["heavy"] == []
    assert rows["wsc --help"]["seconds"] < 8 * python
    for row in rows.values():
        assert set(row["heavy"]) <= {"numpy"}
        assert row["seconds"] < 30 * python
