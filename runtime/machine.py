"""The machine: a wafer's worth of PEs with their programs, routes and SRAM, launched one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from . import bytecode as bc
from .bytecode import Program, Site
from .cores import Tile, channel_table, code_table, make_cores, preset_registers, tile_of_router
from .diagnosis import Blame, fault_of, stuck_fault
from .engine import prepare_engine
from .fault import MachineFault
from .memory import zeroed_sram
from .route import Route
from .step import StepResult
from .step_log import WaveletLog
from .stream_step import AUTO_PES, ENGINES, StreamSide
from .wavelet import state as st
from .wavelet.bitmap import fill
from .wavelet.kernel import run_kernel
from .wavelet.state import Memory, Network, Programs, Run
from .wiring import QueueDepths, Wiring, wire

LARGEST_CYCLE = 2**31 - 2**16
"""The last cycle that a step can reach: times are kept in 32 bits."""
_PAUSE_WORK = 10_000_000
"""About a second's: an interrupt is seen when the engine returns."""
_FIRST_LOG_ROWS = 1 << 16


class Machine:
    """PEs with programs, wired by routes. `sram` may be read and written between steps.

    `sram` is uint16[PEs, sram_bytes / 2], one row for each PE that has a tile, in order of y, then x;
    `floats` and `integers` are the same bytes as float32 and int32. Building one raises `MachineFault` for
    what can never run: a route off the wafer, two routes or two programs in one place, a tile off the wafer.
    """

    def __init__(
        self,
        width: int,
        height: int,
        routes: Sequence[Route],
        tiles: Sequence[Tile],
        programs: Sequence[Program],
        depths: QueueDepths,
        sram_bytes: int,
    ) -> None:
        self.width = width
        self.height = height
        self.depths = depths
        self.routes = tuple(routes)
        self.tiles = tuple(tiles)
        self.programs = tuple(programs)
        self.sram_bytes = -(-sram_bytes // 4) * 4
        tile_numbers = tile_of_router(width, height, tiles)
        routers = np.flatnonzero(tile_numbers >= 0)
        self.pe_index: NDArray[np.int32] = np.full((height, width), -1, np.int32)
        """[height, width] number of each PE, -1 where none runs a program"""
        self.pe_index.reshape(-1)[routers] = np.arange(routers.size)
        self.pe_x: NDArray[np.int64] = routers % width
        self.pe_y: NDArray[np.int64] = routers // width
        self.pe_tile: NDArray[np.int32] = tile_numbers[routers]
        self.sites: list[tuple[str, Site]] = [
            (program.name, site) for program in programs for site in program.sites
        ]
        """Program and origin of each row of the common code table."""
        self.code, first_rows = code_table(programs)
        self.wiring: Wiring = wire(width, height, routes, depths, self.pe_index.reshape(-1))
        """The queues and the flows that they belong to."""
        self.channels: NDArray[np.int32] = channel_table(tiles)
        """[tiles, channels] color of each channel, -1 where there is none"""
        program_of_tile = np.array([tile.program for tile in tiles], np.int64)
        self._first_pc = first_rows[program_of_tile[self.pe_tile]]
        self._preset = preset_registers(routers, width, self.pe_tile, tiles)
        self._cores = make_cores(routers, self.pe_tile, programs)
        first_route, first_sink = self.wiring.first_route, self.wiring.first_sink
        self._programs = Programs(self.code, self.channels, first_route, first_sink, np.zeros(15, np.int64))
        self.conflict: MachineFault | None = None
        """Why `auto` uses the wavelet engine where the stream engine was to be used; None if it does not."""
        self.sram: NDArray[np.uint16] = zeroed_sram(routers.size, self.sram_bytes)
        self.floats: NDArray[np.float32] = self.sram.view(np.float32)
        self.integers: NDArray[np.int32] = self.sram.view(np.int32)

    @cached_property
    def _streams(self) -> StreamSide:
        """The machine as the stream engine sees it."""
        return StreamSide(self, self._first_pc, self._preset)

    def engine_for(self, engine: str) -> str:
        """Return the engine, `wavelet` or `stream`, that a step asked of `engine` begins on.

        Raises `ValueError` if there is no such engine.
        """
        if engine not in ENGINES:
            raise ValueError(f"unknown engine '{engine}'; engines: {', '.join(ENGINES)}")
        if engine != "auto":
            return engine
        return "stream" if self.pes >= AUTO_PES and self.conflict is None else "wavelet"

    def prepare(self, engine: str, announce: Callable[[], None] | None = None) -> None:
        """Load, or compile, what the next step on `engine` needs, and build its network.

        `announce` is called once if that takes a while. Raises `ValueError` if there is no such engine.
        """
        begins_on = self.engine_for(engine)
        prepare_engine(announce, begins_on)
        if begins_on == "stream":
            _ = self._streams

    @property
    def pes(self) -> int:
        """Number of PEs that run a program."""
        return self.pe_x.size

    def run_step(
        self,
        arguments: Mapping[str, int] | None = None,
        *,
        engine: str = "wavelet",
        data: bool = True,
        log_level: int = st.LOG_OFF,
        count_loads: bool = False,
        cycle_limit: int = LARGEST_CYCLE,
        reuse_layers: bool = True,
        announce: Callable[[], None] | None = None,
    ) -> StepResult:
        """Launch all programs at cycle 0 with `arguments` (`position`) and run until all have ended.

        Without `data` only cycles are found: vector instructions and wavelets move nothing, and SRAM is only
        touched by scalar loads and stores.
        `log_level` is `LOG_OFF`, `LOG_RUNS` (what the critical path needs) or `LOG_ALL` (local instructions
        too). `announce` is called once if the engine has to be compiled first, which takes a while.

        `engine` is `wavelet`, `stream` or `auto`: the stream engine for machines of `AUTO_PES` PEs and more,
        until it meets a conflict (kept in `conflict`); that step and later ones the wavelet engine does, from
        the same memories. The stream engine's log has no local instructions. Without data and with a log it
        executes equal layers once (`reuse_layers`), where all that makes their cycles recurs.
        Raises `MachineFault` when a program goes wrong or (`conflict`) when only the wavelet engine can say
        what happens, `ValueError` for an unknown argument or engine.
        """
        unknown = sorted(set(arguments or {}) - {"position"})
        if unknown:
            raise ValueError(f"unknown launch arguments: {', '.join(unknown)}; there is 'position'")
        if self.engine_for(engine) == "stream":
            prepare_engine(announce, "stream")
            try:
                return self._streams.run_step(
                    arguments or {},
                    data=data,
                    log=log_level != st.LOG_OFF,
                    count_loads=count_loads,
                    cycle_limit=min(cycle_limit, LARGEST_CYCLE),
                    reuse_layers=reuse_layers,
                )
            except MachineFault as fault:
                if engine == "stream" or fault.kind != "conflict":
                    raise
                self.conflict = fault
        self._reset(arguments or {})
        loads = np.zeros(self.wiring.routes + self.wiring.settings if count_loads else 0, np.int64)
        configuration = np.zeros(st.CONFIGURATION, np.int64)
        configuration[st.RAMP_CYCLES] = self.depths.ramp_cycles
        configuration[st.CYCLE_LIMIT] = min(cycle_limit, LARGEST_CYCLE)
        configuration[st.LOG_LEVEL] = log_level
        configuration[st.COUNT_LOADS] = count_loads
        configuration[st.MOVE_DATA] = data
        configuration[st.SRAM_BYTES] = self.sram_bytes
        configuration[st.PAUSE_WORK] = _PAUSE_WORK
        configuration[st.ROUTES] = self.wiring.routes
        rows = _FIRST_LOG_ROWS if log_level != st.LOG_OFF else 0
        run = Run(np.zeros(st.COUNTERS, np.int64), configuration, np.zeros((rows, st.LOG_FIELDS), np.int32))
        run.counters[st.CYCLE] = -1
        run = self._run(self.wiring.network._replace(loads=loads), run, announce)
        counters = run.counters
        return StepResult(
            cycles=int(self._cores.end.max(initial=0)),
            end_cycles=self._cores.end.copy(),
            link_hops=int(counters[st.LINK_HOPS]),
            ramp_hops=int(counters[st.RAMP_HOPS]),
            wavelets=int(counters[st.SENT]),
            contended=int(counters[st.CONTENDED]),
            log=WaveletLog(run.log[: counters[st.LOGGED]]) if log_level != st.LOG_OFF else None,
            loads=self._link_loads(loads) if count_loads else None,
        )

    def _reset(self, arguments: Mapping[str, int]) -> None:
        """Bring cores and network to the state before a launch; SRAM stays as it is."""
        network, cores = self.wiring.network, self._cores
        self.wiring.reset()
        for array in (network.awake, network.awake_words, cores.state, cores.registers):
            array[...] = 0
        cores.wheel[...] = -1
        cores.end[...] = -1
        threads = cores.state.reshape(-1, st.CORE_FIELDS)
        threads[:, [st.WAITING, st.QUEUE_IN, st.QUEUE_OUT]] = -1
        state = threads[: self.pes]
        state[:, st.PC] = self._first_pc
        state[:, st.OPCODE] = st.CONTINUE
        fill(cores.awake, cores.awake_words, self.pes)
        cores.registers[:, : bc.PRESET_REGISTERS] = self._preset
        cores.registers[:, bc.R_POSITION] = arguments.get("position", 0)

    def _run(self, network: Network, run: Run, announce: Callable[[], None] | None) -> Run:
        """Call the kernel until the step is done; returns the run with the log at its final length."""
        memory = Memory(self.sram.reshape(-1), self.floats.reshape(-1), self.integers.reshape(-1))
        prepare_engine(announce)
        blame = self.blame(run)
        while True:
            status = run_kernel(network, self._cores, memory, self._programs, run)
            if status == st.STATUS_DONE:
                return run
            if status == st.STATUS_LOG_FULL:
                longer = np.zeros((2 * len(run.log), st.LOG_FIELDS), np.int32)
                longer[: len(run.log)] = run.log
                run = run._replace(log=longer)
            elif status == st.STATUS_FAULT:
                raise fault_of(blame)
            elif status != st.STATUS_PAUSED:
                raise stuck_fault(blame, status)

    def blame(self, run: Run) -> Blame:
        """Return where to look for what went wrong in `run`."""
        return Blame(self.width, self.sites, self.wiring, self.channels, self.code, self._cores, run)

    def _link_loads(self, loads: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the wavelets on each link from the wavelets that each lane, or setting, moved."""
        network = self.wiring.network
        settings = network.settings.reshape(-1, 1 << st.SETTING_SHIFT)
        # A lane with a switch has all its wavelets counted at its settings, whatever its shape is now.
        shapes = np.append(self.wiring.queues[: self.wiring.routes, st.SHAPE], settings[:, st.SETTING_SHAPE])
        lanes = np.append(np.arange(self.wiring.routes), settings[:, st.SETTING_LANE])
        result = np.zeros((4, self.height * self.width), np.int64)
        for direction in range(4):
            rows = np.flatnonzero(shapes >> st.LINKS_SHIFT + direction & 1)
            np.add.at(result[direction], network.router[lanes[rows]], loads[rows])
        return result.reshape(4, self.height, self.width)
