"""Whose a device and an order are, for who gives them back. Nothing is locked."""

from typing import Any, Final

from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_contracts.inventory import Custody
from kvitt_contracts.types import Holder, PatientRecipient, PersonRef
from sqlalchemy import select, true

from inventory.baskets.models import BasketDeliveryRow, BasketOrderRow
from inventory.people.models import PersonRow, UserRow
from inventory.people.queries import WISHES, current_ref, references_of
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.reservations.queries import (
    RECIPIENT,
    is_for_person,
    is_for_protected,
    with_reservation,
)
from inventory.stores.models import CustomerRow

_RETURNS: Final = "inventory.return.register"


async def has_part_in_device(tx: Transaction, custody: Custody, by: UserRow, *, act: str) -> bool:
    """Whether a device on loan is a user's or their units' (REF-18), as over HTTP it is shown to
    them; who reaches the region by the act has all of it but those of protected persons (REF-19).
    """
    if custody.prescriber == by.user_id or custody.customer_id in by.service_points:
        return True
    if custody.customer_id is None and custody.payer_id is not None:
        units = await tx.look_up_all(CustomerRow, by.service_points)
        if custody.payer_id in {unit.payer_id for unit in units}:
            return True
    return await _serves(tx, custody.holder, by, act)


# decision 0387: whose a line is, for who looks, is whose it is for who gives it back
SCOPE: Final = ScopeOfPersons(
    PlacedOrderRow.region,
    service_points=[PlacedOrderRow.service_point],
    users=[PlacedOrderRow.prescriber],
    protected=is_for_protected,
    wishes=WISHES.of(
        RECIPIENT,
        units=[PlacedOrderRow.service_point],
        is_under_way=true,
    ),
)


async def placed_for(person: PersonRef, reader: RegionReader, *, most: int) -> list[Any]:
    """A patient's orders that the reader may take back from, each with what it has in the stores,
    the latest first.
    """
    query = with_reservation(select(PlacedOrderRow, ReservationRow)).where(
        is_for_person(await references_of(reader, person)), SCOPE.within(reader.grant)
    )
    latest = (PlacedOrderRow.placed_on.desc(), PlacedOrderRow.order_number.desc())
    return await reader.all(query.order_by(*latest).limit(most))


async def has_part_in_order(tx: Transaction, order: PlacedOrderRow, by: UserRow) -> bool:
    """Whether an order is a user's or their units' (REF-18); customer service as of devices."""
    if order.prescriber == by.user_id or order.service_point in by.service_points:
        return True
    return order.recipient is None or await _serves(tx, order.recipient, by, _RETURNS)


async def has_part_in_delivery(
    tx: Transaction, order: BasketOrderRow, delivered: BasketDeliveryRow, by: UserRow
) -> bool:
    """Whether what a basket has delivered is a user's or their units' (REF-18), as of orders."""
    if order.prescriber == by.user_id or order.service_point in by.service_points:
        return True
    return await _serves(tx, delivered.recipient, by, _RETURNS)


async def _serves(tx: Transaction, holder: Holder, by: UserRow, act: str) -> bool:
    if not by.may_for_all(act):
        return False
    if not isinstance(holder, PatientRecipient):
        return True
    person = await tx.search(PersonRow, PersonRow.person, await current_ref(tx, holder.person))
    return person is None or not person.is_protected
