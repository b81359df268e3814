"""Blocks of distributed operations from text, for tests of passes that work on one block."""

from __future__ import annotations

from wsc.ir.operation import Block
from wsc.ir.parser import parse_module
from wsc.ir.verifier import verify

V = "!dist.tensor<@g, [6 x], f32>"
TOTAL = "!dist.tensor<@g, [], f32>"
PARTIAL = "!dist.tensor<@g, [], f32, partial add over x>"


def region_block(text: str) -> Block:
    """Return the body of a region @g of 2 x 3 PEs with the operations of `text`; variables @v, @w exist."""
    variables = "".join(
        f'"dist.variable"() {{sym_name = "{name}", type = {V}, kind = "weight"}} : () -> ()\n'
        for name in ("v", "w")
    )
    region = (
        f'"fabric.region"() ({{{text}}}) '
        '{sym_name = "g", grid = "g", width = 2 : i64, height = 3 : i64} : () -> ()'
    )
    module = parse_module(f'"builtin.module"() ({{{variables}{region}}}) : () -> ()', "t.mlir")
    assert verify(module) == []
    return list(module.body.operations)[-1].body


def read(name: str, variable: str = "v") -> str:
    return f'%{name} = "dist.read"() {{variable = @{variable}}} : () -> {V}\n'


def negate(name: str, value: str) -> str:
    return f'%{name} = "dist.map"(%{value}) {{fn = "neg"}} : ({V}) -> {V}\n'


def add(name: str, left: str, right: str) -> str:
    return f'%{name} = "dist.map"(%{left}, %{right}) {{fn = "add"}} : ({V}, {V}) -> {V}\n'


def scale(name: str, value: str, factor: str) -> str:
    return f'%{name} = "dist.map"(%{value}, %{factor}) {{fn = "mul"}} : ({V}, {TOTAL}) -> {V}\n'


def reduce(name: str, value: str) -> str:
    """The local part of a sum over the elements."""
    return f'%{name} = "dist.reduce"(%{value}) {{fn = "add"}} : ({V}) -> {PARTIAL}\n'


def all_reduce(names: str, *values: str) -> str:
    operands = ", ".join(f"%{value}" for value in values)
    types = ", ".join([PARTIAL] * len(values))
    results = ", ".join([TOTAL] * len(values))
    return f'{names} = "dist.all_reduce"({operands}) {{axis = "x", fn = "add"}} : ({types}) -> ({results})\n'


def repeat(name: str, initial: list[str], arguments: list[str], body: str, results: list[str]) -> str:
    """A loop that carries vectors."""
    carried = ", ".join(f"%{argument}: {V}" for argument in arguments)
    types = ", ".join([V] * len(initial))
    given = ", ".join(f"%{value}" for value in initial)
    new = ", ".join(f"%{value}" for value in results)
    return f"""%{name}:{len(initial)} = "dist.repeat"({given}) ({{
      ^bb0(%i_{name}: index, {carried}):
        {body}
        "dist.yield"({new}) : ({types}) -> ()
    }}) {{count = 3 : i64, label = "g"}} : ({types}) -> ({types})
    """


def send(value: str, port: str = "out0") -> str:
    return f'"fabric.send"(%{value}) {{port = "{port}"}} : ({V}) -> ()\n'


def receive(name: str, port: str = "in0") -> str:
    return f'%{name} = "fabric.receive"() {{port = "{port}"}} : () -> {V}\n'
