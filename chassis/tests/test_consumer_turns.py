"""Whose turn is next in a batch of which something fails, and what that costs: alone, without
database or broker.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from kvitt_chassis.consuming.machine import (
    Apply,
    ConsumerMachine,
    Done,
    Failed,
    Failure,
    Fairness,
    Finish,
    Limits,
    Park,
    Received,
    RecordPosition,
)
from kvitt_chassis.consuming.turns import Partition, Turns

AC, ALSO_AC, BD = ("region.ac.orders", 0), ("region.ac.orders", 1), ("region.bd.orders", 0)
ENDLESS = Limits(faults_in_a_row=10_000)


@dataclass
class Replay:
    """Batches handed to a machine until all is settled, what is handed back in the next one."""

    machine: ConsumerMachine
    fails: Callable[[RecordPosition], bool]
    at_once: int = 500
    knows_which: bool = True
    transactions: int = 0
    loaded: int = 0
    applied: list[RecordPosition] = field(default_factory=list)
    parked: list[RecordPosition] = field(default_factory=list)
    batches: int = 0
    tried: list[set[Partition]] = field(default_factory=list)

    def settle(self, places: Sequence[RecordPosition]) -> None:
        """All of them, in as many batches as it takes."""
        while places:
            self.batches += 1
            batch, later = places[: self.at_once], places[self.at_once :]
            action = self.machine.step(Received(tuple(batch)))
            while not isinstance(action, Finish):
                action = self.machine.step(self._do(action, batch))
            left = [one for one in batch if one.offset >= action.offsets.get(one.partition, 0)]
            places = [*left, *later]

    def _do(self, action: object, batch: Sequence[RecordPosition]) -> Done | Failed:
        assert isinstance(action, Apply | Park)
        self.transactions += 1
        if isinstance(action, Park):
            self.loaded += 1
            self.parked.append(batch[action.index])
            return Done()
        self.loaded += len(action.indexes)
        self.tried.append({batch[index].partition for index in action.indexes})
        for index in action.indexes:
            if self.fails(batch[index]):
                return Failed(Failure.FAULT, index if self.knows_which else None)
        self.applied += [batch[index] for index in action.indexes]
        return Done()


def places(count: int, *partitions: Partition) -> list[RecordPosition]:
    return [
        RecordPosition(partition, offset) for offset in range(count) for partition in partitions
    ]


def test_so_many_faults_of_so_many_cost_two_transactions_each() -> None:
    replay = Replay(ConsumerMachine(ENDLESS), fails=lambda place: True)

    replay.settle(places(500, AC))

    assert replay.parked == places(500, AC)
    assert replay.transactions <= 1_100
    assert replay.loaded <= 2_000


def test_faults_that_come_out_only_at_the_end_cost_hardly_more() -> None:
    replay = Replay(ConsumerMachine(ENDLESS), fails=lambda place: True, knows_which=False)

    replay.settle(places(500, AC))

    assert replay.parked == places(500, AC)
    assert replay.transactions <= 1_100
    assert replay.loaded <= 2_500


@pytest.mark.parametrize("every", [2, 5, 25, 100])
def test_what_faults_cost_grows_with_their_number_and_not_with_the_batch(every: int) -> None:
    replay = Replay(ConsumerMachine(ENDLESS), fails=lambda place: place.offset % every == 0)

    replay.settle(places(500, AC, BD))

    faults = 2 * 500 // every
    assert len(replay.parked) == faults
    assert replay.loaded <= 3_500
    assert replay.transactions <= 8 * faults + 40


def test_a_batch_that_goes_well_is_one_transaction_after_an_illness_too() -> None:
    replay = Replay(ConsumerMachine(ENDLESS), fails=lambda place: place.offset == 7)
    replay.settle(places(500, AC, BD))
    replay.settle(places(500, AC, BD))
    replay.fails = lambda place: False
    replay.settle(places(500, AC, BD))
    before = replay.transactions

    replay.settle(places(500, AC, BD))

    assert replay.transactions - before == 2


def test_partitions_that_are_well_go_before_one_that_is_ill() -> None:
    replay = Replay(ConsumerMachine(ENDLESS), fails=lambda place: place.partition == AC)
    replay.settle(places(250, AC, BD))
    replay.tried, replay.applied = [], []

    replay.settle(places(250, AC, BD))

    assert replay.applied == places(250, BD)
    assert replay.tried[0] == {BD}


def test_a_partition_that_is_well_waits_for_no_more_turns_than_a_batch_gives() -> None:
    machine = ConsumerMachine(ENDLESS, Fairness(turns=7))
    action = machine.step(Received(tuple(places(100, AC))))
    machine.step(Failed(Failure.FAULT, 0))
    turns = 0
    while not isinstance(action, Finish):
        turns += isinstance(action, Apply)
        is_first = isinstance(action, Apply) and len(action.indexes) == 100
        is_parked = isinstance(action, Park)
        action = machine.step(
            Done() if is_parked else Failed(Failure.FAULT, 0 if is_first else None)
        )

    assert turns <= 7 + ENDLESS.tries
    assert action.back_to == {AC: 7}


def test_time_that_turns_take_ends_them_as_well() -> None:
    turns = Turns(Fairness(turns=1_000, seconds=3.0))
    turns.begin([AC] * 10)
    turns.failed(turns.next(), 0)

    tried = 0
    while hand := turns.next():
        tried += 1
        turns.spend(hand, 1.1)
        turns.failed(hand, hand[0])
        turns.settled(hand, grows=False)

    assert tried == 3


def test_regions_take_turns_however_many_partitions_each_has() -> None:
    turns = Turns(Fairness(lane_of=lambda partition: partition[0].split(".")[1]))
    order = _turns_of(turns, [AC, ALSO_AC, BD], count=8)

    assert Counter(one[0] for one in order) == {AC[0]: 4, BD[0]: 4}
    assert Counter(order) == {AC: 2, ALSO_AC: 2, BD: 4}


def test_a_slow_region_has_fewer_turns_of_the_same_time() -> None:
    turns = Turns(Fairness(turns=1_000, seconds=1_000))

    order = _turns_of(turns, [AC, BD], count=22, seconds={AC: 1.0, BD: 0.1})

    assert Counter(order) == {AC: 2, BD: 20}


def test_turns_are_remembered_where_a_batch_gives_only_one() -> None:
    turns = Turns(Fairness(turns=1))
    order = []
    for _ in range(6):
        order += _turns_of(turns, [AC, BD], count=1)

    assert Counter(order) == {AC: 3, BD: 3}


def test_what_was_revoked_is_well_when_it_comes_again() -> None:
    machine = ConsumerMachine(ENDLESS)
    machine.step(Received(tuple(places(2, AC))))
    machine.step(Failed(Failure.FAULT, 0))

    machine.revoke([AC])
    machine.step(Done())

    assert machine.step(Received(tuple(places(3, AC)))) == Apply((0, 1, 2))


def test_lock_trouble_of_one_partition_is_given_back_and_the_others_go_on() -> None:
    machine = ConsumerMachine(Limits(troubles_in_hand=4))
    action = machine.step(Received(tuple(places(2, AC, BD))))

    applied: list[int] = []
    for _ in range(20):
        if isinstance(action, Finish):
            break
        assert isinstance(action, Apply)
        if any(index % 2 == 0 for index in action.indexes):  # those of ac
            action = machine.step(Failed(Failure.LOCK_TROUBLE))
        else:
            applied += action.indexes
            action = machine.step(Done())

    assert applied == [1, 3]
    assert action == Finish({BD: 2}, {AC: 0})


def test_a_partition_that_goes_on_failing_is_tried_once_each_time_not_thrice() -> None:
    machine = ConsumerMachine(Limits(tries=3))
    machine.step(Received(tuple(places(2, AC))))
    machine.step(Failed(Failure.FAULT, 0))
    tries = [machine.step(Failed(Failure.FAULT)) for _ in range(3)]
    assert [type(one) for one in tries] == [Apply, Apply, Park]
    assert machine.step(Done()) == Apply((1,))

    assert isinstance(machine.step(Failed(Failure.FAULT)), Park)


def _turns_of(
    turns: Turns,
    partitions: Sequence[Partition],
    *,
    count: int,
    seconds: dict[Partition, float] | None = None,
) -> list[Partition]:
    """Whose turns they are, in a batch of which every message fails; after the first failures."""
    batch = [partition for _ in range(100) for partition in partitions]
    turns.begin(batch)
    order: list[Partition] = []
    while len(order) < count and (hand := turns.next()):
        partition = batch[hand[0]]
        if not turns.is_ill(partition):
            turns.failed(hand, hand[0])
            continue
        turns.spend(hand, (seconds or {}).get(partition, 0.0))
        order.append(partition)
        turns.failed(hand, hand[0])
        turns.settled(hand[:1], grows=False)
    return order
