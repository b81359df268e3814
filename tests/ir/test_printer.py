"""The printer's text where it is more than what the parser gives back."""

from wsc.ir import Block, FileLoc, Operation, Region, parse_attribute, parse_module, print_operation
from wsc.ir.attributes import F32, DenseElementsAttr, FloatType, FunctionType, TensorType
from wsc.ir.printer import attribute_text

NUMBERED = """\
"builtin.module"() ({
  %0 = "t.a"() : () -> f32
  "t.r"(%2) ({
  ^bb0(%arg0: f32):
    %3 = "t.b"(%arg0, %0) : (f32, f32) -> f32
    "t.r"() ({
    ^bb0(%arg1: f32):
      %4 = "t.c"(%3) : (f32) -> f32
    }) : () -> ()
  }, {
    %3:2 = "t.d"()[^bb1, ^bb2] : () -> (f32, f32)
  ^bb1(%4: f32, %5: f32):
    "t.e"(%4, %3#1)[^bb2] : (f32, f32) -> ()
  ^bb2:
  }) : (f32) -> ()
  %1:2 = "t.f"() : () -> (f32, f32)
  %2 = "t.g"(%1#0) : (f32) -> f32
}) : () -> ()"""


def test_values_are_numbered_by_region() -> None:
    module = parse_module(NUMBERED)
    assert str(module) == NUMBERED
    for value in (value for operation in module.walk() for value in operation.results):
        value.name_hint = "hint"
    assert str(module) == NUMBERED


def test_a_nested_operation_keeps_the_modules_numbers() -> None:
    module = parse_module(NUMBERED)
    names = {operation.name: str(operation) for operation in module.walk()}
    assert names["t.c"] == '%4 = "t.c"(%3) : (f32) -> f32'
    assert names["t.e"] == '"t.e"(%4, %3#1)[^bb2] : (f32, f32) -> ()'


def test_broken_operations_can_be_printed() -> None:
    gone = Operation("t.a", (), [F32])
    user = Operation("t.b", gone.results, successors=[Block()])
    assert str(user) == '"t.b"(%<<unknown>>)[^unknown] : (f32) -> ()'


def test_regions_without_blocks_or_operations() -> None:
    operation = Operation("t.a", regions=[Region(), Region([Block()])])
    assert str(operation) == '"t.a"() ({\n}, {\n^bb0:\n}) : () -> ()'


def test_a_function_as_result_stands_in_brackets() -> None:
    signature = FunctionType((), (F32,))
    assert str(Operation("t.a", (), [signature])) == '%0 = "t.a"() : () -> (() -> f32)'


def test_names_that_need_quotes() -> None:
    operation = parse_module('"odd \\22 name"() {"a b", c, "0"} : () -> ()').body.operations[0]
    assert str(operation) == '"odd \\" name"() {"0", "a b", c} : () -> ()'


def test_locations_are_printed_on_request() -> None:
    operation = Operation("t.a", location=FileLoc('a"b', 3, 4))
    assert print_operation(operation, locations=True) == '"t.a"() : () -> () loc("a\\"b":3:4)'
    assert str(operation) == '"t.a"() : () -> ()'


def test_large_constants_are_left_out_on_request() -> None:
    constant = DenseElementsAttr(tuple(range(5)), TensorType((5,), F32))
    operation = Operation("t.a", attributes={"c": constant})
    elided = '"t.a"() {c = dense_resource<__elided__> : tensor<5xf32>} : () -> ()'
    assert print_operation(operation, elide_large=4) == elided
    assert print_operation(operation, elide_large=5) == str(operation)
    nested = parse_attribute(f"[{{c = {constant}, u, n = 1 : i8}}]")
    wanted = "[{c = dense_resource<__elided__> : tensor<5xf32>, n = 1 : i8, u}]"
    assert attribute_text(nested, 4) == wanted
    assert (
        print_operation(parse_module(print_operation(operation, elide_large=4)).body.operations[0]) == elided
    )


def test_bf16_is_printed_in_its_own_precision() -> None:
    values = DenseElementsAttr((0.1, 1e30, 3.0), TensorType((3,), FloatType("bf16")))
    assert str(values) == "dense<[0.1, 1.0e+30, 3.0]> : tensor<3xbf16>"
