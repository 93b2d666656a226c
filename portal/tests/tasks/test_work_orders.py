"""Arbetsordrar: T-59 to T-63, T-65 and T-66, and what goes wrong on the way."""

from pathlib import Path

import pytest
import pytest_asyncio

from portal.tests.beside import silent
from portal.tests.browser import Actor, MakeActor
from portal.tests.fetching import CLERK, PHONE
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene
from portal.tests.ward import Ward
from portal.tests.working import CHILD_BORN, Working, a_working

SEARCH = "Sök personnummer"
FAULT = "Vad som är fel, eller ska göras"


@pytest_asyncio.fixture(loop_scope="session")
async def working(scene: Scene) -> Working:
    """A patient with devices at home."""
    return await a_working(scene)


async def at_form(actor: MakeActor, working: Working, *, script: bool = True) -> Actor:
    """The prescriber at the form for the device."""
    address = f"/arbetsordrar/ny?about=device:{working.device_id}"
    return await actor(working.user, at=address, script=script)


@pytest.mark.task("T-60")
@pytest.mark.rule("ACT-1a", "ACT-2a", "ACT-2b")
async def test_a_device_is_adapted_by_a_question_from_its_page(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user)

    await anna.fill(SEARCH, working.device)
    await anna.press("Enter")
    await anna.click("Beställ åtgärd")
    await anna.has("Telefon", PHONE)
    await anna.sees_no("Montera ner")
    await anna.picture("work-order-new")
    await anna.accessible()
    await anna.tick("Anpassa eller justera")
    await anna.fill(FAULT, "Sitshöjden ska sänkas.")
    await anna.click("Registrera")

    await anna.is_at("/arbetsordrar/*")
    await anna.sees("är registrerad.")
    await anna.sees("Tilldelad")
    await anna.sees("Väntar på")
    anna.counts("T-60")
    await anna.picture("work-order-registered")
    await anna.accessible()
    await anna.goes(f"/individ/{working.device_id}")
    await anna.sees("anpassning, tilldelad")
    await anna.goes(f"/mottagare/{working.home.person}?flik=arbetsordrar")
    await anna.sees("Anpassning")
    await anna.picture("recipient-work-orders")
    await anna.accessible()


@pytest.mark.task("T-61")
@pytest.mark.rule("ACT-1b", "ACT-2b")
async def test_a_repair_under_warranty_proposes_the_service_that_the_unit_named_last(
    actor: MakeActor, working: Working
) -> None:
    await working.warranty()
    anna = await actor(working.user)

    await anna.fill(SEARCH, working.device)
    await anna.press("Enter")
    await anna.click("Beställ åtgärd")
    await anna.tick("Laga, och garantin gäller (garantireparation)")
    await anna.has("Tjänsteprodukt", working.service)
    await anna.picture("work-order-new-warranty")
    await anna.accessible()
    await anna.fill(FAULT, "Ljudet bryts.")
    await anna.click("Registrera")

    await anna.sees("Garantireparation")
    await anna.sees(working.service)
    anna.counts("T-61")


@pytest.mark.task("T-62")
@pytest.mark.rule("ACT-4a")
async def test_the_unit_ends_its_repair_under_warranty(actor: MakeActor, working: Working) -> None:
    known = await working.warranty()
    anna = await actor(working.user)

    await anna.click("Arbetsordrar")
    await anna.click(known["work_order_number"])
    await anna.sees("Utan åtgärden ersätts inget porto")
    await anna.picture("work-order-closing")
    await anna.accessible()
    await anna.tick("Reparerat")
    await anna.fill("Utförd åtgärd", "Högtalaren bytt.")
    await anna.click("Avsluta")

    await anna.sees("Arbetet är avslutat.")
    await anna.sees("Högtalaren bytt.")
    anna.counts("T-62")
    await anna.picture("work-order-closed")
    await anna.accessible()


@pytest.mark.rule("ACT-4b")
async def test_what_was_replaced_waits_for_its_new_number(
    actor: MakeActor, working: Working
) -> None:
    known = await working.warranty()
    anna = await actor(working.user, at=f"/arbetsordrar/{known['work_order_id']}")

    await anna.click("Avsluta")
    await anna.sees("Välj vad det ledde till.")
    await anna.picture("work-order-closing-error")
    await anna.accessible()
    await anna.tick("Utbytt mot ett annat")
    await anna.click("Avsluta")

    await anna.sees("Väntar på det nya individnumret")
    await anna.picture("work-order-replaced")
    await anna.accessible()


