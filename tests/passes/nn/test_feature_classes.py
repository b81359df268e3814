"""Feature classes: which values have their features in one order on the PEs."""

import pytest

from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.layout import Split, heads_split
from wsc.ir.operation import Operation, Value
from wsc.passes.base import PassContext, operations_named
from wsc.passes.nn.feature_classes import FeatureClasses, Heads
from wsc.passes.nn.specialize import Specialize

from ...support.compiled import front_end

MODEL = """model classes {{
  dtype f16 accumulate f32
  weight w: [12, 12], u: [12, 4], b: [12] {caches}
  forward(x: [seq, 12]) -> [seq, 12] {{
    {body}
  }}
  decode = forward
}}
"""


def function_of(text: str) -> Operation:
    module = front_end(text)
    Specialize().run(module, PassContext())
    (function,) = operations_named(module, "nn.func")
    return function


def classes_of(body: str, caches: str = "") -> tuple[FeatureClasses, dict[str, list[Value]]]:
    """The classes of a model, and the values of its operations by their names, in order."""
    function = function_of(MODEL.format(body=body, caches=caches))
    values: dict[str, list[Value]] = {"x": list(function.body.arguments)}
    for op in function.walk():
        values.setdefault(op.name.removeprefix("nn."), []).extend(op.results)
    return FeatureClasses(function), values


def test_plain_features_lie_in_their_own_order() -> None:
    classes, values = classes_of("return x @ w + b")
    assert classes.split(values["matmul"][0], "y") == Split(12, "y")
    with pytest.raises(KeyError):
        classes.heads(values["matmul"][0])


CACHES = "cache k: [8, 2, 2], v: [8, 2, 2]"
ATTENTION = """q = reshape(x @ w, [seq, 6, 2])
    r = {rope}
    keys = append(k, reshape(x @ u, [seq, 2, 2]))
    a = attention(r, keys, append(v, reshape(x @ u, [seq, 2, 2])), causal = true)
    return reshape(a, [seq, 12])"""


@pytest.mark.parametrize("rope", ["q", "rope(q)"])
def test_attention_orders_queries_keys_and_values(rope: str) -> None:
    classes, values = classes_of(ATTENTION.format(rope=rope), CACHES)
    query, key, value = values["matmul"]
    assert classes.heads(query) == Heads(2, 3, 2)
    assert classes.heads(values["attention"][0]) == Heads(2, 3, 2)
    assert classes.heads(key) == classes.heads(value) == Heads(2, 1, 2)
    pairs = rope != "q"
    assert classes.split(query, "x") == heads_split("x", 2, 3, 2, pairs=pairs)
    assert classes.split(key, "x") == heads_split("x", 2, 1, 2, pairs=pairs)
    # Without groups and pairs, features need no order of their own.
    assert (classes.split(key, "x") == Split(4, "x")) == (not pairs)


def test_a_product_does_not_tie_what_it_takes_to_what_it_gives() -> None:
    classes, values = classes_of("return reshape(rope(reshape(x @ w, [seq, 3, 4])), [seq, 12]) @ w + x")
    first, second = values["matmul"]
    assert classes.heads(first) == Heads(3, 1, 4)
    for free in (values["x"][0], second, values["add"][0]):
        assert classes.split(free, "y") == Split(12, "y")


@pytest.mark.parametrize(
    "through", ["y + x", "x * y", "silu(y)", "rmsnorm(y, b)", "layernorm(y, b, b)", "y * 2.0", "y + b"]
)
def test_elementwise_work_and_norms_tie(through: str) -> None:
    body = f"y = x @ w\n    z = {through}\n    return reshape(rope(reshape(z, [seq, 3, 4])), [seq, 12])"
    classes, values = classes_of(body)
    assert classes.heads(values["matmul"][0]) == Heads(3, 1, 4)


def test_a_repeated_layer_ties_its_value_before_and_after() -> None:
    text = """model loop {
  dtype f16 accumulate f32
  layer block(x: [seq, 12]) -> [seq, 12] { return reshape(rope(reshape(x, [seq, 3, 4])), [seq, 12]) }
  weight w: [12, 12]
  forward(x: [seq, 12]) -> [seq, 12] { return repeat(2, block, x @ w) @ w }
  decode = forward
}
"""
    function = function_of(text)
    classes = FeatureClasses(function)
    (loop,) = (op for op in function.walk() if op.name == "nn.repeat")
    terminator = loop.body.terminator
    assert terminator is not None
    carried = [loop.operands[0], loop.body.arguments[1], terminator.operands[0], loop.results[0]]
    assert {classes.heads(value) for value in carried} == {Heads(3, 1, 4)}
    (last,) = loop.results[0].users()
    assert classes.split(last.result, "y") == Split(12, "y")


def test_two_layouts_for_the_same_features() -> None:
    body = """h = rope(reshape(x @ w, [seq, 3, 4]))
    g = rope(reshape(h, [seq, 6, 2]))
    a = attention(g, append(k, g), append(v, g), causal = true)
    c = attention(h, append(l, h), append(m, h), causal = true)
    return reshape(a, [seq, 12]) + reshape(c, [seq, 12])"""
    caches = "cache k: [8, 6, 2], v: [8, 6, 2], l: [8, 3, 4], m: [8, 3, 4]"
    with pytest.raises(DiagnosticError) as caught:
        classes_of(body, caches)
    (found,) = caught.value.diagnostics
    assert found.message == "the same features are wanted in two head layouts"
    assert found.notes == ("once as 6 x 1 heads of 2, once as 3 x 1 heads of 4",)


CHOICE = "i = top_k({scores}) return x + reshape(t[i], [seq, 12])"


@pytest.mark.parametrize(
    ("scores", "whole"),
    [
        ("x @ u", True),
        ("tanh(x @ u) * 2.0 - 1.0", True),
        ("softmax(x @ u)", True),
        ("x @ long", False),  # too long to be made by everybody
        ("rmsnorm(x @ u, g)", False),  # a norm's parameter is read as the features lie
        ("x", False),  # the input is split already
    ],
)
def test_what_is_chosen_from_is_whole_where_only_the_choice_wants_it(scores: str, whole: bool) -> None:
    text = MODEL.replace("b: [12]", "b: [12], g: [4], t: [65, 6], long: [12, 65]")
    function = function_of(text.format(body=CHOICE.format(scores=scores), caches=""))
    (choice,) = (op for op in function.walk() if op.name == "nn.top_k")
    split = FeatureClasses(function).split(choice.operands[0], "y")
    assert (split.axis is None) == whole


def test_what_is_chosen_from_and_used_otherwise_is_split() -> None:
    body = "s = x @ u return x + reshape(t[top_k(s)], [seq, 12]) + s @ v"
    function = function_of(MODEL.replace("b: [12]", "t: [65, 6], v: [4, 12]").format(body=body, caches=""))
    (choice,) = (op for op in function.walk() if op.name == "nn.top_k")
    assert FeatureClasses(function).split(choice.operands[0], "y") == Split(4, "y")


def test_rows_of_a_table_lie_one_behind_the_other() -> None:
    text = MODEL.replace("b: [12]", "t: [65, 6]").format(body=CHOICE.format(scores="x @ u"), caches="")
    function = function_of(text)
    (lookup,) = (op for op in function.walk() if op.name == "nn.gather")
    classes = FeatureClasses(function)
    assert classes.split(lookup.result, "y") == Split(12, "y", (2, 6), (0, 1), local=2)
