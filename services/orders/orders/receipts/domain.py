"""The rules of reporting what has come direct from a supplier (ORD-12). No clock, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kvitt_contracts.orders import OrderReceiptReported, ReceivedLine, ReportedLine
from kvitt_contracts.types import (
    ArticleNumber,
    Holder,
    LineNumber,
    Money,
    PurchaseOrderId,
    ReceiptId,
    Recipient,
    StoreHolder,
    StoreId,
)

from orders.articles.domain import Article
from orders.customer_orders.domain import Order
from orders.customer_orders.lines import LineState, OrderLine
from orders.purchase_orders.domain import PurchaseOrder
from orders.receipts.reasons import Reason, ReceiptNotTaken, refusal
from orders.units.domain import User


class Status(StrEnum):
    """Where a receipt is; *reported* waits for the stores' answer."""

    REPORTED = "reported"
    BOOKED = "booked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a receipt is of: an order, with its purchase orders and articles. `within`: the purchase
    order that it is received by, where that is what the user's number names.
    """

    order: Order
    purchase_orders: Mapping[PurchaseOrderId, PurchaseOrder]
    articles: Mapping[ArticleNumber, Article]
    within: PurchaseOrderId | None = None


def may_receive(order: Order, *, by: User) -> bool:
    """Whether somebody may receive for an order: whoever works at its service point (ORD-12), and
    customer service (REF-12).
    """
    return by.works_at(order.service_point) or by.may_for_all("orders.receipt.report")


def refuse_unknown_number() -> ReceiptNotTaken:
    """The refusal of a number that names nothing at the user's service points; whether it does
    elsewhere is not said (REF-18).
    """
    way_on = (
        "Ingen order på era tjänsteställen har numret. Kontrollera det, och om det är ordernumret"
        " eller inköpsordernumret."
    )
    return refusal(Reason.UNKNOWN_NUMBER, "number", way_on)


def refuse_used_reference(*, field: str) -> ReceiptNotTaken:
    """The refusal of a reference that names a receipt already."""
    way_on = "Referensen har redan en kvittens. Välj en ny referens för en ny kvittens."
    return refusal(Reason.ALREADY_REPORTED, field, way_on)


# decision 0416: a recipient who is inactive gets nothing: it is put into a store, and nobody pays
def deliver_to(
    recipient: Recipient, *, may_get: bool, own_store: StoreId | None, central: StoreId
) -> Holder:
    """Where received goods go: to the recipient, or to the unit's own store, and where it has none
    to the central one, when nothing new may be registered on them (REF-14).
    """
    if may_get:
        return recipient
    return StoreHolder(store=own_store or central)


# decision 0414: what the user can put right is refused at once, what others' devices hinder later
def report(
    delivery: Delivery,
    lines: Sequence[ReceivedLine],
    *,
    receipt_id: ReceiptId,
    to: Holder,
    by: User,
    received_on: date,
) -> OrderReceiptReported:
    """Report what has arrived of an order: only whole lines, and only those (ORD-12).

    Raises ReceiptNotTaken naming the line: received before the order's day (DAY-5); a line named
    twice, unknown, not direct, of another purchase order, not purchased, being received, received
    or voided; less or more than was ordered; without a price, where none was agreed and the article
    is not free; marked devices without a number and a serial number each, or twice the same.
    """
    order = delivery.order
    if received_on < order.placed_on:
        way_on = "Leveransen kan inte ha kommit före orderns dag. Kontrollera mottagningsdagen."
        raise refusal(Reason.RECEIVED_BEFORE_ORDER, "received_on", way_on, rule="DAY-5")
    _must_differ(lines)
    known = {line.number: line for line in order.lines}
    reported = []
    for place, line in enumerate(lines):
        placed = _line(known, line.line, delivery, place)
        purchased = _purchased(placed, delivery)
        _must_be_whole(line, purchased.quantity, place)
        _must_name_devices(line, placed, place)
        reported.append(
            ReportedLine(
                line_id=placed.line_id,
                purchase_order_id=purchased.purchase_order_id,
                quantity=line.quantity,
                price=_price(
                    line, purchased.price, delivery.articles[placed.article_number], place
                ),
                devices=line.devices,
            )
        )
    return OrderReceiptReported(
        order_id=order.id,
        receipt_id=receipt_id,
        received_on=received_on,
        deliver_to=to,
        lines=tuple(reported),
        by=by.user_id,
    )


def is_price_asked(agreed: Money | None, article: Article) -> bool:
    """Whether a unit price must be given at receipt: none above 0 was agreed, and the article is
    not free of charge (ORD-12).
    """
    return not article.is_free and (agreed is None or agreed.net_ore == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Purchased:
    purchase_order_id: PurchaseOrderId
    quantity: int
    price: Money | None


def _line(
    known: Mapping[int, OrderLine], number: LineNumber, delivery: Delivery, place: int
) -> OrderLine:
    field = f"lines.{place}.line"
    placed = known.get(number)
    if placed is None:
        way_on = f"Ordern har ingen rad {number}. Ange radnummer ur ordern."
        raise refusal(Reason.UNKNOWN_LINE, field, way_on)
    if not placed.is_direct:
        way_on = f"Rad {number} kommer från centrallagret, och kvitteras inte. Ta bort den."
        raise refusal(Reason.NOT_DIRECT, field, way_on)
    if placed.state is not LineState.PURCHASED:
        reason, way_on = _NOT_NOW[placed.state]
        raise refusal(reason, field, f"Rad {number} {way_on}")
    if delivery.within not in (None, placed.purchase_order_id):
        way_on = f"Rad {number} står på en annan inköpsorder. Kvittera den med det numret."
        raise refusal(Reason.NOT_ON_PURCHASE_ORDER, field, way_on)
    return placed


_NOT_NOW: Mapping[LineState, tuple[Reason, str]] = {
    LineState.ORDERED: (
        Reason.NOT_PURCHASED,
        "har ingen inköpsorder. Gör en inköpsorder först, eller kontrollera numret.",
    ),
    LineState.RECEIVING: (
        Reason.RECEIPT_UNDERWAY,
        "kvitteras just av någon annan. Se efter vad som blir av den, eller ta bort raden.",
    ),
    LineState.DELIVERED: (
        Reason.LINE_RECEIVED_ALREADY,
        "är redan kvitterad. Ta bort den; har mer kommit, kontakta hjälpmedelsservice.",
    ),
    LineState.DIVERTED: (
        Reason.LINE_RECEIVED_ALREADY,
        "är redan kvitterad, till ett förråd. Ta bort den.",
    ),
    LineState.VOIDED: (
        Reason.LINE_VOIDED,
        "är makulerad. Kontakta hjälpmedelsservice om varan som har kommit.",
    ),
}


def _purchased(placed: OrderLine, delivery: Delivery) -> _Purchased:
    assert placed.purchase_order_id is not None  # it is purchased
    purchase_order = delivery.purchase_orders[placed.purchase_order_id]
    line = next(one for one in purchase_order.lines if one.line_id == placed.line_id)
    return _Purchased(
        purchase_order_id=placed.purchase_order_id, quantity=line.quantity, price=line.price
    )


def _must_differ(lines: Sequence[ReceivedLine]) -> None:
    numbers: set[int] = set()
    devices: set[str] = set()
    for place, line in enumerate(lines):
        if line.line in numbers:
            raise refusal(Reason.LINE_TWICE, f"lines.{place}.line", "Ange varje rad en gång.")
        numbers.add(line.line)
        serials: set[str] = set()
        for device in line.devices:
            if device.device_number in devices:
                way_on = "Samma individnummer står två gånger. Ange ett eget för varje exemplar."
                raise refusal(Reason.DEVICE_NUMBER_TWICE, f"lines.{place}.devices", way_on)
            if device.serial_number is not None and device.serial_number in serials:
                way_on = "Samma serienummer står två gånger. Ange ett eget för varje exemplar."
                raise refusal(Reason.SERIAL_NUMBER_TWICE, f"lines.{place}.devices", way_on)
            devices.add(device.device_number)
            serials.add(device.serial_number or "")


def _must_be_whole(line: ReceivedLine, expected: int, place: int) -> None:
    field = f"lines.{place}.quantity"
    if line.quantity < expected:
        way_on = (
            "En rad kvitteras hel, aldrig i del. Kvittera den när allt har kommit, eller anmäl den"
            " korta leveransen till hjälpmedelsservice."
        )
        raise refusal(Reason.NOT_IN_PART, field, way_on)
    if line.quantity > expected:
        way_on = (
            "Fler än beställt. Kvittera det beställda antalet, och anmäl överleveransen till"
            " hjälpmedelsservice."
        )
        raise refusal(Reason.MORE_THAN_ORDERED, field, way_on)


def _must_name_devices(line: ReceivedLine, placed: OrderLine, place: int) -> None:
    field = f"lines.{place}.devices"
    if len(line.devices) != (line.quantity if placed.marked else 0):
        way_on = (
            "Ange individnummer och serienummer för varje exemplar av en märkt artikel, och inga"
            " för en omärkt."
        )
        raise refusal(Reason.DEVICES_DO_NOT_MATCH_QUANTITY, field, way_on)
    if any(device.serial_number is None for device in line.devices):
        way_on = "Ange serienumret, som står på hjälpmedlet, för varje exemplar."
        raise refusal(Reason.SERIAL_NUMBER_MISSING, field, way_on)


def _price(line: ReceivedLine, agreed: Money | None, article: Article, place: int) -> Money:
    given = line.price
    if given is not None and given.net_ore > 0:
        return given
    is_nothing = given is None or given.net_ore == 0
    if article.is_free and is_nothing:
        return given or agreed or Money(net_ore=0)
    if given is None and agreed is not None and agreed.net_ore > 0:
        return agreed
    way_on = "Ange priset per styck från följesedeln: den har inget pris att utgå från."
    raise refusal(Reason.UNIT_PRICE_MISSING, f"lines.{place}.price", way_on)
