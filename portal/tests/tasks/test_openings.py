"""How somebody comes to see a recipient: by the whole number, or in an emergency with a reason."""

from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio
from markupsafe import escape

from portal.tests.browser import MakeActor
from portal.tests.crawling import read_page
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Patient, Scene
from portal.tests.system import PortalSystem

REASON = "Respiratorn larmar, vårdas på akuten."


@dataclass(frozen=True, slots=True)
class Closed:
    """A patient of others, and a prescriber who has no part in their care."""

    stranger: str
    patient: Patient
    page: str
    """The patient's, which is not shown."""


@pytest_asyncio.fixture(loop_scope="session")
async def closed(scene: Scene) -> Closed:
    """A patient of the test's own."""
    stranger = scene.user(scene.place())
    patient = scene.person("Tess Testsson-Okänd")
    await scene.set()
    return Closed(stranger, patient, f"/mottagare/{await scene.ref(patient)}")


@pytest.mark.rule("REF-19b")
async def test_the_whole_number_opens_a_person_whom_the_reference_alone_does_not(
    actor: MakeActor, closed: Closed
) -> None:
    eva = await actor(closed.stranger)
    assert await eva.goes(closed.page) == 404
    await eva.sees_no(closed.patient.name)

    await eva.fill("Sök personnummer", closed.patient.hyphenated)
    await eva.press("Enter")

    await eva.is_at(closed.page)
    await eva.sees(closed.patient.name)
    await eva.accessible()
    assert await eva.goes(closed.page) == 200


@pytest.mark.rule("REF-19c")
async def test_a_stranger_is_opened_in_an_emergency_with_a_reason(
    actor: MakeActor, closed: Closed
) -> None:
    eva = await actor(closed.stranger)
    assert await eva.goes(closed.page) == 404
    await eva.sees("Mottagaren visas inte för dig")
    await eva.sees_no(closed.patient.name)
    await eva.picture("recipient-closed")
    await eva.accessible()

    await eva.click("Nödöppna")
    await eva.fill("Skäl", REASON)
    await eva.page.get_by_role("button", name="Nödöppna").click()

    await eva.sees(closed.patient.name)
    await eva.sees("kundtjänst får veta det")


@pytest.mark.rule("REF-19c")
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_an_emergency_without_a_proper_reason_is_refused_beside_what_was_written(
    actor: MakeActor, closed: Closed, script: bool
) -> None:
    eva = await actor(closed.stranger, script=script)
    await eva.goes(closed.page)
    await eva.click("Nödöppna")

    await eva.fill("Skäl", "akut")
    await eva.page.get_by_role("button", name="Nödöppna").click()

    await eva.sees("Det här behöver rättas")
    await eva.has("Skäl", "akut")
    await eva.sees_no(closed.patient.name)
    await eva.accessible()
    await eva.picture("recipient-closed-error")
    await eva.fill("Skäl", REASON)
    await eva.page.get_by_role("button", name="Nödöppna").click()
    await eva.sees(closed.patient.name)


@pytest.mark.rule("REF-19c")
async def test_an_emergency_is_opened_by_keyboard_alone(actor: MakeActor, closed: Closed) -> None:
    eva = await actor(closed.stranger)
    await eva.goes(closed.page)

    await eva.reach("Nödöppna")
    await eva.press("Enter")
    await eva.reach("Skäl")
    await eva.write(REASON)
    await eva.reach("Nödöppna")
    await eva.press("Enter")

    await eva.sees(closed.patient.name)


@pytest.mark.rule("REF-19c")
@pytest.mark.parametrize(
    "reason",
    ["", "   ", "kort", "x" * 501, "y" * 10_000],
    ids=["none", "blank", "short", "501", "10k"],
)
async def test_a_reason_that_is_none_opens_nobody(
    portal_system: PortalSystem, closed: Closed, reason: str
) -> None:
    async with portal_system.visiting(closed.stranger) as client:
        answer = await _open(client, closed.page, reason)
        after = await client.get(closed.page)

    assert answer.status_code == 422
    assert closed.patient.name not in answer.text
    assert after.status_code == 404


async def test_a_hostile_reason_is_refused_and_shown_as_text(
    portal_system: PortalSystem, closed: Closed
) -> None:
    reason = HOSTILE["script"] + "x" * 500
    async with portal_system.visiting(closed.stranger) as client:
        answer = await _open(client, closed.page, reason)

    assert answer.status_code == 422
    assert reason not in answer.text
    assert str(escape(reason)) in answer.text


@pytest.mark.rule("REF-19c")
async def test_who_opens_one_after_another_is_stopped_and_told_why(
    portal_system: PortalSystem, scene: Scene
) -> None:
    stranger = scene.user(scene.place())
    patients = [scene.person() for _ in range(6)]
    await scene.set()
    pages = [f"/mottagare/{await scene.ref(one)}" for one in patients]

    async with portal_system.visiting(stranger) as client:
        answers = [await _open(client, one, REASON) for one in pages]
        last = await client.get(pages[-1])

    assert [one.status_code for one in answers] == [303] * 5 + [422]
    assert REASON in answers[-1].text
    assert last.status_code == 404


@pytest.mark.rule("REF-9a")
async def test_a_protected_persons_contact_is_neither_shown_nor_removed(
    actor: MakeActor, scene: Scene
) -> None:
    place = scene.place()
    user = scene.user(place)
    patient = scene.person("Tess Testsson-Skyddad", protected=True, phone="070-174 06 05")
    await scene.set()
    anna = await actor(user)

    await anna.fill("Sök personnummer", patient.number)
    await anna.press("Enter")

    await anna.sees("Skyddade personuppgifter")
    await anna.sees("visas bara för den som levererar")
    await anna.sees_no("070-174 06 05")
    await anna.sees_no("Spara")
    await anna.accessible()
    await anna.picture("recipient-protected")


async def _open(client: httpx.AsyncClient, page: str, reason: str) -> httpx.Response:
    forms = read_page(page, await client.get(page)).forms
    (form,) = [one for one in forms if "reason" in one.texts]
    return await client.post(form.action, data=dict(form.filled({"reason": reason})))
