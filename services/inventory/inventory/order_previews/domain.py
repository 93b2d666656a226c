"""The rules of when an order or a withdrawal that is not confirmed yet would leave, or why a store
would decline it (ORD-1, ORD-4): those by which it is answered once it is. No clock, no database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.inventory import ReservationDeclined
from kvitt_contracts.orders import LineSupply
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    DeviceNumber,
    OrderId,
    OrderLineId,
)

from inventory.articles.domain import Article
from inventory.reservations.domain import reserve
from inventory.withdrawals.domain import Shelf, decline

_NO_ORDER: Final = OrderId(UUID(int=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """A line of the order that it would be, and from where it comes; a marked one that is withdrawn
    names its device.
    """

    line_id: OrderLineId
    article_number: ArticleNumber
    article_type: ArticleType
    quantity: int
    supply: LineSupply
    device_number: DeviceNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """When a line would leave, and reach whom it is for; how many of it are not there today."""

    planned_dispatch_on: date
    planned_arrival_on: date
    missing: int = 0


# decision 0473: what is shown before is answered by the rules that decide after
def expect(
    lines: Sequence[AskedLine],
    *,
    articles: Mapping[ArticleNumber, Article],
    available: Mapping[ArticleNumber, int],
    shelf: Shelf | None = None,
    today: date,
) -> tuple[Expected, ...] | ReservationDeclined:
    """When each line would leave and arrive, were the order placed `today`, a Stockholm day, with
    what is `available` in the central store: its lines leave together, as `reserve` plans them. A
    direct one leaves its supplier after the article's lead time, were it purchased today; what is
    drawn from one's own store is there (ORD-7), where its `shelf` is not judged.

    A refusal of all of it where the central store would decline the order (ORD-6), or one's own the
    withdrawal (ORD-7, ORD-8).
    """
    # decision 0479: a basket's goods are set aside already, and have no preview
    drawn = [line for line in lines if line.supply is LineSupply.OWN_STORE]
    if shelf is not None and (declined := decline(_NO_ORDER, drawn, shelf=shelf)) is not None:
        return declined
    answer = reserve(
        _NO_ORDER,
        [line for line in lines if line.supply is LineSupply.CENTRAL],
        available=available,
        lead_time_days={number: one.lead_time_days for number, one in articles.items()},
        not_purchased={number for number, one in articles.items() if not one.is_purchased},
        never_stocked={number for number, one in articles.items() if one.is_contribution},
        today=today,
    )
    if isinstance(answer, ReservationDeclined):
        return answer
    missing = {line.line_id: line.missing for line in answer.lines}
    found = []
    for line in lines:
        if line.supply is LineSupply.OWN_STORE:
            found.append(Expected(planned_dispatch_on=today, planned_arrival_on=today))
            continue
        leaves = answer.planned_dispatch_on
        if line.supply is LineSupply.DIRECT:
            wait = max(articles[line.article_number].lead_time_days, 1)
            leaves = working_days_after(today, wait)
        found.append(
            Expected(
                planned_dispatch_on=leaves,
                planned_arrival_on=working_days_after(leaves, 1),
                missing=missing.get(line.line_id, 0),
            )
        )
    return tuple(found)
