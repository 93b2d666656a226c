"""Payers read their invoices, and why each line is as it is: T-81."""

import io
import zipfile

import pytest
import pytest_asyncio

from portal.tests.billed import BILLED, DEVICE
from portal.tests.browser import MakeActor
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem

CLERK = "kundtjanst1"


@pytest_asyncio.fixture(loop_scope="session")
async def reader(scene: Scene) -> str:
    """Somebody at a service point whose payer has an invoice."""
    user = scene.user(scene.place("Habiliteringen Lärkan", with_store=False, payer=BILLED))
    await scene.set()
    return user


async def the_invoice(system: PortalSystem, user: str) -> dict[str, str]:
    """The one invoice that this user reaches."""
    async with system.api("billing", user) as client:
        found = await client.get("/invoices", params={"payer_id": BILLED})
        found.raise_for_status()
    (invoice,) = found.json()["items"]
    return dict(invoice)


@pytest.mark.task("T-81")
@pytest.mark.rule("BIL-14a", "BIL-17a")
async def test_who_pays_reads_an_invoice_and_complains_of_a_line(
    actor: MakeActor, portal_system: PortalSystem, reader: str
) -> None:
    number = (await the_invoice(portal_system, reader))["number"]
    anna = await actor(reader)

    await anna.click("Fakturor")
    await anna.sees("april 2026", within=number)
    await anna.picture("fakturor")
    await anna.accessible()
    await anna.click(number)
    await anna.sees(DEVICE)
    await anna.picture("faktura")
    await anna.accessible()
    await anna.click("Varför? Rad 1")
    await anna.sees(f"{BILLED} betalar sedan 29 april 2026, så som regionen uppgav")
    await anna.sees("2 av månadens 30 dagar")
    await anna.sees("Hyran debiteras den som var betalare den dagen. (Regel BIL-1b)")
    await anna.picture("faktura-varfor")
    await anna.accessible()
    await anna.click("Reklamera raden")

    await anna.sees("Kundtjänst har fått frågan.")
    anna.counts("T-81")


@pytest.mark.rule("BIL-14b", "BIL-14c")
async def test_a_selection_is_saved_found_again_renamed_and_removed(
    actor: MakeActor, portal_system: PortalSystem, reader: str
) -> None:
    number = (await the_invoice(portal_system, reader))["number"]
    anna = await actor(reader, at="/fakturor")

    await anna.fill("Månad", "2026-04")
    await anna.choose("Slag", "Kreditnotor")
    await anna.click("Sök", within="Betalarens kod")
    await anna.sees("Ingen träff.")
    await anna.click("Spara urvalet")
    await anna.click("Spara", within="Urvalets namn")
    await anna.sees("Skriv vad urvalet ska heta.")
    await anna.picture("fakturor-urval-fel")
    await anna.accessible()
    await anna.fill("Urvalets namn", "Krediter i april")
    await anna.click("Spara", within="Urvalets namn")
    await anna.sees("Urvalet är sparat.")

    await anna.goes("/fakturor?alla")
    await anna.sees(number)
    await anna.click("Krediter i april")
    await anna.sees("Ingen träff.")
    await anna.has("Månad", "2026-04")
    await anna.click("Ändra Krediter i april")
    await anna.fill("Nytt namn", HOSTILE["script"][:60])
    await anna.click("Byt namn")
    await anna.sees(HOSTILE["script"][:60])
    await anna.picture("fakturor-urval")
    await anna.accessible()
    await anna.click(f"Ändra {HOSTILE['script'][:60]}")
    await anna.click(f"Ta bort {HOSTILE['script'][:60]}")
    await anna.sees("Urvalet är borttaget.")
    await anna.sees_no(HOSTILE["script"][:60])


