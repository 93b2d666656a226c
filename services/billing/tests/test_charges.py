"""What a delivery costs: sales, services, fees, and what it freezes (BIL-2, BIL-3, BIL-1f)."""

from datetime import date

import pytest
from billing.app import service
from billing.models import ChargeRow, InvoiceRow
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.billing import ChargeKind, InvoiceIssuedV2
from kvitt_contracts.types import UnitPayer, Word
from kvitt_testkit.world import Given, assert_rows_are_folds, stockholm

from contracts.tests.builders.inventory import (
    an_article_listed,
    an_article_priced,
    before_numbers,
    numbered,
)
from contracts.tests.builders.orders import a_line, an_order_placed
from contracts.tests.builders.reservations import (
    a_line_delivered,
)
from contracts.tests.builders.story import CUSHION, FITTING, PAYER, ROLLATOR, person
from services.billing.tests.builders import (
    a_device,
    a_fee,
    an_order,
    an_order_to_rent,
    close_may,
    handed_over,
    lasted,
    lent,
    returned,
)

MAY_31 = date(2026, 5, 31)
JUNE_1 = stockholm("2026-06-01 06:00")


@pytest.mark.rule("BIL-2a", "BIL-2d")
async def test_a_sold_article_is_charged_to_the_lines_payer_at_the_price_of_the_delivery_day(
    given: Given,
) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(CUSHION, marked=False),
            an_article_priced(CUSHION, 10_000),
            an_article_priced(CUSHION, 12_000, valid_from="2026-05-10"),
            an_article_priced(CUSHION, 15_000, valid_from="2026-05-11"),  # before it is told
            an_order(quantity=3),
            a_line_delivered(quantity=3, on="2026-05-10", payer="20011"),
        )

        (charge,) = await world.rows(ChargeRow)
        assert (charge.payer.payer_id, charge.amount.net_ore) == ("20011", 36_000)
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-2d")
async def test_a_sale_is_charged_once_at_the_price_that_was_known_when_it_was_delivered(
    given: Given,
) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(CUSHION, marked=False),
            an_article_priced(CUSHION, 10_000),
            an_order(),
            a_line_delivered(on="2026-05-10"),
            an_article_priced(CUSHION, 12_000, valid_from="2026-05-01"),
            an_article_listed(CUSHION, marked=False, name="Sittdyna", type="accessory"),
        )

        (charge,) = await world.rows(ChargeRow)
        assert charge.amount.net_ore == 10_000


@pytest.mark.rule("BIL-1f")
@pytest.mark.parametrize(("begun", "restated"), [("rent", "sale"), ("sale", "rent")])
async def test_a_delivered_device_is_charged_as_it_was_when_its_loan_began(
    given: Given, begun: str, restated: str
) -> None:
    device = a_device()
    is_rented = begun == "rent"
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(charging=begun),
            an_article_priced(ROLLATOR, 31_000),
            device,
            an_order_to_rent(),
            an_article_listed(charging=restated),  # known here before the delivery is
            a_line_delivered(article=ROLLATOR, devices=("75082",), on="2026-05-01", charging=begun),
            *numbered(
                lent(device, payer="20011", since="2026-05-01", charging=begun),
                handed_over(device, payer="20311", since="2026-05-11"),
                returned(device, since="2026-05-21"),
                lasted(device, payer="20311", since="2026-05-21"),
                returned(device, since="2026-05-31"),
            ),
        )
        await close_may(world, custody_changes=5)

        assert len(await world.rows(ChargeRow)) == (0 if is_rented else 1)
        issued = {
            invoice.payer.payer_id: [
                (str(line.kind), line.amount.net_ore) for line in invoice.lines
            ]
            for invoice in await world.events(InvoiceIssuedV2)
            if isinstance(invoice.payer, UnitPayer)
        }
        rented = {
            "20011": [("rent", 10_000)],
            "20311": [("rent", 20_000)],
        }
        assert issued == (rented if is_rented else {PAYER: [("sale", 31_000)]})


@pytest.mark.rule("BIL-1f")
async def test_the_next_loan_is_charged_as_the_article_is_then(given: Given) -> None:
    device = a_device()
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(charging="sale"),
            an_article_priced(ROLLATOR, 31_000),
            device,
            *numbered(
                lent(device, payer="20011", since="2026-05-01", charging="sale"),
                returned(device, since="2026-05-11"),
                lent(device, payer="20311", since="2026-05-21", charging="rent"),
            ),
        )
        await close_may(world, custody_changes=3)

        (issued,) = await world.events(InvoiceIssuedV2)
        assert [(line.from_day, line.to_day) for line in issued.lines] == [
            (date(2026, 5, 21), MAY_31)
        ]


