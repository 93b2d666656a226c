"""Ärenden: T-20, T-25, T-80 and a deviation, and what goes wrong on the way."""

from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from examples.generator.registry import number_for_tests
from portal.tests.beside import silent
from portal.tests.browser import MakeActor
from portal.tests.fetching import CLERK
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import Ward
from portal.tests.working import Working, a_working

SEARCH = "Sök personnummer"
NOBODYS = number_for_tests(date(2005, 6, 1), 985)
WRITTEN = f"{NOBODYS[:8]}-{NOBODYS[8:]}"
WAITING = "Ärenden som väntar på svar"
ASKED = "Kundtjänst har fått frågan."


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def _nothing_else_waits(portal_system: PortalSystem) -> None:
    """What others have asked is answered: customer service begins with the oldest."""
    async with portal_system.api("orders", CLERK) as client:
        while waiting := (await client.get("/cases", params={"limit": 100})).json()["items"]:
            for one in waiting:
                body = {"outcome": "refused", "text": "Inte nu."}
                answer = await client.post(f"/cases/{one['case_id']}:answer", json=body)
                assert answer.is_success, answer.text


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
    await anna.click(f"Be kundtjänst lägga till {WRITTEN}")
    await anna.is_at("/arenden/*")
    await anna.sees(ASKED)
    await anna.sees(f"Personnummer {WRITTEN}")
    await anna.picture("case-asked")
    await anna.accessible()

    kim = await actor(CLERK)
    await kim.sees(f"Personnummer {WRITTEN}", within=working.place.id)
    await kim.picture("start-cases")
    await kim.accessible()
    await kim.click("Gjort", within=working.place.id)
    await kim.sees(f"Svaret är lämnat. {working.place.id}, person saknas i registret: gjort.")
    await kim.is_at("/")
    anna.counts("T-20", kim)
    await anna.reload()
    await anna.sees("Besvarat")


async def test_more_is_written_about_a_person_who_is_missing(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user)
    await anna.fill(SEARCH, NOBODYS)
    await anna.press("Enter")

    await anna.click("Skriv mer")
    await anna.has("Vad som behövs", f"Personnummer {WRITTEN}")
    await anna.picture("case-new-person")
    await anna.accessible()
    await anna.fill("Vad som behövs", f"Personnummer {WRITTEN}, flyttade in i går.")
    await anna.click("Skicka")

    await anna.sees("flyttade in i går.")


async def test_a_recipient_who_is_not_active_is_asked_about(actor: MakeActor, scene: Scene) -> None:
    gone = await a_working(scene, active=False)
    anna = await actor(gone.user, at=f"/mottagare/{gone.home.person}")

    await anna.sees("Mottagaren är inte aktiv.")
    await anna.picture("recipient-inactive-ask")
    await anna.click("Be kundtjänst kontrollera det")

    await anna.sees(ASKED)
    await anna.is_at(f"/mottagare/{gone.home.person}")
    await anna.sees("Väntar på svar", within="Ärende: Något annat")
    await anna.sees_no("Be kundtjänst kontrollera det")
    await anna.accessible()


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
    await anna.sees(ASKED)
    await anna.is_at(order.page)
    await anna.sees("Väntar på svar", within="Ärende: Brådskande")
    await anna.sees_no("Be om brådskande leverans")
    await anna.picture("order-urgent-asked")
    await anna.accessible()

    kim = await actor(CLERK)
    await kim.sees(order.number, within=ward.place.id)
    await kim.click("Gjort", within=ward.place.id)
    await kim.sees("Svaret är lämnat.")
    anna.counts("T-25", kim)
    await anna.goes(order.page)
    await anna.sees("Besvarat", within="Ärende: Brådskande")
    await anna.picture("order-with-case")
    await anna.accessible()


@pytest.mark.rule("CAS-1f")
async def test_what_one_press_has_asked_one_press_takes_back_without_script(
    actor: MakeActor, ward: Ward
) -> None:
    order = await ward.order()
    anna = await actor(ward.user, at=order.page, script=False)

    await anna.double_click("Be om brådskande leverans")
    await anna.sees(ASKED)
    await anna.click("Ta tillbaka")
    await anna.sees("Ärendet är tillbakataget.")
    await anna.goes(order.page)

    await anna.sees("Be om brådskande leverans")
    cases = await anna.text_of(".asked li")
    assert [one.split()[-1] for one in cases] == ["Tillbakataget"]


