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
    await kim.sees("från region c")
    await kim.picture("takeover-done")
    await kim.accessible()
    await ward.system.settle()

    anna = await at_card(actor, ward.user, number)
    await anna.sees("Kan bara levereras till patienten")
    await anna.click("Leverera individen")
    await anna.sees(ward.patient.name)
    await anna.picture("takeover-deliver")
    await anna.click("Leverera")
    await anna.sees("Uttaget är levererat.")
    kim.counts("T-74", anna)


async def test_what_is_missing_or_wrong_is_said_beside_each_field(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    person = await scene.ref(ward.patient)
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