@pytest.mark.task("T-63")
@pytest.mark.rule("ACT-1c")
async def test_what_is_fixed_where_somebody_lives_is_installed(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user)

    await anna.fill(SEARCH, working.device)
    await anna.press("Enter")
    await anna.click("Beställ åtgärd")
    await anna.tick("Installera")
    await anna.fill(FAULT, "Slingan ska dras i vardagsrummet.")
    await anna.click("Registrera")

    await anna.sees("Installation")
    anna.counts("T-63")


@pytest.mark.rule("ACT-1d", "ACT-1k")
async def test_what_stands_at_a_childs_is_dismantled_where_nobody_there_can(
    actor: MakeActor, scene: Scene
) -> None:
    child = await a_working(scene, born=CHILD_BORN)
    anna = await actor(child.user)

    await anna.fill(SEARCH, child.device)
    await anna.press("Enter")
    await anna.click("Beställ åtgärd")
    await anna.tick("Montera ner")
    await anna.tick("Jag intygar att varken patienten")
    await anna.fill(FAULT, "Barnet har flyttat.")
    await anna.click("Registrera")

    await anna.sees("Nedmontering")


@pytest.mark.rule("ACT-1i", "ACT-1k")
async def test_what_is_not_attested_is_said_beside_its_tick(
    actor: MakeActor, working: Working
) -> None:
    anna = await at_form(actor, working)

    await anna.click("Registrera")
    await anna.sees("Välj vad som behöver göras.")
    await anna.sees("Beskriv felet, eller det som ska göras.")
    await anna.tick("Laga, och garantin gäller inte (reparation)")
    await anna.fill(FAULT, HOSTILE["script"])
    await anna.click("Registrera")
    await anna.sees("Välj tjänsteprodukten")
    await anna.picture("work-order-new-errors")
    await anna.accessible()
    await anna.tick("Ändra utanför tillverkarens anvisningar")
    await anna.click("Registrera")

    await anna.sees("Intyga att arbetet inte omfattas")
    await anna.has(FAULT, HOSTILE["script"])
    await anna.picture("work-order-new-attest")
    await anna.accessible()
    await anna.tick("Jag intygar att ändringen")
    await anna.click("Registrera")
    await anna.sees("Specialanpassning")


@pytest.mark.rule("ACT-2b")
async def test_a_phone_is_asked_for_beside_its_field(actor: MakeActor, scene: Scene) -> None:
    working = await a_working(scene, phone=None)
    anna = await at_form(actor, working)

    await anna.tick("Anpassa eller justera")
    await anna.fill(FAULT, "Sitshöjden ska sänkas.")
    await anna.click("Registrera")
    await anna.sees("Ange ett telefonnummer: den som gör arbetet ringer först.")
    await anna.fill("Telefon", PHONE)
    await anna.click("Registrera")

    await anna.sees("är registrerad.")


@pytest.mark.rule("ACT-2e")
async def test_who_is_not_active_is_asked_about_from_the_refusal(
    actor: MakeActor, scene: Scene
) -> None:
    working = await a_working(scene, active=False)
    anna = await at_form(actor, working)

    await anna.tick("Anpassa eller justera")
    await anna.fill(FAULT, "Sitshöjden ska sänkas.")
    await anna.click("Registrera")
    await anna.sees("Det här behöver rättas")
    await anna.picture("work-order-new-inactive")
    await anna.accessible()
    await anna.click("Fråga kundtjänst")

    await anna.sees(working.home.patient.name)


@pytest.mark.rule("ACT-1g")
async def test_a_second_installation_is_not_offered_and_the_first_is_warned_of(
    actor: MakeActor, working: Working
) -> None:
    known = await working.work("installation")
    anna = await at_form(actor, working)

    await anna.sees("Det finns redan öppna på hjälpmedlet.")
    await anna.sees_no("Installera")
    await anna.picture("work-order-new-open")
    await anna.accessible()
    await anna.click(f"{known['work_order_number']} installation")

    await anna.is_at(f"/arbetsordrar/{known['work_order_id']}")


