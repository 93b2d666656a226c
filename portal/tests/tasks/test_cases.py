"""Ärenden: T-20, T-25, T-80 and a deviation, and what goes wrong on the way."""

from datetime import date
from pathlib import Path

import pytest

from examples.generator.registry import number_for_tests
from portal.tests.beside import silent
from portal.tests.browser import MakeActor
from portal.tests.fetching import CLERK
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene
from portal.tests.ward import Ward
from portal.tests.working import Working, a_working

SEARCH = "Sök personnummer"
NOBODYS = number_for_tests(date(2005, 6, 1), 985)
WAITING = "Ärenden som väntar på svar"


@pytest.mark.task("T-20")
@pytest.mark.rule("CAS-1a", "CAS-1d")
async def test_a_person_who_is_missing_is_asked_for_from_the_search(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user)

    await anna.fill(SEARCH, NOBODYS)
    await anna.press("Enter")
    await anna.picture("search-person-missing")
    await anna.accessible()
    await anna.click("Fråga kundtjänst")
    await anna.has("Vad som behövs", f"Personnummer {NOBODYS[:8]}-{NOBODYS[8:]}")
    await anna.picture("case-new-person")
    await anna.accessible()
    await anna.click("Skicka")
    await anna.is_at("/arenden/*")
    await anna.sees("Kundtjänst har fått frågan.")
    await anna.picture("case-asked")
    await anna.accessible()

    kim = await actor(CLERK)
    await kim.click(WAITING)
    await kim.picture("cases-customer-service")
    await kim.accessible()
    await kim.click("Person saknas i registret", within=working.place.id)
    await kim.picture("case-answering")
    await kim.accessible()
    await kim.click("Gjort")
    await kim.sees("Svaret är lämnat.")
    await kim.sees("Besvarat")
    anna.counts("T-20", kim)


async def test_a_recipient_who_is_not_active_is_asked_about(actor: MakeActor, scene: Scene) -> None:
    gone = await a_working(scene, active=False)
    anna = await actor(gone.user, at=f"/mottagare/{gone.home.person}")

    await anna.sees("Mottagaren är inte aktiv.")
    await anna.click("Fråga kundtjänst")
    await anna.sees(gone.home.patient.name)
    await anna.click("Skicka")

    await anna.sees("Kundtjänst har fått frågan.")


@pytest.mark.task("T-25")
@pytest.mark.rule("CAS-1a")
async def test_urgent_delivery_is_asked_for_from_the_orders_page(
    actor: MakeActor, ward: Ward
) -> None:
    order = await ward.order()
    anna = await actor(ward.user)
    await anna.click("Kundordrar")
    await anna.click(order.number)
    await anna.click("Be om brådskande leverans")
    await anna.sees(order.number)
    await anna.picture("case-new-urgent")
    await anna.accessible()
    await anna.click("Skicka")
    await anna.sees("Kundtjänst har fått frågan.")

    kim = await actor(CLERK)
    await kim.click(WAITING)
    await kim.click("Brådskande", within=ward.place.id)
    await kim.click("Gjort")
    await kim.sees("Svaret är lämnat.")
    anna.counts("T-25", kim)
    await anna.goes(order.page)
    await anna.sees("Besvarat", within="Ärende: Brådskande")
    await anna.picture("order-with-case")
    await anna.accessible()


@pytest.mark.task("T-80")
@pytest.mark.rule("CAS-1a", "REF-12m")
async def test_customer_service_is_asked_from_where_it_arises(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user)
    await anna.fill(SEARCH, working.device)
    await anna.press("Enter")
    await anna.click("Fråga kundtjänst")
    await anna.tick("Något annat")
    await anna.fill("Vad som behövs", "Serienumret är fel.")
    await anna.click("Skicka")
    await anna.sees(working.device)

    kim = await actor(CLERK)
    await kim.click(WAITING)
    await kim.click("Något annat", within=working.place.id)
    await kim.sees("Serienumret är fel.")
    await kim.fill("Svar", "Det är ändrat.")
    await kim.click("Gjort")
    await kim.sees("Det är ändrat.")
    anna.counts("T-80", kim)
    await kim.picture("case-answered")
    await kim.accessible()


@pytest.mark.rule("ACT-9a")
async def test_a_deviation_is_told_from_the_devices_page_without_script(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user, at=f"/individ/{working.device_id}", script=False)

    await anna.click("Fråga kundtjänst")
    await anna.click("Skicka")
    await anna.sees("Välj vad det gäller.")
    await anna.tick("Avvikelse")
    await anna.fill("Vad som behövs", HOSTILE["script"])
    await anna.double_click("Skicka")
    await anna.sees(HOSTILE["script"])

    async with working.system.api("orders", working.user) as client:
        listed = (await client.get("/cases", params={"about_id": working.device_id})).json()
    assert [one["kind"] for one in listed["items"]] == ["deviation"]


