"""Work orders are asked for: T-59 to T-61 and T-63, and what goes wrong on the way."""

import pytest

from portal.tests.browser import Actor, MakeActor
from portal.tests.fetching import PHONE
from portal.tests.hostile import HOSTILE
from portal.tests.ordering import written
from portal.tests.scene import Scene
from portal.tests.ward import Ward
from portal.tests.working import CHILD_BORN, Working, a_working

SEARCH = "Sök personnummer"
FAULT = "Vad som är fel, eller ska göras"


async def from_its_page(actor: MakeActor, working: Working) -> Actor:
    """The prescriber at the form, who has searched for the device."""
    anna = await actor(working.user)
    await anna.fill(SEARCH, working.device)
    await anna.press("Enter")
    await anna.click("Beställ åtgärd")
    return anna


async def at_form(actor: MakeActor, working: Working, *, script: bool = True) -> Actor:
    """The prescriber at the form for the device."""
    address = f"/arbetsordrar/ny?about=device:{working.device_id}"
    return await actor(working.user, at=address, script=script)


@pytest.mark.task("T-60")
@pytest.mark.rule("ACT-1a", "ACT-2a", "ACT-2b")
async def test_a_device_is_adapted_by_a_question_from_its_page(
    actor: MakeActor, working: Working
) -> None:
    anna = await from_its_page(actor, working)

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
    await anna.sees("Tilldelad", within="Anpassning")
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
    anna = await from_its_page(actor, working)

    await anna.tick("Laga, och garantin gäller (garantireparation)")
    await anna.has("Tjänsteprodukt", working.service)
    await anna.picture("work-order-new-warranty")
    await anna.accessible()
    await anna.fill(FAULT, "Ljudet bryts.")
    await anna.click("Registrera")

    await anna.sees("Garantireparation")
    await anna.sees(working.service)
    anna.counts("T-61")


@pytest.mark.task("T-63")
@pytest.mark.rule("ACT-1c")
async def test_what_is_fixed_where_somebody_lives_is_installed(
    actor: MakeActor, working: Working
) -> None:
    anna = await from_its_page(actor, working)

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
    anna = await from_its_page(actor, child)

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

    await anna.is_at("/arenden/nytt")
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


async def known_by_phone(ward: Ward, person: str) -> None:
    """The patient has a phone number."""
    async with ward.system.api("orders", ward.user) as client:
        known = await client.post(f"/persons/{person}:contact", json={"phone": PHONE})
        assert known.is_success, known.text
    await ward.system.settle()


@pytest.mark.task("T-59")
@pytest.mark.rule("ACT-1a", "ACT-2a")
async def test_work_is_registered_with_the_order_that_it_belongs_to(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    anna = await written(actor, ward, scene)
    await known_by_phone(ward, await scene.ref(ward.patient))

    await anna.click("Arbete som hör till beställningen")
    await anna.fill("Arbetsorder", "Montera dynan på stolen.")
    anna.counts("T-59")
    await anna.sees("Så blir beställningen")
    await anna.accessible()
    await anna.picture("order-with-work")
    await anna.click("Skicka beställning")

    await anna.is_at("/bestallningar/*")
    await anna.sees("är registrerad.")
    order = anna.path.rpartition("/")[2]
    async with ward.system.api("orders", ward.user) as client:
        asked = {"kind": "tied_to_order", "status": ["assigned"]}
        (work,) = (await client.get("/work-orders", params=asked)).json()["items"]
        whole = (await client.get(f"/work-orders/{work['work_order_id']}")).json()
    assert (whole["order_id"], whole["description"]) == (order, "Montera dynan på stolen.")


@pytest.mark.rule("ACT-2b")
async def test_an_order_is_not_placed_where_its_work_lacks_a_phone(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    anna = await written(actor, ward, scene)
    await anna.click("Arbete som hör till beställningen")
    await anna.fill("Arbetsorder", "Montera dynan på stolen.")
    await anna.sees("Så blir beställningen")
    await anna.click("Skicka beställning")
    await anna.sees("Ange ett telefonnummer: den som gör arbetet ringer först.")
    await anna.accessible()
    await anna.picture("order-with-work-refused")
    assert await ward.total("orders", "orders") == 0

    await anna.fill("Telefon", PHONE)
    await anna.sees("Så blir beställningen")
    await anna.click("Skicka beställning")

    await anna.sees("är registrerad.")


@pytest.mark.rule("ACT-1a", "ACT-2a")
async def test_work_that_belongs_to_an_order_is_asked_for_from_its_page(
    actor: MakeActor, ward: Ward
) -> None:
    order = await ward.order()
    async with ward.system.api("orders", ward.user) as client:
        placed = (await client.get(f"/orders/{order.page.rpartition('/')[2]}")).json()
    await known_by_phone(ward, placed["recipient"]["person"])
    anna = await actor(ward.user)

    await anna.click("Kundordrar")
    await anna.click(order.number)
    await anna.fill("Arbete som hör till beställningen", "Montera dynan på stolen.")
    await anna.picture("order-work")
    await anna.accessible()
    await anna.click("Beställ åtgärd")

    await anna.sees("är registrerad.")
    await anna.sees(order.number)


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


async def test_what_stands_in_a_store_is_not_worked_on(ward: Ward) -> None:
    device = await ward.system.device_id(ward.user, ward.stored)
    async with ward.system.visiting(ward.user) as anna:
        answer = await anna.get(f"/arbetsordrar/ny?about=device:{device}")

    assert answer.status_code == 409
    assert "Arbete beställs på det som är utlämnat." in answer.text
