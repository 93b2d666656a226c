from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from billing.app import service
from billing.models import DeviceRow, InvoiceRow, InvoiceRunRow
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.billing import (
    InvoiceIssuedV2,
    InvoiceRunFinished,
)
from kvitt_contracts.inventory import CustodyChanged, DeviceRegistered
from kvitt_contracts.types import PayerId, UnitPayer
from kvitt_testkit.world import Given, assert_rows_are_folds, stockholm

from contracts.tests.builders.inventory import (
    a_day_closed,
    a_device_renumbered,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.reservations import (
    a_line_delivered,
)
from contracts.tests.builders.story import CUSHION, ROLLATOR
from services.billing.tests.builders import (
    a_device,
    a_fee,
    an_order,
    close_may,
    handed_over,
    lasted,
    lent,
    returned,
)

MAY_31 = date(2026, 5, 31)
JUNE_1 = stockholm("2026-06-01 06:00")


@pytest.mark.rule("BIL-1b", "BIL-1c", "BIL-9b")
async def test_the_months_rent_is_split_between_its_payers_by_day(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        device = a_device()
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            device,
            *numbered(
                lent(device, payer="20011", since="2026-05-01"),
                handed_over(device, payer="20311", since="2026-05-11"),
            ),
        )
        await close_may(world, custody_changes=2)

        issued = {
            i.payer.payer_id: i
            for i in await world.events(InvoiceIssuedV2)
            if isinstance(i.payer, UnitPayer)
        }
        assert issued[PayerId("20011")].net_ore == 10_000
        assert issued[PayerId("20311")].net_ore == 21_000
        (line,) = issued[PayerId("20311")].lines
        assert (line.device_number, line.from_day, line.to_day) == (
            "75082",
            date(2026, 5, 11),
            MAY_31,
        )


@pytest.mark.rule("INV-6a")
async def test_an_invoice_names_a_device_by_its_number_of_the_day_it_is_made(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        device = a_device()
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            device,
            *numbered(lent(device, payer="20011", since="2026-05-01")),
            a_device_renumbered("75082", "75990"),
        )
        await close_may(world, custody_changes=1)

        (issued,) = await world.events(InvoiceIssuedV2)
        assert [line.device_number for line in issued.lines] == ["75990"]


Fact = Callable[[DeviceRegistered], CustodyChanged]


def back(since: str) -> Fact:
    """In the store from then on."""
    return lambda device: returned(device, since=since)


def still(payer: str, since: str) -> Fact:
    """On loan still, on the day of a return that is corrected."""
    return lambda device: lasted(device, payer=payer, since=since)


@pytest.mark.rule("PHY-1i", "BIL-1a")
@pytest.mark.parametrize(
    ("told", "owed"),
    [
        # on the 21st at first, then on the 26th
        (
            [back("2026-05-21"), still("20311", "2026-05-21"), back("2026-05-26")],
            {"20011": (1, 10), "20311": (11, 25)},
        ),
        # on the 21st at first, then on the 16th, and on the 6th
        (
            [back("2026-05-21"), back("2026-05-16"), back("2026-05-21")],
            {"20011": (1, 10), "20311": (11, 15)},
        ),
        (
            [back("2026-05-21"), back("2026-05-06"), back("2026-05-11"), back("2026-05-21")],
            {"20011": (1, 5)},
        ),
        # on the 6th at first, then on the 16th: the transfer of the 11th holds again
        (
            [
                back("2026-05-06"),
                back("2026-05-11"),
                still("20011", "2026-05-06"),
                still("20311", "2026-05-11"),
                back("2026-05-16"),
            ],
            {"20011": (1, 10), "20311": (11, 15)},
        ),
    ],
)
async def test_each_day_has_its_payer_after_a_corrected_return(
    given: Given, told: list[Fact], owed: dict[str, tuple[int, int]]
) -> None:
    async with given(service, at=JUNE_1) as world:
        device = a_device()
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            device,
            *numbered(
                lent(device, payer="20011", since="2026-05-01"),
                handed_over(device, payer="20311", since="2026-05-11"),
                *(fact(device) for fact in told),
            ),
        )
        await close_may(world, custody_changes=2 + len(told))

        issued = {
            invoice.payer.payer_id: [(line.from_day, line.to_day) for line in invoice.lines]
            for invoice in await world.events(InvoiceIssuedV2)
            if isinstance(invoice.payer, UnitPayer)
        }
        assert issued == {
            payer: [(date(2026, 5, first), date(2026, 5, last))]
            for payer, (first, last) in owed.items()
        }


@pytest.mark.rule("BIL-9g")
async def test_the_run_waits_until_every_custody_change_of_the_month_is_applied(
    given: Given,
) -> None:
    async with given(service, at=JUNE_1) as world:
        device = a_device()
        await world.handle_all(
            an_article_listed(), device, lent(device, payer="20011", since="2026-05-01")
        )

        with pytest.raises(NotYetKnown):
            await world.handle(a_day_closed(MAY_31, custody_changes=2))
        assert await world.rows(InvoiceRunRow) == []


