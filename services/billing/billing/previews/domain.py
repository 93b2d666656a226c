"""The rules of what a change of payer would cost whom: what a run would charge (`rents`). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kvitt_contracts.calendar import first_of_next_month
from kvitt_contracts.types import Charging, PayerId

from billing.rents.domain import (
    ChangePoint,
    PricePoint,
    RentSpan,
    charging_of_loan,
    payer_on,
    price_on,
    to_settle,
    with_change,
    with_charging,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From `from_on` on `payer_id` would pay, or nobody: in a store."""

    payer_id: PayerId | None
    from_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rented:
    """What there is of a device: its change points, the article's prices and how that is charged
    now (None: not listed yet), and what runs have `issued` of it.
    """

    points: Sequence[ChangePoint]
    prices: Sequence[PricePoint]
    charging: Charging | None
    issued: Sequence[RentSpan]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a change would cost of one device, in öre without VAT.

    `payer_before` would pay on the change's day without it. `before_ore` is what the invoice run
    then charges this payer for the days until the change, less what is to be credited from it on;
    `after_ore` what it charges the new one. `month_ore` is a whole month's rent, None where the
    article has no price yet.
    """

    payer_before: PayerId | None
    month_ore: int | None
    before_ore: int
    after_ore: int


def invoiced_through(from_on: date, *, next_month: date) -> date:
    """Returns the last day of the month whose run is the first to invoice a change: the month that
    it takes effect in, or `next_month` where that has been invoiced already. `next_month` is a day
    of the first month that no run has begun to invoice.
    """
    return first_of_next_month(max(from_on, next_month)) - _DAY


def first_day(
    from_on: date, unsettled_from: date | None, *, through: date, next_month: date
) -> date:
    """Returns the first day that the run of the month that ends `through` settles of a device: what
    earlier months leave is settled by their own runs.
    """
    if through >= first_of_next_month(next_month):
        return through.replace(day=1)
    return min(unsettled_from or from_on, from_on)


# decision 0322: what a change costs is asked of the run's own function, and tells nobody who pays
def preview(rented: Rented, change: Change, *, first: date, through: date) -> Cost:
    """What a change would cost of one device, charged by the run that ends `through` and begins
    with `first` (BIL-16). Stockholm days, both included. Of the days from the change on, those
    count that no later change takes over.
    """
    points = with_charging(rented.points, rented.charging) if rented.charging else rented.points
    begins, last = change.from_on, _last_day(points, change.from_on, through)
    payer_before = payer_on(points, begins)
    charging = _charging(points, change, rented.charging)
    changed = with_change(points, change.payer_id, effective_on=begins, charging=charging)

    until = to_settle(points, rented.prices, rented.issued, from_day=first, to_day=begins - _DAY)
    credited = to_settle((), rented.prices, rented.issued, from_day=begins, to_day=last)
    after = to_settle(changed, rented.prices, (), from_day=begins, to_day=last)
    return Cost(
        payer_before=payer_before,
        month_ore=_month(rented.prices, change, charging),
        before_ore=_sum((*until, *credited), of=payer_before),
        after_ore=_sum(after, of=change.payer_id),
    )


def _last_day(points: Sequence[ChangePoint], begins: date, through: date) -> date:
    later = [point.effective_on - _DAY for point in points if point.effective_on > begins]
    return min([through, *later])


def _charging(
    points: Sequence[ChangePoint], change: Change, charging: Charging | None
) -> Charging | None:
    """How the loan is charged from the change on: as it is, or as its article where it begins with
    it (BIL-1).
    """
    if change.payer_id is None:
        return None
    if payer_on(points, change.from_on) is None:
        return charging
    return charging_of_loan(points, on=change.from_on) or charging


def _month(prices: Sequence[PricePoint], change: Change, charging: Charging | None) -> int | None:
    if change.payer_id is None or charging is Charging.SALE:
        return 0
    price = price_on(prices, change.from_on)
    return price.net_ore if price else None


def _sum(spans: Sequence[RentSpan], *, of: PayerId | None) -> int:
    return sum(span.amount.net_ore for span in spans if span.payer_id == of)
