"""Spärrar och samtycken: a patient says who sees what units have of them (REF-25, REF-26)."""

from datetime import timedelta

import pytest

from portal.tests.browser import MakeActor
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import PRESCRIBER, UNIT, Ward

REASON = "Medvetslös, respiratorn larmar."


@pytest.mark.rule("REF-25a", "REF-25c", "REF-25d", "REF-25e")
async def test_a_block_is_registered_opened_by_another_unit_and_lifted(
    actor: MakeActor, ward: Ward, scene: Scene, portal_system: PortalSystem
) -> None:
    stranger = scene.user(scene.place())
    await scene.set()
    page = f"/mottagare/{await scene.ref(ward.patient)}"
    today = (await portal_system.today()).isoformat()
    anna = await actor(ward.user, at=page)
    await anna.click("Spärrar och samtycken")
    await anna.sees("Ingen spärr hos dina enheter.")
    await anna.click("Registrera en spärr")
    await anna.fill("Dag", today)
    await anna.click("Spärra")
    await anna.sees("Enhetens uppgifter är spärrade för andra från och med nu.")
    await anna.sees("Gäller", within=PRESCRIBER)
    await anna.picture("blocks")
    await anna.accessible()

    eva = await actor(stranger, at="/")
    await eva.fill("Sök personnummer", ward.patient.hyphenated)
    await eva.press("Enter")
    await eva.sees("Patienten har spärrat uppgifter för din enhet.")
    await eva.picture("recipient-blocked")
    await eva.accessible()
    assert await eva.goes(f"{page}/sparrar") == 200
    await eva.sees_no(UNIT)
    await eva.click("Nödöppna det spärrade")
    await eva.fill("Skäl", REASON)
    await eva.page.get_by_role("button", name="Nödöppna").click()
    await eva.sees("Det spärrade visas för dig.")
    await eva.picture("blocks-opened")
    await eva.accessible()

    assert await anna.goes(f"{page}/sparrar") == 200
    await anna.sees(REASON)
    await anna.picture("blocks-of-the-unit")
    await anna.click("Häv spärren")
    await anna.sees("Spärren är hävd.")
    await anna.sees_no("Häv spärren")
    assert await eva.goes(page) == 200
    await eva.sees_no("Patienten har spärrat uppgifter för din enhet.")


@pytest.mark.rule("REF-26a", "REF-26c")
async def test_a_consent_is_registered_and_taken_back(
    actor: MakeActor, ward: Ward, scene: Scene, portal_system: PortalSystem
) -> None:
    page = f"/mottagare/{await scene.ref(ward.patient)}/sparrar"
    until = (await portal_system.today() + timedelta(days=30)).isoformat()
    anna = await actor(ward.user, at=page)
    await anna.click("Registrera ett samtycke")
    await anna.fill("Till och med", until)
    await anna.click("Registrera samtycket")
    await anna.sees("Samtycket är registrerat.")
    await anna.sees("Inte det spärrade")
    await anna.picture("consents")
    await anna.accessible()

    await anna.click("Ta tillbaka")

    await anna.sees("Samtycket är återtaget och gäller inte mer.")
    await anna.sees_no("Ta tillbaka")
