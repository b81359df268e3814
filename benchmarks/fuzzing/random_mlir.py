"""Random MLIR text: operations of every dialect with attributes, types and regions that almost fit."""

from __future__ import annotations

from random import Random

from wsc.ir.dialects import load_dialects
from wsc.ir.spec import Field, OpSpec, registered_operations

from .mutations import NUMBERS

ELEMENTS = ("f16", "f32", "i32", "i64", "i1", "index", "bf16", "f64", "none")
TYPES = (
    *ELEMENTS,
    *(
        "tensor<1x8xf16>",
        "tensor<8xf16>",
        "tensor<f16>",
        "tensor<8x8xf16>",
        "tensor<?x8xf16>",
        "tensor<1xi32>",
    ),
    *(
        "tensor<1x2x4xf32>",
        "tensor<0xf32>",
        "tensor<4x8xf16>",
        "!pe.dsd<f16>",
        "!pe.dsd<f32>",
        "!pe.dsd<i32>",
    ),
    *(
        "!dist.tensor<@g, [8 x], f16>",
        "!dist.tensor<@g, [8 y], f16>",
        "!dist.tensor<@g, [8 x], f32, partial add over y>",
    ),
    *(
        "!dist.tensor<@g, [8 x, 8 y], f16>",
        "!dist.tensor<@h, [], i32>",
        "!dist.tensor<@g, [4 y cyclic, 8 x], f16>",
    ),
    *("(f16) -> f32", "() -> ()", "!zoo.x<1>", "!zoo.y"),
)
STRINGS = (
    *(
        "add",
        "max",
        "min",
        "x",
        "y",
        "decode",
        "weight",
        "cache",
        "constant",
        "temp",
        "state",
        "f16",
        "relu",
        "silu",
    ),
    *("E", "W", "N", "S", "RAMP", "input", "output", "a", "block", "", "lt", "eq"),
)
SYMBOLS = ("@g", "@w", "@decode", "@r", "@r::@b", "@i", "@nowhere", '@"odd name"', "@g::@p")


class _Writer:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.specs = {spec.name: spec for spec in registered_operations()}
        self.count = 0

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def number(self) -> str:
        return self.pick(*NUMBERS) if self.random.random() < 0.1 else str(self.random.randrange(-1, 10))

    def numbers(self, most: int = 7) -> str:
        return ", ".join(self.number() for _ in range(self.random.randrange(most)))

    def attribute(self, depth: int = 2) -> str:
        """Return any attribute."""
        forms = [
            lambda: f"{self.number()} : {self.pick('i64', 'i32', 'index', 'i1')}",
            lambda: f"{self.random.uniform(-9, 9):.3f} : {self.pick('f32', 'f16', 'f64')}",
            lambda: f'"{self.pick(*STRINGS)}"',
            lambda: self.pick(*SYMBOLS),
            lambda: self.pick(*TYPES),
            lambda: f"array<i64: {self.numbers()}>",
            lambda: f"dense<{self.number()}> : tensor<{self.pick('', '2x', '8x')}{self.pick('f16', 'i32')}>",
            lambda: (
                f"dense<[{self.numbers(4)}]> : tensor<{self.random.randrange(4)}x{self.pick('f16', 'i64')}>"
            ),
            lambda: self.pick("true", "false", "unit", "#zoo.a<1, [2]>", "#dist.split<8 x>", "#none"),
        ]
        if depth:
            forms.append(
                lambda: f"[{', '.join(self.attribute(depth - 1) for _ in range(self.random.randrange(3)))}]"
            )
            forms.append(lambda: f"{{a = {self.attribute(depth - 1)}, b}}")
        return self.random.choice(forms)()

    def fitting(self, field: Field) -> str:
        """Return an attribute that a field of this description probably takes."""
        wanted = field.constraint.description
        for word, form in (
            ("symbol", lambda: self.pick(*SYMBOLS)),
            ("string", lambda: f'"{self.pick(*STRINGS)}"'),
            ("float", lambda: f"{self.random.choice((0.5, 1e-5, 2.0)):.6f} : f32"),
            ("type", lambda: self.pick(*TYPES)),
            ("array", lambda: f"array<i64: {self.numbers()}>"),
            ("integer", lambda: f"{self.number()} : i64"),
            ("'", lambda: f'"{self.pick(*STRINGS)}"'),
        ):
            if word in wanted and self.random.random() < 0.8:
                return form()
        return self.attribute()

    def attributes(self, spec: OpSpec) -> str:
        entries = {
            field.name: self.fitting(field)
            for field in spec.attributes
            if self.random.random() < (0.5 if field.optional else 0.95)
        }
        if self.random.random() < 0.05:
            entries[self.pick("zoo.extra", "extra", "sym_name")] = self.attribute()
        return "{" + ", ".join(f"{key} = {value}" for key, value in entries.items()) + "}" if entries else ""

    def block(self, indent: str, visible: list[tuple[str, str]], depth: int) -> list[str]:
        """Return the lines of a block; `visible` are names and types of values that it may use."""
        lines: list[str] = []
        names = list(self.specs)
        for _ in range(self.random.randrange(1, 5)):
            spec = self.specs[self.random.choice(names)]
            lines.append(self.operation(spec, indent, visible, depth))
        if self.random.random() < 0.6:
            name = f"{self.pick('nn', 'dist', 'pe', 'fabric')}.{self.pick('return', 'yield')}"
            lines.append(f'{indent}"{name}"() : () -> ()')
        return lines

    def operation(self, spec: OpSpec, indent: str, visible: list[tuple[str, str]], depth: int) -> str:
        """Return an operation's text and add its results to `visible`."""
        wanted = len(spec.operands) + self.random.choice((0, 0, 0, 0, 1, -1))
        operands = [self.random.choice(visible) for _ in range(max(0, wanted))] if visible else []
        results = [
            self.random.choice(operands)[1] if operands and self.random.random() < 0.6 else self.pick(*TYPES)
            for _ in range(len(spec.results) if self.random.random() < 0.95 else 2)
        ]
        regions: list[str] = []
        for _ in spec.regions if depth else ():
            arguments = [(f"%a{self.new()}", self.pick(*TYPES)) for _ in range(self.random.randrange(3))]
            listed = ", ".join(f"{name}: {type}" for name, type in arguments)
            body = self.block(indent + "  ", [*visible, *arguments], depth - 1)
            regions.append("{\n" + "\n".join([f"{indent}^bb0({listed}):", *body]) + f"\n{indent}}}")
        given = f"%{self.new()}"
        head = f"{given}:{len(results)} = " if results else ""
        text = f'{indent}{head}"{spec.name}"({", ".join(name for name, _ in operands)})'
        if regions:
            text += f" ({', '.join(regions)})"
        inputs = ", ".join(type for _, type in operands)
        text += f" {self.attributes(spec)} : ({inputs}) -> ({', '.join(results)})"
        if self.random.random() < 0.2:
            text += self.pick(' loc("m.wdl":3:5)', " loc(unknown)", ' loc(fused["a":1:1, "b"("c":2:2)])')
        visible.extend((f"{given}#{index}", type) for index, type in enumerate(results))
        return text

    def new(self) -> int:
        self.count += 1
        return self.count


def random_mlir(random: Random) -> str:
    """Return the text of a module with a few operations, nested at most twice."""
    load_dialects()
    writer = _Writer(random)
    return '"builtin.module"() ({\n' + "\n".join(writer.block("  ", [], 2)) + "\n}) : () -> ()\n"
