"""A session: a program with weights on a simulated wafer, executed position by position or window by window.

Every step is one launch of the same programs: all PEs start at cycle 0 and the step ends when the last
one has ended and the network is empty. The next token stays on the wafer; the host only looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from ..ir.attributes import I32, DictAttr
from ..ir.diagnostics import error_at
from ..ir.dialects.dist_type import window_rows
from ..ir.operation import Operation
from ..ir.target import Target
from ..ir.variable_values import DTYPES, Array, expand
from .critical_path import Breakdown, breakdown_of, layer_cycles_of
from .fault import MachineFault
from .host import Coordinates, Variables, gather, scatter
from .machine import LARGEST_CYCLE, Machine, StepResult
from .module import machine_from_module
from .step import CERTIFICATES
from .wavelet.state import LOG_RUNS


@dataclass(frozen=True, slots=True)
class StepReport:
    """What one position cost and gave; `breakdown` sums to `cycles`, `token` is None if nothing is greedy."""

    position: int
    token: int | None
    outputs: Mapping[str, Array]
    cycles: int
    breakdown: Breakdown
    layer_cycles: float | None
    """Mean cycles of one executed layer; None for a model without repeated layers."""
    link_hops: int
    result: StepResult
    """What the machine kept of the step."""


@dataclass(frozen=True, slots=True)
class WindowReport:
    """What one execution for a whole window of rows cost and gave; `breakdown` sums to `cycles`.

    `tokens` is [rows], None if nothing is greedy; each of `outputs` is [rows, features].
    """

    tokens: Array | None
    outputs: Mapping[str, Array]
    cycles: int
    breakdown: Breakdown
    layer_cycles: float | None
    """Mean cycles of one executed layer; None for a model without repeated layers."""
    link_hops: int
    result: StepResult
    """What the machine kept of the execution."""


class MachineMemory:
    """The memories of a `Machine`, by coordinates on the wafer."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._bytes = machine.sram.view(np.uint8)

    def write(self, x: Coordinates, y: Coordinates, offset: int, values: Array) -> None:
        """Store row i of `values` [PEs, elements] at byte `offset` of PE (x[i], y[i])."""
        data = np.ascontiguousarray(values).view(np.uint8)
        self._bytes[self._machine.pe_index[y, x], offset : offset + data.shape[1]] = data

    def read(
        self, x: Coordinates, y: Coordinates, offset: int, dtype: np.dtype[np.generic], count: int
    ) -> Array:
        """Return `count` elements from byte `offset` of each PE (x[i], y[i]), [PEs, count]."""
        rows = self._bytes[self._machine.pe_index[y, x], offset : offset + count * dtype.itemsize]
        return np.ascontiguousarray(rows).view(dtype)


