"""Individ: a device is found by a part of its number, and its card tells all of it (T-70)."""

from datetime import date

import pytest

from contracts.tests.builders.regions import a_device_returned
from portal.tests.browser import MakeActor
from portal.tests.cards import SEARCH, at_card
from portal.tests.fetching import CLERK
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import PRESCRIBER, Ward


@pytest.mark.task("T-70")
@pytest.mark.rule("INV-5i")
async def test_a_device_is_found_by_what_is_legible_of_its_number(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user)

    await anna.fill(SEARCH, ward.lent[1:])
    await anna.press("Enter")

    await anna.is_at("/individ/*")
    await anna.sees(f"Individ {ward.lent}")
    anna.counts("T-70")
    await anna.sees("Levererad")
    await anna.sees(ward.patient.name)
    await anna.sees(f"{ward.place.payer} ")
    await anna.sees(PRESCRIBER)
    await anna.accessible()
    await anna.picture("individ")


@pytest.mark.rule("INV-5j", "INV-5k")
async def test_a_device_is_found_by_its_sip_number_which_stands_in_no_address(
    actor: MakeActor, ward: Ward
) -> None:
    device = await ward.system.device_id(ward.user, ward.lent)
    number = "0900-980 31"
    card = {"sip_number": number}
    await ward.system.done(ward.user, f"/devices/{device}:set-card", card, service="inventory")
    anna = await actor(ward.user)

    await anna.fill(SEARCH, "090098031")
    await anna.press("Enter")
    await anna.is_at(f"/individ/{device}")
    await anna.has("SIP-nummer", number)
    await anna.picture("individ-sip")
    await anna.accessible()

    await anna.fill(SEARCH, "0900-980 32")
    await anna.press("Enter")
    await anna.sees("Inget hjälpmedel som du ser har det SIP-numret.")
    await anna.is_at("/sok")
    assert "0900" not in anna.page.url
    await anna.picture("search-sip-none")
    await anna.accessible()


@pytest.mark.rule("REF-6c")
async def test_the_card_explains_why_it_is_so(actor: MakeActor, ward: Ward) -> None:
    anna = await at_card(actor, ward.user, ward.lent)

    await anna.click("Varför är det så?")

    await anna.sees("Var utlånat när Kvitt tog över")
    await anna.sees("regel INV-5")
    await anna.accessible()
    await anna.picture("individ-story")


@pytest.mark.rule("INV-5h", "INV-7b")
async def test_a_device_that_came_back_is_in_store_and_its_history_says_who_had_it(
    actor: MakeActor, ward: Ward, portal_system: PortalSystem
) -> None:
    back = a_device_returned(ward.lent, on=date(2026, 5, 4), store=ward.place.store)
    await portal_system.state([(ward.lent, back)])

    anna = await at_card(actor, ward.user, ward.lent)

    await anna.sees("På lager")
    await anna.sees(f"Förråd {ward.place.store}")
    was = await anna.text_of("tbody tr:nth-child(2) td")
    assert [text.split(": ")[-1] for text in was[:2]] == ["1 maj 2026", "4 maj 2026"]
    assert ward.place.payer in was[3]
    await anna.sees("Leverera individen")
    await anna.accessible()
    await anna.picture("individ-i-forrad")


async def test_it_is_found_by_keyboard_alone_and_without_script(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user, script=False)

    await anna.reach(SEARCH)
    await anna.write(ward.lent)
    await anna.press("Enter")
    await anna.is_at("/individ/*")
    await anna.reach("Varför är det så?")
    await anna.press("Enter")

    await anna.sees("regel INV-5")
    await anna.accessible()


