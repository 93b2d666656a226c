"""Enskild förskrivning: T-64, and what goes wrong on the way."""

import pytest

from portal.tests.browser import Actor, MakeActor
from portal.tests.fetching import CLERK
from portal.tests.scene import Scene
from portal.tests.working import Working

SEARCH = "Sök personnummer"


async def write(anna: Actor) -> None:
    """Every point of an application."""
    await anna.fill("Leverantör", "Hörtech AB")
    await anna.fill("Leverantörens artikelnummer", "HT-77")
    await anna.fill("Leverantörens artikelbenämning", "Streamer X")
    await anna.tick("Ja, CE-märkt")
    await anna.fill("Behovet", "Hör inte läraren.")
    await anna.fill("Vad som har provats eller övervägts", "Streamer ur sortimentet.")
    await anna.tick("Jag försäkrar att förskrivarens ansvar")


@pytest.mark.task("T-64")
@pytest.mark.rule("ACT-5a", "ACT-5b", "ORD-5a")
async def test_what_the_assortment_does_not_have_is_applied_for_and_decided(
    actor: MakeActor, scene: Scene, working: Working
) -> None:
    article = scene.article("Streamer X", marked=False, in_assortment=False)
    await scene.set()
    anna = await actor(working.user)
    await anna.fill(SEARCH, working.home.patient.number)
    await anna.press("Enter")
    await anna.click("Enskild förskrivning")
    await anna.picture("application-new")
    await anna.accessible()
    await write(anna)
    await anna.click("Ansök")
    await anna.is_at("/arbetsordrar/*")
    await anna.sees("är registrerad.")
    anna.counts("T-64")
    await anna.picture("application-registered")
    await anna.accessible()
    number = anna.path

    kim = await actor(CLERK)
    await kim.click("Ansökningar att besluta")
    await kim.picture("applications")
    await kim.accessible()
    await kim.goes(number)
    await kim.click("Besluta")
    await kim.sees("Välj beslutet.")
    await kim.tick("Ej godkänd")
    await kim.click("Besluta")
    await kim.sees("Skriv skälet, så att den som ansökte vet varför.")
    await kim.picture("application-decide-error")
    await kim.accessible()
    await kim.tick("Godkänd")
    await kim.fill("Artikel som får beställas", article)
    await kim.click("Besluta")
    await kim.sees("Ansökan är beslutad.")

    await anna.reload()
    await anna.sees(f"Artikel {article} får beställas till mottagaren.")
    await anna.picture("application-approved")
    await anna.accessible()


@pytest.mark.rule("ACT-5d")
async def test_all_that_is_missing_is_said_beside_each_field(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user, at=f"/arbetsordrar/ansokan?person={working.home.person}")

    await anna.fill("Leverantör", "Hörtech AB")
    await anna.click("Ansök")

    await anna.sees("Skriv leverantörens artikelnummer.")
    await anna.sees("Svara om produkten är CE-märkt.")
    await anna.sees("Beskriv behovet.")
    await anna.sees("Skriv vad som har provats")
    await anna.sees("Försäkra att förskrivarens ansvar är uppfyllt.")
    await anna.has("Leverantör", "Hörtech AB")
    await anna.picture("application-errors")
    await anna.accessible()


@pytest.mark.rule("ACT-5c")
async def test_a_type_that_is_missing_goes_to_the_assortment_manager_without_script(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user, at="/arbetsordrar/ansokan", script=False)
    await anna.click("Fortsätt")
    await anna.sees("Skriv personnumret med 12 siffror")
    await anna.fill("Personnummer", working.home.patient.hyphenated)
    await anna.click("Fortsätt")
    await anna.sees(working.home.patient.name)
    await write(anna)
    await anna.tick("Sortimentet har ingen sådan typ")
    await anna.click("Ansök")
    await anna.sees("Väntar på beslut")

    kim = await actor(CLERK, at=anna.path)
    await kim.tick("Godkänd")
    await kim.fill("Artikel som får beställas", working.home.article)
    await kim.click("Besluta")
    await kim.sees("Sortimentet har ingen sådan typ: lämna över till sortimentsansvarig")
    await kim.tick("Lämnad till sortimentsansvarig")
    await kim.fill("Artikel som får beställas", "")
    await kim.fill("Skäl", "Typen prövas i vår.")
    await kim.click("Besluta")

    await kim.sees("Typen prövas i vår.")
    await kim.picture("application-referred")
    await kim.accessible()


async def test_it_begins_from_nobody_by_keyboard_alone(actor: MakeActor, working: Working) -> None:
    anna = await actor(working.user, at="/arbetsordrar/ansokan")
    await anna.picture("application-empty")
    await anna.accessible()

    await anna.reach("Personnummer")
    await anna.write(working.home.patient.number)
    await anna.press("Enter")

    await anna.sees(working.home.patient.name)
    assert working.home.patient.number not in anna.page.url
