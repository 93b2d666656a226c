"""An order's story in words: what each of its events means to whoever reads it, and what comes
next. Decides nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from kvitt_chassis.web.stories import Coming, Told
from kvitt_contracts.calendar import in_swedish, start_of_day
from kvitt_contracts.orders import (
    LineSupply,
    OrderDeclined,
    OrderDelivered,
    OrderDeliveryChanged,
    OrderEvent,
    OrderLineDelivered,
    OrderLineDiverted,
    OrderLinePlanned,
    OrderLinePurchased,
    OrderLineReduced,
    OrderLineVoided,
    OrderPickingBegun,
    OrderPlaced,
    OrderPlacedV2,
    OrderPlanned,
    OrderReceiptRefused,
    OrderReceiptReported,
    OrderVoided,
    OrderVoidRefused,
    OrderVoidRequested,
    ReplenishmentPlaced,
)
from kvitt_contracts.types import OrderLineId

from orders.customer_orders.domain import Order, Status
from orders.customer_orders.writes import UNANSWERED

TIMERS: Final = (UNANSWERED,)

_WHY: Final[Mapping[str, str]] = {
    "NO_BALANCE": "förrådet har inte saldo",
    "SERVICE_IS_NOT_STOCKED": "en tjänst finns inte i något förråd",
    "CONTRIBUTION_IS_NEVER_STOCKED": "ett bidrag finns inte i något förråd",
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
    "DEVICE_NUMBER_TAKEN": "individnumret finns redan på ett annat hjälpmedel",
    "SERIAL_NUMBER_TAKEN": "serienumret finns redan på ett annat exemplar av artikeln",
    "NAMED_TWICE": "samma nummer står två gånger",
    "DEVICES_DO_NOT_MATCH_QUANTITY": "varje märkt exemplar ska ha ett individnummer",
    "LINE_RECEIVED_ALREADY": "raden är redan kvitterad",
    "LINE_NOT_DIRECT": "raden kommer inte direkt från en leverantör",
}
"""What the codes of reasons say."""


def tell(event: OrderEvent, order: Order) -> Told:
    """An event of an order, which is as it is now, in words."""
    match event:
        case OrderPlaced() | OrderPlacedV2() | ReplenishmentPlaced():
            return _tell_placed(order)
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
            number = _number(event.line_id, order)
            day = in_swedish(event.delivered_on)
            return Told(
                summary=f"Rad {number}: {event.quantity} st levererades {day}.", rule="ORD-15"
            )
        case OrderLinePurchased() | OrderLinePlanned() | OrderLineReduced() | OrderLineVoided():
            return _tell_line(event, _number(event.line_id, order))
        case OrderDeliveryChanged():
            how = "samlad" if event.is_consolidated else "i delar"
            what = (
                "brådskande, och levereras" if event.is_urgent else "inte brådskande, och levereras"
            )
            summary = f"Kundservice ändrade leveransen: ordern är {what} {how}."
            return Told(summary=f"{summary} {event.asked_by} bad om det.", rule="REF-12")
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
        case _:
            return _tell_receipt(event, order)


def _tell_placed(order: Order) -> Told:
    if order.to_store is not None:
        what, rule = f"Lagerpåfyllnad till förråd {order.to_store} beställdes.", "ORD-9"
    elif order.supply is LineSupply.OWN_STORE:
        what, rule = f"Uttaget ur förråd {order.store} registrerades.", "ORD-7"
    else:
        what, rule = "Ordern registrerades.", "ORD-1"
    return Told(summary=what, rule=rule)


def what_comes(order: Order, *, due: Mapping[str, datetime]) -> Iterator[Coming]:
    """What happens next to an order: what its timers that are `due` do, and what is planned."""
    if order.is_waiting:
        yield Coming(at=None, what="Lagret svarar.")
    if UNANSWERED.name in due:
        yield Coming(at=due[UNANSWERED.name], what="Har lagret inte svarat då får driften larm.")
    if order.status is Status.REGISTERED and order.planned_dispatch_on is not None:
        at = start_of_day(order.planned_dispatch_on)
        yield Coming(at=at, what="Ordern beräknas lämna centrallagret den dagen.")


def _tell_line(
    event: OrderLinePurchased | OrderLinePlanned | OrderLineReduced | OrderLineVoided, number: int
) -> Told:
    match event:
        case OrderLinePurchased():
            return Told(summary=f"Rad {number} är med på en inköpsorder.", rule="ORD-11")
        case OrderLinePlanned():
            what = f"Ny dag: rad {number}" if event.is_changed else f"Rad {number}"
            day = in_swedish(event.planned_dispatch_on)
            return Told(summary=f"{what} väntas lämna leverantören {day}.", rule="ORD-4")
        case OrderLineReduced():
            return Told(summary=f"Rad {number} minskades till {event.quantity} st.", rule="REF-12")
        case OrderLineVoided():
            told = " Leverantören är meddelad." if event.is_supplier_told else ""
            return Told(summary=f"Rad {number} är makulerad.{told}", rule="ORD-14")


def _tell_receipt(
    event: OrderReceiptReported | OrderReceiptRefused | OrderLineDiverted, order: Order
) -> Told:
    match event:
        case OrderReceiptReported():
            numbers = ", ".join(str(_number(one.line_id, order)) for one in event.lines)
            day = in_swedish(event.received_on)
            return Told(summary=f"Kvitterades {day}: rad {numbers}.", rule="ORD-12")
        case OrderReceiptRefused():
            hindered = "; ".join(
                f"rad {_number(one.line_id, order)}: {_why(one.reason)}" for one in event.refused
            )
            summary = f"Lagret nekade kvittensen, och inget av den är bokfört: {hindered}."
            return Told(summary=summary, rule="ORD-12")
        case OrderLineDiverted():
            number = _number(event.line_id, order)
            return Told(
                summary=f"Rad {number} ställdes i förråd {event.store}: mottagaren är inte aktiv.",
                rule="REF-14",
            )


def _number(line_id: OrderLineId, order: Order) -> int:
    return next(one.number for one in order.lines if one.line_id == line_id)


def _why(reason: str) -> str:
    return _WHY.get(reason, f"av skälet {reason}")
