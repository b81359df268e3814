"""Schedules of random problems: legal, no better than the bounds, no worse than they must be."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.passes.scheduling.bounds import heads, lower_bounds, tails
from wsc.passes.scheduling.exact import exact_schedule, refined
from wsc.passes.scheduling.list_schedule import list_schedule, sequence_of, sequence_schedule
from wsc.passes.scheduling.problem import NO_RESOURCE, Arc, Problem, Task, makespan, violations


@st.composite
def problems(draw: st.DrawFn, most: int = 9, resources: int = 2) -> Problem:
    """Random tasks; arcs lead from lower to higher numbers of a random permutation."""
    tasks = draw(
        st.lists(
            st.builds(
                Task,
                st.integers(0, 9),
                st.sampled_from([NO_RESOURCE, *[r for r in range(resources) for _ in range(3)]]),
                st.sampled_from([0, 0, 0, 4, 11]),
            ),
            max_size=most,
        )
    )
    names = draw(st.permutations(range(len(tasks))))
    pairs = [(one, other) for index, other in enumerate(names) for one in names[:index]]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=2 * most)) if pairs else []
    arcs = tuple(Arc(one, other, draw(st.sampled_from([0, 0, 1, 7, 20]))) for one, other in chosen)
    return Problem(tuple(tasks), arcs)


def optimum(problem: Problem) -> int:
    found = exact_schedule(problem, list_schedule(problem), 10.0)
    assert found is not None
    assert found.optimal
    assert found.bound == makespan(problem, found.starts)
    assert violations(problem, found.starts) == []
    return found.bound


@given(problems())
def test_every_schedule_is_legal_and_not_below_the_bounds(problem: Problem) -> None:
    listed = list_schedule(problem)
    better = refined(problem, listed)
    best = optimum(problem)
    for starts in (listed, better):
        assert violations(problem, starts) == []
    assert lower_bounds(problem).best <= best <= makespan(problem, better) <= makespan(problem, listed)


@given(problems(most=5))
def test_the_best_is_that_of_all_orders(problem: Problem) -> None:
    orders = (
        order
        for order in permutations(range(len(problem.tasks)))
        if all(order.index(arc.before) < order.index(arc.after) for arc in problem.arcs)
    )
    found = [makespan(problem, sequence_schedule(problem, order)) for order in orders]
    assert optimum(problem) == min(found)


@given(problems(most=9))
def test_one_window_over_everything_is_the_best(problem: Problem) -> None:
    better = makespan(problem, refined(problem, list_schedule(problem)))
    assert better == optimum(problem)


@given(problems(most=40, resources=3))
def test_refining_many_tasks_keeps_to_the_rules(problem: Problem) -> None:
    listed = list_schedule(problem)
    better = refined(problem, listed)
    assert violations(problem, better) == []
    assert makespan(problem, better) <= makespan(problem, listed)
    assert better == refined(problem, listed)


@given(problems(most=20))
def test_heads_and_tails_hold_for_any_schedule(problem: Problem) -> None:
    starts = list_schedule(problem)
    end = makespan(problem, starts)
    for start, task, head, tail in zip(starts, problem.tasks, heads(problem), tails(problem), strict=True):
        assert head <= start
        assert start + task.duration + tail <= end


@given(problems(most=20))
def test_a_schedules_own_sequence_gives_one_that_ends_no_later(problem: Problem) -> None:
    starts = list_schedule(problem)
    again = sequence_schedule(problem, sequence_of(problem, starts))
    assert violations(problem, again) == []
    assert makespan(problem, again) <= makespan(problem, starts)


def test_waiting_may_be_better_than_being_busy() -> None:
    # A long task that nobody waits for, and a message that arrives in cycle 2 with a long chain behind it.
    tasks = (Task(10), Task(1, release=2), Task(20, NO_RESOURCE))
    problem = Problem(tasks, (Arc(1, 2),))
    assert makespan(problem, list_schedule(problem)) == 23


def test_the_time_of_a_message_is_filled() -> None:
    # send, 30 cycles on the way, receive, use; and two tasks of 10 that can be done meanwhile.
    tasks = (Task(5), Task(5), Task(8), Task(10), Task(10))
    problem = Problem(tasks, (Arc(0, 1, 30), Arc(1, 2)))
    starts = list_schedule(problem)
    assert makespan(problem, starts) == lower_bounds(problem).best == 5 + 30 + 5 + 8


def test_the_resource_bounds_what_chains_do_not() -> None:
    problem = Problem((Task(5), Task(5), Task(5), Task(1, release=3)))
    bounds = lower_bounds(problem)
    assert (bounds.chain, bounds.resource) == (5, 16)


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        ((0, 6), ["task 1 begins at 6, less than 3 cycles after task 0 ends at 4"]),
        (
            (0, 2),
            [
                "task 1 begins at 2, less than 3 cycles after task 0 ends at 4",
                "tasks 0 and 1 overlap on resource 0",
            ],
        ),
        ((0,), ["1 starts for 2 tasks"]),
    ],
)
def test_what_is_wrong_is_said(starts: tuple[int, ...], words: list[str]) -> None:
    assert violations(Problem((Task(4), Task(2)), (Arc(0, 1, 3),)), starts) == words


def test_a_release_is_kept() -> None:
    assert violations(Problem((Task(4, release=5),)), (4,)) == ["task 0 begins at 4, before its release 5"]


@given(problems(most=8), st.data())
def test_the_checker_sees_any_task_that_is_moved_forward(problem: Problem, data: st.DataObject) -> None:
    """A schedule without slack is illegal as soon as a task on the critical path begins earlier."""
    starts = sequence_schedule(problem, sequence_of(problem, list_schedule(problem)))
    moved = [n for n, task in enumerate(problem.tasks) if starts[n] > 0 and task.duration > 0]
    if not moved:
        return
    number = data.draw(st.sampled_from(moved))
    if problem.tasks[number].resource == NO_RESOURCE or _has_room(problem, starts, number):
        return
    earlier = tuple(start - (n == number) for n, start in enumerate(starts))
    assert violations(problem, earlier)


def _has_room(problem: Problem, starts: tuple[int, ...], number: int) -> bool:
    """Whether `number` could begin a cycle earlier by what a brute-force look at each cycle says."""
    task, start = problem.tasks[number], starts[number] - 1
    if start < task.release:
        return False
    for arc in problem.arcs:
        if (
            arc.after == number
            and starts[arc.before] + problem.tasks[arc.before].duration + arc.latency > start
        ):
            return False
    busy = {
        cycle
        for n, other in enumerate(problem.tasks)
        if n != number and other.resource == task.resource
        for cycle in range(starts[n], starts[n] + other.duration)
    }
    return start not in busy


def test_what_cannot_be_a_problem_is_refused() -> None:
    with pytest.raises(ValueError, match="cycle"):
        Problem((Task(1), Task(1)), (Arc(0, 1), Arc(1, 0)))
    with pytest.raises(ValueError, match="names no task"):
        Problem((Task(1),), (Arc(0, 1),))
    with pytest.raises(ValueError, match="negative"):
        Problem((replace(Task(1), duration=-1),))
    with pytest.raises(ValueError, match="waits for"):
        sequence_schedule(Problem((Task(1), Task(1)), (Arc(0, 1),)), (1, 0))
    with pytest.raises(ValueError, match="each task once"):
        sequence_schedule(Problem((Task(1), Task(1))), (1,))
