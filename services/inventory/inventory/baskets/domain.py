"""The rules of what a basket loan has in its store: set aside whole, each line over once (ORD-10).

No clock, no database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kvitt_contracts.inventory import (
    BasketActRefused,
    BasketEvent,
    BasketLineBroken,
    BasketLinePutBack,
    BasketReserved,
    LineDelivered,
    LineReturned,
    ReservationDeclined,
    ReservationReleased,
    ReservedBasketLine,
)
from kvitt_contracts.orders import BasketLine, BasketLoanActRequested
from kvitt_contracts.types import (
    ArticleNumber,
    Charging,
    DeviceId,
    OrderId,
    OrderLineId,
    ReasonCode,
    Word,
)

from inventory.arrivals.domain import as_one_arrival
from inventory.withdrawals.domain import Shelf, decline, devices_of

RETURNED: Final = "RETURNED"
"""What breaks a claim of a device that is in its store again."""

DELIVERED, PUT_BACK, BROKEN = Word("delivered"), Word("put_back"), Word("broken")


class Status(StrEnum):
    """Where a basket is in its store."""

    LENT = "lent"
    ENDED = "ended"
    DECLINED = "declined"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is reserved of a lent line, and how that ended; of an unmarked one how many were
    delivered, and of these have come back.
    """

    line_id: OrderLineId
    devices: tuple[DeviceId, ...] = ()
    outcome: Word | None = None
    delivered: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What one basket loan has in its store."""

    status: Status
    lines: tuple[Line, ...] = ()

    @property
    def open_lines(self) -> tuple[Line, ...]:
        """The lines that are lent still."""
        return tuple(line for line in self.lines if line.outcome is None)


def lent(lines: Sequence[BasketLine]) -> tuple[BasketLine, ...]:
    """The lines of goods, without the fees (ORD-10)."""
    return tuple(line for line in lines if line.fee_of is None)


def lend(
    order_id: OrderId, lines: Sequence[BasketLine], *, shelf: Shelf
) -> BasketReserved | ReservationDeclined:
    """Reserve everything in the basket, or decline it whole (ORD-10), as a withdrawal would be
    (ORD-7, ORD-8).
    """
    declined = decline(order_id, lent(lines), shelf=shelf)
    if declined is not None:
        return declined
    reserved = tuple(
        ReservedBasketLine(line_id=line.line_id, devices=devices_of(line, shelf=shelf))
        for line in lent(lines)
    )
    return BasketReserved(order_id=order_id, lines=reserved)


def act(
    basket: Basket,
    wanted: BasketLoanActRequested,
    *,
    placed: Mapping[OrderLineId, BasketLine],
    charging: Mapping[ArticleNumber, Charging],
) -> tuple[LineDelivered | BasketLinePutBack, ...] | BasketActRefused:
    """Deliver and put back all that an act names, or nothing: refused where a line of it has ended
    already, is named twice, or is nothing that the basket has lent (ORD-10).

    `charging`: how each article is charged now.
    """
    open_lines = {line.line_id: line for line in basket.open_lines}
    named = [*(one.line_id for one in wanted.deliver), *wanted.put_back]
    if basket.status is not Status.LENT or not open_lines.keys() >= set(named):
        return _refuse(wanted, "LINE_ENDED")
    if len(named) != len(set(named)):
        return _refuse(wanted, "LINE_NAMED_TWICE")
    delivered = as_one_arrival(
        [
            LineDelivered(
                order_id=wanted.order_id,
                line_id=one.line_id,
                article_number=placed[one.line_id].article_number,
                quantity=placed[one.line_id].quantity,
                devices=open_lines[one.line_id].devices,
                payer_id=one.payer_id,
                delivered_on=wanted.acted_on,
                charging=charging[placed[one.line_id].article_number],
            )
            for one in wanted.deliver
        ]
    )
    put_back = [
        BasketLinePutBack(order_id=wanted.order_id, line_id=line, act_id=wanted.act_id)
        for line in wanted.put_back
    ]
    return (*delivered, *put_back)


def break_off(
    order_id: OrderId, basket: Basket, *, device_id: DeviceId, reason: str
) -> tuple[BasketLinePutBack | BasketLineBroken, ...]:
    """A physical fact ends the line of a device: it is in the store again, or was lost or sent away
    (ORD-10, PHY-1). No event: it is in none that is open.
    """
    for line in basket.open_lines:
        if device_id in line.devices:
            if reason == RETURNED:
                return (BasketLinePutBack(order_id=order_id, line_id=line.line_id),)
            broken = BasketLineBroken(
                order_id=order_id, line_id=line.line_id, reason=ReasonCode(reason)
            )
            return (broken,)
    return ()


def release(order_id: OrderId, basket: Basket) -> tuple[ReservationReleased, ...]:
    """Orders has given the basket up: what was reserved too late is free again (ORD-10). No event:
    nothing of it is.
    """
    if basket.status is not Status.LENT or not basket.open_lines:
        return ()
    return (ReservationReleased(order_id=order_id),)


def evolve(basket: Basket | None, event: BasketEvent) -> Basket:
    """Returns the state after an event.

    Raises ValueError when the first is no answer to a request.
    """
    match event:
        case BasketReserved():
            lines = tuple(Line(line_id=line.line_id, devices=line.devices) for line in event.lines)
            return Basket(status=Status.LENT, lines=lines)
        case ReservationDeclined():
            return Basket(status=Status.DECLINED)
        case LineDelivered():
            ends = {"outcome": DELIVERED, "delivered": event.quantity}
            return _with(basket, event.line_id, **ends)
        case BasketLinePutBack():
            return _with(basket, event.line_id, outcome=PUT_BACK)
        case BasketLineBroken():
            return _with(basket, event.line_id, outcome=BROKEN)
        case BasketActRefused():
            return _known(basket)
        case ReservationReleased():
            return replace(_known(basket), status=Status.RELEASED)
        case LineReturned():
            known = {line.line_id: line.returned for line in _known(basket).lines}
            returned = known[event.line_id] + event.quantity
            return _with(basket, event.line_id, returned=returned)


def _with(basket: Basket | None, line_id: OrderLineId, **changes: object) -> Basket:
    known = _known(basket)
    lines = tuple(
        replace(line, **changes) if line.line_id == line_id else line  # type: ignore[arg-type]
        for line in known.lines
    )
    after = replace(known, lines=lines)
    is_over = after.status is Status.LENT and not after.open_lines
    return replace(after, status=Status.ENDED) if is_over else after


def _known(basket: Basket | None) -> Basket:
    if basket is None:
        raise ValueError("a basket begins with an answer to its order")
    return basket


def _refuse(wanted: BasketLoanActRequested, reason: str) -> BasketActRefused:
    return BasketActRefused(
        order_id=wanted.order_id, act_id=wanted.act_id, reason=ReasonCode(reason)
    )
