"""Inventory's answers about claims on devices, brought to the claimant."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ClaimBroken, ClaimGranted, ClaimRefused, ClaimReleased

from orders.fault_reports.models import FaultReportRow
from orders.fault_reports.queries import FAULT_REPORT
from orders.fault_reports.writes import refuse_named_prescriber
from orders.pickups.models import PickupRow
from orders.pickups.queries import PICKUP
from orders.pickups.writes import Claimed, settle_claim

messages = Handlers()


def _claimant(event: Claimed, _: Transaction) -> Iterable[RowKey]:
    if event.claimant.kind == PICKUP:
        yield PickupRow, event.claimant.id
    if event.claimant.kind == FAULT_REPORT:
        yield FaultReportRow, event.claimant.id


@messages.on(ClaimGranted, ClaimRefused, ClaimBroken, ClaimReleased, loads=_claimant)
async def on_claim(event: Claimed, tx: Transaction) -> None:
    """A pickup's devices are claimed, or not, or back (PCK-2); a fault report's device cannot be
    given the prescriber who was named (ACT-6). Other claimants' are passed over.
    """
    if event.claimant.kind == PICKUP:
        await settle_claim(event, tx)
    if event.claimant.kind == FAULT_REPORT and isinstance(event, ClaimRefused):
        await refuse_named_prescriber(event, tx)
