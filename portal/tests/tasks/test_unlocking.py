"""Be om upplåsning and Lås upp: T-11, and what goes wrong on the way. All of it in the region bd,
where a transfer that nobody answers in a week locks its devices.
"""

from datetime import timedelta

import pytest
import pytest_asyncio
from kvitt_contracts.personnummer import PersonalNumber

from contracts.tests.builders.regions import a_person_stated
from portal.tests.browser import MakeActor
from portal.tests.handover import Handover, a_handover
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem

CLERK = "kundtjanst1"


Locked = tuple[Handover, str]
"""A handover, and its transfer's id."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def all_locked(portal_system: PortalSystem) -> list[Locked]:
    """Transfers that nobody has answered in time, one for each test: time is moved on once."""
    found = []
    for _ in range(10):
        handover = await a_handover(Scene(portal_system, "bd"))
        found.append((handover, await handover.send(handover.devices[0])))
    await portal_system.advance(await portal_system.now() + timedelta(days=8))
    return found


@pytest.fixture
def locked(all_locked: list[Locked]) -> Locked:
    """One of the test's own."""
    return all_locked.pop()


@pytest.mark.task("T-11")
@pytest.mark.rule("BMB-7c", "BMB-7h", "BMB-7i", "REF-12m")
async def test_a_locked_transfer_is_asked_for_unlocked_and_sent_anew(
    actor: MakeActor, locked: Locked
) -> None:
    handover, _ = locked
    sven = await actor(handover.sender, region="bd")
    await sven.picture("start-locked")
    await sven.accessible()
    await sven.click("Be om upplåsning", within=handover.there.id)
    await sven.sees("Kundtjänst är ombedd att låsa upp.")
    await sven.sees("Sven Avsändare har bett om upplåsning")
    await sven.is_at("/")
    await sven.picture("start-locked-asked")
    await sven.accessible()

    kim = await actor(CLERK, region="bd")
    await kim.has("Vem bad om det", handover.sender, within=handover.there.id)
    await kim.picture("start-customer-service")
    await kim.accessible()
    await kim.click("Lås upp", within=handover.there.id)
    await kim.sees("Bytet är upplåst.")
    await kim.is_at("/")

    await sven.goes("/")
    await sven.click("Ej besvarad BMB")
    await sven.sees("Upplåst", within=handover.patient.name)
    await sven.picture("bmb-unanswered-unlocked")
    await sven.click("Skicka ny", within=handover.patient.name)
    await sven.sees(handover.patient.name)
    await sven.has("Individnummer", handover.devices[0])
    sven.counts("T-11", kim)


@pytest.mark.rule("BMB-7h")
async def test_it_is_asked_for_among_what_nobody_has_answered(
    actor: MakeActor, locked: Locked
) -> None:
    handover, _ = locked
    sven = await actor(handover.sender, at="/bmb/obesvarade", region="bd")
    await sven.sees("Låst", within=handover.patient.name)
    await sven.picture("bmb-unanswered-locked")
    await sven.accessible()

    await sven.click("Be om upplåsning", within=handover.patient.name)

    await sven.is_at("/bmb/obesvarade")
    await sven.sees("Sven Avsändare har bett om upplåsning")
    await sven.picture("bmb-unanswered-asked")
    await sven.accessible()


@pytest.mark.rule("BMB-7h")
async def test_it_is_asked_for_on_its_page_by_keyboard_alone(
    actor: MakeActor, locked: Locked
) -> None:
    handover, transfer = locked
    anna = await actor(handover.receiver, at=f"/bmb/{transfer}", region="bd")
    await anna.sees("BMB är låst. Be om upplåsning.")
    await anna.picture("bmb-locked")
    await anna.accessible()

    await anna.reach("Be om upplåsning")
    await anna.press("Enter")

    await anna.sees(f"{handover.receiver_name} bad om upplåsning")
    await anna.sees_no("Be om upplåsning.")
    await anna.click("Varför är det så?")
    await anna.sees("Kundtjänst blev ombedd att låsa upp bytet.")
    await anna.sees("Kundtjänst är tillfrågad.")
    await anna.picture("bmb-locked-asked")
    await anna.accessible()


async def test_it_is_asked_for_without_script_and_once_however_often(
    actor: MakeActor, locked: Locked
) -> None:
    handover, transfer = locked
    anna = await actor(handover.sender, at=f"/bmb/{transfer}", region="bd", script=False)

    await anna.double_click("Be om upplåsning")

    await anna.sees("Sven Avsändare bad om upplåsning")
    async with handover.system.api("bmb", handover.sender, region="bd") as client:
        story = (await client.get(f"/transfers/{transfer}/story")).json()
    asked = "Kundtjänst blev ombedd att låsa upp bytet."
    assert [one["times"] for one in story["items"] if one["summary"] == asked] == [1]


