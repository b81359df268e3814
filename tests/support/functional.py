"""A functional interpreter of final modules: values only, no time, written apart from the engines as
their oracle.

Each PE is a generator that runs its program; a receive that finds too little in its queue yields. Messages go
from a source straight to all sinks of its flow, as `wsc.ir.flows` reads them from the switch settings.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from wsc.ir.attributes import DictAttr, FloatAttr, IntegerAttr, StringAttr, SymbolRefAttr
from wsc.ir.dialects.fabric import numbers
from wsc.ir.flows import extract_flows
from wsc.ir.operation import Block, Operation, Value
from wsc.ir.routes import collect_settings
from wsc.ir.runs import numbers_of, runs_of
from wsc.ir.target import Target
from wsc.runtime.host import Coordinates

DTYPES = {"f16": np.dtype(np.float16), "f32": np.dtype(np.float32), "i32": np.dtype(np.int32)}
F = np.float32


def sigmoid(x: Any) -> Any:
    return F(1) / (F(1) + np.exp(-x))


FUNCTIONS = {
    "copy": lambda a: a,
    "neg": lambda a: -a,
    "abs": np.abs,
    "exp": np.exp,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "silu": lambda a: a * sigmoid(a),
    "gelu": lambda a: F(0.5) * a * (F(1) + np.tanh(F(0.7978845608) * (a + F(0.044715) * a * a * a))),
    "relu": lambda a: np.maximum(a, F(0)),
    "rsqrt": lambda a: F(1) / np.sqrt(a),
    "sqrt": np.sqrt,
    "reciprocal": lambda a: F(1) / a,
    "sin": np.sin,
    "cos": np.cos,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "max": max,
    "min": min,
}
INTEGERS = {
    "pe.addi": lambda a, b: a + b,
    "pe.subi": lambda a, b: a - b,
    "pe.muli": lambda a, b: a * b,
    "pe.divi": lambda a, b: a // b,
    "pe.remi": lambda a, b: a % b,
    "pe.mini": min,
    "pe.maxi": max,
}


class Pe:
    """One PE: its memory, program, coordinates and the colors of its channels."""

    def __init__(self, wafer: Wafer, at: tuple[int, int], local: tuple[int, int], tile: Operation) -> None:
        self.wafer, self.at, self.local = wafer, at, local
        self.channels = numbers(tile, "channels")
        instance = wafer.symbols[tile.attribute("instance", SymbolRefAttr).leaf]
        program = tile.attribute("program", SymbolRefAttr)
        self.program = wafer.nested[program.path]
        first, end = numbers(instance, "layers")
        self.arguments = {"layer_count": end - first, "layer_first": first}
        # All bits set: floats are nan and integers -1 until somebody writes them.
        self.memory = np.full(wafer.sram_bytes, 0xFF, np.uint8)
        self.queues: dict[tuple[int, tuple[int, int]], deque[Any]] = {}
        """What came, by color and sender."""
        self.heard: dict[int, int] = {}
        """How many messages of each color were received."""
        self.registers: dict[Value, Any] = {}

    def view(self, value: Value) -> tuple[np.ndarray[Any, Any], list[int]]:
        """The typed memory and the flat element indices of a descriptor."""
        base, n0, s0, n1, s1, dtype = self.registers[value]
        start, rest = divmod(base, dtype.itemsize)
        places = [start + o * s0 + i * s1 for o in range(n0) for i in range(n1)]
        array = self.memory.view(dtype)
        assert rest == 0, "a descriptor is not aligned"
        assert all(0 <= place < array.size for place in places), "a descriptor leaves the memory"
        return array, places

    def run(self, position: int) -> Iterator[None]:
        self.arguments["position"] = position
        yield from self.block(self.program.body)

    def block(self, block: Block) -> Iterator[None]:
        for op in block.operations:
            yield from self.step(op)

    def step(self, op: Operation) -> Iterator[None]:
        r = self.registers
        name = op.name
        if name == "pe.constant":
            r[op.result] = op.attribute("value", IntegerAttr).value
        elif name == "pe.coord":
            r[op.result] = self.local["xy".index(op.attribute("axis", StringAttr).value)]
        elif name == "pe.argument":
            r[op.result] = self.arguments[op.attribute("name", StringAttr).value]
        elif name == "pe.address":
            buffer = self.wafer.nested[op.attribute("buffer", SymbolRefAttr).path]
            r[op.result] = buffer.attribute("offset", IntegerAttr).value
        elif name in INTEGERS:
            r[op.result] = INTEGERS[name](*(r[v] for v in op.operands))
        elif name == "pe.load":
            at = r[op.operands[0]]
            r[op.result] = int(self.memory[at : at + 4].view(np.int32)[0])
        elif name == "pe.store":
            at, value = (r[v] for v in op.operands)
            self.memory[at : at + 4].view(DTYPES[str(op.attributes["type"])])[0] = value
        elif name == "pe.for":
            lower, upper = (r[v] for v in op.operands)
            for i in range(lower, upper):
                r[op.body.arguments[0]] = i
                yield from self.block(op.body)
        elif name == "pe.if":
            a, b = (r[v] for v in op.operands)
            test = {"eq": a == b, "lt": a < b, "le": a <= b}[op.attribute("predicate", StringAttr).value]
            if test:
                yield from self.block(op.body)
        elif name == "pe.dsd":
            base, n0, s0, n1, s1 = (r[v] for v in op.operands)
            r[op.result] = (base, n0, s0, n1, s1, DTYPES[str(op.result.type)[8:-1]])
        elif name in ("pe.send", "pe.recv", "pe.recv_reduce", "pe.recv_reduce_forward"):
            yield from self.exchange(op)
        elif name == "pe.argmax":
            self.argmax(op)
        elif name not in ("pe.yield", "pe.return"):
            self.vector(op)

    def vector(self, op: Operation) -> None:
        views = [self.view(v) for v in op.operands]
        (dst, where), sources = views[0], views[1:]
        for index, at in enumerate(where):
            inputs = [F(array[places[index]]) for array, places in sources]
            if op.name == "pe.map":
                if "value" in op.attributes:
                    inputs.append(F(op.attribute("value", FloatAttr).value))
                dst[at] = FUNCTIONS[op.attribute("fn", StringAttr).value](*inputs)
            elif op.name == "pe.fma":
                dst[at] = F(dst[at]) + inputs[0] * inputs[1]
            elif op.name == "pe.fill":
                dst[at] = op.attribute("value", FloatAttr).value
            elif op.name == "pe.keep_equal" and inputs[0] != inputs[1]:
                dst[at] = 2147483647

    def argmax(self, op: Operation) -> None:
        array, places = self.view(op.operands[1])
        if places:
            dst, where = self.view(op.operands[0])
            dst[where[0]] = int(np.argmax(array[places]))

    def exchange(self, op: Operation) -> Iterator[None]:
        array, places = self.view(op.operands[0])
        if op.name == "pe.send":
            self.emit(op, "channel", [array[p] for p in places])
            return
        key = "in_channel" if op.name.endswith("forward") else "channel"
        color = self.channels[op.attribute(key, IntegerAttr).value]
        if not places:
            return
        # The switches say whose message is next.
        senders = self.wafer.senders[self.at, color]
        self.heard[color] = self.heard.get(color, -1) + 1
        queue = self.queues.setdefault((color, senders[self.heard[color] % len(senders)]), deque())
        forwarded: list[Any] = []
        for place in places:
            while not queue:
                yield
            received = queue.popleft()
            self.wafer.events += 1
            assert received.dtype == array.dtype
            if op.name == "pe.recv":
                array[place] = received
                continue
            if array.dtype == np.int32:
                value = FUNCTIONS[op.attribute("fn", StringAttr).value](int(array[place]), int(received))
                value = np.int32(value)
            else:
                value = FUNCTIONS[op.attribute("fn", StringAttr).value](F(array[place]), F(received))
                value = array.dtype.type(value)
            if op.name == "pe.recv_reduce":
                array[place] = value
            else:
                forwarded.append(value)
        if op.name.endswith("forward"):
            self.emit(op, "out_channel", forwarded)

    def emit(self, op: Operation, key: str, values: list[Any]) -> None:
        color = self.channels[op.attribute(key, IntegerAttr).value]
        self.wafer.events += 1
        for sink in self.wafer.flows[self.at, color]:
            self.wafer.pes[sink].queues.setdefault((color, self.at), deque()).extend(values)


class Wafer:
    """All PEs of a final module."""

    def __init__(self, module: Operation) -> None:
        ops = list(module.body.operations)
        self.symbols = {str(op.symbol_name): op for op in ops}
        self.nested = {
            (str(op.symbol_name), str(inner.symbol_name)): inner
            for op in ops
            if op.name == "fabric.region"
            for inner in op.body.operations
        }
        target = module.attribute("fabric.target", DictAttr)
        self.sram_bytes = Target.from_attribute(target).sram_bytes
        self.events = 0
        width, height = numbers(module, "fabric.grid")
        settings, problems = collect_settings([op for op in ops if op.name == "fabric.route"], width, height)
        flows, more = extract_flows(settings)
        assert not problems
        assert not more
        self.flows = {(flow.source, flow.color): flow.sinks for flow in flows}
        self.senders: dict[tuple[tuple[int, int], int], list[tuple[int, int]]] = {}
        """Who sends the messages of a round to a PE on a color, in the order in which they arrive."""
        for index in np.argsort(flows.number, kind="stable").tolist():
            row, sink = int(flows.sink_source[index]), int(flows.sink[index])
            key = ((sink % width, sink // width), int(settings.color[row]))
            self.senders.setdefault(key, []).extend([settings.point(row)] * int(flows.messages[index]))
        self.pes: dict[tuple[int, int], Pe] = {}
        for op in ops:
            if op.name == "pe.tile":
                ox, oy = numbers(self.symbols[op.attribute("instance", SymbolRefAttr).leaf], "origin")
                columns, rows = (numbers_of(runs_of(op, key)).tolist() for key in ("columns", "rows"))
                for x, y in product(columns, rows):
                    self.pes[ox + x, oy + y] = Pe(self, (ox + x, oy + y), (x, y), op)

    def write(self, x: Coordinates, y: Coordinates, offset: int, values: np.ndarray[Any, Any]) -> None:
        for column, row, line in zip(x.tolist(), y.tolist(), values, strict=True):
            data = np.frombuffer(line.tobytes(), np.uint8)
            self.pes[column, row].memory[offset : offset + len(data)] = data

    def read(
        self, x: Coordinates, y: Coordinates, offset: int, dtype: np.dtype[Any], count: int
    ) -> np.ndarray[Any, Any]:
        end = offset + count * dtype.itemsize
        places = zip(x.tolist(), y.tolist(), strict=True)
        return np.stack([self.pes[place].memory[offset:end].view(dtype) for place in places])

    def launch(self, position: int) -> None:
        """Run all programs to their end. Raises `RuntimeError` if they wait for each other."""
        running = {at: pe.run(position) for at, pe in self.pes.items()}
        # Overflow to infinity and work on infinities are part of the machine's arithmetic.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore"):
            while running:
                before = (len(running), self.events)
                for at in list(running):
                    if next(running[at], "end") == "end":
                        del running[at]
                if before == (len(running), self.events):
                    raise RuntimeError(f"deadlock: {sorted(running)[:4]} wait")
        assert all(not queue for pe in self.pes.values() for queue in pe.queues.values())
