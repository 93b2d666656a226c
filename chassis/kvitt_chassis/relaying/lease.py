"""The table `relay`: the lease (leader election), and the cursor that its holder stores. When to
ask is decided by the machine.
"""

from typing import Any
from uuid import uuid4

from kvitt_chassis.relaying.dedicated_connection import DedicatedConnection
from kvitt_chassis.relaying.steps import (
    Cursor,
    InRecovery,
    LeaseBusy,
    LeaseTaken,
    Origin,
    Surveyed,
)


class RelayLease:
    """One relay's access to the table. Everything raises what `DedicatedConnection.fetch` does."""

    def __init__(self, connection: DedicatedConnection) -> None:
        self._connection = connection
        self._holder = str(uuid4())

    async def take(self, *, seconds: float) -> LeaseTaken | LeaseBusy | InRecovery:
        """Try to take the lease, under a new epoch."""
        if (await self._connection.fetch(IN_RECOVERY))[0][0]:
            return InRecovery()
        taken = await self._connection.fetch(TAKE, self._holder, seconds)
        return LeaseTaken(taken[0][0]) if taken else LeaseBusy()

    async def survey(self, cluster_id: str) -> Surveyed:
        """The stored cursor, the servers that it is from, and the servers that are here;
        `cluster_id` is Kafka's here.
        """
        (row,) = await self._connection.fetch(SURVEY)
        known = (row["system_identifier"], row["timeline"], row["cluster_id"])
        return Surveyed(
            cursor=Cursor(**{name: row[name] for name in _CURSOR}),
            known=None if None in known else Origin(*known),
            found=Origin(row["here_system"], row["here_timeline"], cluster_id),
            cursor_xmax=row["cursor_xmax"],
            xmax=row["xmax"],
        )

    async def store(
        self, epoch: int, cursor: Cursor, place: Origin | None, *, seconds: float
    ) -> bool:
        """Store the cursor and renew the lease for `seconds`. Answers False when the epoch is not
        current any more.
        """
        where: Any = (
            (place.system_identifier, place.timeline, place.cluster_id)
            if place is not None
            else (None, None, None)
        )
        values = (cursor.s1, cursor.s2, cursor.last_id, cursor.base_id, cursor.resent_id)
        stored = await self._connection.fetch(STORE, self._holder, epoch, seconds, *values, *where)
        return bool(stored)


_CURSOR = ("s1", "s2", "last_id", "base_id", "resent_id")

IN_RECOVERY = "SELECT pg_is_in_recovery()"
# No lease ends so far ahead unless the database's clock has gone back since; its holder, if it
# lives, finds another epoch and stops.
# decision 0133: a lease that lies too far ahead is free
TAKE = """
    UPDATE relay SET epoch = epoch + 1, holder = $1,
        leased_until = clock_timestamp() + make_interval(secs => $2)
    WHERE leased_until < clock_timestamp() OR holder = $1
        OR leased_until > clock_timestamp() + make_interval(secs => 3 * $2)
            AND leased_until < 'infinity'
    RETURNING epoch
"""
SURVEY = """
    SELECT CAST(s1 AS text) AS s1, CAST(s2 AS text) AS s2, last_id, base_id, resent_id,
        relay.system_identifier, timeline, cluster_id,
        CAST(control.system_identifier AS text) AS here_system,
        substring(pg_walfile_name(pg_current_wal_lsn()) FOR 8) AS here_timeline,
        CAST(CAST(greatest(pg_snapshot_xmax(s1), pg_snapshot_xmax(s2)) AS text) AS bigint)
            AS cursor_xmax,
        CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) AS xmax
    FROM relay, pg_control_system() AS control
"""
STORE = """
    UPDATE relay SET leased_until = clock_timestamp() + make_interval(secs => $3),
        s1 = CAST(CAST($4 AS text) AS pg_snapshot), s2 = CAST(CAST($5 AS text) AS pg_snapshot),
        last_id = $6, base_id = $7, resent_id = $8,
        system_identifier = coalesce($9, system_identifier),
        timeline = coalesce($10, timeline), cluster_id = coalesce($11, cluster_id)
    WHERE epoch = $2 AND holder = $1
    RETURNING 1
"""
