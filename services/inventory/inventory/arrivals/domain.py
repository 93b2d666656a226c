"""The rules of goods on their way: which day they arrive, and what is delivered then. No clock."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from kvitt_contracts.inventory import LineDelivered, LineStocked, SentLine
from kvitt_contracts.orders import PlacedLine
from kvitt_contracts.types import ArticleNumber, Charging, DeviceId, OrderId, OrderLineId, StoreId

A = TypeVar("A", LineDelivered, LineStocked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Goods on their way: they count as received on the day (ORD-13).

    `dispatched_on` is None of goods that were sent before that day was stored.
    """

    arrives_on: date
    lines: tuple[SentLine, ...]
    dispatched_on: date | None = None


def arrivals(
    order_id: OrderId,
    in_transit: Sequence[Shipment],
    lines: Sequence[PlacedLine],
    *,
    until: date,
    still_sent: Collection[DeviceId],
    charging: Mapping[ArticleNumber, Charging],
) -> tuple[LineDelivered, ...]:
    """What has reached the recipient by a day: each line of each shipment (ORD-13).

    `still_sent`: the devices that are on their way; one that came back in between is not delivered.
    `charging`: how each article is charged now.
    """
    delivered = [
        deliver(
            order_id,
            come.line,
            quantity=come.quantity,
            devices=come.devices,
            on=come.on,
            charging=charging[come.line.article_number],
        )
        for come in _arrived(in_transit, lines, until=until, still_sent=still_sent)
    ]
    return as_one_arrival(delivered)


def stockings(
    order_id: OrderId,
    in_transit: Sequence[Shipment],
    lines: Sequence[PlacedLine],
    *,
    until: date,
    still_sent: Collection[DeviceId],
    store: StoreId,
) -> tuple[LineStocked, ...]:
    """What has reached the store that a replenishment fills up by a day, as `arrivals` says it of
    what has reached a recipient (ORD-9).
    """
    stocked = [
        LineStocked(
            order_id=order_id,
            line_id=come.line.line_id,
            article_number=come.line.article_number,
            quantity=come.quantity,
            devices=come.devices,
            store=store,
            stocked_on=come.on,
        )
        for come in _arrived(in_transit, lines, until=until, still_sent=still_sent)
    ]
    return as_one_arrival(stocked)


def as_one_arrival(delivered: Sequence[A]) -> tuple[A, ...]:
    """The lines that arrive together, each with the number of those that follow it."""
    return tuple(
        event.model_copy(update={"more_lines": len(delivered) - number})
        for number, event in enumerate(delivered, start=1)
    )


def deliver(
    order_id: OrderId,
    line: PlacedLine,
    *,
    quantity: int,
    devices: tuple[DeviceId, ...],
    on: date,
    charging: Charging,
) -> LineDelivered:
    """Some or all of a line has reached the recipient: sold, or rented from then on (BIL-2)."""
    return LineDelivered(
        order_id=order_id,
        line_id=line.line_id,
        article_number=line.article_number,
        quantity=quantity,
        devices=devices,
        payer_id=line.payer_id,
        delivered_on=on,
        charging=charging,
    )


def arriving(in_transit: Sequence[Shipment], *, until: date) -> tuple[DeviceId, ...]:
    """The devices of every shipment that has arrived by a day and is not delivered yet."""
    return tuple(
        device
        for shipment in in_transit
        if shipment.arrives_on <= until
        for line in shipment.lines
        for device in line.devices
    )


def sent_on(in_transit: Sequence[Shipment], device_id: DeviceId) -> date | None:
    """The day on which a device that is on its way left the store, or None where that is not
    known.
    """
    days = [
        shipment.dispatched_on
        for shipment in in_transit
        for line in shipment.lines
        if device_id in line.devices and shipment.dispatched_on is not None
    ]
    return max(days, default=None)


def next_arrival(in_transit: Sequence[Shipment], *, after: date) -> date | None:
    """The earliest day after `after` on which goods arrive."""
    days = [s.arrives_on for s in in_transit if s.arrives_on > after]
    return min(days, default=None)


def unload(
    in_transit: tuple[Shipment, ...], line_id: OrderLineId, *, on: date
) -> tuple[Shipment, ...]:
    """Take the first shipment of that day that carries the line, and unload the line."""
    for place, shipment in enumerate(in_transit):
        if shipment.arrives_on != on:
            continue
        left = tuple(sent for sent in shipment.lines if sent.line_id != line_id)
        if len(left) == len(shipment.lines):
            continue
        rest = (replace(shipment, lines=left),) if left else ()
        return (*in_transit[:place], *rest, *in_transit[place + 1 :])
    return in_transit


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrived:
    line: PlacedLine
    quantity: int
    devices: tuple[DeviceId, ...]
    on: date


def _arrived(
    in_transit: Sequence[Shipment],
    lines: Sequence[PlacedLine],
    *,
    until: date,
    still_sent: Collection[DeviceId],
) -> Iterator[_Arrived]:
    placed = {line.line_id: line for line in lines}
    for shipment in in_transit:
        if shipment.arrives_on > until:
            continue
        for sent in shipment.lines:
            devices = tuple(device for device in sent.devices if device in still_sent)
            quantity = len(devices) if sent.devices else sent.quantity
            if quantity:
                yield _Arrived(
                    line=placed[sent.line_id],
                    quantity=quantity,
                    devices=devices,
                    on=shipment.arrives_on,
                )
