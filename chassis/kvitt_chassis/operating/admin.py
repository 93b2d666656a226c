"""HTTP for who operates a service: role `ops` alone, all regions. The command `kvitt` speaks to it.

Every act is written to the audit with who, when and why. What the acts do stands in their modules.
"""

import json
from collections.abc import Awaitable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Query
from kvitt_contracts.types import TEXT
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis import driver
from kvitt_chassis.access import Caller
from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.consumers import Consumers
from kvitt_chassis.consuming.machine import State
from kvitt_chassis.consuming.quarantine import NoSuchEntry, Quarantine
from kvitt_chassis.consuming.timers import TimerLoop
from kvitt_chassis.consuming.verdicts import Cause
from kvitt_chassis.database import Database
from kvitt_chassis.http import PROBLEM_BODY, signed_in
from kvitt_chassis.operating import audit, clock
from kvitt_chassis.operating.row_comparison import differences
from kvitt_chassis.parameters import RowNumber, Text
from kvitt_chassis.relaying import outbox
from kvitt_chassis.relaying.relay import Relay
from kvitt_chassis.service import Service
from kvitt_chassis.web.bodies import Body, GuardedRoute
from kvitt_chassis.web.problems import Invalid, NotFound

T = TypeVar("T")

MAX_STORY = 1_000
MAX_KEYS = 10_000
"""How many last numbers one answer has at most."""


@dataclass(slots=True, kw_only=True)
class Operations:
    """What can be operated: the parts of one process. `database` has the worker's role;
    `consumers` may be others until they are started.
    """

    service: Service
    database: Database
    consumers: Consumers
    relay: Relay
    timers: TimerLoop

    @property
    def quarantine(self) -> Quarantine:
        """The consumers' quarantine."""
        return self.consumers.shared.quarantine


class Idle(BaseModel):
    """What a process still has to do, and the last number of its log.

    All zero but `quarantined` on every service, in two looks with the same `recorded`: nothing
    moves by itself any more, until business time does. A consumer that does not read yet counts as
    one with something in hand.
    """

    recorded: int
    lag: int
    unsent: int
    parked_waiting: int
    quarantined: int
    untold: int
    due_timers: int
    in_hand: int


class Outbox(BaseModel):
    """How far the event log is sent."""

    unsent: int
    oldest_unsent_seconds: float
    holder: str
    lease_seconds_left: float
    last_id: int
    refusal: str | None


class Clock(BaseModel):
    """Business time, and how far it is ahead of real time."""

    now: datetime
    offset_seconds: float


class Advance(Body):
    """Move business time to an instant, or to an offset that another service has answered."""

    to: AwareDatetime | None = None
    offset_seconds: float | None = None


class Because(Body):
    """Why an act is done; it is kept."""

    why: Annotated[str, Field(min_length=3, max_length=500, pattern=TEXT)]


class Edit(Because):
    """The body as it should have been (JSON), and headers to set, or to remove (null)."""

    body: Any = None
    headers: Annotated[dict[str, str | None], Field(default_factory=dict)]


class Republish(Because):
    """Which events to send again."""

    topic: Text
    key: Text
    from_seq: Annotated[RowNumber, Field(ge=1)] = 1


class Rebase(Because):
    """Which rows to send again: none, all, or those after an id."""

    resend: Literal["nothing", "everything"] | RowNumber


class Recorded(BaseModel):
    """One event of an aggregate's story."""

    seq: int
    type: str
    time: datetime
    recorded_at: datetime
    event_id: str
    region: str
    actor: str | None
    causation_id: str | None
    correlation_id: str | None
    data: Any


Operator = Annotated[Caller, Depends(signed_in)]
Limit = Annotated[int, Query(ge=1, le=1_000)]
KeyLimit = Annotated[
    int | None,
    Query(ge=1, le=MAX_KEYS, description="So many keys; fewer in the answer: the last page."),
]
AfterKey = Annotated[
    Text | None, Query(description="The page begins after this key: the last of the page before.")
]


def routes(operations: Operations) -> APIRouter:
    """The routes under `/admin`."""
    router = APIRouter(
        prefix="/admin",
        tags=["Drift"],
        route_class=GuardedRoute,
    )
    _state_routes(router, operations)
    _park_routes(router, operations.quarantine)
    _outbox_routes(router, operations)
    _clock_routes(router, operations)
    return router


