"""The weights of a run: from a file, from the one beside the model, or random ones."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ...ir.diagnostics import Diagnostic
from ...ir.operation import Operation
from ...ir.weights import load_weights, random_weights
from .context import Context
from .errors import FileError


def find_weights(args: Namespace, model: Operation, name: str, context: Context) -> dict[str, NDArray[Any]]:
    """Return the weights of `model`, which is called `name`, by variable.

    Raises `FileError` if there is no file, `DiagnosticError` if it does not fit.
    """
    if args.random_weights is not None:
        return random_weights(model, args.random_weights)
    path = args.weights
    if path is None:
        path_of_model = Path(args.model)
        beside = [path_of_model.with_suffix(".safetensors"), path_of_model.with_name(f"{name}.safetensors")]
        found = next((file for file in beside if file.exists()), None)
        if found is None:
            raise FileError(
                str(beside[0]),
                "there are no weights beside the model",
                "--weights FILE.safetensors names a file, --random-weights SEED makes some up",
            )
        path = str(found)
    warnings: list[Diagnostic] = []
    weights = load_weights(model, path, warnings)
    context.show_diagnostics(warnings)
    return weights
