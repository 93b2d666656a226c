"""Projections of what orders and inventory emit: rows are written anew, nothing is decided.

The key waits where an event names what its own topic has not introduced yet. Users are stored by
`bmb.responsibles`, which sees who leaves.
"""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import DeviceRegistered, DeviceRenumbered, DeviceStatedOnLoan
from kvitt_contracts.orders import (
    BlockLifted,
    BlockOpened,
    BlockOpeningEnded,
    BlockRegistered,
    CareUnitRegistered,
    ConsentEnded,
    ConsentGiven,
    ConsentWithdrawn,
    CustomerRegistered,
    PayerRegistered,
    PersonInactivated,
    PersonProtectionChanged,
    PersonReactivated,
    PersonRegistered,
    PersonsMerged,
)
from kvitt_contracts.types import StoreHolder

from bmb.register.models import (
    BlockOpeningRow,
    BlockRow,
    CareUnitRow,
    ConsentRow,
    CustomerRow,
    DeviceRow,
    PayerRow,
    PersonRow,
    UsedNumberRow,
)

projections = Handlers()
projections.project(PersonRegistered, PersonRow, merged_into=None)
projections.amend(PersonInactivated, PersonRow, active=False)
projections.amend(PersonReactivated, PersonRow, active=True)
projections.amend(PersonProtectionChanged, PersonRow)
projections.project(PersonsMerged, PersonRow, active=False, merged_into=lambda event: event.into)
projections.project(PayerRegistered, PayerRow)
projections.project(BlockRegistered, BlockRow, stands=True)
projections.amend(BlockLifted, BlockRow, stands=False)
projections.project(BlockOpened, BlockOpeningRow, user_id=lambda event: event.by, is_over=False)
projections.amend(BlockOpeningEnded, BlockOpeningRow, is_over=True)
projections.project(ConsentGiven, ConsentRow, holds=True)
projections.amend(ConsentWithdrawn, ConsentRow, holds=False)
projections.amend(ConsentEnded, ConsentRow, holds=False)
projections.project(CustomerRegistered, CustomerRow)
projections.project(CareUnitRegistered, CareUnitRow)
projections.project(
    DeviceRegistered,
    DeviceRow,
    holder=lambda event: StoreHolder(store=event.store),
    since=lambda event: event.registered_on,
)
projections.project(
    DeviceStatedOnLoan,
    DeviceRow,
    holder=lambda event: event.custody.holder,
    payer_id=lambda event: event.custody.payer_id,
    customer_id=lambda event: event.custody.customer_id,
    prescriber=lambda event: event.custody.prescriber,
    since=lambda event: event.custody.since,
)


@projections.on(
    DeviceRenumbered, of=DeviceRow, reads=lambda event, _: [(UsedNumberRow, event.before)]
)
async def on_device_renumbered(row: DeviceRow, event: DeviceRenumbered, tx: Transaction) -> None:
    """The device bears another number; the one before finds it still (INV-6)."""
    row.device_number = event.device_number
    if await tx.look_up(UsedNumberRow, event.before) is None:
        tx.put(UsedNumberRow(region=tx.region, device_number=event.before, device_id=row.device_id))
