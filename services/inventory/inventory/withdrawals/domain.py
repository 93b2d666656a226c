"""The rules of withdrawals from one's own store: all lines at once, or none (ORD-7, ORD-8)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kvitt_contracts.inventory import LineDelivered, ReservationDeclined
from kvitt_contracts.orders import PlacedLine
from kvitt_contracts.types import ArticleNumber, DeviceId, DeviceNumber, OrderId, StoreId

from inventory.arrivals.domain import as_one_arrival, deliver
from inventory.articles.domain import Article
from inventory.devices.domain import Claim, Device
from inventory.reservations.domain import NotServed

_RULES = {
    NotServed.NO_BALANCE: "ORD-7",
    NotServed.SERVICE_IS_NOT_STOCKED: "INV-4",
    NotServed.CONTRIBUTION_IS_NEVER_STOCKED: "INV-16",
    NotServed.DEVICE_GONE: "INV-7",
    NotServed.MEANT_FOR_ANOTHER: "INV-12",
}


class Taken(Protocol):
    """What a line wants out of the store."""

    @property
    def article_number(self) -> ArticleNumber: ...
    @property
    def quantity(self) -> int: ...
    @property
    def device_number(self) -> DeviceNumber | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A marked device that a line names. `is_meant_for_another`: it was bought with somebody who is
    not whom it is withdrawn to (INV-12).
    """

    device_id: DeviceId
    device: Device
    claim: Claim | None
    is_meant_for_another: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The values that the rules read: the store with its articles, free balances and named
    devices.
    """

    store: StoreId
    articles: Mapping[ArticleNumber, Article]
    available: Mapping[ArticleNumber, int]
    devices: Mapping[DeviceNumber, Wanted]


def withdraw(
    order_id: OrderId, lines: Sequence[PlacedLine], *, shelf: Shelf, on: date
) -> tuple[LineDelivered, ...] | ReservationDeclined:
    """Deliver every line at once, or decline the whole order (ORD-7).

    A marked line names one device that is in the store, unclaimed; its quantity is 1 (ORD-8). One
    that was bought from another region goes to the patient who came with it (INV-12).
    """
    declined = decline(order_id, lines, shelf=shelf)
    if declined is not None:
        return declined
    return as_one_arrival(
        [
            deliver(
                order_id,
                line,
                quantity=line.quantity,
                devices=devices_of(line, shelf=shelf),
                on=on,
                charging=shelf.articles[line.article_number].charging,
            )
            for line in lines
        ]
    )


def decline(
    order_id: OrderId, lines: Sequence[Taken], *, shelf: Shelf
) -> ReservationDeclined | None:
    """Why the whole of these lines cannot be taken out of the store; None where it can (ORD-7)."""
    free = Counter(dict(shelf.available))
    named: set[DeviceId] = set()
    for line in lines:
        free[line.article_number] -= line.quantity
        reason = _reason_not_to(line, shelf=shelf, named=named)
        if reason is None and free[line.article_number] < 0:
            reason = NotServed.NO_BALANCE
        if reason is not None:
            rule = _RULES.get(reason, "ORD-8")
            return ReservationDeclined(order_id=order_id, reason=reason, rule=rule)
    return None


def devices_of(line: Taken, *, shelf: Shelf) -> tuple[DeviceId, ...]:
    """The device that a line names, where its article is marked."""
    if not shelf.articles[line.article_number].marked or line.device_number is None:
        return ()
    return (shelf.devices[line.device_number].device_id,)


def _reason_not_to(line: Taken, *, shelf: Shelf, named: set[DeviceId]) -> NotServed | None:
    article = shelf.articles[line.article_number]
    if article.is_contribution:
        return NotServed.CONTRIBUTION_IS_NEVER_STOCKED
    if article.is_never_stocked:
        return NotServed.SERVICE_IS_NOT_STOCKED
    if not article.marked:
        return None
    if line.device_number is None:
        return NotServed.DEVICE_NOT_NAMED
    if line.quantity != 1:
        return NotServed.QUANTITY_NOT_ONE
    wanted = shelf.devices.get(line.device_number)
    if wanted is None:
        return NotServed.DEVICE_NOT_IN_STORE
    if wanted.device_id in named:  # by whichever of its numbers (INV-6)
        return NotServed.DEVICE_NAMED_TWICE
    named.add(wanted.device_id)
    return _device_reason(line, wanted, store=shelf.store)


def _device_reason(line: Taken, wanted: Wanted, *, store: StoreId) -> NotServed | None:
    if wanted.device.store != store:
        return NotServed.DEVICE_NOT_IN_STORE
    if wanted.device.article_number != line.article_number:
        return NotServed.DEVICE_OF_ANOTHER_ARTICLE
    if wanted.device.is_gone:
        return NotServed.DEVICE_GONE
    if wanted.is_meant_for_another:
        return NotServed.MEANT_FOR_ANOTHER
    return NotServed.DEVICE_CLAIMED if wanted.claim is not None else None
