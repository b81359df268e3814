"""How fast the IR core is: build, verify, print, parse and rewrite a flat module, with xDSL for comparison.

    python benchmarks/ir_speed.py [--operations 50000] [--repeat 3] [--without-xdsl] [--json]

Each operation has one operand, one result and one attribute of two numbers. Times are the least of
several runs, in seconds of the process's CPU time, so that other work on the machine matters less. Where
there is an mlir-opt (`WSC_MLIR_OPT`, or `mlir-opt-19`), it parses, verifies and prints the same module.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from wsc.ir.attributes import F32, I64, DenseArrayAttr, FloatType
from wsc.ir.operation import Block, Operation, Region, Value
from wsc.ir.parser import parse_module
from wsc.ir.printer import print_operation
from wsc.ir.rewriter import Rewriter, apply_patterns, rewrites
from wsc.ir.spec import Dialect, OpSpec, is_a, operands, register_dialect, required, result
from wsc.ir.verifier import verify

STEPS = ("build", "verify", "print", "parse", "rewrite")


@dataclass(frozen=True)
class Row:
    """The time of one step, ours and xDSL's (None if it was not measured)."""

    step: str
    seconds: float
    xdsl_seconds: float | None


def least_seconds(repeat: int, run: Callable[[], object]) -> float:
    """The least CPU time of `repeat` runs."""
    return min(measured(run) for _ in range(repeat))


