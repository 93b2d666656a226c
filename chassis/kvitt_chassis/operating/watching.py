"""What an operator's page watches: who one is, how a service is, what becomes due, which policies
are in use. Reads only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import RegionCode
from sqlalchemy import text

from kvitt_chassis.operating import clock
from kvitt_chassis.operating.operations import Operations
from kvitt_chassis.operating.operators import Limit, Operates
from kvitt_chassis.parameters import RowNumber, Text
from kvitt_chassis.relaying import outbox

_LONGEST = int(timedelta(days=60).total_seconds())
Seconds = Annotated[RowNumber, Query(ge=0, le=_LONGEST)]


def watching_routes(router: APIRouter, operations: Operations) -> None:
    """The routes of what is watched under `/admin`."""

    @router.get("/operator")
    async def operator(who: Operates) -> dict[str, Any]:
        """Who the token says that operates, and whose share: `region` is null for who has all."""
        return {"user_id": who.user_id, "region": who.region}

    @router.get("/overview")
    async def overview(who: Operates, region: RegionCode | None = None) -> dict[str, Any]:
        """How the service is: ready or why not, how far its log is sent, how late it reads, what
        is parked by what is wrong, what is being retried and what waits for a second person.
        """
        share = who.region or region
        async with operations.database.reading() as session:
            sent = await outbox.status(session, region=share)
        late = [one for one in operations.consumers.late() if _is_seen(one.region, share)]
        return {
            "service": operations.database.service,
            "wrong": await operations.health.not_ready(),
            "remarks": _remarks(operations.health.remarks(), share),
            "relay": {
                "unsent": sent.unsent,
                "oldest_unsent_seconds": sent.oldest_unsent_seconds,
                "has_lease": sent.lease_seconds_left > 0,
                "refusal": operations.relay.refusal,
            },
            "late": [asdict(one) for one in late],
            "groups": [asdict(one) for one in await operations.quarantine.groups(region=share)],
            "retries": [asdict(one) for one in await operations.retries.last(region=share)],
            "proposals": [asdict(one) for one in await operations.proposals.waiting(region=share)],
        }

    @router.get("/timers")
    async def timers(
        who: Operates,
        timer: Text | None = None,
        within: Seconds = 3 * 86_400,
        region: RegionCode | None = None,
        limit: Limit = 200,
    ) -> list[dict[str, Any]]:
        """What becomes due within so many seconds of business time, the first first; of one timer
        where it is named. `attempts`: how often its handler has failed.
        """
        asked = {
            "timer": timer,
            "region": who.region or region,
            "within": within,
            "limit": limit,
        }
        async with operations.database.reading() as session:
            rows = await session.execute(_DUE, asked)
            return [dict(row) for row in rows.mappings()]

    @router.get("/policies")
    async def policies(who: Operates, region: RegionCode | None = None) -> list[dict[str, Any]]:
        """Each region's policy: its versions with what each says, by path, and when it was first
        used here; or why the region is out of service.
        """
        async with operations.database.reading() as session:
            now = await clock.now(session)
            used = (await session.execute(_USED)).all()
        first = {(one.region, one.version): one.first_used_at for one in used}
        share = who.region or region
        known = operations.database.policies
        found = []
        for code in sorted({*known.regions, *known.out}):
            if share not in (None, code):
                continue
            out = known.out.get(code)
            versions = () if out is not None else known.of(code).versions
            in_force = [one.version for one in versions if one.effective_from <= now]
            found.append(
                {
                    "region": code,
                    "out": None if out is None else out.detail,
                    "versions": [
                        {
                            "version": one.version,
                            "effective_from": one.effective_from,
                            "in_force": [one.version] == in_force[-1:],
                            "content_hash": one.pin.content_hash,
                            "first_used_at": first.get((code, one.version)),
                            "says": dict(_said(one)),
                        }
                        for one in versions
                    ],
                }
            )
        return found


def _is_seen(region: str | None, share: RegionCode | None) -> bool:
    """True of the operator's share, and of ours: how late that is read concerns every region."""
    return share is None or region in (None, share)


def _remarks(said: Mapping[str, object], share: RegionCode | None) -> dict[str, Any]:
    """What is remarked beside health, without what is another region's."""
    if share is None:
        return dict(said)
    found: dict[str, Any] = {}
    for name, one in said.items():
        kept: object = one
        if name == "topics_gone" and isinstance(one, Mapping):
            kept = {topic: why for topic, why in one.items() if f".{share}." in topic}
        elif name == "regions_out" and isinstance(one, Mapping):
            kept = {region: why for region, why in one.items() if region == share}
        elif name == "regions_held" and isinstance(one, list):
            kept = [region for region in one if region == share]
        if kept:
            found[name] = kept
    return found


def _said(policy: RegionPolicy) -> Iterator[tuple[str, Any]]:
    content = policy.model_dump(
        mode="json", exclude={"version", "effective_from", "region"}, exclude_defaults=True
    )
    yield from _paths(content)


def _paths(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    inner: Iterator[tuple[Any, Any]] | None = None
    if isinstance(value, dict):
        inner = iter(value.items())
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        inner = iter(enumerate(value, start=1))
    if inner is None:
        yield path, value
        return
    for name, one in inner:
        yield from _paths(one, f"{path}.{name}" if path else str(name))


_DUE = text(
    """
    SELECT timer, region, key, due, attempts,
           extract(epoch FROM due - (clock_timestamp() + (SELECT "offset" FROM clock)))::float8
               AS seconds
    FROM timers
    WHERE due <= clock_timestamp() + (SELECT "offset" FROM clock)
                 + make_interval(secs => CAST(:within AS double precision))
      AND (CAST(:region AS text) IS NULL OR region = :region)
      AND (CAST(:timer AS text) IS NULL OR timer = :timer)
    ORDER BY due, timer, key LIMIT :limit
    """.replace("::", "\\:\\:")
)
_USED = text("SELECT region, version, first_used_at FROM policy_hashes")
