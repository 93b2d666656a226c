"""How a physical fact frees a device from what had claimed it."""

from collections.abc import Iterable

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import DeviceId, TransferId

from inventory.devices.domain import OF_TRANSFERS
from inventory.devices.models import DeviceRow
from inventory.holds import domain
from inventory.holds.models import HoldRow


async def lock_claiming_holds(tx: Transaction, devices: Iterable[DeviceRow]) -> None:
    """Lock the holds that have claimed these locked devices, before `break_claim` writes them."""
    claims = [row.claim for row in devices]
    await tx.lock_all(HoldRow, [one.by for one in claims if one and one.kind in OF_TRANSFERS])


async def break_claim(tx: Transaction, row: DeviceRow, *, reason: str) -> None:
    """Free a locked device; the transfer that held it is informed. Physical facts win over
    claims.
    """
    claim, row.claim = row.claim, None
    if claim is None or claim.kind not in OF_TRANSFERS:
        return
    hold = await tx.lock(HoldRow, claim.by)
    broken = domain.break_off(
        TransferId(hold.id), hold.state(), device_id=DeviceId(row.id), reason=reason
    )
    tx.record(hold, *broken)
