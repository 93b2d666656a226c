"""Uttag ur eget förråd: T-38 and T-39, and what goes wrong on the way."""

import pytest
import pytest_asyncio

from portal.tests.browser import MakeActor
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import PRESCRIBER, Ward, a_ward

PAGE = "/uttag/nytt"
SCAN = "Skanna eller sök"
WARNING = "kan inte makuleras"


@pytest_asyncio.fixture(loop_scope="session")
async def ward(scene: Scene) -> Ward:
    """A ward with five cushions in its store."""
    return await a_ward(scene, cushions=5)


@pytest.mark.task("T-38")
@pytest.mark.rule("ORD-7a", "ORD-1g")
async def test_an_article_is_withdrawn_to_a_patient(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user)

    await anna.click("Uttag")
    await anna.picture("withdrawal-empty")
    await anna.accessible()
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)
    await anna.fill(SCAN, " ".join(reversed(ward.cushion_name.lower().split())))
    await anna.sees("5 i förrådet")
    await anna.picture("withdrawal-hits")
    await anna.accessible()
    await anna.click(f"Lägg till {ward.cushion_name}")
    await anna.sees(WARNING)
    await anna.sees("Betalare " + ward.place.payer)
    await anna.sees("Så blir uttaget")
    await anna.sees("Patienten betalar ingen")
    await anna.picture("withdrawal-line")
    await anna.accessible()
    await anna.click("Leverera")

    await anna.is_at("/bestallningar/*")
    await anna.sees("Uttaget är levererat.")
    await anna.picture("withdrawal-delivered")
    anna.counts("T-38")


@pytest.mark.task("T-39")
@pytest.mark.rule("ORD-8a")
async def test_a_scanned_device_is_delivered(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user)

    await anna.click("Uttag")
    await anna.fill(SCAN, ward.stored)
    await anna.sees(f"Individ {ward.stored}")
    await anna.fill("Personnummer", ward.patient.hyphenated)
    await anna.sees(WARNING)
    await anna.has("Individ", ward.stored)
    await anna.picture("withdrawal-device")
    await anna.accessible()
    await anna.click("Leverera")

    await anna.is_at("/bestallningar/*")
    await anna.sees("Uttaget är levererat.")
    anna.counts("T-39")


async def test_a_scanner_that_ends_with_enter_adds_each_device(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    second = scene.device(ward.rollator, store=ward.place.store)
    await scene.set()
    anna = await actor(ward.user, at=PAGE)

    for number in (ward.stored, second):
        await anna.fill(SCAN, number)
        await anna.press("Enter")
        await anna.has(SCAN, "")

    assert len(await anna.text_of("fieldset")) == 2


async def test_it_is_done_by_keyboard_alone(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=PAGE)

    await anna.reach("Personnummer")
    await anna.write(ward.patient.number)
    await anna.sees(ward.patient.name)
    await anna.reach(SCAN)
    await anna.write(ward.stored)
    await anna.press("Enter")
    await anna.sees(WARNING)
    await anna.reach("Leverera")
    await anna.press("Enter")

    await anna.sees("Uttaget är levererat.")


async def test_it_is_done_without_script_and_seen_before_it_is_delivered(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user, at=PAGE, script=False)

    await anna.fill("Personnummer", ward.patient.number)
    await anna.fill(SCAN, ward.stored)
    await anna.click("Leverera")
    await anna.sees("Kontrollera uppgifterna")
    await anna.sees(ward.patient.name)
    await anna.accessible()
    await anna.click("Leverera")

    await anna.sees("Uttaget är levererat.")


async def test_articles_are_searched_and_added_without_script(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=PAGE, script=False)

    await anna.fill(SCAN, ward.cushion_name)
    await anna.click("Sök", within=SCAN)
    await anna.click(f"Lägg till {ward.cushion_name}")

    await anna.has("Antal", "1")


async def test_a_double_click_and_the_way_back_withdraw_once(
    actor: MakeActor, portal_system: PortalSystem, ward: Ward
) -> None:
    anna = await actor(ward.user, at=f"{PAGE}?article={ward.cushion}")
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)

    await anna.double_click("Leverera")
    await anna.is_at("/bestallningar/*")
    await anna.back()
    await anna.sees(ward.patient.name)
    await anna.click("Leverera")
    await anna.is_at("/bestallningar/*")

    async with portal_system.api("inventory", ward.user) as client:
        answer = await client.get(f"/stores/{ward.place.store}/balances?query=ängsull")
    assert [one["available"] for one in answer.json()["items"]] == [4]


