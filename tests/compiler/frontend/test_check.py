"""Errors of meaning: shapes, operators and entries; and warnings of what is unused."""

import pytest

from ...support.wdl import LLAMA, MLP, TALE, headlines, messages, replaced, small

# ---- shapes


def test_shapes_that_do_not_agree_in_a_product() -> None:
    assert messages(replaced(TALE, ("reshape(h @ wv", "reshape(h @ down"))) == (
        "error: shapes do not agree in '@'\n"
        "  --> m.wdl:17:34\n"
        "   |\n"
        "17 |     v = append(values, reshape(h @ down, [seq, kv_heads, head_dim]))\n"
        "   |                                  ^ [seq, 64] @ [176, 64]\n"
        "   = note: k is 64 in the left operand and 176 in the right operand\n"
        "note: weight 'down' is [176, 64], declared here\n"
        "  --> m.wdl:11:46\n"
        "   |\n"
        "11 |     weight gate: [dim, ffn], up: [dim, ffn], down: [ffn, dim]\n"
        "   |                                              ^^^^"
    )


def test_shapes_that_do_not_agree_in_an_operator() -> None:
    assert messages(replaced(TALE, ("norm: [dim]", "norm: [ffn]"))) == (
        "error: shapes do not agree in 'rmsnorm'\n"
        "  --> m.wdl:29:23\n"
        "   |\n"
        "29 |     return rmsnorm(x, norm, eps = 1e-5) @ head\n"
        "   |                       ^^^^ x is [seq, 64], weight is [176]\n"
        "   = note: n is 64 in x and 176 in weight\n"
        "   = note: rmsnorm(x: [..., n], weight: [n], eps = 1e-05)\n"
        "note: weight 'norm' is [176], declared here\n"
        "  --> m.wdl:24:31\n"
        "   |\n"
        "24 |   weight embed: [vocab, dim], norm: [ffn], head: [dim, vocab]\n"
        "   |                               ^^^^"
    )


@pytest.mark.parametrize(
    ("expression", "column", "expected"),
    [
        ("x + v", 14, "shapes do not agree in '+'"),
        ("v - x", 14, "shapes do not agree in '-'"),
        ("v / x", 14, "shapes do not agree in '/'"),
        ("x @ b", 14, "the right operand of '@' must be [k, n], not [4]"),
        ("x @ 2", 14, "'@' needs two matrices; a constant scales with '*'"),
        ("x + true", 16, "true is not a number"),
        ("x * 1e6", 16, "the constant 1000000.0 is too large for f16"),
        ("x + 1e-9", 16, "the constant 1e-09 becomes 0 in f16"),
        ("x[x]", 14, "'[]' takes a tensor of indices here, not of floats"),
        ("x[0]", 14, "a table is indexed with one tensor of indices, as in 'table[tokens]'"),
        ("x[x, x]", 17, "a table is indexed with one tensor of indices, as in 'table[tokens]'"),
        ("n[x]", 12, "what is indexed must be a tensor, not a constant"),
        ("rope(x)", 17, "x of 'rope' must be [seq, heads, head_dim], not [seq, 4]"),
        ("rope(reshape(w, [2, 4, 2]))", 17, "x of 'rope' must be [seq, heads, head_dim], not [2, 4, 2]"),
        (
            "rope(reshape(x, [seq, 4, 1]))",
            17,
            "'rope' turns pairs of elements, so head_dim must be even, not 1",
        ),
        ("reshape(x, [seq, 3])", 23, "'reshape' cannot turn [seq, 4] into [seq, 3]"),
        ("reshape(x, [4, seq])", 23, "'reshape' [seq, 4] to [4, seq]: 'seq' can only be the first extent"),
        ("reshape(x, [4])", 23, "'reshape' [seq, 4] to [4]: 'seq' must be the first extent of both"),
        (
            "reshape(x, 4)",
            23,
            "the second operand of 'reshape' must be a list of extents such as [seq, heads, head_dim]",
        ),
        ("reshape(x, [seq, 0])", 29, "an extent must be a positive integer, not 0"),
        ("reshape(x, [seq, 2.0])", 29, "an extent must be a positive integer, not 2.0"),
        ("reshape(x, [seq + 1, 4])", 24, "'seq' is not known at compile time"),
        ("append(c, w)", 22, "rows of 'append' must be [seq, ...], not [4, 4]"),
        ("append(c, reshape(x, [seq, 2, 2]))", 22, "shapes do not agree in 'append'"),
        ("append(w, x)", 19, "the first operand of 'append' must be the name of a cache, not 'w'"),
        ("append(x + x, x)", 21, "the first operand of 'append' must be the name of a cache"),
        ("rmsnorm(x)", 12, "'rmsnorm' takes 2 operands, not 1"),
        ("silu(x, x)", 12, "'silu' takes 1 operand, not 2"),
        ("silu(x, eps = 1)", 20, "unknown option 'eps' of 'silu'"),
        ("rmsnorm(x, eps = 1, b)", 32, "operands of 'rmsnorm' stand before its options"),
        ("rmsnorm(x, b, eps = 1, eps = 2)", 35, "option 'eps' is given twice"),
        ("rmsnorm(x, b, eps = 0)", 32, "option 'eps' must be a positive constant in the range of f32, not 0"),
        ("rmsnorm(x, b, eps = x)", 32, "option 'eps' must be a positive constant in the range of f32"),
        (
            "rmsnorm(x, b, eps = 1e-60)",
            32,
            "option 'eps' must be a positive constant in the range of f32, not 1e-60",
        ),
        ("rmsnorm(x, b, eps = true)", 32, "option 'eps' must be a positive constant in the range of f32"),
        ("silu(n)", 17, "x of 'silu' must be a tensor, not a constant"),
        ("repeat(2, w, x)", 22, "the second operand of 'repeat' must be the name of a layer, not 'w'"),
    ],
)
def test_what_does_not_fit(expression: str, column: int, expected: str) -> None:
    text = small(f"return {expression}", "cache c: [8, 4] weight v: [3]")
    assert headlines(text) == [f"6:{column} error: {expected}"]


