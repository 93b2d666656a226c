"""The consumer's decisions, alone: no database, no broker, no clock."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kvitt_chassis.consuming.machine import (
    RETRY_POLICIES,
    Apply,
    ConsumerMachine,
    Done,
    Failed,
    Failure,
    Finish,
    Limits,
    Park,
    Pause,
    Received,
    RecordPosition,
    Refuse,
    State,
    Watchdog,
    when_tried,
)
from kvitt_chassis.consuming.verdicts import Cause, KeyState, MessageFacts, Verdict, judge

A, B = ("orders", 0), ("orders", 1)
FIRST, SECOND, THIRD = (UUID(int=number) for number in (1, 2, 3))


def a_line(sequence: int | None = 1, event_id: UUID = FIRST, **changes: object) -> MessageFacts:
    return MessageFacts(event_id=event_id, sequence=sequence, **changes)  # type: ignore[arg-type]


def a_batch(*places: tuple[tuple[str, int], int]) -> Received:
    return Received(tuple(RecordPosition(partition, offset) for partition, offset in places))


# -- verdicts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "known", "verdict"),
    [
        (a_line(1), KeyState(), Verdict.APPLY),
        (a_line(2), KeyState(), Verdict.GAP),
        (a_line(1), KeyState(sequence=1, event_ids=(FIRST,)), Verdict.DUPLICATE),
        (a_line(1, SECOND), KeyState(sequence=1, event_ids=(FIRST,)), Verdict.FORK),
        (a_line(1, THIRD), KeyState(sequence=2, event_ids=(FIRST, SECOND)), Verdict.FORK),
        (a_line(1, THIRD), KeyState(sequence=2, event_ids=(SECOND,)), Verdict.DUPLICATE),
        (a_line(1, THIRD), KeyState(sequence=2, event_ids=(None, SECOND)), Verdict.DUPLICATE),
        (a_line(2), KeyState(sequence=1, is_parked=True), Verdict.JOIN),
        (a_line(3), KeyState(sequence=1, is_parked=True), Verdict.JOIN),
        (a_line(1), KeyState(sequence=1, event_ids=(FIRST,), is_parked=True), Verdict.DUPLICATE),
        (a_line(2, is_readable=False), KeyState(sequence=1), Verdict.QUARANTINE),
        (a_line(1, is_readable=False), KeyState(sequence=1), Verdict.DUPLICATE),
        (a_line(1, is_handled=False), KeyState(), Verdict.PASS_OVER),
        (a_line(None), KeyState(is_seen=True), Verdict.DUPLICATE),
        (a_line(None), KeyState(sequence=7), Verdict.APPLY),
        (a_line(None, is_refused=True), KeyState(), Verdict.REFUSE),
        (a_line(None, is_refused=True), KeyState(is_parked=True), Verdict.JOIN),
        (a_line(None, version=1), KeyState(version=1), Verdict.OBSOLETE),
        (a_line(None, version=2), KeyState(version=1), Verdict.APPLY),
        (a_line(None, is_readable=False), KeyState(is_seen=True), Verdict.DUPLICATE),
    ],
)
def test_the_mark_decides_before_the_content_does(
    line: MessageFacts, known: KeyState, verdict: Verdict
) -> None:
    assert judge(line, known) is verdict


# -- batches ---------------------------------------------------------------------------------------


def test_a_batch_that_succeeds_is_one_transaction_and_one_commit_of_offsets() -> None:
    machine = ConsumerMachine()

    assert machine.step(a_batch((A, 7), (A, 8), (B, 3))) == Apply((0, 1, 2))
    assert machine.step(Done()) == Finish({A: 9, B: 4}, {})


def test_a_batch_that_fails_goes_again_without_the_message_that_failed() -> None:
    machine = ConsumerMachine()
    machine.step(a_batch((A, 6), (A, 7), (A, 8), (A, 9)))

    assert machine.step(Failed(Failure.REFUSED, 2)) == Apply((0, 1))
    assert machine.step(Done()) == Apply((2,))
    assert machine.step(Failed(Failure.REFUSED, 2)) == Refuse(2)
    assert machine.step(Done()) == Apply((3,))
    assert machine.step(Done()) == Finish({A: 10}, {})


def test_a_batch_that_fails_as_a_whole_goes_again_in_halves() -> None:
    machine = ConsumerMachine()
    machine.step(a_batch((A, 6), (A, 7), (A, 8)))

    assert machine.step(Failed(Failure.FAULT)) == Apply((0,))
    assert machine.step(Done()) == Apply((1, 2))
    assert machine.step(Failed(Failure.FAULT)) == Apply((1,))
    assert machine.step(Done()) == Apply((2,))


def test_a_fault_is_tried_again_later_each_time_then_parked() -> None:
    machine = ConsumerMachine(limits=Limits(tries=3, first_wait=0.1))
    machine.step(a_batch((A, 1)))

    steps = [machine.step(Failed(Failure.FAULT)) for _ in range(3)]

    assert steps == [Apply((0,), after=0.1), Apply((0,), after=0.2), Park(0, Cause.FAULT)]


def test_what_is_not_known_yet_is_parked_at_once() -> None:
    machine = ConsumerMachine()
    machine.step(a_batch((A, 1)))

    assert machine.step(Failed(Failure.NOT_YET_KNOWN)) == Park(0, Cause.NOT_YET_KNOWN)


def test_lock_trouble_never_parks_and_now_and_then_hands_the_batch_back() -> None:
    machine = ConsumerMachine(limits=Limits(troubles_in_hand=5))
    machine.step(a_batch((A, 1), (A, 2)))
    machine.step(Failed(Failure.FAULT))
    machine.step(Done())

    steps = [machine.step(Failed(Failure.LOCK_TROUBLE)) for _ in range(5)]

    assert all(isinstance(step, Apply) and step.indexes == (1,) for step in steps[:-1])
    assert steps[-1] == Finish({A: 2}, {A: 2})


def test_a_refusal_that_cannot_be_recorded_is_parked_not_forgotten() -> None:
    machine = ConsumerMachine()
    machine.step(a_batch((A, 1)))
    assert machine.step(Failed(Failure.REFUSED)) == Refuse(0)

    assert machine.step(Failed(Failure.FAULT)) == Park(0, Cause.FAULT)


def test_too_many_faults_in_a_row_pause_the_partition_longer_each_time() -> None:
    machine = ConsumerMachine(limits=Limits(tries=1, faults_in_a_row=1, first_pause=5))
    places = ((A, 1), (A, 2), (B, 1))
    machine.step(a_batch(*places))
    assert machine.step(Failed(Failure.FAULT, 0)) == Apply((2,))
    assert machine.step(Done()) == Apply((0,))
    assert machine.step(Failed(Failure.FAULT)) == Park(0, Cause.FAULT)
    assert machine.step(Done()) == Apply((1,))

    assert machine.step(Failed(Failure.FAULT)) == Pause(RecordPosition(A, 2), 5)
    assert machine.step(Done()) == Finish({A: 2, B: 2}, {A: 2})

    machine.step(a_batch((A, 2)))
    assert machine.step(Failed(Failure.FAULT)) == Pause(RecordPosition(A, 2), 10)


def test_of_a_revoked_partition_nothing_further_is_begun() -> None:
    machine = ConsumerMachine()
    machine.step(a_batch((A, 1), (A, 2), (B, 1)))
    assert machine.step(Failed(Failure.FAULT, 1)) == Apply((2,))
    assert machine.step(Done()) == Apply((0,))

    machine.revoke([A])

    assert machine.step(Done()) == Finish({A: 2, B: 2}, {A: 2})


FAILURES = st.sampled_from([None, *Failure])


@settings(max_examples=400)
@given(
    partitions=st.lists(st.sampled_from([A, B]), min_size=1, max_size=6),
    answers=st.lists(FAILURES, max_size=80),
    revoke_at=st.integers(0, 80),
    where=st.sampled_from([None, 0, -1]),
)
def test_whatever_happens_offsets_pass_only_what_was_settled_and_nothing_is_left_out(
    partitions: list[tuple[str, int]],
    answers: list[Failure | None],
    revoke_at: int,
    where: int | None,
) -> None:
    machine = ConsumerMachine(limits=Limits(faults_in_a_row=1, troubles_in_hand=4))
    offsets = {A: 0, B: 0}
    places = []
    for partition in sorted(partitions):
        places.append(RecordPosition(partition, offsets[partition]))
        offsets[partition] += 1
    settled: set[int] = set()

    action = machine.step(Received(tuple(places)))
    for number, failure in enumerate([*answers, *[None] * 100]):
        if isinstance(action, Finish):
            break
        if number == revoke_at:
            machine.revoke([A])
        if failure is None and not isinstance(action, Pause):
            settled |= set(action.indexes if isinstance(action, Apply) else [action.index])
        at = None if where is None or not isinstance(action, Apply) else action.indexes[where]
        action = machine.step(Done() if failure is None else Failed(failure, at))

    assert isinstance(action, Finish)
    for index, place in enumerate(places):
        is_passed = place.offset < action.offsets.get(place.partition, 0)
        assert is_passed == (index in settled)
        if not is_passed:
            assert action.back_to[place.partition] <= place.offset


# -- parked keys and silent clients ----------------------------------------------------------------


def test_the_wait_for_what_is_not_known_begins_at_two_seconds_and_ends_after_15_minutes() -> None:
    patience = RETRY_POLICIES[Cause.NOT_YET_KNOWN]

    assert [patience.wait(tries) for tries in (0, 1, 2)] == [2.0, 4.0, 8.0]
    assert not patience.is_over(tries=1000, age=899)
    assert patience.is_over(tries=1, age=900)


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause.is_final])
def test_what_cannot_mend_by_itself_has_no_patience(cause: Cause) -> None:
    assert cause not in RETRY_POLICIES


def test_a_client_that_lags_and_does_not_move_is_stuck() -> None:
    watchdog = Watchdog(patience=10)

    seen = [
        watchdog.is_stuck(now=now, lag=5, positions={A: 1}, is_held_up=False)
        for now in (0, 5, 9.9, 10, 15)
    ]

    assert seen == [False, False, False, True, False]


@pytest.mark.parametrize(
    "changes",
    [{"lag": 0}, {"is_held_up": True}, {"positions": {A: 2}}],
    ids=["no lag", "held up", "moves"],
)
def test_a_client_that_moves_waits_or_has_nothing_to_do_is_not_stuck(
    changes: dict[str, object],
) -> None:
    watchdog = Watchdog(patience=10)
    usual: dict[str, object] = {"lag": 5, "positions": {A: 1}, "is_held_up": False}
    watchdog.is_stuck(now=0, **usual)  # type: ignore[arg-type]

    assert not watchdog.is_stuck(now=11, **(usual | changes))  # type: ignore[arg-type]


def test_ids_of_discarded_numbers_are_no_forks() -> None:
    known = KeyState(sequence=5, event_ids=(FIRST, None, SECOND))

    assert judge(a_line(4, uuid4()), known) is Verdict.DUPLICATE


def test_a_key_that_is_let_be_tried_again_has_its_whole_time_again() -> None:
    day = 24 * 60 * 60.0

    behind = when_tried(Cause.NOT_YET_KNOWN, before=Cause.BEHIND, tries=0, age=day)
    waited = when_tried(Cause.NOT_YET_KNOWN, before=Cause.NOT_YET_KNOWN, tries=3, age=day)

    assert behind.state is State.WAITING
    assert waited.state is State.QUARANTINED
