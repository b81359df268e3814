"""A run's result: the JSON that scripts rely on, and the tables for people."""

import io
import json

import pytest
from rich.console import Console

from wsc.compiler.cli.results import CheckResult, PromptResult, RunResult, TokenResult, WindowResult
from wsc.compiler.cli.views.summary import summary
from wsc.ir.target import load_target


def token(index: int, cycles: int, text: str | None = "a") -> TokenResult:
    breakdown = {
        "compute": cycles / 2,
        "hops": cycles / 4,
        "serialization": 0.0,
        "software": cycles / 4,
        "wait": 0.0,
    }
    return TokenResult(index, index + 3, 97, text, cycles, breakdown, cycles / 10, {"logits": [1.0]})


def result(**changes: object) -> RunResult:
    fields: dict[str, object] = {
        "model": "tale",
        "entry": "decode",
        "target": "tiny",
        "engine": "wavelet",
        "clock_hz": 850_000_000,
        "prompt": PromptResult(4, 7000),
        "tokens": [token(0, 1000, "a"), token(1, 2000, "b")],
        "estimated_cycles_per_token": 1800.0,
        "check": None,
    }
    return RunResult(**{**fields, **changes})  # type: ignore[arg-type]


def test_json() -> None:
    found = json.loads(json.dumps(result().as_json(), allow_nan=False))
    assert set(found) == {
        *("model", "entry", "target", "engine", "clock_hz", "prompt", "tokens", "text", "tokens_per_second"),
        *("cycles_per_token", "layer_cycles", "estimated_cycles_per_token", "breakdown", "check", "window"),
        *("timing_only", "certificate", "layers"),
    }
    assert found["prompt"] == {"tokens": 4, "cycles": 7000}
    assert found["text"] == "ab"
    first = found["tokens"][0]
    assert set(first) == {"index", "position", "id", "text", "cycles", "latency_us"}
    assert first["latency_us"] == pytest.approx(1000 / 850)
    assert found["cycles_per_token"] == 1500
    assert found["tokens_per_second"] == pytest.approx(850e6 / 1500)
    assert found["layer_cycles"] == 150
    assert set(found["breakdown"]) == {"compute", "hops", "serialization", "software", "wait"}
    assert sum(found["breakdown"].values()) == found["cycles_per_token"]
    assert found["check"] is None
    assert found["window"] is None
    assert found["timing_only"] is False


def test_what_is_not_known_is_null() -> None:
    plain = TokenResult(
        0, 0, None, None, 10, dict.fromkeys(token(0, 1).breakdown, 2.0), None, {"y": [1.5, float("nan")]}
    )
    found = result(prompt=None, tokens=[plain], estimated_cycles_per_token=None).as_json()
    assert found["prompt"] is found["text"] is found["layer_cycles"] is None
    assert found["estimated_cycles_per_token"] is None
    (only,) = json.loads(json.dumps(found["tokens"], allow_nan=False))
    assert only["id"] is only["text"] is None
    assert only["outputs"] == {"y": [1.5, None]}


def test_of_a_timing_only_the_cycles_are_known() -> None:
    plain = TokenResult(0, 7, None, None, 1000, token(0, 1000).breakdown, 30.0, {})
    run = result(prompt=None, tokens=[plain], timing_only=True)
    found = run.as_json()
    assert found["timing_only"] is True
    assert found["tokens"] == [
        {
            "index": 0,
            "position": 7,
            "id": None,
            "text": None,
            "cycles": 1000,
            "latency_us": 1000 / 850_000_000 * 1e6,
        }
    ]
    assert found["text"] is None
    text = " ".join(rendered(run).split())
    assert "mean per position 1,000.0 cycles" in text
    assert "time only" in text
    assert "not computed text, results" in text


def test_check_in_json() -> None:
    found = result(check=CheckResult(0.25, True, None)).as_json()
    assert found["check"] == {"max_abs_error": 0.25, "tokens_equal": True}
    found = result(check=CheckResult(float("inf"), False, "wrong")).as_json()
    assert found["check"] == {"max_abs_error": None, "tokens_equal": False}


def of_a_window(count: int, cycles: int) -> RunResult:
    shares = {key: value / count for key, value in token(0, cycles).breakdown.items()}
    tokens = [TokenResult(row, row, 97, "a", None, shares, cycles / 10, {}) for row in range(count)]
    return result(prompt=None, entry="encode", tokens=tokens, window=WindowResult(count, cycles))


def test_the_rows_of_a_window_share_its_cycles() -> None:
    found = of_a_window(4, 1000).as_json()
    assert found["window"] == {"rows": 4, "cycles": 1000}
    assert found["cycles_per_token"] == 250
    assert found["tokens_per_second"] == pytest.approx(850e6 / 250)
    assert found["layer_cycles"] == 100
    shares, tokens = found["breakdown"], found["tokens"]
    assert isinstance(shares, dict)
    assert sum(shares.values()) == 250
    assert isinstance(tokens, list)
    assert [row["cycles"] for row in tokens] == [None] * 4
    assert {row["latency_us"] for row in tokens} == {1000 / 850e6 * 1e6}


def test_a_summary_of_a_window() -> None:
    text = rendered(of_a_window(4, 1000))
    lines = {line.split("  ")[0].strip(): line for line in text.splitlines()}
    assert "250.0 cycles, 0.29 µs, over 4 rows" in lines["mean per row"]
    assert "4 rows, 1,000 cycles, 1.18 µs" in lines["one execution"]


def rendered(run: RunResult) -> str:
    description = load_target("tiny")
    console = Console(file=io.StringIO(), width=110, force_terminal=False, color_system=None)
    with console.capture() as capture:
        console.print(summary(run, description, description.target, console))
    return capture.get()


def test_summary() -> None:
    text = rendered(result(check=CheckResult(0.25, True, None)))
    lines = {line.split("  ")[0].strip(): line for line in text.splitlines()}
    assert "566,667 at 850 MHz" in lines["tokens per second"]
    assert "1,500.0 cycles, 1.76 µs, over 2 tokens" in lines["mean per token"]
    assert "4 tokens, 7,000 cycles" in lines["prompt"]
    assert "1,800.0 cycles, +20.0% from the simulated" in lines["estimated by the compiler"]
    assert "tokens equal, largest error 0.25" in lines["check"]
    assert "50.0%" in lines["compute"]
    assert "#" * 15 in lines["compute"]
    assert "750.0" in lines["compute"]
    assert "special_function_cycles 30" in text
    assert "vector_call_cycles 6" in text
    assert "host input and output" in text
    assert "\x1b" not in text


def test_a_summary_of_rows_says_rows() -> None:
    text = rendered(result(prompt=None))
    assert "rows per second" in text
    assert "per token" not in text