def test_attention_shares_key_heads_evenly() -> None:
    assert messages(TALE, {"heads": "2", "kv_heads": "4"}) == (
        "error: 'attention' cannot share 4 key heads among 2 query heads\n"
        "  --> m.wdl:18:9\n"
        "   |\n"
        "18 |     a = attention(q, k, v, causal = true)\n"
        "   |         ^^^^^^^^^ q is [seq, 2, 32], k is [position + seq, 4, 32], "
        "v is [position + seq, 4, 32]\n"
        "   = note: the number of query heads must be a multiple of the number of key heads\n"
        "   = note: attention(q: [seq, heads, head_dim], k: [rows, kv_heads, head_dim], v: [rows, kv_heads, "
        "head_dim], causal = true)\n"
        "   = note: set on the command line: heads = 2, kv_heads = 4"
    )


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            ("attention(q, k, v", "attention(q, keys, v"),
            "18:22 error: 'keys' is a cache; its rows come from 'append(keys, rows)'",
        ),
        (
            ("attention(q, k, v", "attention(k, k, v"),
            "18:19 error: q of 'attention' must be [seq, heads, head_dim], not [position + seq, 2, 16]",
        ),
        (("causal = true", "causal = 1"), "18:37 error: option 'causal' must be true or false"),
        (("append(values", "append(keys"), "17:16 error: cache 'keys' is appended to twice"),
        (
            ("append(values", "append(vals"),
            "17:16 error: the first operand of 'append' must be the name of a "
            "cache, not 'vals'; did you mean 'values'?",
        ),
        (
            ("cache  keys: [context", "cache  keys: [seq"),
            "12:19 error: 'seq' cannot be an extent of a cache, which has a fixed size",
        ),
        (
            ("weight embed: [vocab, dim]", "weight embed: [vocab, dim] f32"),
            "24:30 error: a weight has the model's dtype; no element type can be written here",
        ),
        (
            ("tokens: [seq] index", "tokens: [seq]"),
            "27:15 error: '[]' takes a tensor of indices here, not of floats",
        ),
        (
            ("x: [seq, dim]) -> [seq, dim]", "x: [seq, dim], z: [dim]) -> [seq, dim]"),
            "28:24 error: 'repeat' needs a layer with one parameter; 'block' has 2",
        ),
        (
            ("repeat(layers, block, x)", "repeat(layers, block, x @ head)"),
            "28:33 error: layer 'block' takes [seq, 64], not [seq, 256]",
        ),
        (
            ("repeat(layers, block, x)", "repeat(2.5, block, x)"),
            "28:16 error: the count of 'repeat' must be a positive integer, not 2.5",
        ),
        (
            ("repeat(layers, block, x)", "repeat(1, block, repeat(2, block, x))"),
            "28:19 error: layer 'block' is used twice; its weights can belong to one use only",
        ),
        (
            ("h = rmsnorm(x, norm1", "h = rmsnorm(repeat(2, block, x), norm1"),
            "14:17 error: 'repeat' can be used in 'forward' only, not in a layer",
        ),
        (
            ("return y + (silu(n @ gate) * (n @ up)) @ down", "return silu(n @ gate)"),
            "21:5 error: 'block' must return [seq, 64], not [seq, 176]",
        ),
        (
            ("dtype f16 accumulate f32", "dtype bf16 accumulate f32"),
            "5:9 error: models compute with f16 or f32, not bf16",
        ),
        (("accumulate f32", "accumulate f16"), "5:24 error: sums are kept in f32, not f16"),
        (("dtype f16 accumulate f32", ""), "2:7 error: model 'tale' has no dtype"),
        (("dtype f16", "dtype f32 dtype f16"), "5:13 error: the dtype is given twice"),
        (
            ("forward(tokens", "backward(tokens"),
            "2:7 error: model 'tale' has no 'forward'",
        ),
        (
            ("tokens: [seq] index)", "tokens: [seq] index, y: [seq, 2])"),
            "26:3 error: 'forward' must have one parameter, not 2",
        ),
    ],
)
def test_a_spoilt_tale(edit: tuple[str, str], expected: str) -> None:
    found = headlines(replaced(TALE, edit))
    assert found == [expected]


