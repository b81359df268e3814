"""The interpreter of the dist level: as that of the nn level on any grid, unless there is a mistake."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.ir.attributes import FloatAttr, StringAttr, f32
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.dialects.dist import DistTensor, dist_tensor
from wsc.ir.interpreter.dist import DistInterpreter
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.layout import Split
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.ir.variable_values import Array
from wsc.ir.weights import random_weights

from ..passes.test_mixture import REPEATED as MIXTURES
from ..passes.test_random_models import TOLERANCE as RANDOM_TOLERANCE
from ..passes.test_random_models import models
from ..passes.test_whole_pipeline import GPT
from ..support.compiled import SMALL_MLP, SMALL_TALE, TOLERANCE, PassTexts, compile_model
from ..support.wdl import MLP, TALE

DIST_STAGES = ("partition", "canonicalize", "cse", "dce", "combine-collectives")
SHAPES = [(1, 1), (3, 2), (2, 7), (5, 3)]
POSITIONS = 4
TWO_HEADS = SMALL_TALE | {"heads": "4", "kv_heads": "2", "dim": "16"}
"""Each key head has two query heads."""


def distributed(text: str, overrides: dict[str, str]) -> tuple[Operation, dict[str, str]]:
    """The model's nn module, and its text after each pass of the dist level."""
    watcher = PassTexts()
    compiled = compile_model(text, (8, 8), overrides, stop_after="combine-collectives", watchers=[watcher])
    return compiled.model, watcher.texts


@pytest.fixture(
    scope="module",
    params=[(TALE, SMALL_TALE), (MLP, SMALL_MLP), (GPT, {}), (MIXTURES, {})],
    ids=["tale", "mlp", "gpt", "mixtures"],
)
def stages(request: pytest.FixtureRequest) -> tuple[Operation, dict[str, str]]:
    return distributed(*request.param)


@pytest.fixture(scope="module")
def tale() -> tuple[Operation, str]:
    model, texts = distributed(TALE, TWO_HEADS)
    return model, texts["combine-collectives"]


def an_input(model: Operation, random: np.random.Generator) -> Array:
    """A random row for a model of tokens or vectors."""
    kind: Any = next(op for op in model.walk() if op.name == "nn.func").body.arguments[0].type
    if len(kind.shape) == 1:
        return random.integers(0, 8, 1).astype(np.int32)
    return random.standard_normal((1, kind.shape[1])).astype(np.float16)


def steps(run: NnInterpreter | DistInterpreter, model: Operation, positions: int) -> list[Array]:
    """The results of a few steps, then the caches."""
    random = np.random.default_rng(1)
    rows = [an_input(model, random) for _ in range(positions)]
    found = [value for position, row in enumerate(rows) for value in run.step("decode", row, position)]
    return found + [run.variable(name) for name in caches(model)]


def caches(model: Operation) -> list[str]:
    return [
        str(op.symbol_name)
        for op in model.body.operations
        if op.name == "nn.variable" and op.attributes["kind"] == StringAttr("cache")
    ]


def outputs(
    model: Operation, module: Operation, shape: tuple[int, int], positions: int = POSITIONS
) -> list[Array]:
    """What the dist module gives on grids of one shape."""
    grids = [str(op.symbol_name) for op in module.body.operations if op.name == "dist.grid"]
    run = DistInterpreter(module, random_weights(model, 1), dict.fromkeys(grids, shape))
    return steps(run, model, positions)


def error(model: Operation, module: Operation, shape: tuple[int, int], positions: int = POSITIONS) -> float:
    """The largest difference of results and caches, relative to the largest number; inf for other tokens."""
    expected = steps(NnInterpreter(model, random_weights(model, 1)), model, positions)
    got = outputs(model, module, shape, positions)
    assert [value.dtype for value in got] == [value.dtype for value in expected]
    return max(distance(*pair) for pair in zip(expected, got, strict=True))


def distance(expected: Array, got: Array) -> float:
    wanted, found = (values.reshape(-1).astype(np.float64) for values in (expected, got))
    if expected.dtype == np.int32:
        return 0.0 if np.array_equal(wanted, found) else np.inf
    worst = np.abs(wanted - found).max() / np.abs(wanted).max()
    return np.inf if np.isnan(worst) else float(worst)


