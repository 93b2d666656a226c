"""The rules of what explains a line: its parts, who pays and why, which price, what is credited and
what became known. Pure; the words are in `telling`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from kvitt_contracts.calendar import first_of_next_month
from kvitt_contracts.types import Charging, Money, PayerId

from billing.domain import Charge
from billing.rents.domain import (
    Cause,
    ChangePoint,
    Facts,
    PricePoint,
    RentSpan,
    day_share,
    deciding,
    point_on,
    price_on,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPart:
    """What one day comes to in a line, in öre without VAT."""

    day: date
    net_ore: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What some days of one month, or so many pieces, come to, in öre without VAT: `of_days` is how
    many days the month has, `price_ore` the month's price, or one piece's.
    """

    quantity: int
    price_ore: int
    net_ore: int
    from_day: date | None = None
    to_day: date | None = None
    of_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Since when a payer pays, by which cause, and when that was decided; the last two are None
    where they were not noted.
    """

    since: date
    payer_id: PayerId | None
    cause: Cause | None
    told_on: date | None


class Reason(StrEnum):
    """Why days that were invoiced are taken back."""

    NOBODY_PAYS = "nobody_pays"
    OTHER_PAYER = "other_payer"
    SOLD = "sold"
    OTHER_PRICE = "other_price"
    NOT_NOTED = "not_noted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What became known of credited days from `from_day` on: of the payer by `chosen`, of the price
    by `price`.
    """

    from_day: date
    reason: Reason
    chosen: Chosen | None = None
    price: PricePoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A line's parts, which come to its amount, and what they follow from. Without `is_noted` what
    decided it was not kept when it was invoiced: it is what is known now.
    """

    parts: tuple[Part, ...]
    days: tuple[DayPart, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    prices: tuple[PricePoint, ...] = ()
    known: tuple[Known, ...] = ()
    is_noted: bool = True


def explain_rent(
    span: RentSpan,
    facts: Facts | None,
    *,
    points: Sequence[ChangePoint],
    prices: Sequence[PricePoint],
) -> Explained:
    """Explain the days of one device on a line (BIL-17). `facts` is what decided them when they
    were settled, None where that was not noted: then today's `points` and `prices` do.

    Of a credit, the facts are what became known (BIL-9).
    """
    now = deciding(points, prices, from_day=span.from_day, to_day=span.to_day)
    decided = facts or now
    is_credit = span.sign < 0
    return Explained(
        parts=_by_month(span),
        days=tuple(DayPart(day=day, net_ore=_share(span, day)) for day in span.days),
        chosen=() if is_credit else tuple(_payers(decided.points, span)),
        prices=tuple(one for one in decided.prices if one.price == span.monthly),
        known=tuple(_known(span, decided)) if is_credit else (),
        is_noted=facts is not None,
    )


def explain_charge(charge: Charge, prices: Sequence[PricePoint], *, amount: Money) -> Explained:
    """Explain a line of what was raised once: so many at one price, and since when that price was
    valid where the article's list still says so (BIL-17). `prices` are the article's; `amount` is
    the line's: of one that takes the charge back it is negative.
    """
    net_ore, quantity = amount.net_ore, charge.quantity
    if quantity == 0 or net_ore % quantity:
        quantity = 1
    unit = Money(net_ore=net_ore // quantity, vat_percent=amount.vat_percent)
    on = [one for one in prices if one.valid_from <= charge.charged_on]
    latest = max(on, key=lambda one: one.valid_from, default=None)
    return Explained(
        parts=(Part(quantity=quantity, price_ore=unit.net_ore, net_ore=net_ore),),
        prices=(latest,) if latest is not None and latest.price == unit else (),
    )


def explain_amount(amount: Money) -> Explained:
    """Explain a line of which nothing but its amount is stored."""
    part = Part(quantity=1, price_ore=amount.net_ore, net_ore=amount.net_ore)
    return Explained(parts=(part,), is_noted=False)


def _share(span: RentSpan, day: date) -> int:
    return span.sign * day_share(span.monthly.net_ore, day)


def _by_month(span: RentSpan) -> tuple[Part, ...]:
    parts = []
    for _, days in groupby(span.days, key=lambda day: (day.year, day.month)):
        several = list(days)
        parts.append(
            Part(
                quantity=len(several),
                price_ore=span.monthly.net_ore,
                net_ore=sum(_share(span, day) for day in several),
                from_day=several[0],
                to_day=several[-1],
                of_days=(first_of_next_month(several[0]) - timedelta(days=1)).day,
            )
        )
    return tuple(parts)


def _payers(points: Iterable[ChangePoint], span: RentSpan) -> Iterable[Chosen]:
    """What made the line's payer pay; what is known now of another one is no explanation of it."""
    return (_chosen(point) for point in points if point.payer_id == span.payer_id)


def _known(span: RentSpan, facts: Facts) -> Iterable[Known]:
    latest: Known | None = None
    for day in span.days:
        one = _known_of(span, facts, day)
        if latest is None or replace(one, from_day=latest.from_day) != latest:
            latest = one
            yield one


def _known_of(span: RentSpan, facts: Facts, day: date) -> Known:
    point = point_on(facts.points, day)
    if point is None or point.payer_id is None:
        chosen = _chosen(point) if point is not None else None
        return Known(from_day=day, reason=Reason.NOBODY_PAYS, chosen=chosen)
    if point.payer_id != span.payer_id:
        return Known(from_day=day, reason=Reason.OTHER_PAYER, chosen=_chosen(point))
    if point.charging is Charging.SALE:
        return Known(from_day=day, reason=Reason.SOLD, chosen=_chosen(point))
    price = price_on(facts.prices, day)
    if price is not None and price != span.monthly:
        valid = max(one.valid_from for one in facts.prices if one.valid_from <= day)
        point_of_price = PricePoint(valid_from=valid, price=price)
        return Known(from_day=day, reason=Reason.OTHER_PRICE, price=point_of_price)
    return Known(from_day=day, reason=Reason.NOT_NOTED)


def _chosen(point: ChangePoint) -> Chosen:
    return Chosen(
        since=point.effective_on,
        payer_id=point.payer_id,
        cause=point.cause,
        told_on=point.told_on,
    )
