"""Where work is done, for who goes there."""

from dataclasses import dataclass

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import AddressKind, Delivery, RecipientAddress
from kvitt_contracts.types import CareUnitId, CustomerId, PersonRef, UserId

from orders.people.keys.opening import opened_if_any
from orders.places.resolving import place_of
from orders.places.views import PlaceView
from orders.work_orders.models import WorkOrderDetailsRow, WorkOrderRow


@dataclass(frozen=True, slots=True, kw_only=True)
class _Destined:
    address_kind: AddressKind
    customer_id: CustomerId
    recipient_person: PersonRef | None
    recipient_unit: CareUnitId | None


async def place_of_work(row: WorkOrderRow, tx: Transaction, *, user: UserId) -> PlaceView:
    """Address, phones and instructions of the place; a look at a patient's is logged (REF-6)."""
    kept = await opened_if_any(await tx.look_up(WorkOrderDetailsRow, row.id), tx)
    # what came by a message names no address: it is done at the recipient's
    given = (kept.delivery if kept is not None else None) or Delivery(to=RecipientAddress())
    destined = _Destined(
        address_kind=AddressKind(given.to.kind),
        customer_id=row.customer_id,
        recipient_person=row.recipient_person,
        recipient_unit=row.recipient_unit,
    )
    return await place_of(destined, given, tx, user=user)
