"""The rules of receipts of direct deliveries: every line is booked, or none (ORD-12). No clock, no
database.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kvitt_contracts.inventory import (
    DeviceRegistered,
    LineDelivered,
    LineStocked,
    ReceiptRefused,
)
from kvitt_contracts.orders import OrderReceiptReported, ReportedLine, SuppliedLine
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    DeviceNumber,
    OrderId,
    OrderLineId,
    ReasonCode,
    RefusedLine,
    StoreHolder,
)

from inventory.arrivals.domain import as_one_arrival, deliver
from inventory.articles.domain import Article
from inventory.reservations.domain import Reservation


class NotBooked(StrEnum):
    """Why a line of a receipt cannot be booked (ORD-12)."""

    LINE_NOT_DIRECT = "LINE_NOT_DIRECT"
    LINE_RECEIVED_ALREADY = "LINE_RECEIVED_ALREADY"
    DEVICES_DO_NOT_MATCH_QUANTITY = "DEVICES_DO_NOT_MATCH_QUANTITY"
    DEVICE_NUMBER_TAKEN = "DEVICE_NUMBER_TAKEN"
    SERIAL_NUMBER_TAKEN = "SERIAL_NUMBER_TAKEN"
    NAMED_TWICE = "NAMED_TWICE"


SerialNumber = tuple[ArticleNumber, str]
"""A serial number is its maker's: it names one unit of an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the stores know when a receipt is judged: the order's direct lines, their articles, and
    the numbers that are borne already, or were once.
    """

    lines: Mapping[OrderLineId, SuppliedLine]
    articles: Mapping[ArticleNumber, Article]
    received: Collection[OrderLineId] = ()
    taken: Collection[DeviceNumber] = ()
    serials: Collection[SerialNumber] = ()


def received_lines(reservation: Reservation | None) -> frozenset[OrderLineId]:
    """The lines of which something is delivered or stocked."""
    lines = reservation.lines if reservation else ()
    return frozenset(line.line_id for line in lines if line.delivered or line.stocked)


def serial_numbers(
    reported: Sequence[ReportedLine], *, lines: Mapping[OrderLineId, SuppliedLine]
) -> list[SerialNumber]:
    """The serial numbers that these lines of a receipt name, each with its line's article."""
    return [
        (lines[line.line_id].article_number, device.serial_number)
        for line in reported
        for device in line.devices
        if line.line_id in lines and device.serial_number is not None
    ]


# decision 0414: a receipt is booked whole or refused whole, each hindered line with its reason
def refuse(reported: OrderReceiptReported, *, known: Known) -> ReceiptRefused | None:
    """The refusal of a receipt, which names each line that cannot be booked; None where every one
    can (ORD-12).

    A line is hindered that does not come direct or is booked already; whose marked units are not
    named one by one; or that names a device or serial number
    which another device bears or has borne, or which stands twice in the receipt (INV-5).
    """
    numbers = Counter(one.device_number for line in reported.lines for one in line.devices)
    serials = Counter(serial_numbers(reported.lines, lines=known.lines))
    twice = {number for number, times in numbers.items() if times > 1}
    twice_serials = {serial for serial, times in serials.items() if times > 1}
    lines = Counter(line.line_id for line in reported.lines)
    refused = []
    for line in reported.lines:
        reason = _hindrance(line, known)
        if reason is None and (
            lines[line.line_id] > 1
            or any(one.device_number in twice for one in line.devices)
            or twice_serials & set(serial_numbers([line], lines=known.lines))
        ):
            reason = NotBooked.NAMED_TWICE
        if reason is not None:
            refused.append(RefusedLine(line_id=line.line_id, reason=ReasonCode(reason)))
    if not refused:
        return None
    return ReceiptRefused(
        order_id=reported.order_id, receipt_id=reported.receipt_id, refused=tuple(refused)
    )


def register(
    reported: OrderReceiptReported,
    *,
    known: Known,
    ids: Mapping[DeviceNumber, DeviceId],
) -> tuple[DeviceRegistered, ...]:
    """Register each marked unit of a receipt, in the purchasing store that its line comes over
    (INV-4), with the day and the price that it was bought for (INV-5). `ids`: of new devices.
    """
    return tuple(
        DeviceRegistered(
            device_id=ids[device.device_number],
            device_number=device.device_number,
            serial_number=device.serial_number,
            article_number=known.lines[line.line_id].article_number,
            store=known.lines[line.line_id].store,
            registered_on=reported.received_on,
            bought_on=reported.received_on,
            value=line.price,
        )
        for line in reported.lines
        for device in line.devices
    )


# decision 0416: a recipient who is inactive gets nothing: it is put into a store, and nobody pays
def hand_on(
    reported: OrderReceiptReported, *, known: Known, ids: Mapping[DeviceNumber, DeviceId]
) -> tuple[LineDelivered, ...] | tuple[LineStocked, ...]:
    """Hand every line on, on the day of the receipt: delivered to the recipient, with what one unit
    cost, or stocked where it is for a store (ORD-12, REF-14).
    """
    on = reported.received_on
    if isinstance(reported.deliver_to, StoreHolder):
        return tuple(
            LineStocked(
                order_id=reported.order_id,
                line_id=line.line_id,
                article_number=known.lines[line.line_id].article_number,
                quantity=line.quantity,
                devices=_devices(line, ids),
                store=reported.deliver_to.store,
                stocked_on=on,
            )
            for line in reported.lines
        )
    return as_one_arrival(
        [_deliver(reported.order_id, line, known, on=on, ids=ids) for line in reported.lines]
    )


def stocked_articles(lines: Sequence[ReportedLine], *, known: Known) -> dict[ArticleNumber, int]:
    """How many of each article enter the books: neither services nor contributions, which are never
    stocked (INV-4, INV-16). In the order of the articles' numbers.
    """
    counted: Counter[ArticleNumber] = Counter()
    for line in lines:
        article = known.articles[known.lines[line.line_id].article_number]
        if not article.is_never_stocked:
            counted[article.article_number] += line.quantity
    return dict(sorted(counted.items()))


def _hindrance(line: ReportedLine, known: Known) -> NotBooked | None:
    placed = known.lines.get(line.line_id)
    if placed is None:
        return NotBooked.LINE_NOT_DIRECT
    if line.line_id in known.received:
        return NotBooked.LINE_RECEIVED_ALREADY
    is_marked = known.articles[placed.article_number].marked
    if len(line.devices) != (line.quantity if is_marked else 0):
        return NotBooked.DEVICES_DO_NOT_MATCH_QUANTITY
    if any(device.device_number in known.taken for device in line.devices):
        return NotBooked.DEVICE_NUMBER_TAKEN
    if any(serial in known.serials for serial in serial_numbers([line], lines=known.lines)):
        return NotBooked.SERIAL_NUMBER_TAKEN
    return None


def _deliver(
    order_id: OrderId,
    line: ReportedLine,
    known: Known,
    *,
    on: date,
    ids: Mapping[DeviceNumber, DeviceId],
) -> LineDelivered:
    placed = known.lines[line.line_id]
    delivered = deliver(
        order_id,
        placed,
        quantity=line.quantity,
        devices=_devices(line, ids),
        on=on,
        charging=known.articles[placed.article_number].charging,
    )
    return delivered.model_copy(update={"unit_price": line.price})


def _devices(line: ReportedLine, ids: Mapping[DeviceNumber, DeviceId]) -> tuple[DeviceId, ...]:
    return tuple(ids[device.device_number] for device in line.devices)
