"""What a command takes to start: CPU seconds and imported modules of small `wsc` commands.

    python benchmarks/start_up.py [--repeat 5] [--json]

CPU time is the least of several runs, so that other work on the machine matters less; times of the bare
interpreter stand beside it, for machines of another speed. The number of modules depends on no machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

MODULE = """\
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  %0 = "nn.exp"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %1 = "nn.exp"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %2 = "nn.add"(%0, %1) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
  "nn.return"(%2) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()
"""
HEAVY = ("numba", "ortools", "hypothesis", "rich", "lark", "numpy", "pandas", "safetensors")
"""Packages that take long to import; a command should import one only if it needs it."""
MAIN = "from wsc.compiler.cli.main import main; import sys; status = main(sys.argv[1:])"
COUNT = f"{MAIN}; print(*sorted(sys.modules), file=sys.stderr); sys.exit(status)"


@dataclass(frozen=True)
class Row:
    """A command: its least CPU seconds, how many modules it imports, which heavy packages are among them."""

    command: str
    seconds: float
    modules: int
    heavy: list[str]


def cpu_seconds(command: Sequence[str]) -> float:
    """CPU time of a command, which must end well."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(name: str, program: str, count: str, arguments: Sequence[str], repeat: int) -> Row:
    """Run a program several times, and once more to see what it imports."""
    seconds = min(cpu_seconds([sys.executable, "-c", program, *arguments]) for _ in range(repeat))
    result = subprocess.run(
        [sys.executable, "-c", count, *arguments], check=True, capture_output=True, text=True
    )
    modules = result.stderr.split()
    return Row(name, seconds, len(modules), [package for package in HEAVY if package in modules])


def rows(repeat: int) -> list[Row]:
    """Measure the bare interpreter and some commands."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "small.mlir"
        file.write_text(MODULE, "utf-8")
        commands = {
            "wsc --help": ["--help"],
            "wsc passes": ["passes"],
            "wsc opt small.mlir": ["opt", str(file)],
            "wsc opt small.mlir -p cse,dce": ["opt", str(file), "-p", "cse,dce"],
        }
        bare = "import sys; print(*sorted(sys.modules), file=sys.stderr)"
        found = [measure("python", "pass", bare, [], repeat)]
        found += [measure(name, MAIN, COUNT, arguments, repeat) for name, arguments in commands.items()]
        return found


def table(found: Sequence[Row]) -> str:
    """The table to print."""
    lines = [f"{'command':32}{'CPU s':>8}{'python':>8}{'modules':>9}  heavy packages"]
    for row in found:
        ratio = f"{row.seconds / found[0].seconds:.1f}x"
        heavy = ", ".join(row.heavy) or "none"
        lines.append(f"{row.command:32}{row.seconds:8.3f}{ratio:>8}{row.modules:9}  {heavy}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="take the least of N runs")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = rows(arguments.repeat)
    print(json.dumps([asdict(row) for row in found]) if arguments.json else table(found))


if __name__ == "__main__":
    main()
