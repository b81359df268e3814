"""The benchmark of how compiling grows: what it measures, and what it says of it."""

import json

import pytest
from compile_growth import Row, aims_of, compile_here, growth, main


def row(layers: int, side: int, seconds: float, problem: str | None = None) -> Row:
    return Row("real", layers, side, side, seconds, 10**9, {}, problem)


def test_growth_is_per_doubling() -> None:
    rows = [row(1, 64, 1.0), row(4, 64, 4.0), row(1, 512, 8.0), row(4, 512, 9.0, "does not fit")]
    assert list(growth(rows)) == [
        ("real, side 64: layers 1 to 4", pytest.approx(2.0), 1.3),
        ("real, 1 layers: sides 64 to 512", pytest.approx(2.0), 1.5),
    ]


def test_the_whole_wafer_has_aims_of_its_own() -> None:
    found = [aim.met for aim in aims_of([], row(32, 750, 30.0))]
    assert found == [False, True]
    assert aims_of([], row(32, 750, 30.0, "does not fit")) == []


def test_what_does_not_fit_is_said() -> None:
    found = compile_here("real", 32, 64, 64)
    assert found.problem is not None
    assert "too many each" in found.problem
    assert "place" in found.passes
    assert "route" not in found.passes


@pytest.mark.slow
def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--layers", "1,2", "--sides", "16,32", "--memory", "roomy", "--json"])
    facts = json.loads(capsys.readouterr().out)
    assert [(r["layers"], r["width"]) for r in facts["rows"]] == [(1, 16), (1, 32), (2, 16), (2, 32)]
    assert all(r["problem"] is None and r["passes"]["emit"] > 0 for r in facts["rows"])
    assert len(facts["aims"]) == 4
