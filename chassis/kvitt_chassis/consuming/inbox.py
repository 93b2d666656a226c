"""The inbox (idempotent consumer): writes marks and seen ids in the same transaction as the
effects. What is to be done is decided in machine.py.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from kvitt_contracts.envelope import Message
from kvitt_contracts.policy import UnknownPolicy
from kvitt_contracts.refusals import Refused
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis import metrics
from kvitt_chassis.consuming import marks, parking
from kvitt_chassis.consuming.faults import HandlerFault, HandlerTooSlow, describe
from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.machine import State
from kvitt_chassis.consuming.marks import MarkTaken, Opening
from kvitt_chassis.consuming.parking import Head, TopicKey
from kvitt_chassis.consuming.passing import pass_over
from kvitt_chassis.consuming.positions import DatabaseBehind, Reached, advancing
from kvitt_chassis.consuming.refusals import load_answers, record_end, record_refusal
from kvitt_chassis.consuming.settling import Batch, Settling
from kvitt_chassis.consuming.verdicts import ADVANCES, PARKS, Cause, Verdict
from kvitt_chassis.database import Database, is_collision, is_lock_trouble
from kvitt_chassis.driver import Part
from kvitt_chassis.failpoints import declare, failpoint, failpoint_of
from kvitt_chassis.handlers import MessageRoute
from kvitt_chassis.metrics import child
from kvitt_chassis.operating.history import History
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.transaction import NotYetKnown, Transaction
from kvitt_chassis.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

SLOW_HANDLER = 3.5
"""After so many seconds in a handler a lost connection is the handler's own fault: the server ends
idle transactions at 4 s.
"""

declare("inbox.in_handler", "a message's handler is about to be called; its key is told")
declare("inbox.before_marks", "effects of a batch are made, its marks are not written")

MESSAGES = metrics.declare(
    "counter",
    "inbox_messages_total",
    "Messages that were settled, by topic and by what became of them.",
    "gap, fork, quarantine: `kvitt quarantine list`. duplicate: normal after a restart.",
    ("topic", "verdict"),
)
HANDLER_SECONDS = metrics.declare(
    "histogram",
    "inbox_handler_seconds",
    "How long one handler took, by message type.",
    "Look at the slowest: rows that it does not name (`loads=`, `reads=`) are fetched one by one.",
    ("type",),
)
END_TO_END_SECONDS = metrics.declare(
    "histogram",
    "inbox_log_to_effect_seconds",
    "From a message's place in Kafka to its committed effect.",
    "Growing: look at consumer_lag_messages and at the slowest handler.",
    ("topic",),
)

_LOGGED = PARKS - {Verdict.JOIN, Verdict.WAIT}
"""Verdicts that are logged as errors."""

Call = tuple[MessageRoute, Message, Transaction]
"""A message that is to be applied, with its handler's route and its transaction."""


@dataclass(slots=True)
class Applied:
    """The messages that one transaction settled, in order, each with its verdict."""

    verdicts: list[tuple[Incoming, Verdict]] = field(default_factory=list)
    waiting: list[tuple[Incoming, NotYetKnown | UnknownPolicy]] = field(default_factory=list)
    states: dict[TopicKey, State] = field(default_factory=dict)  # of parked keys that stay so

    @property
    def parked(self) -> bool:
        """True when a message was added to the park."""
        return any(verdict in PARKS for _, verdict in self.verdicts)


@dataclass(slots=True)
class Turn:
    """The index of the message whose handler is running; None before the first and after
    the last.
    """

    index: int | None = None