def test_a_cache_outside_of_its_layer() -> None:
    text = replaced(
        TALE,
        ("weight embed", "cache shared: [context, 2, 16] weight embed"),
        ("append(keys", "append(shared"),
    )
    assert headlines(text) == [
        "16:16 error: cache 'shared' is declared outside the layer: each repetition would overwrite it"
    ]


def test_forward_takes_the_rows_of_a_step() -> None:
    text = replaced(MLP, ("x: [seq, inputs]", "x: [inputs, inputs]"), ("-> [seq,", "-> [inputs,"))
    assert headlines(text) == ["10:14 error: the first extent of 'x' must be 'seq'"]


def test_a_layer_that_cannot_follow_itself() -> None:
    text = replaced(
        TALE,
        ("-> [seq, dim] {", "-> [seq, ffn] {"),
        ("return y + (silu(n @ gate) * (n @ up)) @ down", "return n @ gate"),
    )
    assert headlines(text) == [
        "28:24 error: layer 'block' cannot be repeated: it takes [seq, 64] and returns [seq, 176]"
    ]


# ---- entries


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("decod = greedy(forward)", "8:3 error: unknown entry 'decod'; did you mean 'decode'?"),
        (
            "decode = forwrd",
            "8:12 error: this must be 'forward' or 'greedy(forward)', not 'forwrd'; did you mean 'forward'?",
        ),
        ("decode = greedy(w)", "8:19 error: this must be 'forward', not 'w'"),
        ("decode = greedy(forward, k = 2)", "8:28 error: 'greedy' has no options"),
        ("decode = greedy()", "8:12 error: this must be 'forward' or 'greedy(forward)'"),
        ("decode = adam(lr = 1)", "8:12 error: 'adam' cannot be used here"),
        ("decode = 1", "8:12 error: this must be 'forward' or 'greedy(forward)'"),
        ("train = forward", "8:11 error: this must be 'minimize(cross_entropy(forward), adam(lr = ...))'"),
        (
            "train = minimize(cross_entropy(forward), adm(lr = 1))",
            "8:44 error: unknown function 'adm'; did you mean 'adam'?",
        ),
        (
            "train = minimize(cross_entropy(forward), adam())",
            "8:44 error: 'adam' takes one option, the learning rate: adam(lr = ...)",
        ),
        (
            "train = minimize(cross_entropy(forward), adam(rate = 1))",
            "8:49 error: unknown option 'rate' of 'adam'",
        ),
        (
            "train = minimize(cross_entropy(forward), adam(lr = -1))",
            "8:54 error: the learning rate 'lr' must be a positive number",
        ),
        (
            "train = minimize(cross_entropy(forwards), adam(lr = 1))",
            "8:34 error: this must be 'forward', not 'forwards'; did you mean 'forward'?",
        ),
        ("decode = forward decode = forward", "8:20 error: 'decode' is defined twice"),
    ],
)
def test_wrong_entries(entry: str, expected: str) -> None:
    text = replaced(small("return x @ w + b"), ("decode = forward", entry))
    assert headlines(text) == [expected]


