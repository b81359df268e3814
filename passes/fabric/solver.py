"""How CP-SAT is asked everywhere: one worker, fixed seed, bounded work, so that answers repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def make_solver(deterministic_limit: float) -> cp_model.CpSolver:
    """Return a solver whose work is bounded in its own deterministic unit.

    Raises `ImportError` without OR-Tools.
    """
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = deterministic_limit
    # It would take Ctrl-C for itself and leave the signal without a handler.
    solver.parameters.catch_sigint_signal = False
    return solver
