"""Estimates of a token's cycles: kept in the program file, growing with the context."""

from hypothesis import given
from hypothesis import strategies as st

from wsc.compiler.driver import CompileOptions, compile_module
from wsc.compiler.estimates import Estimates, estimate_placed
from wsc.ir.target import load_target

from ..support.wdl import MLP, TALE

TINY = load_target("tiny").target


def estimates(text: str, stop_after: str = "place") -> Estimates | None:
    return compile_module(text, "m.wdl", CompileOptions(TINY, stop_after=stop_after)).estimates


def test_nothing_is_known_before_the_floor_plan() -> None:
    assert estimates(TALE, "partition") is None


def test_a_decoder_s_tokens_cost_more_the_longer_the_context() -> None:
    found = estimates(TALE)
    assert found is not None
    values = [found.at(position) for position in range(256)]
    assert values == sorted(values)
    assert values[255] > 1.1 * values[0]
    assert found.at(128) == found.cycles_per_token
    assert 0 < found.lower_bound_cycles_per_token < values[0]


def test_without_caches_all_positions_cost_the_same() -> None:
    found = estimates(MLP)
    assert found is not None
    assert found.at(0) == found.at(1000) == found.cycles_per_token


def test_a_finished_program_has_no_estimate_of_its_own() -> None:
    done = compile_module(MLP, "m.wdl", CompileOptions(TINY))
    assert done.estimates is not None
    assert estimate_placed(done.module) is None


POSITIONS = st.dictionaries(st.integers(0, 10_000), st.floats(1, 1e9), max_size=12)


@given(st.floats(1, 1e9), st.floats(1, 1e9), POSITIONS)
def test_estimates_survive_a_program_file(cycles: float, bound: float, by_position: dict[int, float]) -> None:
    found = Estimates(cycles, bound, by_position)
    assert Estimates.from_numbers(found.to_numbers() | {"something_else": 1.0}) == found


def test_no_estimates_in_a_program_file() -> None:
    assert Estimates.from_numbers({}) is None


@given(POSITIONS, st.integers(0, 10_000))
def test_between_samples_an_estimate_is_between_theirs(by_position: dict[int, float], at: int) -> None:
    found = Estimates(5.0, 1.0, by_position)
    if not by_position:
        assert found.at(at) == 5.0
    elif at in by_position:
        assert found.at(at) == by_position[at]
    else:
        assert min(by_position.values()) * 0.999 <= found.at(at) <= max(by_position.values()) * 1.001
