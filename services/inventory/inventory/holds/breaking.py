"""How a physical fact frees a device from what it was claimed for."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import DeviceId, TransferId

from inventory.devices.domain import ClaimKind
from inventory.devices.models import DeviceRow
from inventory.holds import domain
from inventory.holds.models import HoldRow


async def break_claim(tx: Transaction, row: DeviceRow, *, reason: str) -> None:
    """Free a locked device; a transfer that held it is told. Physical facts win over claims."""
    claim, row.claim = row.claim, None
    if claim is None or claim.kind is ClaimKind.DISPATCH:
        return
    hold = await tx.lock(HoldRow, claim.by)
    broken = domain.break_off(
        TransferId(hold.id), hold.state(), device_id=DeviceId(row.id), reason=reason
    )
    if broken is not None:
        tx.record(hold, broken)
