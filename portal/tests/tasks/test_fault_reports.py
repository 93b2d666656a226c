"""Felanmälningar: T-15, and what goes wrong on the way."""

from pathlib import Path

import pytest
import pytest_asyncio

from portal.tests.beside import silent
from portal.tests.broken import ANSWERS, Broken, a_broken
from portal.tests.browser import MakeActor
from portal.tests.fetching import CLERK, OTHER_CLERK
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene

SEARCH = "Sök personnummer"
PLACE = "Kund/leveransadress"


@pytest_asyncio.fixture(loop_scope="session")
async def broken(scene: Scene) -> Broken:
    """A device whose prescriber has left."""
    return await a_broken(scene)


@pytest.mark.task("T-15")
@pytest.mark.rule("ACT-6a", "ACT-6b", "ACT-6c")
async def test_what_nobody_prescribes_is_answered_for_and_both_say_how_it_may_be_used(
    actor: MakeActor, broken: Broken
) -> None:
    report = await broken.reported()
    hedda = await actor(broken.main)
    await hedda.sees("Felanmälningar utan svar")
    await hedda.picture("start-fault-report")
    await hedda.click("Fel på hjälpmedel utan förskrivare")
    await hedda.is_at(f"/felanmalningar/{report}")
    await hedda.sees("Bromsen tar inte.")
    await hedda.picture("fault-report-waits")
    await hedda.accessible()
    await hedda.tick(broken.colleague_name)
    await hedda.tick("Får användas med begränsningar")
    await hedda.click("Svara")
    await hedda.sees("Har förskrivare")
    await hedda.sees(broken.colleague_name)

    tove = await actor(CLERK)
    await tove.click("Felanmälningar")
    await tove.sees("Bromsen tar inte.", within=broken.device)
    await tove.picture("fault-reports-customer-service")
    await tove.accessible()
    await tove.click("Får inte användas", within=broken.device)
    await tove.sees("Bedömningen är sparad: får inte användas.")
    hedda.counts("T-15", tove)
    await tove.is_at("/felanmalningar")
    await tove.click(broken.device)
    await tove.sees("Den strängare bedömningen gäller.")
    await tove.fill("Varför", "Bromsvajern är av.")
    await tove.click("Spara bedömning")
    await tove.sees("Bromsvajern är av.")
    await tove.picture("fault-report-assessed")
    await tove.accessible()


@pytest.mark.rule("ACT-6c")
async def test_an_assessment_that_was_made_meanwhile_is_read_before_it_is_changed(
    actor: MakeActor, broken: Broken
) -> None:
    report = await broken.reported()
    tove = await actor(CLERK, at="/felanmalningar")
    stricter = {"side": "technician", "use": "forbidden", "text": "Bromsvajern är av."}
    await broken.act(OTHER_CLERK, report, "assess-risk", stricter)

    await tove.click("Får användas med begränsningar", within=broken.device)

    await tove.sees("En kollega har redan bedömt felet.")
    await tove.sees("Bromsvajern är av.")
    await tove.sees_no("Bedömningen är sparad")
    await tove.accessible()


@pytest.mark.rule("ACT-6a", "REF-12m")
async def test_customer_service_reports_it_from_the_devices_page(
    actor: MakeActor, broken: Broken
) -> None:
    tove = await actor(CLERK)

    await tove.fill(SEARCH, broken.device)
    await tove.press("Enter")
    await tove.click("Anmäl fel")
    await tove.has(PLACE, broken.place.id)
    await tove.picture("fault-report-new")
    await tove.accessible()
    await tove.fill("Vad som är fel", "Bromsen tar inte på vänster sida.")
    await tove.tick("Får användas med begränsningar")
    await tove.click("Anmäl fel")

    await tove.is_at("/felanmalningar/*")
    await tove.sees("Felet är anmält.")
    await tove.sees("Bromsen tar inte på vänster sida.")
    await tove.sees(ANSWERS)
    await tove.picture("fault-report-reported")
    await tove.accessible()
    await tove.fill(SEARCH, broken.device)
    await tove.press("Enter")
    await tove.sees("Felanmäld")
    await tove.sees("får användas med begränsningar så länge")
    await tove.picture("individ-felanmald")
    await tove.accessible()


async def test_why_it_is_refused_stands_beside_its_field(actor: MakeActor, broken: Broken) -> None:
    await broken.reported()
    tove = await actor(CLERK)
    device = await broken.system.device_id(CLERK, broken.device)
    await tove.goes(f"/felanmalningar/ny?device={device}")

    await tove.fill("Vad som är fel", HOSTILE["script"])
    await tove.fill(PLACE, "99999")
    await tove.click("Anmäl fel")
    await tove.sees("Det här behöver rättas")
    await tove.has("Vad som är fel", HOSTILE["script"])
    await tove.picture("fault-report-new-error")
    await tove.accessible()
    await tove.fill(PLACE, broken.place.id)
    await tove.click("Anmäl fel")

    await tove.sees("Hjälpmedlet har en öppen felanmälan")
    await tove.accessible()


