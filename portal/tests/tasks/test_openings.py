"""How somebody comes to see a recipient: by the whole number, or in an emergency with a reason."""

import re

import httpx
import pytest

from portal.tests.browser import MakeActor
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem

REASON = "Respiratorn larmar, vårdas på akuten."
HOSTILE = "<script>alert(1)</script> \u202eomvänt 🚑"
_KEY = re.compile(r'name="_key" value="([^"]+)"')


@pytest.mark.task("T-18")
@pytest.mark.rule("REF-19b")
async def test_the_whole_number_opens_a_person_whom_the_reference_alone_does_not(
    actor: MakeActor, scene: Scene
) -> None:
    stranger = scene.user(scene.place())
    patient = scene.person("Tess Testsson-Okänd")
    await scene.set()
    eva = await actor(stranger)
    ref = await scene.ref(patient)
    assert await eva.goes(f"/mottagare/{ref}") == 404
    await eva.sees_no(patient.name)

    await eva.fill("Sök personnummer", f"{patient.number[:8]}-{patient.number[8:]}")
    await eva.press("Enter")

    await eva.is_at(f"/mottagare/{ref}")
    await eva.sees(patient.name)
    await eva.accessible()
    assert await eva.goes(f"/mottagare/{ref}") == 200


@pytest.mark.rule("REF-19c")
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_an_emergency_without_a_proper_reason_is_refused_beside_what_was_written(
    actor: MakeActor, scene: Scene, script: bool
) -> None:
    stranger = scene.user(scene.place())
    patient = scene.person("Tess Testsson-Nödfall")
    await scene.set()
    ref = await scene.ref(patient)
    eva = await actor(stranger, script=script)
    await eva.goes(f"/mottagare/{ref}")
    await eva.click("Nödöppna")

    await eva.fill("Skäl", "akut")
    await eva.page.get_by_role("button", name="Nödöppna").click()

    await eva.sees("Det här behöver rättas")
    await eva.has("Skäl", "akut")
    await eva.sees_no(patient.name)
    await eva.accessible()
    await eva.picture("recipient-closed-error")
    await eva.fill("Skäl", REASON)
    await eva.page.get_by_role("button", name="Nödöppna").click()
    await eva.sees(patient.name)


@pytest.mark.rule("REF-19c")
async def test_an_emergency_is_opened_by_keyboard_alone(actor: MakeActor, scene: Scene) -> None:
    stranger = scene.user(scene.place())
    patient = scene.person()
    await scene.set()
    eva = await actor(stranger)
    await eva.goes(f"/mottagare/{await scene.ref(patient)}")

    await eva.reach("Nödöppna")
    await eva.press("Enter")
    await eva.reach("Skäl")
    await eva.write(REASON)
    await eva.reach("Nödöppna")
    await eva.press("Enter")

    await eva.sees(patient.name)


@pytest.mark.rule("REF-19c")
@pytest.mark.parametrize(
    "reason",
    ["", "   ", "kort", "x" * 501, "y" * 10_000],
    ids=["none", "blank", "short", "501", "10k"],
)
async def test_a_reason_that_is_none_opens_nobody(
    portal_system: PortalSystem, scene: Scene, reason: str
) -> None:
    stranger = scene.user(scene.place())
    patient = scene.person("Tess Testsson-Sluten")
    await scene.set()
    ref = await scene.ref(patient)

    async with portal_system.visiting(stranger) as client:
        answer = await _open(client, ref, reason)
        after = await client.get(f"/mottagare/{ref}")

    assert answer.status_code == 422
    assert patient.name not in answer.text
    assert after.status_code == 404


async def test_a_hostile_reason_is_text_or_refused(
    portal_system: PortalSystem, scene: Scene
) -> None:
    stranger = scene.user(scene.place())
    patient = scene.person()
    await scene.set()
    ref = await scene.ref(patient)

    async with portal_system.visiting(stranger) as client:
        answer = await _open(client, ref, HOSTILE)

    assert answer.status_code in (303, 422)
    assert "<script>alert" not in answer.text


@pytest.mark.rule("REF-19c")
async def test_who_opens_one_after_another_is_stopped_and_told_why(
    portal_system: PortalSystem, scene: Scene
) -> None:
    stranger = scene.user(scene.place())
    patients = [scene.person() for _ in range(6)]
    await scene.set()
    refs = [await scene.ref(one) for one in patients]

    async with portal_system.visiting(stranger) as client:
        answers = [await _open(client, ref, REASON) for ref in refs]
        last = await client.get(f"/mottagare/{refs[-1]}")

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


async def _open(client: httpx.AsyncClient, ref: str, reason: str) -> httpx.Response:
    page = await client.get(f"/mottagare/{ref}")
    key = _KEY.search(page.text)
    assert key is not None, page.text
    return await client.post(f"/mottagare/{ref}/oppna", data={"_key": key[1], "reason": reason})