# ---- right modules


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stage", DIST_STAGES)
def test_each_stage_on_any_grid(
    stages: tuple[Operation, dict[str, str]], stage: str, shape: tuple[int, int]
) -> None:
    model, texts = stages
    assert error(model, parse_module(texts[stage]), shape) <= TOLERANCE


@settings(max_examples=15)
@given(models(), st.tuples(st.integers(1, 5), st.integers(1, 4)))
def test_a_random_model(text: str, shape: tuple[int, int]) -> None:
    model, texts = distributed(text, {})
    assert error(model, parse_module(texts["combine-collectives"]), shape, 2) <= RANDOM_TOLERANCE


def test_each_grid_has_its_own_shape(tale: tuple[Operation, str]) -> None:
    model, text = tale
    weights, row = random_weights(model, 1), np.array([3], np.int32)
    module = parse_module(text)
    expected = DistInterpreter(module, weights).step("decode", row, 0)
    got = DistInterpreter(module, weights, {"io": (2, 4), "block": (3, 1)}).step("decode", row, 0)
    assert all(distance(*pair) <= TOLERANCE for pair in zip(expected, got, strict=True))


def test_weights_are_not_changed(tale: tuple[Operation, str]) -> None:
    model, text = tale
    weights = random_weights(model, 1)
    before = {name: values.copy() for name, values in weights.items()}
    DistInterpreter(parse_module(text), weights).step("decode", np.array([3], np.int32), 0)
    assert all(np.array_equal(values, before[name]) for name, values in weights.items())


def test_caches_can_be_given(tale: tuple[Operation, str]) -> None:
    """A run that goes on with another's caches gives what the other would have given."""
    model, text = tale
    module, weights = parse_module(text), random_weights(model, 1)
    first = DistInterpreter(module, weights)
    rows = [np.array([token], np.int32) for token in (3, 5)]
    first.step("decode", rows[0], 0)
    kept = {name: first.variable(name) for name in caches(model)}
    second = DistInterpreter(module, weights | kept)
    expected, got = first.step("decode", rows[1], 1), second.step("decode", rows[1], 1)
    assert all(np.array_equal(*pair) for pair in zip(expected, got, strict=True))


# ---- wrong modules

Mutation = Callable[[Operation], None]


def drop(op: Operation) -> None:
    """Let partial values pass for complete ones."""
    for operand, result in zip(op.operands, op.results, strict=True):
        operand.type = dist_tensor(operand).complete()
        result.replace_all_uses_with(operand)
    op.erase()


def scale(op: Operation) -> None:
    """Multiply by something else."""
    op.attributes["value"] = f32(op.attribute("value", FloatAttr).value * 1.5)


def swap(op: Operation) -> None:
    """Exchange two operands."""
    first, second, *others = op.operands
    op.set_operands([second, first, *others])


def reorder(op: Operation) -> None:
    """Deal a weight's features out as if heads did not matter."""
    kind = op.attribute("type", DistTensor)
    *others, features = kind.dims
    op.attributes["type"] = DistTensor(
        kind.grid, (*others, Split(features.extent, features.axis)), kind.element
    )


def mutations(module: Operation) -> Iterator[tuple[str, int, Mutation]]:
    """All places (by index in the walk) where a mistake of some kind can be made."""
    for index, op in enumerate(module.walk()):
        if op.name == "dist.all_reduce":
            yield "drop", index, drop
        elif op.name == "dist.map" and "value" in op.attributes and op.attributes["fn"] == StringAttr("mul"):
            yield "scale", index, scale
        elif op.name == "dist.map" and op.attributes["fn"] in (StringAttr("sub"), StringAttr("div")):
            yield "swap", index, swap
        elif op.name == "dist.variable" and op.attribute("type", DistTensor).dims[-1].granule > 1:
            yield "reorder", index, reorder


