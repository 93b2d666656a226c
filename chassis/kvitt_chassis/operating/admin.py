"""HTTP for who operates a service, on a port of its own: `ops` one region's share, `platform` all.
The command `kvitt` speaks to it.

Every act is written to the audit with who, when and why. What the acts do stands in their modules.
"""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from kvitt_contracts.types import PersonRef, RegionCode
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis import driver, secret_files
from kvitt_chassis.database import Database
from kvitt_chassis.http import PROBLEM_BODY, ApiRouter
from kvitt_chassis.operating import audit, clock
from kvitt_chassis.operating.admin_bodies import (
    Advance,
    Because,
    Clock,
    Outbox,
    Rebase,
    Reconcile,
    Recorded,
    Republish,
)
from kvitt_chassis.operating.evidence import evidence_routes
from kvitt_chassis.operating.idle import Idle, idle_of
from kvitt_chassis.operating.operations import Operations
from kvitt_chassis.operating.operators import Limit, Operates, Operator
from kvitt_chassis.operating.parked import park_routes
from kvitt_chassis.operating.reconciling import UnknownCheck
from kvitt_chassis.operating.row_comparison import differences
from kvitt_chassis.operating.stored import Stored, stored_of
from kvitt_chassis.operating.tracing import story_routes
from kvitt_chassis.operating.watching import watching_routes
from kvitt_chassis.parameters import RowNumber, Text
from kvitt_chassis.relaying import outbox
from kvitt_chassis.web.problems import Invalid, NotFound

MAX_STORY = 1_000
MAX_KEYS = 10_000
"""How many last numbers one answer has at most."""


KeyLimit = Annotated[
    int | None,
    Query(ge=1, le=MAX_KEYS, description="So many keys; fewer in the answer: the last page."),
]
AfterKey = Annotated[
    Text | None, Query(description="The page begins after this key: the last of the page before.")
]


def routes(operations: Operations) -> APIRouter:
    """The routes under `/admin`."""
    router = ApiRouter(prefix="/admin", tags=["Drift"])
    _state_routes(router, operations)
    _reconciliation_routes(router, operations)
    evidence_routes(router, database=operations.database, evidence=operations.evidence)
    park_routes(router, operations)
    watching_routes(router, operations)
    story_routes(router, operations)
    _outbox_routes(router, operations)
    _clock_routes(router, operations)
    return router


def _state_routes(router: APIRouter, operations: Operations) -> None:
    database = operations.database

    @router.get("/idle")
    async def idle(who: Operates) -> Idle:
        """What is still to be done; asked again and again at a barrier, so it is quick. Who
        operates a region is told of its share: its own topics, events, parked keys and timers.
        """
        return await idle_of(operations.consumers, database, who.region)

    @router.get("/aggregate/{topic}/{key}")
    async def story(
        topic: Text, key: Text, who: Operates, from_seq: RowNumber = 1
    ) -> list[Recorded]:
        """The story of an aggregate, from the event log."""
        async with database.reading() as session:
            rows = await outbox.of_key(
                session, topic, key, from_seq=from_seq, limit=MAX_STORY, region=who.region
            )
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

    @router.get("/persons/{person}/stored")
    async def stored(person: PersonRef, who: Operates, region: RegionCode | None = None) -> Stored:
        """What the service has of a person, by their reference: rows of any table, and what is
        parked. It reads everything: for an export to the person, not for a page.
        """
        return await stored_of(
            person,
            region=who.region or region,
            database=database,
            sealer=operations.consumers.shared.sealer,
        )

    @router.get("/secrets")
    async def secrets() -> list[dict[str, Any]]:
        """How old each secret of this process is, and how many values hold; never what they are."""
        return [asdict(one) for one in secret_files.told()]


def _reconciliation_routes(router: APIRouter, operations: Operations) -> None:
    reconciliation = operations.reconciliation

    @router.get("/reconciliation")
    async def found(who: Operates, region: RegionCode | None = None) -> list[dict[str, Any]]:
        """What each comparison of two records found the last time, by key and field: all regions',
        or the own region's. One that has never been made has no time.
        """
        return [asdict(one) for one in await reconciliation.last(who.region or region)]

    @router.post("/reconciliation:run", responses={422: _UNKNOWN_CHECK})
    async def run(body: Reconcile, who: Operates) -> list[dict[str, Any]]:
        """Compare now, as each night; what is found is kept as the last time's."""
        try:
            made = await reconciliation.run(
                who=who.user_id, why=body.why, only=body.checks, region=body.region
            )
        except UnknownCheck:
            raise Invalid(
                "UNKNOWN_CHECK",
                field="checks",
                detail="Tjänsten har ingen sådan jämförelse.",
                way_on="GET /admin/reconciliation visar vilka som finns.",
            ) from None
        return [asdict(one) for one in made]


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
    async def republish(body: Republish, who: Operates) -> dict[str, int]:
        """Send the events of one aggregate again, as they were. Readers skip what they have."""
        await _act(database, who, "outbox.republish", body, body.model_dump(exclude={"why"}))
        return {"sent": await operations.relay.republish(body.topic, body.key, body.from_seq)}

    @router.post("/outbox:rebase")
    async def rebase(body: Rebase, who: Operates) -> dict[str, int]:
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
            now = await clock.now(session)
        return Clock(now=now, offset_seconds=ahead.total_seconds(), moves=operations.moves_clock)

    if not operations.moves_clock:
        return

    @router.post("/clock:advance")
    async def advance(body: Advance, who: Operates) -> Clock:
        """Move business time forward, a year at most. For training and tests: only at a barrier."""
        async with database.unit() as unit:
            before = await clock.now(unit.session)
            try:
                ahead = await _move(unit.session, body)
            except clock.ClockGoesBack:
                raise Invalid(
                    "CLOCK_GOES_BACK",
                    field="to",
                    detail="Affärstiden går aldrig bakåt.",
                    way_on="Ange en senare tidpunkt; GET /admin/clock visar nuet.",
                ) from None
            except clock.ClockGoesTooFar:
                raise Invalid(
                    "CLOCK_GOES_TOO_FAR",
                    field="to",
                    detail="Affärstiden flyttas högst ett år i taget, och inte förbi år 2100.",
                    way_on="Flytta den i flera steg; GET /admin/clock visar nuet.",
                ) from None
            now = await clock.now(unit.session)
            await audit.record(
                unit.session,
                who=who.user_id,
                what="clock.advance",
                why=body.why,
                about={"from": before, "to": now},
            )
        operations.timers.wake()
        return Clock(now=now, offset_seconds=ahead.total_seconds(), moves=True)


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


async def _act(
    database: Database, who: Operator, what: str, because: Because, about: dict[str, Any]
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
_UNKNOWN_CHECK = {
    "description": "UNKNOWN_CHECK: the service has no check of that name",
    **PROBLEM_BODY,
}
