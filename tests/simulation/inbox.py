"""The inbox of the simulation: marks, effects and park in one transaction, as `inbox.py` does it.
The verdicts are the real ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from kvitt_chassis.consuming.inbox import why_parked
from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.machine import Failure
from kvitt_chassis.consuming.parking import HeadGone
from kvitt_chassis.consuming.positions import DatabaseBehind
from kvitt_chassis.consuming.settling import Batch, Settling
from kvitt_chassis.consuming.verdicts import PARKS, Cause, KeyState, Verdict

from tests.simulation.database import Database, DatabaseLost, Tables, Transaction
from tests.simulation.messages import REFUSED, Temper
from tests.simulation.park import Head
from tests.simulation.record import Record
from tests.simulation.world import Steps

HANDLER_SECONDS = 0.0005
Reached = Mapping[tuple[str, int], int]
_ANY: Reached = {}


class HandlerFailed(Exception):
    """A handler raised. `index`: of which message; None where it came out only at the end."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure
        self.index: int | None = None


class Inbox:
    """Settles messages of one service. Each method is one transaction."""

    def __init__(
        self,
        database: Database,
        record: Record,
        tempers: dict[object, Temper],
        answers_on: Mapping[str, str],
    ) -> None:
        self.database = database
        self._record = record
        self._tempers = tempers
        self._answers_on = answers_on

    def apply(
        self, arrived: Sequence[Incoming], *, head: Head | None = None, reached: Reached = _ANY
    ) -> Steps:
        """`Inbox.apply`. Raises HandlerFailed, HeadGone, DatabaseLost, DatabaseBehind."""
        database = self.database
        tx: Transaction = yield from database.begin()
        try:
            batch = yield from self._lock(tx, arrived, is_from_park=head is not None)
            settling = Settling(arrived, batch)
            waiting: dict[int, Cause] = {}
            for index, incoming in enumerate(arrived):
                verdict = settling.begin(index)
                if verdict is Verdict.APPLY:
                    verdict = yield from self._turn(tx, incoming, index, waiting)
                settling.end(index, verdict)
                if verdict in _EFFECTS:
                    tx.changes.append(partial(_effect, incoming, verdict))
            judged = list(zip(arrived, settling.verdicts, strict=True))
            self._park(tx, judged, head, waiting)
            tx.changes.append(partial(_write, settling.batch))
            if head is None:
                self._advance(tx, arrived, reached)
            yield from database.commit(tx)
        except (HandlerFailed, HeadGone, DatabaseLost, DatabaseBehind):
            database.roll_back(tx)
            raise
        for incoming, verdict in judged:
            self._record.settled(database.name, incoming, verdict)
            if database.world.trace is not None:
                where = f"{incoming.topic} {incoming.key} {incoming.facts.sequence or ''}"
                database.world.note(f"{database.name}: {where} {verdict}")
        return judged

    def refuse(
        self, incoming: Incoming, *, head: Head | None = None, reached: Reached = _ANY
    ) -> Steps:
        """`Inbox.refuse`."""
        yield HANDLER_SECONDS
        self._answer(incoming)
        return (
            yield from self.apply([replace(incoming, refused=REFUSED)], head=head, reached=reached)
        )

    def _answer(self, incoming: Incoming) -> None:
        """`record_refusal`, which may fail."""
        temper = self._temper(incoming)
        is_healed = self.database.world.is_healed
        if temper is not None and (temper.is_unanswerable or (temper.left > 0 and not is_healed)):
            temper.left -= 1
            raise HandlerFailed(Failure.FAULT)

    def park(self, incoming: Incoming, cause: Cause, *, reached: Reached = _ANY) -> Steps:
        """`Inbox.park`."""
        database, temper = self.database, self._temper(incoming)
        if temper is not None and temper.cannot_be_parked and not database.world.is_healed:
            temper.cannot_be_parked -= 1
            yield HANDLER_SECONDS
            raise HandlerFailed(Failure.FAULT)
        tx: Transaction = yield from database.begin()
        batch = yield from self._lock(tx, [incoming], is_from_park=False)
        verdict = batch.settle(incoming)
        if verdict is Verdict.JOIN:
            cause = Cause.BEHIND
        if verdict in (Verdict.APPLY, Verdict.REFUSE, Verdict.JOIN):
            tx.changes.append(partial(_append, incoming, cause, database.world.now))
        try:
            self._advance(tx, [incoming], reached)
        except DatabaseBehind:
            database.roll_back(tx)
            raise
        yield from database.commit(tx)

    def _advance(self, tx: Transaction, settled: Sequence[Incoming], reached: Reached) -> None:
        """`positions.advancing`, and what follows from its rows."""
        known = self.database.tables.positions
        after = {(one.record.topic, one.record.partition): one.record.offset + 1 for one in settled}
        if any(known.get(at, 0) < reached.get(at, 0) for at in after):
            raise DatabaseBehind
        tx.changes.append(partial(_reach, after))

    def _lock(self, tx: Transaction, arrived: Sequence[Incoming], *, is_from_park: bool) -> Steps:
        """`Opening`."""
        database = self.database
        places = {(one.topic, one.key) for one in arrived}
        places |= {(one.topic, one.position_key) for one in arrived if one.envelope is None}
        for place in sorted(places):
            yield from database.lock(tx, ("marks", *place))
        tables = database.tables
        known = {place: tables.marks.get(place, _NOTHING) for place in sorted(places)}
        if not is_from_park:
            for place in known:
                if place in tables.park.keys:
                    known[place] = replace(known[place], is_parked=True)
        return Batch(known, tables.versions.copy(), tables.seen.copy())

    def _turn(
        self, tx: Transaction, incoming: Incoming, index: int, waiting: dict[int, Cause]
    ) -> Steps:
        """`Inbox._apply`: what fails before any effect is refused or waits in place."""
        try:
            try:
                yield from self._handle(tx, incoming)
            except HandlerFailed as error:
                temper, cause = self._temper(incoming), _WAITS.get(error.failure)
                if temper is not None and temper.acts_first:
                    raise
                if error.failure is Failure.REFUSED and incoming.is_inbound:
                    try:
                        self._answer(incoming)
                    except HandlerFailed:
                        raise error from None
                    return Verdict.REFUSE
                if cause is None:
                    raise
                waiting[index] = cause
                return Verdict.WAIT
            return Verdict.APPLY
        except HandlerFailed as error:
            # what a handler wrote may be turned down only when all is written
            is_late = self.database.world.chance.happens(0.3)
            error.index = None if is_late else index
            raise

    def _handle(self, tx: Transaction, incoming: Incoming) -> Steps:
        """The handler: it may fail, takes its aggregate's lock, and may say something itself."""
        database = self.database
        temper = self._temper(incoming)
        if temper is not None and temper.is_lasting:
            yield HANDLER_SECONDS
            raise HandlerFailed(temper.failure)
        if temper is not None and temper.left and not database.world.is_healed:
            temper.left -= 1
            yield HANDLER_SECONDS
            raise HandlerFailed(temper.failure)
        topic = self._answers_on.get(incoming.topic)
        if topic is not None:
            key = incoming.key.rpartition(" ")[2]
            yield from database.lock(tx, ("aggregate", topic, key))
            tx.emit(topic, key)

    def _temper(self, incoming: Incoming) -> Temper | None:
        return self._tempers.get(incoming.envelope.id) if incoming.envelope else None

    def _park(
        self,
        tx: Transaction,
        judged: Sequence[tuple[Incoming, Verdict]],
        head: Head | None,
        waiting: Mapping[int, Cause],
    ) -> None:
        now = self.database.world.now
        causes = [
            waiting.get(index) or why_parked(incoming, verdict)[0]
            for index, (incoming, verdict) in enumerate(judged)
        ]
        if head is None:
            for (incoming, verdict), cause in zip(judged, causes, strict=True):
                if verdict in PARKS:
                    tx.changes.append(partial(_append, incoming, cause, now))
            return
        if judged[0][1] in PARKS:
            cause = causes[0]
            tx.changes.append(partial(_reschedule, head, cause, now))
            return
        if head.message_id not in self.database.tables.park.messages.get(head.place, ()):
            raise HeadGone
        tx.changes.append(partial(_remove, head, now))


