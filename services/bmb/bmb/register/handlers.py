"""What we note of what orders and inventory say: rows are written anew, nothing is decided.

`NotYetKnown` (the key waits) where an event names what its own topic has not said yet.
"""

from typing import Any

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    Custody,
    CustodyChanged,
    DeviceRegistered,
    DeviceStatedOnLoan,
)
from kvitt_contracts.orders import (
    CareUnitRegistered,
    CustomerRegistered,
    PayerRegistered,
    PersonInactivated,
    PersonReactivated,
    PersonRegistered,
    PersonsMerged,
    UserRegistered,
)
from kvitt_contracts.types import StoreHolder

from bmb.register.models import (
    CareUnitRow,
    CustomerRow,
    DeviceRow,
    PayerRow,
    PersonRow,
    UserRow,
)

projections = Handlers()


@projections.on(PersonRegistered, loads=lambda event, _: [(PersonRow, event.person)])
async def on_person_registered(event: PersonRegistered, tx: Transaction) -> None:
    """A person may be named as a recipient from now on."""
    await _note(
        tx,
        PersonRow,
        event.person,
        person=event.person,
        region_person_id=event.region_person_id,
        active=event.active,
        merged_into=None,
    )


@projections.on(PersonInactivated, loads=lambda event, _: [(PersonRow, event.person)])
async def on_person_inactivated(event: PersonInactivated, tx: Transaction) -> None:
    """Nothing new may be registered on the person (REF-14)."""
    (await tx.get(PersonRow, event.person)).active = False


@projections.on(PersonReactivated, loads=lambda event, _: [(PersonRow, event.person)])
async def on_person_reactivated(event: PersonReactivated, tx: Transaction) -> None:
    """The person may be named as a recipient again."""
    (await tx.get(PersonRow, event.person)).active = True


@projections.on(PersonsMerged, loads=lambda event, _: [(PersonRow, event.person)])
async def on_persons_merged(event: PersonsMerged, tx: Transaction) -> None:
    """The reference is an alias from now on."""
    await _note(
        tx,
        PersonRow,
        event.person,
        person=event.person,
        region_person_id=event.region_person_id,
        active=False,
        merged_into=event.into,
    )


@projections.on(PayerRegistered, loads=lambda event, _: [(PayerRow, event.payer_id)])
async def on_payer_registered(event: PayerRegistered, tx: Transaction) -> None:
    """A payer may be chosen."""
    await _note(tx, PayerRow, event.payer_id, payer_id=event.payer_id, name=event.name)


@projections.on(CustomerRegistered, loads=lambda event, _: [(CustomerRow, event.customer_id)])
async def on_customer_registered(event: CustomerRegistered, tx: Transaction) -> None:
    """A customer, and which payer follows from it (REF-4)."""
    await _note(
        tx,
        CustomerRow,
        event.customer_id,
        customer_id=event.customer_id,
        name=event.name,
        payer_id=event.payer_id,
        is_service_point=event.is_service_point,
        private_clinic=event.private_clinic,
        store=event.store,
    )


@projections.on(CareUnitRegistered, loads=lambda event, _: [(CareUnitRow, event.unit)])
async def on_care_unit_registered(event: CareUnitRegistered, tx: Transaction) -> None:
    """A care unit may be named as a recipient."""
    await _note(
        tx,
        CareUnitRow,
        event.unit,
        unit=event.unit,
        name=event.name,
        customer_id=event.customer_id,
    )


@projections.on(UserRegistered, loads=lambda event, _: [(UserRow, event.user_id)])
async def on_user_registered(event: UserRegistered, tx: Transaction) -> None:
    """A user with roles and service points (REF-3)."""
    await _note(
        tx,
        UserRow,
        event.user_id,
        user_id=event.user_id,
        roles=event.roles,
        service_points=event.service_points,
        default_service_point=event.default_service_point,
        active=event.active,
    )


@projections.on(DeviceRegistered, loads=lambda event, _: [(DeviceRow, event.device_id)])
async def on_device_registered(event: DeviceRegistered, tx: Transaction) -> None:
    """A device stands in a store."""
    await _note(
        tx,
        DeviceRow,
        event.device_id,
        device_id=event.device_id,
        device_number=event.device_number,
        **_custody(
            Custody(holder=StoreHolder(store=event.store), since=event.registered_on),
        ),
    )


@projections.on(DeviceStatedOnLoan, loads=lambda event, _: [(DeviceRow, event.device_id)])
async def on_device_stated_on_loan(event: DeviceStatedOnLoan, tx: Transaction) -> None:
    """A device of the old stock is on loan."""
    await _note(
        tx,
        DeviceRow,
        event.device_id,
        device_id=event.device_id,
        device_number=event.device_number,
        **_custody(event.custody),
    )


async def note_custody(event: CustodyChanged, tx: Transaction) -> None:
    """The device has another holder, payer or prescriber."""
    row = await tx.get(DeviceRow, event.device_id)
    for name, value in _custody(event.custody).items():
        setattr(row, name, value)


def _custody(custody: Custody) -> dict[str, Any]:
    return {
        "holder": custody.holder,
        "payer_id": custody.payer_id,
        "customer_id": custody.customer_id,
        "prescriber": custody.prescriber,
        "since": custody.since,
    }


async def _note(tx: Transaction, row_type: type[Any], key: Any, **values: Any) -> None:
    row = await tx.look_up(row_type, key)
    if row is None:
        tx.put(row_type(region=tx.region, **values))
        return
    for name, value in values.items():
        setattr(row, name, value)
