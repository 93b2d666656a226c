"""Stulet, förlorat eller skadat: reported by who has it, decided by customer service (T-49)."""

import pytest

from portal.tests.browser import MakeActor
from portal.tests.cards import at_card, charges_of
from portal.tests.damaging import damaged, searching
from portal.tests.fetching import CLERK
from portal.tests.ward import Ward

BUTTON = "Stulet, förlorat eller skadat"


@pytest.mark.task("T-49")
@pytest.mark.rule("INV-15a")
async def test_a_damaged_device_is_reported_from_its_card(actor: MakeActor, ward: Ward) -> None:
    anna = await at_card(actor, ward.user, ward.lent)

    await anna.click(BUTTON)
    await anna.tick("Skadat")
    await anna.picture("damage-report")
    await anna.accessible()
    await anna.click("Anmäl")

    await anna.sees("Kundtjänst beslutar vem som betalar.")
    anna.counts("T-49")
    await anna.sees("Väntar på beslut")
    await anna.picture("damage-reported")
    await anna.accessible()


@pytest.mark.rule("INV-15b")
async def test_what_is_stolen_is_searched_for_and_its_prescriber_has_it_no_more(
    actor: MakeActor, ward: Ward
) -> None:
    await searching(ward.system)
    anna = await at_card(actor, ward.user, ward.lent)
    await anna.click(BUTTON)
    await anna.tick("Stulet")
    await anna.click("Anmäl")
    await anna.sees(f"Individ {ward.lent} är anmäld.")
    await anna.is_at("/individ")

    kim = await at_card(actor, CLERK, ward.lent)

    await kim.sees("Söks")
    await kim.sees("Besluta vem som betalar")
    await kim.picture("damage-stolen")
    await kim.accessible()


@pytest.mark.rule("INV-15c", "BIL-8c")
async def test_customer_service_decides_who_pays_and_may_change_it(
    actor: MakeActor, ward: Ward
) -> None:
    card = await damaged(ward)
    kim = await at_card(actor, CLERK, ward.lent)
    await kim.sees("Ramen är sned efter ett fall.")
    await kim.click("Besluta vem som betalar")
    await kim.picture("damage-decide")
    await kim.accessible()
    await kim.tick("En enhet")
    await kim.fill("Belopp utan moms", "1 200,50")
    await kim.click("Besluta")

    await kim.is_at(card)
    await kim.sees("Beslutet är registrerat.")
    await kim.sees("En enhet betalar")
    await kim.picture("damage-decided")
    await kim.accessible()

    await kim.click("Ändra beslutet")
    await kim.tick("Patienten")
    await kim.click("Besluta")
    await kim.sees("Patienten betalar")
    await ward.system.settle()
    charges = {one["status"]: one for one in await charges_of(ward.system, ward.lent)}
    assert charges["cancelled"]["payer"] == {"kind": "unit", "payer_id": ward.place.payer}
    assert charges["raised"]["payer"]["kind"] == "patient"
    assert charges["raised"]["amount"]["net_ore"] == 120_050


async def test_what_cannot_be_is_said_beside_its_field_and_what_was_written_stays(
    actor: MakeActor, ward: Ward
) -> None:
    await damaged(ward)
    kim = await at_card(actor, CLERK, ward.lent, script=False)
    await kim.click("Besluta vem som betalar")
    await kim.tick("En enhet")
    await kim.fill("Belopp utan moms", "gratis")
    await kim.click("Besluta")
    await kim.sees("Skriv ett belopp i kronor")
    await kim.has("Belopp utan moms", "gratis")

    await kim.fill("Belopp utan moms", "100")
    await kim.fill("Betalare", "99999")
    await kim.click("Besluta")

    await kim.sees("Kontrollera betalaren: ingen enhet har den.")
    await kim.picture("damage-decide-error")
    await kim.accessible()


async def test_the_same_is_not_reported_twice(actor: MakeActor, ward: Ward) -> None:
    await damaged(ward)
    anna = await at_card(actor, ward.user, ward.lent)
    await anna.click(BUTTON)
    await anna.click("Anmäl")
    await anna.sees("Välj vad som har hänt.")
    await anna.tick("Skadat")
    await anna.click("Anmäl")

    await anna.sees("Det är redan registrerat för den dagen")
    await anna.picture("damage-report-error")
    await anna.accessible()
