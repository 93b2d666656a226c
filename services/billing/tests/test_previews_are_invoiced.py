"""What is previewed is what the month's run then charges, to the öre (BIL-16)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from billing.app import service
from billing.models import InvoiceRow
from billing.previews.domain import Change, Rented, first_day, invoiced_through, preview
from billing.rents.domain import (
    ChangePoint,
    PricePoint,
    RentSpan,
    charging_of_loan,
    payer_on,
    to_settle,
    with_change,
)
from hypothesis import given as cases
from hypothesis import settings
from hypothesis import strategies as st
from kvitt_contracts.calendar import first_of_next_month
from kvitt_contracts.inventory import CustodyChanged, DeviceRegistered
from kvitt_contracts.types import Charging, DeviceId, Money, PayerId, Role, UnitPayer
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_transfer,
    a_day_closed,
    a_store_custody,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.orders import a_payer_registered
from services.billing.tests.builders import a_device, lent, returned

DAY = timedelta(days=1)
APRIL_1, MAY_1, JULY_31 = date(2026, 4, 1), date(2026, 5, 1), date(2026, 7, 31)
POOL = [PayerId(f"2031{number}") for number in range(8)]

# -- the rule, alone -----------------------------------------------------------------------------

PAYERS = st.sampled_from(POOL[:3])
CHARGINGS = st.sampled_from([Charging.RENT, Charging.RENT, Charging.SALE, None])
POINTS = st.lists(
    st.builds(
        ChangePoint,
        effective_on=st.dates(APRIL_1, date(2026, 6, 30)),
        payer_id=st.none() | PAYERS,
        charging=CHARGINGS,
    ),
    max_size=5,
    unique_by=lambda point: point.effective_on,
)
PRICES = st.lists(
    st.builds(
        PricePoint,
        valid_from=st.dates(APRIL_1, date(2026, 6, 30)),
        price=st.builds(Money, net_ore=st.integers(0, 1_000_000)),
    ),
    max_size=4,
    unique_by=lambda point: point.valid_from,
)


@pytest.mark.rule("BIL-16a")
@cases(
    points=POINTS,
    prices=PRICES,
    payer=st.none() | PAYERS,
    from_on=st.dates(APRIL_1, JULY_31),
    next_month=st.sampled_from([APRIL_1, MAY_1, date(2026, 6, 1)]),
)
@settings(max_examples=400)
def test_what_is_previewed_of_a_device_is_what_the_run_then_charges_its_two_payers(
    points: list[ChangePoint],
    prices: list[PricePoint],
    payer: PayerId | None,
    from_on: date,
    next_month: date,
) -> None:
    issued = to_settle(points, prices, [], from_day=APRIL_1, to_day=next_month - DAY)
    through = invoiced_through(from_on, next_month=next_month)
    first = first_day(from_on, next_month, through=through, next_month=next_month)
    change = Change(payer_id=payer, from_on=from_on)
    rented = Rented(points=points, prices=prices, charging=Charging.RENT, issued=issued)

    cost = preview(rented, change, first=first, through=through)

    told = as_told(points, change)
    charged = to_settle(told, prices, issued, from_day=first, to_day=through)
    last = min([through, *(p.effective_on - DAY for p in points if p.effective_on > from_on)])
    before = by_day(charged, cost.payer_before, first, from_on - DAY)
    since = by_day(charged, payer, from_on, last)
    if cost.payer_before != payer:
        before += by_day(charged, cost.payer_before, from_on, last)
        assert (cost.before_ore, cost.after_ore) == (before, since)
    assert cost.before_ore + cost.after_ore == before + since


def as_told(points: Sequence[ChangePoint], change: Change) -> Sequence[ChangePoint]:
    """The change points once the change is told: what was never told how it is charged, is rented
    as its article is.
    """
    known = [
        p.model_copy(update={"charging": p.charging or Charging.RENT}) if p.payer_id else p
        for p in points
    ]
    goes_on = payer_on(known, change.from_on) is not None
    loan = charging_of_loan(known, on=change.from_on) if goes_on else Charging.RENT
    charging = loan if change.payer_id else None
    return with_change(known, change.payer_id, effective_on=change.from_on, charging=charging)


def by_day(spans: Sequence[RentSpan], payer: PayerId | None, first: date, last: date) -> int:
    """What a payer is charged for the days from the first to the last, in öre."""
    return sum(
        RentSpan(
            payer_id=span.payer_id, monthly=span.monthly, from_day=day, to_day=day, sign=span.sign
        ).amount.net_ore
        for span in spans
        for day in span.days
        if payer is not None and span.payer_id == payer and first <= day <= last
    )


# -- the service, whole --------------------------------------------------------------------------

ARTICLES = ("30012", "30422", "30723", "30811")
SOLD = ARTICLES[-1]
Charged = dict[tuple[str, DeviceId, PayerId], int]
"""Öre by month, device and payer."""


@dataclass
class Loan:
    """A device of the case, and who has paid for it, the latest last."""

    device: DeviceRegistered
    payer: PayerId | None
    since: date
    paid: set[PayerId] = field(default_factory=set)

    def changed(self, payer: PayerId | None, on: date) -> CustodyChanged:
        """The fact that a transfer has taken effect on a day."""
        number, article = self.device.device_number, self.device.article_number
        before = a_custody(payer=self.payer) if self.payer else a_store_custody()
        after = a_custody(payer=payer, since=on) if payer else a_store_custody(since=on)
        self.payer, self.since = payer, on
        self.paid |= {payer} if payer else set()
        return a_custody_changed_by_transfer(
            number,
            to=after,
            before=before,
            article=article,
            charging="sale" if article == SOLD else "rent",  # a loan begins as its article is
        )


class Case:
    """A region's months with random loans, prices and transfers; each is previewed, then told."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = Random(seed)
        self.changes = 0
        self.previewed: Charged = {}
        self.loans: list[Loan] = []

    async def begin(self) -> None:
        """Articles with changing prices, devices, loans since April, and April's invoices."""
        for payer in POOL:
            await self.world.handle(a_payer_registered(payer))
        for article in ARTICLES:
            charging = "sale" if article == SOLD else "rent"
            await self.world.handle(an_article_listed(article, charging=charging))
            for month in (1, 4, 5, 6, 7):
                on = date(2026, month, 1 if month == 1 else self.random.randint(1, 28))
                price = an_article_priced(
                    article, self.random.randint(0, 99_999), valid_from=on.isoformat()
                )
                await self.world.handle(price)
        rented = self.random.choices(ARTICLES[:-1], k=13)
        for number, article in enumerate([*rented, SOLD], start=75100):
            device = a_device(str(number), article=article)
            self.loans.append(Loan(device, None, APRIL_1))
            await self.world.handle(device)
        for loan in self.loans[2:]:
            loan.payer, loan.since = self.random.choice(POOL), self.day(APRIL_1, 20)
            loan.paid = {loan.payer}
            how = "sale" if loan.device.article_number == SOLD else "rent"
            began = lent(loan.device, payer=loan.payer, since=loan.since.isoformat(), charging=how)
            await self.tell(began)
        for loan in self.random.sample(self.loans[2:13], 2):
            on = loan.since + self.random.randint(1, 5) * DAY
            await self.tell(returned(loan.device, since=on.isoformat()))
            loan.payer, loan.since = None, on
        await self.close(date(2026, 4, 30))

    def day(self, first: date, days: int) -> date:
        """One of so many days."""
        return first + self.random.randrange(days) * DAY

    async def transfer(self, month: date) -> None:
        """A transfer of some devices to a payer that has paid for none of them, to one who pays for
        all of them, or to a store: in the month, in the month before, or in the month after.
        """
        chosen = self.random.sample(self.loans, self.random.randint(1, 4))
        unpaid = [one for one in POOL if not any(one in loan.paid for loan in chosen)]
        kept = {loan.payer for loan in chosen}
        payer: PayerId | None = self.random.choice(unpaid) if unpaid else None
        if self.random.random() < 0.2 and len(kept) == 1:
            (payer,) = kept
        elif self.random.random() < 0.15:
            payer = None
        earliest = max(loan.since for loan in chosen)
        from_on = max(earliest, month + (self.random.randrange(60) - 20) * DAY)
        changes = [loan for loan in chosen if loan.payer or payer]
        if not changes:
            return
        await self.preview(changes, payer, from_on)
        for loan in changes:
            await self.tell(loan.changed(payer, from_on))

    async def preview(self, loans: Sequence[Loan], payer: PayerId | None, from_on: date) -> None:
        """Note what is previewed, in place of what an earlier one said of the same payers."""
        body = {
            "devices": [str(loan.device.device_id) for loan in loans],
            "payer_id": payer,
            "from_on": from_on.isoformat(),
        }
        async with self.world.http(roles=[Role.CUSTOMER_SERVICE]) as client:
            answer = await client.post("/transfers:preview", json=body)
        assert answer.status_code == 200, answer.text
        shown = answer.json()
        assert [line["device_id"] for line in shown["lines"]] == body["devices"]
        for total in ("before_ore", "after_ore", "month_ore"):
            assert shown[f"total_{total}"] == sum(line[total] for line in shown["lines"])
        for line in shown["lines"]:
            of: defaultdict[str, int] = defaultdict(int)
            of[line["payer_before"]] += line["before_ore"]
            of[line["payer_after"]] += line["after_ore"]
            for who, ore in of.items():
                if who is not None:
                    key = (shown["month"], DeviceId(UUID(line["device_id"])), PayerId(who))
                    self.previewed[key] = ore

    async def tell(self, change: CustodyChanged) -> None:
        """A change of custody, with the next number of the region."""
        self.changes += 1
        await self.world.handle_all(*numbered(change, first=self.changes))

    async def close(self, day: date) -> None:
        """The last day of a month closes, and the month is invoiced."""
        await self.world.handle(a_day_closed(day, custody_changes=self.changes))
        await self.world.fire_timers()

    async def charged(self) -> Charged:
        """What all documents come to."""
        found: defaultdict[tuple[str, DeviceId, PayerId], int] = defaultdict(int)
        for one in await self.world.rows(InvoiceRow):
            assert isinstance(one.payer, UnitPayer)
            for line in one.lines:
                assert line.device_id is not None
                key = (one.month, line.device_id, one.payer.payer_id)
                found[key] += line.amount.net_ore
        return dict(found)


def differing(
    previewed: Charged, charged: Mapping[tuple[str, DeviceId, PayerId], int]
) -> list[str]:
    """Where the two are not the same."""
    return [
        f"{key}: {ore} previewed, {charged.get(key, 0)} charged"
        for key, ore in previewed.items()
        if charged.get(key, 0) != ore
    ]


@pytest.mark.rule("BIL-16a")
@pytest.mark.parametrize("seed", range(6))
async def test_random_transfers_cost_what_was_previewed_once_their_month_is_invoiced(
    given: Given, seed: int
) -> None:
    async with given(service, at=stockholm("2026-05-12 08:00")) as world:
        case = Case(world, seed)
        await case.begin()
        for month in (MAY_1, date(2026, 6, 1)):
            for _ in range(6):
                await case.transfer(month)
            await case.close(first_of_next_month(month) - DAY)
        await case.close(JULY_31)

        assert len(case.previewed) >= 15
        assert differing(case.previewed, await case.charged()) == []
