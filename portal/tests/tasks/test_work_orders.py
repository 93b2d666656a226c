"""Work orders are found, followed, done and ended: T-62, T-65 and T-66."""

from pathlib import Path

import pytest

from portal.tests.beside import silent
from portal.tests.browser import MakeActor
from portal.tests.fetching import CLERK, OTHER_CLERK, PHONE
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene
from portal.tests.working import Working

SEARCH = "Sök personnummer"


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
    actor: MakeActor, scene: Scene, working: Working
) -> None:
    technician = scene.user(scene.place(), name="Tova Tekniker", roles=("customer_service",))
    await scene.set()
    known = await working.work("maintenance")
    await working.done(known, "plan", {"planned_on": "2026-06-01", "technician": technician})
    kim = await actor(technician)
    await kim.picture("start-technician")
    await kim.accessible()

    await kim.click("Börja", within=known["work_order_number"])
    await kim.is_at(f"/arbetsordrar/{known['work_order_id']}")
    await kim.sees("Påbörjad")
    await kim.picture("work-order-started")
    await kim.accessible()
    await kim.fill("Utförd åtgärd", "Smort och justerat.")
    await kim.click("Avsluta")

    await kim.sees("Arbetet är avslutat.")
    kim.counts("T-66")
    await kim.goes("/")
    await kim.sees_no(known["work_order_number"])
    await kim.goes(f"/arbetsordrar/{known['work_order_id']}")
    await kim.click("Varför är det så?")
    await kim.picture("work-order-done")
    await kim.accessible()


@pytest.mark.rule("ACT-3a")
async def test_what_a_colleague_is_to_do_is_not_begun_from_its_row(
    actor: MakeActor, working: Working
) -> None:
    known = await working.work()
    await working.done(known, "plan", {"planned_on": "2026-06-01", "technician": OTHER_CLERK})
    kim = await actor(CLERK, at="/arbetsordrar")

    await kim.sees_no("Börja", within=known["work_order_number"])
    await kim.click("Visa", within=known["work_order_number"])
    await kim.is_at(f"/arbetsordrar/{known['work_order_id']}")


@pytest.mark.rule("ACT-3a")
async def test_each_next_step_stands_in_the_row(actor: MakeActor, working: Working) -> None:
    known = await working.work()
    row, page = known["work_order_number"], f"/arbetsordrar/{known['work_order_id']}"
    kim = await actor(CLERK, at="/arbetsordrar")
    await kim.picture("work-orders-technician")
    await kim.accessible()

    await kim.click("Planera", within=row)
    await kim.is_at(page)
    await kim.sees("Väntas bli gjort")
    await working.done(known, "plan", {"planned_on": "2026-06-01", "technician": CLERK})
    await kim.goes("/arbetsordrar")
    await kim.click("Börja", within=row)
    await kim.sees("Arbetet har börjat.")
    await kim.goes("/arbetsordrar")
    await kim.click("Avsluta", within=row)

    await kim.is_at(page)
    await working.done(known, "finish", {"outcome": "done"})


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


@pytest.mark.rule("INV-5l")
async def test_a_devices_card_shows_its_work_orders_ended_ones_too(
    actor: MakeActor, working: Working
) -> None:
    ended = await working.work()
    await working.done(ended, "finish", {"outcome": "done"})
    known = await working.work()
    anna = await actor(working.user, at=f"/individ/{working.device_id}")

    await anna.sees("Avslutad", within=ended["work_order_number"])
    await anna.picture("individ-work-orders")
    await anna.accessible()
    await anna.click(known["work_order_number"])

    await anna.is_at(f"/arbetsordrar/{known['work_order_id']}")
