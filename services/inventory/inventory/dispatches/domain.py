"""The rules of dispatches: what can have been sent of an order. No clock, no database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt_contracts.inventory import OrderGoodsDispatched, SentLine
from kvitt_contracts.orders import PlacedLine
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import DispatchedLine, GoodsDispatched
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    DeviceNumber,
    OrderId,
    StoreId,
)

from inventory.devices.domain import OF_STORED, Claim, Device
from inventory.reservations.domain import Line, Reservation, Status, is_stocked


class DispatchRefused(Refused):
    """What is reported as sent cannot have been."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A device that the warehouse reports as sent."""

    device_id: DeviceId
    device: Device
    claim: Claim | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a dispatch takes from the balance of one article: set aside before, or free."""

    article_number: ArticleNumber
    reserved: int
    available: int


def dispatch(
    order_id: OrderId,
    reservation: Reservation,
    lines: Sequence[PlacedLine],
    fact: GoodsDispatched,
    *,
    store: StoreId,
    placed_on: date,
    devices: Mapping[DeviceNumber, Sent],
) -> OrderGoodsDispatched:
    """Register which goods have left the store.

    Raises DispatchRefused: the order has no goods any more (ORD-14); dispatch before the order was
    placed (DAY-5); arrival before dispatch, an unknown line or one named twice, or more than is
    left of it (ORD-13); devices that do not match the quantity (INV-5), are another article's, are
    elsewhere or are on their way already (ORD-8).
    """
    check_has_goods(reservation)
    if fact.dispatched_on < placed_on:
        raise _refusal(
            "DISPATCHED_BEFORE_ORDER",
            rule="DAY-5",
            field="dispatched_on",
            way_on=_CHECK_DISPATCH,
            placed_on=placed_on,
        )
    if fact.arrives_on < fact.dispatched_on:
        raise _refusal("ARRIVES_BEFORE_DISPATCH", field="arrives_on", way_on=_CHECK_DAYS)
    placed = {line.number: line for line in lines}
    left = {line.line_id: line for line in reservation.lines}
    sent_lines: list[SentLine] = []
    for place, sent in enumerate(fact.lines):
        line = placed.get(sent.line)
        if line is None or any(other.line_id == line.line_id for other in sent_lines):
            raise _refusal("LINE_UNKNOWN_OR_TWICE", field=f"lines.{place}.line", way_on=_CHECK_LINE)
        _check_quantity(left[line.line_id], sent, place=place)
        ids = _check_devices(line, sent, place=place, store=store, devices=devices)
        sent_lines.append(SentLine(line_id=line.line_id, quantity=sent.quantity, devices=ids))
    named = [device for line in sent_lines for device in line.devices]
    if len(set(named)) != len(named):
        raise _refusal("DEVICE_NAMED_TWICE", rule="INV-5", field="lines", way_on=_CHECK_DEVICES)
    return OrderGoodsDispatched(
        order_id=order_id,
        dispatched_on=fact.dispatched_on,
        arrives_on=fact.arrives_on,
        lines=tuple(sent_lines),
    )


def check_has_goods(reservation: Reservation) -> None:
    """Goods are picked and sent of an order that has some.

    Raises DispatchRefused (ORDER_HAS_NO_GOODS, ORD-14): it was voided or declined.
    """
    if reservation.status in (Status.RELEASED, Status.DECLINED):
        raise _refusal("ORDER_HAS_NO_GOODS", rule="ORD-14", field="order", way_on=_CHECK_ORDER)


def check_is_served(lines: Sequence[PlacedLine]) -> None:
    """A store picks and sends of an order of which it serves some `lines`.

    Raises DispatchRefused (ORDER_HAS_NO_GOODS, ORD-21): every line comes direct from a supplier.
    """
    if not lines:
        raise _refusal("ORDER_HAS_NO_GOODS", rule="ORD-21", field="order", way_on=_DIRECT)


def is_on_its_way(
    reservation: Reservation,
    lines: Sequence[PlacedLine],
    fact: GoodsDispatched,
    *,
    devices: Mapping[DeviceNumber, DeviceId],
) -> bool:
    """True where the same goods with the same days are on their way: the fact is told again
    (PHY-1). Anything else is a dispatch of its own.
    """
    placed = {line.number: line.line_id for line in lines}
    told = [
        (placed.get(line.line), line.quantity, {devices[number] for number in line.devices})
        for line in fact.lines
    ]
    return any(
        (shipment.dispatched_on, shipment.arrives_on) == (fact.dispatched_on, fact.arrives_on)
        and [(line.line_id, line.quantity, set(line.devices)) for line in shipment.lines] == told
        for shipment in reservation.in_transit
    )


def taken_from_stock(
    reservation: Reservation,
    lines: Sequence[PlacedLine],
    dispatched: OrderGoodsDispatched,
    *,
    never_stocked: Collection[ArticleNumber] = (),
) -> tuple[Taken, ...]:
    """What each line takes from its balance: first what is set aside for it, then what is free.

    A service and a contribution (`never_stocked`) take nothing (INV-4, INV-16).
    """
    left = {line.line_id: line for line in reservation.lines}
    stocked = {line.line_id for line in lines if is_stocked(line, never_stocked)}
    taken = []
    for sent in dispatched.lines:
        if sent.line_id not in stocked:
            continue
        line = left[sent.line_id]
        reserved = min(line.reserved, sent.quantity)
        taken.append(
            Taken(
                article_number=line.article_number,
                reserved=reserved,
                available=sent.quantity - reserved,
            )
        )
    return tuple(taken)


_DIRECT = "Ordern kommer direkt från leverantören, inte från lagret: kontrollera orderreferensen."
_CHECK_ORDER = "Ordern är makulerad eller avvisad: kontrollera orderreferensen."
_CHECK_DISPATCH = "Godset kan inte ha lämnat lagret före orderdagen: kontrollera avgångsdagen."
_CHECK_DAYS = "Ankomstdagen kan inte ligga före avgångsdagen."
_CHECK_LINE = "Ange varje orderrad en gång, med radens nummer i ordern."
_CHECK_QUANTITY = "Skicka högst det som återstår av raden; en överleverans blir en ny order."
_IS_GONE = (
    "Hjälpmedlet är skrotat eller återlämnat till leverantören och kan inte ha skickats: "
    "kontrollera individnumret."
)
_IS_MEANT = (
    "Hjälpmedlet köptes från en annan region för en patient som flyttat in, och kan bara tas ut "
    "till den patienten ur enhetens förråd: kontrollera individnumret."
)
_CHECK_DEVICES = "Ange ett eget individnummer per märkt exemplar som skickats ur orderns lager."


def _check_quantity(line: Line, sent: DispatchedLine, *, place: int) -> None:
    if sent.quantity > line.reserved + line.missing:
        raise _refusal(
            "MORE_THAN_ORDERED",
            field=f"lines.{place}.quantity",
            way_on=_CHECK_QUANTITY,
            left=line.reserved + line.missing,
        )


def _check_devices(
    line: PlacedLine,
    sent: DispatchedLine,
    *,
    place: int,
    store: StoreId,
    devices: Mapping[DeviceNumber, Sent],
) -> tuple[DeviceId, ...]:
    field = f"lines.{place}.devices"
    if len(sent.devices) != (sent.quantity if line.marked else 0):
        raise _refusal(
            "DEVICES_DO_NOT_MATCH_QUANTITY", rule="INV-5", field=field, way_on=_CHECK_DEVICES
        )
    ids = []
    for number in sent.devices:
        known = devices[number]
        is_gone = known.claim is not None and known.claim.kind not in OF_STORED
        if known.device.store != store or is_gone:
            raise _refusal("DEVICE_NOT_IN_STORE", rule="ORD-8", field=field, way_on=_CHECK_DEVICES)
        if known.device.is_gone:
            raise _refusal("DEVICE_GONE", rule="INV-7", field=field, way_on=_IS_GONE)
        if known.device.meant_for is not None:
            raise _refusal("MEANT_FOR_PATIENT", rule="INV-12", field=field, way_on=_IS_MEANT)
        if known.device.article_number != line.article_number:
            raise _refusal(
                "DEVICE_OF_ANOTHER_ARTICLE", rule="ORD-8", field=field, way_on=_CHECK_DEVICES
            )
        ids.append(known.device_id)
    return tuple(ids)


def _refusal(
    reason: str, *, field: str, way_on: str, rule: str = "ORD-13", **values: object
) -> DispatchRefused:
    return DispatchRefused(reason, rule=rule, field=field, way_on=way_on, **values)
