"""What always holds of operations, blocks, regions and use lists, whatever was done to them."""

from __future__ import annotations

from wsc.ir.operation import Block, Operation, Value


def check_invariants(root: Operation) -> None:
    """Assert that all links inside `root`, which stands in no block, agree with each other."""
    assert root.parent is None, f"{root!r} is not the root"
    inside: dict[Operation, None] = {}
    values: dict[Value, None] = {}
    _operation(root, inside, values)
    for op in inside:
        for index, operand in enumerate(op.operands):
            assert operand in values, f"{op!r} uses a value that is not in the module any more"
            assert (op, index) in operand.uses, f"{op!r} is not in the use list of its operand {index}"
        for successor in op.successors:
            assert op.parent is not None
            assert successor.parent is op.parent.parent, f"{op!r} has a successor in another region"
    for value in values:
        for user, index in value.uses:
            assert user in inside, f"{user!r} is in a use list and not in the module"
            assert user.operands[index] is value, f"{user!r} is in the use list of another value"


def _operation(op: Operation, inside: dict[Operation, None], values: dict[Value, None]) -> None:
    assert op not in inside, f"{op!r} is in the module twice"
    inside[op] = None
    for index, result in enumerate(op.results):
        assert result.owner is op, f"result {index} of {op!r} says it is another's"
        assert result.index == index, f"result {index} of {op!r} says it is number {result.index}"
        values[result] = None
    for region in op.regions:
        assert region.parent is op, f"a region of {op!r} says it is another's"
        for block in region.blocks:
            assert block.parent is region, f"a block of {op!r} says it is in another region"
            _block(block, inside, values)


def _block(block: Block, inside: dict[Operation, None], values: dict[Value, None]) -> None:
    for index, argument in enumerate(block.arguments):
        assert argument.owner is block, f"block argument {index} says it is another's"
        assert argument.index == index, f"block argument {index} says it is number {argument.index}"
        values[argument] = None
    forward = list(block.operations)
    assert list(reversed(block.operations)) == forward[::-1]
    assert len(block.operations) == len(forward)
    block.number()
    assert [op.order for op in forward] == sorted({op.order for op in forward})
    for op in forward:
        assert op.parent is block, f"{op!r} says it is in another block"
        _operation(op, inside, values)
