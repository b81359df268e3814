"""The benchmark of wafers with defects: it compiles around them, and what it computes stays the same."""

from __future__ import annotations

import json

import pytest
from defects import main

SIZES = {"dim": 8, "heads": 2, "kv_heads": 1, "ffn": 12, "vocab": 16, "layers": 2, "context": 8}


@pytest.mark.slow
def test_a_few_wafers(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = [word for name, value in SIZES.items() for word in ("--set", f"{name}={value}")]
    main(["--grid", "8x6", "--defects", "0,2,40", "--wafers", "2", "--json", *sizes])
    rows = json.loads(capsys.readouterr().out)
    assert [(row["defects"], row["wafers"]) for row in rows] == [(0, 1), (2, 2), (40, 2)]
    for row in rows:
        assert row["same_results"] == row["compiled"]
        assert row["compiled"] + sum(row["errors"].values()) == row["wafers"]
    assert rows[0]["compiled"] == rows[0]["wafers"]
    assert rows[1]["compiled"] == rows[1]["wafers"]
    assert all(error.startswith(("no place was found", "defects cut flow")) for error in rows[2]["errors"])