def _state_routes(router: APIRouter, operations: Operations) -> None:
    database = operations.database

    @router.get("/idle")
    async def idle() -> Idle:
        """What is still to be done; asked again and again at a barrier, so it is quick."""
        # The lag before the log's last number, and that before what is unsent: then two looks that
        # say the same cannot have missed an effect between them.
        lag = await operations.consumers.lag()
        rests = operations.consumers.is_ready() and operations.consumers.idle()
        return Idle(lag=lag, in_hand=int(not rests), **await _standing(database))

    @router.get("/aggregate/{topic}/{key}")
    async def story(topic: Text, key: Text, from_seq: RowNumber = 1) -> list[Recorded]:
        """The story of an aggregate, from the event log."""
        async with database.reading() as session:
            rows = await outbox.of_key(session, topic, key, from_seq=from_seq, limit=MAX_STORY)
        if not rows:
            raise NotFound("aggregate")
        return [_recorded(row) for row in rows]

    @router.post("/reconcile")
    async def reconcile() -> list[dict[str, Any]]:
        """Compare every aggregate's row with its events; what differs, by key and field."""
        # It reads everything: longer than a handler may take, and it locks nothing.
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL transaction_timeout = 0"
        async with driver.transaction(database.engine, begin, end="ROLLBACK") as session:
            found = await differences(session, operations.service.base)
        return [asdict(one) for one in found]

    @router.get("/audit")
    async def acts(limit: Limit = 100, before: RowNumber | None = None) -> list[dict[str, Any]]:
        """Who did what by hand, when and why; the latest first."""
        async with database.reading() as session:
            return [asdict(one) for one in await audit.acts(session, limit=limit, before=before)]


def _park_routes(router: APIRouter, quarantine: Quarantine) -> None:
    @router.get("/parked")
    async def parked(
        state: State | None = None,
        cause: Cause | None = None,
        limit: Limit = 100,
        after: RowNumber = 0,
    ) -> list[dict[str, Any]]:
        """Parked keys, the oldest first; no value of any message. `after` is the last id so far."""
        found = await quarantine.entries(state=state, cause=cause, limit=limit, after=after)
        return [asdict(one) for one in found]

    @router.get("/parked/counts")
    async def counts() -> list[dict[str, Any]]:
        """How many keys are parked, by state and cause."""
        found = await quarantine.counts()
        return [{"state": s, "cause": c, "keys": keys} for (s, c), keys in found.items()]

    @router.get("/quarantine/{entry}")
    async def show(entry: RowNumber) -> dict[str, Any]:
        """One key's first message: what it is made of, not what it says."""
        return asdict(await _known(quarantine.show(entry)))

    @router.post("/quarantine/{entry}:retry")
    async def retry(entry: RowNumber, body: Because, who: Operator) -> dict[str, Any]:
        """Try it at once."""
        return asdict(await _known(quarantine.retry(entry, who=who.user_id, why=body.why)))

    @router.post("/quarantine/{entry}:edit")
    async def edit(entry: RowNumber, body: Edit, who: Operator) -> dict[str, Any]:
        """Mend the message, and try it at once."""
        mended = None if body.body is None else json.dumps(body.body, ensure_ascii=False).encode()
        return asdict(
            await _known(
                quarantine.edit(
                    entry, who=who.user_id, why=body.why, body=mended, headers=body.headers
                )
            )
        )

    @router.post("/quarantine/{entry}:discard")
    async def discard(entry: RowNumber, body: Because, who: Operator) -> dict[str, Any]:
        """Throw the message away for good; what stands behind it is tried."""
        return asdict(await _known(quarantine.discard(entry, who=who.user_id, why=body.why)))