_EFFECTS = {Verdict.APPLY, Verdict.REFUSE, Verdict.OBSOLETE}
_WAITS = {
    Failure.NOT_YET_KNOWN: Cause.NOT_YET_KNOWN,
    Failure.UNKNOWN_POLICY: Cause.UNKNOWN_POLICY,
}
_NOTHING = KeyState()


def _effect(incoming: Incoming, verdict: Verdict, tables: Tables) -> None:
    assert incoming.envelope is not None
    envelope = incoming.envelope
    tables.effects.append(
        (incoming.topic, incoming.key, envelope.sequence or 0, envelope.id, verdict)
    )


def _write(batch: Batch, tables: Tables) -> None:
    for place in sorted(batch.moved):
        tables.marks[place] = replace(batch.known[place], is_parked=False)
    tables.seen.update(batch.new_seen)
    tables.versions.update(batch.new_versions)


def _reach(after: Mapping[tuple[str, int], int], tables: Tables) -> None:
    for at, position in after.items():
        tables.positions[at] = max(position, tables.positions.get(at, 0))


def _append(incoming: Incoming, cause: Cause, now: float, tables: Tables) -> None:
    tables.park.append(incoming, cause, now)


def _reschedule(head: Head, cause: Cause, now: float, tables: Tables) -> None:
    tables.park.reschedule(head, cause, now)


def _remove(head: Head, now: float, tables: Tables) -> None:
    tables.park.remove(head, now)