def measured(run: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    run()
    return time.process_time() - start


# ---- ours ------------------------------------------------------------------------------------------


def register_bench() -> None:
    float_value, numbers = is_a("a float", FloatType), is_a("numbers", DenseArrayAttr)
    register_dialect(Dialect("bench", "What the benchmark is made of.")).add(
        OpSpec(
            f"bench.{name}",
            "One operation of many.",
            operands=(operands("inputs", float_value),),
            results=(result("value", float_value),),
            attributes=(required("place", numbers),),
        )
        for name in ("step", "done")
    )


def build(count: int) -> Operation:
    block = Block()
    inputs: list[Value] = []
    for index in range(count):
        attributes = {"place": DenseArrayAttr(I64, (index, 7))}
        inputs = block.append(Operation("bench.step", inputs, [F32], attributes)).results
    return Operation("builtin.module", regions=[Region([block])])


@rewrites("bench.step")
def finish(operation: Operation, rewriter: Rewriter) -> bool:
    x, y = operation.attribute("place", DenseArrayAttr).values
    attributes = {"place": DenseArrayAttr(I64, (int(x) + 1, int(y)))}
    rewriter.replace(operation, rewriter.create("bench.done", operation.operands, [F32], attributes))
    return True


def ours(count: int, repeat: int) -> dict[str, float]:
    """Seconds of each step with wsc."""
    register_bench()
    module = build(count)
    text = print_operation(module)
    assert not verify(module)
    assert print_operation(parse_module(text)) == text
    times = {
        "build": least_seconds(repeat, lambda: build(count)),
        "verify": least_seconds(repeat, lambda: verify(module)),
        "print": least_seconds(repeat, lambda: print_operation(module)),
        "parse": least_seconds(repeat, lambda: parse_module(text)),
    }
    modules = [module] + [build(count) for _ in range(repeat - 1)]
    times["rewrite"] = least_seconds(repeat, lambda: apply_patterns(modules.pop(), [finish]))
    return times


# ---- xDSL ------------------------------------------------------------------------------------------


def xdsl(count: int, repeat: int) -> dict[str, float]:
    """Seconds of each step with xDSL."""
    from io import StringIO

    from xdsl.context import Context
    from xdsl.dialects.builtin import Builtin, DenseArrayBase, Float32Type, ModuleOp, f32, i64
    from xdsl.irdl import (
        IRDLOperation,
        attr_def,
        irdl_op_definition,
        result_def,
        traits_def,
        var_operand_def,
    )
    from xdsl.parser import Parser
    from xdsl.pattern_rewriter import PatternRewriter, PatternRewriteWalker, RewritePattern
    from xdsl.printer import Printer

    class Base(IRDLOperation):
        inputs = var_operand_def(Float32Type)
        value = result_def(Float32Type)
        place = attr_def(DenseArrayBase)
        traits = traits_def()

    @irdl_op_definition
    class StepOp(Base):
        name = "bench.step"

    @irdl_op_definition
    class DoneOp(Base):
        name = "bench.done"

    def numbers(x: int, y: int) -> Any:
        return DenseArrayBase.from_list(i64, [x, y])

    def build_module() -> Any:
        operations: list[Any] = []
        inputs: Any = []
        for index in range(count):
            place = {"place": numbers(index, 7)}
            operations.append(StepOp(operands=[inputs], result_types=[f32], attributes=place))
            inputs = operations[-1].results
        return ModuleOp(operations)

    class Finish(RewritePattern):
        def match_and_rewrite(self, op: Any, rewriter: PatternRewriter) -> None:
            if isinstance(op, StepOp):
                x, y = op.place.get_values()
                place = {"place": numbers(int(x) + 1, int(y))}
                rewriter.replace(op, DoneOp(operands=[op.operands], result_types=[f32], attributes=place))

    def print_module(module: Any) -> str:
        stream = StringIO()
        Printer(stream, print_generic_format=True).print_op(module)
        return stream.getvalue()

    context = Context()
    context.load_dialect(Builtin)
    context.load_op(StepOp)
    module = build_module()
    text = print_module(module)
    times = {
        "build": least_seconds(repeat, build_module),
        "verify": least_seconds(repeat, module.verify),
        "print": least_seconds(repeat, lambda: print_module(module)),
        "parse": least_seconds(repeat, lambda: Parser(context, text).parse_module()),
    }
    modules = [module] + [build_module() for _ in range(repeat - 1)]
    walker = PatternRewriteWalker(Finish())
    times["rewrite"] = least_seconds(repeat, lambda: walker.rewrite_module(modules.pop()))
    return times


# ---- mlir-opt --------------------------------------------------------------------------------------


def find_mlir_opt() -> str | None:
    """The path of an mlir-opt, if there is one."""
    return os.environ.get("WSC_MLIR_OPT") or shutil.which("mlir-opt-19")


def mlir_opt(path: str, count: int, repeat: int) -> float:
    """Seconds in which mlir-opt starts and parses, verifies and prints the module."""
    text = print_operation(build(count)).encode()
    command = [path, "--allow-unregistered-dialect", "--mlir-print-op-generic"]

    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, input=text, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(seconds() for _ in range(repeat))


# ---- the table -------------------------------------------------------------------------------------


def table(rows: list[Row], count: int, mlir_opt_seconds: float | None) -> str:
    lines = [f"{count:,} operations; seconds", f"{'':10}{'wsc':>10}{'xDSL':>10}{'ratio':>10}"]
    for row in rows:
        line = f"{row.step:10}{row.seconds:10.3f}"
        if row.xdsl_seconds is not None:
            line += f"{row.xdsl_seconds:10.3f}{row.xdsl_seconds / row.seconds:9.1f}x"
        lines.append(line)
    if mlir_opt_seconds is not None:
        whole = sum(row.seconds for row in rows if row.step in ("parse", "verify", "print"))
        ratio = whole / mlir_opt_seconds
        lines.append(
            f"parse, verify and print: {whole:.3f}; mlir-opt {mlir_opt_seconds:.3f}, {ratio:.1f}x faster"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--operations", type=int, default=50_000, metavar="N")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="take the least of N runs")
    parser.add_argument("--without-xdsl", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    count, repeat = arguments.operations, arguments.repeat
    seconds = ours(count, repeat)
    theirs = {} if arguments.without_xdsl else xdsl(count, repeat)
    rows = [Row(step, seconds[step], theirs.get(step)) for step in STEPS]
    path = find_mlir_opt()
    real = None if path is None else mlir_opt(path, count, repeat)
    if arguments.json:
        steps = [asdict(row) for row in rows]
        print(json.dumps({"operations": count, "steps": steps, "mlir_opt_seconds": real}))
    else:
        print(table(rows, count, real))


if __name__ == "__main__":
    main()
