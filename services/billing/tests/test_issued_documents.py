"""What was issued stays what it was on its day: its document as well."""

import io
from datetime import date

import pytest
from billing import documents
from billing.app import service
from billing.models import DocumentRow, InvoiceRow, InvoiceRunRow
from kvitt_documents import invoices
from kvitt_documents.rendering import Document, DocumentError
from kvitt_testkit.upgrades import migration
from kvitt_testkit.world import Given, World, stockholm
from pypdf import PdfReader
from sqlalchemy import text

from contracts.tests.builders.inventory import (
    a_day_closed,
    an_article_listed,
    an_article_priced,
)
from contracts.tests.builders.orders import a_payer_registered
from contracts.tests.builders.reservations import (
    a_line_delivered,
)
from contracts.tests.builders.story import CUSHION, ROLLATOR, person
from documents.tests.reading import pages
from services.billing.tests.builders import a_device, a_fee, an_order, an_order_to_rent, lent

MAY_31 = date(2026, 5, 31)
JUNE_1 = stockholm("2026-06-01 06:00")
UNIT = "20011"


async def lend(world: World, *, article: str = "Rollator", payer: str = "Vilhelmina") -> None:
    """A rented device that a unit pays for since the first of May; the month is closed."""
    device = a_device()
    await world.handle_all(
        a_payer_registered(UNIT, name=payer),
        an_article_listed(name=article),
        an_article_priced(ROLLATOR, 31_000),
        device,
        lent(device, payer=UNIT, since="2026-05-01"),
        a_day_closed(MAY_31, custody_changes=1),
    )


async def issue(world: World, *, article: str = "Rollator", payer: str = "Vilhelmina") -> None:
    """The invoice of May to the unit, with its document."""
    await lend(world, article=article, payer=payer)
    await world.fire_timers()


async def restate_every_name(world: World) -> None:
    """Whatever a document names is called something else from now on."""
    await world.handle_all(
        a_payer_registered(UNIT, name="Ett nytt namn"), an_article_listed(name="En ny artikel")
    )


