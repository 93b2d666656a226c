"""An order's story in words: what each of its events means to whoever reads it, and what comes
next. Decides nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from kvitt_chassis.web.stories import Coming, Told
from kvitt_contracts.calendar import in_swedish, start_of_day
from kvitt_contracts.orders import (
    OrderDeclined,
    OrderDelivered,
    OrderEvent,
    OrderLineDelivered,
    OrderPickingBegun,
    OrderPlaced,
    OrderPlacedV2,
    OrderPlanned,
    OrderVoided,
    OrderVoidRefused,
    OrderVoidRequested,
    ReplenishmentPlaced,
    Supply,
)

from orders.customer_orders.domain import Order, Status
from orders.customer_orders.writes import UNANSWERED

TIMERS: Final = (UNANSWERED,)

_WHY: Final[Mapping[str, str]] = {
    "NO_BALANCE": "förrådet har inte saldo",
    "SERVICE_IS_NOT_STOCKED": "en tjänst finns inte i något förråd",
    "DEVICE_NOT_NAMED": "ett individmärkt hjälpmedel saknar individnummer",
    "QUANTITY_NOT_ONE": "ett individmärkt hjälpmedel har antalet ett",
    "DEVICE_NOT_IN_STORE": "hjälpmedlet står inte i förrådet",
    "DEVICE_OF_ANOTHER_ARTICLE": "individnumret hör till en annan artikel",
    "DEVICE_GONE": "hjälpmedlet är skrotat eller återlämnat till leverantören",
    "MEANT_FOR_ANOTHER": "hjälpmedlet köptes från en annan region och är till en annan patient",
    "DEVICE_CLAIMED": "hjälpmedlet är i ett byte eller på väg ut",
    "DEVICE_NAMED_TWICE": "samma individnummer står två gånger",
    "NO_LONGER_PURCHASED": "artikeln köps inte in längre, och saldo saknas",
    "PICKING_BEGUN": "plocket har börjat",
}
"""What the codes of reasons say."""


def tell(event: OrderEvent, order: Order) -> Told:
    """An event of an order, which is as it is now, in words."""
    match event:
        case OrderPlaced() | OrderPlacedV2() if order.supply is Supply.OWN_STORE:
            return Told(summary=f"Uttaget ur förråd {order.store} registrerades.", rule="ORD-7")
        case ReplenishmentPlaced():
            return Told(
                summary=f"Lagerpåfyllnad till förråd {event.to_store} beställdes.", rule="ORD-9"
            )
        case OrderPlaced() | OrderPlacedV2():
            return Told(summary="Ordern registrerades.", rule="ORD-1")
        case OrderPlanned():
            what = "Ny dag: ordern" if event.changed else "Ordern"
            day = in_swedish(event.planned_dispatch_on)
            return Told(summary=f"{what} beräknas lämna centrallagret {day}.", rule="ORD-4")
        case OrderPickingBegun():
            return Told(
                summary="Plocket började: ordern kan inte makuleras längre.",
                rule="ORD-14",
                by_region=True,
            )
        case OrderLineDelivered():
            number = next(one.number for one in order.lines if one.line_id == event.line_id)
            day = in_swedish(event.delivered_on)
            return Told(
                summary=f"Rad {number}: {event.quantity} st levererades {day}.", rule="ORD-15"
            )
        case OrderDelivered():
            return Told(summary="Allt är levererat.", rule="ORD-15")
        case OrderDeclined():
            return Told(
                summary=f"Lagret avvisade: {_why(event.reason)}. Ingenting har hänt.",
                rule=event.rule,
            )
        case OrderVoidRequested():
            return Told(summary="Makulering begärdes.", rule="ORD-14")
        case OrderVoided():
            return Told(summary="Ordern är makulerad och har ingen verkan.", rule="ORD-14")
        case OrderVoidRefused():
            return Told(
                summary=f"Ordern gick inte att makulera: {_why(event.reason)}.", rule="ORD-14"
            )


def what_comes(order: Order, *, due: Mapping[str, datetime]) -> Iterator[Coming]:
    """What happens next to an order: what its timers that are `due` do, and what is planned."""
    if order.is_waiting:
        yield Coming(at=None, what="Lagret svarar.")
    if UNANSWERED.name in due:
        yield Coming(at=due[UNANSWERED.name], what="Har lagret inte svarat då får driften larm.")
    if order.status is Status.REGISTERED and order.planned_dispatch_on is not None:
        at = start_of_day(order.planned_dispatch_on)
        yield Coming(at=at, what="Ordern beräknas lämna centrallagret den dagen.")


def _why(reason: str) -> str:
    return _WHY.get(reason, f"av skälet {reason}")
