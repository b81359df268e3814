"""What a run cost on the whole, and what kind of number each number is."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from ....ir.target import NUMBERS, Target, TargetDescription, builtin_target_names, load_target, source_kind
from ..results import RunResult
from .breakdown import breakdown_table


def summary(
    result: RunResult, description: TargetDescription | None, target: Target, console: Console
) -> RenderableType:
    """Return the tables to show after a run.

    `description` has the sources of `target`'s numbers; without it they are those of the built-in target with
    the same numbers, if there is one.
    """
    sources = description.sources if description is not None else _builtin_sources(target)
    return Group(
        Text(),
        _costs(result),
        Text(),
        breakdown_table(result, fancy=console.color_system is not None, columns=console.width),
        Text(),
        _kinds(target, sources, result),
    )


def speed(link_hops: int, seconds: float) -> str:
    """Return how fast the engine was: the one line of a run that differs from run to run."""
    rate = f", {link_hops / seconds / 1e6:,.1f} million a second" if seconds > 0 else ""
    return f"simulated {link_hops:,} link-hops in {seconds:,.2f} s{rate}"


def _costs(result: RunResult) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column()
    table.add_column(style="bold")
    unit = _unit(result)
    cycles, count = result.cycles_per_token, len(result.tokens)
    over = f"1 {unit}" if count == 1 else f"{count} {unit}s"
    table.add_row(
        f"{unit}s per second", f"{result.tokens_per_second:,.0f} at {result.clock_hz / 1e6:,.0f} MHz"
    )
    table.add_row(
        f"mean per {unit}",
        f"{cycles:,.1f} cycles, {result.microseconds(cycles):,.2f} µs, over {over}",
    )
    if result.layer_cycles is not None:
        table.add_row("mean per layer", f"{result.layer_cycles:,.1f} cycles")
    if result.window is not None:
        window = result.window
        table.add_row(
            "one execution",
            f"{window.rows} rows, {window.cycles:,} cycles, {result.microseconds(window.cycles):,.2f} µs",
        )
    if result.prompt is not None:
        prompt = result.prompt
        table.add_row(
            "prompt",
            f"{prompt.tokens} tokens, {prompt.cycles:,} cycles, {result.microseconds(prompt.cycles):,.2f} µs",
        )
    if result.estimated_cycles_per_token is not None:
        estimated = result.estimated_cycles_per_token
        table.add_row(
            "estimated by the compiler",
            f"{estimated:,.1f} cycles, {estimated / cycles - 1:+.1%} from the simulated",
        )
    if result.check is not None:
        check = result.check
        verdict = "as the model in NumPy" if check.problem is None else "NOT as the model in NumPy"
        equal = "tokens equal" if check.tokens_equal else "tokens differ"
        table.add_row("check", f"{verdict}: {equal}, largest error {check.max_abs_error:.4g}")
    return table


def _engines(result: RunResult) -> str:
    """Say which engines executed the steps, and what makes sure that it does not matter."""
    if result.certificate is None:
        return "wavelet, cycle by cycle"
    why = {
        "static": "no two colors share a link or ramp, so it gives the wavelet engine's cycles",
        "checked": "no two colors met on a link or ramp, so it gives the wavelet engine's cycles",
        "settled": "colors met on links or ramps, and it is settled who waited, as the wavelet engine does",
    }[result.certificate]
    text = f"{result.engine.replace('+', ', then ')}; the stream engine is certified: {why}"
    if result.layers_reused:
        text += (
            f"; of {result.layers_executed + result.layers_reused} layers {result.layers_reused} were not"
            " executed, because all that makes their cycles was as in the layer before"
        )
    return text


def _unit(result: RunResult) -> str:
    """Return what a step of the run makes."""
    if result.timing_only and result.window is None:
        return "position"
    return "token" if result.prompt is not None else "row"


def _kinds(target: Target, sources: Mapping[str, str] | None, result: RunResult) -> Table:
    """Say which numbers were simulated, estimated, calibrated, assumed, and what was left out."""
    table = Table(
        box=None,
        title="what these numbers are",
        title_justify="left",
        title_style="bold",
        show_header=False,
        padding=(0, 1),
    )
    table.add_column(no_wrap=True)
    table.add_column(style="dim")
    where = f"on {target.width} x {target.height} PEs of {target.name}"
    if result.timing_only:
        table.add_row(
            "simulated",
            f"time only: every wavelet, queue, link and instruction {where}, without the numbers in them; "
            "branches that hang on a number, as of a token or an expert, are taken as if it were 0",
        )
        table.add_row("not computed", "text, results, anything that weights decide")
    else:
        table.add_row(
            "simulated",
            f"every wavelet, queue, link and instruction {where}; cycles, text and breakdown come from there",
        )
    table.add_row("engine", _engines(result))
    if result.estimated_cycles_per_token is not None:
        table.add_row("estimated", "the compiler's cycles: closed forms, nothing executed")
    if sources is None:
        table.add_row("sources", "the program file has the target's numbers without their sources")
    else:
        for label, kind in (("calibrated", "fit"), ("third party", "third party"), ("assumed", "assumed")):
            names = [name for name in NUMBERS if source_kind(sources.get(name, ""))[0] == kind]
            if names:
                table.add_row(label, ", ".join(f"{name} {getattr(target, name):,}" for name in names))
        table.add_row("sources", f"`wsc targets {target.name}` says where each of its numbers comes from")
    table.add_row("not simulated", "host input and output; energy; yield")
    return table


def _builtin_sources(target: Target) -> Mapping[str, str] | None:
    """Return the sources of the built-in target that `target` is, whatever its grid; None if it is none."""
    if target.name not in builtin_target_names():
        return None
    builtin = load_target(target.name)
    same = builtin.target.with_grid(target.width, target.height) == target
    return builtin.sources if same else None
