"""What claims devices: read whole, for the comparison with what they are claimed for."""

from collections import defaultdict
from uuid import UUID

from kvitt_chassis.operating.checks import Snapshot
from sqlalchemy import and_, select, text

from inventory.baskets.domain import Status as Lent
from inventory.baskets.models import BasketRow
from inventory.claims.domain import Claimed, Held
from inventory.devices.models import DeviceRow
from inventory.holds.domain import Status
from inventory.holds.models import HoldRow
from inventory.pickups.models import PickupClaimRow
from inventory.region_sales.models import SaleClaimRow
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow


async def holds_of_regions(snapshot: Snapshot) -> dict[str, dict[UUID, Held]]:
    """Each hold by its region and its transfer's id."""
    released = {row.key for row in await snapshot.session.execute(_RELEASED)}
    query = select(HoldRow.region, HoldRow.id, HoldRow.status, HoldRow.devices)
    found: dict[str, dict[UUID, Held]] = defaultdict(dict)
    for region, key, status, devices in await snapshot.session.execute(query):
        found[region][key] = Held(
            status=status,
            devices=frozenset(devices) if status is Status.GRANTED else frozenset(),
            was_released=str(key) in released,
        )
    return found


async def claims_of_regions(snapshot: Snapshot) -> dict[str, list[Claimed]]:
    """Each claimed device by its region."""
    query = select(
        DeviceRow.region, DeviceRow.id, DeviceRow.claim_kind, DeviceRow.claimed_by
    ).where(DeviceRow.claimed_by.is_not(None))
    found: dict[str, list[Claimed]] = defaultdict(list)
    for region, key, kind, by in await snapshot.session.execute(query):
        if kind is not None and by is not None:
            found[region].append(Claimed(device_id=key, kind=kind, by=by))
    return found


async def pickups_of_regions(snapshot: Snapshot) -> dict[str, set[tuple[UUID, UUID]]]:
    """Each pickup and device that it claims, by region."""
    query = select(PickupClaimRow.region, PickupClaimRow.id, PickupClaimRow.devices)
    found: dict[str, set[tuple[UUID, UUID]]] = defaultdict(set)
    for region, key, devices in await snapshot.session.execute(query):
        found[region] |= {(key, device) for device in devices}
    return found


async def sales_of_regions(snapshot: Snapshot) -> dict[str, set[tuple[UUID, UUID]]]:
    """Each sale to another region and device that it claims, by region."""
    query = select(SaleClaimRow.region, SaleClaimRow.id, SaleClaimRow.devices)
    found: dict[str, set[tuple[UUID, UUID]]] = defaultdict(set)
    for region, key, devices in await snapshot.session.execute(query):
        found[region] |= {(key, device) for device in devices}
    return found


async def baskets_of_regions(snapshot: Snapshot) -> dict[str, set[tuple[UUID, UUID]]]:
    """Each basket and device that it has lent, by region."""
    query = select(BasketRow).where(BasketRow.status == Lent.LENT)
    found: dict[str, set[tuple[UUID, UUID]]] = defaultdict(set)
    for row in await snapshot.session.scalars(query):
        for line in row.state().open_lines:
            found[row.region] |= {(row.id, device) for device in line.devices}
    return found


async def on_the_way(snapshot: Snapshot) -> set[tuple[UUID, UUID]]:
    """Each order, and device of it that has left a store and has not arrived."""
    found = await snapshot.session.execute(_ON_THE_WAY)
    return {(row.order_id, UUID(row.device_id)) for row in found}


async def investigated(snapshot: Snapshot) -> set[UUID]:
    """Each device that is in an investigation store."""
    return set(await snapshot.session.scalars(_INVESTIGATED))


_INVESTIGATED = (
    select(DeviceRow.id)
    .join(
        StoreRow,
        and_(StoreRow.region == DeviceRow.region, StoreRow.store == DeviceRow.holder_key),
    )
    .where(DeviceRow.holder_kind == "store", StoreRow.kind == StoreKind.INVESTIGATION)
)
_RELEASED = text(
    "SELECT key FROM events WHERE topic = 'inventory.holds' AND type = 'inventory.hold.released.v1'"
)
_ON_THE_WAY = text(
    """
    SELECT reservations.id AS order_id, device.value AS device_id
    FROM reservations,
         jsonb_array_elements(CAST(in_transit AS jsonb)) AS shipment,
         jsonb_array_elements(shipment.value -> 'lines') AS line,
         jsonb_array_elements_text(line.value -> 'devices') AS device
    """
)
