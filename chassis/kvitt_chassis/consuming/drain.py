"""The drain: tries parked keys again, in order, one message per transaction, soon after what they
wait for has been stored. The consumer's machine decides what follows when a message fails.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from kvitt_contracts.refusals import Refused
from sqlalchemy import select
from sqlalchemy.inspection import inspect

from kvitt_chassis import metrics
from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.faults import describe, failure_of
from kvitt_chassis.consuming.inbox import Applied, Inbox, why_parked
from kvitt_chassis.consuming.incoming import Incoming, Reader
from kvitt_chassis.consuming.machine import (
    FROM_PARK,
    Action,
    Apply,
    ConsumerMachine,
    Done,
    Failed,
    Finish,
    Park,
    Received,
    RecordPosition,
    Refuse,
    State,
)
from kvitt_chassis.consuming.marks import lock_marks
from kvitt_chassis.consuming.parking import Head, HeadGone, TopicKey
from kvitt_chassis.consuming.verdicts import PARKS, Cause, Verdict
from kvitt_chassis.database import Database
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.transaction import NotYetKnown, UnitOfWork

log = logging.getLogger(__name__)

PARKED = metrics.declare(
    "gauge",
    "parked_keys",
    "Parked keys by state: waiting (tried again by itself) or quarantined (for a person).",
    "`kvitt parked` and `kvitt quarantine list` say why; then retry, edit or discard.",
    ("state",),
)
OLDEST = metrics.declare(
    "gauge",
    "parked_oldest_seconds",
    "How long the key that was parked first has waited.",
    "Above 15 minutes: `kvitt quarantine list`; a gap wants `kvitt outbox republish`.",
)

BUDGET = 25.0
"""Timeout in seconds of one transaction, its commit included."""

_PAGE = 50
_LONGEST_SLEEP = 1.0
_EARLY_PACE = 0.02


@dataclass(slots=True)
class _Attempt:
    """One try of a parked message. `error` is what failed it last."""

    head: Head
    incoming: Incoming
    error: Exception | None = None
    has_left: bool = False


class Drain:
    """Tries the parked keys of one service again. Several processes may do so: each message takes
    effect once.
    """

    def __init__(self, *, database: Database, inbox: Inbox, reader: Reader, sealer: Sealer) -> None:
        self._database = database
        self._inbox = inbox
        self._reader = reader
        self._sealer = sealer
        self._woken = asyncio.Event()
        self._committed = False
        self._busy = False
        self._awaited: dict[TopicKey, tuple[type[Any], str, Any]] = {}
        self._new_machine: Callable[[], ConsumerMachine] = partial(
            ConsumerMachine, limits=FROM_PARK
        )

    @property
    def is_idle(self) -> bool:
        """True while no parked message is being handled."""
        return not self._busy

    def wake(self) -> None:
        """Look at once: something was parked, or an operator wants a key tried now."""
        self._woken.set()

    def after_commit(self, _: UnitOfWork) -> None:
        """Listener of `Database.committed`: a row that a key waits for may exist now."""
        if self._awaited:
            self._committed = True
            self._woken.set()

    def awaits(self, incoming: Incoming, error: NotYetKnown) -> None:
        """Remember which row a parked key waits for, so that the key is tried as soon as the row
        exists.
        """
        if incoming.region is not None:
            place = (incoming.topic, incoming.key)
            self._awaited[place] = (error.row_type, str(incoming.region), error.key)

    async def run(self) -> None:
        """Drain until cancelled. While the database is unavailable, tries again and again."""
        pause = 0.0
        while True:
            await self._sleep(pause)
            self._busy = True
            try:
                pause = await self._round()
            except Exception as error:
                log.warning("the park could not be drained: %s", describe(error))
                pause = random.uniform(0.2, 1.0)
            finally:
                self._busy = False

    async def settle_due(self) -> int:
        """Try every key that is due, or whose awaited row exists by now. Answers how many were
        tried.
        """
        async with self._database.reading() as session:
            places = await parking.due(session, limit=_PAGE)
        early = [place for place in await self._arrived() if place not in places]
        for place in (*places, *early):
            await self._settle_key(place)
        return len(places) + len(early)

    async def measure(self) -> None:
        """Set the gauges of the park."""
        async with self._database.reading() as session:
            counts = await parking.count_parked(session)
        service = self._database.service
        PARKED.labels(service, State.WAITING.value).set(counts.waiting_keys)
        PARKED.labels(service, State.QUARANTINED.value).set(counts.quarantined_keys)
        age = time.time() - counts.oldest.timestamp() if counts.oldest else 0.0
        OLDEST.labels(service).set(max(0.0, age))

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        if self._committed:
            await asyncio.sleep(_EARLY_PACE)  # many commits, one look
        self._woken.clear()

    async def _round(self) -> float:
        """Try what is due; answer the seconds until something may be due. One query a second while
        idle.
        """
        async with self._database.reading() as session:
            seconds = await parking.seconds_to_next(session)
        if not self._committed and (seconds is None or seconds > 0):
            return _LONGEST_SLEEP if seconds is None else min(seconds, _LONGEST_SLEEP)
        await self.settle_due()
        return _EARLY_PACE

    async def _arrived(self) -> list[TopicKey]:
        """Keys whose awaited row exists by now: one query per table, however many wait."""
        if not self._committed:
            return []
        self._committed = False
        wanted: dict[type[Any], dict[tuple[str, Any], list[TopicKey]]] = {}
        for place, (row_type, region, key) in self._awaited.items():
            wanted.setdefault(row_type, {}).setdefault((region, key), []).append(place)
        found: list[TopicKey] = []
        async with self._database.reading() as session:
            for row_type, places in wanted.items():
                columns = inspect(row_type).primary_key
                key_column = next(one for one in columns if one.key != "region")
                # One that is not of the column's type would fail the question for all; it is
                # tried again by its back-off.
                wanted_type = key_column.type.python_type
                keys = [key for _, key in places if isinstance(key, wanted_type)]
                query = select(row_type.region, key_column).where(key_column.in_(keys))
                for region, key in (await session.execute(query)).all():
                    found.extend(places.get((str(region), key), []))
        return found

    # decision 0112: one parked key holds up no other
    async def _settle_key(self, place: TopicKey) -> None:
        self._awaited.pop(place, None)
        try:
            while await self._settle_head(place):
                pass
        except Exception as error:
            # One key's trouble holds no other up; where it is the database's own, this fails too.
            async with self._database.unit() as unit:
                await parking.postpone(unit.session, place, random.uniform(0.2, 1.0))
            log.warning("a parked key is tried again: %s", describe(error))

    async def _settle_head(self, place: TopicKey) -> bool:
        """Try a key's first message. True when it has left the park, so that another may be first
        now.
        """
        async with self._database.reading() as session:
            head = await parking.head_of(session, place)
        if head is None or head.state is State.QUARANTINED:
            return False
        attempt = _Attempt(head, self._reader.read(self._sealer.unseal(head.sealed)))
        record = attempt.incoming.record
        machine = self._new_machine()
        position = RecordPosition((record.topic, record.partition), record.offset)
        action = machine.step(Received((position,)))
        while not isinstance(action, Finish):
            action = machine.step(await self._perform(action, attempt))
        if action.back_to and attempt.error is not None:
            raise attempt.error
        return attempt.has_left

    async def _perform(self, action: Action, attempt: _Attempt) -> Done | Failed:
        """Do the action in one transaction; answer its outcome."""
        try:
            async with asyncio.timeout(BUDGET):
                attempt.has_left = await self._do(action, attempt)
        except HeadGone:
            attempt.has_left = True
        except Exception as error:
            attempt.error = error
            return Failed(failure_of(error, attempt.incoming))
        return Done()

    async def _do(self, action: Action, attempt: _Attempt) -> bool:
        """Do the action. True when the message has left the park by it."""
        match action:
            case Apply():
                applied = await self._inbox.apply([attempt.incoming], head=attempt.head)
                self._note(attempt.head, applied)
            case Refuse() if isinstance(attempt.error, Refused):
                applied = await self._inbox.refuse(
                    attempt.incoming, attempt.error, head=attempt.head
                )
            case Park(_, cause) if attempt.error is not None:
                if isinstance(attempt.error, NotYetKnown):
                    self.awaits(attempt.incoming, attempt.error)
                await self._reschedule(attempt.head, cause, describe(attempt.error))
                return False
            case _:
                raise RuntimeError(f"nothing to do for {type(action).__name__}")
        return applied.verdicts[0][1] not in PARKS

    async def _reschedule(self, head: Head, cause: Cause, reason: str) -> None:
        async with self._database.unit() as unit:
            await lock_marks(unit.session, {head.place})
            state = await parking.reschedule(unit.session, head, cause, reason, None)
        if state is State.QUARANTINED:
            self._quarantined(head, cause, reason)

    def _note(self, head: Head, applied: Applied) -> None:
        """What waits still, or waits no longer, once that is committed."""
        for incoming, error in applied.waiting:
            if applied.state is State.QUARANTINED:
                self._quarantined(head, *why_parked(incoming, Verdict.WAIT, error)[:2])
            elif isinstance(error, NotYetKnown):
                self.awaits(incoming, error)

    def _quarantined(self, head: Head, cause: Cause, reason: str) -> None:
        self._awaited.pop(head.place, None)
        log.error("quarantine entry %s on %s: %s, %s", head.entry_id, head.topic, cause, reason)
