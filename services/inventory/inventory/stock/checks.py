"""The check that each balance is the sum of its moves (INV-4)."""

from kvitt_chassis.operating.checks import Check, Snapshot
from kvitt_chassis.operating.row_comparison import Difference

from inventory.stock.queries import balances_beside_moves


async def find(snapshot: Snapshot) -> list[Difference]:
    """Every balance that its moves do not make."""
    return [
        Difference(table="balances", region=region, key=key, fields=numbers)
        for region, key, numbers in await balances_beside_moves(snapshot)
    ]


BALANCES = Check(name="balances", what="each balance and the sum of its moves", find=find)
