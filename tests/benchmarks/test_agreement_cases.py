"""Random cases for comparing engines: free of deadlock, of many kinds, the same everywhere, shrinkable."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter

import numpy as np
from agreeing.cases import Case, Event, Loop, case_of, once, text_of
from agreeing.machines import build
from agreeing.random_cases import random_case
from agreeing.shrink import shrink

from wsc.runtime.fault import MachineFault

from .conftest import BENCHMARKS

CASES = 120


def kinds_of(case: Case) -> set[str]:
    """What a case has."""
    events = [node for node in once(case.nodes) if isinstance(node, Event)]
    sides = [side for event in events for m in event.messages for side in (m.send, *m.receive)]
    kinds = {
        "forward": any(event.forward and len(event.messages) > 1 for event in events),
        "multicast": any(len(flow.sinks) > 1 for flow in case.flows),
        "loop": any(isinstance(node, Loop) for node in case.nodes),
        "split": any(side.cuts for side in sides),
        "copies": case.copies != (1, 1),
        "mistake": case.mistake is not None,
    }
    return {name for name, there in kinds.items() if there}


def verdict_of(case: Case) -> str:
    """How a case ends: without two colors that want one link, with, or with a fault."""
    try:
        result = build(case).run_step({"position": case.position})
    except MachineFault as fault:
        return fault.kind
    return "conflict" if result.contended else "free"


def test_cases_end_and_are_of_many_kinds() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(CASES):
        case = random_case(seed)
        kinds.update(kinds_of(case))
        verdict = verdict_of(case)
        assert case.mistake is not None or verdict in ("free", "conflict"), f"case {seed}: {verdict}"
        kinds[verdict] += 1
    assert kinds["free"] > CASES / 2
    assert kinds["conflict"] > CASES / 4
    assert kinds.keys() >= {"forward", "multicast", "loop", "split", "copies", "mistake", "deadlock"}


def test_same_seed_same_case() -> None:
    texts = "".join(text_of(random_case(seed)) for seed in range(20))
    code = (
        f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r}); import hashlib\n"
        "from agreeing.random_cases import random_case\nfrom agreeing.cases import text_of\n"
        "texts = ''.join(text_of(random_case(seed)) for seed in range(20))\n"
        "print(hashlib.sha256(texts.encode()).hexdigest())"
    )
    command = [sys.executable, "-c", code]
    other = subprocess.run(command, env={"PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == hashlib.sha256(texts.encode()).hexdigest()


def test_a_case_is_read_back_from_its_text() -> None:
    for seed in range(20):
        case = random_case(seed)
        again = case_of(text_of(case))
        assert again == case
        assert np.array_equal(build(again).sram, build(case).sram)


def test_shrinking_keeps_what_fails() -> None:
    """What waits for ever still does when everything else is gone."""

    def waits(case: Case) -> bool:
        return verdict_of(case) == "deadlock"

    seed = next(seed for seed in range(CASES) if random_case(seed).mistake and waits(random_case(seed)))
    small = shrink(random_case(seed), waits)
    assert waits(small)
    assert small.mistake is not None
    assert len(list(once(small.nodes))) <= 4
    assert len(small.flows) <= 2
