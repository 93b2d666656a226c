"""Individ: a device is found by a part of its number, and its card tells all of it (T-70)."""

from dataclasses import dataclass
from datetime import date

import pytest

from contracts.tests.builders.regions import a_device_returned
from portal.tests.browser import Actor, MakeActor
from portal.tests.scene import Patient, Place, Scene
from portal.tests.system import PortalSystem

SEARCH = "Sök personnummer, individ, order eller artikel"


@dataclass(frozen=True, slots=True)
class Lent:
    """A device on loan to a patient, with who prescribed it."""

    number: str
    user: str
    place: Place
    patient: Patient
    article: str


async def lent(scene: Scene, *, article: str = "Rollator, gång ute, sitthöjd 54 cm") -> Lent:
    """A device on loan."""
    place = scene.place("Hälsocentralen Provgården")
    user = scene.user(place, name="Provia Förskrivare")
    patient = scene.person()
    named = scene.article(article)
    number = scene.device(named, patient=patient, payer=place.payer, prescriber=user)
    await scene.set()
    return Lent(number, user, place, patient, named)


async def at_card(actor: MakeActor, of: Lent, *, script: bool = True) -> Actor:
    """The prescriber at the device's card."""
    anna = await actor(of.user, script=script)
    await anna.fill(SEARCH, of.number)
    await anna.press("Enter")
    await anna.is_at("/individ/*")
    return anna


@pytest.mark.task("T-70")
@pytest.mark.rule("INV-5i")
async def test_a_device_is_found_by_what_is_legible_of_its_number(
    actor: MakeActor, scene: Scene
) -> None:
    device = await lent(scene)
    anna = await actor(device.user)

    await anna.fill(SEARCH, device.number[1:])
    await anna.press("Enter")

    await anna.is_at("/individ/*")
    await anna.sees(f"Individ {device.number}")
    anna.counts("T-70")
    await anna.sees("Levererad")
    await anna.sees(device.patient.name)
    await anna.sees(f"{device.place.payer} ")
    await anna.sees("Provia Förskrivare")
    await anna.accessible()
    await anna.picture("individ")


@pytest.mark.rule("REF-6c")
async def test_the_card_explains_why_it_is_so(actor: MakeActor, scene: Scene) -> None:
    anna = await at_card(actor, await lent(scene))

    await anna.click("Varför är det så?")

    await anna.sees("Var utlånat när Kvitt tog över")
    await anna.sees("regel INV-5")
    await anna.accessible()
    await anna.picture("individ-story")


@pytest.mark.rule("INV-5h", "INV-7b")
async def test_a_device_that_came_back_is_in_store_and_its_history_says_who_had_it(
    actor: MakeActor, scene: Scene, portal_system: PortalSystem
) -> None:
    device = await lent(scene)
    back = a_device_returned(device.number, on=date(2026, 5, 4), store=device.place.store)
    await portal_system.state([(device.number, back)])

    anna = await at_card(actor, device)

    await anna.sees("På lager")
    await anna.sees(f"Förråd {device.place.store}")
    was = await anna.text_of("tbody tr:nth-child(2) td")
    assert [text.split(": ")[-1] for text in was[:2]] == ["1 maj 2026", "4 maj 2026"]
    assert device.place.payer in was[3]
    await anna.sees("Leverera individen")
    await anna.accessible()
    await anna.picture("individ-i-forrad")


async def test_it_is_found_by_keyboard_alone_and_without_script(
    actor: MakeActor, scene: Scene
) -> None:
    device = await lent(scene)
    anna = await actor(device.user, script=False)

    await anna.reach(SEARCH)
    await anna.write(device.number)
    await anna.press("Enter")
    await anna.is_at("/individ/*")
    await anna.reach("Varför är det så?")
    await anna.press("Enter")

    await anna.sees("regel INV-5")
    await anna.accessible()


async def test_from_a_device_one_comes_to_its_patient_its_article_and_back(
    actor: MakeActor, scene: Scene
) -> None:
    device = await lent(scene)
    anna = await at_card(actor, device)

    await anna.click(device.article)
    await anna.is_at(f"/artiklar/{device.article}")
    await anna.back()
    await anna.is_at("/individ/*")
    await anna.click(device.patient.name)
    await anna.is_at("/mottagare/*")
    await anna.back()
    await anna.click("Byt mottagare eller betalare")

    await anna.is_at("/bmb/skicka")
    await anna.sees(device.number)


@pytest.mark.rule("INV-5i")
async def test_several_devices_are_listed_and_the_filters_are_remembered(
    actor: MakeActor, scene: Scene
) -> None:
    place = scene.place()
    user = scene.user(place)
    article = scene.article("Hörapparat, bakom örat, grav nedsättning, med ett ovanligt långt namn")
    numbers = [scene.device(article, store=place.store) for _ in range(3)]
    await scene.set()
    anna = await actor(user, at="/individ")

    await anna.fill("Artikelnummer", article)
    await anna.click("Sök", within="sliten")
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
        ("Individnummer", "<script>alert(1)</script>"),
        ("Individnummer", "9" * 200),
        ("Artikelnummer", "\u202eabc 🦽"),
        ("Lager", "'; DROP TABLE devices; --"),
    ],
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
    actor: MakeActor, scene: Scene
) -> None:
    device = await lent(scene)
    anna = await at_card(actor, device)
    bo = await actor("f101", region="bd")

    assert await bo.goes(anna.path) == 404
    assert await bo.goes("/individ/0") == 404
    await bo.accessible()


async def test_without_billing_the_card_shows_the_rest_and_says_so(
    actor: MakeActor, scene: Scene, portal_system: PortalSystem
) -> None:
    anna = await at_card(actor, await lent(scene))

    async with portal_system.without("billing"):
        await anna.reload()
        await anna.sees("Fakturering svarar inte just nu")
        await anna.sees("Levererad")
        await anna.accessible()


async def test_without_orders_the_card_shows_codes_in_place_of_names(
    actor: MakeActor, scene: Scene, portal_system: PortalSystem
) -> None:
    device = await lent(scene)
    anna = await at_card(actor, device)

    async with portal_system.without("orders"):
        await anna.reload()
        await anna.sees("Patient som du inte ser")
        assert device.user in await anna.text_of("dl dd")
