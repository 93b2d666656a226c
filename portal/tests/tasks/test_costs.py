"""What a transfer costs whom, from which day: seen before it is sent and before it is answered."""

import pytest

from portal.tests.browser import MakeActor
from portal.tests.handover import Handover
from portal.tests.system import PortalSystem
from portal.tests.ward import Ward

DEVICE, NUMBER = "Individnummer", "Patientens personnummer"
ON, LATER = "2026-05-21", "2026-07-11"
SILENT = "Fakturering svarar inte just nu: vad bytet kostar på fakturan kan inte visas nu."


@pytest.mark.rule("BIL-16a")
async def test_who_is_to_answer_sees_who_pays_what_from_when(
    actor: MakeActor, handover: Handover
) -> None:
    transfer = await handover.send(handover.devices[0], transfer_date=ON)
    anna = await actor(handover.receiver, at="/bmb/att-gora")
    told = "På fakturan för maj 2026: 200 kr för nuvarande betalare, 110 kr för ny betalare"

    await anna.sees(told)
    await anna.goes(f"/bmb/{transfer}")
    await anna.sees("310 kr per månad utan moms, från 21 maj 2026")
    await anna.click(told)

    await anna.sees("200 kr", within=handover.there.payer)
    await anna.sees("110 kr", within=handover.there.payer)
    await anna.accessible()
    await anna.picture("bmb-kostnad")


@pytest.mark.rule("BIL-16a")
async def test_who_sends_sees_it_before_it_is_sent(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at="/bmb/skicka")

    await anna.fill(DEVICE, ward.stored)
    await anna.fill(NUMBER, ward.patient.number)
    await anna.click("BMB-datum och meddelande")
    await anna.fill("BMB-datum", LATER)
    await anna.sees("På fakturan för juli 2026: 0 kr för nuvarande betalare")
    await anna.sees("210 kr för ny betalare")

    await anna.click("På fakturan för juli 2026")
    await anna.sees(ward.stored, within=ward.place.payer)
    await anna.accessible()
    await anna.picture("bmb-skicka-kostnad")


async def test_while_billing_is_silent_the_rest_is_shown_and_it_is_sent_and_answered(
    actor: MakeActor, handover: Handover, portal_system: PortalSystem
) -> None:
    sven = await actor(handover.sender, at="/bmb/skicka")
    anna = await actor(handover.receiver)
    async with portal_system.without("billing"):
        await sven.fill(DEVICE, handover.devices[0])
        await sven.fill("Sök förskrivare", handover.receiver_name)
        await sven.tick(handover.receiver_name)
        await sven.sees("Har ingen kvitterat då genomförs det automatiskt")
        await sven.sees(SILENT)
        await sven.accessible()
        await sven.click("Skicka")
        await sven.sees("BMB är skickad.")

        await anna.goes("/bmb/att-gora")
        await anna.sees(SILENT)
        await anna.sees("310 kr per månad utan moms")
        await anna.accessible()
        await anna.click("Godkänn")
        await anna.sees("Bytet är godkänt.")