@pytest.mark.rule("BIL-1f")
async def test_a_loan_from_before_that_was_told_is_charged_as_its_article_was_when_it_was_read(
    given: Given,
) -> None:
    device = a_device()
    untold = before_numbers(lent(device, payer="20011", since="2026-05-01"))
    async with given(service, at=JUNE_1) as world:
        await world.handle(device)
        with pytest.raises(NotYetKnown):
            await world.handle(untold)

        await world.handle_all(an_article_listed(), an_article_priced(ROLLATOR, 31_000), untold)
        await world.handle(an_article_listed(charging="sale"))
        await close_may(world, custody_changes=1)

        (issued,) = await world.events(InvoiceIssuedV2)
        assert issued.net_ore == 31_000


@pytest.mark.rule("BIL-2a")
async def test_a_rented_article_is_not_charged_at_delivery(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            an_order_to_rent(),
            a_line_delivered(article=ROLLATOR, devices=("75082",)),
        )

        assert await world.rows(ChargeRow) == []


@pytest.mark.rule("BIL-3a", "BIL-3b")
async def test_the_pinned_fee_is_charged_to_the_patient_when_the_line_is_received(
    given: Given,
) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(),
            an_order_to_rent(fee=a_fee(50_000)),
            a_line_delivered(article=ROLLATOR, devices=("75082",)),
        )

        (charge,) = await world.rows(ChargeRow)
        assert charge.kind == Word(ChargeKind.FEE)
        assert (charge.payer.person, charge.amount.net_ore) == (person(), 50_000)


@pytest.mark.rule("BIL-3f")
async def test_the_fee_is_of_each_unit_that_was_received(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(CUSHION, marked=False),
            an_article_priced(CUSHION, 12_000),
            an_order(quantity=3, fee=a_fee(5_000)),
            a_line_delivered(quantity=2),
        )

        fees = [row for row in await world.rows(ChargeRow) if row.kind == Word(ChargeKind.FEE)]
        assert [(row.quantity, row.amount) for row in fees] == [(2, a_fee(10_000))]


@pytest.mark.rule("BIL-2b")
async def test_a_service_is_charged_to_the_lines_payer_when_it_is_delivered(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(FITTING, marked=False, type="service"),
            an_article_priced(FITTING, 80_000),
            an_order_placed(a_line(FITTING, 2, article_type="service")),
            a_line_delivered(article=FITTING, quantity=2, payer="20011"),
        )

        (charge,) = await world.rows(ChargeRow)
        assert (charge.kind, charge.payer.payer_id) == (Word(ChargeKind.SALE), "20011")
        assert (charge.quantity, charge.amount.net_ore) == (2, 160_000)


@pytest.mark.rule("BIL-3a")
async def test_a_line_that_no_fee_was_pinned_to_costs_the_patient_nothing(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(),
            an_order_to_rent(fee=None),
            a_line_delivered(article=ROLLATOR, devices=("75082",)),
        )

        assert await world.rows(ChargeRow) == []


@pytest.mark.rule("BIL-3d")
async def test_a_patients_fees_of_a_month_are_invoiced_at_its_turn(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(),
            an_order_to_rent(fee=a_fee(50_000)),
            a_line_delivered(article=ROLLATOR, devices=("75082",), on="2026-05-04"),
            a_line_delivered(article=ROLLATOR, devices=("75083",), on="2026-06-01"),
        )
        await close_may(world, custody_changes=0)

        (issued,) = await world.events(InvoiceIssuedV2)
        assert (issued.month, issued.issued_on) == ("2026-05", date(2026, 6, 1))
        assert (issued.payer.kind, issued.net_ore, issued.vat_ore) == ("patient", 50_000, 0)


@pytest.mark.rule("BIL-2a")
async def test_a_marked_device_that_was_sold_costs_no_rent(given: Given) -> None:
    device = a_device(article="4711")

    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed("4711", charging="sale"),
            an_article_priced("4711", 249_000),
            device,
            lent(device, payer="20011", since="2026-05-10", charging="sale"),
        )
        await close_may(world, custody_changes=1)

        assert await world.rows(InvoiceRow) == []


async def test_a_delivery_waits_for_the_order_that_it_belongs_to(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle(an_article_listed())

        with pytest.raises(NotYetKnown):
            await world.handle(a_line_delivered(article=ROLLATOR, devices=("75082",)))


async def test_a_sale_without_a_price_waits_for_the_price(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(an_article_listed(CUSHION, marked=False), an_order())

        with pytest.raises(NotYetKnown):
            await world.handle(a_line_delivered())