@pytest.mark.rule("BIL-14c")
async def test_what_somebody_has_saved_is_not_a_colleagues(
    actor: MakeActor, scene: Scene, reader: str
) -> None:
    colleague = scene.user(scene.place(with_store=False, payer=BILLED))
    await scene.set()
    anna = await actor(reader, at="/fakturor?month=2026-04")
    await anna.click("Spara urvalet")
    await anna.fill("Urvalets namn", "Bara mitt")
    await anna.click("Spara", within="Urvalets namn")
    await anna.sees("Bara mitt")
    await anna.click("Spara urvalet")
    await anna.fill("Urvalets namn", "bara MITT")
    await anna.click("Spara", within="Urvalets namn")
    await anna.sees("Du har redan ett urval som heter så.")

    bo = await actor(colleague, at="/fakturor")
    await bo.sees("april 2026")
    await bo.sees_no("Bara mitt")


@pytest.mark.rule("BIL-14a")
async def test_another_units_invoice_is_a_page_that_does_not_exist(
    scene: Scene, portal_system: PortalSystem, reader: str
) -> None:
    invoice = await the_invoice(portal_system, reader)
    other = scene.user(scene.place(with_store=False))
    await scene.set()
    page = f"/fakturor/{invoice['id']}"

    async with portal_system.visiting(other) as bo:
        answers = [await bo.get(one) for one in (page, f"{page}/rader/1", f"{page}/pdf")]
        listed = await bo.get("/fakturor?alla")
    async with portal_system.visiting(reader) as anna:
        document = await anna.get(f"{page}/pdf")
        beyond = [await anna.get(f"{page}/rader/{n}") for n in ("0", "2", "x", "999999")]

    assert [one.status_code for one in answers] == [404, 404, 404]
    assert invoice["number"] not in listed.text
    assert document.content.startswith(b"%PDF-")
    assert [one.status_code for one in beyond] == [404, 404, 404, 404]


@pytest.mark.rule("BIL-14a")
async def test_customer_service_finds_it_by_its_payer_and_month(
    actor: MakeActor, scene: Scene, portal_system: PortalSystem, reader: str
) -> None:
    number = (await the_invoice(portal_system, reader))["number"]
    clerk = scene.user(scene.place(), roles=("customer_service",))
    await scene.set()
    kim = await actor(clerk, at="/fakturor")

    await kim.fill("Betalare", "x")
    await kim.click("Sök", within="Betalarens kod")
    await kim.sees("Skriv betalarens kod")
    await kim.picture("fakturor-fel")
    await kim.accessible()
    await kim.fill("Betalare", BILLED)
    await kim.fill("Månad", "2026-04")
    await kim.click("Sök", within="Betalarens kod")

    await kim.sees("Faktura", within=number)


async def test_while_billing_is_silent_the_page_says_so(
    portal_system: PortalSystem, reader: str
) -> None:
    async with portal_system.visiting(reader) as anna, portal_system.without("billing"):
        page = await anna.get("/fakturor?alla")

    assert page.status_code == 200
    assert "Fakturering svarar inte just nu" in page.text


@pytest.mark.rule("BIL-9r")
async def test_customer_service_fetches_a_months_print_file_and_units_do_not(
    actor: MakeActor, portal_system: PortalSystem, reader: str
) -> None:
    invoice = await the_invoice(portal_system, reader)
    kim = await actor(CLERK, at="/fakturor?month=2026-04")
    await kim.sees("Utskriftsfil för april 2026")
    await kim.picture("fakturor-utskriftsfil")
    await kim.accessible()
    anna = await actor(reader, at="/fakturor?month=2026-04")
    await anna.sees(invoice["number"])
    await anna.sees_no("Utskriftsfil")

    page = "/fakturor/utskriftsfil"
    async with portal_system.visiting(CLERK) as client:
        file = await client.get(f"{page}?month=2026-04")
        early = await client.get(f"{page}?month=2027-04")
        wrong = await client.get(f"{page}?month=x")
    async with portal_system.visiting(reader) as client:
        theirs = await client.get(f"{page}?month=2026-04")

    assert file.headers["content-type"] == "application/zip"
    assert "utskriftsfil.zip" in file.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(file.content)) as packed:
        assert f"{invoice['number']}.pdf" in packed.namelist()
        assert packed.read(f"{invoice['number']}.pdf").startswith(b"%PDF-")
    assert "Månaden är inte fakturerad än" in early.text
    assert theirs.status_code == 403
    assert wrong.status_code == 404
