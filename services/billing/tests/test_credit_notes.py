"""A credit names what it takes back from, on the line, on paper and electronically (BIL-9e)."""

from datetime import date

import pytest
from billing.app import service
from billing.models import DocumentRow, InvoiceRow
from kvitt_contracts.billing import InvoiceIssuedV2
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from sqlalchemy import text

from contracts.tests.builders.inventory import (
    a_day_closed,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.orders import a_payer_registered
from contracts.tests.builders.story import ELECTRONIC, PAYER, ROLLATOR
from documents.tests.reading import pages
from services.billing.tests.builders import a_device, lasted, lent, returned

LATER = stockholm("2026-08-01 06:00")


async def close(world: World, *days: str, custody_changes: int) -> None:
    """Months close one after the other, and are invoiced."""
    for day in days:
        await world.handle(a_day_closed(date.fromisoformat(day), custody_changes=custody_changes))
        await world.fire_timers()


async def lend(world: World) -> None:
    """A device is lent from 1 May, and May and June are invoiced."""
    device = a_device()
    await world.handle_all(
        a_payer_registered(PAYER, **ELECTRONIC),
        an_article_listed(),
        an_article_priced(ROLLATOR, 31_000),
        device,
        *numbered(lent(device, payer=PAYER, since="2026-05-01")),
    )
    await close(world, "2026-05-31", "2026-06-30", custody_changes=1)


async def numbers(world: World) -> dict[str, str]:
    """The number of each month's invoice to the payer, credit notes left out."""
    rows = await world.rows(InvoiceRow)
    return {row.month: row.number for row in rows if not row.is_credit}


async def credits(world: World) -> list[InvoiceRow]:
    """The credit notes, in the order of their numbers."""
    rows = [row for row in await world.rows(InvoiceRow) if row.is_credit]
    return sorted(rows, key=lambda row: row.number)


async def corrected_by(world: World, credit: InvoiceRow) -> dict[tuple[str, str], str]:
    """By first and last day of a credit note's lines: the number of the invoice they correct."""
    invoices = {row.id: row.number for row in await world.rows(InvoiceRow)}
    return {
        (str(line.from_day), str(line.to_day)): invoices[line.corrects]
        for line in credit.lines
        if line.corrects is not None
    }


@pytest.mark.rule("BIL-9e")
async def test_a_credit_over_two_months_names_the_invoice_of_each(given: Given) -> None:
    async with given(service, at=LATER) as world:
        await lend(world)
        await world.handle_all(*numbered(returned(a_device(), since="2026-05-22"), first=2))
        await close(world, "2026-07-31", custody_changes=2)

        (credit,) = await credits(world)
        month = await numbers(world)
        assert await corrected_by(world, credit) == {
            ("2026-05-22", "2026-05-31"): month["2026-05"],
            ("2026-06-01", "2026-06-30"): month["2026-06"],
        }
        (issued,) = [one for one in await world.events(InvoiceIssuedV2) if one.is_credit]
        assert issued.lines == credit.lines
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-9e")
async def test_the_documents_of_a_credit_note_name_the_invoices(given: Given) -> None:
    async with given(service, at=LATER) as world:
        await lend(world)
        await world.handle_all(*numbered(returned(a_device(), since="2026-05-22"), first=2))
        await close(world, "2026-07-31", custody_changes=2)

        (credit,) = await credits(world)
        month = await numbers(world)
        stored = await world.row(DocumentRow, credit.id)
        assert stored.pdf is not None
        assert stored.ubl is not None
        (page,) = pages(stored.pdf)
        both = sorted(month[one] for one in ("2026-05", "2026-06"))
        assert f"Krediterar faktura: {', '.join(both)}" in page
        references = stored.ubl.decode().split("<cac:BillingReference>")[1:]
        assert [one.split("<cbc:ID>")[1].split("<")[0] for one in references] == both
        assert all(f"<cbc:Note>Krediterar {one}</cbc:Note>" in stored.ubl.decode() for one in both)
        assert "-" not in "".join(
            one.split("<")[0] for one in stored.ubl.decode().split('currencyID="SEK">')[1:]
        )


@pytest.mark.rule("BIL-9e")
async def test_days_that_are_debited_anew_and_credited_again_correct_the_later_invoice(
    given: Given,
) -> None:
    device = a_device()
    async with given(service, at=stockholm("2026-10-01 06:00")) as world:
        await lend(world)
        back, longer, again = numbered(
            returned(device, since="2026-06-21"),
            lasted(device, payer=PAYER, since="2026-06-21"),
            returned(device, since="2026-06-21"),
            first=2,
        )
        await world.handle(back)
        await close(world, "2026-07-31", custody_changes=2)
        await world.handle(longer)
        await close(world, "2026-08-31", custody_changes=3)
        await world.handle(again)
        await close(world, "2026-09-30", custody_changes=4)

        first, second = await credits(world)
        month = await numbers(world)
        assert set((await corrected_by(world, first)).values()) == {month["2026-06"]}
        assert set((await corrected_by(world, second)).values()) == {month["2026-08"]}


@pytest.mark.rule("BIL-9e")
async def test_what_an_earlier_release_has_credited_is_not_corrected_again(given: Given) -> None:
    device = a_device()
    async with given(service, at=stockholm("2026-10-01 06:00")) as world:
        await lend(world)
        back, longer, again = numbered(
            returned(device, since="2026-06-21"),
            lasted(device, payer=PAYER, since="2026-06-21"),
            returned(device, since="2026-06-21"),
            first=2,
        )
        await world.handle(back)
        await close(world, "2026-07-31", custody_changes=2)
        async with world.worker.unit() as unit:
            await unit.session.execute(text("UPDATE rents SET corrects = NULL"))
        await world.handle(longer)
        await close(world, "2026-08-31", custody_changes=3)
        await world.handle(again)
        await close(world, "2026-09-30", custody_changes=4)

        _, second = await credits(world)
        assert len(await corrected_by(world, second)) == len(second.lines) == 1


@pytest.mark.rule("BIL-9e")
async def test_what_the_same_run_debits_and_credits_corrects_the_invoice_of_that_run(
    given: Given,
) -> None:
    device = a_device()
    async with given(service, at=LATER) as world:
        await lend(world)
        async with world.worker.unit() as unit:  # as where its payer was set aside in June
            await unit.session.execute(
                text("UPDATE rents SET invoice_id = NULL WHERE from_day = '2026-06-01'")
            )
        await world.handle_all(*numbered(returned(device, since="2026-06-01"), first=2))
        await close(world, "2026-07-31", custody_changes=2)

        (credit,) = await credits(world)
        month = await numbers(world)
        assert await corrected_by(world, credit) == {("2026-06-01", "2026-06-30"): month["2026-07"]}


@pytest.mark.rule("BIL-9e")
async def test_what_corrects_names_what_it_corrects(
    given: Given,
) -> None:
    async with given(service, at=LATER) as world:
        device = a_device()
        await world.handle_all(
            a_payer_registered(PAYER),
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            device,
            *numbered(lent(device, payer=PAYER, since="2026-05-01")),
        )
        await close(world, "2026-05-31", custody_changes=1)
        await world.handle_all(*numbered(returned(device, since="2026-05-22"), first=2))
        await close(world, "2026-06-30", custody_changes=2)

        (invoice, note) = await world.events(InvoiceIssuedV2)
        assert (invoice.is_credit, note.is_credit) == (False, True)
        assert [line.corrects for line in note.lines] == [invoice.invoice_id]
