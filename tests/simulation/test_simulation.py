"""The short form of `make simulate`: seeds hold, planted faults are seen, what fails is shrunk."""

from collections import Counter

import pytest

from tests.simulation.planted import PLANTED, Planted
from tests.simulation.run import run
from tests.simulation.shrink import shrink
from tests.simulation.transitions import (
    Transition,
    consumer_transitions,
    drain_transitions,
    relay_transitions,
)

pytestmark = pytest.mark.long(seconds=20)

SEEDS = 100
SEEN_WITHIN = 200
"""A planted fault is met by one of so many seeds."""


@pytest.mark.parametrize("first", range(0, 6 * SEEDS, SEEDS))
def test_whatever_fails_nothing_is_lost_doubled_or_reordered(first: int) -> None:
    for seed in range(first, first + SEEDS):
        done = run(seed)
        assert done.violation is None, f"make simulate SEED={seed}: {done.violation}"
        assert done.steps >= 200
        assert done.crashes >= 1


def test_a_run_goes_only_through_transitions_that_the_machines_have() -> None:
    relay: Counter[Transition] = Counter()
    consumer: Counter[Transition] = Counter()
    drain: Counter[Transition] = Counter()
    for seed in range(SEEDS):
        done = run(seed)
        relay.update(done.record.relay_transitions())
        consumer.update(done.record.consumer)
        drain.update(done.record.drain)

    assert set(relay) <= relay_transitions()
    assert set(consumer) <= consumer_transitions()
    assert set(drain) <= drain_transitions()


@pytest.mark.parametrize("seed", [3, 19])
def test_the_same_seed_is_the_same_run(seed: int) -> None:
    first, again = run(seed, trace=True), run(seed, trace=True)

    assert first.tape == again.tape
    assert first.trace == again.trace
    assert run(-1, tape=first.tape, trace=True).trace == first.trace


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.what)
def test_a_planted_fault_is_seen(planted: Planted) -> None:
    with planted.in_place():
        runs = (run(seed) for seed in range(SEEN_WITHIN))
        violation = next((one.violation for one in runs if one.violation is not None), None)

    assert violation is not None, f"{SEEN_WITHIN} seeds hold although {planted.what}"
    assert violation.invariant in planted.breaks


def test_a_failing_run_is_shrunk_and_still_fails_by_its_tape() -> None:
    planted = next(one for one in PLANTED if one.what == "offsets come before the commit")
    with planted.in_place():
        failed = next(one for one in map(run, range(SEEN_WITHIN)) if one.violation is not None)
        small = shrink(failed, tries=60)
        again = run(small.seed, troubled_steps=small.troubled_steps, tape=small.tape)

    assert failed.violation is not None
    for one in (small, again):
        assert one.violation is not None
        assert one.violation.invariant == failed.violation.invariant
    assert small.troubled_steps < failed.troubled_steps
    assert sum(map(bool, small.tape)) < sum(map(bool, failed.tape))