async def test_it_is_registered_without_script_once_and_taken_back(
    actor: MakeActor, working: Working
) -> None:
    anna = await at_form(actor, working, script=False)

    await anna.tick("Anpassa eller justera")
    await anna.fill(FAULT, "Sitshöjden ska sänkas.")
    await anna.double_click("Registrera")
    await anna.sees("är registrerad.")
    await anna.click("Ångra")

    await anna.sees("Makulerad")
    async with working.system.api("orders", working.user) as client:
        asked = {"device_id": working.device_id, "status": ["voided", "assigned"]}
        listed = (await client.get("/work-orders", params=asked)).json()
    assert listed["total"] == 1


@pytest.mark.task("T-59")
@pytest.mark.rule("ACT-1a", "ACT-2a")
async def test_work_that_belongs_to_an_order_is_asked_for_from_its_page(
    actor: MakeActor, ward: Ward
) -> None:
    order = await ward.order()
    async with ward.system.api("orders", ward.user) as client:
        placed = (await client.get(f"/orders/{order.page.rpartition('/')[2]}")).json()
        person = placed["recipient"]["person"]
        known = await client.post(f"/persons/{person}:contact", json={"phone": PHONE})
        assert known.is_success, known.text
    await ward.system.settle()
    anna = await actor(ward.user)

    await anna.click("Kundordrar")
    await anna.click(order.number)
    await anna.fill("Arbete som hör till beställningen", "Montera dynan på stolen.")
    await anna.picture("order-work")
    await anna.accessible()
    await anna.click("Beställ åtgärd")

    await anna.sees("är registrerad.")
    await anna.sees(order.number)
    anna.counts("T-59")


@pytest.mark.rule("ACT-2b")
async def test_what_is_missing_for_an_orders_work_is_asked_for_on_its_form(
    actor: MakeActor, ward: Ward
) -> None:
    order = await ward.order()
    anna = await actor(ward.user, at=order.page)

    await anna.fill("Arbete som hör till beställningen", "Montera dynan på stolen.")
    await anna.click("Beställ åtgärd")
    await anna.sees("Ange ett telefonnummer: den som gör arbetet ringer först.")
    await anna.has(FAULT, "Montera dynan på stolen.")
    await anna.picture("work-order-new-of-order")
    await anna.accessible()
    await anna.fill("Telefon", PHONE)
    await anna.click("Registrera")

    await anna.sees("är registrerad.")


@pytest.mark.task("T-65")
@pytest.mark.rule("ACT-3b", "ACT-7a")
async def test_one_is_found_by_its_number_and_followed(actor: MakeActor, working: Working) -> None:
    known = await working.work()
    await working.done(known, "note", {"text": "Reservdel beställd, kommer på torsdag."})
    anna = await actor(working.user)

    await anna.fill(SEARCH, known["work_order_number"])
    await anna.press("Enter")

    await anna.is_at(f"/arbetsordrar/{known['work_order_id']}")
    await anna.sees("Reservdel beställd, kommer på torsdag.")
    anna.counts("T-65")
    await anna.picture("work-order-noted")
    await anna.accessible()


@pytest.mark.rule("ACT-7a")
async def test_colleagues_find_it_and_what_is_over_is_shown_on_request(
    actor: MakeActor, scene: Scene, working: Working
) -> None:
    colleague = scene.user(working.place)
    await scene.set()
    known = await working.work()
    bo = await actor(colleague)

    await bo.click("Arbetsordrar")
    await bo.sees(known["work_order_number"])
    await bo.picture("work-orders")
    await bo.accessible()
    await working.done(known, "finish", {"outcome": "done"})
    await bo.reload()
    await bo.sees("Ingen träff.")
    await bo.picture("work-orders-none")
    await bo.accessible()
    await bo.choose("Status", "Alla, också avslutade")
    await bo.click("Sök", within="Status")

    await bo.sees("Avslutad", within=known["work_order_number"])
    await bo.fill("Nummer", "x")
    await bo.click("Sök", within="Till och med")
    await bo.sees("Skriv numret med siffror, högst nio.")
    await bo.picture("work-orders-error")
    await bo.accessible()


