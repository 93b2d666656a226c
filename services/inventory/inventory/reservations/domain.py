"""The rules of reservations: set aside, picked, sent, delivered, released. No clock."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import (
    AllocatedLine,
    LineDelivered,
    LineReturned,
    LineStocked,
    OrderGoodsDispatched,
    OrderPickingStarted,
    ReceiptRefused,
    ReleaseRefused,
    ReservationDeclined,
    ReservationEvent,
    ReservationReleased,
    SentLine,
    StockBackordered,
    StockReserved,
)
from kvitt_contracts.orders import PlacedLine
from kvitt_contracts.types import ArticleNumber, ArticleType, OrderId, OrderLineId

from inventory.arrivals.domain import Shipment, unload
from inventory.articles.domain import CONTRIBUTION_IS_NEVER_STOCKED


class Status(StrEnum):
    """Where a reservation is in its life. `awaited`: nothing of the order is in a store, it comes
    direct from a supplier (ORD-21).
    """

    AWAITED = "awaited"
    RESERVED = "reserved"
    BACKORDERED = "backordered"
    PICKING = "picking"
    DELIVERED = "delivered"
    RELEASED = "released"
    DECLINED = "declined"


OPEN = frozenset({Status.RESERVED, Status.BACKORDERED, Status.PICKING})
"""Something of it is still to come."""

_ENDED = frozenset({Status.RELEASED, Status.DECLINED})
"""No store delivers anything of it."""

NO_LONGER_PURCHASED = "NO_LONGER_PURCHASED"
"""Why an order is declined that would have to wait for what nobody purchases any more (ORD-6)."""


class NotServed(StrEnum):
    """Why a withdrawal cannot be served."""

    NO_BALANCE = "NO_BALANCE"
    SERVICE_IS_NOT_STOCKED = "SERVICE_IS_NOT_STOCKED"
    CONTRIBUTION_IS_NEVER_STOCKED = "CONTRIBUTION_IS_NEVER_STOCKED"
    DEVICE_NOT_NAMED = "DEVICE_NOT_NAMED"
    QUANTITY_NOT_ONE = "QUANTITY_NOT_ONE"
    DEVICE_NOT_IN_STORE = "DEVICE_NOT_IN_STORE"
    DEVICE_OF_ANOTHER_ARTICLE = "DEVICE_OF_ANOTHER_ARTICLE"
    DEVICE_CLAIMED = "DEVICE_CLAIMED"
    DEVICE_NAMED_TWICE = "DEVICE_NAMED_TWICE"
    DEVICE_GONE = "DEVICE_GONE"
    MEANT_FOR_ANOTHER = "MEANT_FOR_ANOTHER"


class NotReleased(StrEnum):
    """Why an order cannot be voided any more (ORD-14)."""

    PICKING_BEGUN = "PICKING_BEGUN"
    DELIVERED = "DELIVERED"
    DECLINED = "DECLINED"


class Wanted(Protocol):
    """What a line is to have of the store's goods."""

    @property
    def line_id(self) -> OrderLineId: ...
    @property
    def article_number(self) -> ArticleNumber: ...
    @property
    def article_type(self) -> ArticleType: ...
    @property
    def quantity(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What an order line has: set aside in the store, still missing, delivered, of that come back,
    and put into a store instead of delivered (ORD-9, REF-14).
    """

    line_id: OrderLineId
    article_number: ArticleNumber
    reserved: int = 0
    missing: int = 0
    delivered: int = 0
    returned: int = 0
    stocked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What an order has in the stores."""

    status: Status
    planned_dispatch_on: date | None = None
    lines: tuple[Line, ...] = ()
    in_transit: tuple[Shipment, ...] = ()
    decline_reason: str | None = None


# decision 0240: an order never waits for what nobody purchases
# decision 0241: planned from the day of the decision, here and in `serve`
def reserve(
    order_id: OrderId,
    lines: Sequence[Wanted],
    *,
    available: Mapping[ArticleNumber, int],
    lead_time_days: Mapping[ArticleNumber, int],
    not_purchased: Collection[ArticleNumber],
    never_stocked: Collection[ArticleNumber] = (),
    fills_a_store: bool = False,
    today: date,
) -> StockReserved | StockBackordered | ReservationDeclined:
    """Set aside what there is, line by line; the rest is waited for. Where some of an article that
    is purchased no more is missing, the whole order is declined (ORD-6).

    Planned dispatch: the next working day after `today`, the Stockholm day on which it is decided,
    or, where something is missing, after the longest lead time of what is missing, in working days.
    Services and contributions (`never_stocked`) are never missing, and fill no store: that is
    declined. Source: ORD-4, INV-4, INV-16.
    """
    if fills_a_store and any(line.article_number in never_stocked for line in lines):
        return ReservationDeclined(
            order_id=order_id, reason=CONTRIBUTION_IS_NEVER_STOCKED, rule="INV-16"
        )
    free = dict(available)
    allocated = []
    for line in lines:
        got = line.quantity
        if is_stocked(line, never_stocked):
            got = min(line.quantity, free.get(line.article_number, 0))
            free[line.article_number] = free.get(line.article_number, 0) - got
        allocated.append(_allocated(line.line_id, line.article_number, got, line.quantity - got))
    missing = _missing(allocated)
    if any(number in not_purchased for number in missing):
        return ReservationDeclined(order_id=order_id, reason=NO_LONGER_PURCHASED, rule="ORD-6")
    wait = max((lead_time_days[number] for number in missing), default=1)
    planned = working_days_after(today, max(wait, 1))
    if not missing:
        return StockReserved(order_id=order_id, planned_dispatch_on=planned, lines=tuple(allocated))
    return StockBackordered(
        order_id=order_id, planned_dispatch_on=planned, missing=missing, lines=tuple(allocated)
    )


def is_stocked(line: Wanted, never_stocked: Collection[ArticleNumber]) -> bool:
    """False of a line of a service, or of a contribution: it takes nothing from a balance."""
    is_service = line.article_type is ArticleType.SERVICE
    return not is_service and line.article_number not in never_stocked


def shares(free: int, missing: Sequence[int]) -> list[int]:
    """What each of several waiting lines gets of free goods, the first one first (ORD-4)."""
    got = []
    for wanted in missing:
        got.append(min(free, wanted))
        free -= got[-1]
    return got


def serve(
    order_id: OrderId, reservation: Reservation, *, line_id: OrderLineId, quantity: int, today: date
) -> StockReserved | StockBackordered:
    """Set goods aside that a line was waiting for.

    When nothing is missing any more the order is planned for the next working day after `today`,
    the Stockholm day on which that is decided, however long ago the goods came. Until then its
    planned day stays, unless it has passed (ORD-4).
    """
    earliest = working_days_after(today, 1)
    allocated = []
    for line in reservation.lines:
        got = quantity if line.line_id == line_id else 0
        allocated.append(
            _allocated(line.line_id, line.article_number, line.reserved + got, line.missing - got)
        )
    missing = _missing(allocated)
    if missing:
        return StockBackordered(
            order_id=order_id,
            planned_dispatch_on=max(reservation.planned_dispatch_on or earliest, earliest),
            missing=missing,
            lines=tuple(allocated),
        )
    return StockReserved(order_id=order_id, planned_dispatch_on=earliest, lines=tuple(allocated))


def begin_picking(order_id: OrderId, reservation: Reservation) -> tuple[OrderPickingStarted, ...]:
    """The warehouse has begun (ORD-14). No event: it had begun before (PHY-1)."""
    if reservation.status not in (Status.RESERVED, Status.BACKORDERED):
        return ()
    return (OrderPickingStarted(order_id=order_id),)


def release(
    order_id: OrderId, reservation: Reservation
) -> tuple[ReservationReleased | ReleaseRefused, ...]:
    """Free what is set aside, unless the warehouse has begun (ORD-14). No event: it is free
    already.
    """
    match reservation.status:
        case Status.RESERVED | Status.BACKORDERED:
            return (ReservationReleased(order_id=order_id),)
        case Status.RELEASED:
            return ()
        case Status.PICKING:
            reason = NotReleased.PICKING_BEGUN
        case Status.DELIVERED:
            reason = NotReleased.DELIVERED
        case Status.DECLINED:
            reason = NotReleased.DECLINED
        case Status.AWAITED:
            return (ReservationReleased(order_id=order_id),)
    return (ReleaseRefused(order_id=order_id, reason=reason),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What an order has of one stocked article: set aside, and waited for."""

    reserved: int = 0
    missing: int = 0


def held_by_article(
    placed: Sequence[PlacedLine],
    lines: Sequence[Line],
    *,
    never_stocked: Collection[ArticleNumber] = (),
) -> dict[ArticleNumber, Held]:
    """What the lines have per article, in the order of the articles' numbers. A service and a
    contribution (`never_stocked`) have nothing (INV-4, INV-16).
    """
    stocked = {line.line_id for line in placed if is_stocked(line, never_stocked)}
    sums: dict[ArticleNumber, Held] = {}
    for line in sorted(lines, key=lambda line: line.article_number):
        if line.line_id in stocked:
            known = sums.get(line.article_number, Held())
            sums[line.article_number] = Held(
                reserved=known.reserved + line.reserved, missing=known.missing + line.missing
            )
    return sums


def incoming(replenishments: Iterable[Reservation], *, today: date) -> Mapping[ArticleNumber, int]:
    """How many of each article are to come into a store by its replenishments: set aside for it,
    waited for, and on the way (INV-4).

    `today`: what had its day of arrival before that Stockholm day is in the store, or came back.
    """
    found: Counter[ArticleNumber] = Counter()
    for reservation in replenishments:
        articles = {line.line_id: line.article_number for line in reservation.lines}
        for line in reservation.lines:
            found[line.article_number] += line.reserved + line.missing
        for shipment in reservation.in_transit:
            if shipment.arrives_on < today:
                continue
            for sent in shipment.lines:
                found[articles[sent.line_id]] += sent.quantity
    return found


def evolve(reservation: Reservation | None, event: ReservationEvent) -> Reservation:
    """Returns the state after an event.

    Raises ValueError when the first is no answer to the order.
    """
    match event:
        case StockReserved():
            return _allocate(reservation, event, Status.RESERVED)
        case StockBackordered():
            return _allocate(reservation, event, Status.BACKORDERED)
        case ReservationDeclined():
            return Reservation(status=Status.DECLINED, decline_reason=event.reason)
        case OrderPickingStarted():
            return replace(_known(reservation), status=Status.PICKING)
        case OrderGoodsDispatched():
            return _send(_known(reservation), event)
        case LineDelivered():
            # a withdrawal's first event: decided and delivered at once (ORD-7)
            known = reservation or Reservation(status=Status.PICKING)
            return _deliver(known, event)
        case ReservationReleased():
            known = _known(reservation)
            freed = tuple(replace(line, reserved=0, missing=0) for line in known.lines)
            return replace(known, status=Status.RELEASED, lines=freed)
        case ReleaseRefused():
            return _known(reservation)
        case LineReturned():
            return _come_back(_known(reservation), event)
        case LineStocked():
            return _stock(reservation or Reservation(status=Status.AWAITED), event)
        case ReceiptRefused():
            return reservation or Reservation(status=Status.AWAITED)


def _allocate(
    reservation: Reservation | None, event: StockReserved | StockBackordered, status: Status
) -> Reservation:
    known = reservation or Reservation(status=status)
    before = {line.line_id: line for line in known.lines}
    lines = tuple(
        replace(before[line.line_id], reserved=line.reserved, missing=line.missing)
        if line.line_id in before
        else Line(**same_fields(line, Line))
        for line in event.lines
    )
    # goods that come in do not take back that the warehouse has begun
    kept = Status.PICKING if known.status is Status.PICKING else status
    return replace(known, status=kept, planned_dispatch_on=event.planned_dispatch_on, lines=lines)


def _send(reservation: Reservation, event: OrderGoodsDispatched) -> Reservation:
    lines = reservation.lines
    for sent in event.lines:
        lines = tuple(_take(line, sent) if line.line_id == sent.line_id else line for line in lines)
    shipment = Shipment(
        arrives_on=event.arrives_on, lines=event.lines, dispatched_on=event.dispatched_on
    )
    return replace(
        reservation,
        status=Status.PICKING,
        lines=lines,
        in_transit=(*reservation.in_transit, shipment),
    )


def _take(line: Line, sent: SentLine) -> Line:
    from_reserved = min(line.reserved, sent.quantity)
    return replace(
        line,
        reserved=line.reserved - from_reserved,
        missing=line.missing - (sent.quantity - from_reserved),
    )


def _deliver(reservation: Reservation, event: LineDelivered) -> Reservation:
    lines = tuple(
        replace(line, delivered=line.delivered + event.quantity)
        if line.line_id == event.line_id
        else line
        for line in _with_line(reservation.lines, event)
    )
    in_transit = unload(reservation.in_transit, event.line_id, on=event.delivered_on)
    status = _after_delivery(reservation, event, lines, in_transit)
    return replace(reservation, status=status, lines=lines, in_transit=in_transit)


def _stock(reservation: Reservation, event: LineStocked) -> Reservation:
    lines = tuple(
        replace(line, stocked=line.stocked + event.quantity)
        if line.line_id == event.line_id
        else line
        for line in _with_line(reservation.lines, event)
    )
    in_transit = unload(reservation.in_transit, event.line_id, on=event.stocked_on)
    status = _after_delivery(reservation, event, lines, in_transit)
    return replace(reservation, status=status, lines=lines, in_transit=in_transit)


def _with_line(lines: tuple[Line, ...], event: LineDelivered | LineStocked) -> tuple[Line, ...]:
    if any(line.line_id == event.line_id for line in lines):
        return lines
    return (*lines, Line(line_id=event.line_id, article_number=event.article_number))


def _after_delivery(
    reservation: Reservation,
    event: LineDelivered | LineStocked,
    lines: Sequence[Line],
    in_transit: Sequence[Shipment],
) -> Status:
    # what comes direct from a supplier is nothing that the warehouse has begun with (ORD-14)
    is_direct = all(line.line_id != event.line_id for line in reservation.lines)
    if is_direct and reservation.status in _ENDED:
        return reservation.status
    if not in_transit and not any(line.reserved or line.missing for line in lines):
        return Status.DELIVERED
    return reservation.status if is_direct else Status.PICKING


def _come_back(reservation: Reservation, event: LineReturned) -> Reservation:
    lines = tuple(
        replace(line, returned=line.returned + event.quantity)
        if line.line_id == event.line_id
        else line
        for line in reservation.lines
    )
    return replace(reservation, lines=lines)


def _allocated(
    line_id: OrderLineId, number: ArticleNumber, reserved: int, missing: int
) -> AllocatedLine:
    return AllocatedLine(line_id=line_id, article_number=number, reserved=reserved, missing=missing)


def _missing(lines: Sequence[AllocatedLine]) -> tuple[ArticleNumber, ...]:
    return tuple(dict.fromkeys(line.article_number for line in lines if line.missing))


def _known(reservation: Reservation | None) -> Reservation:
    if reservation is None:
        raise ValueError("a reservation begins with an answer to its order")
    return reservation
