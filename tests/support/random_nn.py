"""Random functions of the nn dialect: elementwise work, reshapes, reads, appends, a repeat, mixtures."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st

from wsc.ir.attributes import (
    DYNAMIC,
    F32,
    I64,
    INDEX,
    Attribute,
    DenseElementsAttr,
    FloatType,
    FunctionType,
    IntegerAttr,
    TensorType,
    i64,
    string,
    symbol,
)
from wsc.ir.builder import Builder
from wsc.ir.dialects.nn import BINARY, UNARY, tensor_type
from wsc.ir.dialects.nn_shape import REDUCTIONS
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.location import FileLoc
from wsc.ir.operation import Block, Operation, Region, Value

ROW, FOLDED, VECTOR, CACHE, SO_FAR = (1, 8), (1, 2, 4), (8,), (4, 8), (DYNAMIC, 8)
KINDS = ("unary", "binary", "number", "bias", "reshape", "moved", "along", "read", "append")
PURE = KINDS[:-1]
"""What an expert may do."""
NUMBERS = (1.0, 0.0, -0.0, 2.0, -0.25, 3.0, 0.1)


@dataclass
class _Scope:
    """What can be used at one place: values by shape."""

    draw: st.DrawFn
    builder: Builder
    element: FloatType
    values: dict[tuple[int, ...], list[Value]] = field(default_factory=dict)
    lines: list[int] = field(default_factory=lambda: [0])

    def pick(self, shape: tuple[int, ...]) -> Value:
        return self.draw(st.sampled_from(self.values[shape]))

    def create(self, name: str, operands: list[Value], shape: tuple[int, ...], **attributes: object) -> Value:
        self.lines[0] += 1
        kind = TensorType(shape, self.element)
        location = FileLoc("random.wdl", self.lines[0], 1)
        op = self.builder.create(f"nn.{name}", operands, [kind], attributes, location=location)
        self.values.setdefault(shape, []).append(op.result)
        return op.result

    def step(self, kinds: tuple[str, ...] = KINDS) -> None:
        """Add an operation of one of these kinds."""
        shape = self.draw(st.sampled_from([ROW, ROW, ROW, FOLDED, CACHE, SO_FAR]))
        if not self.values.get(shape):
            shape = ROW
        kind = self.draw(st.sampled_from(kinds))
        if kind == "unary":
            self.create(self.draw(st.sampled_from(UNARY)), [self.pick(shape)], shape)
        elif kind == "binary":
            self.create(self.draw(st.sampled_from(BINARY)), [self.pick(shape), self.pick(shape)], shape)
        elif kind == "number":
            number = self.draw(st.sampled_from(NUMBERS))
            value = DenseElementsAttr((number,), TensorType((), self.element))
            constant = self.create("constant", [], (), value=value)
            self.create(self.draw(st.sampled_from(BINARY)), [self.pick(shape), constant], shape)
        elif kind == "bias" and shape != FOLDED:
            vector = self.create("read", [], VECTOR, variable=symbol("bias"))
            self.create(self.draw(st.sampled_from(BINARY)), [self.pick(shape), vector], shape)
        elif kind == "reshape":
            source, target = self.draw(st.sampled_from([(ROW, FOLDED), (FOLDED, ROW), (ROW, ROW)]))
            if self.values.get(source):
                self.create("reshape", [self.pick(source)], target)
        elif kind == "moved":
            self.moved()
        elif kind == "along":
            name = self.draw(st.sampled_from(["softmax", *REDUCTIONS]))
            found = self.create(name, [self.pick(ROW)], ROW if name == "softmax" else (1, 1), axis=i64(1))
            operands = [self.pick(ROW), found]
            self.create(self.draw(st.sampled_from(BINARY)), operands, ROW)
        elif kind == "read":
            self.create("read", [], CACHE, variable=symbol("cache"))
        elif kind == "append":
            self.create("append", [self.pick(ROW)], SO_FAR, variable=symbol("cache"))

    def moved(self) -> None:
        """Add a cut of two rows put together, cut again, or a value transposed there and back."""
        if self.values.get(FOLDED) and self.draw(st.booleans()):
            there = self.create("transpose", [self.pick(FOLDED)], (1, 4, 2))
            self.create("transpose", [there], FOLDED)
            return
        both = self.create("concat", [self.pick(ROW), self.pick(ROW)], (1, 16), axis=i64(1))
        first, second = self.draw(st.integers(0, 4)), self.draw(st.integers(0, 4))
        most = self.create("slice", [both], (1, 12), axis=i64(1), start=i64(first), end=i64(first + 12))
        self.create("slice", [most], ROW, axis=i64(1), start=i64(second), end=i64(second + 8))

    def repeat(self) -> None:
        """Add a repeat with a body that may use what is around it."""
        attributes = {"count": IntegerAttr(2, I64), "label": string("block")}
        self._with_body("nn.repeat", [self.pick(ROW)], attributes, KINDS)

    def mixture(self) -> None:
        """Add a mixture of experts that may use what is around them; all of them are the same."""
        attributes = {"count": IntegerAttr(8, I64), "k": IntegerAttr(3, I64), "label": string("expert")}
        self._with_body("nn.mixture", [self.pick(ROW), self.pick(ROW)], attributes, PURE)

    def _with_body(
        self, name: str, operands: list[Value], attributes: dict[str, Attribute], kinds: tuple[str, ...]
    ) -> None:
        row = operands[0].type
        block = Block([INDEX, row])
        values = {shape: list(known) for shape, known in self.values.items()}
        values[ROW].append(block.arguments[1])
        inner = _Scope(self.draw, Builder(block), self.element, values, self.lines)
        for _ in range(self.draw(st.integers(0, 8))):
            inner.step(kinds)
        if kinds == KINDS and self.draw(st.booleans()):
            inner.mixture()
        Builder(block).create("nn.yield", [inner.pick(ROW)])
        op = self.builder.create(name, operands, [row], attributes, [Region([block])])
        self.values[ROW].append(op.result)


@st.composite
def modules(draw: st.DrawFn, element: FloatType = F32) -> Operation:
    """Modules with one entry `decode` of one row, a weight `bias` and a cache `cache`."""
    block = Block([TensorType(ROW, element)])
    scope = _Scope(draw, Builder(block), element, {ROW: [block.arguments[0]]})
    for _ in range(draw(st.integers(0, 10))):
        scope.step()
    if draw(st.booleans()):
        scope.mixture()
    if draw(st.booleans()):
        scope.repeat()
        for _ in range(draw(st.integers(0, 4))):
            scope.step()
    every = [value for values in scope.values.values() for value in values]
    results = draw(st.lists(st.sampled_from(every), min_size=1, max_size=4))
    Builder(block).create("nn.return", results)
    body = Block()
    top = Builder(body)
    for name, kind, shape in (("bias", "weight", VECTOR), ("cache", "cache", CACHE)):
        attributes = {
            "sym_name": string(name),
            "source": string(name),
            "kind": string(kind),
            "type": TensorType(shape, element),
        }
        top.create("nn.variable", attributes=attributes)
    signature = FunctionType((TensorType(ROW, element),), tuple(value.type for value in results))
    attributes = {"sym_name": string("decode"), "function_type": signature}
    top.create("nn.func", attributes=attributes, regions=[Region([block])])
    return Operation("builtin.module", attributes={"nn.accumulate": F32}, regions=[Region([body])])


def outputs(module: Operation) -> list[bytes]:
    """Return the bits of two steps' results and of the cache; all nans are one."""
    generator = np.random.default_rng(7)
    element = tensor_type(next(op for op in module.walk() if op.name == "nn.func").body.arguments[0]).element
    dtype = np.dtype(np.float16 if str(element) == "f16" else np.float32)
    bias = np.array([0.0, -0.0, 1.0, -2.0, 0.1, 3.0, -0.5, np.inf], dtype)
    interpreter = NnInterpreter(module, {"bias": bias})
    found: list[np.ndarray] = []
    for position in range(2):
        row = generator.normal(size=ROW)
        row[0, :3] = (0.0, -0.0, 1e-40)
        found += interpreter.step("decode", row.astype(dtype), position)
    found.append(interpreter.variable("cache"))
    return [np.where(np.isnan(array), np.array(np.nan, array.dtype), array).tobytes() for array in found]