@pytest.mark.task("T-66")
@pytest.mark.rule("ACT-3a")
async def test_a_technician_does_what_stands_in_their_own_queue(
    actor: MakeActor, working: Working
) -> None:
    known = await working.work("maintenance")
    await working.done(known, "plan", {"planned_on": "2026-06-01", "technician": CLERK})
    kim = await actor(CLERK)
    await kim.picture("start-technician")
    await kim.accessible()

    await kim.click("Mina arbeten")
    await kim.picture("work-orders-technician")
    await kim.accessible()
    await kim.click(known["work_order_number"])
    await kim.click("Börja")
    await kim.sees("Påbörjad")
    await kim.picture("work-order-started")
    await kim.accessible()
    await kim.fill("Utförd åtgärd", "Smort och justerat.")
    await kim.click("Avsluta")

    await kim.sees("Arbetet är avslutat.")
    kim.counts("T-66")
    await kim.click("Varför är det så?")
    await kim.picture("work-order-done")
    await kim.accessible()


@pytest.mark.rule("ACT-3a", "ACT-3b")
async def test_customer_service_plans_notes_and_sees_where_to_go(
    actor: MakeActor, working: Working
) -> None:
    known = await working.work()
    kim = await actor(CLERK, at=f"/arbetsordrar/{known['work_order_id']}")
    await kim.picture("work-order-technician")
    await kim.accessible()

    await kim.click("Visa adress och telefon")
    await kim.sees(PHONE)
    await kim.picture("work-order-place")
    await kim.accessible()
    await kim.click("Planera")
    await kim.click("Planera", within="Väntas bli gjort")
    await kim.sees("Ange dagen då det väntas bli gjort.")
    await kim.fill("Väntas bli gjort", "2026-06-01")
    await kim.fill("Tekniker", working.user)
    await kim.click("Planera", within="Väntas bli gjort")
    await kim.sees("Ange en tekniker i hjälpmedelsverksamheten.")
    await kim.picture("work-order-plan-error")
    await kim.accessible()
    await kim.fill("Tekniker", CLERK)
    await kim.click("Planera", within="Väntas bli gjort")
    await kim.sees("Arbetet är planerat.")
    await kim.click("Skriv en anteckning")
    await kim.fill("Anteckning", HOSTILE["script"])
    await kim.click("Spara anteckningen")
    await kim.sees(HOSTILE["script"])
    await kim.click("Makulera")
    await kim.tick("Behövs inte längre")
    await kim.click("Ja, makulera")

    await kim.sees("Makulerad")
    await kim.sees("Behövs inte längre.")
    await kim.picture("work-order-voided")
    await kim.accessible()


async def test_another_units_work_order_is_a_page_that_does_not_exist(
    scene: Scene, working: Working
) -> None:
    known = await working.work()
    other = scene.user(scene.place())
    await scene.set()
    page = f"/arbetsordrar/{known['work_order_id']}"

    async with working.system.visiting(other) as bo:
        answers = [
            await bo.get(page),
            await bo.post(f"{page}/makulera", data={}),
            await bo.post(f"{page}/adress", data={}),
            await bo.get(f"/arbetsordrar/ny?about=device:{working.device_id}"),
        ]

    assert [one.status_code for one in answers] == [404, 404, 403, 404]


async def test_what_stands_in_a_store_is_not_worked_on(ward: Ward) -> None:
    async with ward.system.api("inventory", ward.user) as client:
        found = (await client.get("/devices", params={"device_number": ward.stored})).json()
    async with ward.system.visiting(ward.user) as anna:
        device = found["items"][0]["device_id"]
        answer = await anna.get(f"/arbetsordrar/ny?about=device:{device}")

    assert answer.status_code == 409
    assert "Arbete beställs på det som är utlämnat." in answer.text


async def test_silent_services_leave_the_rest_of_the_page(working: Working, tmp_path: Path) -> None:
    known = await working.work()
    async with silent(working.system, "inventory", working.user, tmp_path) as anna:
        page = await anna.get(f"/arbetsordrar/{known['work_order_id']}")
        listed = await anna.get("/arbetsordrar")
    (tmp_path / "orders").mkdir()
    async with silent(working.system, "orders", working.user, tmp_path / "orders") as anna:
        said = await anna.get("/arbetsordrar")
        form = await anna.get(f"/arbetsordrar/ny?about=device:{working.device_id}")

    assert "Bromsen tar inte." in page.text
    assert known["work_order_number"] in listed.text
    assert "Beställningar svarar inte just nu" in said.text
    assert "Beställningar svarar inte just nu" in form.text