@pytest.mark.task("T-80")
@pytest.mark.rule("CAS-1a", "REF-12m")
async def test_customer_service_is_asked_from_where_it_arises(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user)
    await anna.fill(SEARCH, working.device)
    await anna.press("Enter")
    await anna.click("Fråga kundtjänst")
    await anna.picture("individ-asking")
    await anna.accessible()
    await anna.fill("Vad som behövs", "Serienumret är fel.")
    await anna.click("Skicka")
    await anna.sees(ASKED)
    await anna.is_at(f"/individ/{working.device_id}")
    await anna.sees("Väntar på svar", within="Ärende: Något annat")

    kim = await actor(CLERK)
    await kim.sees("Serienumret är fel.", within=working.place.id)
    await kim.sees(working.device, within=working.place.id)
    await kim.click("Gjort", within=working.place.id)
    await kim.sees("Svaret är lämnat.")
    anna.counts("T-80", kim)


@pytest.mark.rule("CAS-1d", "CAS-1e")
async def test_customer_service_answers_in_the_list_with_words_or_says_why_not(
    actor: MakeActor, working: Working
) -> None:
    done, refused = await working.asked("complaint"), await working.asked("deviation")
    kim = await actor(CLERK)
    await kim.click(WAITING)
    await kim.choose("Vad det gäller", "Reklamation")
    await kim.click("Sök", within="Vad det gäller")
    await kim.picture("cases-customer-service")
    await kim.accessible()

    await kim.click("Skriv svar eller neka", within=working.place.id)
    await kim.fill("Svar", "Ny etikett är skickad.", within=working.place.id)
    await kim.picture("cases-answering")
    await kim.accessible()
    await kim.click("Gjort", within=working.place.id)
    await kim.sees("reklamation: gjort.")
    await kim.has("Vad det gäller", "complaint")
    await kim.goes("/arenden?att-gora&kind=deviation")
    await kim.click("Skriv svar eller neka", within=working.place.id)
    await kim.click("Neka", within=working.place.id)
    await kim.sees("Skriv varför, så att den som frågade vet vad som gäller.")
    await kim.fill("Svar", "Den är inte vår.")
    await kim.click("Neka")

    await kim.sees("avvikelse: nekat.")
    await kim.goes(f"/arenden/{done['case_id']}")
    await kim.sees("Ny etikett är skickad.")
    await kim.picture("case-answered")
    await kim.accessible()
    await kim.goes(f"/arenden/{refused['case_id']}")
    await kim.sees("Den är inte vår.")


async def test_what_there_is_to_do_is_still_shown_once_something_is_answered(
    actor: MakeActor, working: Working
) -> None:
    await working.asked("complaint")
    kim = await actor(CLERK, at="/arenden?kind=deviation")
    await kim.click("Kvitt")
    await kim.click(WAITING)

    await kim.click("Gjort", within=working.place.id)

    await kim.sees("reklamation: gjort.")
    assert "att-gora" in kim.page.url


@pytest.mark.rule("CAS-1d")
async def test_who_answers_second_is_told_and_twice_is_once_without_script(
    actor: MakeActor, working: Working
) -> None:
    case = await working.asked()
    kim, tove = await actor(CLERK, script=False), await actor(CLERK)
    await kim.sees("Numret på etiketten", within=working.place.id)

    await kim.double_click("Gjort", within=working.place.id)
    await kim.sees("Svaret är lämnat.")
    await tove.click("Gjort", within=working.place.id)

    await tove.is_at(f"/arenden/{case['case_id']}/svara")
    await tove.sees("Ärendet är redan besvarat.")
    await tove.accessible()
    async with working.system.api("orders", working.user) as client:
        story = (await client.get(f"/cases/{case['case_id']}/story")).json()
    assert len(story["items"]) == 2


async def test_what_is_long_or_costs_something_is_answered_on_its_page(
    actor: MakeActor, working: Working
) -> None:
    pickup = await working.home.pickup()
    urgent = await working.asked("urgent", {"kind": "pickup", "id": pickup["pickup_id"]})
    await working.asked("complaint", text="Etiketten går inte att läsa. " * 20)
    kim = await actor(CLERK)

    await kim.sees_no("Gjort", within=working.place.id)
    await kim.click("Läs och svara", within=pickup["pickup_number"])

    await kim.is_at(f"/arenden/{urgent['case_id']}")
    await kim.sees("När du svarar Gjort blir hämtningen brådskande.")


@pytest.mark.rule("ACT-9a")
async def test_a_deviation_is_told_from_the_devices_page_without_script(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user, at=f"/individ/{working.device_id}", script=False)

    await anna.click("Fråga kundtjänst")
    await anna.click("Skicka")
    await anna.sees("Skriv vad det gäller, så att kundtjänst kan svara.")
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
        said = {"kind": "other", "service_point": elsewhere.id, "text": "Hej"}
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
