"""The check that each marked device is in one place, and that its store has it (INV-4)."""

from kvitt_chassis.operating.checks import Check, Snapshot
from kvitt_chassis.operating.row_comparison import Difference

from inventory.whereabouts import queries


# decision 0503: what is set aside is compared with what it is set aside for, by other ways
async def find(snapshot: Snapshot) -> list[Difference]:
    """Every balance of a marked article that is not as many as the devices that stand there; and
    every device that is not in one place.
    """
    balances = [
        Difference(table="balances", region=region, key=key, fields=("devices",))
        for region, key in await queries.balances_beside_devices(snapshot)
    ]
    devices = [
        Difference(table="devices", region=region, key=key, fields=what)
        for region, key, what in await queries.misplaced(snapshot)
    ]
    return balances + devices


PLACES = Check(name="places", what="marked devices' places and their stores' balances", find=find)
