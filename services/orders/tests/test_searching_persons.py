"""REF-2 and REF-19 over HTTP: who is shown of a search, what is logged, and who may open a hit."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from kvitt_contracts.types import PersonRef, RegionCode, Role
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.people.domain import Look, finds_of
from orders.people.models import PersonAccessRow
from orders.people.terms.domain import MOST_HITS, SHOWN_AN_HOUR
from orders.people.terms.models import PersonTermRow
from sqlalchemy import select, text

from contracts.tests.builders.regions import CHILD, OLD_WOMAN, a_person_joined, a_person_stated
from contracts.tests.builders.story import SENDER
from services.orders.tests.builders import an_identity, cared_for
from services.orders.tests.vault import details_in
from services.orders.tests.worlds import CLERK, logged, ref_of

CARE: dict[str, Any] = {"user": SENDER, "roles": [Role.PRESCRIBER]}
OTHER: dict[str, Any] = {"user": "k300ola", "roles": [Role.PRESCRIBER]}
WORDS = {"text": "Tess Tes 1890", "purpose": "new_patient"}


async def search(client: httpx.AsyncClient, text: str = "Tess Testsson") -> dict[str, Any]:
    """The answer of a search."""
    answer = await client.post("/persons:search", json={**WORDS, "text": text})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def names(client: httpx.AsyncClient, text: str) -> list[str]:
    """Who is found."""
    return [hit["name"] for hit in (await search(client, text))["hits"]]


async def terms(world: World) -> set[PersonRef]:
    """Who has terms."""
    async with world.worker.reading(RegionCode("ac")) as session:
        return set(await session.scalars(select(PersonTermRow.person)))


async def listed(world: World) -> list[tuple[str, str, PersonRef | None]]:
    """What the log tells of looks."""
    lines = await world.rows(PersonAccessRow)
    return [(str(one.look), one.purpose, one.person) for one in lines]


@pytest.mark.rule("REF-2d")
@pytest.mark.rule("REF-2b")
@pytest.mark.rule("REF-19i")
async def test_a_hit_tells_persons_apart_is_logged_and_shows_no_number(given: Given) -> None:
    async with given(service) as world, world.http(**CARE) as client:
        await world.handle(a_person_stated(deceased=True), subject="ac-person-1")
        await world.handle(a_person_stated(an_identity(CHILD), name="Bo Barn"), subject="ac-2")
        ref = await ref_of(world)

        answer = await client.post("/persons:search", json=WORDS)

        found = answer.json()
        ((hit,), more) = found["hits"], found["more"]
        assert (hit["person"], hit["name"], hit["born_on"]) == (
            str(ref),
            "Tess Testsson",
            "1890-01-01",
        )
        assert (hit["deceased"], more) == (True, False)
        assert hit.keys() == {"person", "name", "born_on", "city", "protected", "deceased"}
        assert OLD_WOMAN[8:] not in answer.text
        assert await listed(world) == [("listed", "new_patient", ref)]


@pytest.mark.rule("REF-19d")
async def test_a_search_that_finds_nobody_is_a_look_and_says_so(given: Given) -> None:
    async with given(service) as world, world.http(**CARE) as client:
        assert await search(client, "Ingen Alls") == {"hits": [], "more": False}
        assert await listed(world) == [("not_found", "new_patient", None)]


@pytest.mark.rule("REF-2a")
async def test_what_is_stated_anew_finds_a_person_and_what_was_does_not(given: Given) -> None:
    async with given(service) as world, world.http(**CARE) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(name="Tess Nyman"), subject="ac-person-1")

        assert await names(client, "Nyman") == ["Tess Nyman"]
        assert await names(client, "Testsson") == []
        assert await names(client, OLD_WOMAN) == ["Tess Nyman"]


@pytest.mark.rule("REF-2f")
@pytest.mark.rule("REF-19e")
async def test_who_is_protected_is_found_by_the_units_concerned_alone(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(protected=True), subject="ac-person-1")
        await cared_for(world)
        async with world.http(**OTHER) as client:
            outside = await search(client)
            refused = await client.post(
                f"/persons/{await ref_of(world)}:choose", json={"purpose": "new_patient"}
            )
        async with world.http(**CARE) as client:
            inside = await search(client)

        assert outside == {"hits": [], "more": False}
        assert refused.status_code == 404
        ((hit,), _) = inside["hits"], inside["more"]
        assert (hit["protected"], hit["city"]) == (True, None)


@pytest.mark.rule("REF-2f")
async def test_who_is_protected_by_a_merge_has_no_postal_code_to_be_found_by(given: Given) -> None:
    async with given(service) as world, world.http(**CARE) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(
            a_person_stated(an_identity(CHILD), name="Tess Barn", protected=True), subject="ac-2"
        )
        await cared_for(world)
        ref = await ref_of(world)
        address = (await details_in(world, ref)).address
        assert address is not None
        before = await names(client, f"Tess {address.postal_code}")
        await world.handle(a_person_joined("ac-2"), subject="ac-person-1")

        after = await names(client, f"Tess {address.postal_code}")
        assert (before, after) == (["Tess Testsson"], [])
        assert await names(client, "Tess Testsson") == ["Tess Testsson"]
        assert await terms(world) == {await ref_of(world)}  # none of the alias


@pytest.mark.rule("REF-19h")
async def test_a_hit_is_opened_to_whoever_was_shown_it_within_the_hour(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)
        path, why = f"/persons/{ref}:choose", {"purpose": "new_patient"}
        shows = {"refs": [str(ref)], "purpose": "display"}
        async with world.http(**CARE) as client:
            await logged(world, Look.LISTED, at=_minutes_ago(61), person=ref)
            too_late = await client.post(path, json=why)
            await search(client)
            before = (await client.post("/persons:resolve", json=shows)).json()["persons"]
            chosen = await client.post(path, json=why)
            after = (await client.post("/persons:resolve", json=shows)).json()["persons"]
        async with world.http(**OTHER) as client:
            others = await client.post(path, json=why)

        assert (too_late.status_code, others.status_code) == (404, 404)
        assert (chosen.status_code, chosen.json()["person"]) == (200, str(ref))
        assert (before, len(after)) == ([], 1)


@pytest.mark.rule("REF-19i")
async def test_a_hit_by_the_full_number_is_an_opening_by_it(given: Given) -> None:
    async with given(service) as world, world.http(**CARE) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)
        await logged(
            world,
            Look.FOUND,
            at=_minutes_ago(50),
            times=finds_of(is_region_system=False).an_hour - 2,
        )

        await search(client, OLD_WOMAN)
        chosen = await client.post(f"/persons/{ref}:choose", json={"purpose": "new_patient"})
        one_more = await client.post("/persons:search", json={**WORDS, "text": OLD_WOMAN})

        assert (await listed(world)).count(("found", "new_patient", ref)) == 2
        assert (chosen.status_code, one_more.status_code) == (200, 429)


@pytest.mark.rule("REF-19h")
async def test_a_hit_is_opened_for_the_purpose_that_it_was_looked_for(given: Given) -> None:
    async with given(service) as world, world.http(**CLERK) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await client.post("/persons:search", json={**WORDS, "purpose": "case"})
        path = f"/persons/{await ref_of(world)}:choose"

        assert (await client.post(path, json={"purpose": "new_patient"})).status_code == 404
        assert (await client.post(path, json={"purpose": "case"})).status_code == 200


@pytest.mark.rule("REF-19i")
@pytest.mark.parametrize(
    ("look", "an_hour"),
    [
        (Look.LISTED, SHOWN_AN_HOUR.an_hour),
        (Look.NOT_FOUND, finds_of(is_region_system=False).an_hour),
    ],
)
async def test_nobody_reads_the_registry_by_searching(
    given: Given, look: Look, an_hour: int
) -> None:
    async with given(service) as world, world.http(**CARE) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await logged(world, look, at=_minutes_ago(50), times=an_hour - 1)
        last = await client.post("/persons:search", json=WORDS)
        await logged(world, look, at=_minutes_ago(40))
        one_more = await client.post("/persons:search", json=WORDS)

        assert last.status_code == 200
        assert (one_more.status_code, one_more.json()["reason"]) == (429, "TOO_MANY_LOOKS")


@pytest.mark.rule("REF-2c")
@pytest.mark.rule("REF-2d")
@pytest.mark.long(seconds=10)
async def test_the_first_hits_are_shown_of_many_and_too_many_are_refused(given: Given) -> None:
    async with given(service) as world, world.http(**CARE) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await _copied(world, times=MOST_HITS + 5)
        some = await search(client)
        await _copied(world, times=600)
        wide = await client.post("/persons:search", json=WORDS)
        other = await search(client, "Tess Testsson 18900102")

        assert (len(some["hits"]), some["more"]) == (MOST_HITS, True)
        assert (wide.status_code, wide.json()["reason"]) == (422, "SEARCH_TOO_WIDE")
        assert other == {"hits": [], "more": False}
        assert ("not_found", "new_patient", None) in await listed(world)


@pytest.mark.rule("REF-2c")
@pytest.mark.parametrize(
    "wrong", ["", "a" * 10_000, "anna%", "1980", "anna 19800231", "\u202eanna", "👵👵👵"]
)
async def test_bad_input_is_refused_unlogged_and_unrepeated(given: Given, wrong: str) -> None:
    async with given(service) as world, world.http(**CARE) as client:
        answer = await client.post("/persons:search", json={**WORDS, "text": wrong})

        assert answer.status_code == 422
        assert answer.json()["field"] == "text"
        assert answer.json()["way_on"]
        assert not wrong or wrong not in answer.text
        assert await listed(world) == []


async def _copied(world: World, *, times: int) -> None:
    """So many of the same name and birth, in clear as an earlier release stored them, whose numbers
    are others.
    """
    async with world.worker.unit(RegionCode("ac")) as unit:
        await unit.session.execute(
            text(
                "WITH made AS (INSERT INTO person_details SELECT (jsonb_populate_record(p,"
                " jsonb_build_object('person', gen_random_uuid(), 'number_index', '\\x'"
                " || encode(sha256(gen_random_uuid()::text::bytea), 'hex'),"
                " 'name', 'Tess Testsson', 'identity', jsonb_build_object("
                " 'kind', 'personal_number', 'number', CAST(:number AS text)),"
                " 'address', NULL, 'phone', NULL, 'stated_phone', NULL))).*"
                " FROM person_details p CROSS JOIN generate_series(1, :times)"
                " WHERE p.person = (SELECT person FROM person_details"
                " LIMIT 1) RETURNING person)"
                " INSERT INTO person_terms (region, term, person)"
                " SELECT t.region, t.term, made.person FROM made CROSS JOIN"
                " (SELECT DISTINCT region, term FROM person_terms) t"
            ),
            {"times": times, "number": OLD_WOMAN},
        )


def _minutes_ago(minutes: int) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)
