"""What a new order is called: its id, its number and its reference. Used by whatever is placed."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import OrderId, Reference, identify

from orders.customer_orders.models import OrderRow
from orders.message_subject import subject_as
from orders.numbers.domain import Series
from orders.numbers.writes import next_number
from orders.placements import domain


async def new_order(tx: Transaction) -> OrderId:
    """The id of an order that is to be placed. Raises OrderRefused (ALREADY_PLACED, ORD-2)."""
    order_id = OrderId(tx.target("order"))
    if await tx.find(OrderRow, order_id) is not None:
        field = "reference" if tx.message is None else "ce_subject"
        raise domain.refuse_used_reference(field=field)
    return order_id


async def naming_of(order_id: OrderId, tx: Transaction, *, noun: str = "order") -> domain.Naming:
    """The number and the reference that a new order, or another `noun`, gets; the number is drawn,
    and locked.

    Raises Refused (INVALID_SUBJECT, contract): the subject is no reference.
    """
    is_named = order_id == identify(tx.region, noun, tx.subject)  # else over HTTP, by an id
    return domain.Naming(
        order_id=order_id,
        order_number=await next_number(Series.ORDER, tx),
        reference=subject_as(Reference, tx.subject) if is_named else None,
    )
