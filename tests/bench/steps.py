"""One thing after the other on a platform that does nothing else: waiting for a step of it, and
when each step was committed by the database's own clock.
"""

from collections.abc import Callable, Mapping, Sequence

import psycopg
from kvitt.story.files import Outgoing
from kvitt_testkit.world import wait_for

from tests.bench.contest import LONGEST
from tests.bench.machine import percentile

COLUMNS = ["from", "to", "p50 ms", "p95 ms", "p99 ms", "max ms"]

_STEPS = """
    SELECT t.reference, e.type, extract(epoch FROM pg_xact_commit_timestamp(e.xid::xid))::float8
    FROM events e JOIN {table} t ON e.key = t.id::text
    WHERE t.reference = ANY (%s)
"""


async def until(condition: Callable[[], bool]) -> None:
    """Wait for it. Raises TimeoutError."""
    await wait_for(condition, within=LONGEST, every=0.05)


def is_in(
    connection: psycopg.Connection, table: str, sent: Outgoing, status: str
) -> Callable[[], bool]:
    """The condition that what a message named has come to a status."""

    def look() -> bool:
        query = f"SELECT status FROM {table} WHERE reference = %s"
        return connection.execute(query, [sent.key.decode()]).fetchone() == (status,)

    return look


def committed(
    connection: psycopg.Connection, table: str, references: Sequence[str]
) -> Mapping[tuple[str, str], float]:
    """When (Unix time) each event of these things was committed, by reference and type."""
    found = connection.execute(_STEPS.format(table=table), [list(references)])
    return {(reference, kind): at for reference, kind, at in found}


def row(begins: str, ends: str, seconds: Sequence[float]) -> Sequence[str]:
    """A line of a table with these COLUMNS."""
    found = [f"{1000 * percentile(seconds, share):.0f}" for share in (0.5, 0.95, 0.99, 1)]
    return [begins, ends, *found]
