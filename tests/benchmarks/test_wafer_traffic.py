"""The machines whose speed is measured do what their descriptions say."""

import json

import numpy as np
import pytest
from wafer_traffic import SETUP_CYCLES, busy_mesh, whole_wafer

from wsc.compiler.cli.heat.maps import Picture, link_maps
from wsc.compiler.cli.heat.svg import svg_of
from wsc.runtime import bytecode as bc
from wsc.runtime.trace.chrome import ChromeTrace
from wsc.runtime.wavelet.state import LOG_RUNS


@pytest.mark.parametrize(("width", "height"), [(3, 3), (6, 5), (4, 8)])
def test_rows_broadcast_then_columns_reduce(width: int, height: int) -> None:
    machine = whole_wafer(width, height, 16)
    values = np.arange(width * height * 16).reshape(height, width, 16)
    machine.floats[...] = values.reshape(width * height, 16)
    result = machine.run_step()
    # Each row has what its first PE had; the first PE of each column has the sum of all rows.
    assert (machine.floats.reshape(values.shape)[0] == values[:, 0].sum(axis=0)).all()
    assert result.link_hops == 16 * (height * (width - 1) + width * (height - 1))
    assert result.cycles < 2 * SETUP_CYCLES + 2 * 16 + width + 6 * height + 10


def test_the_mesh_is_kept_busy() -> None:
    result = busy_mesh(8, 4, 3, bc.F32).run_step()
    assert result.link_hops == 3 * 2 * 2 * 8 * 7 * 4
    assert result.contended == 0


def test_a_wafer_without_inner_pes() -> None:
    with pytest.raises(ValueError, match="2 x 9 PEs are too few"):
        whole_wafer(2, 9, 16)


@pytest.mark.slow
def test_a_trace_and_a_picture_of_the_whole_wafer_can_be_opened() -> None:
    """They hold what a browser opens at once, and say what they leave out."""
    machine = whole_wafer(750, 994, 16)
    result = machine.run_step(engine="stream", data=False, log_level=LOG_RUNS, count_loads=True)
    assert result.loads is not None
    trace = ChromeTrace(machine, {})
    trace.step(result, "step", {}, detail=True)
    data = trace.to_bytes()
    assert len(data) < 2_000_000
    file = json.loads(data)
    assert file["otherData"]["left out"] == [f"{len(file['otherData']['PEs'])} of 745,500 PEs are shown"]
    counts = [event["args"] for event in file["traceEvents"] if event["name"] == "communications"]
    assert max(count["moving"] + count["waiting"] for count in counts) > 700_000
    maps = link_maps(result.loads, result.cycles, machine.pe_index)
    assert maps[0].top == maps[1].top == 100 * 16 / result.cycles
    assert len(svg_of(Picture("traffic", maps, [], 750, 994))) < 1_000_000