async def test_who_asks_too_late_is_told_so_and_led_on(actor: MakeActor, locked: Locked) -> None:
    handover, transfer = locked
    sven = await actor(handover.sender, at=f"/bmb/{transfer}", region="bd")
    await handover.unlock(transfer, clerk=CLERK)

    await sven.click("Be om upplåsning")

    await sven.sees("Bara ett låst byte kan låsas upp. (Regel BMB-7)")
    await sven.sees("Skicka ny")
    await sven.picture("bmb-unlocked-meanwhile")
    await sven.accessible()


@pytest.mark.rule("BMB-7c")
async def test_customer_service_unlocks_what_is_asked_for_by_telephone(
    actor: MakeActor, locked: Locked
) -> None:
    handover, transfer = locked
    kim = await actor(CLERK, region="bd")

    await kim.click("Kundtjänst")
    await kim.sees("Låsta byten")
    await kim.has("Vem bad om det", handover.sender, within=handover.there.id)
    await kim.fill("Vem bad om det", handover.receiver, within=handover.there.id)
    await kim.picture("customer-service-locked")
    await kim.accessible()
    await kim.click("Lås upp", within=handover.there.id)

    await kim.sees("Bytet är upplåst.")
    await kim.is_at("/kundtjanst/las-upp")
    await kim.goes(f"/bmb/{transfer}")
    await kim.click("Varför är det så?")
    await kim.sees(f"som {handover.receiver} bad om")


@pytest.mark.rule("REF-12m")
@pytest.mark.parametrize("name", ["k999xyz", HOSTILE["script"]], ids=["unknown", "hostile"])
async def test_nobody_is_unlocked_for_who_is_unknown_and_what_was_written_stays(
    actor: MakeActor, locked: Locked, name: str
) -> None:
    handover, transfer = locked
    kim = await actor(CLERK, at=f"/bmb/{transfer}", region="bd")

    await kim.fill("Vem bad om det", name)
    await kim.click("Lås upp")

    await kim.sees("Det här behöver rättas")
    await kim.has("Vem bad om det", name)
    await kim.picture("bmb-unlock-error")
    await kim.accessible()
    await kim.fill("Vem bad om det", handover.sender)
    await kim.click("Lås upp")
    await kim.sees("Bytet är upplåst.")


@pytest.mark.rule("BMB-7i", "REF-19e")
async def test_what_concerns_somebody_protected_is_unlocked_without_saying_whom(
    actor: MakeActor, locked: Locked
) -> None:
    handover, transfer = locked
    patient = handover.patient
    hidden = a_person_stated(
        PersonalNumber(number=patient.number), name=patient.name, protected=True, version=2
    )
    await handover.system.state([(patient.region_id, hidden)], region="bd")
    await handover.ask_to_unlock(transfer)
    kim = await actor(CLERK, at="/kundtjanst/las-upp", region="bd")

    await kim.sees("Skyddade personuppgifter", within=handover.there.id)
    await kim.sees_no(patient.name)
    await kim.picture("customer-service-protected")
    await kim.accessible()
    await kim.fill("Vem bad om det", "k999xyz", within=handover.there.id)
    await kim.click("Lås upp", within=handover.there.id)
    await kim.sees("Det här behöver rättas")
    await kim.has("Vem bad om det", "k999xyz", within=handover.there.id)
    await kim.accessible()
    await kim.fill("Vem bad om det", handover.sender, within=handover.there.id)
    await kim.click("Lås upp", within=handover.there.id)
    await kim.sees("Bytet är upplåst.")
    assert await kim.goes(f"/bmb/{transfer}") == 404


async def test_who_is_no_clerk_unlocks_nothing_and_a_foreign_transfer_is_not_there(
    portal_system: PortalSystem, locked: Locked
) -> None:
    handover, transfer = locked
    said = {"asked_by": handover.sender}
    async with portal_system.visiting(handover.sender, region="bd") as client:
        listed = await client.get("/kundtjanst/las-upp")
        unlocked = await client.post(f"/bmb/{transfer}/las-upp", data=said)
    async with portal_system.visiting("f101") as client:
        asked = await client.post(f"/bmb/{transfer}/be-om-upplasning")
    async with portal_system.visiting(CLERK) as client:
        foreign = await client.post(f"/bmb/{transfer}/las-upp", data=said)

    assert (listed.status_code, unlocked.status_code) == (403, 403)
    assert (asked.status_code, foreign.status_code) == (404, 404)
    async with portal_system.api("bmb", handover.sender, region="bd") as client:
        assert (await client.get(f"/transfers/{transfer}")).json()["status"] == "locked"