def test_greedy_wants_logits() -> None:
    text = replaced(
        small("return reshape(x, [seq, 2, 2])", "", "[seq, 2, 2]"), ("= forward", "= greedy(forward)")
    )
    assert headlines(text) == [
        "8:12 error: 'greedy' needs logits [seq, vocab], but 'forward' returns [seq, 2, 2]"
    ]


@pytest.mark.parametrize(
    ("const", "overrides", "expected"),
    [
        ("", {}, "8:3 error: 'encode' takes all rows at once; the const 'window' must say how many"),
        (
            "window = 0",
            {},
            "8:3 error: 'encode' takes 'window' rows at once, so that must be a positive integer, not 0",
        ),
        (
            "window = true",
            {},
            "8:3 error: 'encode' takes 'window' rows at once, so that must be a positive integer, not true",
        ),
        (
            "window = 3",
            {"window": "-1"},
            "8:3 error: 'encode' takes 'window' rows at once, so that must be a positive integer, not -1",
        ),
        ("window = 1 / 0", {}, "2:27 error: 1 / 0 divides by zero"),
    ],
)
def test_a_window_is_a_number_of_rows(const: str, overrides: dict[str, str], expected: str) -> None:
    text = small("return x @ w + b").replace("decode = forward", "encode = forward")
    if const:
        text = text.replace("const n = 4", f"const n = 4, {const}")
    assert headlines(text, overrides, ["encode"]) == [expected]


def test_entries_that_are_asked_for() -> None:
    assert headlines(LLAMA, entries=["decode", "train", "prefill"]) == [
        "34:3 error: entry 'prefill' cannot be compiled yet; only decode and encode can be",
        "35:3 error: entry 'train' cannot be compiled yet; only decode and encode can be",
    ]
    assert headlines(LLAMA, entries=["decoder"]) == [
        "3:7 error: model 'llama' has no entry 'decoder'; did you mean 'decode'?"
    ]
    without = replaced(TALE, ("decode = greedy(forward)", ""))
    assert messages(without).splitlines()[0] == "error: model 'tale' has no entry 'decode'"


def test_a_model_without_forward() -> None:
    assert headlines("model m { dtype f16 decode = greedy(forward) }") == [
        "1:7 error: model 'm' has no 'forward'"
    ]


# ---- warnings


def test_what_is_unused_is_warned_of() -> None:
    text = replaced(
        small("y = x @ w\nz = silu(y)\nreturn y", "weight u: [2] cache c: [3, 2]"),
        ("  forward(", "  layer spare(a: [seq, 4]) -> [seq, 4] { weight v: [4] return v + v } forward("),
    )
    text = replaced(
        text, ("return v + v }", "return reshape(v, [4]) }"), ("-> [seq, 4] { weight v", "-> [4] { weight v")
    )
    assert headlines(text) == [
        "4:21 warning: weight 'b' is never used",
        "4:35 warning: weight 'u' is never used",
        "4:48 warning: cache 'c' is never used",
        "5:9 warning: layer 'spare' is never applied, so it is left out",
        "5:15 warning: parameter 'a' is never used",
        "7:5 warning: 'z' is never used",
    ]
