"""A delivery that is not as it was ordered: told of a line before its receipt and after it, settled
by customer service, and seen by who told it: T-45.
"""

import pytest

from portal.tests.browser import MakeActor
from portal.tests.purchasing import a_purchase, at_delivery
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import PRESCRIBER, Ward

CLERK = "kundtjanst1"


@pytest.mark.task("T-45")
@pytest.mark.rule("INV-8e", "BIL-6c")
async def test_a_delivery_that_is_wrong_is_told_from_the_line_once_it_is_confirmed(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    bought = await a_purchase(scene, ward)
    anna = await at_delivery(actor, ward.user, bought)
    await anna.picture("direktleverans")
    await anna.accessible()
    await anna.click("Skadat: Ramp Älv")
    await anna.sees("Skadat")
    await anna.sees("2 st Ramp Älv")
    await anna.picture("avvikelse-bekrafta")
    await anna.accessible()
    await anna.click("Ja, anmäl")

    await anna.sees("Kundtjänst har fått veta det.")
    anna.counts("T-45")
    await anna.is_at(bought.purchase_page)
    await anna.sees(
        f"Skadat, anmält av {PRESCRIBER}. Väntar på kundtjänst.", within="2 st Ramp Älv"
    )
    await anna.picture("inkopsorder-avvikelse")
    await anna.accessible()
    await anna.goes(bought.order.page)
    await anna.sees("Väntar på kundtjänst.", within=bought.number)


@pytest.mark.rule("INV-8e")
async def test_what_is_wrong_is_told_after_its_receipt_too_and_who_told_it_sees_how_it_is_settled(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    bought = await a_purchase(scene, ward, with_ramps=False)
    anna = await actor(ward.user, at=bought.page)
    await anna.fill("Pris", "12 900")
    await anna.fill("Individnummer", f"D{bought.number}")
    await anna.fill("Serienummer", "TRO-24-118821")
    await anna.click("Ta emot", within="Mottaget")
    await anna.sees("Det som kom är levererat")

    receipt = anna.path
    await anna.click("Fel artikel: Gåstol Älv")
    await anna.click("Ja, anmäl")
    await anna.sees("Mottagen", within="1 st Gåstol Älv")
    await anna.sees("Fel artikel", within="1 st Gåstol Älv")
    await anna.goes(receipt)
    await anna.sees("Väntar på kundtjänst.", within="1 st Gåstol Älv")
    await anna.picture("direktleverans-kvittens-avvikelse")
    await anna.accessible()

    kim = await actor(CLERK)
    await kim.click("Avvikelser att lösa")
    await kim.sees("Avvikelse", within=bought.number)
    await kim.picture("inkopsordrar-avvikelser")
    await kim.accessible()
    await kim.click(bought.number)
    await kim.click("Lös avvikelsen")
    await kim.sees("Välj hur avvikelsen löstes.")
    await kim.picture("inkopsorder-losa")
    await kim.accessible()
    await kim.choose("Hur avvikelsen löstes", "Skickas tillbaka")
    await kim.click("Lös avvikelsen")
    await kim.sees("Avvikelsen är löst.")

    await scene.system.settle()  # the message is there
    await anna.goes("/")
    await anna.click("Avvikelse löst")
    await anna.is_at(bought.purchase_page)
    await anna.sees("Löst: skickas tillbaka.", within="1 st Gåstol Älv")
    await anna.picture("inkopsorder-lost")
    await anna.accessible()


@pytest.mark.rule("INV-8e")
async def test_what_is_no_deviation_is_said_beside_it_and_only_customer_service_settles(
    scene: Scene, portal_system: PortalSystem, ward: Ward
) -> None:
    bought = await a_purchase(scene, ward)
    page = bought.purchase_page
    stranger = scene.user(scene.place(with_store=False))
    await scene.set()

    async with portal_system.visiting(stranger) as client:
        others = await client.get(page)
    async with portal_system.visiting(ward.user) as client:
        chosen = await client.get(f"{page}/avvikelse?line=9&kind=damaged")
        odd = await client.post(f"{page}/avvikelse", data={"line": "1", "kind": "ugly"})
        nowhere = await client.post(f"{page}/avvikelse", data={"line": "9", "kind": "damaged"})
        mine = await client.post(f"{page}/los", data={"line": "1", "settle-1": "kept"})
    async with portal_system.visiting(CLERK) as client:
        nothing = await client.post(f"{page}/los", data={"line": "1", "settle-1": "kept"})

    assert others.status_code == 404
    assert chosen.status_code == 200
    assert "Vilken rad" in chosen.text
    assert {one.status_code for one in (odd, nowhere, nothing)} == {422}
    assert "Välj vad som är fel" in odd.text
    assert "Inköpsordern har ingen sådan rad." in nowhere.text
    assert mine.status_code == 403
    assert "Raden har ingen avvikelse som väntar." in nothing.text
