"""Hemregionsärenden: a patient of another region is fitted, approved, and finished (T-37)."""

import pytest
import pytest_asyncio

from portal.tests.browser import MakeActor
from portal.tests.covered import Covered, a_covered
from portal.tests.fetching import CLERK
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene
from portal.tests.system import HOME_PAYER

BY_REGION = f"Hemregionen: {HOME_PAYER} Hälsocentralen {HOME_PAYER}"
COMMITMENT = "Betalningsförbindelse"


@pytest_asyncio.fixture(loop_scope="session")
async def covered(scene: Scene) -> Covered:
    """A patient of another region, who has what was ordered for them."""
    return await a_covered(scene, is_delivered=True)


@pytest.mark.task("T-37")
@pytest.mark.rule("BIL-5a", "BIL-5b", "NTF-1c")
async def test_what_is_missing_is_recorded_and_the_end_of_the_trial_reported(
    actor: MakeActor, covered: Covered
) -> None:
    anna = await actor(covered.user)

    await anna.click("Betalningsförbindelse saknas")
    await anna.is_at("/hemregionsarenden/*")
    await anna.sees("Hemregionens betalningsförbindelse saknas.")
    await anna.sees("Betalaren faktureras ändå")
    await anna.picture("home-region-waits")
    await anna.accessible()
    await anna.fill(COMMITMENT, "BF-2026-17")
    await anna.click("Registrera förbindelsen")
    await anna.sees("Betalningsförbindelsen är registrerad.")
    await anna.sees("BF-2026-17, godkänd")
    await anna.picture("home-region-committed")
    await anna.accessible()
    await anna.click("Utprovning avslutad")

    await anna.sees("Utprovningen är rapporterad avslutad.")
    await anna.sees("Debiterad")
    anna.counts("T-37")
    await anna.click("Vad som har hänt")
    await anna.sees("Utprovningen rapporterades avslutad")
    await anna.picture("home-region-finished")
    await anna.accessible()
    (case,) = await covered.cases()
    assert (case["status"], case["reference"]) == ("finished", "BF-2026-17")


@pytest.mark.rule("BIL-5a", "BIL-5b")
async def test_an_order_says_who_pays_and_shows_what_is_missing(
    actor: MakeActor, scene: Scene
) -> None:
    covered = await a_covered(scene, is_ordered=False)
    anna = await actor(covered.user, at=f"/bestallningar/ny?person={covered.person}")
    await anna.sees(f"Patienten hör till en annan region: {HOME_PAYER} Hälsocentralen")
    await anna.picture("order-home-region")
    await anna.accessible()

    await anna.choose("Vem som betalar", BY_REGION)
    await anna.fill("Artikel", covered.article)
    await anna.click("Skicka beställning")
    await anna.sees("Kontrollera beställningen.")
    await anna.click("Skicka beställning")

    await anna.is_at("/bestallningar/*")
    await covered.system.settle()
    await anna.reload()
    await anna.sees("Hemregionen betalar")
    await anna.sees("Inget är levererat än.")
    await anna.picture("order-covered")
    await anna.accessible()
    await anna.fill(COMMITMENT, "BF-2026-18")
    await anna.click("Registrera förbindelsen")
    await anna.is_at("/bestallningar/*")
    await anna.sees("BF-2026-18, godkänd")
    await anna.goes(f"/mottagare/{covered.person}?flik=bestallt")
    await anna.click("Hemregionen betalar")
    await anna.is_at("/hemregionsarenden/*")


@pytest.mark.rule("BIL-5a", "ORD-7a")
async def test_a_withdrawal_says_who_pays(actor: MakeActor, scene: Scene) -> None:
    covered = await a_covered(scene, is_ordered=False)
    anna = await actor(covered.user, at=f"/uttag/nytt?person={covered.person}")
    await anna.sees(f"Patienten hör till en annan region: {HOME_PAYER} Hälsocentralen")
    await anna.fill("Skanna eller sök", covered.article)
    await anna.press("Enter")
    await anna.choose("Vem som betalar", BY_REGION)
    await anna.sees(f"Betalare {HOME_PAYER}")
    await anna.picture("withdrawal-home-region")
    await anna.accessible()
    await anna.click("Leverera")

    await anna.sees("Uttaget är levererat.")
    await anna.sees("Hemregionen betalar")
    await covered.system.settle()
    (case,) = await covered.cases()
    assert case["payer_id"] == HOME_PAYER


@pytest.mark.rule("BIL-11b")
async def test_the_state_gives_no_commitment(actor: MakeActor, scene: Scene) -> None:
    covered = await a_covered(scene, cover={"kind": "state"}, is_delivered=True)
    anna = await actor(covered.user, at=covered.page)

    await anna.sees("Behövs inte: staten betalar")
    await anna.sees_no("Registrera förbindelsen")
    await anna.picture("home-region-state")
    await anna.accessible()
    await anna.click("Utprovning avslutad")
    await anna.sees("Utprovningen är rapporterad avslutad.")


async def test_a_draft_keeps_who_pays(actor: MakeActor, scene: Scene) -> None:
    covered = await a_covered(scene, is_ordered=False)
    anna = await actor(covered.user, at=f"/bestallningar/ny?person={covered.person}", script=False)
    await anna.choose("Vem som betalar", BY_REGION)
    await anna.fill("Artikel", covered.article)

    await anna.click("Spara utkast")
    async with covered.system.api("orders", covered.user) as client:
        (draft,) = (await client.get("/order-drafts")).json()["items"]
    await anna.goes(f"/bestallningar/ny?utkast={draft['draft_id']}")

    await anna.has("Vem som betalar", "home_region:bd")


@pytest.mark.parametrize("text", ["", HOSTILE["script"]], ids=["empty", "hostile"])
async def test_a_commitment_that_cannot_be_is_refused_beside_its_field(
    actor: MakeActor, covered: Covered, text: str
) -> None:
    anna = await actor(covered.user, at=covered.page, script=False)

    await anna.fill(COMMITMENT, text)
    await anna.click("Registrera förbindelsen")

    await anna.sees("Det här behöver rättas")
    await anna.has(COMMITMENT, text)
    await anna.picture("home-region-refused")
    await anna.accessible()


async def test_the_cases_are_listed_by_what_they_wait_for(
    actor: MakeActor, covered: Covered
) -> None:
    anna = await actor(covered.user)
    await anna.click("Hemregionsärenden")
    await anna.choose("Vilka", "Väntar på förbindelse")
    await anna.click("Sök", within="Vilka")
    await anna.sees(covered.number)
    await anna.picture("home-regions")
    await anna.accessible()
    await anna.choose("Vilka", "Avslutad")
    await anna.click("Sök", within="Vilka")
    await anna.sees("Inga ärenden.")

    kim = await actor(CLERK, at="/hemregionsarenden?show=finish")
    await kim.sees(covered.number)


async def test_another_units_case_is_a_page_that_does_not_exist(
    scene: Scene, covered: Covered
) -> None:
    other = scene.user(scene.place())
    await scene.set()

    async with covered.system.visiting(other) as bo:
        shown = await bo.get(covered.page)
        acted = await bo.post(f"{covered.page}/avsluta", data={"finished_on": "2026-05-04"})

    assert (shown.status_code, acted.status_code) == (404, 404)