@pytest.mark.rule("BIL-9a")
async def test_only_the_last_day_of_a_month_starts_a_run(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle(a_day_closed(date(2026, 5, 30), custody_changes=0))

        assert await world.rows(InvoiceRunRow) == []


@pytest.mark.rule("BIL-9e", "BIL-9f")
async def test_a_late_fact_is_credited_and_debited_by_the_next_run_and_nothing_issued_changes(
    given: Given,
) -> None:
    async with given(service, at=JUNE_1) as world:
        device = a_device()
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            device,
            lent(device, payer="20011", since="2026-05-01"),
        )
        await close_may(world, custody_changes=1)
        (before,) = await world.rows(InvoiceRow)
        await world.handle_all(*numbered(returned(device, since="2026-05-22"), first=2))
        await world.handle(a_day_closed(date(2026, 6, 30), custody_changes=2))
        await world.fire_timers()

        (_, credit) = await world.events(InvoiceIssuedV2)
        assert (credit.month, credit.net_ore, credit.vat_ore) == ("2026-06", -10_000, -2_500)
        after = await world.row(InvoiceRow, before.id)
        assert (after.net_ore, after.lines) == (before.net_ore, before.lines)
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-9a")
async def test_a_charge_stands_on_one_invoice(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(CUSHION, marked=False),
            an_article_priced(CUSHION, 12_000),
            an_order(quantity=3),
            a_line_delivered(on="2026-05-10"),
        )
        await close_may(world, custody_changes=0)
        await world.handle(a_line_delivered(quantity=2, on="2026-06-10"))
        await world.handle(a_day_closed(date(2026, 6, 30), custody_changes=0))
        await world.fire_timers()

        issued = {row.month: row.net_ore for row in await world.rows(InvoiceRow)}
        assert issued == {"2026-05": 12_000, "2026-06": 24_000}


@pytest.mark.rule("BIL-9a")
async def test_every_payer_gets_one_invoice_with_all_that_is_charged_to_it(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        device = a_device()
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            an_article_listed(CUSHION, marked=False),
            an_article_priced(CUSHION, 10_000),
            device,
            lent(device, payer="20011", since="2026-05-01"),
            an_order(fee=a_fee(5_000)),
            a_line_delivered(payer="20011"),
        )
        await close_may(world, custody_changes=1)

        kinds = {
            i.payer.kind: {str(line.kind) for line in i.lines}
            for i in await world.events(InvoiceIssuedV2)
        }
        assert kinds == {"unit": {"rent", "sale"}, "patient": {"fee"}}
        (finished,) = await world.events(InvoiceRunFinished)
        assert finished.invoices == 2


@pytest.mark.rule("BIL-10a", "BIL-10b")
async def test_an_invoices_sums_are_its_lines_with_vat_beside_them(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        device = a_device()
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, 17_484),
            device,
            lent(device, payer="20011", since="2026-05-14"),
        )
        await close_may(world, custody_changes=1)

        (issued,) = await world.events(InvoiceIssuedV2)
        assert issued.net_ore == sum(line.amount.net_ore for line in issued.lines) == 10_152
        assert issued.vat_ore == 2_538
        assert issued.gross_ore == 12_690


@pytest.mark.rule("BIL-1b")
async def test_a_price_that_is_told_late_is_charged_from_its_day_by_the_next_run(
    given: Given,
) -> None:
    async with given(service, at=JUNE_1) as world:
        device = a_device()
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            device,
            lent(device, payer="20011", since="2026-05-01"),
        )
        await close_may(world, custody_changes=1)
        await world.handle(an_article_priced(ROLLATOR, 62_000, valid_from="2026-05-30"))

        row = await world.row(DeviceRow, device.device_id)
        assert row.unsettled_from == date(2026, 5, 30)
        await world.handle(a_day_closed(date(2026, 6, 30), custody_changes=1))
        await world.fire_timers()
        june = [i for i in await world.rows(InvoiceRow) if i.month == "2026-06"]
        assert sorted(i.net_ore for i in june) == [-2_000, 4_000 + 62_000]


@pytest.mark.rule("BIL-9b", "BIL-9c")
async def test_an_invoice_is_shown_as_data_and_as_pdf(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        device = a_device()
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            device,
            lent(device, payer="20011", since="2026-05-01"),
        )
        await close_may(world, custody_changes=1)

        async with world.http() as client:
            (line,) = (await client.get("/invoices?month=2026-05")).json()["items"]
            shown = (await client.get(f"/invoices/{line['id']}")).json()
            pdf = await client.get(f"/invoices/{line['id']}/pdf")
            payers = (await client.get(f"/devices/{device.device_id}/payers")).json()
        assert line["number"] == "AC-2026-000001"
        assert shown["lines"][0]["amount"]["net_ore"] == 31_000
        assert pdf.content.startswith(b"%PDF-")
        assert payers["periods"] == [{"from_day": "2026-05-01", "payer_id": "20011"}]


async def test_an_unknown_invoice_is_a_problem_that_names_the_rule(given: Given) -> None:
    async with given(service, at=JUNE_1) as world, world.http() as client:
        answer = await client.get(f"/invoices/{UUID(int=1)}")

        assert (answer.status_code, answer.json()["rule"]) == (404, "BIL-9")


async def test_a_device_that_is_not_known_yet_waits(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        with pytest.raises(NotYetKnown):
            await world.handle(lent(a_device(), payer="20011", since="2026-05-01"))
        assert await world.events(CustodyChanged) == []