class Inbox:
    """Settles the messages of one service, each once and in order. Each method is one
    transaction.
    """

    def __init__(
        self,
        database: Database,
        *,
        sealer: Sealer,
        history: History | None = None,
        handler_budget: float = 10.0,
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._handler_budget = handler_budget
        self._history = history or History(None, database.service)

    async def apply(
        self,
        arrived: Sequence[Incoming],
        *,
        heads: Sequence[Head] = (),
        turn: Turn | None = None,
        reached: Reached = MappingProxyType({}),
    ) -> Applied:
        """Settle messages in one transaction: effects, marks, seen ids, and what must be parked.

        `heads` are given when the messages come from the park, where each is the first of its key.
        `turn` is set to the message that is being handled. `reached`: how far the messages'
        partitions were settled before. Answers each message with its verdict. Raises what a handler
        raises, HandlerTooSlow, HeadGone, DatabaseBehind, or lock trouble; nothing is committed
        then.
        """
        if not heads and await pass_over(self._database, arrived, reached):
            return self._told(Applied([(one, Verdict.PASS_OVER) for one in arrived]))
        slowest = 0.0
        applied = Applied()
        turn = turn or Turn()
        opening = Opening(arrived, is_from_park=bool(heads))
        told = {id(one) for one, head in zip(arrived, heads, strict=False) if head.told is not None}
        try:
            async with self._unit(opening) as unit:
                settling = Settling(arrived, opening.batch)
                begun = [
                    _begin(unit, incoming) if verdict is Verdict.APPLY else None
                    for incoming, verdict in zip(arrived, settling.verdicts, strict=True)
                ]
                await unit.load_ahead([call for call in begun if call is not None])
                await load_answers(unit, *_answered(arrived, settling.verdicts, told))
                for turn.index, incoming in enumerate(arrived):
                    began = time.monotonic()
                    try:
                        verdict = settling.begin(turn.index)
                        call: Call | None = None
                        if verdict is Verdict.APPLY:
                            call = begun[turn.index] or await _begin_late(unit, incoming)
                            verdict = await self._apply(unit, incoming, call, applied)
                        elif verdict is Verdict.REFUSE and incoming.refused is not None:
                            record_refusal(unit, incoming, incoming.refused)
                        if incoming.is_inbound:
                            await record_end(
                                unit,
                                incoming,
                                verdict,
                                is_told=id(incoming) in told,
                                tx=call[2] if call else None,
                            )
                        settling.end(turn.index, verdict)
                    finally:
                        slowest = max(slowest, time.monotonic() - began)
                turn.index = None
                applied.verdicts = list(zip(arrived, settling.verdicts, strict=True))
                failpoint("inbox.before_marks")
                await self._park(unit.session, applied, heads)
                positions = () if heads else advancing(arrived, reached)
                await _write(unit, settling.batch, positions)
        except Exception as error:
            if slowest > SLOW_HANDLER and is_lock_trouble(error):
                raise HandlerTooSlow(f"a handler took {slowest:.1f} s") from error
            raise
        return self._told(applied)

    async def refuse(
        self,
        incoming: Incoming,
        refused: Refused,
        *,
        head: Head | None = None,
        reached: Reached = MappingProxyType({}),
    ) -> Applied:
        """Record the refusal of an inbound message, and its id as seen, in one transaction. Raises
        as `apply` does.
        """
        heads = () if head is None else (head,)
        return await self.apply([replace(incoming, refused=refused)], heads=heads, reached=reached)

    async def park(
        self,
        incoming: Incoming,
        cause: Cause,
        reason: str,
        *,
        reached: Reached = MappingProxyType({}),
    ) -> None:
        """Park the message's key with this message as its first. Raises DatabaseBehind or lock
        trouble.
        """
        opening = Opening([incoming], is_from_park=False)
        async with self._unit(opening) as unit:
            verdict = opening.batch.judge(incoming)
            # also what nothing here handles, or what came early: no number may be lost
            if verdict in ADVANCES:
                await parking.append(
                    unit.session, [(incoming, cause, reason, None)], sealer=self._sealer
                )
            elif verdict in PARKS:
                await self._park(unit.session, Applied([(incoming, verdict)]), ())
            await _write(unit, opening.batch, advancing([incoming], reached))

    # decision 0261: who has lost a race for a fresh key tries again
    @asynccontextmanager
    async def _unit(self, opening: Opening) -> AsyncIterator[UnitOfWork]:
        """A transaction that settles messages. Raises MarkTaken in place of whatever has collided
        with a rival that has begun one of the fresh keys: its mark, its event or its row.
        """
        try:
            async with self._database.unit(opening=opening) as unit:
                yield unit
        except Exception as error:
            if is_collision(error) and await self._have_begun(opening.batch.fresh):
                raise MarkTaken from error
            raise

    async def _have_begun(self, fresh: AbstractSet[TopicKey]) -> bool:
        async with self._database.reading() as session:
            return await marks.have_begun(session, fresh)

    async def forget(self) -> int:
        """Delete seen ids of inbound messages that are older than MEMORY_DAYS. Answers how many."""
        async with self._database.unit() as unit:
            return await marks.forget(unit.session)

    # decision 0180: what had no effect is refused or parked in place
    async def _apply(
        self, unit: UnitOfWork, incoming: Incoming, call: Call, applied: Applied
    ) -> Verdict:
        """Call the handler of a message. One that says no, or names what is not known yet, before
        it has had any effect leaves nothing to be undone: the refusal is recorded, or the message
        parked, in this transaction, which goes on. Raises every other exception.
        """
        tx = call[2]
        tx.watch()
        try:
            await self._handle(incoming, *call)
        except Refused as refused:
            if not incoming.is_inbound or tx.may_have_acted:
                raise
            try:
                record_refusal(unit, incoming, refused)
            except LookupError as nowhere:
                raise refused from nowhere  # the message alone is parked
            return Verdict.REFUSE
        except (NotYetKnown, UnknownPolicy) as error:
            if tx.may_have_acted:
                raise
            applied.waiting.append((incoming, error))
            return Verdict.WAIT
        return Verdict.APPLY

    async def _handle(
        self, incoming: Incoming, route: MessageRoute, message: Message, tx: Transaction
    ) -> None:
        with child(HANDLER_SECONDS, self._database.service, message.wire_type).time():
            try:
                async with asyncio.timeout(self._handler_budget) as limit:
                    await failpoint_of("inbox.in_handler", incoming.key)
                    await route.handler(message, tx)
            except OSError as error:
                if limit.expired():
                    raise HandlerTooSlow(f"more than {self._handler_budget:.1f} s") from error
                if is_lock_trouble(error):
                    raise
                raise HandlerFault from error  # its own, such as a missing file

    async def _park(self, session: AsyncSession, applied: Applied, heads: Sequence[Head]) -> None:
        waiting = {id(incoming): error for incoming, error in applied.waiting}
        new = {
            id(incoming): (incoming, *why_parked(incoming, verdict, waiting.get(id(incoming))))
            for incoming, verdict in applied.verdicts
            if verdict in PARKS
        }
        if new and not heads:
            await parking.append(session, list(new.values()), sealer=self._sealer)
        gone = []
        for (incoming, _), head in zip(applied.verdicts, heads, strict=False):
            if id(incoming) in new:
                why = new[id(incoming)][1:]
                applied.states[head.place] = await parking.reschedule(session, head, *why)
            else:
                gone.append(head)
        if gone:
            await parking.remove(session, *gone)

    def _told(self, applied: Applied) -> Applied:
        """After the commit: count, write the history, and log what was parked."""
        service = self._database.service
        now = time.time()
        for incoming, verdict in applied.verdicts:
            child(MESSAGES, service, incoming.topic, verdict.value).inc()
            if verdict in _LOGGED and not _is_out(incoming):
                log.error(
                    "a message of %s (partition %s, offset %s) is parked: %s",
                    incoming.topic,
                    incoming.record.partition,
                    incoming.record.offset,
                    incoming.unreadable.reason if incoming.unreadable else verdict,
                )
            elif verdict is Verdict.APPLY and incoming.record.timestamp:
                late = max(0.0, now - incoming.record.timestamp / 1000)
                child(END_TO_END_SECONDS, service, incoming.topic).observe(late)
        if self._history.is_written:
            self._history.applied(_lines(applied))
        return applied


# decision 0257: what ends a transaction is one statement
async def _write(unit: UnitOfWork, batch: Batch, positions: Sequence[Part]) -> None:
    # of all parts the last of `advancing` alone answers rows
    if await unit.flush(*marks.writing(batch), *positions):
        raise DatabaseBehind


def _is_out(incoming: Incoming) -> bool:
    """True where the region's outage is the reason: it is logged once, not for each message."""
    return incoming.unreadable is not None and incoming.unreadable.cause is Cause.REGION_OUT


def why_parked(
    incoming: Incoming, verdict: Verdict, waits_for: Exception | None = None
) -> tuple[Cause, str, str | None]:
    """The cause, the reason and the field with which a message of this verdict is parked.
    `waits_for` is what its handler raised, where the verdict is WAIT.
    """
    match verdict:
        case Verdict.WAIT if waits_for is not None:
            is_policy = isinstance(waits_for, UnknownPolicy)
            cause = Cause.UNKNOWN_POLICY if is_policy else Cause.NOT_YET_KNOWN
            return cause, describe(waits_for), None
        case Verdict.GAP:
            return Cause.GAP, "an earlier number has not come", "ce_sequence"
        case Verdict.FORK:
            return Cause.FORK, "this number has come with another id", "ce_id"
        case Verdict.QUARANTINE if incoming.unreadable is not None:
            unreadable = incoming.unreadable
            return unreadable.cause, unreadable.reason, unreadable.field
        case _:
            return Cause.BEHIND, "stands behind its key's parked message", None


def _lines(applied: Applied) -> list[tuple[str, str, int, str]]:
    return [
        (incoming.topic, incoming.key, incoming.envelope.sequence or 0, str(incoming.envelope.id))
        for incoming, verdict in applied.verdicts
        if verdict is Verdict.APPLY and incoming.envelope is not None
    ]


def _answered(
    arrived: Sequence[Incoming], verdicts: Sequence[Verdict], told: AbstractSet[int]
) -> Iterable[Incoming]:
    """The messages whose senders may have been answered before."""
    for incoming, verdict in zip(arrived, verdicts, strict=True):
        if id(incoming) in told or (incoming.is_inbound and verdict is Verdict.DUPLICATE):
            yield incoming


def _begin(unit: UnitOfWork, incoming: Incoming) -> Call:
    """The route, the message and the transaction of a message that is to be applied."""
    assert incoming.envelope is not None
    assert incoming.message is not None
    assert incoming.route is not None
    tx = unit.begin(
        region=incoming.envelope.region,
        message=incoming.envelope,
        is_command=incoming.is_command,
        subject=incoming.envelope.subject,
    )
    return incoming.route, incoming.message, tx


async def _begin_late(unit: UnitOfWork, incoming: Incoming) -> Call:
    """The same for a message that was not to be applied as it was foreseen: an earlier one of its
    key was refused since. Its rows are fetched now.
    """
    call = _begin(unit, incoming)
    await unit.load_ahead([call])
    return call
