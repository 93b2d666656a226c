"""REF-19: who opens a person by number or in an emergency, for how long, how often; and the log."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from kvitt_chassis.metrics import REGISTRY
from kvitt_contracts.types import PersonRef, Role, UserId
from kvitt_testkit.world import REGION, Given
from orders.app import service
from orders.people.domain import EMERGENCIES, MISSES, OPEN_FOR, Look, finds_of
from orders.people.models import PersonAccessRow

from contracts.tests.builders.regions import OLD_WOMAN, a_person_stated
from contracts.tests.builders.story import SENDER
from services.orders.tests.builders import an_identity, registry
from services.orders.tests.worlds import CLERK, MONDAY, logged, patient, placed_over_http, ref_of

USER = UserId(SENDER)
CARE: dict[str, Any] = {"user": USER, "roles": [Role.PRESCRIBER]}
SYSTEM: dict[str, Any] = {"user": "system", "roles": ["region_system"]}
WHO = {"identity": an_identity().model_dump(mode="json"), "purpose": "new_patient"}
REASON = {"reason": "Respiratorn larmar, vårdas på akuten"}
FINDS = finds_of(is_region_system=False).an_hour
ADDITION: tuple[str, dict[str, Any], int] = (
    "/persons",
    {
        "identity": WHO["identity"],
        "name": "Testa Hundraåring",
        "home_region": "ac",
        "asked_by": USER,
    },
    201,
)


async def resolved(client: httpx.AsyncClient, ref: PersonRef) -> bool:
    """Whether a person is shown."""
    body = {"refs": [str(ref)], "purpose": "display"}
    return bool((await client.post("/persons:resolve", json=body)).json()["persons"])


def minutes_ago(minutes: int) -> datetime:
    """Of real time."""
    return datetime.now(UTC) - timedelta(minutes=minutes)


@pytest.mark.rule("REF-19b")
async def test_who_finds_a_person_by_number_may_see_them_and_nobody_else_may(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)
        async with world.http(**CARE) as client:
            before = await resolved(client, ref)
            found = await client.post("/persons:find", json=WHO)
            after = await resolved(client, ref)
            shown = await client.get(f"/persons/{ref}")
        async with world.http(user="k300ola", roles=[Role.PRESCRIBER]) as client:
            others = await resolved(client, ref)

        assert (before, after, others) == (False, True, False)
        assert (found.json()["person"], shown.status_code) == (str(ref), 200)


@pytest.mark.rule("REF-19b")
@pytest.mark.rule("REF-19c")
@pytest.mark.parametrize("look", [Look.FOUND, Look.OPENED])
@pytest.mark.parametrize("is_over", [False, True])
async def test_an_opening_lasts_a_days_work(given: Given, look: Look, is_over: bool) -> None:
    a_while = timedelta(minutes=10)
    async with given(service) as world, world.http(**CARE) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)
        ago = OPEN_FOR + a_while if is_over else OPEN_FOR - a_while
        await logged(world, look, at=datetime.now(UTC) - ago, person=ref)

        assert await resolved(client, ref) is not is_over


@pytest.mark.rule("REF-19b")
@pytest.mark.parametrize(
    ("who", "purpose", "status"),
    [
        (CARE, "new_patient", 200),
        (CLERK, "new_patient", 200),
        (CLERK, "case", 200),
        (SYSTEM, "case", 200),
        (CARE, "case", 403),
        (SYSTEM, "new_patient", 403),
        (CARE, "curiosity", 422),
        (CARE, None, 422),
    ],
)
async def test_a_number_is_looked_for_with_a_purpose_of_ones_role(
    given: Given, who: dict[str, Any], purpose: str | None, status: int
) -> None:
    async with given(service) as world, world.http(**who) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")

        answer = await client.post("/persons:find", json={**WHO, "purpose": purpose})

        assert answer.status_code == status


@pytest.mark.rule("REF-19d")
async def test_a_number_that_nobody_has_is_logged_as_any_look(given: Given) -> None:
    async with given(service) as world, world.http(**CARE) as client:
        answer = await client.post("/persons:find", json=WHO)

        assert answer.status_code == 404
        (line,) = await world.rows(PersonAccessRow)
        assert (line.user_id, line.look, line.person) == (USER, "not_found", None)
        assert OLD_WOMAN not in str(vars(line)) + answer.text


@pytest.mark.rule("REF-19d")
async def test_looks_are_counted_by_what_came_of_them(given: Given) -> None:
    def count(look: str) -> float:
        labels = {"service": "orders", "region": REGION, "look": look}
        return REGISTRY.get_sample_value("person_looks_total", labels) or 0.0

    async with given(service) as world, world.http(**CARE) as client:
        before = {look: count(look) for look in ("not_found", "out_of_reach", "too_many")}
        await client.post("/persons:find", json=WHO)
        await resolved(client, PersonRef(uuid4()))
        await logged(world, Look.FOUND, at=minutes_ago(1), times=FINDS)
        await client.post("/persons:find", json=WHO)

        assert {look: count(look) - before[look] for look in before} == dict.fromkeys(before, 1)


LIMITED = [
    ("/persons:find", WHO, Look.FOUND, FINDS),
    ("/persons:find", WHO, Look.NOT_FOUND, FINDS),
    ("/persons/{ref}:open", REASON, Look.OPENED, EMERGENCIES.an_hour),
    ("/persons:resolve", {"purpose": "display"}, Look.OUT_OF_REACH, MISSES.an_hour),
]


@pytest.mark.rule("REF-19b")
@pytest.mark.parametrize(("path", "body", "look", "an_hour"), LIMITED)
async def test_a_user_has_so_many_looks_in_an_hour(
    given: Given, path: str, body: dict[str, Any], look: Look, an_hour: int
) -> None:
    async with given(service) as world, world.http(**CARE) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = str(await ref_of(world))
        asked = {**body, "refs": [ref]} if "resolve" in path else body
        await logged(world, look, at=minutes_ago(61), times=3)
        await logged(world, look, at=minutes_ago(50), times=an_hour - 1)
        last = await client.post(path.format(ref=ref), json=asked)
        await logged(world, look, at=minutes_ago(40))
        one_more = await client.post(path.format(ref=ref), json=asked)
        async with world.http(user="k300ola", roles=[Role.PRESCRIBER]) as other:
            others = await other.post(path.format(ref=ref), json=asked)

        assert (last.status_code, others.status_code) == (200, 200)
        problem = one_more.json()
        assert (one_more.status_code, problem["reason"], problem["rule"]) == (
            429,
            "TOO_MANY_LOOKS",
            "REF-19",
        )
        assert 0 < int(one_more.headers["Retry-After"]) <= 10 * 60
        assert "Försök igen efter klockan" in problem["way_on"]


@pytest.mark.rule("REF-19b")
@pytest.mark.parametrize(("path", "body", "status"), [("/persons:find", WHO, 200), ADDITION])
async def test_what_is_asked_for_at_once_is_counted_one_by_one(
    given: Given, path: str, body: dict[str, Any], status: int
) -> None:
    async with given(service) as world, world.http(user=USER) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await logged(world, Look.FOUND, at=minutes_ago(1), times=FINDS - 2)

        answers = await asyncio.gather(*(client.post(path, json=body) for _ in range(6)))

        assert Counter(answer.status_code for answer in answers) == {status: 2, 429: 4}


@pytest.mark.rule("REF-19b")
async def test_adding_a_person_whom_the_registry_has_is_a_look_by_number(given: Given) -> None:
    path, body, _ = ADDITION
    key = {"Idempotency-Key": "the-first"}
    async with given(service) as world, world.http(user=USER) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        added = await client.post(path, json=body, headers=key)
        opened = await resolved(client, await ref_of(world))
        await logged(world, Look.ADDED, at=minutes_ago(1), times=FINDS - 1)
        one_more = await client.post(path, json=body)
        again = await client.post(path, json=body, headers=key)

        assert (added.status_code, opened, one_more.status_code) == (201, True, 429)
        assert (again.status_code, again.json()) == (201, added.json())


@pytest.mark.rule("REF-19d")
async def test_who_tries_references_has_no_more_misses_by_opening_them(given: Given) -> None:
    async with given(service) as world, world.http(**CARE) as client:
        await logged(world, Look.OUT_OF_REACH, at=minutes_ago(1), times=MISSES.an_hour - 1)

        last = await client.post(f"/persons/{uuid4()}:open", json=REASON)
        one_more = await client.post(f"/persons/{uuid4()}:open", json=REASON)

        assert (last.status_code, one_more.status_code) == (404, 429)


@pytest.mark.rule("REF-19c")
async def test_a_person_is_opened_in_an_emergency_with_a_reason_that_is_logged(
    given: Given,
) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(), subject="ac-person-2")
        ref, alias = await ref_of(world), await ref_of(world, "ac-person-2")
        async with world.http(**CARE) as client:
            opened = await client.post(f"/persons/{alias}:open", json=REASON)
            seen = await resolved(client, ref)
        async with world.http(**CLERK) as client:
            log = await client.get("/person-accesses", params={"look": "opened"})

        assert (opened.status_code, seen) == (200, True)
        assert opened.json()["person"] == str(ref)
        lasts = datetime.fromisoformat(opened.json()["until"]) - datetime.now(UTC)
        assert OPEN_FOR - timedelta(minutes=5) < lasts <= OPEN_FOR
        (line,) = log.json()["items"]
        assert (line["user_id"], line["reason"], line["person"]) == (
            USER,
            REASON["reason"],
            str(ref),
        )


@pytest.mark.rule("REF-19c")
@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "behövs"}])
async def test_nobody_is_opened_without_a_reason(given: Given, body: dict[str, str]) -> None:
    async with given(service) as world, world.http(**CARE) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)

        answer = await client.post(f"/persons/{ref}:open", json=body)

        assert (answer.status_code, answer.json()["field"]) == (422, "reason")
        assert not await resolved(client, ref)


@pytest.mark.rule("REF-19d")
async def test_an_opening_of_nobody_is_logged(given: Given) -> None:
    nobody = uuid4()
    async with given(service) as world, world.http(**CARE) as client:
        answer = await client.post(f"/persons/{nobody}:open", json=REASON)

        assert answer.status_code == 404
        (line,) = await world.rows(PersonAccessRow)
        assert (line.look, line.person) == ("out_of_reach", nobody)


@pytest.mark.rule("REF-19g")
async def test_the_log_has_real_time_whatever_business_time_is(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http(**CARE) as client:
        before = datetime.now(UTC)
        await client.post("/persons:find", json=WHO)

        (line,) = await world.rows(PersonAccessRow)
        assert before <= line.at <= datetime.now(UTC)


@pytest.mark.rule("REF-19f")
@pytest.mark.parametrize(("phone", "lines"), [("070-1740605", 1), (None, 0)])
async def test_a_phone_that_is_changed_by_an_order_is_logged(
    given: Given, phone: str | None, lines: int
) -> None:
    async with given(service, at=MONDAY) as world, world.http(**CARE) as client:
        await registry(world)
        await placed_over_http(world, client, delivery={"recipient_phone": phone})
        await placed_over_http(world, client, delivery={"recipient_phone": phone})

        edits = [one for one in await world.rows(PersonAccessRow) if one.look is Look.EDITED]
        assert [(one.user_id, str(one.person)) for one in edits] == [
            (USER, await patient(world))
        ] * lines
