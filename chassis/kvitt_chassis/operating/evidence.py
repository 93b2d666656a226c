"""What who operates asks of the chained logs: the ends of the chains, a walk of them, and their
rows for a region's own monitoring.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from kvitt_contracts.access import Reach
from kvitt_contracts.types import RegionCode
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis import driver
from kvitt_chassis.access import GRANT, Grant
from kvitt_chassis.database import Database
from kvitt_chassis.evidence.heads import as_document, heads_from
from kvitt_chassis.evidence.sealer import head_of
from kvitt_chassis.evidence.tables import Log, linked
from kvitt_chassis.evidence.verifying import Evidence
from kvitt_chassis.http import PROBLEM_BODY
from kvitt_chassis.operating import audit
from kvitt_chassis.operating.admin_bodies import Because
from kvitt_chassis.parameters import RowNumber, Text
from kvitt_chassis.web.problems import Invalid

# decision 0513: rows are handed on by the number of their chain, without anybody's data
NDJSON = "application/x-ndjson"
NEXT = "Kvitt-Next"
"""The header that says after which number the next page begins."""
ECS_VERSION = "8.11.0"


class Kept(Because):
    """Which region's chains are walked, else all; and the ends that were kept apart."""

    region: RegionCode | None = None
    heads: Annotated[dict[str, dict[str, Any]], Field(default_factory=dict, max_length=500)]


def evidence_routes(router: APIRouter, *, database: Database, evidence: Evidence) -> None:
    """The routes of the chained logs under `/admin`."""

    @router.get("/log/heads")
    async def heads(grant: Granted, region: RegionCode | None = None) -> dict[str, Any]:
        """How long each chain is, and its last hash: to be kept where nobody writes from here."""
        share = _share(grant, region)
        async with database.reading() as session:
            return as_document(
                {
                    chain: head
                    for _, _, chain in evidence.chains(share)
                    if (head := await head_of(session, chain)) is not None
                }
            )

    @router.post("/log:verify", responses={422: _UNKNOWN_HEADS})
    async def verify(body: Kept, grant: Granted) -> list[dict[str, Any]]:
        """Walk the chains; each answers the first place where it does not hold, or none."""
        share = _share(grant, body.region)
        try:
            kept = heads_from(body.heads)
        except ValueError:
            raise Invalid(
                "UNKNOWN_HEADS",
                field="heads",
                detail="Kedjornas slut kan inte läsas.",
                way_on="Sänd det som GET /admin/log/heads svarade.",
            ) from None
        async with driver.transaction(database.engine, _BEGIN, end="ROLLBACK") as session:
            found = await evidence.verify(session, region=share, kept=kept)
        about = {one.log: one.broken.fault for one in found if one.broken is not None}
        async with database.unit() as unit:
            await audit.record(
                unit.session,
                who=grant.caller.user_id,
                what="log.verify",
                why=body.why,
                about={"region": share, "broken": about},
            )
        return [asdict(one) for one in found]

    @router.get("/log/export", response_class=Response, responses={200: {"content": {NDJSON: {}}}})
    async def export(
        grant: Granted,
        log: Text,
        region: RegionCode | None = None,
        after: Annotated[RowNumber, Query(description="Efter denna rad i kedjan")] = 0,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 500,
    ) -> Response:
        """The sealed rows of a log in the order of its chain, a line each, in the Elastic Common
        Schema: no number, name or free text of anybody. The header `Kvitt-Next` says after which
        number the next page begins, and is the same again where nothing is new.
        """
        share = _share(grant, region)
        chosen = [one for one in evidence.chains(share) if one[0].table == log]
        if len(chosen) != 1:
            raise Invalid(
                "UNKNOWN_LOG",
                field="log" if not chosen else "region",
                detail="Det finns ingen sådan logg, eller en för varje region.",
                way_on="GET /admin/log/heads visar loggarna: namn, och region efter snedstrecket.",
            )
        ((one, of_region, chain),) = chosen
        async with database.reading() as session:
            rows = await _page(session, one, chain, region=of_region, after=after, limit=limit)
        lines = [as_ecs(one, row, service=database.service) for row in rows if row.content]
        body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        last = rows[-1].position if rows else after
        return Response(body, media_type=NDJSON, headers={NEXT: str(last)})


async def _granted(request: Request) -> Grant:
    grant: Grant = request.scope[GRANT]
    return grant


Granted = Annotated[Grant, Depends(_granted)]


def as_ecs(log: Log, row: Any, *, service: str) -> Mapping[str, Any]:
    """A row of a log as one event of the Elastic Common Schema."""
    content = json.loads(row.content)
    said = log.ecs(content)
    return {
        "@timestamp": row.row_at.isoformat(),
        "ecs": {"version": ECS_VERSION},
        "service": {"name": service, "type": "kvitt"},
        **said,
        "event": {
            "kind": "event",
            "module": "kvitt",
            "dataset": f"kvitt.{log.table}",
            "id": row.row_key,
            "sequence": row.position,
            "hash": bytes(row.mac).hex(),
            **said.get("event", {}),
        },
    }


async def _page(
    session: AsyncSession,
    log: Log,
    chain: str,
    *,
    region: RegionCode | None,
    after: int,
    limit: int,
) -> list[Any]:
    asked = {"chain": chain, "region": region, "after": after, "limit": limit}
    return list((await session.execute(linked(log), asked)).all())


def _share(grant: Grant, asked: RegionCode | None) -> RegionCode | None:
    """Whose chains are meant: the own region's, or what is asked for by who has all."""
    return asked if grant.reach is Reach.PLATFORM else grant.caller.region


# It reads everything: longer than a handler may take, and it locks nothing.
_BEGIN = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL transaction_timeout = 0; "
    "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0"
)
_UNKNOWN_HEADS: dict[str, Any] = {
    "description": "UNKNOWN_HEADS: the ends of the chains cannot be read",
    **PROBLEM_BODY,
}