@pytest.mark.rule("ACT-6b")
async def test_the_need_is_forwarded_to_somebody_elsewhere(
    actor: MakeActor, scene: Scene, broken: Broken
) -> None:
    name = f"Berit Bedömare-{next(scene.system.numbers)}"
    scene.user(scene.place("Centrum för hjälpmedel"), name=name)
    await scene.set()
    report = await broken.reported()
    hedda = await actor(broken.main, at=f"/felanmalningar/{report}")

    await hedda.click("Behovet ska bedömas på nytt av någon annan")
    await hedda.click("Skicka vidare")
    await hedda.sees("Sök och välj vem som ska bedöma behovet på nytt.")
    await hedda.fill("Sök förskrivare", name)
    await hedda.tick(name)
    await hedda.picture("fault-report-forwarding")
    await hedda.accessible()
    await hedda.click("Skicka vidare")

    await hedda.sees("Behovet är skickat vidare.")
    await hedda.sees("Ska bedömas på nytt")
    await hedda.picture("fault-report-forwarded")
    await hedda.accessible()


async def test_it_is_answered_without_script_and_by_keyboard_alone(
    actor: MakeActor, broken: Broken
) -> None:
    report = await broken.reported()
    hedda = await actor(broken.main, at=f"/felanmalningar/{report}", script=False)

    await hedda.click("Svara")
    await hedda.sees("Välj vem som förskriver det, eller vem som ska bedöma på nytt.")
    await hedda.accessible()
    await hedda.tick(broken.colleague_name)
    await hedda.reach("Svara")
    await hedda.press("Enter")

    await hedda.sees(broken.colleague_name)


@pytest.mark.rule("ACT-6a")
async def test_who_does_not_answer_is_told_who_does(actor: MakeActor, broken: Broken) -> None:
    report = await broken.reported()
    kim = await actor(broken.colleague, at=f"/felanmalningar/{report}")

    await kim.sees(f"{ANSWERS} svarar.")
    await kim.picture("fault-report-not-mine")
    await kim.accessible()
    async with broken.system.visiting(broken.colleague) as client:
        body = {"prescriber": broken.colleague, "do": "answer"}
        answer = await client.post(f"/felanmalningar/{report}/svara", data=body)

    assert answer.status_code == 422
    assert "Be " in answer.text


async def test_customer_service_ends_it_with_what_it_led_to(
    actor: MakeActor, broken: Broken
) -> None:
    report = await broken.reported()
    tove = await actor(CLERK, at=f"/felanmalningar/{report}")

    await tove.click("Avsluta felanmälan")
    await tove.click("Ja, avsluta")
    await tove.sees("Välj vad felanmälan ledde till.")
    await tove.picture("fault-report-close-error")
    await tove.accessible()
    await tove.tick("Hjälpmedlet reparerades")
    await tove.click("Ja, avsluta")

    await tove.sees("Felanmälan är avslutad.")
    await tove.click("Varför är det så?")
    await tove.sees("Felanmälan avslutades")
    await tove.picture("fault-report-closed")
    await tove.accessible()


async def test_nothing_waits_for_who_has_no_part_in_it(
    actor: MakeActor, scene: Scene, broken: Broken
) -> None:
    report = await broken.reported()
    other = scene.user(scene.place())
    await scene.set()
    bo = await actor(other)

    await bo.click("Felanmälningar utan svar")
    await bo.sees("Inga felanmälningar.")
    await bo.picture("fault-reports-none")
    await bo.accessible()

    assert await bo.goes(f"/felanmalningar/{report}") == 404
    assert await bo.goes("/felanmalningar/ny") == 403
    await bo.accessible()


async def test_a_silent_store_leaves_the_rest_of_the_page(broken: Broken, tmp_path: Path) -> None:
    report = await broken.reported()
    async with silent(broken.system, "inventory", broken.main, tmp_path) as hedda:
        page = await hedda.get(f"/felanmalningar/{report}")
        listed = await hedda.get("/felanmalningar")

    assert (page.status_code, listed.status_code) == (200, 200)
    assert "Bromsen tar inte." in page.text
    assert f"/felanmalningar/{report}" in listed.text


async def test_silent_responsibles_leave_the_answer_to_orders(
    broken: Broken, tmp_path: Path
) -> None:
    report = await broken.reported()
    async with silent(broken.system, "bmb", broken.main, tmp_path) as hedda:
        page = await hedda.get(f"/felanmalningar/{report}")
        data = {"prescriber": broken.colleague, "do": "answer"}
        answer = await hedda.post(f"/felanmalningar/{report}/svara", data=data)

    assert "Vem som förskriver det" in page.text
    assert answer.status_code == 200
