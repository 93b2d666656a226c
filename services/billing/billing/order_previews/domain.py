"""The rules of what an order that is not confirmed yet would cost whom: those by which its delivery
is charged, and its rent invoiced (ORD-1). Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kvitt_contracts.calendar import first_of_next_month
from kvitt_contracts.types import Charging, Money, PayerId

from billing.domain import price_of_sale
from billing.rents.domain import ChangePoint, PricePoint, price_on, to_settle

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """A line of the order that it would be: who pays, which day it is delivered, whether it comes
    direct from a supplier, and the patient's fee of one unit.
    """

    payer_id: PayerId
    quantity: int
    delivered_on: date
    is_direct: bool
    fee: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """How an article is charged now, and its prices."""

    charging: Charging
    is_free: bool
    prices: Sequence[PricePoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCost:
    """What a line costs, in öre without VAT: `once_ore` at its delivery, `first_ore` the rent of
    the rest of that month and `month_ore` of a whole one. The patient pays `fee_ore`. None where
    there is no price yet.
    """

    once_ore: int | None = 0
    first_ore: int | None = 0
    month_ore: int | None = 0
    fee_ore: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerCost:
    """What a payer pays of the order, as a line's cost; None where one of theirs has no price."""

    payer_id: PayerId
    once_ore: int | None
    first_ore: int | None
    month_ore: int | None


# decision 0473: what is shown before is answered by the rules that decide after
def cost_of(line: AskedLine, listed: Listed) -> LineCost:
    """What a line costs, delivered on its day (ORD-1, BIL-1, BIL-2, BIL-3).

    What comes direct, and has no price in the catalogue, costs what the delivery note says
    (ORD-12): nobody knows it before.
    """
    fee = line.fee.net_ore * line.quantity if line.fee else 0
    price = price_on(listed.prices, line.delivered_on)
    if listed.charging is Charging.SALE:
        unit = price_of_sale(None, listed=price, is_free=listed.is_free)
        is_told_later = line.is_direct and not listed.is_free and not (unit and unit.net_ore)
        once = None if unit is None or is_told_later else unit.net_ore * line.quantity
        return LineCost(once_ore=once, fee_ore=fee)
    if price is None:
        return LineCost(first_ore=None, month_ore=None, fee_ore=fee)
    begins = ChangePoint(
        effective_on=line.delivered_on, payer_id=line.payer_id, charging=Charging.RENT
    )
    last = first_of_next_month(line.delivered_on) - _DAY
    spans = to_settle((begins,), listed.prices, (), from_day=line.delivered_on, to_day=last)
    first = sum(span.amount.net_ore for span in spans)
    return LineCost(
        first_ore=first * line.quantity, month_ore=price.net_ore * line.quantity, fee_ore=fee
    )


def by_payer(costs: Iterable[tuple[PayerId, LineCost]]) -> tuple[PayerCost, ...]:
    """What each payer pays, in the order in which the lines name them."""
    of: dict[PayerId, list[LineCost]] = defaultdict(list)
    for payer_id, cost in costs:
        of[payer_id].append(cost)
    return tuple(
        PayerCost(
            payer_id=payer_id,
            once_ore=_sum(cost.once_ore for cost in mine),
            first_ore=_sum(cost.first_ore for cost in mine),
            month_ore=_sum(cost.month_ore for cost in mine),
        )
        for payer_id, mine in of.items()
    )


def _sum(amounts: Iterable[int | None]) -> int | None:
    known = list(amounts)
    return None if None in known else sum(one for one in known if one is not None)
