"""Faults that the simulator must see: one mechanism at a time, taken out of the real machines, or
of what the models do in the place of a statement.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from kvitt_chassis.consuming import settling
from kvitt_chassis.consuming.machine import Action, ConsumerMachine, Failure, Finish
from kvitt_chassis.consuming.settling import Batch, Settling
from kvitt_chassis.consuming.turns import Turns
from kvitt_chassis.consuming.verdicts import KeyState, MessageFacts, Verdict, judge
from kvitt_chassis.relaying import machine as relay_machine
from kvitt_chassis.relaying.machine import RelayMachine
from kvitt_chassis.relaying.steps import Cursor, Happened, PageRead, PublishFailed

from tests.simulation import inbox
from tests.simulation.consuming import ConsumerShell
from tests.simulation.database import Database, Tables
from tests.simulation.relaying import RelayShell


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault: what is taken out, where, and which invariants it may break.

    `without_positions`: with what makes up for it, the positions beside the effects.
    """

    what: str
    owner: Any
    attribute: str
    instead: Any
    breaks: tuple[str, ...]
    without_positions: bool = False

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """While this is entered, the mechanism is out."""
        with ExitStack() as stack:
            stack.enter_context(patch.object(self.owner, self.attribute, self.instead))
            if self.without_positions:
                stack.enter_context(patch.object(inbox, "_reach", _reach_all))
            yield


# -- the relay -------------------------------------------------------------------------------------

_read = Database.read
_trouble = RelayMachine._after_trouble


def _read_by_number(database: Database, cursor: Cursor, size: int) -> PageRead:
    """Without what was under way in the first snapshot, as a cursor by id reads."""
    xmin, xmax, _ = cursor.s1.split(":")
    return _read(database, replace(cursor, s1=f"{xmin}:{xmax}:"), size)


def _read_by_transaction(database: Database, cursor: Cursor, size: int) -> PageRead:
    """In the order in which transactions began, all at once."""
    page = _read(database, cursor, 10_000)
    rows = sorted(page.rows, key=lambda row: (row.xid, -row.id))
    return PageRead(rows, page.last_id, 10_000)


def _move_though_failed(machine: RelayMachine, happened: Happened) -> Any:
    if isinstance(happened, PublishFailed) and machine.cursor and machine._in_hand:
        machine.cursor = machine.cursor.moved(machine._in_hand)
    return _trouble(machine, happened)


def _store_whatever_the_epoch(shell: RelayShell, _: int, cursor: Cursor, place: Any) -> bool:
    shell._database.tables.lease.cursor = cursor
    shell._database.tables.lease.known = place or shell._database.tables.lease.known
    return True


# -- the consumer ----------------------------------------------------------------------------------

_failure = ConsumerMachine._after_failure
_finish = ConsumerMachine._finish
_settle = ConsumerShell._settle
_write = inbox._write
_next = Turns.next


def _pass_failures_over(machine: ConsumerMachine, failure: Failure, index: int | None) -> Action:
    if failure is Failure.LOCK_TROUBLE or len(machine._hand) > 1:
        return _failure(machine, failure, index)
    return machine._advance()


def _take_trouble_for_done(machine: ConsumerMachine) -> Action:
    return machine._advance()


def _commit_all(machine: ConsumerMachine) -> Action:
    for place in machine._places:
        machine._next[place.partition] = place.offset + 1
    return _finish(machine)


def _stay(machine: ConsumerMachine) -> Action:
    finish = _finish(machine)
    assert isinstance(finish, Finish)
    return Finish(finish.offsets, {})


def _reach_all(after: Mapping[tuple[str, int], int], tables: Tables) -> None:
    tables.positions.update(dict.fromkeys(after, 1 << 40))


def _ill_ones_first(turns: Turns) -> tuple[int, ...]:
    ill = [partition for partition in turns._left if partition in turns._ill]
    return turns._piece(ill[0]) if ill and not turns.are_over else _next(turns)


def _keep_what_was_foreseen(one: Settling, index: int, verdict: Verdict) -> None:
    one.verdicts[index] = verdict


def _commit_first(shell: ConsumerShell, records: Any) -> Any:
    offsets = {(one.record.topic, one.record.partition): one.record.offset + 1 for one in records}
    shell._due.update(offsets)
    yield from shell._flush()
    yield from _settle(shell, records)


