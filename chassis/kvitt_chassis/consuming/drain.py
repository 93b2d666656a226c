"""The drain: tries parked keys again, in order, soon after what they wait for has been stored: the
first messages of some keys together, each alone where that fails. The consumer's machine decides
what follows when a message fails.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from kvitt_contracts.refusals import Refused

from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.awaited import AwaitedRows
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
from kvitt_chassis.consuming.telling import Telling
from kvitt_chassis.consuming.verdicts import PARKS, Cause, Verdict
from kvitt_chassis.database import Database
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.transaction import NotYetKnown
from kvitt_chassis.unit_of_work import UnitOfWork

T = TypeVar("T")

log = logging.getLogger(__name__)

BUDGET = 25.0
"""Timeout in seconds of one transaction, its commit included."""

REGION_SECONDS = 0.5
"""So long a region's keys are tried before those of the others have had their turn."""

_PAGE = 50
_TOGETHER = 25
"""So many keys are tried in one transaction: a region's turn stays below a tenth of a second."""
_TOGETHER_SECONDS = 2.0
"""So long may they take: the other regions wait meanwhile."""
_WITHOUT_ROW = 30.0
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
        self._telling = Telling(database=database, reader=reader, sealer=sealer)
        self._woken = asyncio.Event()
        self.region_seconds = REGION_SECONDS
        self._busy = False
        self._rest = 0.0
        self._awaited = AwaitedRows(database)
        self._alone: set[TopicKey] = set()  # tried together in vain
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

    def after_commit(self, unit: UnitOfWork) -> None:
        """Listener of `Database.committed`: a row that a key waits for may exist now."""
        if self._awaited.note(unit):
            self._woken.set()

    def awaits(self, incoming: Incoming, error: NotYetKnown) -> None:
        """Remember which row a parked key waits for, so that the key is tried as soon as the row
        exists.
        """
        if incoming.region is not None:
            row = (error.row_type, str(incoming.region), error.key)
            self._awaited.add((incoming.topic, incoming.key), row)

    async def run(self) -> None:
        """Drain until cancelled. While the database is unavailable, tries again and again."""
        pause = 0.0
        while True:
            await asyncio.sleep(self._rest)
            await self._sleep(pause)
            self._busy = True
            try:
                pause = await self._round()
            except Exception as error:
                log.warning("the park could not be drained: %s", describe(error))
                pause = random.uniform(0.2, 1.0)
            finally:
                self._busy = False

    # decision 0188: parked keys are tried in turn, when what they wait for is there
    async def settle_due(self) -> int:
        """Try keys that are due, or whose awaited row exists by now: a page of them, one of each
        region in turn. Answers how many were tried.

        A region whose tries have taken its time is left for the next page. What waits for a row
        that is not there is postponed without a try.
        """
        async with self._database.reading() as session:
            found = await parking.due(session, limit=_PAGE)
        absent = [one.place for one in found if self._awaited.is_absent(one.place) and one.may_wait]
        if absent:
            async with self._database.unit() as unit:
                await parking.postpone(unit.session, absent, _WITHOUT_ROW)
        queues: dict[str, list[tuple[TopicKey, ...]]] = {}
        for region, places in self._arrived().items():
            queues[region] = self._pieces(places)
        known = {*absent, *self._awaited.arrived}
        for one in found:
            if one.place not in known:
                queues.setdefault(one.region, []).append((one.place,))
        return await self._try_in_turn(queues)

    def _arrived(self) -> dict[str, list[TopicKey]]:
        places: dict[str, list[TopicKey]] = {}
        for place, region in self._awaited.arrived.items():
            places.setdefault(region, []).append(place)
        return places

    # decision 0258: keys whose row has come are tried together
    def _pieces(self, places: Sequence[TopicKey]) -> list[tuple[TopicKey, ...]]:
        """What is tried in one transaction each: several keys, or one that failed among others."""
        alone = [place for place in places if place in self._alone]
        well = [place for place in places if place not in self._alone]
        together = [tuple(well[at : at + _TOGETHER]) for at in range(0, len(well), _TOGETHER)]
        return [*together, *((place,) for place in alone)]

    async def _try_in_turn(self, queues: Mapping[str, Sequence[tuple[TopicKey, ...]]]) -> int:
        """Try a piece of each region after the other. Afterwards rest for as long as tries without
        success have taken.
        """
        spent, had = dict.fromkeys(queues, 0.0), set[str]()
        tried, self._rest = 0, 0.0
        for region, places in in_turn(queues):
            if tried >= _PAGE and region in had:  # each has had a turn, however full the page is
                break
            had.add(region)
            if spent[region] >= self.region_seconds:
                continue
            began = time.monotonic()
            if len(places) == 1:
                has_left = await self._settle_key(places[0])
            else:
                has_left = await self._settle_together(region, places)
            took = time.monotonic() - began
            spent[region] += took
            self._rest += 0.0 if has_left else took
            tried += len(places)
        self._rest = min(self._rest, _LONGEST_SLEEP)
        return tried

    async def tell(self) -> None:
        """Tell senders of all that is quarantined and that they have not been told of."""
        while await self._telling.tell():
            pass

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        await asyncio.sleep(_EARLY_PACE)  # many commits, one look
        self._woken.clear()

    async def _round(self) -> float:
        """Try what is due, and tell of what is quarantined; answer the seconds until something may
        be due.
        """
        pause = await self._try_due()
        return _EARLY_PACE if await self._tell() else pause

    async def _tell(self) -> bool:
        try:
            return await self._telling.tell()
        except Exception as error:  # what cannot be told holds up no key
            log.warning("senders could not be told of the quarantine: %s", describe(error))
            return False

    async def _try_due(self) -> float:
        """One query a second while idle."""
        self._rest = 0.0
        await self._awaited.look()
        async with self._database.reading() as session:
            seconds = await parking.seconds_to_next(session)
        if not self._awaited.arrived and (seconds is None or seconds > 0):
            return _LONGEST_SLEEP if seconds is None else min(seconds, _LONGEST_SLEEP)
        await self.settle_due()
        return _EARLY_PACE

    async def _settle_together(self, region: str, places: Sequence[TopicKey]) -> bool:
        """Try the first messages of keys in one transaction. Where that fails, or takes long,
        nothing of it is done, and each is tried alone in a later turn. Answers whether one has
        left.
        """
        before = {place: self._awaited.forget(place) for place in places}
        try:
            async with asyncio.timeout(_TOGETHER_SECONDS):
                heads = await self._heads(places)
                read = [self._reader.read(self._sealer.unseal(head.sealed)) for head in heads]
                applied = await self._inbox.apply(read, heads=heads) if heads else Applied()
        except Exception as error:
            log.info("parked keys are tried one by one: %s", describe(error))
            self._alone.update(places)
            self._awaited.arrived |= dict.fromkeys(places, region)
            return False
        self._note(heads, read, applied)
        for place in places:
            self._awaited.still(place, before[place])
        return any(verdict not in PARKS for _, verdict in applied.verdicts)

    async def _heads(self, places: Sequence[TopicKey]) -> list[Head]:
        async with self._database.reading() as session:
            found = await parking.heads_of(session, places)
        return [head for head in found if head.state is not State.QUARANTINED]

    # decision 0112: one parked key holds up no other
    async def _settle_key(self, place: TopicKey) -> bool:
        """Try a key's messages while they leave the park. Answers whether one has left."""
        has_left = False
        self._alone.discard(place)
        try:
            while await self._settle_head(place):
                has_left = True
        except Exception as error:
            # One key's trouble holds no other up; where it is the database's own, this fails too.
            async with self._database.unit() as unit:
                await parking.postpone(unit.session, [place], random.uniform(0.2, 1.0))
            log.warning("a parked key is tried again: %s", describe(error))
        return has_left

    async def _settle_head(self, place: TopicKey) -> bool:
        """Try a key's first message. True when it has left the park, so that another may be first
        now.
        """
        before = self._awaited.forget(place)
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
        self._awaited.still(place, before)
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
                applied = await self._inbox.apply([attempt.incoming], heads=[attempt.head])
                self._note([attempt.head], [attempt.incoming], applied)
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

    def _note(self, heads: Sequence[Head], read: Sequence[Incoming], applied: Applied) -> None:
        """What waits still, or waits no longer, once that is committed."""
        head_of = {id(incoming): head for incoming, head in zip(read, heads, strict=True)}
        for incoming, error in applied.waiting:
            head = head_of[id(incoming)]
            if applied.states.get(head.place) is State.QUARANTINED:
                self._quarantined(head, *why_parked(incoming, Verdict.WAIT, error)[:2])
            elif isinstance(error, NotYetKnown):
                self.awaits(incoming, error)

    def _quarantined(self, head: Head, cause: Cause, reason: str) -> None:
        self._awaited.forget(head.place)
        log.error("quarantine entry %s on %s: %s, %s", head.entry_id, head.topic, cause, reason)


def in_turn(queues: Mapping[str, Sequence[T]]) -> Iterator[tuple[str, T]]:
    """The first of each queue, then the second of each, and so on, each with its queue's name."""
    for at in range(max(map(len, queues.values()), default=0)):
        for name, queue in queues.items():
            if at < len(queue):
                yield name, queue[at]
