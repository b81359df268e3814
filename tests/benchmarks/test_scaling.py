"""The benchmark of scaling: what it measures, fits and draws."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from log_plot import Series, log_plot, power_fit
from scaling import main


def test_a_power_is_fitted() -> None:
    exponent, factor = power_fit([(x, 3 * x**1.5) for x in (1.0, 2.0, 10.0, 50.0)])
    assert (exponent, factor) == (pytest.approx(1.5), pytest.approx(3))
    with pytest.raises(ValueError, match="at two places"):
        power_fit([(2.0, 1.0), (2.0, 4.0)])


def test_the_plot_has_every_point() -> None:
    text = log_plot("t <1>", "x", "y", [Series("a & b", [(1, 2), (10, 20)]), Series("c", [(3, 1), (9, 1)])])
    circles = [e for e in ET.fromstring(text).iter() if e.tag.endswith("circle")]
    assert len(circles) == 2 + 2 + 2
    assert "a &amp; b" in text
    assert "power 1.00" in text
    assert "power 0.00" in text


def test_a_point_twice_as_high_is_drawn_higher() -> None:
    text = log_plot("t", "x", "y", [Series("s", [(1, 1), (10, 2), (100, 4)])])
    points = [e for e in ET.fromstring(text).iter() if e.tag.endswith("circle")][:3]
    xs, ys = ([float(p.attrib[key]) for p in points] for key in ("cx", "cy"))
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1], abs=0.2)
    assert ys[0] - ys[1] == pytest.approx(ys[1] - ys[2], abs=0.2)
    assert ys[0] > ys[1] > ys[2]


@pytest.mark.slow
def test_the_tables(tmp_path: Path) -> None:
    """Small grids: engines agree, and tables and plots are written."""
    out = tmp_path / "scaling.json"
    options = ["--sides", "16,32", "--tokens", "1,2", "--side", "16", "--repeat", "1"]
    assert main([*options, "--json", str(out), "--plots", str(tmp_path)]) == 0
    facts = json.loads(out.read_text("utf-8"))
    rows = [(row["work"], row["side"]) for row in facts["sizes"]]
    assert rows == [("traffic", 16), ("traffic", 32), ("model", 16), ("model", 32)]
    assert all(row["link_hops"] > row["pes"] for row in facts["sizes"])
    assert [row["tokens"] for row in facts["tokens"]] == [1, 2]
    for row in (*facts["sizes"], *facts["tokens"]):
        assert len(set(row["cycles"].values())) == 1
        assert all(seconds > 0 for seconds in row["seconds"].values())
    names = {path.name for path in tmp_path.glob("*.svg")}
    assert names == {"scaling_pes.svg", "scaling_hops.svg", "scaling_tokens.svg"}
