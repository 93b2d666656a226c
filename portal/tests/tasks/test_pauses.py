"""Pausa patientfaktura: customer service puts the fee of a charger off (T-79)."""

import pytest
import pytest_asyncio

from portal.tests.browser import MakeActor
from portal.tests.cards import at_card, charges_of
from portal.tests.fetching import CLERK
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene
from portal.tests.system import CHARGER, PortalSystem

FAR = "2027-02-10"
"""However far the tests have moved the clock: later than the fee is due."""


@pytest_asyncio.fixture(loop_scope="session")
async def charger(scene: Scene) -> str:
    """The number of a charger that a patient has got, and is to pay for when 90 days have passed;
    `prescriber` has prescribed it.
    """
    place = scene.place()
    user = scene.user(place, name="Anna Förskrivare")
    patient = scene.person()
    article = scene.article("Laddare", fee_group=CHARGER)
    device = scene.device(article, store=place.store)
    await scene.set()
    ref = await scene.ref(patient, opened_to=user)
    body = {
        "recipient": {"kind": "patient", "person": ref},
        "prescriber": user,
        "service_point": place.id,
        "store": place.store,
        "lines": [{"article_number": article, "quantity": 1, "device_number": device}],
    }
    await scene.system.done(user, "/withdrawals", body)
    return device


@pytest.mark.task("T-79")
@pytest.mark.rule("BIL-4a", "REF-12j")
async def test_the_fee_of_a_charger_is_put_off_from_its_card(
    actor: MakeActor, charger: str, portal_system: PortalSystem
) -> None:
    kim = await at_card(actor, CLERK, charger)
    await kim.sees("Avgift som väntar")
    await kim.sees("Kan pausas till och med")
    await kim.picture("individ-fee-waits")
    await kim.accessible()

    await kim.fill("Pausas till", FAR)
    await kim.click("Pausa")

    await kim.sees("Avgiften är pausad.")
    await kim.sees("1 mars 2027, pausad till 10 februari 2027")
    kim.counts("T-79")
    await kim.picture("individ-fee-paused")
    await kim.accessible()
    (charge,) = await charges_of(portal_system, charger)
    assert (charge["until_on"], charge["due_on"]) == (FAR, "2027-03-01")


@pytest.mark.parametrize("name", ["k999xyz", HOSTILE["script"]], ids=["unknown", "hostile"])
async def test_a_pause_for_who_is_unknown_is_refused_and_what_was_written_stays(
    actor: MakeActor, charger: str, name: str
) -> None:
    kim = await at_card(actor, CLERK, charger, script=False)

    await kim.fill("Pausas till", FAR)
    await kim.fill("Vem bad om det", name)
    await kim.click("Pausa")

    await kim.sees("Det här behöver rättas")
    await kim.has("Vem bad om det", name)
    await kim.has("Pausas till", FAR)
    await kim.accessible()


@pytest.mark.rule("BIL-4d")
async def test_a_pause_that_would_hurry_the_fee_is_refused_beside_its_day(
    actor: MakeActor, charger: str, portal_system: PortalSystem
) -> None:
    kim = await at_card(actor, CLERK, charger)

    await kim.fill("Pausas till", (await portal_system.today()).isoformat())
    await kim.click("Pausa")

    await kim.sees("Ange en dag efter den dag då avgiften annars debiteras.")
    await kim.picture("individ-pause-error")
    await kim.accessible()
