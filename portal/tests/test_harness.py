"""The harness itself: a person in Chromium, what is counted, and what fails a test."""

from pathlib import Path

import pytest
from playwright.async_api import Error

from portal.tests.browser import MakeActor
from portal.tests.kept import numbers
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem

PRESCRIBER = "f101"


async def test_somebody_logs_in_and_goes_through_the_menu(actor: MakeActor) -> None:
    anna = await actor(PRESCRIBER)

    await anna.sees("Startsida")
    await anna.accessible()
    await anna.click("Startsida")

    assert (anna.actions, anna.pages) == (1, 0)


async def test_the_scene_has_what_was_stated(portal_system: PortalSystem, scene: Scene) -> None:
    place = scene.place()
    user = scene.user(place)
    patient = scene.person("Tess Testsson")
    article = scene.article("Rollator")
    lent = scene.device(article, patient=patient, payer=place.payer, prescriber=user)
    kept = scene.device(article, store=place.store)
    await scene.set()

    assert await scene.ref(patient)
    async with portal_system.api("inventory", user) as client:
        found = (await client.get("/devices")).json()["items"]
    assert {one["device_number"] for one in found} == {lent, kept}


def test_a_kept_system_gives_a_number_once_however_many_runs_it_has(tmp_path: Path) -> None:
    first, second = numbers(tmp_path), numbers(tmp_path)

    assert [next(first), next(second), next(first), next(numbers(tmp_path))] == [1, 2, 3, 4]


async def test_works_without_script(actor: MakeActor) -> None:
    anna = await actor(PRESCRIBER, script=False)

    await anna.click("Startsida")

    await anna.is_at("/")
    await anna.accessible()


async def test_a_service_that_is_down_leaves_the_page(
    actor: MakeActor, portal_system: PortalSystem
) -> None:
    anna = await actor(PRESCRIBER)
    async with portal_system.without("bmb"):
        await anna.reload()
        await anna.sees("BMB svarar inte just nu")


async def test_tab_leads_to_what_people_call_it(actor: MakeActor) -> None:
    anna = await actor(PRESCRIBER)

    await anna.reach("Artiklar")

    assert anna.actions == 0


async def test_a_script_in_the_page_is_a_fault(actor: MakeActor) -> None:
    anna = await actor(PRESCRIBER)
    with pytest.raises(Error):
        await anna.page.add_script_tag(content="window.x = 1")

    assert len(anna.faults) == 1
    anna.faults.clear()
