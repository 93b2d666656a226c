"""What inventory says of an order's goods, brought to the basket loan where the order is one."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any

from kvitt_chassis.handlers import Handlers, MessageHandler, Names, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import LineDelivered, ReservationDeclined, ReservationReleased

from orders.baskets import domain
from orders.baskets.models import BasketLoanRow
from orders.baskets.writes import end_line, stop_waiting_when_over

Answer = LineDelivered | ReservationDeclined | ReservationReleased


# decision 0424: what inventory says of goods is the same of an order and of a basket
def bringing_to_baskets(handlers: Handlers) -> Handlers:
    """The same handlers; what inventory says of goods goes to the basket loan that has the order's
    id, where there is one, and else to the order.
    """
    for message_type in (LineDelivered, ReservationDeclined, ReservationReleased):
        route = handlers.messages[message_type]
        handlers.messages[message_type] = replace(
            route, loads=_its_basket_too(route.loads), handler=_to_basket_or(route.handler)
        )
    return handlers


def _its_basket_too(loads: Names | None) -> Names:
    def named(event: Answer, tx: Transaction) -> Iterable[RowKey]:
        yield BasketLoanRow, event.order_id
        if loads is not None:
            yield from loads(event, tx)

    return named


def _to_basket_or(handler: MessageHandler) -> Callable[[Any, Transaction], Awaitable[None]]:
    async def answered(event: Answer, tx: Transaction) -> None:
        row = await tx.find(BasketLoanRow, event.order_id)
        if row is None:
            await handler(event, tx)
            return
        match event:
            case LineDelivered():
                end_line(
                    row,
                    event.line_id,
                    tx,
                    outcome=domain.DELIVERED,
                    devices=event.devices,
                    on=event.delivered_on,
                )
            case ReservationDeclined():
                tx.record(row, *domain.decline(row.state(), reason=event.reason))
                stop_waiting_when_over(row, tx)
            case ReservationReleased():  # what was granted too late
                return

    return answered