def _without(*verdicts: Verdict) -> Callable[[MessageFacts, KeyState], Verdict]:
    """The judge that never gives these verdicts, and applies in their place."""

    def judge_without(facts: MessageFacts, known: KeyState) -> Verdict:
        verdict = judge(facts, known)
        return Verdict.APPLY if verdict in verdicts else verdict

    return judge_without


def _without_park(facts: MessageFacts, known: KeyState) -> Verdict:
    return judge(facts, replace(known, is_parked=False))


def _without_fork(facts: MessageFacts, known: KeyState) -> Verdict:
    verdict = judge(facts, known)
    return Verdict.DUPLICATE if verdict is Verdict.FORK else verdict


def _forget_marks(batch: Batch, tables: Tables) -> None:
    batch.moved.clear()
    _write(batch, tables)


def _forget_ids(batch: Batch, tables: Tables) -> None:
    batch.new_seen.clear()
    _write(batch, tables)


NOT_SENT, LOST, ORDER = (
    ("I8", "I3 on the wire"),
    ("I1", "I3 at the reader", "I3", "I8"),  # a gap that is never filled waits for ever
    ("I3", "I3 at the reader"),
)

PLANTED = (
    Planted("the cursor goes by number", Database, "read", _read_by_number, NOT_SENT),
    Planted(
        "pages go by transaction", Database, "read", _read_by_transaction, ("I3 on the wire", "I8")
    ),
    Planted(
        "a failed page counts as sent",
        RelayMachine,
        "_after_trouble",
        _move_though_failed,
        NOT_SENT,
    ),
    Planted("a full page ends the window", PageRead, "is_full", property(bool), NOT_SENT),
    Planted(
        "the epoch is not checked",
        RelayShell,
        "_store",
        _store_whatever_the_epoch,
        ("one relay", "restore"),
    ),
    Planted("the lease is not renewed", relay_machine, "RENEW_SECONDS", 1e9, ("one relay",)),
    Planted(
        "another place is not refused",
        relay_machine,
        "refusal_to_send",
        lambda found: None,
        ("restore",),
    ),
    Planted(
        "the mark is not checked",
        settling,
        "judge",
        _without(Verdict.DUPLICATE),
        ("I2", "I3 at the reader", "I8"),  # I8: the same id a second time is refused for ever
    ),
    Planted(
        "gaps are not seen",
        settling,
        "judge",
        _without(Verdict.GAP),
        ("I3", "I1", "I2"),
        without_positions=True,
    ),
    Planted("forks are not seen", settling, "judge", _without_fork, ("fork",)),
    Planted("a parked key does not hold back", settling, "judge", _without_park, ORDER),
    Planted(
        "older versions are applied", settling, "judge", _without(Verdict.OBSOLETE), ("versions",)
    ),
    Planted("marks are not written", inbox, "_write", _forget_marks, ("I2", "I3 at the reader")),
    Planted("ids from outside are not kept", inbox, "_write", _forget_ids, ("I2",)),
    Planted(
        "a failure counts as done", ConsumerMachine, "_after_failure", _pass_failures_over, LOST
    ),
    Planted(
        "lock trouble counts as done",
        ConsumerMachine,
        "_after_trouble",
        _take_trouble_for_done,
        LOST,
    ),
    Planted(
        "all offsets are committed",
        ConsumerMachine,
        "_finish",
        _commit_all,
        LOST,
        without_positions=True,
    ),
    Planted("those that are ill go first", Turns, "next", _ill_ones_first, ("turns",)),
    Planted("turns have no end", Turns, "are_over", property(lambda _: False), ("turns",)),
    Planted(
        "what is refused or waits in place is settled as it was foreseen",
        Settling,
        "end",
        _keep_what_was_foreseen,
        ("versions", "I1", "I2", "I3", "I3 at the reader", "I8"),
    ),
    Planted("what was dropped is not read again", ConsumerMachine, "_finish", _stay, LOST),
    Planted(
        "offsets come before the commit",
        ConsumerShell,
        "_settle",
        _commit_first,
        LOST,
        without_positions=True,
    ),
    Planted("positions are not kept beside the effects", inbox, "_reach", _reach_all, LOST),
)
