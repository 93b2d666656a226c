"""How a physical fact frees a device from what had claimed it."""

from collections.abc import Iterable

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import DeviceId, OrderId, PickupId, SaleId, TransferId

from inventory.baskets import domain as baskets
from inventory.baskets.models import BasketRow
from inventory.claiming import domain as claiming
from inventory.devices.domain import OF_TRANSFERS, Claim, ClaimKind
from inventory.devices.models import DeviceRow
from inventory.holds import domain
from inventory.holds.models import HoldRow
from inventory.pickups import domain as pickups
from inventory.pickups.models import PickupClaimRow
from inventory.reconditionings import writes as reconditionings
from inventory.reconditionings.models import ReconditioningRow
from inventory.region_sales import domain as region_sales
from inventory.region_sales.models import SaleClaimRow


def rows_of_claim(claim: Claim | None) -> Iterable[RowKey]:
    """Names the row that `break_claim` writes of what has claimed a device."""
    match claim:
        case Claim(kind=ClaimKind.PICKUP):
            yield PickupClaimRow, claim.by
        case Claim(kind=ClaimKind.BASKET):
            yield BasketRow, claim.by
        case Claim(kind=ClaimKind.SALE):
            yield SaleClaimRow, claim.by
        case Claim(kind=ClaimKind.RECONDITIONING):
            yield ReconditioningRow, claim.by
        case Claim(kind=ClaimKind.TRANSFER | ClaimKind.LOCK):
            yield HoldRow, claim.by


async def lock_claiming(tx: Transaction, devices: Iterable[DeviceRow]) -> None:
    """Lock what has claimed these locked devices, before `break_claim` writes it."""
    named = [one for row in devices for one in rows_of_claim(row.claim)]
    await tx.lock_all(HoldRow, [key for kind, key in named if kind is HoldRow])
    await tx.lock_all(PickupClaimRow, [key for kind, key in named if kind is PickupClaimRow])
    await tx.lock_all(SaleClaimRow, [key for kind, key in named if kind is SaleClaimRow])
    await tx.lock_all(BasketRow, [key for kind, key in named if kind is BasketRow])
    made_fit = [key for kind, key in named if kind is ReconditioningRow]
    await tx.lock_all(ReconditioningRow, made_fit)


async def break_claim(tx: Transaction, row: DeviceRow, *, reason: str) -> None:
    """Free a locked device; the transfer, the pickup, the sale, the basket or the reconditioning
    that claimed it is informed. Physical facts win over claims.
    """
    claim, row.claim = row.claim, None
    if claim is None:
        return
    if claim.kind is ClaimKind.PICKUP:
        pickup = await tx.lock(PickupClaimRow, claim.by)
        who = pickups.claimant(PickupId(pickup.id))
        ended = claiming.break_off(who, pickup.state(), device_id=DeviceId(row.id), reason=reason)
        tx.record(pickup, *ended)
        return
    if claim.kind is ClaimKind.SALE:
        sale = await tx.lock(SaleClaimRow, claim.by)
        who = region_sales.claimant(SaleId(sale.id))
        dropped = claiming.break_off(who, sale.state(), device_id=DeviceId(row.id), reason=reason)
        tx.record(sale, *dropped)
        return
    if claim.kind is ClaimKind.BASKET:
        basket = await tx.lock(BasketRow, claim.by)
        taken = baskets.break_off(
            OrderId(basket.id), basket.state(), device_id=DeviceId(row.id), reason=reason
        )
        tx.record(basket, *taken)
        return
    if claim.kind is ClaimKind.RECONDITIONING:
        await reconditionings.break_off(tx, claim.by, reason=reason)
        return
    if claim.kind not in OF_TRANSFERS:
        return
    hold = await tx.lock(HoldRow, claim.by)
    broken = domain.break_off(
        TransferId(hold.id), hold.state(), device_id=DeviceId(row.id), reason=reason
    )
    tx.record(hold, *broken)
