"""The whole way, as a user goes it: right text, odd shapes, same bytes, an engine that runs what it gets."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wsc.compiler.cli.main import main
from wsc.ir.program_file import read_program
from wsc.ir.weights import load_weights
from wsc.runtime.fault import MachineFault
from wsc.runtime.session import Session

from ..support.wdl import EXAMPLES

TALE = EXAMPLES / "tale" / "tale.wdl"
WEIGHTS = EXAMPLES / "tale" / "tale.safetensors"
TEXT = (EXAMPLES / "tale" / "tale.txt").read_text("ascii")
PROMPT = TEXT[:12]


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["run", *arguments, "--check", "--json"]) == status
    return json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tale") / "tale.wsx"
    assert main(["compile", str(TALE), "-o", str(path), "--quiet"]) == 0
    return path


def test_the_wafer_tells_the_tale(capsys: pytest.CaptureFixture[str], program: Path) -> None:
    arguments = [str(program), "--weights", str(WEIGHTS), "--prompt", PROMPT, "--tokens", "48"]
    found = run_json(capsys, *arguments)
    assert found["text"] == TEXT[12:60]
    assert found["check"]["tokens_equal"] is True
    for token in found["tokens"]:
        assert token["latency_us"] == pytest.approx(token["cycles"] / 850)
    assert sum(found["breakdown"].values()) == pytest.approx(found["cycles_per_token"])


@pytest.mark.parametrize(
    ("kv_heads", "grid", "seed"), [("3", "13x11", "1"), ("1", "13x11", "2"), ("3", "5x7", "5")]
)
def test_shapes_that_divide_nothing(
    capsys: pytest.CaptureFixture[str], kv_heads: str, grid: str, seed: str
) -> None:
    sets = [f"--set={item}" for item in ("dim=60", "heads=3", f"kv_heads={kv_heads}", "ffn=100")]
    arguments = [str(TALE), *sets, "--grid", grid, "--random-weights", seed, "--prompt", PROMPT]
    found = run_json(capsys, *arguments, "--tokens", "12")
    assert found["check"]["tokens_equal"] is True


def test_a_late_token_costs_more(program: Path) -> None:
    loaded = read_program(program)
    session = Session(loaded.module, load_weights(loaded.model, WEIGHTS))
    early = session.step(0, ord("A"))
    late = session.step(200, ord("A"))
    assert late.cycles > early.cycles * 1.2
    assert early.breakdown.total == early.cycles
    assert late.breakdown.total == late.cycles


def test_same_bytes_for_other_hash_seeds(tmp_path: Path) -> None:
    digests: set[str] = set()
    for seed in ("1", "77"):
        out = tmp_path / f"{seed}.wsx"
        start = "import sys; from wsc.compiler.cli.main import main; sys.exit(main(sys.argv[1:]))"
        command = [sys.executable, "-c", start, "compile", TALE.name, "-o", str(out), "--quiet"]
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run(command, check=True, env=environment, cwd=TALE.parent)
        digests.add(hashlib.sha256(out.read_bytes()).hexdigest())
    assert len(digests) == 1


# ---- the engine executes what stands in the file --------------------------------------------------


def rewrite(source: Path, target: Path, change: Callable[[str], str]) -> None:
    """Write a program file with changed routes and the right hash for them."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    changed = change(members["routes.mlir"])
    assert changed != members["routes.mlir"]
    members["routes.mlir"] = changed
    manifest = json.loads(members["manifest.json"])
    manifest["sha256"]["routes.mlir"] = hashlib.sha256(changed.encode()).hexdigest()
    members["manifest.json"] = json.dumps(manifest)
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)


def outcome(path: Path) -> list[int] | str:
    """The tokens after three positions, or the fault's text."""
    loaded = read_program(path)
    weights = load_weights(loaded.model, WEIGHTS)
    try:
        session = Session(loaded.module, weights)
        return [int(session.step(p, ord(c)).token or 0) for p, c in enumerate(TEXT[:3])]
    except MachineFault as fault:
        return str(fault)


@pytest.fixture(scope="module")
def right_tokens(program: Path) -> list[int] | str:
    found = outcome(program)
    assert isinstance(found, list)
    return found


def routes(text: str) -> list[re.Match[str]]:
    return list(re.finditer(r'"fabric.route"\(\) \{[^}]*\}', text))


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("kind", ["outputs", "input", "color"])
def test_one_switch_setting_decides(
    program: Path, right_tokens: list[int] | str, tmp_path: Path, part: float, kind: str
) -> None:
    """Flipping any one switch makes wrong tokens or a fault that names a PE, a color and a flow."""
    turn = {"N": "S", "S": "N", "E": "W", "W": "E", "RAMP": "N"}

    def flip(text: str) -> str:
        found = routes(text)
        route = found[int(part * len(found))]
        old = route[0]
        if kind == "outputs":
            new = re.sub(r'outputs = \["(\w+)"', lambda m: f'outputs = ["{turn[m[1]]}"', old)
            new = re.sub(r'\["(\w+)", "\1"', r'["\1"', new)
        elif kind == "input":
            new = re.sub(r'input = "(\w+)"', lambda m: f'input = "{turn[m[1]]}"', old)
        else:
            new = re.sub(r"color = (\d+)", "color = 20", old)
        return text[: route.start()] + new + text[route.end() :]

    flipped = tmp_path / "flipped.wsx"
    rewrite(program, flipped, flip)
    got = outcome(flipped)
    assert got != right_tokens
    if isinstance(got, str):
        assert re.search(r"PE \(\d+, \d+\)", got), got
        assert re.search(r"color \d+", got), got


def test_a_fault_ends_the_command_with_status_4(
    capsys: pytest.CaptureFixture[str], program: Path, tmp_path: Path
) -> None:
    def drop_broadcast(text: str) -> str:
        route = next(r for r in routes(text) if '"block.0.x.broadcast"' in r[0] and ', "RAMP"]' in r[0])
        new = route[0].replace(', "RAMP"]', "]")
        return text[: route.start()] + new + text[route.end() :]

    broken = tmp_path / "broken.wsx"
    rewrite(program, broken, drop_broadcast)
    arguments = ["--weights", str(WEIGHTS), "--prompt", PROMPT, "--tokens", "1", "--quiet"]
    status = main(["run", str(broken), *arguments])
    error = capsys.readouterr().err
    assert status == 4
    assert "deadlock" in error
    assert "block.0.x.broadcast" in error
    assert "tale.wdl" in error
    assert "Traceback" not in error