async def test_from_a_device_one_comes_to_its_patient_its_article_and_back(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await at_card(actor, ward.user, ward.lent)

    await anna.click(ward.rollator)
    await anna.is_at(f"/artiklar/{ward.rollator}")
    await anna.back()
    await anna.is_at("/individ/*")
    await anna.click(ward.patient.name)
    await anna.is_at("/mottagare/*")
    await anna.back()
    await anna.click("Byt mottagare eller betalare")

    await anna.is_at("/bmb/skicka")
    await anna.sees(ward.lent)


@pytest.mark.rule("INV-5i")
async def test_several_devices_are_listed_and_the_filters_are_remembered(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    article = scene.article("Hörapparat, bakom örat, grav nedsättning, med ett ovanligt långt namn")
    numbers = [scene.device(article, store=ward.place.store) for _ in range(3)]
    await scene.set()
    anna = await actor(ward.user, at="/individ")
    await anna.sees(ward.stored)

    await anna.fill("Artikelnummer", article)
    await anna.click("Sök", within="sliten")
    await anna.sees_no(ward.stored)
    for number in numbers:
        await anna.sees(number)
    await anna.accessible()
    await anna.picture("individer")
    await anna.click(numbers[1])
    await anna.sees(f"Individ {numbers[1]}")
    await anna.goes("/individ")

    await anna.has("Artikelnummer", article)
    await anna.sees(numbers[0])
    await anna.click("Visa alla")
    await anna.has("Artikelnummer", "")


async def test_no_device_is_said_to_be_none(actor: MakeActor, scene: Scene) -> None:
    user = scene.user(scene.place())
    await scene.set()
    anna = await actor(user, at="/individ?nummer=X")

    await anna.sees("Ingen träff.")
    await anna.accessible()
    await anna.picture("individer-inga")


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("Individnummer", HOSTILE["script"]),
        ("Individnummer", "9" * 200),
        ("Artikelnummer", HOSTILE["rtl"]),
        ("Lager", HOSTILE["sql"]),
    ],
    ids=lambda value: value[:12],
)
async def test_what_no_number_can_be_is_shown_as_text_and_refused_beside_its_field(
    actor: MakeActor, scene: Scene, label: str, written: str
) -> None:
    user = scene.user(scene.place())
    await scene.set()
    anna = await actor(user, at="/individ")
    await anna.page.locator("input[maxlength]").evaluate_all(
        "all => all.forEach((one) => one.removeAttribute('maxlength'))"
    )

    await anna.fill(label, written)
    await anna.click("Sök", within="sliten")

    await anna.sees("Det här behöver rättas")
    await anna.has(label, written)
    await anna.accessible()


async def test_another_regions_device_is_a_page_that_does_not_exist(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await at_card(actor, ward.user, ward.lent)
    bo = await actor("f101", region="bd")

    assert await bo.goes(anna.path) == 404
    assert await bo.goes("/individ/0") == 404
    await bo.accessible()


async def test_without_billing_the_card_shows_the_rest_and_says_so(
    actor: MakeActor, ward: Ward, portal_system: PortalSystem
) -> None:
    anna = await at_card(actor, ward.user, ward.lent)

    async with portal_system.without("billing"):
        await anna.reload()
        await anna.sees("Fakturering svarar inte just nu")
        await anna.sees("Levererad")
        await anna.accessible()


async def test_without_orders_the_card_shows_codes_in_place_of_names(
    actor: MakeActor, ward: Ward, portal_system: PortalSystem
) -> None:
    anna = await at_card(actor, ward.user, ward.lent)

    async with portal_system.without("orders"):
        await anna.reload()
        await anna.sees("Patient som du inte ser")
        assert ward.user in await anna.text_of("dl dd")


@pytest.mark.rule("ORD-19a")
async def test_the_same_is_ordered_again_from_a_device(actor: MakeActor, ward: Ward) -> None:
    anna = await at_card(actor, ward.user, ward.lent)

    await anna.click("Beställ likadant")

    await anna.sees(ward.patient.name)
    await anna.has("Artikel", ward.rollator)
    await anna.sees("Så blir beställningen")


@pytest.mark.rule("INV-5g")
async def test_a_note_is_written_on_the_card_and_taken_away_by_its_writer(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await at_card(actor, ward.user, ward.lent)
    await anna.sees("Anteckningar")

    await anna.click("Spara anteckning")
    await anna.sees("Skriv anteckningen.")
    await anna.fill("Ny anteckning", "Ring 19121212-9819 först.")
    await anna.click("Spara anteckning")
    await anna.sees("Ta bort personnumret")
    await anna.accessible()
    await anna.picture("device-note-refused")
    await anna.fill("Ny anteckning", "Vänster broms tar i lite.")
    await anna.click("Spara anteckning")

    await anna.sees("Anteckningen är sparad.")
    await anna.sees("Vänster broms tar i lite.")
    await anna.sees(f"{PRESCRIBER}, ")
    await anna.has("Ny anteckning", "")
    await anna.accessible()
    await anna.picture("device-note")

    kim = await at_card(actor, CLERK, ward.lent)
    await kim.sees("Vänster broms tar i lite.")
    (said, *_) = await anna.text_of(".spans .quiet")
    await anna.click(f"Ta bort anteckningen {said.split(', ')[1]}")
    await anna.sees("Anteckningen är borttagen.")
    await anna.sees_no("Vänster broms tar i lite.")
    await anna.click("Ångra")
    await anna.sees("Vänster broms tar i lite.")
