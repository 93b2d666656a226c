"""What a service has of one person, in any of its tables, and in what is parked: for the person. It
reads everything from beginning to end, and says what it has not read and why.
"""

import re
from typing import Any, Final
from uuid import UUID

from kvitt_contracts.types import RegionCode
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis import driver
from kvitt_chassis.database import Database
from kvitt_chassis.sealing import Sealer

NOT_SHOWN: Final = {
    "person_keys": "the key itself: whoever has it opens what is sealed",
    "idempotency_keys": "sealed copies of answers about the rows that are here, kept 30 days",
    "alembic_version": "the database's release",
}
"""Tables that are not read, and why."""
_ASKED: Final = frozenset({"person_accesses"})
"""Tables that name whom somebody asked for in vain too: another region's person."""


class Parked(BaseModel):
    """A message that rests, and names the person."""

    model_config = ConfigDict(frozen=True)

    topic: str
    key: str
    arrived_at: str
    headers: dict[str, str]
    value: str


class Stored(BaseModel):
    """What a service has of a person: rows by their table, what rests, what was read."""

    model_config = ConfigDict(frozen=True)

    rows: dict[str, list[dict[str, Any]]] = Field(description="By table; only those with any")
    parked: list[Parked]
    looked_through: list[str] = Field(description="Every table that was read")
    not_shown: dict[str, str] = Field(description="What was not read, and why")


# decision 0540: a person's reference is looked for everywhere, by no list of columns
async def stored_of(
    person: UUID, *, region: RegionCode | None, database: Database, sealer: Sealer
) -> Stored:
    """Every row that names the person's reference, in one snapshot. `region`: of that one alone;
    rows of no region are shown where something of it names the person, other than as asked for, so
    that nobody learns from them whom another region has.
    """
    begin = (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
        " SET LOCAL transaction_timeout = 0; SET LOCAL statement_timeout = 0"
    )
    async with driver.transaction(database.engine, begin, end="ROLLBACK") as session:
        tables = (await session.execute(_TABLES)).all()
        rows: dict[str, list[dict[str, Any]]] = {}
        read = [one for one in tables if one.name not in NOT_SHOWN and one.name != _PARKED]
        parked = await _parked(session, person, region, sealer)
        for one in sorted(read, key=lambda table: not table.has_region):
            is_theirs = parked or not _ASKED.issuperset(rows)
            if region is not None and not (one.has_region or is_theirs):
                continue  # nothing of the region has named them
            if found := await _rows(session, one, person, region):
                rows[one.name] = found
    names = {one.name for one in tables}
    return Stored(
        rows=rows,
        parked=parked,
        looked_through=sorted([one.name for one in read] + [_PARKED]),
        not_shown={name: why for name, why in NOT_SHOWN.items() if name in names},
    )


async def _rows(
    session: AsyncSession, table: Any, person: UUID, region: RegionCode | None
) -> list[dict[str, Any]]:
    within = " AND region = :region" if region is not None and table.has_region else ""
    query = text(
        f"SELECT to_jsonb(one) AS row FROM {table.quoted} AS one"  # the catalogue's
        f" WHERE one::text LIKE :named{within}"
    )
    asked = {"named": f"%{person}%"} | ({"region": region} if within else {})
    found = (await session.execute(query, asked)).scalars().all()
    return [
        {name: "…" if _BYTES.match(str(value)) else value for name, value in row.items()}
        for row in found
    ]


async def _parked(
    session: AsyncSession, person: UUID, region: RegionCode | None, sealer: Sealer
) -> list[Parked]:
    found: list[Parked] = []
    for row in await session.execute(_MESSAGES, {"region": region}):
        record = sealer.unseal(row.sealed)
        value = (record.value or b"").decode(errors="replace")
        headers = {name: part.decode(errors="replace") for name, part in record.headers}
        if any(str(person) in one for one in (row.key, value, *headers.values())):
            found.append(
                Parked(
                    topic=row.topic,
                    key=row.key,
                    arrived_at=row.arrived_at.isoformat(),
                    headers=headers,
                    value=value,
                )
            )
    return found


_PARKED = "parked_messages"
_BYTES = re.compile(r"\\x[0-9a-f]*$")
_TABLES = text(
    """
    SELECT c.relname AS name, quote_ident(c.relname) AS quoted,
           EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid
                   AND a.attname = 'region' AND NOT a.attisdropped) AS has_region
    FROM pg_class c
    WHERE c.relnamespace = to_regnamespace('public') AND c.relkind = 'r'
      AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY c.relname
    """
)
_MESSAGES = text(
    """
    SELECT m.topic, m.key, m.arrived_at, m.sealed FROM parked_messages m
    JOIN parked_keys k ON k.topic = m.topic AND k.key = m.key
    WHERE CAST(:region AS text) IS NULL OR k.region = CAST(:region AS text)
    ORDER BY m.id
    """
)
