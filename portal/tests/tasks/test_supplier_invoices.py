"""Leverantörsfakturor: customer service reads why one waits, and pays it or does not; units read
what they purchased.
"""

import pytest

from portal.tests.browser import MakeActor
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem

CLERK = "kundtjanst1"
MISSING = "Fakturan anger inget inköpsordernummer."


@pytest.mark.rule("BIL-6h")
async def test_what_waits_says_why_and_is_released_or_rejected(
    actor: MakeActor, scene: Scene
) -> None:
    supplier = scene.supplier(name="Testhjälpmedel Sju AB")
    wrong, right = (scene.supplier_invoice(supplier) for _ in range(2))
    await scene.set()
    kim = await actor(CLERK)

    await kim.click("Leverantörsfakturor som väntar")
    await kim.sees(MISSING, within=wrong)
    await kim.sees("Testhjälpmedel Sju AB", within=wrong)
    await kim.picture("leverantorsfakturor")
    await kim.accessible()
    await kim.click(wrong)
    await kim.sees(MISSING)
    await kim.sees("Be leverantören om en ny faktura med inköpsordernummer")
    await kim.click("Avvisa")
    await kim.sees("Välj varför fakturan inte betalas.")
    await kim.picture("leverantorsfaktura-vantar")
    await kim.accessible()
    await kim.choose("Varför den inte betalas", "Inte beställt")
    await kim.click("Avvisa")
    await kim.sees("Fakturan är avvisad och betalas inte.")
    await kim.sees("inte beställt")
    await kim.picture("leverantorsfaktura-avvisad")

    await kim.goes(f"/leverantorsfakturor?number={right}")
    await kim.click(right)
    await kim.click("Släpp till betalning")
    await kim.sees("Välj varför fakturan betalas fast den inte stämmer.")
    await kim.choose("Varför den betalas ändå", "Överenskommet med leverantören")
    await kim.tick("Jag har läst varför den väntar")
    await kim.click("Släpp till betalning")
    await kim.sees("Fakturan är släppt till betalning.")
    await kim.sees("överenskommet med leverantören")
    await kim.picture("leverantorsfaktura-slappt")
    await kim.goes(f"/leverantorsfakturor?status=released&supplier={supplier}")
    await kim.sees(right)
    await kim.sees_no(wrong)


@pytest.mark.rule("BIL-6h")
async def test_what_may_be_paid_is_fetched_as_a_file_and_units_decide_nothing(
    scene: Scene, portal_system: PortalSystem
) -> None:
    supplier = scene.supplier()
    number = scene.supplier_invoice(supplier)
    user = scene.user(scene.place(with_store=False))
    await scene.set()
    async with portal_system.api("billing", CLERK) as client:
        found = await client.get("/supplier-invoices", params={"supplier_id": supplier})
        (invoice,) = found.json()["items"]
    page = f"/leverantorsfakturor/{invoice['id']}"

    async with portal_system.visiting(user) as client:
        others = [await client.get(page), await client.post(f"{page}/slapp", data={})]
        their = await client.get("/leverantorsfakturor")
        no_file = await client.get("/leverantorsfakturor/att-betala.csv")
    async with portal_system.visiting(CLERK) as client:
        unread = await client.post(f"{page}/slapp", data={})
        await client.post(f"{page}/slapp", data={"read": "1", "why": "OTHER"})
        file = await client.get("/leverantorsfakturor/att-betala.csv")
        rejected = await client.post(f"{page}/avvisa", data={"reason": "NOT_OURS"})
        numbered = await client.get("/leverantorsfakturor?number=189001019802")

    assert [one.status_code for one in others] == [404, 404]
    assert (their.status_code, number in their.text) == (200, False)
    assert no_file.status_code == 403
    assert file.headers["content-type"].startswith("text/csv")
    assert number in file.text
    assert (unread.status_code, rejected.status_code, numbered.status_code) == (422, 422, 400)
    assert "Läs varför fakturan väntar" in unread.text
