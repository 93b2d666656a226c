"""Events in the log that nobody has relayed yet, and such as were relayed long ago."""

from kvitt_chassis.relaying import outbox
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from tests.bench import counted
from tests.bench.contest import Place, execute

KEYS = 5_000
_AT_ONCE = 100
_INSERT = """
    INSERT INTO events (event_id, region, topic, key, seq, type, time, correlation_id, payload)
    SELECT gen_random_uuid(), 'ac', '{topic}', md5((n % {keys})::text)::uuid::text,
           n / {keys} + 1, 'orders.order.voided.v1', now(), gen_random_uuid()::text,
           '{{"order_id":"' || md5(n::text) || '","lines":[{digits}]}}'
    FROM generate_series({first}, {last}) AS n
"""
# digits that nothing before has: a row of the same letters is compressed to nothing
_DIGITS = ",".join(
    f"""{{"article":"' || encode(sha512((n::text || '{line}')::bytea), 'hex') || '"}}"""
    for line in "abcd"
)


def fill(place: Place, events: int, *, behind: int = 0) -> None:
    """Commit that many events, 100 a transaction, after `behind` that the log holds already."""
    insert = _insert("i", f"least(i + {_AT_ONCE}, {behind + events}) - 1")
    execute(
        place,
        f"""
        DO $$ BEGIN
            FOR i IN {behind}..{behind + events - 1} BY {_AT_ONCE} LOOP
                {insert};
                COMMIT;
            END LOOP;
        END $$
        """,
    )
    execute(place, "ANALYZE events")


async def put_behind(place: Place, events: int) -> None:
    """Put that many events into the empty log that were sent before: history."""
    execute(place, _insert("0", f"{events - 1}"))
    execute(place, "VACUUM ANALYZE events")
    engine = create_async_engine(place.admin_url.replace("postgresql:", "postgresql+asyncpg:", 1))
    async with AsyncSession(engine) as session, session.begin():
        await outbox.rebase(session, resend="nothing")
    await engine.dispose()


def _insert(first: str, last: str) -> str:
    return _INSERT.format(
        topic=counted.EMITTED.name, keys=KEYS, digits=_DIGITS, first=first, last=last
    )