async def fetch(world: World) -> bytes:
    """The one document, as a client gets it from an application that has just started."""
    (invoice,) = await world.rows(InvoiceRow)
    async with world.http() as client:
        answer = await client.get(f"/invoices/{invoice.id}/pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return answer.content


async def of_another_release(document: Document) -> bytes:
    """What makes documents one day: the same data come out as other bytes."""
    return b"%PDF-2.0"


@pytest.fixture
def out_of_order(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No document can be made, until `undo()`."""

    async def fails(document: Document) -> bytes:
        raise DocumentError("out of order")

    monkeypatch.setattr(documents, "print_document", fails)
    return monkeypatch


@pytest.mark.rule("BIL-9b")
@pytest.mark.rule("BIL-9c")
async def test_a_document_says_what_the_invoice_says_with_the_names_of_its_day(
    given: Given,
) -> None:
    async with given(service, at=JUNE_1) as world:
        await issue(world, article="Rollator Brukare 55", payer="Vilhelmina kommun")

        (page,) = pages(await fetch(world))
        for line in (
            "Faktura AC-2026-000001",
            "Betalare: 20011 Vilhelmina kommun",
            f"Hyra {ROLLATOR} Rollator Brukare 55 75082 2026-05-01 till 2026-05-31 1 310,00 kr",
            "Summa utan moms 310,00 kr",
            "Moms 25 % på 310,00 kr 77,50 kr",
            "Att betala 387,50 kr",
        ):
            assert line in page


@pytest.mark.rule("BIL-10b")
async def test_a_document_says_the_vat_of_each_rate(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(CUSHION, marked=False),
            an_article_priced(CUSHION, 10_000, vat_percent=6),
            an_order(),
            a_line_delivered(payer=UNIT, on="2026-05-10"),
        )
        await issue(world)

        (page,) = pages(await fetch(world))
        assert "Moms 25 % på 310,00 kr 77,50 kr" in page
        assert "Moms 6 % på 100,00 kr 6,00 kr" in page
        assert "Att betala 493,50 kr" in page


async def test_a_document_of_an_invoice_without_vat_by_rate_says_its_one_sum(
    given: Given, out_of_order: pytest.MonkeyPatch
) -> None:
    async with given(service, at=JUNE_1) as world:
        await lend(world)
        with pytest.raises(DocumentError):
            await world.fire_timers()
        async with world.worker.unit() as unit:
            await unit.session.execute(text("UPDATE invoices SET vat = '[]'"))
        out_of_order.undo()
        await world.fire_timers()

        (page,) = pages(await fetch(world))
        assert "Moms 77,50 kr" in page


@pytest.mark.rule("BIL-9j")
async def test_a_document_is_the_same_bytes_when_names_and_template_are_others(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with given(service, at=JUNE_1) as world:
        await issue(world)
        before = await fetch(world)

        await restate_every_name(world)
        monkeypatch.setattr(invoices, "TEMPLATE", "invoice-3")
        monkeypatch.setattr(documents, "print_document", of_another_release)
        (stored,) = await world.rows(DocumentRow)
        async with world.worker.unit() as unit:  # a timer that fires again
            tx = unit.begin(region=stored.region, target=stored.invoice_id)
            row = await tx.lock(DocumentRow, stored.invoice_id)
            await documents.make_document(row, tx.now, tx)

        assert await fetch(world) == before


@pytest.mark.rule("BIL-9j")
async def test_what_is_issued_before_a_release_and_made_after_it_is_of_its_day(
    given: Given, out_of_order: pytest.MonkeyPatch
) -> None:
    async with given(service, at=JUNE_1) as world:
        await lend(world, article="Rollator", payer="Vilhelmina")
        with pytest.raises(DocumentError):
            await world.fire_timers()

        await restate_every_name(world)
        out_of_order.undo()
        out_of_order.setattr(invoices, "TEMPLATE", "invoice-3")
        await world.fire_timers()

        (stored,) = await world.rows(DocumentRow)
        (page,) = pages(await fetch(world))
        assert stored.template == "invoice-2"
        assert "20011 Vilhelmina" in page
        assert f"{ROLLATOR} Rollator" in page
        assert "ny" not in page


@pytest.mark.rule("BIL-9m")
async def test_a_document_that_cannot_be_made_stops_no_run_and_is_asked_for_again(
    given: Given, out_of_order: pytest.MonkeyPatch
) -> None:
    async with given(service, at=JUNE_1) as world:
        await lend(world)
        with pytest.raises(DocumentError):
            await world.fire_timers()

        (run,) = await world.rows(InvoiceRunRow)
        (invoice,) = await world.rows(InvoiceRow)
        async with world.http() as client:
            answer = await client.get(f"/invoices/{invoice.id}/pdf")
        assert run.status == "finished"
        assert (answer.status_code, answer.json()["reason"]) == (409, "NOT_MADE_YET")
        out_of_order.undo()
        await world.fire_timers()
        assert pages(await fetch(world))


@pytest.mark.rule("BIL-9l")
@pytest.mark.parametrize(
    "name", ["Rullator <b>liten</b>", "Säng <b", "<img src='/etc/hostname'/>", "#panic() $ [ {"]
)
async def test_a_name_is_text_on_the_document_whatever_it_says(given: Given, name: str) -> None:
    async with given(service, at=JUNE_1) as world:
        await issue(world, article=name, payer=name)

        (page,) = pages(await fetch(world))
        assert page.replace(" ", "").count(name.replace(" ", "")) == 2  # a long word is broken


async def test_a_patient_stands_on_the_document_by_reference_alone(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(),
            an_order_to_rent(fee=a_fee(50_000)),
            a_line_delivered(article=ROLLATOR, devices=("75082",)),
            a_day_closed(MAY_31, custody_changes=0),
        )
        await world.fire_timers()

        pdf = await fetch(world)
        metadata = PdfReader(io.BytesIO(pdf)).metadata
        (stored,) = await world.rows(DocumentRow)
        (page,) = pages(pdf)
        assert f"patient, referens {person()}" in page
        assert str(person()) not in str(metadata)
        assert stored.payer_name is None


@pytest.mark.rule("BIL-9c")
async def test_a_credit_note_says_what_comes_back(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        device = a_device()
        await issue(world)
        await world.handle_all(
            an_article_priced(ROLLATOR, 15_500, valid_from="2026-05-01"),
            a_day_closed(date(2026, 6, 30), custody_changes=1),
        )
        await world.fire_timers()

        credit = next(row for row in await world.rows(InvoiceRow) if row.is_credit)
        stored = await world.row(DocumentRow, credit.id)
        assert stored.pdf is not None
        (page,) = pages(stored.pdf)
        assert f"Kreditnota {credit.number}" in page
        assert device.device_number in page
        assert "−310,00 kr" in page
        assert "Att få tillbaka 387,50 kr" in page


async def test_an_invoice_from_before_gets_a_document_with_the_names_that_are_known_at_the_upgrade(
    given: Given,
) -> None:
    documents_of_invoices = migration("billing", "0009")
    later_than_the_databases_clock = stockholm("2100-06-01 06:00")
    async with given(service, at=later_than_the_databases_clock) as world:
        await issue(world)
        async with world.worker.unit() as unit:
            await unit.session.execute(text("DELETE FROM documents"))
        await restate_every_name(world)

        async with world.worker.unit() as unit:
            await unit.session.execute(text(documents_of_invoices.KEEP))
            await unit.session.execute(text(documents_of_invoices.MAKE))
        await world.fire_timers()

        (page,) = pages(await fetch(world))
        assert "20011 Ett nytt namn" in page
        assert f"{ROLLATOR} En ny artikel" in page
