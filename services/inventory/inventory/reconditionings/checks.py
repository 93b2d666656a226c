"""The check that balances have in reconditioning what the open work is about (INV-13)."""

from kvitt_chassis.operating.checks import Check, Snapshot
from kvitt_chassis.operating.row_comparison import Difference

from inventory.reconditionings.queries import balances_beside_work


async def find(snapshot: Snapshot) -> list[Difference]:
    """Every balance that has more or less in reconditioning than the open work."""
    return [
        Difference(table="balances", region=region, key=key, fields=("in_reconditioning",))
        for region, key in await balances_beside_work(snapshot)
    ]


RECONDITIONING = Check(
    name="reconditioning", what="balances in reconditioning and the open work", find=find
)
