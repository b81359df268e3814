"""`wsc run` on the simulated wafer: what it prints where, its JSON, checks, faults, wrong command lines."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from wsc.compiler.cli.main import main
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.runtime.fault import FaultDetail, MachineFault
from wsc.runtime.session import Session

from ...support.wdl import EXAMPLES
from .conftest import CLASSIFIER, Command

PROMPT = "A token woke"
TALE = (EXAMPLES / "tale" / "tale.txt").read_text("ascii")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the two examples as program files beside their weights."""
    folder = tmp_path_factory.mktemp("programs")
    for name in ("tale", "mlp"):
        shutil.copy(EXAMPLES / name / f"{name}.safetensors", folder)
        program = folder / f"{name}.wsx"
        assert main(["compile", str(EXAMPLES / name / f"{name}.wdl"), "-o", str(program), "--quiet"]) == 0
    return folder


def test_the_tale_goes_on(wsc: Command, compiled: Path) -> None:
    done = wsc("run", str(compiled / "tale.wsx"), "--prompt", PROMPT, "--tokens", "6")
    assert done.status == 0
    assert done.out == TALE[len(PROMPT) : len(PROMPT) + 6] + "\n"
    assert "\x1b" not in done.err
    rows = [line.split() for line in done.err.splitlines()]
    assert [row[0] for row in rows if row and row[0].isdecimal()] == ["11", "12", "13", "14", "15", "16"]
    for line in ("tokens per second", "estimated by the compiler", "host input and output", "software"):
        assert line in done.err


def test_json(wsc: Command, compiled: Path) -> None:
    done = wsc("run", str(compiled / "tale.wsx"), "--prompt", PROMPT, "--tokens", "3", "--json", "--check")
    assert done.status == 0
    found = json.loads(done.out)
    assert found["model"] == "tale"
    assert found["entry"] == "decode"
    assert found["target"] == "tiny"
    assert found["engine"] == "wavelet"
    assert found["certificate"] is None
    assert found["clock_hz"] == 850_000_000
    assert found["prompt"]["tokens"] == len(PROMPT)
    assert found["text"] == TALE[len(PROMPT) : len(PROMPT) + 3]
    assert [token["index"] for token in found["tokens"]] == [0, 1, 2]
    assert [token["position"] for token in found["tokens"]] == [11, 12, 13]
    assert bytes(token["id"] for token in found["tokens"]).decode() == found["text"]
    cycles = [token["cycles"] for token in found["tokens"]]
    assert found["cycles_per_token"] == pytest.approx(sum(cycles) / 3)
    assert found["tokens_per_second"] == pytest.approx(850e6 / found["cycles_per_token"])
    assert sum(found["breakdown"].values()) == pytest.approx(found["cycles_per_token"])
    assert found["prompt"]["cycles"] > 11 * min(cycles) * 0.9
    assert 0 < found["layer_cycles"] < found["cycles_per_token"] / 3
    assert found["check"]["tokens_equal"] is True
    assert 0 <= found["check"]["max_abs_error"] < 0.1
    assert found["estimated_cycles_per_token"] == pytest.approx(found["cycles_per_token"], rel=0.5)


def test_digits(wsc: Command, compiled: Path) -> None:
    digits = str(EXAMPLES / "mlp" / "digits.npz")
    done = wsc("run", str(compiled / "mlp.wsx"), "--input", digits, "--check", "--quiet")
    assert (done.status, done.err) == (0, "")
    assert done.out == "".join(f"{digit}\n" for digit in range(10))


def test_a_model_is_compiled_first(wsc: Command, classifier: Path, folder: Path) -> None:
    np.savez(folder / "x.npz", x=np.eye(6))
    arguments = ("--random-weights", "7", "--input", "x.npz", "--grid", "2x2", "--json", "--check")
    done = wsc("run", "classifier.wdl", *arguments, "-o", "kept.wsx")
    assert done.status == 0
    assert "floor plan: 2 x 2 PEs" in done.err
    found = json.loads(done.out)
    assert len(found["tokens"]) == 6
    assert found["prompt"] is found["text"] is None
    again = wsc("run", "kept.wsx", *arguments[:4], "--json")
    assert json.loads(again.out)["tokens"] == found["tokens"]


