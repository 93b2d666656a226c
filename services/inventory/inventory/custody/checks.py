"""The check that a device's table and its events tell the same life."""

from kvitt_chassis.operating.checks import Check, Snapshot
from kvitt_chassis.operating.row_comparison import Difference

from inventory.custody import domain, queries


async def find(snapshot: Snapshot) -> list[Difference]:
    """Every device whose life by day its table tells otherwise than its events, replayed."""
    found = []
    async for region, key, in_table, in_log in queries.told_twice(snapshot):
        fields = domain.differing(domain.life(in_table), domain.life(in_log))
        if fields:
            found.append(
                Difference(table="custody_changes", region=region, key=str(key), fields=fields)
            )
    return found


CUSTODY = Check(
    name="custody", what="each device's custody by day and its events replayed", find=find
)
