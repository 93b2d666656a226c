"""Why a line of an invoice is as it is (BIL-17)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from billing.app import service
from billing.domain import Charge
from billing.explaining import telling
from billing.explaining.domain import (
    Explained,
    Reason,
    explain_amount,
    explain_charge,
    explain_rent,
)
from billing.models import DeviceRow, InvoiceRow, RentRow
from billing.rents.domain import (
    STATED,
    Cause,
    ChangePoint,
    PricePoint,
    RentSpan,
    deciding,
    payer_on,
    to_settle,
)
from hypothesis import given as random
from hypothesis import settings
from hypothesis import strategies as st
from kvitt.rules import rules
from kvitt_contracts.billing import ChargeKind
from kvitt_contracts.calendar import first_of_next_month
from kvitt_contracts.types import (
    Charging,
    Money,
    PayerId,
    PersonRef,
    Role,
    UnitPayer,
    Word,
)
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.inventory import (
    a_day_closed,
    a_device_stated_on_loan,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.orders import a_customer_registered, a_payer_registered
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.story import (
    CUSHION,
    OTHER,
    OTHER_PAYER,
    PAYER,
    RECEIVING,
    RECEIVING_PAYER,
    ROLLATOR,
    SENDING,
    order_id,
    transfer_id,
)
from services.billing.tests.builders import (
    a_device,
    a_fee,
    a_point,
    a_price,
    an_order,
    handed_over,
    lent,
    returned,
)

ROOT = Path(__file__).parents[3]
JULY_1 = stockholm("2026-07-01 06:00")
MAY_1, MAY_31 = date(2026, 5, 1), date(2026, 5, 31)
STAYS, GOES = a_device("75081"), a_device("75082")
CARE, STAFF = [Role.PRESCRIBER], [Role.CUSTOMER_SERVICE]


# -- the parts come to the line, whatever the year brings ------------------------------------------

YEAR = [date(2026, month, 1) for month in range(1, 13)]
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
CHANGES = st.lists(
    st.builds(
        ChangePoint,
        effective_on=DAYS,
        payer_id=st.sampled_from([PayerId("20011"), PayerId("20311"), None]),
        charging=st.sampled_from([Charging.RENT, Charging.RENT, Charging.SALE]),
        cause=st.just(Cause(noun=Word("return"))),
        told_on=DAYS,
    ),
    min_size=1,
    max_size=8,
)
PRICED = st.lists(
    st.builds(PricePoint, valid_from=DAYS, price=st.builds(Money, net_ore=st.integers(0, 99_999))),
    max_size=3,
    unique_by=lambda one: one.valid_from,
)


def a_year(
    changes: Sequence[ChangePoint], prices: Sequence[PricePoint]
) -> list[tuple[RentSpan, Explained]]:
    """Twelve runs, each of what was told by its month's end, with what explains each span."""
    prices = [a_price("2025-01-01", 31_000), *prices]
    spans: list[tuple[RentSpan, Explained]] = []
    for first in YEAR:
        last = first_of_next_month(first) - timedelta(days=1)
        told = [one for one in changes if one.told_on is not None and one.told_on <= last]
        points = list({one.effective_on: one for one in told}.values())
        issued = [span for span, _ in spans]
        for span in to_settle(points, prices, issued, from_day=YEAR[0], to_day=last):
            facts = deciding(points, prices, from_day=span.from_day, to_day=span.to_day)
            settled = replace(span, id=uuid4())
            spans.append((settled, explain_rent(settled, facts, points=(), prices=())))
    return spans


@pytest.mark.rule("BIL-17b")
@random(changes=CHANGES, prices=PRICED)
@settings(max_examples=100)
def test_the_parts_of_each_line_of_a_year_come_to_its_amount_to_the_ore(
    changes: list[ChangePoint], prices: list[PricePoint]
) -> None:
    for span, explained in a_year(changes, prices):
        parts = sum(part.net_ore for part in explained.parts)
        days = sum(day.net_ore for day in explained.days)
        assert parts == days == span.amount.net_ore
        assert [day.day for day in explained.days] == list(span.days)
        assert sum(part.quantity for part in explained.parts) == len(explained.days)


@pytest.mark.rule("BIL-17c")
@random(changes=CHANGES, prices=PRICED)
@settings(max_examples=100)
def test_each_line_of_a_year_says_who_pays_since_when_or_what_became_known(
    changes: list[ChangePoint], prices: list[PricePoint]
) -> None:
    for span, explained in a_year(changes, prices):
        if span.sign > 0:
            assert {one.payer_id for one in explained.chosen} == {span.payer_id}
            assert min(one.since for one in explained.chosen) <= span.from_day
            continue
        assert explained.known[0].from_day == span.from_day
        assert Reason.NOT_NOTED not in {one.reason for one in explained.known}


