"""A thousand years of a device, told in any order: late and back-dated changes of custody and of
price, with the months' runs in between. What is invoiced in the end is what each day costs by the
book: a recomputation here, which shares nothing with the rules of rent.
"""

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from random import Random

import pytest
from billing.rents.domain import (
    ChangePoint,
    PricePoint,
    RentSpan,
    to_settle,
    with_change,
    with_price,
)
from kvitt_contracts.types import Charging, Money, PayerId

YEARS = 1_000
AT_ONCE = 50
FIRST, LAST = date(2027, 1, 1), date(2028, 1, 31)
MONTH_ENDS = [date(2027, month, monthrange(2027, month)[1]) for month in range(1, 13)]
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
PAYERS = [PayerId("20011"), PayerId("20311"), PayerId("20499")]


@dataclass(frozen=True)
class Change:
    """From a day on this payer pays for the device, or nobody; as it is charged."""

    on: date
    payer: PayerId | None
    charging: Charging | None


@dataclass(frozen=True)
class Priced:
    """From a day on a month costs this."""

    on: date
    price: Money


Fact = Change | Priced


@dataclass
class Device:
    """A device as billing has it: what was told of it, and what runs have settled."""

    points: tuple[ChangePoint, ...] = ()
    prices: tuple[PricePoint, ...] = ()
    unsettled_from: date | None = None
    settled: list[RentSpan] = field(default_factory=list)

    def hear(self, fact: Fact) -> None:
        """Store a fact, as the handlers do."""
        match fact:
            case Change(on=on, payer=payer, charging=charging):
                self.points = with_change(self.points, payer, effective_on=on, charging=charging)
            case Priced(on=on, price=price):
                self.prices = with_price(self.prices, price, valid_from=on)
        self.unsettled_from = min(self.unsettled_from or fact.on, fact.on)

    def run(self, through: date) -> None:
        """Settle what no run has settled up to a day, as the month's run does."""
        first = self.unsettled_from
        if first is None or first > through:
            return
        issued = [one for one in self.settled if one.to_day >= first and one.from_day <= through]
        self.settled += to_settle(self.points, self.prices, issued, from_day=first, to_day=through)
        self.unsettled_from = through + timedelta(days=1)


def a_year(chance: Random) -> list[Fact]:
    """What happens to a device in a year, each day of each kind once."""
    facts: list[Fact] = []
    for day in chance.sample(DAYS, chance.randint(1, 8)):
        payer = chance.choice([*PAYERS, None])
        charging = chance.choice([Charging.RENT] * 6 + [Charging.SALE]) if payer else None
        facts.append(Change(day, payer, charging))
    priced = {chance.choice([FIRST, DAYS[40]]), *chance.sample(DAYS[:200], chance.randint(0, 3))}
    for day in sorted(priced):
        price = Money(net_ore=chance.randint(0, 200_000), vat_percent=chance.choice([25, 6]))
        facts.append(Priced(day, price))
    return facts


def told_in_any_order(facts: list[Fact], chance: Random) -> Device:
    """The device after all of it was told in an order of chance, with runs of some months between,
    which come in their own order, and a last one when everything has been told.
    """
    device = Device()
    told = chance.sample(facts, len(facts))
    runs = sorted(chance.sample(MONTH_ENDS, chance.randint(1, 6)))
    places = sorted(chance.randint(0, len(told)) for _ in runs)
    for place in range(len(told) + 1):
        for at, month_end in zip(places, runs, strict=True):
            if at == place:
                device.run(month_end)
        if place < len(told):
            device.hear(told[place])
    device.run(LAST)
    return device


Owed = dict[tuple[PayerId, date, int], int]
"""What each payer owes for each day by rate of VAT, in öre; nothing is left out."""


def invoiced(device: Device) -> Owed:
    """What the runs have debited, less what they have credited."""
    counted: Counter[tuple[PayerId, Money, date]] = Counter()
    for span in device.settled:
        for day in span.days:
            counted[span.payer_id, span.monthly, day] += span.sign
    owed: Owed = {}
    for (payer, monthly, day), times in counted.items():
        of_day = RentSpan(payer_id=payer, monthly=monthly, from_day=day, to_day=day)
        key = (payer, day, int(monthly.vat_percent))
        owed[key] = owed.get(key, 0) + times * of_day.amount.net_ore
    return {key: ore for key, ore in owed.items() if ore}


def owed_by_the_book(facts: list[Fact]) -> Owed:
    """What each day costs whom, walking through the year with who has the device and its price."""
    changes = {fact.on: fact for fact in facts if isinstance(fact, Change)}
    prices = {fact.on: fact.price for fact in facts if isinstance(fact, Priced)}
    owed: Owed = {}
    now: Change | None = None
    price: Money | None = None
    for day in DAYS:
        now, price = changes.get(day, now), prices.get(day, price)
        if now is None or now.payer is None or now.charging is Charging.SALE or price is None:
            continue
        length = monthrange(day.year, day.month)[1]
        until, before = (
            floor(Fraction(price.net_ore * days, length) + Fraction(1, 2))
            for days in (day.day, day.day - 1)
        )
        if until > before:
            owed[now.payer, day, int(price.vat_percent)] = until - before
    return owed


@pytest.mark.rule("BIL-1b", "BIL-1c")
@pytest.mark.parametrize("first", range(0, YEARS, AT_ONCE))
def test_a_year_told_in_any_order_ends_in_the_same_sum_for_each_payer_and_day(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        chance = Random(seed)
        facts = a_year(chance)
        book = owed_by_the_book(facts)

        one, other = (told_in_any_order(facts, chance) for _ in range(2))

        assert invoiced(one) == invoiced(other) == book, f"seed {seed}"
        assert sum(span.amount.net_ore for span in one.settled) == sum(book.values())


def test_the_years_have_what_they_are_to_try() -> None:
    """Many years are invoiced before all is told of them, and are then credited."""
    credited = 0
    for seed in range(200):
        chance = Random(seed)
        device = told_in_any_order(a_year(chance), chance)
        credited += any(span.sign < 0 for span in device.settled)

    assert credited > 40
