"""Idempotency keys: a repeated HTTP command has one effect and one answer. Knows no route.

The key's row is inserted first, in the command's own transaction: a concurrent request waits for
its commit and then gets the stored answer. A refusal rolls the row back, so the next request is
decided anew.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis.web.problems import Problem, ProblemRaised

KEPT_DAYS = 30
"""How many days an answer is stored: longer than any client retries."""

DDL: tuple[str, ...] = (
    """
    CREATE TABLE idempotency_keys (
        region text NOT NULL,
        principal text NOT NULL,
        route text NOT NULL,
        key text NOT NULL,
        request_hash text NOT NULL,
        status smallint,
        body text,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_idempotency_keys PRIMARY KEY (region, principal, route, key)
    )
    """,
    "CREATE INDEX ix_idempotency_keys_recorded_at ON idempotency_keys (recorded_at)",
)
"""The tables of this module, for a service's first migration. Rows are a region's."""


class KeyReused(ProblemRaised):
    """The key was used for another request (422)."""

    def __init__(self) -> None:
        super().__init__(
            Problem(
                status=422,
                reason="IDEMPOTENCY_KEY_REUSED",
                title="Nyckeln är använd till något annat",
                detail="Samma Idempotency-Key har skickats med ett annat anrop.",
                field="Idempotency-Key",
                way_on="Använd en ny nyckel för ett nytt anrop.",
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyKey:
    """What identifies one request: caller, route and key; and a hash of what was requested."""

    region: str
    principal: str
    route: str
    key: str
    request_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """The answer to the first request with a key; `body` is stored as it is passed in:
    encrypted.
    """

    status: int
    body: str


# decision 0080: a repeated Idempotency-Key gets the stored answer, and what makes a key the same
async def claim(session: AsyncSession, key: IdempotencyKey) -> StoredAnswer | None:
    """Insert the key in this transaction; answers None, or the stored answer when there is one.

    Waits while a concurrent transaction holds the key. Raises KeyReused when it was another
    request.
    """
    place = _place(key)
    taken = await session.execute(_INSERT, {**place, "request_hash": key.request_hash})
    if taken.first() is not None:
        return None
    found = (await session.execute(_SELECT, place)).one()
    if found.request_hash != key.request_hash:
        raise KeyReused
    return StoredAnswer(status=found.status, body=found.body)


async def store(session: AsyncSession, key: IdempotencyKey, answer: StoredAnswer) -> None:
    """Store the answer with its key. The caller commits effect and answer together."""
    await session.execute(_UPDATE, {**_place(key), "status": answer.status, "body": answer.body})


async def forget_old(session: AsyncSession, *, limit: int = 5_000) -> int:
    """Delete keys older than KEPT_DAYS (real time), at most `limit`; answers how many."""
    gone = await session.execute(_DELETE, {"days": KEPT_DAYS, "limit": limit})
    return len(gone.all())


def _place(key: IdempotencyKey) -> dict[str, str]:
    return {
        "region": str(key.region),
        "principal": str(key.principal),
        "route": key.route,
        "key": key.key,
    }


_INSERT = text(
    """
    INSERT INTO idempotency_keys (region, principal, route, key, request_hash)
    VALUES (:region, :principal, :route, :key, :request_hash)
    ON CONFLICT DO NOTHING
    RETURNING key
    """
)
_SELECT = text(
    """
    SELECT request_hash, status, body FROM idempotency_keys
    WHERE region = :region AND principal = :principal AND route = :route AND key = :key
    """
)
_UPDATE = text(
    """
    UPDATE idempotency_keys SET status = :status, body = :body
    WHERE region = :region AND principal = :principal AND route = :route AND key = :key
    """
)
_DELETE = text(
    """
    DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM idempotency_keys
        WHERE recorded_at < clock_timestamp() - make_interval(days => :days)
        LIMIT :limit))
    RETURNING 1
    """
)