@pytest.mark.rule("CAS-1d", "CAS-1e")
async def test_a_pickup_becomes_urgent_with_the_answer(actor: MakeActor, working: Working) -> None:
    pickup = await working.home.pickup()
    about = {"kind": "pickup", "id": pickup["pickup_id"]}
    case = await working.asked("urgent", about)
    kim = await actor(CLERK, at=f"/arenden/{case['case_id']}")

    await kim.sees("När du svarar Gjort blir hämtningen brådskande.")
    await kim.picture("case-answering-urgent")
    await kim.accessible()
    await kim.click("Neka")
    await kim.sees("Skriv varför, så att den som frågade vet vad som gäller.")
    await kim.picture("case-answer-error")
    await kim.accessible()
    await kim.click("Gjort")

    await kim.sees("Svaret är lämnat.")
    await kim.click(f"Hämtorder {pickup['pickup_number']}")
    await kim.sees("Brådskande")
    await kim.sees("Besvarat", within="Ärende: Brådskande")


@pytest.mark.rule("CAS-1b")
async def test_what_is_about_nothing_says_what_it_is_by_keyboard_alone(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user, at="/arenden")
    await anna.sees("Inga ärenden.")
    await anna.picture("cases-none")
    await anna.accessible()

    await anna.reach("Fråga kundtjänst")
    await anna.press("Enter")
    await anna.reach("Skicka")
    await anna.press("Enter")

    await anna.sees("Skriv vad det gäller, så att kundtjänst kan svara.")
    await anna.picture("case-new-errors")
    await anna.accessible()


@pytest.mark.rule("CAS-1f", "CAS-1h")
async def test_a_colleague_takes_it_back_and_what_is_over_is_shown_on_request(
    actor: MakeActor, scene: Scene, working: Working
) -> None:
    colleague = scene.user(working.place)
    await scene.set()
    await working.asked("complaint")
    bo = await actor(colleague)

    await bo.click("Ärenden")
    await bo.click("Reklamation")
    await bo.sees("Numret på etiketten går inte att läsa.")
    await bo.picture("case-waiting")
    await bo.accessible()
    await bo.click("Ta tillbaka ärendet")
    await bo.sees("Ärendet är tillbakataget.")
    await bo.click("Varför är det så?")
    await bo.picture("case-withdrawn")
    await bo.accessible()
    await bo.click("Ärenden")
    await bo.sees("Inga ärenden.")
    await bo.choose("Status", "Alla, också besvarade")
    await bo.click("Sök", within="Status")

    await bo.sees("Tillbakataget", within="Reklamation")
    await bo.picture("cases-over")
    await bo.accessible()


@pytest.mark.rule("CAS-1f")
async def test_what_was_taken_back_meanwhile_cannot_be_answered(
    actor: MakeActor, working: Working
) -> None:
    case = await working.asked()
    kim = await actor(CLERK, at=f"/arenden/{case['case_id']}")
    await working.system.done(working.user, f"/cases/{case['case_id']}:withdraw")

    await kim.click("Gjort")

    await kim.sees("Den som frågade behöver inget svar längre")
    await kim.accessible()


async def test_another_units_case_is_a_page_that_does_not_exist(
    scene: Scene, working: Working
) -> None:
    case = await working.asked()
    elsewhere = scene.place()
    other = scene.user(elsewhere)
    await scene.set()
    page = f"/arenden/{case['case_id']}"

    async with working.system.visiting(other) as bo:
        answers = [await bo.get(page), await bo.post(f"{page}/ta-tillbaka", data={})]
        said = {"kind": "other", "service_point": elsewhere.id}
        about = await bo.post(
            "/arenden/nytt", data={"about": f"device:{working.device_id}", **said}
        )

    assert [one.status_code for one in answers] == [404, 404]
    assert about.status_code == 422
    assert "Kontrollera vad det gäller" in about.text


async def test_silent_services_leave_the_rest_of_the_page(working: Working, tmp_path: Path) -> None:
    case = await working.asked()
    async with silent(working.system, "inventory", working.user, tmp_path) as anna:
        page = await anna.get(f"/arenden/{case['case_id']}")
    (tmp_path / "orders").mkdir()
    async with silent(working.system, "orders", working.user, tmp_path / "orders") as anna:
        listed = await anna.get("/arenden")
        waits = await anna.get("/vantar")

    assert "Numret på etiketten" in page.text
    assert "Beställningar svarar inte just nu" in listed.text
    assert "Beställningar svarar inte just nu" in waits.text


async def test_everything_that_waits_is_one_list_with_the_way_to_each(
    actor: MakeActor, working: Working
) -> None:
    pickup = await working.home.pickup()
    await working.asked()
    anna = await actor(working.user)

    await anna.click("Försenat")
    await anna.sees("Ingenting är försenat.")
    await anna.picture("waits-none-late")
    await anna.accessible()
    await anna.choose("Vilka", "Allt, det försenade först")
    await anna.click("Sök", within="Vilka")
    await anna.sees("Ärende")
    await anna.picture("waits")
    await anna.accessible()
    await anna.click(f"Hämtorder {pickup['pickup_number']}")

    await anna.is_at(f"/hamtordrar/{pickup['pickup_id']}")
