"""Pages of the event log between two snapshots of the database. How far they are published is the
cursor's.

A row belongs to the window (S1, S2] when its transaction is visible in S2 and was not in S1: it was
in progress in S1 (`xip`), or has begun since. So none is ever missed, however long its transaction
took; and within a window the order of ids is the order of each key, since a key's rows are inserted
under its lock.
"""

from collections.abc import Sequence
from typing import Any

from kvitt_chassis.relaying.dedicated_connection import DedicatedConnection
from kvitt_chassis.relaying.outbox import COLUMNS, OutboxRow
from kvitt_chassis.relaying.steps import Cursor, Looked, PageRead

# decision 0150: a small page is one statement, planned once
SETUP = """
    SET plan_cache_mode = force_generic_plan;
    SET enable_seqscan = off;
    SET max_parallel_workers_per_gather = 0
"""
"""To plan a page costs more than to read a small one, so each statement is planned once, without
its values. They leave the planner no way but their index, and no helpers to start.
"""


PAGE_BYTES = 8 * 1024 * 1024
"""A page ends with the event that reaches so many bytes: it has to be acknowledged within a send's
timeout.
"""


class OutboxReader:
    """Reads pages. What it remembers of a window only makes the next pages cheaper.

    Everything raises what `DedicatedConnection.fetch` does.
    """

    def __init__(self, connection: DedicatedConnection, *, page: int) -> None:
        self._connection = connection
        self._page = page
        self._window: tuple[str, str | None] | None = None
        self._bounds: list[int] | None = None  # each page's last id, the last page's first

    def forget(self) -> None:
        """After a failure: measure the window anew."""
        self._window = self._bounds = None

    async def look(self, cursor: Cursor) -> Looked:
        """A snapshot of this moment, and the first page of the window that ends with it."""
        found = await self._connection.fetch(LOOK, cursor.s1, cursor.base_id, self._page)
        return Looked(found[0][SNAPSHOT], self._page_of(found[1:], 0))

    async def read(self, cursor: Cursor) -> PageRead:
        """The page after the cursor, in the order of ids."""
        fetch = self._connection.fetch
        if cursor.is_resending:
            found = await fetch(RESEND, cursor.resent_id, cursor.base_id, self._page)
            return self._page_of(found, cursor.resent_id)
        if (cursor.s1, cursor.s2) != self._window:
            self._window, self._bounds = (cursor.s1, cursor.s2), None
        # Rows from before a re-base have foreign transaction numbers and no place in a window.
        after = max(cursor.last_id, cursor.base_id)
        if self._bounds is None and cursor.last_id:
            bounds = await fetch(BOUNDS, cursor.s1, cursor.s2, after, self._page)
            self._bounds = [row[0] for row in bounds][::-1]
        while self._bounds and self._bounds[-1] <= cursor.last_id:
            self._bounds.pop()
        if not self._bounds:
            found = await fetch(FIRST_PAGE, cursor.s1, cursor.s2, after, self._page)
            return self._page_of(found, cursor.last_id)
        # A backlog: sorting all that is left for each page would cost its square.
        upto = self._bounds[-1]
        found = await fetch(NEXT_PAGE, cursor.s1, cursor.s2, after, self._page, upto)
        return self._page_of(found, cursor.last_id, ends_window=False)

    def _page_of(self, found: Sequence[Any], after: int, *, ends_window: bool = True) -> PageRead:
        rows = [OutboxRow(*row) for row in found]
        if not rows:
            return PageRead(rows, after, self._page)
        # A character takes up to four bytes. To look once more for nothing does no harm.
        may_be_cut = 4 * sum(len(row.payload) for row in rows) >= PAGE_BYTES
        is_full = may_be_cut or not ends_window
        return PageRead(rows, rows[-1].id, len(rows) if is_full else self._page)


def _cut(page: str) -> str:
    """A page without the rows after PAGE_BYTES of payload."""
    return f"""
    SELECT {COLUMNS} FROM (
        SELECT *, sum(octet_length(payload)) OVER (ORDER BY id) - octet_length(payload) AS before
        FROM ({page}) AS page
    ) AS measured WHERE before < {PAGE_BYTES} ORDER BY id
    """


SNAPSHOT = OutboxRow._fields.index("payload")

_S1 = "CAST(CAST($1 AS text) AS pg_snapshot)"
_S2 = "CAST(CAST($2 AS text) AS pg_snapshot)"
# decision 0001: two snapshots and an id, not a cursor of ids
_UNDER_WAY = f"xid = ANY (ARRAY(SELECT pg_snapshot_xip({_S1})))"
_SINCE = f"xid >= pg_snapshot_xmax({_S1})"
_BEGUN_SINCE = f"{_SINCE} AND xid < pg_snapshot_xmax({_S2})"
_VISIBLE = f"pg_visible_in_snapshot(xid, {_S2})"

# Two halves, each with its own way through the index: 0.9 ms where one range takes 41 ms beside a
# long transaction. `OFFSET 0` and `id + 0`: rows are found by their transactions and only then
# sorted by id; the planner, who does not know the values, would walk along the ids through all of
# the history.
# A statement sees what its own snapshot sees, so nothing is compared with a second one. The first
# row, id 0, is no event: in the place of its payload stands the snapshot.
LOOK = f"""
    SELECT 0 AS id, NULL AS event_id, NULL AS region, NULL AS topic, NULL AS key, NULL AS seq,
        NULL AS type, NULL AS time, NULL AS correlation_id, NULL AS causation_id, NULL AS actor,
        NULL AS traceparent, CAST(pg_current_snapshot() AS text) AS payload, NULL AS recorded_at
    UNION ALL
    {
    _cut(f'''
        SELECT * FROM (
            SELECT {COLUMNS} FROM events WHERE {_UNDER_WAY} AND id + 0 > $2
            UNION ALL
            SELECT {COLUMNS} FROM events WHERE {_SINCE} AND id + 0 > $2
            OFFSET 0
        ) AS changed ORDER BY id LIMIT $3
    ''')
}
"""
FIRST_PAGE = _cut(
    f"""
    SELECT * FROM (
        SELECT {COLUMNS} FROM events WHERE {_UNDER_WAY} AND {_VISIBLE} AND id + 0 > $3
        UNION ALL
        SELECT {COLUMNS} FROM events WHERE {_BEGUN_SINCE} AND {_VISIBLE} AND id + 0 > $3
        OFFSET 0
    ) AS changed ORDER BY id LIMIT $4
    """
)
BOUNDS = f"""
    SELECT id FROM (
        SELECT id, row_number() OVER (ORDER BY id) AS number FROM (
            SELECT id FROM events WHERE {_UNDER_WAY} AND {_VISIBLE} AND id + 0 > $3
            UNION ALL
            SELECT id FROM events WHERE {_BEGUN_SINCE} AND {_VISIBLE} AND id + 0 > $3
            OFFSET 0
        ) AS changed
    ) AS numbered WHERE number % $4 = 0 ORDER BY id
"""
NEXT_PAGE = _cut(
    f"""
    SELECT {COLUMNS} FROM events
    WHERE id > $3 AND id <= $5 AND {_VISIBLE} AND ({_UNDER_WAY} OR ({_BEGUN_SINCE}))
    ORDER BY id LIMIT $4
    """
)
RESEND = _cut(f"SELECT {COLUMNS} FROM events WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3")
