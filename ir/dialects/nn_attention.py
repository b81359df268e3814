"""Dialect `nn`, continued: attention among rows, and the rotary embedding of their positions."""

from __future__ import annotations

from ..operation import Operation
from ..spec import OpSpec, Report, operand, required, result
from .nn import FLOAT, FLOAT_TENSOR, INTEGER, NN, PURE, same_shape, shape_of, shape_text, verify_unary


def _verify_rope(op: Operation, report: Report) -> None:
    shape = shape_of(op.operands[0])
    if len(shape) != 3 or shape[2] % 2:
        report(f"operand must be [seq, heads, even head_dim], not {shape_text(shape)}")
    verify_unary(op, report)


def _verify_attention(op: Operation, report: Report) -> None:
    q, k, v = (shape_of(value) for value in op.operands)
    if not len(q) == len(k) == len(v) == 3:
        found = ", ".join(map(shape_text, (q, k, v)))
        report(f"q, k and v must be [seq, heads, head_dim], not {found}")
        return
    if k[1] != v[1] or q[1] % k[1]:
        report(f"{q[1]} query heads cannot share {k[1]} key heads and {v[1]} value heads")
    if not q[2] == k[2] == v[2]:
        report(f"head_dim differs: {q[2]}, {k[2]}, {v[2]}")
    if not same_shape(shape_of(op.result), q):
        report(f"result must be {shape_text(q)}, not {shape_text(shape_of(op.result))}")


NN.add(
    [
        OpSpec(
            "nn.rope",
            "Rotary position embedding of `[seq, heads, head_dim]`, pairs (i, i + head_dim/2).",
            operands=(operand("x", FLOAT_TENSOR),),
            results=(result("value", FLOAT_TENSOR),),
            attributes=(required("theta", FLOAT),),
            traits=PURE,
            verify=_verify_rope,
        ),
        OpSpec(
            "nn.attention",
            "Grouped-query attention, softmax(q k^T / sqrt(head_dim)) v; causal: row i sees rows up to "
            "its position.",
            operands=(operand("q", FLOAT_TENSOR), operand("k", FLOAT_TENSOR), operand("v", FLOAT_TENSOR)),
            results=(result("value", FLOAT_TENSOR),),
            attributes=(required("causal", INTEGER),),
            traits=PURE,
            verify=_verify_attention,
        ),
    ]
)
