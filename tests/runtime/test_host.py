"""The host's view: tensors into the PEs' memories and back, each element where the layout says."""

from typing import Any

import numpy as np
import pytest

from wsc.ir.attributes import DenseElementsAttr, IntegerAttr, StringAttr, SymbolRefAttr
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.operation import Operation
from wsc.ir.variable_values import DTYPES, Array, expand
from wsc.passes.base import operations_named, symbols
from wsc.runtime.host import Coordinates, Variables, gather, scatter

from ..support.compiled import SMALL_MLP, SMALL_TALE, TINY, compile_shaped
from ..support.tiles import tiles_of
from ..support.wdl import MLP, TALE

Place = tuple[int, int, int]


class Bytes:
    """Memories that note which bytes were written."""

    def __init__(self) -> None:
        self.memory: dict[tuple[int, int], np.ndarray[Any, np.dtype[np.uint8]]] = {}
        self.written: set[Place] = set()

    def at(self, x: int, y: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
        return self.memory.setdefault((x, y), np.zeros(TINY.sram_bytes, np.uint8))

    def write(self, x: Coordinates, y: Coordinates, offset: int, values: Array) -> None:
        for column, row, line in zip(x.tolist(), y.tolist(), values, strict=True):
            data = np.frombuffer(line.tobytes(), np.uint8)
            self.at(column, row)[offset : offset + data.size] = data
            self.written |= {(column, row, offset + i) for i in range(data.size)}

    def read(self, x: Coordinates, y: Coordinates, offset: int, dtype: np.dtype[Any], count: int) -> Array:
        end = offset + count * dtype.itemsize
        places = zip(x.tolist(), y.tolist(), strict=True)
        return np.stack([self.at(*place)[offset:end].view(dtype) for place in places])


@pytest.fixture(scope="module", params=[(1, 1), (3, 2), (2, 5)], ids=str)
def tale(request: pytest.FixtureRequest) -> Operation:
    sizes = SMALL_TALE | {"layers": "5", "dim": "12", "heads": "3", "kv_heads": "1"}
    return compile_shaped(TALE, request.param, sizes, stages=3, verify_each=False).module


def numbered(variables: Variables, name: str) -> Array:
    shape = variables.shape(name)
    values = np.arange(np.prod(shape, dtype=np.int64)) % 2000 + 1
    return values.reshape(shape).astype(DTYPES[str(variables.type(name).element)])


def test_what_was_written_is_read_back(tale: Operation) -> None:
    """All variables at once, so that none lies over another."""
    memory, variables = Bytes(), Variables(tale)
    for name in variables.by_name:
        scatter(memory, variables, name, numbered(variables, name))
    for name in variables.by_name:
        assert np.array_equal(gather(memory, variables, name), numbered(variables, name)), name


def test_a_variable_stays_inside_its_buffer(tale: Operation) -> None:
    variables = Variables(tale)
    regions = symbols(operations_named(tale, "fabric.region"))
    for name, op in variables.by_name.items():
        memory = Bytes()
        scatter(memory, variables, name, numbered(variables, name))
        reference = op.attribute("buffer", SymbolRefAttr)
        (buffer,) = (
            inner for inner in regions[reference.root].body.operations if inner.symbol_name == reference.leaf
        )
        start = buffer.attribute("offset", IntegerAttr).value
        room = range(start, start + buffer.attribute("bytes", IntegerAttr).value)
        assert {at for _, _, at in memory.written} <= set(room), name


def test_every_element_lies_where_the_layout_says(tale: Operation) -> None:
    variables = Variables(tale)
    for name in variables.by_name:
        values, memory = numbered(variables, name), Bytes()
        scatter(memory, variables, name, values)
        places: set[Place] = set()
        for tile in tiles_of(tale, name):
            part = np.asarray(values[tile.slice])
            data = (part[np.ix_(*tile.indices)] if tile.indices else part).tobytes()
            assert memory.at(tile.x, tile.y)[tile.offset : tile.offset + len(data)].tobytes() == data, name
            places |= {(tile.x, tile.y, tile.offset + i) for i in range(len(data))}
        assert memory.written == places, name


def test_what_was_spoilt_on_one_pe_is_read_from_no_other(tale: Operation) -> None:
    """Every element of a matrix is on one PE only, and comes from there."""
    memory, variables = Bytes(), Variables(tale)
    values = numbered(variables, "block.gate")
    scatter(memory, variables, "block.gate", values)
    tile = next(t for t in tiles_of(tale, "block.gate") if t.slice == (3,) and all(map(np.size, t.indices)))
    memory.at(tile.x, tile.y)[tile.offset] ^= 1
    (first,) = np.argwhere(gather(memory, variables, "block.gate") != values)
    assert first.tolist() == [3, tile.indices[0][0], tile.indices[1][0]]


def test_each_stage_holds_its_own_layers(tale: Operation) -> None:
    tiles = list(tiles_of(tale, "block.wq"))
    layers: dict[tuple[int, int], list[int]] = {}
    for tile in tiles:
        if tile.indices[0].size and tile.indices[1].size:
            layers.setdefault((tile.x, tile.y), []).extend(tile.slice)
    assert {tuple(found) for found in layers.values()} == {(0, 1), (2, 3), (4,)}


def test_tiles_of_a_matrix_are_disjoint_and_complete(tale: Operation) -> None:
    variables = Variables(tale)
    counts = np.zeros(variables.shape("block.gate"), int)
    for tile in tiles_of(tale, "block.gate"):
        counts[tile.slice][np.ix_(*tile.indices)] += 1
    assert (counts == 1).all()


def test_a_vector_is_on_every_pe_of_the_other_axis(tale: Operation) -> None:
    variables = Variables(tale)
    split = variables.type("block.norm1").dims[0]
    (region,) = (op for op in operations_named(tale, "fabric.region") if op.symbol_name == "block")
    other = region.attribute("width" if split.axis == "y" else "height", IntegerAttr).value
    counts = np.zeros(variables.shape("block.norm1"), int)
    for tile in tiles_of(tale, "block.norm1"):
        counts[tile.slice][tile.indices[0]] += 1
    assert (counts == other).all()


def test_a_scalar_is_everywhere(tale: Operation) -> None:
    memory, variables = Bytes(), Variables(tale)
    scatter(memory, variables, "input.tokens", np.array(7, np.int32))
    places = {(x, y) for x, y, _ in memory.written}
    (top,) = (op for op in operations_named(tale, "fabric.region") if op.symbol_name == "io")
    assert len(places) == np.prod([top.attribute(k, IntegerAttr).value for k in ("width", "height")])
    assert gather(memory, variables, "input.tokens") == 7


def test_kinds_and_shapes(tale: Operation) -> None:
    variables = Variables(tale)
    assert variables.of_kind("input", "output") == ["input.tokens", "output.token", "output.logits"]
    assert variables.of_kind("cache") == ["block.keys", "block.values"]
    assert variables.of_kind("nothing") == []
    assert variables.shape("block.keys") == (5, 8, 4)
    assert variables.shape("output.logits") == (16,)
    assert variables.shape("output.token") == ()


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (np.zeros(15, np.float16), r"float16 \[15\]"),
        (np.zeros((1, 16), np.float16), r"float16 \[1, 16\]"),
        (np.zeros(16, np.float64), r"float64 \[16\]"),
    ],
)
def test_values_that_do_not_fit(tale: Operation, values: Array, found: str) -> None:
    with pytest.raises(ValueError, match=rf"'output.logits' takes float16 \[16\], not {found}"):
        scatter(Bytes(), Variables(tale), "output.logits", values)