# -- what decided it then --------------------------------------------------------------------------


@pytest.mark.rule("BIL-17d")
def test_a_line_is_told_by_what_was_noted_and_not_by_what_is_known_now() -> None:
    then = [a_point("2026-05-01", PAYER)]
    now = [a_point("2026-05-01", RECEIVING_PAYER)]
    (span,) = to_settle(then, [a_price("2026-01-01", 31_000)], (), from_day=MAY_1, to_day=MAY_31)
    facts = deciding(then, [a_price("2026-01-01", 31_000)], from_day=MAY_1, to_day=MAY_31)

    noted = explain_rent(span, facts, points=now, prices=[a_price("2026-05-01", 62_000)])
    older = explain_rent(span, None, points=now, prices=[a_price("2026-05-01", 62_000)])

    assert (noted.is_noted, [one.payer_id for one in noted.chosen]) == (True, [PAYER])
    assert [one.valid_from for one in noted.prices] == [date(2026, 1, 1)]
    assert (older.is_noted, older.chosen, older.prices) == (False, (), ())


@pytest.mark.rule("BIL-17d")
def test_what_decides_some_days_is_what_is_in_force_and_what_begins_within_them() -> None:
    points = [
        a_point("2026-01-01", PAYER),
        a_point("2026-04-20", OTHER_PAYER),
        a_point("2026-05-11", RECEIVING_PAYER),
        a_point("2026-06-01", None),
    ]

    facts = deciding(points, [a_price("2026-06-01", 1)], from_day=MAY_1, to_day=MAY_31)

    assert [one.effective_on for one in facts.points] == [date(2026, 4, 20), date(2026, 5, 11)]
    assert facts.prices == ()


@pytest.mark.rule("BIL-17b")
@pytest.mark.parametrize(("quantity", "amount"), [(3, 36_000), (3, 100), (0, 500), (2, -9_900)])
def test_what_is_raised_once_is_so_many_at_a_price_or_its_amount(
    quantity: int, amount: int
) -> None:
    charge = a_charge(quantity, amount)
    (part,) = explain_charge(charge, (), amount=charge.amount).parts

    assert part.quantity * part.price_ore == part.net_ore == amount


@pytest.mark.rule("BIL-17a")
def test_a_kind_without_words_of_its_own_is_told_by_its_amount() -> None:
    explained = explain_amount(Money(net_ore=123))

    assert [(one.quantity, one.net_ore) for one in explained.parts] == [(1, 123)]
    assert not explained.is_noted


def a_charge(quantity: int, net_ore: int) -> Charge:
    """A sale of so many for an amount."""
    return Charge(
        kind=Word(ChargeKind.SALE),
        payer=UnitPayer(payer_id=PayerId(PAYER)),
        quantity=quantity,
        amount=Money(net_ore=net_ore),
        charged_on=MAY_1,
    )


@pytest.mark.rule("BIL-17a")
def test_each_sentence_is_of_a_clause_that_there_is() -> None:
    known = rules((ROOT / "docs" / "domain.md").read_text(encoding="utf-8"))
    clauses = {clause for one in known.values() for clause in one}

    assert set(telling.SENTENCES) <= clauses


# -- over HTTP -------------------------------------------------------------------------------------


async def two_months(world: World) -> None:
    """In May the sending unit pays for two devices, of which one goes to the receiving unit on the
    11th, and buys a cushion; in June it becomes known that the other came back on 21 May.
    """
    await world.handle_all(
        *(a_payer_registered(one) for one in (PAYER, RECEIVING_PAYER, OTHER_PAYER)),
        a_customer_registered(SENDING, payer=PAYER),
        a_customer_registered(RECEIVING, payer=RECEIVING_PAYER),
        a_customer_registered(OTHER, payer=OTHER_PAYER),
        an_article_listed(),
        an_article_priced(ROLLATOR, 31_000),
        an_article_listed(CUSHION, marked=False),
        an_article_priced(CUSHION, 12_000),
        STAYS,
        GOES,
        *numbered(
            lent(STAYS, payer=PAYER, since="2026-05-01"),
            lent(GOES, payer=PAYER, since="2026-05-01"),
            handed_over(GOES, payer=RECEIVING_PAYER, since="2026-05-11"),
        ),
        an_order(quantity=2, fee=a_fee(10_000)),
        a_line_delivered(payer=PAYER, on="2026-05-05", quantity=2),
        a_day_closed(MAY_31, custody_changes=3),
    )
    await world.fire_timers()
    await world.handle_all(
        *numbered(returned(STAYS, since="2026-05-21"), first=4),
        a_day_closed(date(2026, 6, 30), custody_changes=4),
    )
    await world.fire_timers()


