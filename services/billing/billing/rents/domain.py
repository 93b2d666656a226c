"""The rules of rent: what a day costs, who pays for it, what a run has to invoice. Pure."""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from kvitt_contracts.inventory import CustodyCause
from kvitt_contracts.types import Charging, Money, PayerId, Value, VatPercent, Word
from pydantic import Field


class PricePoint(Value):
    """From `valid_from` on an article costs `price`: per month for rent, per unit for a sale."""

    valid_from: date
    price: Money


_DAY: Final = timedelta(days=1)

NOTHING: Final = Money(net_ore=0)
"""A price of 0."""


class Cause(Value):
    """What changed custody: `noun` names the kind of thing that has the id. A return by itself has
    none, nor what the region has `stated`.
    """

    noun: Word
    id: Annotated[UUID | None, Field(exclude_if=lambda one: one is None)] = None


STATED = Cause(noun=Word("stated"))
"""The region said so when Kvitt took over."""


class ChangePoint(Value):
    """From `effective_on` on a device is paid by `payer_id`, or by nobody (in a store).

    `charging` is the loan's: rented by the day, or sold when it was delivered. None in a store.
    `cause` made it so, and inventory decided it on `told_on`; None of what came before they were
    noted.
    """

    effective_on: date
    payer_id: PayerId | None
    charging: Charging | None = None
    cause: Annotated[Cause | None, Field(exclude_if=lambda one: one is None)] = None
    told_on: Annotated[date | None, Field(exclude_if=lambda one: one is None)] = None


class Facts(Value):
    """What decides some days of a device: change points and prices, each from its day on."""

    points: tuple[ChangePoint, ...] = ()
    prices: tuple[PricePoint, ...] = ()


MISSING: Final = Word("missing")
"""The noun of what was stolen or lost: nobody has it, and nobody pays for it (INV-15)."""
_GONE: Final = frozenset(map(Word, ("stolen", "lost")))


def cause_of(cause: CustodyCause) -> Cause:
    """Returns what changed custody, by the most telling of the things that are named."""
    for noun in _CAUSES:
        if (found := getattr(cause, f"{noun}_id")) is not None:
            return Cause(noun=Word(noun), id=found)
    if cause.damage in _GONE:
        return Cause(noun=MISSING)
    return Cause(noun=Word("return"))


def is_missing(cause: Cause | None) -> bool:
    """True of what was stolen or lost: nobody has it, but it has not come back (INV-15)."""
    return cause is not None and cause.noun == MISSING


_CAUSES = (
    "transfer",
    "order",
    "sale",
    "stocktaking",
    "work_order",
    "fault_report",
    "pickup",
    "return",
)


def with_price(
    prices: Iterable[PricePoint], price: Money, *, valid_from: date
) -> tuple[PricePoint, ...]:
    """Returns the prices with one more, which replaces one of the same day."""
    kept = (point for point in prices if point.valid_from != valid_from)
    return (*kept, PricePoint(valid_from=valid_from, price=price))


def with_change(
    points: Iterable[ChangePoint],
    payer_id: PayerId | None,
    *,
    effective_on: date,
    charging: Charging | None,
    cause: Cause | None = None,
    told_on: date | None = None,
) -> tuple[ChangePoint, ...]:
    """Returns the change points with one more, which replaces one of the same day."""
    kept = (point for point in points if point.effective_on != effective_on)
    point = ChangePoint(
        effective_on=effective_on,
        payer_id=payer_id,
        charging=charging,
        cause=cause,
        told_on=told_on,
    )
    return (*kept, point)


def deciding(
    points: Iterable[ChangePoint], prices: Iterable[PricePoint], *, from_day: date, to_day: date
) -> Facts:
    """Returns the change points and prices that decide the days from `from_day` to `to_day`, both
    included, the oldest first.
    """
    by_day = {point.effective_on: point for point in points}
    by_price = {point.valid_from: point for point in prices}
    return Facts(
        points=tuple(by_day[day] for day in _in_force(by_day, from_day, to_day)),
        prices=tuple(by_price[day] for day in _in_force(by_price, from_day, to_day)),
    )


def _in_force(days: Iterable[date], from_day: date, to_day: date) -> list[date]:
    """Those of the days that something is in force from which holds on one of these days."""
    begun = sorted(day for day in days if day <= to_day)
    before = [day for day in begun if day <= from_day]
    return [*before[-1:], *(day for day in begun if day > from_day)]


def with_charging(points: Sequence[ChangePoint], charging: Charging) -> tuple[ChangePoint, ...]:
    """Returns the change points, those of a loan that was never told how it is charged with
    `charging`: it began before that was told, and its article was listed after that (BIL-1).
    """
    return tuple(
        point
        if point.payer_id is None or point.charging is not None
        else point.model_copy(update={"charging": charging})
        for point in points
    )


