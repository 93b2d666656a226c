"""REF-24: a person is handed what is stored of them, on paper."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest
from kvitt_contracts.types import PatientRecipient, Role
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.erasures.documents import OF_WRITTEN, SAID_IN
from orders.people.corrections import PersonCorrectionRow
from orders.people.domain import Look
from orders.people.keys.sealing import Sealed, SealedForPerson
from orders.people.models import PersonAccessRow, PersonDetailsRow
from pydantic import TypeAdapter

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_device_registered,
    an_article_listed,
)
from contracts.tests.builders.regions import a_person_stated
from contracts.tests.builders.story import SENDING
from documents.tests.reading import pages
from services.orders.tests.builders import an_identity
from services.orders.tests.cases import a_place_of_cases
from services.orders.tests.pickups import DEVICES
from services.orders.tests.worlds import CLERK, MONDAY, placed_over_http, ref_of

FOUND: Final[dict[str, Any]] = {
    "identity": an_identity().model_dump(mode="json"),
    "purpose": "case",
}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A patient with an order and a device."""
    async with given(service, at=MONDAY) as world:
        await a_place_of_cases(world)
        async with world.http(service_points=[SENDING]) as client:
            await placed_over_http(world, client)
        await world.handle(an_article_listed("31222-07", name="Rollator"))
        await world.handle(a_device_registered(DEVICES[0], article="31222-07"))
        lent = a_custody(PatientRecipient(person=await ref_of(world)), customer=SENDING)
        await world.handle(a_custody_changed_by_order(DEVICES[0], to=lent))
        yield world


@pytest.mark.rule("REF-24d")
async def test_customer_service_hands_a_person_what_is_stored_of_them_and_that_is_logged(
    world: World,
) -> None:
    ref = await ref_of(world)
    async with world.http(**CLERK) as clerk:
        await clerk.post("/persons:find", json=FOUND)
        await clerk.post(f"/persons/{ref}:contact", json={"phone": "070-174 06 05"})
        answer = await clerk.post(f"/persons/{ref}:print-extract")
    async with world.http(roles=[Role.PRESCRIBER]) as prescriber:
        denied = await prescriber.post(f"/persons/{ref}:print-extract")

    assert answer.status_code == 200, answer.text
    assert denied.status_code == 403
    assert answer.headers["cache-control"] == "no-store"
    page = " ".join(pages(answer.content))
    for text in (
        "Namn Tess Testsson Nummer 18900101-9802",
        f"Lager Hjälpmedel hos dig {DEVICES[0]} 31222-07 Rollator",
        "Beställningar Beställning eller uttag",
        "Telefon en användare",
        "070-174 06 05",
        "Du söktes upp med ditt personnummer",
        "Något registrerades eller beslutades om en order eller ett uttag",
    ):
        assert text in page
    assert CLERK["user"] not in page  # who it was is not said
    (line,) = [row for row in await world.rows(PersonAccessRow) if row.look is Look.EXPORTED]
    assert (line.user_id, line.act) == (CLERK["user"], "orders.person.print-extract")


@pytest.mark.rule("REF-24d")
async def test_what_was_written_of_them_stands_on_it(world: World) -> None:
    ref = await ref_of(world)
    case = {
        "kind": "other",
        "about": {"kind": "person", "id": str(ref)},
        "service_point": SENDING,
        "text": "Ring Anhörigholm.",
    }
    async with world.http(service_points=[SENDING]) as unit:
        asked = await unit.post("/cases", json=case)
    async with world.http(**CLERK) as clerk:
        await clerk.post("/persons:find", json=FOUND)
        answer = await clerk.post(f"/persons/{ref}:print-extract")

    assert asked.is_success, asked.text
    page = " ".join(pages(answer.content))
    assert "Ärende hos kundtjänst Ring Anhörigholm." in page


def test_whatever_is_written_of_a_person_has_a_name_on_paper() -> None:
    rows = set(SealedForPerson.__subclasses__()) - {PersonDetailsRow, PersonCorrectionRow}

    assert {getattr(row, "__tablename__") for row in rows} == set(OF_WRITTEN)  # noqa: B009


def test_no_field_that_somebody_writes_freely_in_is_left_off_the_paper() -> None:
    rows = SealedForPerson.__subclasses__()
    kept: list[Sealed[Any]] = [getattr(row, name) for row in rows for name in row.sealed]

    free = {name for one in kept for name in free_fields(TypeAdapter(one.annotation).json_schema())}

    assert "need" in free  # in an application, which is optional
    assert free <= SAID_IN


def free_fields(part: Any, name: str = "") -> Iterator[str]:
    """The properties of a JSON schema that take any text up to a length: others have a form."""
    if part.get("type") == "string" and "maxLength" in part and name:
        yield name
    for key, one in {**part.get("properties", {}), **part.get("$defs", {})}.items():
        yield from free_fields(one, key)
    for one in (*part.get("anyOf", ()), *part.get("oneOf", ()), part.get("items")):
        if one is not None:
            yield from free_fields(one, name)


@pytest.mark.rule("REF-24d")
async def test_nobody_is_handed_who_was_not_opened_and_of_who_is_protected_little_stands(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(
            a_person_stated(protected=True, phone="070-174 06 05"), subject="ac-person-1"
        )
        ref = await ref_of(world)
        async with world.http(**CLERK) as clerk:
            closed = await clerk.post(f"/persons/{ref}:print-extract")
            await clerk.post("/persons:find", json=FOUND)
            answer = await clerk.post(f"/persons/{ref}:print-extract")

    assert closed.status_code == 404
    page = " ".join(pages(answer.content))
    assert "Namn Tess Testsson" in page
    assert "070-174 06 05" not in page
    assert "Adress" not in page
    assert page.count("regionen lämnar ut det på annat sätt") == 2
    assert "regionen lämnar ut loggen på annat sätt" in page


@pytest.mark.rule("REF-24d", "REF-24e")
async def test_what_a_person_has_said_of_who_sees_stands_on_it(world: World) -> None:
    ref = await ref_of(world)
    block = {"service_point": SENDING, "asked_by": "patient", "asked_on": "2026-03-02"}
    consent = {"service_point": SENDING, "until_on": "2026-03-20", "opens_blocks": True}
    async with world.http(**CLERK) as clerk:
        await clerk.post("/persons:find", json=FOUND)
        said = [
            await clerk.post(f"/persons/{ref}/blocks", json=block),
            await clerk.post(f"/persons/{ref}/consents", json=consent),
        ]
        answer = await clerk.post(f"/persons/{ref}:print-extract")

    assert [one.is_success for one in said] == [True, True]
    page = " ".join(pages(answer.content))
    assert f"Spärr av vad enheten har om dig {SENDING}" in page
    assert "begärd 2026-03-02 gäller" in page
    assert "Samtycke, också till det spärrade" in page
    assert "till och med 2026-03-20 gäller" in page