async def explained(
    world: World,
    month: str,
    of: str,
    *,
    kind: str = "rent",
    is_credit: bool = False,
    roles: Sequence[Role] = STAFF,
    at: str = OTHER,
) -> dict[str, Any]:
    """What explains the first line of that kind on a payer's document of a month."""
    (found,) = [
        row
        for row in await world.rows(InvoiceRow)
        if (row.month, row.is_credit, row.payer_key) == (month, is_credit, of)
    ]
    n = next(n for n, line in enumerate(found.lines, 1) if line.kind == kind)
    async with world.http(roles=roles, service_points=[at]) as client:
        answer = await client.get(f"/invoices/{found.id}/lines/{n}:explain")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def said(found: dict[str, Any], about: str) -> list[str]:
    """What the steps about something say, with ordinary spaces."""
    return [
        one["said"].replace("\N{NO-BREAK SPACE}", " ")
        for one in found["steps"]
        if one["about"] == about
    ]


@pytest.mark.rule("BIL-17a")
async def test_a_line_of_rent_says_days_payer_cause_price_and_how_it_was_rounded(
    given: Given,
) -> None:
    async with given(service, at=JULY_1) as world:
        await two_months(world)
        found = await explained(world, "2026-05", f"unit/{RECEIVING_PAYER}")

    (payer,), (price,) = said(found, "payer"), said(found, "price")
    assert said(found, "thing") == [
        f"Hyra av individ 75082, artikel {ROLLATOR}, 11 maj 2026–31 maj 2026: 21 dagar."
    ]
    assert payer.startswith(f"{RECEIVING_PAYER} betalar sedan 11 maj 2026, genom ett byte (BMB).")
    assert "Det avgjordes" in payer
    assert price == "Månadspriset är 310,00 kr utan moms, och gäller sedan 1 januari 2026."
    assert said(found, "computed")[0] == (
        "11 maj 2026–31 maj 2026: 21 av månadens 31 dagar till 310,00 kr i månaden blir 210,00 kr."
    )
    (vat,) = said(found, "vat")
    assert vat.startswith("Moms 25 % räknas på summan av fakturans rader med den satsen, 210,00 kr")
    assert vat.endswith("och blir 52,50 kr.")
    links = [link for one in found["steps"] for link in one["links"]]
    assert {(one["kind"], one["id"]) for one in links} == {
        ("device", str(GOES.device_id)),
        ("transfer", str(transfer_id())),
    }
    assert all(one["rule"] and one["sentence"] for one in found["steps"])
    assert sum(one["net_ore"] for one in found["days"]) == found["line"]["amount"]["net_ore"]


@pytest.mark.rule("BIL-17c")
async def test_a_credit_says_which_line_it_takes_back_from_and_what_became_known(
    given: Given,
) -> None:
    async with given(service, at=JULY_1) as world:
        await two_months(world)
        found = await explained(world, "2026-06", f"unit/{PAYER}", is_credit=True)
        invoice = next(
            row
            for row in await world.rows(InvoiceRow)
            if row.month == "2026-05" and row.payer_key == f"unit/{PAYER}"
        )

    (step,) = [one for one in found["steps"] if one["about"] == "credit"]
    (link,) = step["links"]
    assert (link["kind"], link["id"], link["number"]) == (
        "invoice",
        str(invoice.id),
        invoice.number,
    )
    line = invoice.lines[link["n"] - 1]
    assert (line.device_number, line.from_day, line.to_day) == ("75081", MAY_1, MAY_31)
    (known,) = said(found, "known")
    assert known.startswith(
        "Från 21 maj 2026 betalar ingen: hjälpmedlet är tillbaka, genom en återlämning."
    )
    assert found["line"]["amount"]["net_ore"] == -11_000
    assert sum(one["net_ore"] for one in found["parts"]) == -11_000


@pytest.mark.rule("BIL-17a")
async def test_what_was_bought_and_what_a_patient_pays_name_their_order_and_price(
    given: Given,
) -> None:
    async with given(service, at=JULY_1) as world:
        await two_months(world)
        bought = await explained(world, "2026-05", f"unit/{PAYER}", kind="sale")
        patient = next(
            row.payer_key
            for row in await world.rows(InvoiceRow)
            if row.payer_key.startswith("patient/")
        )
        fee = await explained(world, "2026-05", patient, kind="fee")

    assert said(bought, "computed") == [
        "Priset gäller sedan 1 januari 2026: 2 × 120,00 kr blir 240,00 kr."
    ]
    assert said(bought, "payer") == [f"{PAYER}, som är radens betalare i beställningen, betalar."]
    assert said(fee, "computed") == [
        "Avgiften fastställdes när beställningen lades: 2 × 100,00 kr blir 200,00 kr."
    ]
    for found in (bought, fee):
        assert found["steps"][0]["links"] == [
            {"kind": "order", "id": str(order_id()), "number": None, "n": None}
        ]