def charging_of_loan(points: Iterable[ChangePoint], *, on: date) -> Charging | None:
    """Returns how the loan that goes on with a change on a day is charged: as it began, whatever
    became of its article (BIL-1, BIL-2). None where no loan is known.
    """
    paid = [p for p in points if p.effective_on <= on and p.payer_id is not None]
    return max(paid, key=lambda point: point.effective_on).charging if paid else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RentSpan:
    """Days [from_day, to_day], both included, of one device at one price for one payer; `sign` -1
    is a credit. `id`: of what is settled; `corrects`: the settled debit that a credit takes back.
    """

    payer_id: PayerId
    monthly: Money
    from_day: date
    to_day: date
    sign: int = 1
    id: UUID | None = None
    corrects: UUID | None = None

    @property
    def days(self) -> Iterator[date]:
        """Every day of the span."""
        return _days(self.from_day, self.to_day)

    @property
    def amount(self) -> Money:
        """The price of the span in öre without VAT; negative for a credit."""
        net = share_of_days(self.monthly.net_ore, self.from_day, self.to_day)
        return Money(net_ore=self.sign * net, vat_percent=self.monthly.vat_percent)


def day_share(monthly_ore: int, day: date) -> int:
    """A day's share of a month's price in öre, so that the days of a month add up to it exactly
    (BIL-1, BIL-10).

    Day k of a month of n days costs round(p·k/n) − round(p·(k−1)/n), half rounded up.
    """
    return share_of_days(monthly_ore, day, day)


def share_of_days(monthly_ore: int, first: date, last: date) -> int:
    """What the days `first` to `last`, both included, cost in öre: the sum of their `day_share`,
    of which only the ends of each month remain.
    """
    net = 0
    while first <= last:
        length = monthrange(first.year, first.month)[1]
        end = min(last, first.replace(day=length))
        net += _rounded(monthly_ore * end.day, length)
        net -= _rounded(monthly_ore * (first.day - 1), length)
        first = end + _DAY
    return net


def price_on(prices: Iterable[PricePoint], day: date) -> Money | None:
    """Returns the price that is valid on a day, or None before the first."""
    valid = [point for point in prices if point.valid_from <= day]
    return max(valid, key=lambda point: point.valid_from).price if valid else None


def payer_on(points: Iterable[ChangePoint], day: date) -> PayerId | None:
    """Returns who pays for a device on a day, or None: the latest change point decides, so two
    payers cannot be (BIL-1).
    """
    point = point_on(points, day)
    return point.payer_id if point else None


# decision 0060: a device in a store has no payer
def owed_rent(
    points: Sequence[ChangePoint], prices: Sequence[PricePoint], *, from_day: date, to_day: date
) -> list[RentSpan]:
    """Returns who pays which price for which days from `from_day` to `to_day`, both included, in
    their order. Days without payer or price, or of a device that was sold, are left out (BIL-2).
    """
    changes = {point.effective_on for point in points} | {price.valid_from for price in prices}
    firsts = sorted({from_day, *(day for day in changes if from_day < day <= to_day)})
    owed = []
    for first, following in pairwise([*firsts, to_day + _DAY]):
        point, monthly = point_on(points, first), price_on(prices, first)
        if point is None or point.payer_id is None or monthly is None:
            continue
        if point.charging is Charging.RENT:
            last = following - _DAY
            owed.append(
                RentSpan(payer_id=point.payer_id, monthly=monthly, from_day=first, to_day=last)
            )
    return owed


# decision 0482: days that are alike are counted at once
def rent_to_invoice(
    owed: Iterable[RentSpan], issued: Iterable[RentSpan], *, from_day: date, to_day: date
) -> list[RentSpan]:
    """Owed minus issued, day by day: what a run has to debit and to credit for one device (BIL-1,
    BIL-9).

    Nothing issued is changed: a day that was issued to another payer or at another price is
    credited whole, then debited anew. A credit names the debit that it takes back.
    """
    owing = list(owed)
    settled = [
        replace(one, from_day=max(one.from_day, from_day), to_day=min(one.to_day, to_day))
        for one in issued
        if one.from_day <= to_day and from_day <= one.to_day
    ]
    stretches = _Stretches.of([*owing, *settled])
    balance: dict[_StretchAtPrice, int] = {}
    for span, by in [*((one, 1) for one in owing), *((one, -one.sign) for one in settled)]:
        for first in stretches.within(span):
            key = _key(first, span)
            balance[key] = balance.get(key, 0) + by
    is_credited = any(count < 0 for count in balance.values())
    left = _not_taken_back(settled, stretches) if is_credited else {}
    return _as_spans(balance, left, stretches)


