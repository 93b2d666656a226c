"""Logg: who reviews the log reads it, judges a line, draws a sample, sees which units are left; and
customer service hands a person what is stored of them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from kvitt_chassis.operating.masking import holds_personal_number
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.types import Word

from documents.tests.reading import pages
from portal.tests.browser import MakeActor
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Patient, Place, Scene
from portal.tests.system import PortalSystem

REASON = "Respiratorn larmar, vårdas på akuten."
PAGE = "/logg"
CLERK = "kundtjanst1"


@dataclass(frozen=True, slots=True)
class Logged:
    """A reviewer, and a patient whom somebody has opened in an emergency."""

    scene: Scene
    place: Place
    reviewer: str
    looked: str
    patient: Patient
    ref: str


@pytest_asyncio.fixture(loop_scope="session")
async def logged(scene: Scene) -> Logged:
    """The test's own unit, patient and reviewer."""
    place = scene.place("Intensiven")
    looked = scene.user(place, name="Nils Nödöppnare")
    reviewer = scene.user(place, name="Doris Dataskydd", roles=(), duties=(Word("log_reviewer"),))
    patient = scene.person("Tess Testsson-Loggad")
    await scene.set()
    ref = await scene.ref(patient)
    async with scene.system.visiting(looked, region=scene.region) as client:
        answer = await client.post(f"/mottagare/{ref}/oppna", data={"reason": REASON})
        assert answer.status_code == 303
    return Logged(scene, place, reviewer, looked, patient, ref)


@pytest.mark.rule("REF-21f")
async def test_an_emergency_is_found_and_its_review_registered(
    actor: MakeActor, logged: Logged
) -> None:
    doris = await actor(logged.reviewer)
    await doris.is_at(PAGE)  # nothing else waits for who reviews the log
    await doris.accessible()
    await doris.goes(f"{PAGE}?user_id={logged.looked}&look=opened")
    await doris.sees("Nödöppning", within="Nils Nödöppnare")
    await doris.sees_no(logged.patient.name)
    await doris.picture("log-list")
    await doris.accessible()

    await doris.click("Granska", within="Nils Nödöppnare")
    await doris.sees(logged.patient.name)
    await doris.sees(REASON)
    await doris.picture("log-line")
    await doris.accessible()
    await doris.click("Registrera granskningen")
    await doris.sees("Välj vad granskningen kom fram till.")
    await doris.accessible()
    await doris.tick("Ska utredas")
    await doris.choose("Vad som görs nu", "Fråga enhetschefen")
    await doris.fill("Diarienummer", "hsn 2026/114")
    await doris.click("Registrera granskningen")

    await doris.sees("Granskningen är registrerad.")
    await doris.sees("Ska utredas", within="Nils Nödöppnare")
    await doris.goes(f"{PAGE}/enheter")
    await doris.sees_no("Ingen rad granskad", within="Intensiven")
    await doris.picture("log-units")
    await doris.accessible()


@pytest.mark.rule("REF-21f")
async def test_a_persons_lines_are_found_by_number_which_stands_in_no_address(
    actor: MakeActor, logged: Logged
) -> None:
    doris = await actor(logged.reviewer, at=PAGE)
    await doris.click("Sök en persons rader")
    await doris.fill("Personnummer", logged.patient.hyphenated)
    await doris.click("Sök i loggen")

    await doris.sees("Bara rader om en person")
    await doris.sees("Nils Nödöppnare")
    assert not holds_personal_number(doris.page.url)
    assert await doris.goes(f"/mottagare/{logged.ref}") == 404  # the search opens nobody


@pytest.mark.rule("REF-21f")
async def test_a_sample_is_drawn_and_its_lines_are_shown(actor: MakeActor, logged: Logged) -> None:
    day = stockholm_day(datetime.now(UTC)).isoformat()
    doris = await actor(logged.reviewer, at=f"{PAGE}/stickprov")
    await doris.fill("Första dagen", day)
    await doris.fill("Sista dagen", day)
    await doris.fill("Bara från en enhet", logged.place.id)
    await doris.click("Dra stickprov")

    await doris.sees("stickprovets rader")
    await doris.sees("Nils Nödöppnare")
    await doris.goes(f"{PAGE}/stickprov")
    await doris.sees("0 av", within="Intensiven")
    await doris.picture("log-samples")
    await doris.accessible()


@pytest.mark.rule("REF-18p")
async def test_the_log_is_of_who_reviews_it_alone(
    portal_system: PortalSystem, logged: Logged
) -> None:
    for user in (logged.looked, CLERK):
        async with portal_system.visiting(user, region=logged.scene.region) as client:
            for page in (
                PAGE,
                f"{PAGE}/stickprov",
                f"{PAGE}/enheter",
                f"{PAGE}/rader/{logged.ref}",
            ):
                answer = await client.get(page)
                assert (answer.status_code, answer.headers["location"]) == (303, "/mina-uppgifter")
            number = {"number": logged.patient.number}
            days = {"first": "2026-05-01", "last": "2026-05-02", "size": "20"}
            review = {"outcome": "in_order"}
            sent = [
                await client.post(f"{PAGE}/person", data=number),
                await client.post(f"{PAGE}/stickprov", data=days),
                await client.post(f"{PAGE}/rader/{logged.ref}", data=review),
            ]
            assert [one.status_code for one in sent] == [403, 403, 403]


async def test_what_is_wrong_is_said_beside_the_field(
    portal_system: PortalSystem, logged: Logged
) -> None:
    async with portal_system.visiting(logged.reviewer, region=logged.scene.region) as client:
        number = await client.post(f"{PAGE}/person", data={"number": "hej"})
        days = {"first": "2026-05-02", "last": "2026-05-01", "size": "20"}
        backwards = await client.post(f"{PAGE}/stickprov", data=days)
        nobody = await client.get(f"{PAGE}/rader/{logged.ref}")
        hostile = await client.get(PAGE, params={"user_id": HOSTILE["script"], "first": "x"})

    assert "Skriv personnumret med 12 siffror." in number.text
    assert "högst ett år isär" in backwards.text
    assert [one.status_code for one in (number, backwards, nobody)] == [422, 422, 404]
    assert HOSTILE["script"] not in hostile.text
    assert hostile.status_code < 500


@pytest.mark.rule("REF-24d")
async def test_customer_service_hands_a_person_what_is_stored_of_them(
    actor: MakeActor, portal_system: PortalSystem, logged: Logged
) -> None:
    kim = await actor(CLERK)
    await kim.fill("Sök personnummer", logged.patient.number)
    await kim.press("Enter")
    await kim.sees("Lämna ut uppgifterna")
    await kim.picture("recipient-hand-out")
    await kim.accessible()
    async with portal_system.visiting(CLERK, region=logged.scene.region) as client:
        answer = await client.post(f"/mottagare/{logged.ref}/uppgifter")

    assert answer.headers["content-type"] == "application/pdf"
    page = " ".join(pages(answer.content))
    assert f"Namn {logged.patient.name}" in page
    assert "Dina uppgifter öppnades i en nödsituation" in page
    assert "Nils Nödöppnare" not in page