@pytest.mark.rule("BIL-17e")
@pytest.mark.parametrize(
    ("roles", "at", "is_named"), [(CARE, SENDING, False), (STAFF, OTHER, True)]
)
async def test_who_pays_instead_is_named_to_who_may_know(
    given: Given, roles: Sequence[Role], at: str, is_named: bool
) -> None:
    async with given(service, at=JULY_1) as world:
        await two_months(world)
        await world.handle_all(
            *numbered(handed_over(GOES, payer=OTHER_PAYER, since="2026-05-05"), first=5),
            a_day_closed(date(2026, 7, 31), custody_changes=5),
        )
        await world.fire_timers()
        found = await explained(
            world, "2026-07", f"unit/{PAYER}", is_credit=True, roles=roles, at=at
        )

    (known,) = said(found, "known")
    payer = OTHER_PAYER if is_named else "en annan betalare"
    assert known.startswith(f"Från 5 maj 2026 betalar {payer}, genom ett byte (BMB).")
    assert (OTHER_PAYER in str(found["steps"])) is is_named


@pytest.mark.rule("BIL-17d")
async def test_a_later_change_does_not_change_why_an_old_line_was_as_it_was(given: Given) -> None:
    async with given(service, at=JULY_1) as world:
        await two_months(world)
        before = await explained(world, "2026-05", f"unit/{RECEIVING_PAYER}")
        await world.handle_all(
            *numbered(handed_over(GOES, payer=OTHER_PAYER, since="2026-05-11"), first=5),
            an_article_priced(ROLLATOR, 99_000),
        )
        after = await explained(world, "2026-05", f"unit/{RECEIVING_PAYER}")
        (row,) = [one for one in await world.rows(DeviceRow) if one.device_number == "75082"]

    assert payer_on(row.points, MAY_31) == OTHER_PAYER
    assert after == before


@pytest.mark.rule("BIL-17d")
async def test_what_was_settled_before_facts_were_noted_says_so(given: Given) -> None:
    async with given(service, at=JULY_1) as world:
        await two_months(world)
        async with world.worker.unit() as unit:
            for row in await world.rows(RentRow):
                found = await unit.session.get(RentRow, (row.region, row.id))
                assert found is not None
                found.facts = None
            for device in await world.rows(DeviceRow):
                kept = await unit.session.get(DeviceRow, (device.region, device.device_id))
                assert kept is not None
                kept.points = tuple(
                    point.model_copy(update={"cause": None, "told_on": None})
                    for point in kept.points
                )
        found_line = await explained(world, "2026-05", f"unit/{RECEIVING_PAYER}")

    assert not found_line["is_noted"]
    assert said(found_line, "payer") == [
        f"{RECEIVING_PAYER} betalar sedan 11 maj 2026, valt före det noterades varför."
    ]


@pytest.mark.rule("BIL-17a")
async def test_what_the_region_stated_at_the_take_over_says_so(given: Given) -> None:
    stated = a_device_stated_on_loan("75083", payer=PAYER)
    async with given(service, at=JULY_1) as world:
        await world.handle_all(
            a_payer_registered(PAYER),
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000, valid_from="2025-01-01"),
            stated,
            a_day_closed(MAY_31, custody_changes=1),
        )
        await world.fire_timers()
        (row,) = await world.rows(DeviceRow)
        found = await explained(world, "2026-05", f"unit/{PAYER}")

    assert row.points[0].cause == STATED
    assert "så som regionen uppgav när Kvitt togs i bruk." in said(found, "payer")[0]
    months = len({(one["from_day"][:7]) for one in found["parts"]})
    assert months == len(found["parts"]) > 1


@pytest.mark.rule("BIL-17a")
@pytest.mark.parametrize("n", ["0", "99", "x"])
async def test_a_line_that_is_not_there_is_told_so(given: Given, n: str) -> None:
    async with given(service, at=JULY_1) as world:
        await two_months(world)
        found = (await world.rows(InvoiceRow))[0]
        async with world.http() as client:
            answer = await client.get(f"/invoices/{found.id}/lines/{n}:explain")

    assert answer.status_code == (404 if n == "99" else 422)
    assert answer.json()["way_on"]


@pytest.mark.rule("BIL-17a")
async def test_an_explanation_names_no_person_but_by_reference(given: Given) -> None:
    async with given(service, at=JULY_1) as world:
        await two_months(world)
        (patient,) = {
            row.payer.person for row in await world.rows(InvoiceRow) if row.payer.kind == "patient"
        }
        found = await explained(world, "2026-05", f"patient/{PersonRef(patient)}", kind="fee")

    assert said(found, "payer") == ["Patienten, som tog emot det, betalar."]