def to_settle(
    points: Sequence[ChangePoint],
    prices: Sequence[PricePoint],
    issued: Iterable[RentSpan],
    *,
    from_day: date,
    to_day: date,
) -> list[RentSpan]:
    """Returns what a run puts on documents for one device, from `from_day` to `to_day`, both
    included: what these days cost by its change points, less what is `issued` (BIL-9).
    """
    owed = owed_rent(points, prices, from_day=from_day, to_day=to_day)
    return rent_to_invoice(owed, issued, from_day=from_day, to_day=to_day)


def point_on(points: Iterable[ChangePoint], day: date) -> ChangePoint | None:
    """Returns the change point that decides a day, or None before the first."""
    passed = [point for point in points if point.effective_on <= day]
    return max(passed, key=lambda point: point.effective_on) if passed else None


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY


@dataclass(frozen=True, slots=True)
class _Stretches:
    """The days of some spans as stretches, within each of which none of them begins or ends: all
    days of one are alike. Each is known by its first day.
    """

    firsts: Sequence[date]
    following: Mapping[date, date]

    @classmethod
    def of(cls, spans: Iterable[RentSpan]) -> "_Stretches":
        ends = sorted({day for one in spans for day in (one.from_day, one.to_day + _DAY)})
        return cls(ends[:-1], dict(pairwise(ends)))

    def within(self, span: RentSpan) -> Sequence[date]:
        """Those of a span."""
        firsts = self.firsts
        return firsts[bisect_left(firsts, span.from_day) : bisect_right(firsts, span.to_day)]

    def runs(self, firsts: Sequence[date]) -> Iterator[tuple[date, date]]:
        """Stretches that follow each other as one: its first day and its last."""
        begun = previous = firsts[0]
        for first in firsts[1:]:
            if first != self.following[previous]:
                yield begun, self.following[previous] - _DAY
                begun = first
            previous = first
        yield begun, self.following[previous] - _DAY


_StretchAtPrice: TypeAlias = tuple[date, PayerId, int, VatPercent]
"""A stretch by its first day, who pays for it, and at which price and rate of VAT."""


def _key(first: date, span: RentSpan) -> _StretchAtPrice:
    return first, span.payer_id, span.monthly.net_ore, span.monthly.vat_percent


# decision 0403: the rent, since it may not be invoiced yet
def _not_taken_back(
    settled: Sequence[RentSpan], stretches: _Stretches
) -> dict[_StretchAtPrice, list[UUID | None]]:
    """The settled debits of each stretch that no credit has taken back. A credit of before credits
    named theirs has taken back any of them.
    """
    left: dict[_StretchAtPrice, list[UUID | None]] = {}
    for span in sorted(settled, key=lambda one: -one.sign):
        for first in stretches.within(span):
            debits = left.setdefault(_key(first, span), [])
            if span.sign > 0:
                debits.append(span.id)
            elif debits:
                debits.remove(span.corrects if span.corrects in debits else debits[0])
    return left


def _as_spans(
    balance: Mapping[_StretchAtPrice, int],
    left: Mapping[_StretchAtPrice, list[UUID | None]],
    stretches: _Stretches,
) -> list[RentSpan]:
    """Consecutive days of the same payer, price and sign become one span; of credits, those that
    take back the same debit. `left`: the debits of each stretch that can be taken back.
    """
    entries = sorted(
        ((*key[1:], sign, corrects, key[0]) for key, sign, corrects in _each(balance, left)),
        key=lambda entry: (*entry[:4], str(entry[4] or ""), entry[5]),
    )
    spans = []
    for (payer_id, net, vat, sign, corrects), group in groupby(entries, key=lambda one: one[:5]):
        monthly = Money(net_ore=net, vat_percent=vat)
        spans += [
            RentSpan(
                payer_id=payer_id,
                monthly=monthly,
                from_day=first,
                to_day=last,
                sign=sign,
                corrects=corrects,
            )
            for first, last in stretches.runs([entry[5] for entry in group])
        ]
    return spans


def _each(
    balance: Mapping[_StretchAtPrice, int], left: Mapping[_StretchAtPrice, list[UUID | None]]
) -> Iterator[tuple[_StretchAtPrice, int, UUID | None]]:
    """One by one what is to be debited and credited, each credit with the debit it takes back."""
    for key, count in balance.items():
        debits = [*left.get(key, ())]
        for _ in range(abs(count)):
            if count > 0:
                yield key, 1, None
            else:
                yield key, -1, debits.pop() if debits else None


def days_paid_otherwise(
    points: Iterable[ChangePoint], told: Mapping[date, PayerId | None]
) -> tuple[date, ...]:
    """The days from which the change points say another payer than custody does; `told` is who
    pays from which day by custody. Before the first of either nobody pays (BIL-1).
    """
    here = {point.effective_on: point.payer_id for point in points}
    days = sorted({*here, *told})
    return tuple(day for day in days if _payer_from(here, day) != _payer_from(told, day))


def _payer_from(payers: Mapping[date, PayerId | None], day: date) -> PayerId | None:
    begun = [one for one in payers if one <= day]
    return payers[max(begun)] if begun else None