def _outbox_routes(router: APIRouter, operations: Operations) -> None:
    database = operations.database

    @router.get("/outbox")
    async def status() -> Outbox:
        """How far the event log is sent."""
        async with database.reading() as session:
            found = await outbox.status(session)
        return Outbox(**asdict(found), refusal=operations.relay.refusal)

    @router.get("/outbox/last-numbers", responses={422: _TOO_MANY_KEYS})
    async def last_numbers(
        topic: Text, limit: KeyLimit = None, after: AfterKey = None
    ) -> dict[str, int]:
        """Each key's last number, in one order: who reads the topic compares it with its marks. A
        page of `limit` keys `after` a key; without `limit` all of them, where one answer holds all.
        """
        asked = limit or MAX_KEYS + 1
        async with database.reading() as session:
            found = await outbox.last_numbers(session, topic, after=after or "", limit=asked)
        if len(found) > MAX_KEYS:
            raise Invalid(
                "TOO_MANY_KEYS",
                field="limit",
                detail=f"Det är fler nycklar än de {MAX_KEYS} som ryms i ett svar.",
                way_on="Hämta sidor: ange limit, och den nyckel som nästa sida börjar efter.",
            )
        return dict(found)

    @router.post("/outbox:republish")
    async def republish(body: Republish, who: Operator) -> dict[str, int]:
        """Send the events of one aggregate again, as they were. Readers skip what they have."""
        await _act(database, who, "outbox.republish", body, body.model_dump(exclude={"why"}))
        return {"sent": await operations.relay.republish(body.topic, body.key, body.from_seq)}

    @router.post("/outbox:rebase")
    async def rebase(body: Rebase, who: Operator) -> dict[str, int]:
        """Let the relay go on after a restore, a promotion or a change of cluster."""
        async with database.unit() as unit:
            await audit.record(
                unit.session,
                who=who.user_id,
                what="outbox.rebase",
                why=body.why,
                about={"resend": body.resend},
            )
            resent = await outbox.rebase(unit.session, resend=body.resend)
        operations.relay.wake()
        return {"resent": resent}


def _clock_routes(router: APIRouter, operations: Operations) -> None:
    database = operations.database

    @router.get("/clock")
    async def show() -> Clock:
        """Business time."""
        async with database.reading() as session:
            ahead = await clock.offset(session)
            return Clock(now=await clock.now(session), offset_seconds=ahead.total_seconds())

    @router.post("/clock:advance")
    async def advance(body: Advance, who: Operator) -> Clock:
        """Move business time forward. For training and tests: only at a barrier."""
        async with database.unit() as unit:
            try:
                ahead = await _move(unit.session, body)
            except clock.ClockGoesBack:
                raise Invalid(
                    "CLOCK_GOES_BACK",
                    field="to",
                    detail="Affärstiden går aldrig bakåt.",
                    way_on="Ange en senare tidpunkt; GET /admin/clock visar nuet.",
                ) from None
            now = await clock.now(unit.session)
        operations.timers.wake()
        return Clock(now=now, offset_seconds=ahead.total_seconds())


async def _move(session: AsyncSession, body: Advance) -> timedelta:
    if body.to is not None and body.offset_seconds is None:
        return await clock.advance(session, body.to)
    if body.offset_seconds is not None and body.to is None:
        return await clock.set_offset(session, timedelta(seconds=body.offset_seconds))
    raise Invalid(
        "ONE_OF_TWO",
        field="to",
        detail="Ange antingen to eller offset_seconds.",
        way_on="Skicka ett av fälten.",
    )


async def _known(acted: Awaitable[T]) -> T:
    try:
        return await acted
    except NoSuchEntry:
        raise NotFound("entry") from None


async def _standing(database: Database) -> dict[str, int]:
    async with database.reading() as session:
        last = await session.scalar(_LAST)
        sent = await outbox.status(session)
        parked = await parking.count_parked(session)
        due = await session.scalar(_DUE)
    return {
        "recorded": int(last or 0),
        "unsent": sent.unsent,
        "parked_waiting": parked.waiting_keys,
        "quarantined": parked.quarantined_keys,
        "untold": parked.untold,
        "due_timers": int(due or 0),
    }


async def _act(
    database: Database, who: Caller, what: str, because: Because, about: dict[str, Any]
) -> None:
    async with database.unit() as unit:
        await audit.record(unit.session, who=who.user_id, what=what, why=because.why, about=about)


def _recorded(row: outbox.OutboxRow) -> Recorded:
    return Recorded(
        seq=row.seq,
        type=row.type,
        time=row.time,
        recorded_at=row.recorded_at,
        event_id=str(row.event_id),
        region=row.region,
        actor=row.actor,
        causation_id=row.causation_id,
        correlation_id=row.correlation_id,
        data=json.loads(row.payload),
    )


_TOO_MANY_KEYS = {
    "description": f"TOO_MANY_KEYS: more than {MAX_KEYS:,}, and no `limit`: ask for pages",
    **PROBLEM_BODY,
}
_LAST = text("SELECT max(id) FROM events")
_DUE = text(
    'SELECT count(*) FROM timers WHERE due <= clock_timestamp() + (SELECT "offset" FROM clock)'
)
