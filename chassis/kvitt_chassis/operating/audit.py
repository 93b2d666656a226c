"""The audit: who did what by hand, when and why, and what each reconciliation found. Rows are
added, never changed; they hold ids and names of fields, no values.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

DDL: tuple[str, ...] = (
    """
    CREATE TABLE audit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        who text NOT NULL,
        what text NOT NULL,
        why text NOT NULL,
        about jsonb NOT NULL
    )
    """,
    "REVOKE ALL ON audit FROM {api}",
    "REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM {worker}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of an operator. `at` is real time, in UTC."""

    id: int
    at: datetime
    who: str
    what: str
    why: str
    about: Mapping[str, object]


async def record(
    session: AsyncSession, *, who: str, what: str, why: str, about: Mapping[str, object]
) -> None:
    """Store an act in the transaction that does it. Raises ValueError without a reason."""
    if not why.strip():
        raise ValueError("an act needs a reason")
    await session.execute(
        _INSERT, {"who": who, "what": what, "why": why, "about": json.dumps(about, default=str)}
    )


async def acts(session: AsyncSession, *, limit: int = 100, before: int | None = None) -> list[Act]:
    """The latest acts, newest first; `before` is the id of the last one of the page before."""
    rows = (await session.execute(_LATEST, {"limit": limit, "before": before})).mappings()
    return [Act(**row) for row in rows]


_INSERT = text(
    "INSERT INTO audit (who, what, why, about) VALUES (:who, :what, :why, CAST(:about AS jsonb))"
)
_LATEST = text(
    """
    SELECT id, at, who, what, why, about FROM audit
    WHERE CAST(:before AS bigint) IS NULL OR id < CAST(:before AS bigint)
        ORDER BY id DESC LIMIT :limit
    """
)
