"""What a failing pass was working on: found in loops, patterns and builders, and where nobody knows."""

from collections.abc import Callable

import pytest

from wsc.ir.builder import Builder
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.ir.rewriter import Rewriter, apply_patterns, rewrites
from wsc.passes.failure import operation_at_work

MODULE = """\
%0 = "nn.constant"() {value = dense<1.0> : tensor<f16>} : () -> tensor<f16>
%1 = "nn.neg"(%0) : (tensor<f16>) -> tensor<f16>
%2 = "nn.exp"(%1) : (tensor<f16>) -> tensor<f16>
"""


def fail() -> None:
    raise LookupError("nobody at home")


def in_a_loop(module: Operation) -> None:
    for op in module.walk():
        if op.name == "nn.neg":
            fail()


def in_what_a_loop_calls(module: Operation) -> None:
    def work(thing: Operation) -> None:
        if thing.name == "nn.exp":
            fail()

    for op in module.body.operations:
        work(op)


def in_an_operation_s_own_method(module: Operation) -> None:
    first = module.body.operations[0]
    last = module.body.operations[1]
    assert last.operands[0] is first.result
    first.erase()


def in_a_pattern(module: Operation) -> None:
    @rewrites("nn.neg")
    def wrong(_: Operation, rewriter: Rewriter) -> bool:
        fail()
        return True

    apply_patterns(module, [wrong])


def beside_a_builder(module: Operation) -> None:
    builder = Builder.before(module.body.operations[2])
    fail()
    builder.create("nn.neg")


def nowhere(module: Operation) -> None:
    fail()


@pytest.mark.parametrize(
    ("work", "name"),
    [
        (in_a_loop, "nn.neg"),
        (in_what_a_loop_calls, "nn.exp"),
        (in_an_operation_s_own_method, "nn.constant"),
        (in_a_pattern, "nn.neg"),
        (beside_a_builder, "nn.exp"),
        (nowhere, None),
    ],
)
def test_which_operation(work: Callable[[Operation], None], name: str | None) -> None:
    module = parse_module(MODULE)
    with pytest.raises((LookupError, ValueError)) as caught:
        work(module)
    found = operation_at_work(caught.value, module)
    assert (None if found is None else found.name) == name
