"""The table of collectives against the literature, on a few small rows."""

from __future__ import annotations

import json
import subprocess
import sys

import collectives
from collectives import Case, claims_of, measure

from .conftest import BENCHMARKS


def test_a_small_table_holds_what_it_claims() -> None:
    command = [sys.executable, str(BENCHMARKS / "collectives.py"), "--json"]
    options = ["--parts", "4", "16", "--wavelets", "1", "40"]
    found = json.loads(subprocess.run([*command, *options], capture_output=True, check=True).stdout)
    assert [claim["misses"] for claim in found["claims"]] == [0] * len(found["claims"])
    assert all(claim["cases"] > 0 for claim in found["claims"])
    assert {case["name"] for case in found["cases"]} >= {*collectives.REDUCES, "ring", "broadcast"}


def test_both_engines_say_the_same() -> None:
    """Also of a tree of which messages want one link: it is settled who waits."""
    chain = measure("chain", 9, 20, ("wavelet", "stream"))
    assert chain.measured["wavelet"] == chain.measured["stream"] == chain.form
    tree = measure("tree", 9, 20, ("wavelet", "stream"))
    assert tree.cycles == tree.measured["wavelet"] == tree.measured["stream"]


def test_misses_are_seen() -> None:
    cases = [
        Case("star", 100, 10, 500, 995.0, {"wavelet": 1100}),
        Case("chain", 100, 10, 600, 604.0, {"wavelet": 600}),
        Case("tree", 4, 256, 700, 500.0, {"wavelet": 700}),
        Case("tree", 4, 10, 700, 500.0, {"wavelet": 700}),
        Case("best", 100, 10, 900, None, {"wavelet": 1300}),
    ]
    claims = claims_of(cases, {(100, 10): 900.0})
    assert [claim.misses for claim in claims] == [1, 1, 1, 1, 1, 1]
    assert claims[0].worst.startswith("star P=100 B=10: +10.6%")
