"""Leverantörsfakturor: finance registers one by hand, line by line, and takes one in as a file."""

import pytest
from playwright.async_api import FilePayload

from portal.tests.browser import MakeActor
from portal.tests.electronic import an_electronic_invoice
from portal.tests.purchasing import SUPPLIER, a_purchase
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import Ward

CLERK = "kundtjanst1"
PAGE = "/leverantorsfakturor/ny"
XML = "application/xml"


def a_file(content: bytes, media_type: str) -> FilePayload:
    """An electronic invoice as a file, or what is not one."""
    return {"name": "faktura.xml", "mimeType": media_type, "buffer": content}


@pytest.mark.rule("BIL-6h", "BIL-6i")
async def test_an_invoice_is_registered_by_hand_and_what_does_not_add_up_is_said_beside_it(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    bought = await a_purchase(scene, ward)
    kim = await actor(CLERK)
    await kim.click("Leverantörsfakturor")
    await kim.click("Registrera faktura")
    await kim.picture("leverantorsfaktura-ny")
    await kim.accessible()
    await kim.fill("Leverantör", bought.supplier, within="Fakturanummer")
    await kim.fill("Fakturanummer", f"H-{bought.number}")
    await kim.fill("Förfaller", "2026-06-30")
    await kim.fill("Inköpsorder", bought.number)
    await kim.fill("Summa utan moms", "2 000")
    await kim.fill("Moms", "500,00", within="Summa utan moms")
    await kim.fill("Antal", "2", within="Rad 1")
    await kim.fill("Pris för en", "1 200,50", within="Rad 1")
    await kim.click("Registrera")

    await kim.sees("Radernas summa är en annan än fakturans belopp utan moms.")
    await kim.sees("(Regel BIL-6)")
    await kim.picture("leverantorsfaktura-ny-fel")
    await kim.accessible()
    await kim.fill("Pris för en", "1 000", within="Rad 1")
    await kim.click("Fler rader")
    await kim.has("Pris för en", "1 000", within="Rad 1")
    await kim.sees("Rad 6")
    await kim.click("Registrera")
    await kim.sees("Fakturan är registrerad: väntar.")
    await kim.sees(SUPPLIER)
    await kim.sees("2 500 kr")
    await kim.click(bought.number)
    await kim.is_at(bought.purchase_page)


@pytest.mark.rule("BIL-6h", "BIL-6i")
async def test_an_invoice_is_taken_in_as_a_file_and_what_is_wrong_with_it_is_said_beside_it(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    bought = await a_purchase(scene, ward)
    number = f"E-{bought.number}"
    document = an_electronic_invoice(number, order=bought.number)
    kim = await actor(CLERK, at=PAGE)
    await kim.click("Läs in")
    await kim.sees("Välj e-fakturans fil.")
    await kim.attach("Fil", a_file(b"PDF", "text/plain"))
    await kim.click("Läs in")
    await kim.sees("(Regel BIL-6)")
    await kim.picture("e-faktura-fel")
    await kim.accessible()
    await kim.attach("Fil", a_file(document, XML))
    await kim.click("Läs in")
    await kim.sees("Flera leverantörer har organisationsnumret. Ange leverantörens kod.")
    await kim.picture("e-faktura-leverantor")
    await kim.fill("Leverantör", bought.supplier, within="Läs in")
    await kim.attach("Fil", a_file(document, XML))
    await kim.click("Läs in")

    await kim.sees("Fakturan är registrerad: väntar.")
    await kim.sees(f"Leverantörsfaktura {number}")
    await kim.picture("e-faktura-registrerad")


@pytest.mark.rule("BIL-6h", "BIL-6i")
async def test_what_is_written_wrong_is_said_beside_it_and_units_register_nothing(
    portal_system: PortalSystem, ward: Ward
) -> None:
    line = {"quantity-1": "x", "price-1": "dyrt", "net": "1", "vat": "0", "number": "F"}
    async with portal_system.visiting(ward.user) as client:
        theirs = [await client.get(PAGE), await client.post(PAGE, data=line)]
        file = await client.post(f"{PAGE}/fil", files={"file": ("f.xml", b"<x/>", XML)})
    async with portal_system.visiting(CLERK) as client:
        empty = await client.post(PAGE, data={})
        wrong = await client.post(PAGE, data=line)
        unknown = await client.post(
            PAGE,
            data={**line, "quantity-1": "1", "price-1": "1", "supplier": "nobody"}
            | {"due_on": "2026-06-30", "rate-1": "0"},
        )
        large = await client.post(f"{PAGE}/fil", files={"file": ("f.xml", b" " * 11_000_000, XML)})
        elsewhere = await client.post(PAGE, data={"number": "x" * 300_000})

    assert {one.status_code for one in (*theirs, file)} == {403}
    assert {one.status_code for one in (empty, wrong, unknown)} == {422}
    assert "Ange leverantörens kod." in empty.text
    assert "Skriv minst en av fakturans rader." in empty.text
    assert "Skriv antalet med siffror." in wrong.text
    assert "Skriv beloppet i kronor" in wrong.text
    assert "f-supplier" in unknown.text
    assert "(Regel BIL-6)" in unknown.text
    assert (large.status_code, elsewhere.status_code) == (413, 413)
