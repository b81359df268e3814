"""Random WDL programs: `wdl_programs` draws models without a fault, `wdl_layouts` other spellings of a text.

A model uses whatever the language has: consts, layers with caches, mixtures, functions, options, positions,
tables of names, entries. A layout has other blanks and line ends between the tokens, and comments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hypothesis import strategies as st

WIDTHS = {"dim": 8, "half": 4, "wide": 12}
"""The extents of rows, as consts and as numbers."""
UNARY = ("silu", "gelu", "relu", "tanh", "sigmoid", "exp", "softmax", "softmax")
TOKEN = re.compile(r'"[^"\n]*"|//[^\n]*|->|[A-Za-z_][A-Za-z0-9_]*|[0-9.]+(?:e[+-]?[0-9]+)?|\S')
_WORD = re.compile(r"[\w.]")


@dataclass
class _Body:
    """A body being written: values of rows by name, and what it may declare."""

    prefix: str
    has_weights: bool
    values: dict[str, str]
    """Widths, as consts' names, of the rows that names stand for."""
    weights: dict[str, list[str]] = field(default_factory=lambda: dict[str, list[str]]())
    lines: list[str] = field(default_factory=lambda: list[str]())


class _Writer:
    """Draws one model."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.functions: dict[str, tuple[str, str, list[str] | None]] = {}
        """What each function takes, what it gives, and the shape of the weight it takes besides, if any."""

    def one_of(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def chance(self) -> bool:
        return self.draw(st.booleans())

    # ---- expressions: rows [seq, width]

    def rows(self, body: _Body, width: str, depth: int) -> str:
        known = [name for name, other in body.values.items() if other == width]
        if depth <= 0:
            return self.one_of(*known) if known else self.product(body, width, 0)
        choice = self.number(0, 11)
        if choice == 0:
            return f"{self.one_of(*UNARY)}({self.rows(body, width, depth - 1)})"
        if choice == 1:
            return f"-{self.operand(body, width, depth)}"
        if choice == 2:
            return f"{self.operand(body, width, depth)} * {self.constant()}"
        if choice == 3:
            return f"{self.constant()} - {self.operand(body, width, depth)}"
        if choice == 4:
            operator = self.one_of("+", "-", "*", "/")
            return f"{self.operand(body, width, depth)} {operator} {self.operand(body, width, depth)}"
        if choice == 5 and body.has_weights:
            option = self.one_of("", ", eps = 1e-6", ", eps = 0.5")
            return f"rmsnorm({self.rows(body, width, depth - 1)}, {self.weight(body, [width])}{option})"
        if choice == 6:
            return self.reshaped(body, width, depth)
        if choice in (7, 8) and self.callable(width, body):
            return self.call(body, width, depth)
        if choice in (3, 8) and width != "half" and depth > 0:
            axis = self.one_of("", ", axis = 1", ", axis = -1")
            count = WIDTHS[width] // 4
            return f"concat({', '.join(self.rows(body, 'half', depth - 2) for _ in range(count))}{axis})"
        if choice == 9 and width == "half":
            return f"slice({self.rows(body, 'dim', depth - 1)}, half, dim)"
        if choice == 10:
            reduced = self.one_of("sum", "mean", "max")
            rows = self.operand(body, width, depth)
            return f"{rows} + reshape({reduced}({self.rows(body, width, depth - 1)}), [seq, 1])"
        return self.product(body, width, depth)

    def operand(self, body: _Body, width: str, depth: int) -> str:
        text = self.rows(body, width, depth - 1)
        return text if re.fullmatch(r"\w+|\w+\(\w*\)", text) else f"({text})"

    def product(self, body: _Body, width: str, depth: int) -> str:
        known = sorted(set(body.values.values()))
        inner = self.one_of(*known)
        if not body.has_weights:
            # A function computes with what it is given.
            return self.padded(body, inner, width, depth)
        return f"{self.operand(body, inner, depth)} @ {self.weight(body, [inner, width])}"

    def padded(self, body: _Body, inner: str, width: str, depth: int) -> str:
        """Rows of `width` made of rows of another width, without a weight."""
        rows = self.rows(body, inner, depth - 1)
        if inner == width:
            return f"relu({rows})"
        half = rows if inner == "half" else f"slice({rows}, 0, half)"
        return half if width == "half" else f"concat({', '.join([half] * (WIDTHS[width] // 4))})"

    def reshaped(self, body: _Body, width: str, depth: int) -> str:
        groups = f"{WIDTHS[width]} / 2" if self.chance() else f"{width} / 2"
        inner = f"reshape({self.rows(body, width, depth - 1)}, [seq, {groups}, 2])"
        if self.chance():
            inner = f"rope({inner}{self.one_of('', ', theta = 500.0')})"
        elif self.chance():
            inner = f"transpose(transpose({inner}))"
        elif body.has_weights:
            inner = f"{inner} * {self.weight(body, [groups, '2'])}"
        return f"reshape({inner}, [seq, {width}])"

    def constant(self) -> str:
        return self.one_of("2", "0.5", ".25", "1e-2", "scale", "(scale + 1) / 4.0", "-scale")

    def weight(self, body: _Body, shape: list[str]) -> str:
        same = [name for name, other in body.weights.items() if other == shape]
        if same and self.chance():
            return self.one_of(*same)
        name = f"{body.prefix}{len(body.weights)}"
        body.weights[name] = shape
        return name

    # ---- functions

    def callable(self, width: str, body: _Body) -> list[str]:
        return [
            name
            for name, (_, gives, weight) in self.functions.items()
            if gives == width and (weight is None or body.has_weights)
        ]

    def call(self, body: _Body, width: str, depth: int) -> str:
        name = self.one_of(*self.callable(width, body))
        takes, _, weight = self.functions[name]
        arguments = [self.rows(body, takes, depth - 1)]
        if weight is not None:
            arguments += [self.weight(body, weight), self.constant()]
        return f"{name}({', '.join(arguments)})"

    def function(self, name: str) -> list[str]:
        takes, gives = self.one_of(*WIDTHS), self.one_of(*WIDTHS)
        body = _Body("unused", False, {"x": takes})
        parameters = f"x: [seq, {takes}]"
        weight = [takes, gives] if self.chance() else None
        if weight is not None:
            parameters += f", w: [{takes}, {gives}], s: []"
            result = f"{self.operand(body, takes, 2)} @ w * s"
        else:
            result = self.rows(body, gives, 2)
            if not re.search(r"\bx\b", result):
                result = self.padded(body, takes, gives, 0)
        lines = [f"{name}({parameters}) -> [seq, {gives}] {{", f"return {result}", "}"]
        self.functions[name] = (takes, gives, weight)
        return lines

    # ---- bodies

    def statements(self, body: _Body, result: str, count: int) -> list[str]:
        """Assignments, each used by the next one, and a return of [seq, `result`]."""
        last = next(iter(body.values))
        lines: list[str] = []
        for index in range(count):
            width = self.one_of(*WIDTHS)
            value = self.rows(body, width, 2)
            again = self.chance() and body.values[last] == width
            name = last if again else f"{body.prefix}y{index}"
            if again:
                value = f"{value} + {last}"
            lines.append(f"{name} = {value}")
            body.values[name] = width
            last = name
        lines.append(f"return {self.rows(body, result, 2)}")
        return lines

    def declarations(self, body: _Body) -> list[str]:
        texts = [f"{name}: [{', '.join(shape)}]" for name, shape in body.weights.items()]
        cut = self.number(0, len(texts))
        return [f"weight {', '.join(part)}" for part in (texts[:cut], texts[cut:]) if part]

    def layer(self, name: str) -> tuple[list[str], _Body]:
        body = _Body(f"{name}_w", True, {"x": "dim"})
        lines = self.attention() if self.chance() else []
        if lines:
            body.values["a"] = "dim"
        lines += self.statements(body, "dim", self.number(0, 3))
        caches = ["cache keys: [context, 2, 4], values: [context, 2, 4]"] if "a" in body.values else []
        head = f"layer {name}(x: [seq, dim]) -> [seq, dim] {{"
        return [head, *self.declarations(body), *caches, *lines, "}"], body

    def attention(self) -> list[str]:
        causal = self.one_of("", ", causal = true", ", causal = past_only")
        return [
            "q = reshape(x, [seq, 2, 4])",
            "k = append(keys, rope(q, theta = 100.0))",
            f"a = attention(rope(q, theta = 100.0), k, append(values, q){causal})",
            "a = reshape(a, [seq, dim])",
        ]

    # ---- the model

    def model(self) -> str:
        items: list[list[str]] = [
            ["const half = 4, dim = 2 * half, wide = dim + half"],
            [f"const scale = {self.one_of('0.5', '1 / 4.0', '-(2 - 4)')}, context = 16, past_only = true"],
            [f"dtype {self.one_of('f16 accumulate f32', 'f16', 'f32 accumulate f32')}"],
        ]
        for index in range(self.number(0, 2)):
            items.append(self.function(f"f{index}"))
        layers = {f"block{index}": self.layer(f"block{index}") for index in range(self.number(0, 2))}
        items += [lines for lines, _ in layers.values()]
        top = _Body("w", True, {"x": "dim"})
        takes_tokens = self.chance()
        lines = ["x = table[tokens]"] if takes_tokens else []
        if takes_tokens and self.chance():
            lines.append("x = x + table[position]")
        for name in layers:
            lines.append(f"x = repeat({self.one_of('2', 'half / 2')}, {name}, x)")
        if self.chance():
            items.append(self.expert())
            lines.append("x = mixture(4, expert, x, x @ router, k = 2)")
            items.append(["weight router: [dim, 4]"])
        result = self.one_of(*WIDTHS)
        lines += self.statements(top, result, self.number(0, 3))
        parameter = "tokens: [seq] index" if takes_tokens else "x: [seq, dim]"
        items.append([f"forward({parameter}) -> [seq, {result}] {{", *lines, "}"])
        items += [[line] for line in self.declarations(top)]
        if takes_tokens:
            items.append(["weight table: [16, dim]"])
        names = {name: f'"{name}"' for name in top.weights}
        names |= {
            f"{layer}.{name}": f'"layers.{{}}.{name}"'
            for layer, (_, body) in layers.items()
            for name in body.weights
        }
        if names and self.chance():
            items.append(self.names(names, top))
        decode = self.one_of("forward", "greedy(forward)")
        items.append([f"decode = {decode}"])
        if self.chance():
            items.append(["train = minimize(cross_entropy(forward), adam(lr = 1e-3))"])
        order = items[:2] + self.draw(st.permutations(items[2:])) if self.chance() else items
        return "\n".join(["model random {", *(line for item in order for line in item), "}"]) + "\n"

    def expert(self) -> list[str]:
        body = _Body("e", True, {"x": "dim"})
        lines = [f"return {self.one_of('silu', 'relu')}(x @ {self.weight(body, ['dim', 'wide'])}) @ down"]
        return [
            "layer expert(x: [seq, dim]) -> [seq, dim] {",
            *self.declarations(body),
            "weight down: [wide, dim]",
            *lines,
            "}",
        ]

    def names(self, names: dict[str, str], top: _Body) -> list[str]:
        lines = ["names {"]
        for target, tensor in names.items():
            shape = top.weights.get(target)
            if shape is not None and len(shape) == 2 and self.chance():
                tensor = f"transpose({tensor}[0 : {shape[1]}{self.one_of('', ', :')}])"
            elif shape is not None and self.chance():
                tensor = f"reshape({tensor}, [{', '.join(shape)}])"
            if self.chance():
                lines.append(f"{target} = {tensor}")
        return [*lines, "}"]


@st.composite
def wdl_programs(draw: st.DrawFn) -> str:
    """A model without errors (warnings there may be), one statement a line, not indented."""
    return _Writer(draw).model()


_GAPS = (
    "",
    " ",
    " ",
    " ",
    "\n",
    "\n\n",
    "\n\n\n  ",
    "\t",
    "  ",
    " // about it\n",
    "\n// a line of its own\n",
    " //\n",
)


@st.composite
def wdl_layouts(draw: st.DrawFn, text: str) -> str:
    """`text` with its tokens in the same order, and other blanks, line ends and comments between them."""
    parts: list[str] = []
    last = ""
    for token in TOKEN.findall(text):
        gap = draw(st.sampled_from(_GAPS)) if draw(st.integers(0, 3)) == 0 else " "
        if gap == "" and last and _WORD.match(last[-1]) and _WORD.match(token[0]):
            gap = " "
        parts += (gap, token)
        last = token
    return "".join(parts) + draw(st.sampled_from(("", "\n", "\n// the end", "\n\n")))
