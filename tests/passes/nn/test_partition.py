"""Pass partition: how tensors are split, which collectives that needs, and what it refuses."""

import numpy as np
import pytest

from wsc.ir.attributes import (
    F16,
    F32,
    ArrayAttr,
    DenseElementsAttr,
    FloatAttr,
    IntegerAttr,
    StringAttr,
    SymbolRefAttr,
)
from wsc.ir.diagnostics import Diagnostic, DiagnosticError
from wsc.ir.dialects.dist import DistTensor, dist_tensor
from wsc.ir.layout import Split, heads_split
from wsc.ir.operation import Operation
from wsc.ir.verifier import verify
from wsc.passes.base import PassContext, operations_named, symbols
from wsc.passes.nn.partition import Partition
from wsc.passes.nn.specialize import Specialize

from ...support.compiled import SMALL_MLP, SMALL_TALE, front_end
from ...support.wdl import MLP, TALE


def partitioned(text: str, overrides: dict[str, str] | None = None) -> Operation:
    module = front_end(text, overrides)
    Specialize().run(module, PassContext())
    Partition().run(module, PassContext())
    assert verify(module) == []
    return module


def function_of(module: Operation) -> Operation:
    (function,) = operations_named(module, "dist.func")
    return function


def all_named(op: Operation, name: str) -> list[Operation]:
    return [nested for nested in op.walk() if nested.name == name]


def vector_model(body: str, declarations: str = "", result: str = "[seq, 6]") -> str:
    return f"""model vector {{
  dtype f16 accumulate f32
  weight w: [6, 6], b: [6] {declarations}
  forward(x: [seq, 6]) -> {result} {{
    {body}
  }}
  decode = forward
}}
"""


def failure(body: str, declarations: str = "", result: str = "[seq, 6]") -> Diagnostic:
    with pytest.raises(DiagnosticError) as caught:
        partitioned(vector_model(body, declarations, result))
    (found,) = caught.value.diagnostics
    return found


# ---- splits


def test_the_axis_of_a_vector_alternates() -> None:
    module = partitioned(MLP, SMALL_MLP)
    axes = [dist_tensor(op.operands[0]).dims[0].axis for op in all_named(module, "dist.matvec")]
    assert axes == ["y", "x", "y"]
    for op in all_named(module, "dist.matvec"):
        vector, matrix, product = (dist_tensor(value) for value in (*op.operands, op.result))
        assert matrix.dims[0] == vector.dims[0]
        assert {split.axis for split in matrix.dims} == {"x", "y"}
        assert product.partial == vector.dims[0].axis
        assert product.element == F32
        (reduce,) = op.result.users()
        assert reduce.name == "dist.all_reduce"


def test_weights_keep_their_names_and_kinds() -> None:
    module = front_end(TALE, SMALL_TALE)
    before = symbols(operations_named(module, "nn.variable"))
    after = symbols(operations_named(partitioned(TALE, SMALL_TALE), "dist.variable"))
    tables = after.keys() - before.keys()
    assert tables == {"block.rope0"}
    for name, op in before.items():
        assert after[name].attributes["kind"] == op.attributes["kind"]
        assert after[name].attributes["source"] == op.attributes["source"]
        kind = after[name].attribute("type", DistTensor)
        assert kind.element == F16
        assert kind.grid == ("block" if name.startswith("block.") else "io")
        stacked = after[name].attributes.get("stacked")
        assert (stacked == IntegerAttr(2)) == ("stacked" in op.attributes)


def test_heads_and_caches() -> None:
    module = partitioned(TALE, SMALL_TALE | {"dim": "24", "heads": "6", "kv_heads": "2", "context": "9"})
    variables = symbols(operations_named(module, "dist.variable"))
    assert variables["block.wq"].attribute("type", DistTensor).dims[1] == heads_split("x", 2, 3, 4)
    assert variables["block.wk"].attribute("type", DistTensor).dims[1] == heads_split("x", 2, 1, 4)
    assert variables["block.wo"].attribute("type", DistTensor).dims[0] == heads_split("x", 2, 3, 4)
    for name in ("block.keys", "block.values"):
        kind = variables[name].attribute("type", DistTensor)
        assert kind.dims == (Split(9, "y", cyclic=True), heads_split("x", 2, 1, 4))


def test_rotation_tables() -> None:
    """theta^(-2i/head_dim) for each pair, once per key head."""
    module = partitioned(TALE, SMALL_TALE | {"dim": "24", "heads": "4", "kv_heads": "2"})
    table = symbols(operations_named(module, "dist.variable"))["block.rope0"]
    values = table.attribute("values", DenseElementsAttr)
    expected = np.tile(10000.0 ** (-2 * np.arange(3) / 6), 2)
    assert np.allclose(values.elements(), expected, rtol=1e-6)
    assert table.attribute("type", DistTensor).dims == (Split(6, "x"),)
    # Angles depend on the position only, so they are computed before the layers.
    (loop,) = all_named(module, "dist.repeat")
    angles = [
        op for op in module.walk() if op.name == "dist.map" and op.attributes["fn"] == StringAttr("cos")
    ]
    assert angles
    assert all(not loop.is_ancestor_of(op) and dist_tensor(op.result).grid == "block" for op in angles)


