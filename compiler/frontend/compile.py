"""The front end as a whole: the text of a `.wdl` file to a module of the nn dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...ir.diagnostics import Diagnostic, DiagnosticError, did_you_mean
from ...ir.operation import Operation
from .check import check_model
from .entries import COMPILED_ENTRIES
from .graph import CheckedModel
from .lower import lower_model
from .parse import parse_wdl
from .report import Report


def compile_wdl(
    text: str,
    filename: str,
    overrides: Mapping[str, str] | None = None,
    entries: Sequence[str] = ("decode",),
    warnings: list[Diagnostic] | None = None,
) -> Operation:
    """Return the `builtin.module` of the nn dialect for the model in `text`.

    `filename` is what locations and messages call the text. `overrides` are consts by name with the
    text of their new value (`--set`); other consts are computed from them. `entries` are the entries
    to lower. Warnings are appended to `warnings`. Raises `DiagnosticError` with everything that was
    found, warnings included, if there is an error.
    """
    report = Report(filename)
    parsed = parse_wdl(text, filename)
    for diagnostic in parsed.diagnostics:
        report.add(diagnostic)
    checked = None
    if parsed.model is not None:
        checked = check_model(parsed.model, overrides or {}, report)
    if checked is not None:
        _check_requested(checked, entries, report)
    if checked is None or report.has_errors:
        raise DiagnosticError(report.diagnostics())
    if warnings is not None:
        warnings += report.diagnostics()
    return lower_model(checked, entries, filename)


def _check_requested(model: CheckedModel, entries: Sequence[str], report: Report) -> None:
    for name in entries:
        entry = model.entries.get(name)
        if entry is None:
            message = f"model '{model.name}' has no entry '{name}'{did_you_mean(name, model.entries)}"
            known = ", ".join(model.entries) or "none"
            report.error(model.span, message, f"its entries: {known}")
        elif name not in COMPILED_ENTRIES:
            possible = f"only {' and '.join(COMPILED_ENTRIES)} can be"
            report.error(entry.span, f"entry '{name}' cannot be compiled yet; {possible}")