class Session:
    """Holds a machine with the weights in its memories. Raises `DiagnosticError` if a weight is missing.

    Without any (None), steps move no data, take none and give none: only their time is simulated.
    Steps keep a log of `log_level`, of `LOG_RUNS` at least, and with `count_loads` what each link carried;
    one that takes more than `cycle_limit` cycles is a fault.
    They run on `engine` as `Machine.run_step` says; `tell_conflict` is told when `auto` turns to the wavelet
    engine.
    """

    def __init__(
        self,
        module: Operation,
        weights: Mapping[str, Array] | None,
        announce: Callable[[], None] | None = None,
        *,
        engine: str = "auto",
        log_level: int = LOG_RUNS,
        count_loads: bool = False,
        cycle_limit: int | None = None,
        tell_conflict: Callable[[MachineFault], None] | None = None,
    ) -> None:
        attribute = module.attributes["fabric.target"]
        assert isinstance(attribute, DictAttr), "a checked program has a target"
        self.target = Target.from_attribute(attribute)
        self.machine = machine_from_module(module, self.target)
        self.variables = Variables(module)
        self._memory = MachineMemory(self.machine)
        self._announce = announce
        self._engine = engine
        self._tell_conflict = tell_conflict
        self.engines: list[str] = []
        """Engines that steps ran on, in the order of their first step."""
        self.certificate: str | None = None
        """What certifies the stream engine's steps: `checked` if one was; None without any."""
        spans = {tile.instance: tile.layers for tile in self.machine.tiles}
        self._layers = sum(end - first for first, end in spans.values())
        self.layers_executed = 0
        self.layers_reused = 0
        """Layers of all steps that were executed, and that were not because they were like the one before."""
        self._log_level = max(log_level, LOG_RUNS)
        self._count_loads = count_loads
        self._cycle_limit = LARGEST_CYCLE if cycle_limit is None else cycle_limit
        self._data = weights is not None
        self.seconds = 0.0
        """How long the engine has taken for all steps so far."""
        self.link_hops = 0
        """What it moved in this time: wavelets times the mesh links they took."""
        if weights is not None:
            for name in self.variables.of_kind("weight", "constant"):
                values = expand(name, self.variables.by_name[name], weights)
                scatter(self._memory, self.variables, name, values)
        self._inputs = self.variables.of_kind("input")
        self._outputs = self.variables.of_kind("output")
        if len(self._inputs) != 1:
            raise error_at(f"the entry takes {len(self._inputs)} inputs, not one", module.location)

    @property
    def takes_tokens(self) -> bool:
        """Whether the entry takes a token (else a vector)."""
        return self.variables.type(self._inputs[0]).element == I32

    @property
    def input_name(self) -> str:
        """The name of the entry's argument."""
        return self._inputs[0].partition(".")[2]

    @property
    def input_size(self) -> int:
        """Elements of the entry's input vector (of one row of it); 1 for a token."""
        size = int(np.prod(self.variables.shape(self._inputs[0]), dtype=np.int64))
        return size // (self.window or 1)

    @property
    def window(self) -> int | None:
        """How many rows one execution takes; None if it is one position after the other."""
        return window_rows(self.variables.type(self._inputs[0]))

    @property
    def context(self) -> int | None:
        """The most positions that caches hold and tables of positions have; None without any."""
        names = self.variables.of_kind("cache") + self.variables.of_positions()
        extents = [self.variables.type(name).dims[0].extent for name in names]
        return min(extents) if extents else None

    def feed(self, value: Array) -> None:
        """Put the next input (a token or a vector, or a window of them) into the wafer's memory."""
        kind = self.variables.type(self._inputs[0])
        shape = self.variables.shape(self._inputs[0])
        # Rows come first for everybody else, and last on the wafer.
        array = np.asarray(value).astype(DTYPES[str(kind.element)]).reshape(shape[::-1]).T
        scatter(self._memory, self.variables, self._inputs[0], array)

    def step(self, position: int, value: Array | int | None = None) -> StepReport:
        """Execute one position, on `value` if given, else on the token that the wafer chose last.

        Raises `MachineFault` when the program goes wrong.
        """
        if value is not None:
            self.feed(np.asarray(value))
        result, outputs = self._execute(position)
        token = outputs.pop("token", None)
        if token is not None and any(np.isnan(logits).all() for logits in outputs.values()):
            raise MachineFault("not-a-number", f"at position {position} no logit is a number", ())
        return StepReport(
            position,
            None if token is None else int(token),
            outputs,
            result.cycles,
            breakdown_of(self.machine, result),
            layer_cycles_of(self.machine, result),
            result.link_hops,
            result,
        )

    def encode(self, rows: Array | None) -> WindowReport:
        """Execute one window: `rows` are its tokens [rows] or its vectors [rows, features]; None feeds none.

        Raises `MachineFault` when the program goes wrong.
        """
        if rows is not None:
            self.feed(rows)
        result, outputs = self._execute(0)
        tokens = outputs.pop("token", None)
        outputs = {name: values.T for name, values in outputs.items()}
        for values in outputs.values() if tokens is not None else ():
            broken = np.flatnonzero(np.isnan(values).all(axis=1))
            if broken.size:
                raise MachineFault("not-a-number", f"in row {broken[0]} no logit is a number", ())
        return WindowReport(
            tokens,
            outputs,
            result.cycles,
            breakdown_of(self.machine, result),
            layer_cycles_of(self.machine, result),
            result.link_hops,
            result,
        )

    def _execute(self, position: int) -> tuple[StepResult, dict[str, Array]]:
        """Launch the programs once; return what it cost and the entry's results by name."""
        self.machine.prepare(self._engine, self._announce)
        told = self.machine.conflict
        started = perf_counter()
        result = self.machine.run_step(
            {"position": position},
            engine=self._engine,
            data=self._data,
            log_level=self._log_level,
            count_loads=self._count_loads,
            cycle_limit=self._cycle_limit,
            announce=self._announce,
        )
        self.seconds += perf_counter() - started
        self.link_hops += result.link_hops
        if self.machine.conflict is not told and self.machine.conflict and self._tell_conflict is not None:
            self._tell_conflict(self.machine.conflict)
        self.layers_executed += self._layers - result.layers_reused
        self.layers_reused += result.layers_reused
        if result.engine not in self.engines:
            self.engines.append(result.engine)
        self.certificate = max(self.certificate, result.certificate, key=CERTIFICATES.index)
        outputs = {
            name.partition(".")[2]: gather(self._memory, self.variables, name)
            for name in (self._outputs if self._data else ())
        }
        return result, outputs

    def generate(self, prompt: Sequence[int], tokens: int) -> Iterator[StepReport]:
        """Feed `prompt` token by token, then go on for `tokens` tokens in all.

        The step of the prompt's last token gives the first new one, so `len(prompt) + tokens - 1` steps
        are yielded.
        """
        for position in range(len(prompt) + tokens - 1):
            yield self.step(position, prompt[position] if position < len(prompt) else None)
