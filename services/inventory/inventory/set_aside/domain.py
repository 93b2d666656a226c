"""The rules of how orders, as orders has said them, and their reservations agree (INV-4). They
change nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from kvitt_contracts.envelope import Event
from kvitt_contracts.orders import (
    OrderPlaced,
    OrderPlacedV2,
    OrderVoidRequested,
    PlacedLine,
    ReplenishmentPlaced,
    served_by_store,
)
from kvitt_contracts.types import ArticleNumber

from inventory.reservations.domain import Reservation, Status

Lines = Mapping[UUID, tuple[ArticleNumber, int]]
"""Article and quantity of each line that a store serves."""

_NOTHING_SENT = frozenset({Status.RESERVED, Status.BACKORDERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an order wants of the stores, as orders has said: lines, or that they are let go."""

    lines: Lines = field(default_factory=dict)
    is_void_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What inventory has of an order: its lines as they were placed, and its reservation."""

    lines: Lines
    reservation: Reservation | None


def after(asked: Asked, event: Event) -> Asked:
    """What an order wants after one more of its events."""
    match event:
        case OrderPlaced() | OrderPlacedV2():
            served = served_by_store(event)
            return replace(asked, lines=lines_of(served.lines if served is not None else ()))
        case ReplenishmentPlaced():
            return replace(asked, lines=lines_of(event.lines))
        case OrderVoidRequested():
            return replace(asked, is_void_asked=True)
        case _:
            return asked


def lines_of(placed: Iterable[PlacedLine]) -> Lines:
    """Article and quantity of each of these lines."""
    return {line.line_id: (line.article_number, line.quantity) for line in placed}


# decision 0503: what is set aside is compared with what it is set aside for, by other ways
def wrong_reservations(
    orders: Mapping[UUID, Asked], kept: Mapping[UUID, Kept]
) -> Iterator[tuple[UUID, str]]:
    """Each order and reservation that do not agree, with what is wrong."""
    for order_id in sorted({*orders, *kept}):
        asked, has = orders.get(order_id, Asked()), kept.get(order_id)
        if has is None or has.reservation is None:
            if asked.lines:
                yield order_id, "no_reservation"
        elif order_id not in orders:
            yield order_id, "no_order"
        elif has.lines != asked.lines:
            yield order_id, "lines"
        else:
            yield from _wrong(order_id, asked, has.reservation)


def _wrong(order_id: UUID, asked: Asked, has: Reservation) -> Iterator[tuple[UUID, str]]:
    if has.status is Status.RELEASED and not asked.is_void_asked:
        yield order_id, "released_while_open"
    if has.status in _NOTHING_SENT and asked.is_void_asked:
        yield order_id, "kept_after_the_void"
    if any(_is_otherwise(held, asked, has) for held in _held(has).items()):
        yield order_id, "quantity"


def _is_otherwise(held: tuple[UUID, int], asked: Asked, has: Reservation) -> bool:
    """Whether a line has more than is ordered, or less while nothing of it has left the store."""
    line_id, quantity = held
    if line_id not in asked.lines:  # direct from a supplier: no store had it (ORD-21)
        return False
    _, ordered = asked.lines[line_id]
    return quantity > ordered or (has.status in _NOTHING_SENT and quantity < ordered)


def _held(has: Reservation) -> dict[UUID, int]:
    held: dict[UUID, int] = {
        line.line_id: line.reserved + line.missing + line.delivered + line.stocked
        for line in has.lines
    }
    for shipment in has.in_transit:
        for sent in shipment.lines:
            held[sent.line_id] = held.get(sent.line_id, 0) + sent.quantity
    return held