def test_a_weight_used_along_both_axes_is_kept_twice() -> None:
    module = partitioned(vector_model("return x @ w @ w"))
    variables = operations_named(module, "dist.variable")
    kinds = {str(op.symbol_name): op.attribute("type", DistTensor).dims for op in variables}
    assert kinds == {"w": (Split(6, "y"), Split(6, "x")), "w.copy1": (Split(6, "x"), Split(6, "y"))}
    copies = {str(op.symbol_name): op.attributes.get("copy_of") for op in variables}
    assert copies == {"w": None, "w.copy1": StringAttr("w")}


def test_a_residual_of_another_axis_is_moved() -> None:
    module = partitioned(vector_model("return x @ w + x"))
    (moved,) = all_named(module, "dist.reslice")
    source, target = dist_tensor(moved.operands[0]), dist_tensor(moved.result)
    assert (source.dims[0].axis, target.dims[0].axis, target.partial) == ("y", "x", "y")
    (add,) = [op for op in all_named(module, "dist.map") if op.attributes["fn"] == StringAttr("add")]
    assert {dist_tensor(value).dims[0].axis for value in (*add.operands, add.result)} == {"x"}


def test_scalar_constants_stay_in_the_operation() -> None:
    module = partitioned(vector_model("return x * 0.25"))
    (scaled,) = all_named(module, "dist.map")
    assert (scaled.attributes["fn"], scaled.attributes["value"]) == (StringAttr("mul"), FloatAttr(0.25))


def test_a_layer_has_a_grid_of_its_own() -> None:
    module = partitioned(TALE, SMALL_TALE)
    assert [op.symbol_name for op in operations_named(module, "dist.grid")] == ["io", "block"]
    (loop,) = all_named(module, "dist.repeat")
    into, out = all_named(module, "dist.transfer")
    assert [dist_tensor(v).grid for v in (into.operands[0], into.result)] == ["io", "block"]
    assert [dist_tensor(v).grid for v in (out.operands[0], out.result)] == ["block", "io"]
    assert list(loop.operands) == [into.result]
    assert dist_tensor(loop.results[0]).dims == (Split(8, "y"),)


def test_inputs_and_outputs() -> None:
    function = function_of(partitioned(TALE, SMALL_TALE))
    (token,) = all_named(function, "dist.input")
    assert token.attributes["name"] == StringAttr("tokens")
    assert str(token.result.type) == "!dist.tensor<@io, [], i32>"
    names = function.body.operations[-1].attribute("names", ArrayAttr)
    assert [str(name) for name in names] == ['"token"', '"logits"']
    function = function_of(partitioned(vector_model("return -x")))
    assert str(function.body.operations[-1].attributes["names"]) == '["output0"]'


def test_the_first_of_the_largest_is_chosen_by_two_reductions() -> None:
    function = function_of(partitioned(TALE, SMALL_TALE))
    (argmax,) = all_named(function, "dist.argmax")
    reductions = [
        op.attribute("fn", StringAttr).value
        for op in function.body.operations
        if op.name == "dist.all_reduce" and argmax.is_before_in_block(op)
    ]
    assert reductions == ["max", "min"]


def test_every_operation_says_where_it_comes_from() -> None:
    module = partitioned(TALE, SMALL_TALE)
    for op in function_of(module).walk():
        assert "m.wdl" in str(op.location), op


def test_reads_name_variables_of_their_own_grid() -> None:
    module = partitioned(TALE, SMALL_TALE)
    variables = symbols(operations_named(module, "dist.variable"))
    for op in all_named(module, "dist.read"):
        variable = variables[op.attribute("variable", SymbolRefAttr).leaf]
        assert variable.attribute("type", DistTensor) == op.result.type
        assert len(op.operands) == ("stacked" in variable.attributes)


# ---- what cannot be partitioned

CACHES = "cache k: [4, 1, 6], v: [4, 1, 6]"
ATTENTION = """q = reshape(x @ w, [seq, 1, 6])
    r = reshape({rows}, [seq, 1, 6])
    a = attention(q, {keys}, {values}, causal = {causal})
    return reshape(a, [seq, 6])"""


def attention(
    rows: str = "x @ w", keys: str = "append(k, r)", values: str = "append(v, r)", causal: str = "true"
) -> str:
    return ATTENTION.format(rows=rows, keys=keys, values=values, causal=causal)


@pytest.mark.parametrize(
    ("body", "declarations", "message"),
    [
        (
            "return reshape(rope(reshape(x @ w, [seq, 1, 6])), [seq, 6]) + x",
            "",
            "features ordered by heads cannot be moved to the other axis",
        ),
        (
            attention(keys="r", values="r"),
            "",
            "attention reads its keys and values from caches; append them first",
        ),
        (
            attention(causal="false"),
            CACHES,
            "decode needs causal attention: later positions do not exist yet",
        ),
        (
            attention(rows="x @ w @ w"),
            CACHES,
            "queries, keys and values lie on different axes of the grid",
        ),
    ],
)
def test_what_is_refused(body: str, declarations: str, message: str) -> None:
    found = failure(body, declarations)
    assert found.message == message
    assert str(found).startswith("m.wdl:")


def test_an_unknown_strategy() -> None:
    module = front_end(MLP, SMALL_MLP)
    with pytest.raises(DiagnosticError) as caught:
        Partition(strategy="gemv-3d").run(module, PassContext())
    (found,) = caught.value.diagnostics
    assert (found.message, found.notes) == ("unknown strategy 'gemv-3d'", ("strategies: gemv-2d",))
