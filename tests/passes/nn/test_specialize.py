"""Pass specialize: one entry stays, at the sequence length that it works on."""

import pytest

from wsc.ir.attributes import DYNAMIC, FunctionType, TensorType, TypeAttribute, string
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.operation import Operation
from wsc.ir.verifier import verify
from wsc.passes.base import PassContext, operations_named
from wsc.passes.nn.specialize import Specialize

from ...support.compiled import SMALL_TALE, front_end
from ...support.wdl import TALE


def module_with(*entries: str) -> Operation:
    """The small tale with as many entries, all of which do the same."""
    module = front_end(TALE, SMALL_TALE)
    (function,) = operations_named(module, "nn.func")
    for entry in entries:
        copy = module.body.append(function.clone())
        copy.attributes["sym_name"] = string(entry)
    function.erase()
    return module


def dynamic(kind: TypeAttribute) -> bool:
    return isinstance(kind, TensorType) and DYNAMIC in kind.shape


def test_only_the_entry_stays() -> None:
    module = module_with("decode", "prefill")
    Specialize().run(module, PassContext())
    assert [op.symbol_name for op in operations_named(module, "nn.func")] == ["decode"]
    assert verify(module) == []


def test_no_length_is_left_open_but_that_of_the_caches() -> None:
    module = module_with("decode")
    assert any(dynamic(value.type) for op in module.walk() for value in op.results)
    Specialize().run(module, PassContext())
    for op in module.walk():
        for value in op.results:
            assert dynamic(value.type) == (op.name == "nn.append"), op
        for region in op.regions:
            assert not any(dynamic(a.type) for block in region.blocks for a in block.arguments)
    (function,) = operations_named(module, "nn.func")
    kind = function.attribute("function_type", FunctionType)
    assert [argument.type for argument in function.body.arguments] == list(kind.inputs)
    assert str(kind) == "(tensor<1xi32>) -> (tensor<1xi32>, tensor<1x16xf16>)"


def test_twice_is_the_same_as_once() -> None:
    module = module_with("decode")
    Specialize().run(module, PassContext())
    once = str(module)
    Specialize().run(module, PassContext())
    assert str(module) == once


@pytest.mark.parametrize(
    ("entry", "message", "note"),
    [
        ("train", "the model has no entry 'train'", "entries: decode, prefill"),
        ("decod", "the model has no entry 'decod'", "entries: decode, prefill"),
        (
            "prefill",
            "entry 'prefill' cannot be compiled for the wafer yet",
            "entries that can: decode, encode",
        ),
    ],
)
def test_an_entry_that_cannot_be_compiled(entry: str, message: str, note: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        Specialize(entry=entry).run(module_with("decode", "prefill"), PassContext())
    (found,) = caught.value.diagnostics
    assert (found.message, found.notes) == (message, (note,))


def test_a_module_without_entries() -> None:
    module = module_with("decode")
    for function in operations_named(module, "nn.func"):
        function.erase()
    with pytest.raises(DiagnosticError) as caught:
        Specialize().run(module, PassContext())
    assert caught.value.diagnostics[0].notes == ("entries: none",)
