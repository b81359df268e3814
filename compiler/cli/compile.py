"""`wsc compile`: a model to a program file, with its floor plan for people or facts as JSON."""

from __future__ import annotations

import hashlib
import json
from argparse import Namespace
from pathlib import Path

from .build import Build, build, print_stopped
from .context import Context
from .errors import ExitStatus, FileError, UsageError
from .timing import timing_facts


def run_compile(args: Namespace, context: Context) -> int:
    """Compile `args.model`. Raises `UsageError`, `FileError`, `DiagnosticError`."""
    model = Path(args.model)
    if not model.name:
        raise FileError(args.model, "cannot be read: it is a folder")
    path = Path(args.output if args.output is not None else model.with_suffix(".wsx"))
    if path == model:
        raise UsageError(f"the program would overwrite the model: '{path}'", "compile takes MODEL.wdl")
    if args.stop_after is None and not path.parent.is_dir():
        raise FileError(str(path), "cannot be written: there is no such folder")
    built = build(args, context)
    if args.stop_after is not None:
        print_stopped(built, args, context)
        return ExitStatus.DONE
    data = write_program(built, path)
    show_floor_plan(built, context)
    context.terminal.announce(f"wrote {path}, {len(data):,} bytes")
    if args.json:
        print(json.dumps(_facts(built, path, data) | timing_facts(built.timing, args.timing)))
    return ExitStatus.DONE


def write_program(built: Build, path: Path) -> bytes:
    """Write the program file and return its bytes. Raises `FileError`."""
    from ...ir.program_file import program_bytes
    from .files import write_file

    compilation = built.compilation
    numbers = compilation.estimates.to_numbers() if compilation.estimates is not None else {}
    data = program_bytes(
        compilation.module, compilation.model, compilation.name, built.options.entry, numbers
    )
    write_file(path, data)
    return data


def show_floor_plan(built: Build, context: Context) -> None:
    """Show where the regions lie, unless people want quiet."""
    if context.terminal.quiet:
        return
    from .floor import placed_regions
    from .views.floor_plan import floor_plan

    regions = placed_regions(built.compilation.module)
    context.terminal.show(floor_plan(regions, built.options.target, context.terminal.console))


def _facts(built: Build, path: Path, data: bytes) -> dict[str, object]:
    """The object that `--json` prints."""
    from ...ir.dialects.fabric import certificate_kind
    from .floor import colors_used, peak_sram_bytes, placed_regions

    compilation, target = built.compilation, built.options.target
    regions = placed_regions(compilation.module)
    estimates = compilation.estimates
    return {
        "model": compilation.name,
        "entry": built.options.entry,
        "target": target.name,
        "grid": [target.width, target.height],
        "strategy": built.strategy,
        "passes": [
            {"name": record.name, "seconds": record.seconds, "operations": record.operations}
            for record in compilation.records
        ],
        "regions": [region.as_json() for region in regions],
        "colors_used": colors_used(compilation.module),
        "certificate": certificate_kind(compilation.module),
        "sram_peak_bytes_per_pe": peak_sram_bytes(regions),
        "estimated_cycles_per_token": None if estimates is None else estimates.cycles_per_token,
        "lower_bound_cycles_per_token": None if estimates is None else estimates.lower_bound_cycles_per_token,
        "program": str(path),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
