"""Pass partition: axes, positions, moved elements and weights alone; what it refuses of them."""

import pytest

from wsc.ir.attributes import DenseArrayAttr, StringAttr
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.dialects.dist import dist_tensor
from wsc.ir.layout import Split
from wsc.ir.operation import Operation
from wsc.ir.verifier import verify
from wsc.passes.base import PassContext, operations_named
from wsc.passes.nn.partition import Partition
from wsc.passes.nn.specialize import Specialize

from ...support.compiled import front_end


def partitioned(expression: str, result: str = "[seq, 6]", decode: str = "forward") -> Operation:
    module = front_end(f"""model vector {{
  dtype f16 accumulate f32
  weight w: [6, 6], u: [6, 2], b: [6], c: [6]
  forward(x: [seq, 6]) -> {result} {{
    return {expression}
  }}
  decode = {decode}
}}
""")
    Specialize().run(module, PassContext())
    Partition().run(module, PassContext())
    assert verify(module) == []
    return module


def named(module: Operation, name: str) -> list[Operation]:
    return [op for op in module.walk() if op.name == name]


def functions(module: Operation) -> list[str]:
    return [op.attribute("fn", StringAttr).value for op in named(module, "dist.map")]


def test_softmax_needs_two_numbers_of_all() -> None:
    module = partitioned("softmax(x)")
    reductions = [op.attribute("fn", StringAttr).value for op in named(module, "dist.all_reduce")]
    assert reductions == ["max", "add"]
    assert functions(module) == ["sub", "exp", "reciprocal", "mul"]


def test_a_reduction_is_a_number_on_each_pe() -> None:
    module = partitioned("x - mean(x)")
    (difference,) = [op for op in named(module, "dist.map") if op.attributes["fn"] == StringAttr("sub")]
    assert [dist_tensor(value).dims for value in difference.operands] == [(Split(6, "y"),), ()]


def test_a_slice_and_a_concat_are_put_over_the_other_axis() -> None:
    module = partitioned("concat(slice(x, 2, 6), x @ u)")
    cut, joined = named(module, "dist.reslice")
    assert cut.attribute("offsets", DenseArrayAttr).values == (-2,)
    assert dist_tensor(cut.result).dims == (Split(4, "x"),)
    assert dist_tensor(cut.result).partial == "y"
    assert joined.attribute("offsets", DenseArrayAttr).values == (0, 4)
    assert [dist_tensor(value).dims for value in joined.operands] == [(Split(4, "x"),), (Split(2, "x"),)]
    assert dist_tensor(joined.result).dims == (Split(6, "y"),)


def test_parts_of_a_concat_are_brought_to_one_axis() -> None:
    module = partitioned("concat(slice(x, 0, 1), x @ w @ u, sum(x), x @ u)")
    joined = named(module, "dist.reslice")[-1]
    assert {dist_tensor(value).dims[0].axis for value in joined.operands} == {"x"}
    assert joined.attribute("offsets", DenseArrayAttr).values == (0, 1, 3, 4)


def test_weights_alone_are_computed_where_they_are_used() -> None:
    module = partitioned("(b + c) * x + (x @ w) * (b + c)")
    reads = named(module, "dist.read")
    sums = [op for op in named(module, "dist.map") if op.operands[0].defining_op in reads]
    assert [dist_tensor(op.result).dims for op in sums] == [(Split(6, "y"),), (Split(6, "x"),)]


def test_a_fraction_needs_no_tensor_for_its_constant() -> None:
    module = partitioned("1 / x + 2 / x")
    assert functions(module) == ["reciprocal", "reciprocal", "mul", "add"]


def test_a_transposed_weight_is_not_kept_twice() -> None:
    module = partitioned("x @ transpose(w) * w[position]")
    assert [op.symbol_name for op in operations_named(module, "dist.variable")] == ["w"]
    (product,) = named(module, "dist.matvec")
    (position,) = named(module, "dist.position")
    assert "transposed" in product.attributes
    assert str(position.result.type) == "!dist.tensor<@io, [], i32>"


@pytest.mark.parametrize(
    ("expression", "result", "message", "note"),
    [
        (
            "sum(x, axis = 0)",
            "[1, 6]",
            "'sum' along 'seq' cannot be compiled",
            "rows are computed by themselves; only 'attention' looks at several",
        ),
        (
            "reshape(softmax(reshape(x, [seq, 2, 3])), [seq, 6])",
            "[seq, 6]",
            "'softmax' of a part of each row cannot be compiled yet",
            "axis 2 of [seq, 2, 3] has 3 of a row's 6 elements",
        ),
        (
            "slice(reshape(x, [seq, 2, 3]), 0, 1)",
            "[seq, 2, 1]",
            "'slice' along axis 2 of [seq, 2, 3] cannot be compiled yet",
            "elements that stand together in a row can be: those along the first axis after 'seq'",
        ),
        (
            "slice(reshape(rope(reshape(x @ w, [seq, 3, 2])), [seq, 6]), 0, 2)",
            "[seq, 2]",
            "'slice' cannot move features ordered by heads",
            None,
        ),
        (
            "transpose(x)",
            "[6, seq]",
            "rows cannot be transposed: they are computed by themselves",
            "a weight can be",
        ),
        (
            "transpose(reshape(x, [seq, 2, 3]))",
            "[seq, 3, 2]",
            "[seq, 2, 3] cannot be transposed: its elements lie on different PEs",
            None,
        ),
        (
            "transpose(w)[position]",
            "[seq, 6]",
            "a transposed weight can stand to the right of '@' only",
            None,
        ),
        (
            "x @ (w * b)",
            "[seq, 6]",
            "weights of different shapes can be combined where they meet rows, not alone",
            "this one is [6]",
        ),
        (
            "w @ w",
            "[6, 6]",
            "rows that depend on the input must stand here, not a weight [6, 6]",
            "of weights alone, elementwise work, 'reshape' and 'transpose' can be computed",
        ),
        (
            "rmsnorm(x, slice(concat(b, c), 3, 9))",
            "[seq, 6]",
            "only a weight can stand here, or elementwise work on weights alone",
            None,
        ),
        (
            "reshape(reshape(x, [seq, 2, 3]) * reshape(x @ u, [seq, 2, 1]), [seq, 6])",
            "[seq, 6]",
            "a value of each head cannot be combined with the head's features yet",
            "it is [seq, 2, 1], the other [seq, 2, 3]",
        ),
    ],
)
def test_what_is_refused(expression: str, result: str, message: str, note: str | None) -> None:
    with pytest.raises(DiagnosticError) as caught:
        partitioned(expression, result)
    (found,) = caught.value.diagnostics
    assert found.message == message
    assert str(found).startswith("m.wdl:5:")
    if note is not None:
        assert note in found.notes


def test_no_choice_among_features_ordered_by_heads() -> None:
    turned = "reshape(rope(reshape(x @ w, [seq, 3, 2])), [seq, 6])"
    with pytest.raises(DiagnosticError) as caught:
        partitioned(turned, decode="greedy(forward)")
    (found,) = caught.value.diagnostics
    assert found.message == "'greedy' cannot choose among features ordered by heads"
    assert str(found).startswith("m.wdl:7:")
    assert [str(note) for note in found.notes] == ["m.wdl:5:12: note: they are made here"]