def test_an_entry_that_chooses_no_token(wsc: Command, folder: Path) -> None:
    (folder / "m.wdl").write_text(CLASSIFIER.replace("greedy(forward)", "forward"), "utf-8")
    np.savez(folder / "x.npz", x=np.eye(6)[:2])
    arguments = ("run", "m.wdl", "--random-weights", "7", "--input", "x.npz", "--grid", "2x2", "--check")
    done = wsc(*arguments, "--quiet")
    assert done.status == 0
    numbers = np.array([[float(word) for word in line.split()] for line in done.out.splitlines()])
    assert numbers.shape == (2, 4)
    found = json.loads(wsc(*arguments, "--json").out)
    assert [token["id"] for token in found["tokens"]] == [None, None]
    outputs = np.array([next(iter(token["outputs"].values())) for token in found["tokens"]])
    assert np.allclose(outputs, numbers, rtol=1e-4)


def test_stop_after(wsc: Command, classifier: Path) -> None:
    done = wsc("run", "classifier.wdl", "--stop-after", "partition")
    assert done.status == 0
    assert "dist.func" in done.out


def test_a_failed_check(wsc: Command, compiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = NnInterpreter.step

    def wrong(self: NnInterpreter, entry: str, inputs: Any, position: int) -> Any:
        token, logits = right(self, entry, inputs, position)
        return token + 1, logits

    monkeypatch.setattr(NnInterpreter, "step", wrong)
    arguments = ("run", str(compiled / "tale.wsx"), "--prompt", "A t", "--tokens", "2", "--check")
    done = wsc(*arguments, "--json")
    assert done.status == 4
    assert json.loads(done.out)["check"]["tokens_equal"] is False
    assert "check failed: 2 of 2 tokens differ, the first at position 2" in done.err
    assert "NOT as the model in NumPy" in done.err


def test_a_fault(wsc: Command, compiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Session.step

    def stuck(self: Session, position: int, value: Any = None) -> Any:
        if position == 7:
            detail = FaultDetail(5, 2, "waits for a wavelet", 3, "link0.row2", "pe.recv", "tale.wdl:13:9")
            raise MachineFault("deadlock", "nothing can move", (detail,))
        return right(self, position, value)

    monkeypatch.setattr(Session, "step", stuck)
    done = wsc("run", str(compiled / "tale.wsx"), "--prompt", "A token", "--tokens", "4")
    assert done.status == 4
    assert "the machine stopped: deadlock: nothing can move" in done.err
    for part in ("PE (5, 2)", "color 3", "link0.row2", "tale.wdl:13:9"):
        assert part in done.err
    assert done.out == " \n"
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--prompt", "A", "--grid", "4x4"], "--grid is for compiling"),
        (["--prompt", "A", "--set", "dim=3"], "--set is for compiling"),
        (["--prompt", "A", "-o", "x.wsx"], "-o is for compiling"),
        (["--prompt", PROMPT, "--tokens", "245"], "context of 256"),
        (["--prompt", "x" * 257], "context of 256"),
        ([], "--prompt TEXT"),
    ],
)
def test_wrong_command_lines(wsc: Command, compiled: Path, arguments: list[str], says: str) -> None:
    done = wsc("run", str(compiled / "tale.wsx"), *arguments)
    assert done.status == 2
    assert says in done.err
    assert done.out == ""


def test_no_weights(wsc: Command, compiled: Path, folder: Path) -> None:
    shutil.copy(compiled / "tale.wsx", folder / "other.wsx")
    done = wsc("run", "other.wsx", "--prompt", "A")
    assert done.status == 1
    assert "no weights beside the model" in done.err
    assert "--random-weights SEED" in done.err
    shutil.copy(compiled / "tale.safetensors", folder)
    assert wsc("run", "other.wsx", "--prompt", "A token", "--tokens", "1").out == TALE[7] + "\n"


