"""The park by what is wrong with it: how many keys of each topic, by cause and
reason. Reads only.
"""

from dataclasses import dataclass
from datetime import datetime

from kvitt_contracts.types import RegionCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis.consuming.machine import State
from kvitt_chassis.consuming.verdicts import Cause

MOST_GROUPS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Parked keys that have the same wrong with them. `oldest` is when the first of them was
    parked, in real time; `region` is None where the messages do not say theirs.
    """

    state: State
    cause: Cause
    topic: str
    region: str | None
    reason: str
    field: str | None
    keys: int
    oldest: datetime


async def groups(
    session: AsyncSession, *, region: RegionCode | None = None, limit: int = MOST_GROUPS
) -> list[Group]:
    """What is parked, of all regions or of one: the largest group first, `limit` of them."""
    rows = (await session.execute(_GROUPS, {"region": region, "limit": limit})).mappings()
    return [
        Group(**{**row, "state": State(row["state"]), "cause": Cause(row["cause"])}) for row in rows
    ]


_GROUPS = text(
    """
    SELECT state, cause, topic, region, reason, field, count(*) AS keys, min(parked_at) AS oldest
    FROM parked_keys
    WHERE CAST(:region AS text) IS NULL OR region = :region
    GROUP BY state, cause, topic, region, reason, field
    ORDER BY keys DESC, oldest LIMIT :limit
    """
)
