"""Skicka BMB: every kind of transfer on one page, seen before it is sent (T-01 to T-06)."""

import pytest

from portal.tests.browser import Actor, MakeActor
from portal.tests.handover import Handover
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import Ward, a_ward

DEVICE, NUMBER, STORE = "Individnummer", "Patientens personnummer", "Till eget förråd"
SEND, BOTH = "Skicka", "Skicka och kvittera"
ATTEST = "Jag intygar"
PAGE = "/bmb/skicka"


async def at_page(actor: MakeActor, user: str, *, script: bool = True) -> Actor:
    """Who has come to the page by the start page."""
    anna = await actor(user, script=script)
    await anna.click("Skicka BMB")
    await anna.is_at(PAGE)
    return anna


@pytest.mark.task("T-01")
@pytest.mark.rule("BMB-1d", "BMB-4o", "BMB-2g")
async def test_a_device_of_ones_own_store_is_handed_to_a_patient(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await at_page(actor, ward.user)

    await anna.fill(DEVICE, ward.stored)
    await anna.fill(NUMBER, ward.patient.number)
    await anna.sees(ward.patient.name, within="Så här blir det")
    await anna.sees("per månad utan moms")
    await anna.accessible()
    await anna.picture("bmb-skicka-till-patient")
    await anna.click(BOTH)

    await anna.is_at("/bmb/*")
    anna.counts("T-01")
    await anna.sees("Genomförd")
    await anna.sees(ward.patient.name)
    await anna.accessible()
    await anna.picture("bmb-genomford")


@pytest.mark.task("T-02")
@pytest.mark.rule("BMB-1e", "BMB-4o")
async def test_a_patients_device_is_taken_back_into_ones_own_store(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await at_page(actor, ward.user)

    await anna.fill(DEVICE, ward.lent)
    await anna.tick(STORE)
    await anna.sees("i förråd betalas ingen hyra")
    await anna.accessible()
    await anna.click(BOTH)

    anna.counts("T-02")
    await anna.sees("Genomförd")
    await anna.sees_no("har fallit ur bytet")
    await anna.sees(f"Eget förråd {ward.place.store}")


@pytest.mark.task("T-03")
@pytest.mark.rule("BMB-11a", "BMB-11c", "BMB-13a", "BMB-1f")
async def test_from_patient_to_patient_is_attested_in_the_form_where_the_region_says_so(
    actor: MakeActor, portal_system: PortalSystem
) -> None:
    scene = Scene(portal_system, "bd")
    ward = await a_ward(scene)
    next_one = scene.person()
    await scene.set()
    bo = await actor(ward.user, region="bd")
    await bo.click("Skicka BMB")

    await bo.fill(DEVICE, ward.lent)
    await bo.fill(NUMBER, next_one.number)
    await bo.sees(next_one.name, within="Så här blir det")
    await bo.sees("Bytet tar inte ut någon egenavgift: följ regionens rutin.")
    await bo.sees("BMB ersätter inte den kliniska överrapporteringen.")
    await bo.accessible()
    await bo.picture("bmb-skicka-intyg")
    await bo.tick(ATTEST)
    await bo.click(BOTH)

    bo.counts("T-03")
    await bo.sees("Genomförd")
    await bo.sees(next_one.name)


@pytest.mark.rule("BMB-11a")
async def test_without_the_attestation_it_is_refused_and_what_was_typed_stays(
    actor: MakeActor, portal_system: PortalSystem
) -> None:
    scene = Scene(portal_system, "bd")
    ward = await a_ward(scene)
    next_one = scene.person()
    await scene.set()
    bo = await actor(ward.user, region="bd", at=PAGE)

    await bo.fill(DEVICE, ward.lent)
    await bo.fill(NUMBER, next_one.number)
    await bo.sees(next_one.name, within="Så här blir det")
    await bo.click(BOTH)

    await bo.sees("Det här behöver rättas")
    await bo.sees("Intyga individuell bedömning")
    await bo.has(DEVICE, ward.lent)
    await bo.accessible()


@pytest.mark.task("T-04")
@pytest.mark.rule("BMB-1g", "BMB-2a", "BMB-7a")
async def test_responsibility_is_handed_over_to_who_is_found_by_unit_or_name(
    actor: MakeActor, handover: Handover
) -> None:
    anna = await at_page(actor, handover.sender)

    await anna.fill(DEVICE, handover.devices[0])
    await anna.fill("Sök förskrivare", handover.receiver_name[:-1])
    await anna.tick(f"{handover.receiver_name}, {handover.there.id}")
    await anna.sees("Har ingen kvitterat då genomförs det automatiskt")
    await anna.sees("Du kan inte kvittera själv")
    await anna.accessible()
    await anna.picture("bmb-skicka-overlat")
    await anna.click(SEND)

    anna.counts("T-04")
    await anna.sees("BMB är skickad.")
    await anna.sees("Skickad")
    await anna.accessible()


@pytest.mark.task("T-05")
@pytest.mark.rule("BMB-1c", "BMB-4c")
async def test_the_payer_alone_is_changed_by_choosing_the_customer(
    actor: MakeActor, scene: Scene
) -> None:
    place, second = scene.place("Kommunens hemsjukvård"), scene.place("Kommunens särskilda boende")
    user = scene.user(place, second)
    patient = scene.person()
    article = scene.article()
    lent = scene.device(article, patient=patient, payer=place.payer, prescriber=user)
    await scene.set()
    anna = await at_page(actor, user)

    await anna.fill(DEVICE, lent)
    await anna.tick(f"{second.id} Kommunens särskilda boende")
    await anna.accessible()
    await anna.picture("bmb-skicka-betalare")
    await anna.click(BOTH)

    anna.counts("T-05")
    await anna.sees("Genomförd")
    await anna.sees(f"{second.payer}")


@pytest.mark.task("T-06")
@pytest.mark.rule("BMB-6c")
async def test_what_went_wrong_is_put_right_by_a_transfer_filled_in_the_other_way(
    actor: MakeActor, ward: Ward
) -> None:
    first = await actor(ward.user, at=PAGE)
    await first.fill(DEVICE, ward.stored)
    await first.fill(NUMBER, ward.patient.number)
    await first.click(BOTH)
    await first.sees("Genomförd")
    card = await actor(ward.user)

    await card.fill("Sök personnummer, individ, order eller artikel", ward.stored)
    await card.press("Enter")
    await card.is_at("/individ/*")
    await card.click("Rätta senaste BMB")
    await card.has(DEVICE, ward.stored)
    await card.sees(f"Förråd {ward.place.store}", within="Så här blir det")
    await card.accessible()
    await card.picture("bmb-ratta")
    await card.click(BOTH)

    card.counts("T-06")
    await card.sees("Genomförd")
    await card.sees(f"Eget förråd {ward.place.store}")


@pytest.mark.task("T-09")
@pytest.mark.rule("BMB-5c", "BMB-5d")
async def test_a_rejection_is_read_and_the_transfer_sent_anew_filled_in(
    actor: MakeActor, handover: Handover
) -> None:
    await handover.reject(await handover.send(handover.devices[0]), "Fel enhet.")
    anna = await actor(handover.sender)

    await anna.click("Ej godkänt övertag")
    await anna.sees("Fel enhet.")
    await anna.click("Skicka ny")
    await anna.has(DEVICE, handover.devices[0])
    await anna.sees(handover.receiver_name, within="Så här blir det")
    await anna.click(SEND)

    anna.counts("T-09")
    await anna.sees("BMB är skickad.")


async def test_while_inventory_is_silent_it_is_sent_and_finishes_by_itself(
    actor: MakeActor, ward: Ward, portal_system: PortalSystem
) -> None:
    anna = await actor(ward.user, at=PAGE)
    async with portal_system.without("inventory"):
        await anna.fill(DEVICE, ward.lent)
        await anna.sees("Betalar sedan")
        await anna.click(BOTH)
        await anna.sees("Väntar på svar från lagret.")
        await anna.accessible()

    await anna.sees("Genomförd")


@pytest.mark.rule("BMB-6b")
async def test_what_was_sent_is_undone_at_once(actor: MakeActor, handover: Handover) -> None:
    anna = await actor(handover.sender, at=PAGE)
    await anna.fill(DEVICE, handover.devices[0])
    await anna.fill("Sök förskrivare", handover.there.id)
    await anna.tick(handover.receiver_name)
    await anna.sees("Du kan inte kvittera själv")
    await anna.click(SEND)
    await anna.sees("BMB är skickad.")

    await anna.click("Ångra")

    await anna.sees("BMB är ångrad. Hjälpmedlen är fria.")
    await anna.sees("Ångrad")
    await anna.accessible()
    await anna.click("Skicka ny")
    await anna.has(DEVICE, handover.devices[0])
    await anna.sees(handover.receiver_name)


@pytest.mark.rule("BMB-2a", "BMB-2c")
async def test_a_draft_is_saved_changed_sent_or_thrown_away(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=PAGE)
    await anna.fill(DEVICE, ward.lent)
    await anna.sees("Så här blir det")
    await anna.click("Spara utkast")
    await anna.sees("Utkastet är sparat. Inget är skickat.")
    await anna.accessible()
    await anna.click("Ändra")
    await anna.tick(STORE)
    await anna.sees("i förråd betalas ingen hyra")
    await anna.click("Spara utkast")
    await anna.sees(f"Eget förråd {ward.place.store}")

    await anna.click("Kasta utkastet")

    await anna.sees("Utkastet är kastat. Allt är som förut.")


async def test_it_is_sent_by_keyboard_alone(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=PAGE)

    await anna.reach(DEVICE)
    await anna.write(ward.lent)
    await anna.reach("Till eget förråd")
    await anna.press("Space")
    await anna.sees("i förråd betalas ingen hyra")
    await anna.reach(BOTH)
    await anna.press("Enter")

    await anna.sees("Genomförd")


async def test_without_script_it_is_seen_first_and_then_sent(actor: MakeActor, ward: Ward) -> None:
    anna = await at_page(actor, ward.user, script=False)

    await anna.fill(DEVICE, ward.stored)
    await anna.fill(NUMBER, ward.patient.number)
    await anna.click("Fortsätt")
    await anna.sees(ward.patient.name, within="Så här blir det")
    await anna.accessible()
    await anna.click(BOTH)

    await anna.is_at("/bmb/*")
    await anna.goes(anna.path)
    await anna.sees(ward.patient.name)


async def test_pressed_twice_it_is_sent_once(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=PAGE)
    await anna.fill(DEVICE, ward.stored)
    await anna.fill(NUMBER, ward.patient.number)
    await anna.sees(ward.patient.name, within="Så här blir det")

    await anna.double_click(BOTH)

    await anna.is_at("/bmb/*")
    await anna.sees("Genomförd")
    assert await ward.total("bmb", "transfers") == 1


async def test_what_another_transfer_holds_stands_against_it(
    actor: MakeActor, handover: Handover
) -> None:
    await handover.send(handover.devices[0])
    anna = await actor(handover.sender, at=PAGE)

    await anna.fill(DEVICE, handover.devices[0])
    await anna.fill("Sök förskrivare", handover.there.id)
    await anna.tick(handover.receiver_name)
    await anna.sees("är redan i ett annat byte.")
    await anna.accessible()
    await anna.click(SEND)
    await anna.sees("Nekad")
    await anna.sees("hjälpmedlet är redan i ett annat byte")
    await anna.picture("bmb-nekad")


async def test_what_changed_since_it_was_seen_is_shown_again_before_it_is_sent(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user, at=PAGE, script=False)
    await anna.fill(DEVICE, ward.lent)
    await anna.tick(STORE)
    await anna.click("Fortsätt")
    await anna.sees("Så här blir det")

    await anna.tick(STORE)
    await anna.click(BOTH)

    await anna.sees("Inget är skickat än.")


@pytest.mark.parametrize("kind", ["script", "sql", "rtl", "emoji", "long", "control"])
async def test_hostile_text_is_text_and_refused_beside_its_field(
    actor: MakeActor, ward: Ward, kind: str
) -> None:
    anna = await actor(ward.user, at=PAGE, script=False)
    for label in ("Vårdenhet", "Sök förskrivare", NUMBER, DEVICE):
        await anna.goes(PAGE)
        await anna.fill(DEVICE, ward.lent)
        await anna.fill(label, HOSTILE[kind])
        await anna.click("Fortsätt")
        assert await anna.page.locator("script:not([src])").count() == 0
        await anna.accessible()
        if label != DEVICE:
            await anna.has(DEVICE, ward.lent)
        if label != "Sök förskrivare":
            await anna.sees("Det här behöver rättas")


async def test_an_empty_form_says_what_is_missing(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=PAGE)

    await anna.click("Fortsätt")

    await anna.sees("Skriv individnumret på det som ska byta mottagare eller betalare.")
    await anna.accessible()


async def test_a_transfer_of_another_region_is_not_there(
    actor: MakeActor, ward: Ward, portal_system: PortalSystem
) -> None:
    there = await a_ward(Scene(portal_system, "bd"))
    bo = await actor(there.user, region="bd", at=PAGE)
    await bo.fill(DEVICE, there.lent)
    await bo.sees("Så här blir det")
    await bo.click("Spara utkast")
    await bo.sees("Utkastet är sparat")
    anna = await actor(ward.user)

    assert await anna.goes(bo.path) == 404
    assert await anna.goes(f"{PAGE}?som={bo.path.rsplit('/', 1)[1]}") == 404
    assert await anna.goes(f"{PAGE}?som=x' OR 1=1") == 404
