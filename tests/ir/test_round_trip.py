"""What is printed is read back: the same text, equal attributes, whatever the module."""

from hypothesis import given, settings

from wsc.ir import parse_attribute, parse_module, parse_type, print_operation, verify
from wsc.ir.attributes import Attribute, TypeAttribute
from wsc.ir.operation import Operation

from ..support.random_ir import ANY_LOCATIONS, ATTRIBUTES, TYPES, modules


@given(modules())
@settings(max_examples=30)
def test_modules(module: Operation) -> None:
    assert not verify(module, allow_unregistered=True)
    text = print_operation(module)
    copy = parse_module(text)
    assert print_operation(copy) == text
    assert not verify(copy, allow_unregistered=True)


@given(modules(ANY_LOCATIONS))
@settings(max_examples=15)
def test_modules_with_locations(module: Operation) -> None:
    text = print_operation(module, locations=True)
    copy = parse_module(text)
    assert print_operation(copy, locations=True) == text
    for original, read in zip(module.walk(), copy.walk(), strict=True):
        assert read.location == original.location
        assert read.attributes == original.attributes


@given(modules())
@settings(max_examples=20)
def test_clones_are_equal_and_apart(module: Operation) -> None:
    text = print_operation(module, locations=True)
    copy = module.clone()
    assert print_operation(copy, locations=True) == text
    module.drop_all_references()
    assert print_operation(copy, locations=True) == text


@given(ATTRIBUTES)
@settings(max_examples=300)
def test_attributes(attribute: Attribute) -> None:
    assert parse_attribute(str(attribute)) == attribute


@given(TYPES)
def test_types(type: TypeAttribute) -> None:
    assert parse_type(str(type)) == type
