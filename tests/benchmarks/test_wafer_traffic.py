"""The machines whose speed is measured do what their descriptions say."""

import numpy as np
import pytest
from wafer_traffic import SETUP_CYCLES, busy_mesh, whole_wafer

from wsc.runtime import bytecode as bc


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
