"""The check that billing's change points are the custody that inventory has told (BIL-1)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import TypeAlias
from uuid import UUID

from kvitt_chassis.operating.checks import Check, Snapshot
from kvitt_chassis.operating.row_comparison import Difference
from kvitt_contracts.inventory import CustodyChanged, DeviceStatedOnLoan
from kvitt_contracts.topics import INVENTORY_DEVICES
from kvitt_contracts.types import PayerId

from billing import queries
from billing.rents import domain as rents

Device: TypeAlias = tuple[str, UUID]
"""A device's region and id."""


async def find(snapshot: Snapshot) -> list[Difference]:
    """Every device of which another payer pays for a day than custody, replayed from inventory's
    events, says.
    """
    told = await _told(snapshot)
    points = await queries.points_of_devices(snapshot)
    found = []
    for device in sorted({*told, *points}):
        days = rents.days_paid_otherwise(points.get(device, ()), told.get(device, {}))
        if days:
            region, key = device
            fields = tuple(f"payer_id@{day}" for day in days)
            found.append(Difference(table="devices", region=region, key=str(key), fields=fields))
    return found


async def _told(snapshot: Snapshot) -> Mapping[Device, Mapping[date, PayerId | None]]:
    """Who pays for each device from which day; of several changes on a day the last one counts."""
    found: dict[Device, dict[date, PayerId | None]] = defaultdict(dict)
    async for heard in snapshot.heard(INVENTORY_DEVICES, CustodyChanged, DeviceStatedOnLoan):
        assert isinstance(heard.event, CustodyChanged | DeviceStatedOnLoan)
        custody = heard.event.custody
        found[heard.region, UUID(heard.key)][custody.since] = custody.payer_id
    return found


PAYERS = Check(
    name="payers", what="who pays for each device by its change points and by custody", find=find
)