# ---- values of weights and constants


def variable(name: str, **attributes: Any) -> Operation:
    """A variable of the small network, with other attributes."""
    module = compile_shaped(MLP, (2, 2), SMALL_MLP, verify_each=False).module
    op = Variables(module).by_name[name]
    op.attributes.update(attributes)
    return op


def test_a_weight() -> None:
    op = variable("w1")
    values = np.arange(30, dtype=np.float32).reshape(6, 5)
    expanded = expand("w1", op, {"w1": values})
    assert expanded.dtype == np.float16
    assert np.array_equal(expanded, values)


def test_a_copy_has_the_values_of_what_it_is_a_copy_of() -> None:
    op = variable("w1", copy_of=StringAttr("other"))
    values = np.arange(30, dtype=np.float16).reshape(6, 5)
    assert np.array_equal(expand("w1.copy1", op, {"other": values, "w1": values + 1}), values)


def test_heads_and_layers_are_flattened(tale: Operation) -> None:
    variables = Variables(tale)
    values = np.arange(5 * 8 * 4, dtype=np.float16).reshape(5, 8, 1, 4)
    expanded = expand("block.keys", variables.by_name["block.keys"], {"block.keys": values})
    assert expanded.shape == (5, 8, 4)
    assert np.array_equal(expanded, values.reshape(5, 8, 4))


def test_constants_come_with_the_program(tale: Operation) -> None:
    op = Variables(tale).by_name["block.rope0"]
    values = op.attribute("values", DenseElementsAttr)
    assert np.array_equal(expand("block.rope0", op, {}), np.array(values.elements(), np.float32))


def test_equal_constants_are_repeated() -> None:
    """Values that are all equal are kept once."""
    sizes = SMALL_TALE | {"dim": "6", "heads": "3", "kv_heads": "3"}
    module = compile_shaped(TALE, (2, 2), sizes, stages=1, verify_each=False).module
    op = Variables(module).by_name["block.rope0"]
    assert len(op.attribute("values", DenseElementsAttr).values) == 1
    assert expand("block.rope0", op, {}).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({}, "no values for weight 'w1'"),
        ({"w2": np.zeros((6, 5))}, "no values for weight 'w1'"),
        ({"w1": np.zeros((6, 6))}, "'w1' has shape [6, 6]; the program splits [6, 5]"),
    ],
)
def test_weights_that_do_not_fit(weights: dict[str, Array], message: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        expand("w1", variable("w1"), weights)
    (found,) = caught.value.diagnostics
    assert found.message == message
    assert str(found).startswith("m.wdl:")


def test_tiles_of_experts_are_disjoint_and_complete() -> None:
    text = """model m { dtype f16
      layer expert(x: [seq, 6]) -> [seq, 6] { weight w: [6, 6] return x @ w }
      layer block(x: [seq, 6]) -> [seq, 6] { weight r: [6, 3] return mixture(3, expert, x, x @ r) }
      forward(x: [seq, 6]) -> [seq, 6] { return repeat(5, block, x) } decode = forward }"""
    module = compile_shaped(text, (2, 3), stages=2).module
    variables = Variables(module)
    counts = np.zeros(variables.shape("block.expert.w"), int)
    assert counts.shape == (5, 3, 6, 6)
    places: set[tuple[int, int, int]] = set()
    for tile in tiles_of(module, "block.expert.w"):
        counts[tile.slice][np.ix_(*tile.indices)] += 1
        assert (tile.x, tile.y, tile.offset) not in places
        places.add((tile.x, tile.y, tile.offset))
    assert (counts == 1).all()