@pytest.mark.rule("ORD-8b")
async def test_a_device_in_ones_other_store_says_where_it_stands_and_is_taken_from_there(
    actor: MakeActor, scene: Scene
) -> None:
    near, far = scene.place(), scene.place("Rehab fjärran")
    user, patient = scene.user(near, far), scene.person()
    device = scene.device(scene.article("Rullstol Furu"), store=far.store)
    await scene.set()
    anna = await actor(user, at=PAGE)

    await anna.fill(SCAN, device)
    await anna.press("Enter")
    await anna.sees(f"Individ {device} står i förråd {far.store}")
    await anna.picture("withdrawal-elsewhere")
    await anna.accessible()
    await anna.click(f"Byt till kund/leveransadress {far.id}")
    await anna.has("Kund/leveransadress", far.id)
    await anna.fill("Personnummer", patient.number)
    await anna.sees(patient.name)
    await anna.fill(SCAN, device)
    await anna.press("Enter")
    await anna.sees(WARNING)
    await anna.click("Leverera")

    await anna.sees("Uttaget är levererat.")


async def test_a_device_that_a_patient_has_says_so(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=PAGE)

    await anna.fill(SCAN, ward.lent)
    await anna.press("Enter")

    await anna.sees("redan levererad till en patient")


@pytest.mark.rule("ORD-7a", "ORD-1h")
async def test_more_than_the_store_has_is_declined_and_nothing_that_was_written_is_lost(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user, at=f"{PAGE}?article={ward.cushion}")
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)

    await anna.fill("Antal", "6")
    await anna.press("Tab")
    await anna.sees("Lagret skulle avvisa uttaget: förrådet har inte saldo")
    await anna.sees("(ORD-7)")
    await anna.picture("withdrawal-foreseen")
    await anna.accessible()
    await anna.click("Leverera")

    await anna.sees("Lagret avvisade: förrådet har inte saldo")
    await anna.sees(ward.patient.name)
    await anna.has("Antal", "6")
    await anna.picture("withdrawal-declined")
    await anna.accessible()
    await anna.fill("Antal", "5")
    await anna.click("Leverera")
    await anna.sees("Uttaget är levererat.")


@pytest.mark.rule("REF-14b")
async def test_an_inactive_recipient_is_refused_before_it_is_sent(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    gone = scene.person("Moa Avflyttad", active=False)
    await scene.set()
    anna = await actor(ward.user, at=f"{PAGE}?article={ward.cushion}")

    await anna.fill("Personnummer", gone.number)

    await anna.sees("hjälpmedelsservice")
    await anna.picture("withdrawal-inactive")
    await anna.accessible()


@pytest.mark.rule("REF-7g")
async def test_who_has_no_store_is_shown_the_way_to_order(actor: MakeActor, scene: Scene) -> None:
    place = scene.place(with_store=False)
    user = scene.user(place)
    await scene.set()
    anna = await actor(user)

    await anna.click("Uttag")

    await anna.sees("har inget eget förråd")
    await anna.picture("withdrawal-no-store")
    await anna.accessible()
    await anna.click("Beställ i stället från hjälpmedelsverksamheten")
    await anna.is_at("/bestallningar/ny")


@pytest.mark.rule("REF-3b")
async def test_a_requester_registers_for_a_prescriber_whom_they_act_for(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    requester = scene.user(ward.place, roles=("requester",), acts_for=(ward.user,))
    await scene.set()
    anna = await actor(requester, at=f"{PAGE}?article={ward.cushion}")

    await anna.sees(PRESCRIBER)
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)
    await anna.click("Leverera")

    await anna.sees("Uttaget är levererat.")


async def test_a_service_that_is_down_leaves_the_rest_of_the_page(
    actor: MakeActor, portal_system: PortalSystem, ward: Ward
) -> None:
    anna = await actor(ward.user, at=PAGE)

    async with portal_system.without("inventory"):
        await anna.fill(SCAN, "dyna")
        await anna.sees("Lager och hjälpmedel svarar inte just nu")
        await anna.fill("Personnummer", ward.patient.number)
        await anna.sees(ward.patient.name)
