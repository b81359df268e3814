"""The parser: what it accepts beyond what we print, and how it says what is wrong."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir import (
    DiagnosticError,
    FileLoc,
    FusedLoc,
    NameLoc,
    parse_attribute,
    parse_module,
    parse_operation,
    parse_type,
    print_operation,
    render,
)
from wsc.ir.attributes import (
    DIALECT_ATTRIBUTES,
    F32,
    I1,
    I64,
    INDEX,
    DenseArrayAttr,
    DenseElementsAttr,
    FloatAttr,
    FloatType,
    IntegerAttr,
    IntegerType,
    OpaqueAttr,
    StringAttr,
    SymbolRefAttr,
    TensorType,
)
from wsc.ir.lexer import MAX_NESTING
from wsc.ir.location import UNKNOWN, CallSiteLoc

T = TypeVar("T")
SQUARE = TensorType((2, 2), I64)
BF16 = FloatType("bf16")


def body_text(text: str) -> str:
    """The generic form of a module with these operations, without the module itself."""
    lines = print_operation(parse_module(text)).splitlines()
    return "\n".join(line[2:] for line in lines[1:-1])


# ---- what is accepted


def test_operations_without_a_module_get_one() -> None:
    assert print_operation(parse_module('"a.b"() : () -> ()')) == (
        '"builtin.module"() ({\n  "a.b"() : () -> ()\n}) : () -> ()'
    )
    assert len(parse_module(" // nothing\n").body.operations) == 0


@pytest.mark.parametrize("word", ["module", "builtin.module", '"builtin.module"'])
def test_the_module_in_short_and_generic_form(word: str) -> None:
    if word.startswith('"'):
        text = f'{word}() <{{sym_name = "m"}}> ({{\n"a.b"() : () -> ()\n}}) {{t.x}} : () -> ()'
    else:
        text = f'{word} @m attributes {{t.x}} {{\n"a.b"() : () -> ()\n}}'
    module = parse_module(text, "f.mlir")
    assert module.attributes.keys() == {"sym_name", "t.x"}
    assert module.location == FileLoc("f.mlir", 1, 1)
    assert module.body.operations[0].location == FileLoc("f.mlir", 2, 1)


def test_properties_become_attributes() -> None:
    operation = parse_operation('"a.b"() <{x = 1 : i64}> {y} : () -> ()')
    assert str(operation) == '"a.b"() {x = 1 : i64, y} : () -> ()'


def test_locations_default_to_the_place_of_the_name() -> None:
    module = parse_module('\n  %0 = "a.b"() : () -> f32\n"c.d"() : () -> () loc("x.wdl":7:8)', "f.mlir")
    first, second = module.body.operations
    assert first.location == FileLoc("f.mlir", 2, 8)
    assert second.location == FileLoc("x.wdl", 7, 8)


def test_location_aliases_may_come_later() -> None:
    text = """
      "a.a"() : () -> () loc(#loc3)
      "a.b"() : () -> () loc(#loc)
      "a.c"() ({
      ^bb0(%x: f32 loc(#loc)):
        "a.d"() : () -> () loc("n"(#loc))
      }) : () -> () loc(callsite("c" at #loc))
      #loc = loc("f.wdl":1:2)
      #loc2 = loc("g.wdl":3:4 to :9)
      #loc3 = loc(fused<"why">[#loc, #loc2, unknown])
    """
    one, two = FileLoc("f.wdl", 1, 2), FileLoc("g.wdl", 3, 4)
    locations = [operation.location for operation in parse_module(text).walk()][1:]
    assert locations == [
        FusedLoc((one, two, UNKNOWN), "why"),
        one,
        CallSiteLoc(NameLoc("c"), one),
        NameLoc("n", one),
    ]


def test_attribute_and_type_aliases() -> None:
    text = '!t = tensor<2xf32>\n#a = [1 : i8]\n%0 = "a.b"() {x = #a, y = !t} : () -> !t'
    assert body_text(text) == '%0 = "a.b"() {x = [1 : i8], y = tensor<2xf32>} : () -> tensor<2xf32>'


def test_comments_white_space_and_names() -> None:
    text = '// "a\n%x , %y:2="a.b"( // %z\n)[\n]{a// }\n=1,}'.replace(",}", "}") + ":()->(f32,i1,i1)\n"
    text += '"c.d"(%y#1,%x ,%y#0 , %y, %x#0){s="// no comment"}:(i1,f32,i1,i1,f32)->()'
    assert body_text(text) == (
        '%0:3 = "a.b"() {a = 1 : i64} : () -> (f32, i1, i1)\n'
        '"c.d"(%0#2, %0#0, %0#1, %0#1, %0#0) {s = "// no comment"} : (i1, f32, i1, i1, f32) -> ()'
    )


def test_values_and_blocks_used_before_their_definition() -> None:
    text = """
      "a.r"() ({
        "a.br"()[^later] : () -> ()
      ^first:
        "a.use"(%x, %y#1, %x) : (f32, i8, f32) -> ()
        "a.br"()[^first, ^later] : () -> ()
      ^later:
        %x = "a.def"() : () -> f32
        %y:2 = "a.def"() : () -> (i8, i8)
        "a.br"()[^first] : () -> ()
      }) : () -> ()
    """
    module = parse_module(text)
    printed = print_operation(module)
    assert '"a.use"(%0, %1#1, %0) : (f32, i8, f32) -> ()' in printed
    assert print_operation(parse_module(printed)) == printed
    use, definition = (next(op for op in module.walk() if op.name == name) for name in ("a.use", "a.def"))
    assert list(definition.result.uses) == [(use, 0), (use, 2)]


def test_names_are_kept_as_hints_and_scoped() -> None:
    text = '"a.r"() ({\n%v = "a.b"() : () -> f32\n}, {\n%v = "a.b"() : () -> f32\n}) : () -> ()'
    values = [value for op in parse_module(text).walk() for value in op.results]
    assert [value.name_hint for value in values] == ["v", "v"]


def test_isolated_regions_have_names_of_their_own() -> None:
    inner = '"builtin.module"() ({\n%0 = "a.b"() : () -> f32\n}) : () -> ()'
    assert len(list(parse_module(f'%0 = "a.b"() : () -> i1\n{inner}').walk())) == 4


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("-5", IntegerAttr(-5)),
        ("0x1F : i32", IntegerAttr(31, IntegerType(32))),
        ("255 : i8", IntegerAttr(255, IntegerType(8))),
        ("7 : index", IntegerAttr(7, INDEX)),
        ("true", IntegerAttr(1, I1)),
        ("1.5", FloatAttr(1.5, FloatType("f64"))),
        ("-2.5e-3 : f32", FloatAttr(-2.5e-3, F32)),
        ("0xFF80 : bf16", FloatAttr(float("-inf"), BF16)),
        ("0x7FC00000 : f32", FloatAttr(float("nan"), F32)),
        ('"\\22\\n\\C3\\A9é"', StringAttr('"\néé')),
        ('@a::@"b c"::@0', SymbolRefAttr(("a", "b c", "0"))),
        ("array<i64>", DenseArrayAttr(I64, ())),
        ("array<i64: -1,\n2>", DenseArrayAttr(I64, (-1, 2))),
        ("array<i1: true, false>", DenseArrayAttr(I1, (1, 0))),
        ("array<f32: 1.0, 0.5>", DenseArrayAttr(F32, (1.0, 0.5))),
        ("dense<2.0> : tensor<3xf32>", DenseElementsAttr((2.0,), TensorType((3,), F32))),
        ("dense<> : tensor<0x2xi64>", DenseElementsAttr((), TensorType((0, 2), I64))),
        ("dense<[[], []]> : tensor<2x0xi64>", DenseElementsAttr((), TensorType((2, 0), I64))),
        ("dense<[[1, 2], [3, 4]]> : tensor<2x2xi64>", DenseElementsAttr((1, 2, 3, 4), SQUARE)),
        ('dense<"0x0000803F00000040"> : tensor<2xf32>', DenseElementsAttr((1.0, 2.0), TensorType((2,), F32))),
        ('dense<"0x803F"> : tensor<2xbf16>', DenseElementsAttr((1.0,), TensorType((2,), BF16))),
        ('dense<"0xFEFF"> : tensor<1xi16>', DenseElementsAttr((-2,), TensorType((1,), IntegerType(16)))),
        ('dense<"0x05"> : tensor<3xi1>', DenseElementsAttr((1, 0, 1), TensorType((3,), I1))),
        ('dense<"0xFF"> : tensor<9xi1>', DenseElementsAttr((1,), TensorType((9,), I1))),
        ('dense<"0x0100000001"> : tensor<5xi1>', DenseElementsAttr((1, 0, 0, 0, 1), TensorType((5,), I1))),
        ("#zoo.x<[(a -> b)], \">\">", OpaqueAttr("#zoo.x<[(a -> b)], \">\">")),
        ("dense_resource<r> : tensor<4xf32>", OpaqueAttr("dense_resource<r> : tensor<4xf32>")),
    ],
)  # fmt: skip
def test_attributes(text: str, attribute: object) -> None:
    assert parse_attribute(text) == attribute
    assert parse_attribute(f"[{text}, {{a = {text}}}]") == parse_attribute(
        f"[{attribute}, {{a = {attribute}}}]"
    )


def test_types_with_the_same_text_are_one_object() -> None:
    module = parse_module('%0 = "a.b"() : () -> !zoo.t<1>\n%1 = "a.b"() : () -> !zoo.t<1>')
    first, second = module.body.operations
    assert first.result.type is second.result.type


def test_crlf_lines_are_counted() -> None:
    module = parse_module('"a.b"() : () -> ()\r\n"a.c"() : () -> ()\r\n', "f")
    assert module.body.operations[1].location == FileLoc("f", 2, 1)


# ---- what is refused

WRONG = [
    ('"a.b"(%x) : (f32) -> ()', "'%x' is not defined", "%x"),
    ('%value = "a.b"() : () -> f32\n"a.b"(%valeu) : (f32) -> ()', "did you mean '%value'?", "%valeu"),
    ('%x = "a.b"() : () -> f32\n%x = "a.b"() : () -> f32', "'%x' is defined twice", "%x"),
    ('%x = "a.b"() : () -> f32\n"a.b"(%x) : (i32) -> ()', "'%x' is used as i32, but it is f32", "%x"),
    ('"a.b"(%x) : (i32) -> ()\n%x = "a.b"() : () -> f32', "'%x' is used as i32, but it is f32", "%x"),
    ('%x = "a.b"() : () -> f32\n"a.b"(%x#1) : (f32) -> ()', "'%x' has no result 1", "%x#1"),
    ('%x = "a.b"() : () -> ()', "is written with 1 results, but its type has 0", '"a.b"'),
    ('%x:3 = "a.b"() : () -> (f32, f32)', "is written with 3 results, but its type has 2", '"a.b"'),
    ('%x:0 = "a.b"() : () -> ()', "0 results cannot be", "0"),
    ('"a.b"() : (f32) -> ()', "is written with 0 operands, but its type has 1", '"a.b"'),
    ('"a.b"(%0, ) : () -> ()', "expected an operand '%...' or ')'", "%0"),
    ('"a.b" : () -> ()', "expected '(' and the operands of 'a.b', found ':'", ": "),
    ('func @f() : () -> ()', "expected '(' and the operands of 'func', found '@f'", "@f"),
    ('"a.b"()', "expected ':' and the operation's type, found the end", ""),
    ('"a.b"() ({', "expected an operation or '}', found the end", ""),
    ('"a.b"() ({ } : () -> ()', "expected ')' or ',', found ':'", ":"),
    ('"a.b"()[^x] : () -> ()', "block '^x' is not defined", "^x"),
    ('"a.r"() ({ "a.b"()[^x] : () -> () }) : () -> ()', "block '^x' is not defined", "^x"),
    ('"a.r"() ({ ^x: ^x: }) : () -> ()', "block '^x' is defined twice", "^x:"),
    ('"a.r"() ({ ^x(%a): }) : () -> ()', "expected a block argument '%...: type'", "%a"),
    ('"builtin.module"() ({ "a.b"(%x) : (f32) -> () }) : () -> ()', "'%x' is not defined", "%x"),
    (
        '%x = "a.b"() : () -> f32\n"builtin.module"() ({ "a.b"(%x) : (f32) -> () }) : () -> ()',
        "'%x' is defined outside of the isolated region",
        "%x",
    ),
    ('"a.b"() {a = 1, a = 2} : () -> ()', "attribute 'a' is given twice", "a"),
    ('"a.b"() {a = } : () -> ()', "expected an attribute, found '}'", "} :"),
    ('"a.b"() {a 1} : () -> ()', "expected '}' or ',', found '1'", "1"),
    ('"a.b"() {1} : () -> ()', "expected an attribute's name or '}'", "1"),
    ('"a.b"() {a = tensr} : () -> ()', "unknown type or attribute 'tensr'; did you mean 'tensor'?", "tensr"),
    ('"a.b"() {a = "x} : () -> ()', "the string has no end", '"x'),
    ('"a.b"() {a = "\\q"} : () -> ()', "unknown escape '\\q'", "\\q"),
    ('"a.b"() {a = "\\FF"} : () -> ()', "not valid UTF-8", '"\\FF"'),
    ('"a.b"() {a = 300 : i8} : () -> ()', "300 does not fit i8", "300"),
    ('"a.b"() {a = 3 : f32} : () -> ()', "a float is written with a point: 3.0", "3"),
    ('"a.b"() {a = 3.5 : i32} : () -> ()', "'3.5' is not of type i32", "3.5"),
    ('"a.b"() {a = 3 : none} : () -> ()', "a number cannot be of type none", "3"),
    ('"a.b"() {a = 0x12345 : f16} : () -> ()', "is not the bits of an f16", "0x12345"),
    ('"a.b"() {a = array<i8: 200, 300>} : () -> ()', "300 does not fit i8", "300"),
    ('"a.b"() {a = array<index: 1>} : () -> ()', "elements of an integer or float type, not index", "index"),
    ('"a.b"() {a = dense<[1, [2]]> : tensor<2xi64>} : () -> ()', "nested deeper here", "[2]"),
    ('"a.b"() {a = dense<[[1], 2]> : tensor<2xi64>} : () -> ()', "nested less deep here", "2]"),
    ('"a.b"() {a = dense<[[1], [2, 3]]> : tensor<2x1xi64>} : () -> ()', "2 elements, where others", "]]>"),
    ('"a.b"() {a = dense<[1 2]> : tensor<2xi64>} : () -> ()', "expected ',' or ']', found '2'", "2]"),
    ('"a.b"() {a = dense<[1, ]> : tensor<2xi64>} : () -> ()', "unexpected ']'", "]>"),
    ('"a.b"() {a = dense<[1, 2> : tensor<2xi64>} : () -> ()', "'[' is not closed", "> :"),
    ('"a.b"() {a = dense<[1, 2]> : tensor<3xi64>} : () -> ()', "have shape [2], but the type is", "dense"),
    ('"a.b"() {a = dense<x> : tensor<3xi64>} : () -> ()', "expected a number, found 'x'", "x>"),
    ('"a.b"() {a = dense<1> : tensor<?xi64>} : () -> ()', "whose extents are not all known", "dense"),
    ('"a.b"() {a = dense<"0x00"> : tensor<3xi64>} : () -> ()', "1 bytes of elements", "00"),
    ('"a.b"() {a = dense<1> : i64} : () -> ()', "expected a tensor type, found i64", "i64"),
    ('"a.b"() {a = #zoo.x<(]>} : () -> ()', "expected ')', found ']'", "]>"),
    ('"a.b"() {a = #zoo.x<(} : () -> ()', "expected ')', found '}'", "} :"),
    ('"a.b"() {a = #zoo.x<} : () -> ()', "expected '>', found '}'", "} :"),
    ('"a.b"() {a = #alias} : () -> ()', "unknown attribute alias '#alias'", "#alias"),
    ('#a = 1\n#a = 2', "alias '#a' is defined twice", "#a"),
    ('"a.b"() {a = @} : () -> ()', "expected a symbol name", "@"),
    ('"a.b"() : () -> tensor<4x>', "expected a type, found '>'", ">"),
    ('"a.b"() : () -> tensor<4xf32, #a.b>', "tensors with an encoding are not supported", "tensor<4xf32"),
    ('"a.b"() : () -> i99999999', "an integer has at most", "i99999999"),
    (
        f'"a.b"() : () -> tensor<4x{2**63}xf16>',
        f"an extent is at most {2**63 - 1}",
        f"{2**63}",
    ),
    ('"a.b"() : () -> !nope', "unknown type alias '!nope'", "!nope"),
    ('"a.b"() : () -> () loc(#nope)', "unknown location alias '#nope'", "#nope"),
    ('"a.b"() : () -> () loc(#a)\n#a = loc("n"(#a))', "location alias '#a' refers to itself", "#a"),
    ('"a.b"() : () -> () loc(somewhere)', "expected a location, found 'somewhere'", "somewhere"),
    ('"a.b"() : () -> () loc("f":1', "expected ')' behind a location, found ':'", ":1"),
    ("%", "expected an operation", "%"),
    ("\u00e9", "expected an operation, found '\u00e9'", "\u00e9"),
    ('"a.b"() {a = ' + "9" * 5000 + "} : () -> ()", "the number is too long", "9" * 5000),
    ('"a.b"() {a = array<i64: ' + "9" * 5000 + ">} : () -> ()", "the number is too long", "9" * 5000),
    ('"a.b"() : () -> tensor<' + "9" * 5000 + "xf32>", "the number is too long", "9" * 5000),
    ('"a.b"() : () -> () loc("f":' + "9" * 5000 + ":1)", "the number is too long", "9" * 5000),
    ('"a.b"() {a = #dist.split<nonsense>} : () -> ()', "in '#dist.split': not a split", "#dist"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "at"), WRONG, ids=[str(index) for index in range(len(WRONG))])
def test_errors_point_at_their_place(text: str, message: str | None, at: str) -> None:
    if (
        message is None
    ):  # blocks of the surrounding region are not known here, so this has to be wrong as well
        message, at = "block '^x' is not defined", "^x"
    with pytest.raises(DiagnosticError) as caught:
        parse_module(text, "f.mlir")
    (diagnostic,) = caught.value.diagnostics
    assert message in diagnostic.message
    assert isinstance(diagnostic.location, FileLoc)
    lines = text.split("\n")
    rest = lines[diagnostic.location.line - 1][diagnostic.location.column - 1 :]
    assert rest.startswith(at)
    assert at or not rest.strip()
    assert render([diagnostic], {"f.mlir": text}).startswith("error: ")


def test_errors_of_a_dialects_own_parser_are_reported_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(body: str) -> OpaqueAttr:
        raise ValueError(f"no sense in '{body}'")

    monkeypatch.setitem(DIALECT_ATTRIBUTES, "zoo.refused", refuse)
    with pytest.raises(DiagnosticError, match=r"f:1:1: error: in '#zoo.refused': no sense in '1'"):
        parse_attribute("#zoo.refused<1>", "f")


@pytest.mark.parametrize(
    "text",
    [
        '"a.b"() ({' * 400 + "}) : () -> ()" * 400,
        '"a.b"() {a = ' + "[" * 400 + "]" * 400,
        '"a.b"() {a = ' + "{a = " * 400,
        '"a.b"() : ' + "(" * 400,
        '"a.b"() : ' + "() -> (" * 400,
        '"a.b"() : () -> ' + "tensor<" * 400,
        '"a.b"() : () -> () loc(' + '"a"(' * 400,
        '"a.b"() : () -> () loc(' + "fused[" * 400,
        '"a.b"() : () -> () loc(' + "callsite(" * 400,
    ],
    ids=range(9),
)
def test_deep_nesting_is_refused_with_an_error(text: str) -> None:
    with pytest.raises(DiagnosticError, match="nested too deeply"):
        parse_module(text)


@pytest.mark.parametrize(
    "attribute", ["[" * 100 + "]" * 100, "{a = " * 100 + "1" + "}" * 100, "() -> (" * 100 + ")" * 100]
)
def test_nesting_below_the_limit_is_fine(attribute: str) -> None:
    assert MAX_NESTING > 100
    assert str(parse_attribute(str(parse_attribute(attribute)))) == str(parse_attribute(attribute))


def test_regions_nested_up_to_the_limit_are_fine() -> None:
    text = '"a.b"() ({\n' * 100 + "}) : () -> ()" * 100
    assert len(list(parse_module(text).walk())) == 101


def parsed(parse: Callable[[str], T], text: str) -> T | None:
    """What `parse` makes of `text`, or nothing where it says what is wrong; any other exception fails."""
    try:
        return parse(text)
    except DiagnosticError as error:
        shown = render(error.diagnostics, {})
    assert shown.startswith("error: ")
    return None


SOURCE = """\
#loc = loc("f.wdl":1:2)
module @m attributes {a.b = dense<[[1.0, 0x7F800000]]> : tensor<1x2xf32>} {
  %0:2 = "t.a"() <{x = array<i64: 1, 2>}> ({
  ^bb0(%a: !dist.tensor<@g, [64 x], f16>):
    "t.b"(%a, %0#1)[^bb1] {s = "x\\22", r = @a::@b} : (!dist.tensor<@g, [64 x], f16>, i1) -> () loc(#loc)
  ^bb1:
  }) {f = (i32) -> (), n = -1.5e3 : bf16, o = #z.q<[{}]>} : () -> (f32, i1) loc(fused["a":1:1, unknown])
}
"""


@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_damaged_text_gives_a_diagnostic_or_a_module(rng: random.Random, damages: int) -> None:
    text = SOURCE.replace("%0#1", "%a").replace(", i1) -> ()", ", !dist.tensor<@g, [64 x], f16>) -> ()")
    assert parse_module(text).symbol_name == "m"
    for _ in range(damages):
        start, length = rng.randrange(len(text)), rng.choice([0, 1, 1, 2, 10])
        piece = rng.choice(
            ['"', "<", ">", "(", ")", "[", "]", "{", "}", "0x", "-", "#", "%0", "é", "\n", " ", ":"]
        )
        text = text[:start] + piece * rng.choice([0, 1, 1, 3]) + text[start + length :]
    module = parsed(parse_module, text)
    if module is not None:
        printed = print_operation(module, locations=True)
        assert print_operation(parse_module(printed), locations=True) == printed


@given(st.text(max_size=40))
def test_any_text_gives_a_diagnostic_or_a_module(text: str) -> None:
    for parse in (parse_module, parse_attribute, parse_type, parse_operation):
        parsed(parse, text)


@pytest.mark.parametrize(
    "text",
    [
        "// " * 100_000 + "\nx",
        '"a.b"() {s = "' + "\\\\" * 100_000,
        '"a.b"() {a = [' + "1, " * 50_000,
        '"a.b"() {a = #z.q<' + "[" * 100_000,
        '"a.b"(' + "%a, " * 50_000,
        "%a, " * 50_000,
        '"a.b"() : (' + "f32, " * 50_000,
        '"a.b"() : () -> !' + "a." * 50_000 + "<",
        '"a.b"() {a = dense<' + "[" * 50_000,
        " " * 200_000 + "x",
        '"a.b"() : () -> () ' * 5_000 + "x",
        '"a.r"() ({' + '"a.b"()[^x] : () -> ()' * 3_000,
    ],
    ids=str,
)  # fmt: skip
def test_long_wrong_text_is_refused_in_linear_time(text: str) -> None:
    start = time.process_time()
    with pytest.raises(DiagnosticError) as caught:
        parse_module(text, "f")
    render(caught.value.diagnostics, {"f": text})
    assert time.process_time() - start < 8  # quadratic work on so much text takes minutes