def test_a_program_of_another_name(wsc: Command, compiled: Path, folder: Path) -> None:
    shutil.copy(compiled / "tale.wsx", folder / "program")
    shutil.copy(compiled / "tale.safetensors", folder)
    assert wsc("run", "program", "--prompt", "A token", "--tokens", "1").out == TALE[7] + "\n"


def test_the_wrong_weights(wsc: Command, compiled: Path) -> None:
    weights = str(compiled / "mlp.safetensors")
    done = wsc("run", str(compiled / "tale.wsx"), "--prompt", "A", "--weights", weights)
    assert done.status == 1
    assert "has no tensor 'embed'" in done.err


def test_a_damaged_program(wsc: Command, compiled: Path, folder: Path) -> None:
    data = bytearray((compiled / "tale.wsx").read_bytes())
    data[len(data) // 2] ^= 0xFF
    (folder / "bad.wsx").write_bytes(data)
    for name in ("bad.wsx", "missing.wsx"):
        done = wsc("run", name, "--prompt", "A")
        assert done.status == 1
        assert name in done.err
        assert "Traceback" not in done.err


def test_foreign_names_of_weights(wsc: Command, classifier: Path, folder: Path) -> None:
    """The table of names goes with the program; the weights of a file by those names give the same rows."""
    rng = np.random.Generator(np.random.PCG64(5))
    w, b = rng.random((6, 4), np.float32), rng.random(4, np.float32)
    table = '  names { w = transpose("fc.weight") b = "fc.bias"[1 : 1 + classes] }\n}\n'
    classifier.write_text(CLASSIFIER.rstrip().removesuffix("}") + table, "utf-8")
    foreign = {"fc.weight": np.ascontiguousarray(w.T), "fc.bias": np.concatenate([b[:1], b]), "step": b}
    save_file(foreign, folder / "classifier.safetensors")
    np.savez(folder / "rows.npz", x=rng.random((3, 6), np.float32))
    assert wsc("compile", "classifier.wdl", "--grid", "2x2", "--quiet").status == 0
    done = wsc("run", "classifier.wsx", "--input", "rows.npz", "--check", "--json")
    assert done.status == 0
    assert "note: the model does not use tensor 'step' of 'classifier.safetensors'" in done.err
    (folder / "classifier.wdl").write_text(CLASSIFIER, "utf-8")
    save_file({"w": w, "b": b}, folder / "classifier.safetensors")
    again = wsc("run", "classifier.wdl", "--input", "rows.npz", "--check", "--json", "--grid", "2x2")
    assert json.loads(again.out)["tokens"] == json.loads(done.out)["tokens"]


FUNCTIONS = """\
model functions {
  const n = 6
  dtype f16 accumulate f32
  weight g: [n], w: [n, n]
  normed(x: [seq, n], by: [n], times: []) -> [seq, n] { return rmsnorm(x, by) * times }
  twice(x: [seq, n], m: [n, n]) -> [seq, n] { return normed(relu(normed(x, g, 0.5) @ m), g, 2) }
  layer block(x: [seq, n]) -> [seq, n] {
    weight up: [n, n], scale: [n]
    return x + twice(x, up) + normed(x, scale, 1)
  }
  forward(x: [seq, n]) -> [seq, n] { return twice(repeat(2, block, x), w) }
  decode = greedy(forward)
}
"""


def test_functions_run_on_the_wafer(wsc: Command, folder: Path) -> None:
    (folder / "functions.wdl").write_text(FUNCTIONS, "utf-8")
    np.savez(folder / "rows.npz", x=np.linspace(-2, 2, 12, dtype=np.float32).reshape(2, 6))
    arguments = ("--random-weights", "3", "--grid", "2x3", "--input", "rows.npz", "--check", "--json")
    done = wsc("run", "functions.wdl", *arguments)
    assert done.status == 0, done.err
    assert json.loads(done.out)["check"]["tokens_equal"]
