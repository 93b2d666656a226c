"""What customer service changes of an order's delivery (REF-12). No clock, no database, no log."""

from kvitt_contracts.orders import LineSupply, OrderDeliveryChanged
from kvitt_contracts.types import UserId

from orders.customer_orders.domain import ENDED, Order, Status
from orders.customer_orders.reasons import OrderRefused, Reason


# decision 0458: what is urgent is said, and changes no day by itself
def set_delivery(
    order: Order, *, is_urgent: bool, is_consolidated: bool, by: UserId, asked_by: UserId
) -> tuple[OrderDeliveryChanged, ...]:
    """Make what is left of an order urgent or not, and let it go in parts or together (REF-12). No
    event: it is so.

    Raises OrderRefused: nothing is left to deliver (REF-12), it has a line that comes direct, which
    is never delivered together with others (ORD-3).
    """
    if order.status in (*ENDED, Status.VOIDING) or order.supply is LineSupply.OWN_STORE:
        raise OrderRefused(
            Reason.NOTHING_TO_DELIVER,
            rule="REF-12",
            way_on="Ordern är levererad, makulerad eller avvisad: det finns inget kvar att"
            " leverera. Lägg en ny order.",
            order_number=order.order_number,
            status=order.status,
        )
    if is_consolidated and any(line.is_direct for line in order.lines):
        raise OrderRefused(
            Reason.NEVER_CONSOLIDATED,
            rule="ORD-3",
            field="is_consolidated",
            way_on="Det som kommer direkt från en leverantör samlevereras aldrig. Ange"
            " delleverans.",
            order_number=order.order_number,
        )
    if (order.is_urgent, order.consolidated) == (is_urgent, is_consolidated):
        return ()
    changed = OrderDeliveryChanged(
        order_id=order.id,
        is_urgent=is_urgent,
        is_consolidated=is_consolidated,
        by=by,
        asked_by=asked_by,
    )
    return (changed,)
