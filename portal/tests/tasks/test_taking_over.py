"""Överköp: a device that comes with a patient from another region (T-74)."""

import pytest

from portal.tests.browser import MakeActor
from portal.tests.cards import SEARCH, at_card
from portal.tests.fetching import CLERK
from portal.tests.scene import Scene
from portal.tests.ward import Ward


@pytest.mark.task("T-74")
@pytest.mark.rule("INV-12a", "INV-12d")
async def test_what_a_patient_brings_is_bought_and_delivered_to_them(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    name, number = f"Granberg {ward.lent}", f"{ward.lent}-C"
    scene.supplier(name=name)
    article = scene.article("Rullstol Gran", supplier=name, supplier_article_number="G-7")
    await scene.set()
    kim = await actor(CLERK)
    await kim.fill(SEARCH, ward.patient.number)
    await kim.press("Enter")
    await kim.click("Överköp")
    await kim.fill("Individnummer", number)
    await kim.fill("Artikelnummer", article)
    await kim.fill("Region som säljer", "c")
    await kim.fill("Pris utan moms", "1 290,50")
    await kim.fill("Köpt som nytt", "2024-03-01")
    await kim.fill("Vem bad om det", ward.user)
    await kim.picture("takeover-new")
    await kim.accessible()
    await kim.click("Godkänn och köp över")
    await kim.sees(f"{number} är överköpt och står i förråd {ward.place.store}.")
    await kim.is_at("/uttag/nytt")
    await kim.sees(ward.patient.name)
    await kim.picture("takeover-deliver")
    await kim.accessible()
    await kim.click("Leverera")
    await kim.sees("Uttaget är levererat.")
    kim.counts("T-74")

    anna = await at_card(actor, ward.user, number)
    await anna.sees("från region c")
    await anna.sees(ward.patient.name)
    await anna.picture("takeover-done")
    await anna.accessible()


@pytest.mark.rule("INV-12d")
async def test_the_unit_delivers_what_was_bought_to_its_patient_and_nobody_else(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    person = await scene.ref(ward.patient, opened_to=ward.user)
    number = f"{ward.lent}-C"
    body = {
        "device_number": number,
        "article_number": ward.rollator,
        "service_point": ward.place.id,
        "store": ward.place.store,
        "person": person,
        "from_region": "c",
        "supplier_id": "T1",
        "supplier_article_number": "G-7",
        "approver": ward.user,
        "bought_on": "2024-03-01",
        "value": {"net_ore": 100_00, "vat_percent": 25},
        "asked_by": ward.user,
    }
    await ward.system.done(CLERK, "/devices:take-over", body, service="inventory")

    anna = await at_card(actor, ward.user, number)
    await anna.sees("Kan bara levereras till patienten")
    await anna.click("Leverera individen")
    await anna.sees(ward.patient.name)
    await anna.click("Leverera")

    await anna.sees("Uttaget är levererat.")


async def test_what_is_missing_or_wrong_is_said_beside_each_field(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    person = await scene.ref(ward.patient, opened_to=CLERK)
    kim = await actor(CLERK, at=f"/mottagare/{person}/overkop", script=False)
    await kim.click("Godkänn och köp över")
    await kim.sees("Skriv priset i kronor utan moms")
    await kim.sees("Ange vem på enheten som bad om det.")
    await kim.picture("takeover-error")
    await kim.accessible()

    await kim.fill("Individnummer", ward.stored)
    await kim.fill("Artikelnummer", ward.cushion)
    await kim.fill("Region som säljer", "c")
    await kim.fill("Pris utan moms", "100")
    await kim.fill("Köpt som nytt", "2024-03-01")
    await kim.fill("Vem bad om det", ward.user)
    await kim.click("Godkänn och köp över")
    await kim.sees("Det här behöver rättas")
    await kim.accessible()
