"""What the stores' answers to a receipt make of an order. No clock, no database."""

from datetime import date

from kvitt_contracts.orders import (
    OrderDelivered,
    OrderLineDiverted,
    OrderReceiptRefused,
    OrderVoided,
)
from kvitt_contracts.types import OrderLineId, ReceiptId, RefusedLine, StoreId, UserId

from orders.customer_orders.domain import Order, ending


def divert_line(
    order: Order, line: OrderLineId, *, store: StoreId, on: date
) -> tuple[OrderLineDiverted | OrderDelivered | OrderVoided, ...]:
    """A line is in a store instead of with its recipient, who is inactive (REF-14). With the last
    of all the order is delivered, where any other line was.

    Raises ValueError for a line of another order.
    """
    if all(one.line_id != line for one in order.lines):
        raise ValueError(f"order {order.id} has no line {line}")
    diverted = OrderLineDiverted(order_id=order.id, line_id=line, store=store)
    return (diverted, *ending(order, diverted, on=on))


def refuse_receipt(
    order: Order, receipt_id: ReceiptId, *, refused: tuple[RefusedLine, ...], by: UserId
) -> tuple[OrderReceiptRefused, ...]:
    """Inventory refuses a receipt that `by` reported: its lines are purchased again (ORD-12).

    Returns no event where no line is being received by it.
    """
    if not order.is_receiving(receipt_id):
        return ()
    return (OrderReceiptRefused(order_id=order.id, receipt_id=receipt_id, refused=refused, by=by),)
