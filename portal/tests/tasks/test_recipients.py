"""Mottagare: T-16, T-17 and T-18, and who is not shown."""

from dataclasses import dataclass

import pytest
import pytest_asyncio

from portal.tests.browser import MakeActor
from portal.tests.scene import Patient, Scene

SEARCH = "Sök personnummer"


@dataclass(frozen=True, slots=True)
class Known:
    """A patient whom a prescriber has lent a rollator."""

    user: str
    patient: Patient
    device: str


@pytest_asyncio.fixture(loop_scope="session")
async def known(scene: Scene) -> Known:
    """A patient of the test's own."""
    place = scene.place()
    user = scene.user(place, name="Anna Förskrivare")
    patient = scene.person("Tess Testsson-Långtnamn af Norrbacka")
    article = scene.article("Rollator Björk")
    device = scene.device(article, patient=patient, payer=place.payer, prescriber=user)
    await scene.set()
    return Known(user, patient, device)


@pytest.mark.task("T-16")
@pytest.mark.rule("ORD-20a")
async def test_what_a_patient_has_is_two_actions_away(actor: MakeActor, known: Known) -> None:
    anna = await actor(known.user)

    await anna.fill(SEARCH, f"{known.patient.number[:8]}-{known.patient.number[8:]}")
    await anna.press("Enter")

    await anna.is_at("/mottagare/*")
    await anna.sees(known.device)
    await anna.sees("Rollator Björk")
    await anna.picture("recipient-devices")
    await anna.accessible()
    anna.counts("T-16")
    for tab in ("Beställt", "Återlämnat", "BMB"):
        await anna.click(f"{tab} (0)")
        await anna.sees("Inget att visa.")
        await anna.accessible()
    await anna.picture("recipient-nothing")


@pytest.mark.task("T-17")
@pytest.mark.rule("REF-1e")
async def test_phone_and_door_code_are_kept_in_place(actor: MakeActor, known: Known) -> None:
    anna = await actor(known.user)

    await anna.fill(SEARCH, known.patient.number)
    await anna.press("Enter")
    await anna.fill("Telefon", "070-174 06 05")
    await anna.click("Spara")

    await anna.sees("Kontaktuppgifterna är sparade")
    await anna.has("Telefon", "070-174 06 05")
    anna.counts("T-17")


async def test_a_phone_that_is_none_is_refused_beside_its_field(
    actor: MakeActor, known: Known
) -> None:
    anna = await actor(known.user, at="/")
    await anna.fill(SEARCH, known.patient.number)
    await anna.press("Enter")

    await anna.fill("Telefon", "ring på dörren ☎")
    await anna.fill("Portkod", "1789")
    await anna.click("Spara")

    await anna.sees("Det här behöver rättas")
    await anna.has("Telefon", "ring på dörren ☎")
    await anna.has("Portkod", "1789")
    await anna.picture("recipient-error")
    await anna.accessible()


@pytest.mark.task("T-18")
@pytest.mark.rule("REF-2b")
async def test_a_person_is_found_in_the_register_and_the_deceased_are_marked(
    actor: MakeActor, scene: Scene
) -> None:
    user = scene.user(scene.place())
    gone = scene.person("Tore Testsson", deceased=True)
    await scene.set()
    anna = await actor(user)

    await anna.fill(SEARCH, gone.number)
    await anna.press("Enter")

    await anna.sees("Tore Testsson (avliden)")
    await anna.picture("recipient-deceased")
    await anna.accessible()
    anna.counts("T-18")


async def test_a_number_that_nobody_has_says_what_to_do(actor: MakeActor, known: Known) -> None:
    anna = await actor(known.user, at="/")

    await anna.fill(SEARCH, "18900101-9802")
    await anna.press("Enter")

    await anna.sees("Sök")
    await anna.accessible()
    assert "1890" not in anna.page.url


@pytest.mark.rule("REF-19c")
async def test_a_stranger_is_opened_in_an_emergency_with_a_reason(
    actor: MakeActor, scene: Scene, known: Known
) -> None:
    stranger = scene.user(scene.place())
    await scene.set()
    ref = await scene.ref(known.patient)
    eva = await actor(stranger)
    assert await eva.goes(f"/mottagare/{ref}") == 404
    await eva.sees("Mottagaren visas inte för dig")
    await eva.sees_no(known.patient.name)
    await eva.picture("recipient-closed")
    await eva.accessible()

    await eva.click("Nödöppna")
    await eva.fill("Skäl", "Respiratorn larmar, vårdas på akuten.")
    await eva.page.get_by_role("button", name="Nödöppna").click()

    await eva.sees(known.patient.name)
    await eva.sees("kundtjänst får veta det")


async def test_a_person_is_found_by_keyboard_alone_and_without_script(
    actor: MakeActor, known: Known
) -> None:
    for script in (True, False):
        anna = await actor(known.user, at="/", script=script)
        await anna.reach("Sök personnummer, individ, order eller artikel")
        await anna.write(known.patient.number)
        await anna.press("Enter")
        await anna.sees(known.device)