@pytest.mark.parametrize(
    ("text", "overrides", "seen"),
    [
        (TALE, TWO_HEADS, {"drop", "scale", "reorder"}),
        (GPT, {}, {"drop", "scale", "swap"}),
        (MIXTURES.replace("k = 1", "k = 2"), {}, {"drop", "scale", "swap"}),
    ],
    ids=["tale", "gpt", "mixtures"],
)
def test_every_mistake_is_seen(text: str, overrides: dict[str, str], seen: set[str]) -> None:
    """Other numbers, or a diagnostic."""
    model, texts = distributed(text, overrides | {"layers": "1"})
    text = texts["combine-collectives"]
    right = [value.tobytes() for value in outputs(model, parse_module(text), (5, 3), 2)]
    kinds: set[str] = set()
    for kind, index, mutate in mutations(parse_module(text)):
        module = parse_module(text)
        op = list(module.walk())[index]
        described = f"{kind} {op.name} {op.location}"
        mutate(op)
        try:
            got = [value.tobytes() for value in outputs(model, module, (5, 3), 2)]
        except DiagnosticError as caught:
            got = caught.diagnostics
        assert got != right, described
        kinds.add(kind)
    assert kinds == seen


# ---- what cannot be executed

HEAD = """"dist.grid"() {sym_name = "io"} : () -> ()
"dist.func"() ({
  %x = "dist.input"() {name = "x"} : () -> !dist.tensor<@io, [4 y], f16>
"""
TAIL = """
}) {sym_name = "decode"} : () -> ()"""


def run(body: str, row: Array) -> tuple[Array, ...]:
    module = parse_module(HEAD + body + TAIL, "m.mlir")
    return DistInterpreter(module, {}, {"io": (2, 3)}).step("decode", row, 0)


ROW = np.array([[1.0, 2.0, 3.0, 4.0]], np.float16)
RETURN = '"dist.return"(%y) {names = ["y"]} : (!dist.tensor<@io, [4 y], f16>) -> ()'


@pytest.mark.parametrize(
    ("body", "row", "message"),
    [
        (
            '%y = "dist.sort"(%x) : (!dist.tensor<@io, [4 y], f16>) -> !dist.tensor<@io, [4 y], f16>\n',
            ROW,
            "4:6: error: the interpreter of the dist level does not know 'dist.sort'",
        ),
        (
            '%y = "dist.map"(%x) {fn = "neg"} : (!dist.tensor<@io, [4 y], f16>) '
            "-> !dist.tensor<@io, [4 x], f16>\n",
            ROW,
            "4:6: error: 'dist.map' makes a tile [0] on PE (0, 2) of 2 x 3; by its type it is [2]",
        ),
        (RETURN.replace("%y", "%x"), ROW[0], "3:8: error: the input must be one row of [4], not [4]"),
        (
            RETURN.replace("%y", "%x"),
            ROW.astype(np.int32),
            "3:8: error: the input must be floats, not int32",
        ),
        ("", ROW, "2:1: error: a block without dist.return or dist.yield"),
        (
            '%i = "dist.reduce"(%x) {fn = "add"} : (!dist.tensor<@io, [4 y], f16>) '
            '-> !dist.tensor<@io, [], f32>\n"dist.return"(%i) {names = ["y"]} : '
            "(!dist.tensor<@io, [], f32>) -> ()",
            ROW,
            "5:1: error: PE (0, 1) of grid 'io' has other values than a PE before it, in what "
            "'dist.return' takes",
        ),
    ],
)
def test_what_cannot_be_executed(body: str, row: Array, message: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        run(body, row)
    assert f"m.mlir:{message}" == str(caught.value.diagnostics[0]).split("\n")[0]


def test_a_full_cache(tale: tuple[Operation, str]) -> None:
    model, text = tale
    run = DistInterpreter(parse_module(text), random_weights(model, 1))
    with pytest.raises(DiagnosticError, match="row 8 cannot be kept in a cache of 8 rows"):
        run.step("decode", np.array([3], np.int32), 8)


def test_a_weight_that_is_missing(tale: tuple[Operation, str]) -> None:
    with pytest.raises(DiagnosticError, match="no values for weight 'embed'"):
        DistInterpreter(parse_module(tale[1]), {})
