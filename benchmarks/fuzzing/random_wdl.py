"""Random WDL text: models that the grammar takes, with names, shapes and operators that mostly fit."""

from __future__ import annotations

from random import Random

from wsc.compiler.frontend.operators import OPERATORS

from .mutations import NUMBERS

ELEMENTS = ("f16", "f32", "bf16", "index", "f64")
EXTENTS = (
    "dim",
    "dim",
    "dim",
    "ffn",
    "seq",
    "8",
    "4",
    "dim * 2",
    "position + seq",
    "heads",
    "head_dim",
    "context",
)


class _Writer:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.names = ["x", "w", "v", "keys", "block", "dim", "forward", "table"]
        self.count = 0

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def new(self) -> str:
        self.count += 1
        return self.pick(f"t{self.count}", f"t{self.count}", f"t{self.count}", "x", "w", "h")

    def number(self) -> str:
        return (
            self.pick(*NUMBERS)
            if self.random.random() < 0.1
            else self.pick("0", "1", "2", "8", "0.5", "1e-5")
        )

    def type(self) -> str:
        extents = self.pick("seq, dim", "dim", "dim, dim", "seq, dim", "dim, ffn", "context, dim", "")
        if self.random.random() < 0.3:
            extents = ", ".join(self.pick(*EXTENTS) for _ in range(self.random.randrange(4)))
        return f"[{extents}]{' ' + self.pick(*ELEMENTS) if self.random.random() < 0.1 else ''}"

    def expression(self, depth: int) -> str:
        if depth == 0 or self.random.random() < 0.2:
            return self.pick(self.pick(*self.names), self.pick(*self.names), self.number(), "true", "seq")
        form = self.random.randrange(8)
        if form < 3:
            return f"{self.expression(depth - 1)} {self.pick(*'+-*/@')} {self.expression(depth - 1)}"
        if form == 3:
            return f"-{self.expression(depth - 1)}"
        if form == 4:
            return f"({self.expression(depth - 1)})"
        if form == 5:
            return f"{self.pick(*self.names)}[{self.expression(depth - 1)}]"
        return self.call(depth)

    def call(self, depth: int) -> str:
        name = (
            self.pick(*OPERATORS)
            if self.random.random() < 0.9
            else self.pick("greedy", "minimize", "sofmax", "block")
        )
        operator = OPERATORS.get(name)
        count = len(operator.operands) if operator else 1
        count += self.random.choice((0, 0, 0, 0, 0, 1, -1))
        arguments = [self.argument(name, index, depth) for index in range(max(0, count))]
        if operator is not None:
            for option in operator.options:
                if self.random.random() < 0.4:
                    arguments.append(f"{option.name} = {self.pick(self.number(), 'true', 'dim', '-1')}")
        return f"{name}({', '.join(arguments)})"

    def argument(self, name: str, index: int, depth: int) -> str:
        kind = (
            OPERATORS[name].operands[index].kind.name
            if name in OPERATORS and index < len(OPERATORS[name].operands)
            else ""
        )
        if kind == "SHAPE":
            return self.type()
        if kind == "COUNT" and self.random.random() < 0.8:
            return self.pick("2", "layers", "dim", "0")
        if kind == "LAYER" and self.random.random() < 0.8:
            return "block"
        if kind == "CACHE" and self.random.random() < 0.8:
            return "keys"
        return self.expression(depth - 1)

    def body(self, indent: str) -> list[str]:
        lines: list[str] = []
        for _ in range(self.random.randrange(4)):
            if self.random.random() < 0.3:
                lines.append(f"{indent}{self.pick('weight', 'weight', 'cache')} {self.new()}: {self.type()}")
            else:
                name = self.new()
                lines.append(f"{indent}{name} = {self.expression(2)}")
                self.names.append(name)
        return [*lines, f"{indent}return {self.expression(2)}"]

    def result(self) -> str:
        """Return the type that a layer's or function's last value probably has."""
        return self.pick("[seq, dim]", "[seq, dim]", "[seq, dim]", self.type())

    def model(self) -> str:
        """Return a model whose parts may be wrong, missing or out of order."""
        random = self.random
        dim = self.pick("8", "8", "8", "16", "0", "-1", "1.5")
        ffn = self.pick("12", "dim * 2", "dim / 3")
        sums = self.pick("", " accumulate f32", " accumulate f16")
        tokens = self.pick("[seq, dim]", "[seq, dim]", "[seq] index", self.type())
        cache = ["    cache keys: [context, dim]"] if random.random() < 0.7 else []
        layer = [f"  layer block(x: [seq, dim]) -> {self.result()} {{", "    weight w: [dim, dim], v: [dim]"]
        items = [
            [f"  const dim = {dim}, ffn = {ffn}"],
            ["  const heads = 2, layers = 2, context = 16, head_dim = dim / heads"],
            [f"  dtype {self.pick('f16', 'f16', 'f32', 'bf16')}{sums}"],
            [f"  weight w: [dim, dim], v: [dim], table: [{self.pick('8', 'dim')}, dim]"],
            [*layer, *cache, *self.body("    "), "  }"] if random.random() < 0.6 else [],
            [f"  forward(x: {tokens}) -> {self.result()} {{", *self.body("    "), "  }"],
            [f"  decode = {self.pick('greedy(forward)', 'forward', 'forward', self.expression(2))}"],
        ]
        kept = [item for item in items if random.random() < 0.96]
        if random.random() < 0.1:
            random.shuffle(kept)
        name = self.pick("m", "m_1", "model")
        return "\n".join([f"model {name} {{", *(line for item in kept for line in item), "}", ""])


def random_wdl(random: Random) -> str:
    """Return the text of a model."""
    return _Writer(random).model()
