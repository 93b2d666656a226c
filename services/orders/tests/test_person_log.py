"""The log of persons as evidence: what is done about them has its row, from which unit and by which
act; it is chained, thinned by the database alone, and told to the person (REF-21).
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from kvitt_chassis import driver
from kvitt_chassis.evidence.chain import Fault, Keys
from kvitt_chassis.evidence.heads import Witness
from kvitt_chassis.evidence.sealer import Sealer, head_of
from kvitt_chassis.evidence.verifying import Evidence, Verified
from kvitt_chassis.models import Aggregate
from kvitt_chassis.operating.evidence import as_ecs
from kvitt_contracts.orders import PurchaseOrderCreated
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import PatientRecipient, RegionCode, Role
from kvitt_testkit.world import REGION, Given, World
from orders.app import service
from orders.attaching.api import READING
from orders.blocks.handlers import EMERGENCY_BLOCK
from orders.care.looks import EMERGENCY
from orders.care.models import CareDeviceRow
from orders.erasures.exports import EXPORT
from orders.erasures.handlers import ERASE, ERASE_AGAIN
from orders.extracts.api import EXTRACT
from orders.extracts.words import OF_LOOKS, OF_NOUNS, OF_PURPOSES, said_of
from orders.people.domain import Finding, Look, Purpose
from orders.people.done import AboutPersons
from orders.people.handlers import ADD_PERSON, MERGE
from orders.people.log import PERSON_LOG
from orders.people.models import PersonAccessRow
from orders.people.writes import EDIT_CONTACT
from orders.reviews.handlers import LOG_REVIEW
from sqlalchemy import text

from contracts.tests.builders.bmb import a_transfer_accepted, a_transfer_drafted, a_transfer_sent
from contracts.tests.builders.purchases import with_purchasing_store
from contracts.tests.builders.regions import CHILD, OLD_WOMAN, a_person_joined, a_person_stated
from contracts.tests.builders.story import SENDER, SENDING, SERVICE, device_id
from services.orders.tests.builders import an_identity, cared_for, registry
from services.orders.tests.cases import ANSWER, a_place_of_cases, asked
from services.orders.tests.pickups import DEVICES
from services.orders.tests.purchases import a_purchase, ordered, what_can_be_bought
from services.orders.tests.worlds import CLERK, MONDAY, logged, place, placed_over_http, ref_of

KEYS: Final = Keys.of("5e" * 32, service="orders")
CODE: Final = RegionCode(REGION)
SYSTEM: Final[dict[str, Any]] = {"user": "ac-system", "roles": [Role.REGION_SYSTEM]}
LONG_AGO: Final = datetime(2014, 5, 1, tzinfo=UTC)


async def done(world: World) -> list[PersonAccessRow]:
    """What was done about persons."""
    return [row for row in await world.rows(PersonAccessRow) if row.look is Look.DONE]


def a_sealer(world: World) -> Sealer:
    """The sealer of the log of persons."""
    return Sealer([PERSON_LOG], database=world.worker, keys=KEYS, witness=Witness(None))


async def verified(world: World) -> Verified:
    """What a walk of the region's chain finds."""
    evidence = Evidence(
        logs=[PERSON_LOG], keys=KEYS, witness=Witness(None), policies=world.policies
    )
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    async with driver.transaction(world.worker.engine, begin, end="ROLLBACK") as session:
        (found,) = await evidence.verify(session, region=CODE)
    return found


@pytest.mark.rule("REF-21a")
async def test_an_order_is_logged_of_its_recipient_with_unit_and_act_whichever_way_it_comes(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        ref = await ref_of(world)
        async with world.http(service_points=[SENDING]) as client:
            await placed_over_http(world, client)
        await place(world)

        over_http, over_kafka = await done(world)

    for line in (over_http, over_kafka):
        assert (line.user_id, line.unit, line.person) == (SENDER, SENDING, ref)
        assert (line.act, line.purpose) == ("orders.order.place", "orders.order.placed.v1")


@pytest.mark.rule("REF-21a")
async def test_what_is_asked_about_a_persons_thing_is_logged_of_them(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await a_place_of_cases(world)
        await asked(world, kind="other", about=("device", DEVICES[0]))
        await world.handle(ANSWER, subject="C-1")
        (ref,) = {
            one.person
            for one in await world.rows(CareDeviceRow)
            if one.device_id == device_id(DEVICES[0])
        }

        lines = [line for line in await done(world) if line.purpose.startswith("orders.case")]

    assert {(line.purpose, line.user_id, line.person) for line in lines} == {
        ("orders.case.asked.v1", SENDER, ref),
        ("orders.case.answered.v1", SERVICE, ref),
    }
    assert said_of(Look.DONE, "orders.case.asked.v1").endswith("om ett ärende hos kundtjänst")


@pytest.mark.rule("REF-21a")
async def test_what_is_bought_for_a_person_is_logged_of_them(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=MONDAY, policies=with_purchasing_store(policies)) as world:
        await what_can_be_bought(world)
        await ordered(world)
        await world.handle(a_purchase(1), subject="I-1")

        bought = [one for one in await done(world) if one.purpose == PurchaseOrderCreated.wire_type]

        assert [(one.user_id, one.person) for one in bought] == [(SENDER, await ref_of(world))]


@pytest.mark.rule("REF-21a")
def test_what_is_done_with_whatever_names_a_person_is_logged() -> None:
    rows = [
        mapper for mapper in service.base.registry.mappers if issubclass(mapper.class_, Aggregate)
    ]
    naming: set[type[Any]] = {
        mapper.class_
        for mapper in rows
        if {"person", "persons", "recipient_person"} & set(mapper.columns.keys())
    }

    assert naming == {mapper.class_ for mapper in rows if issubclass(mapper.class_, AboutPersons)}


@pytest.mark.rule("REF-21a")
async def test_a_look_is_logged_with_the_unit_and_the_act_that_it_was(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        await registry(world)
        ref = await cared_for(world)

        await client.post("/persons:resolve", json={"refs": [str(ref)], "purpose": "display"})

        (line,) = [row for row in await world.rows(PersonAccessRow) if row.look is Look.SHOWN]
        assert (line.unit, line.act) == (SENDING, "orders.persons.resolve")


@pytest.mark.rule("REF-21a")
async def test_what_is_done_about_persons_elsewhere_is_logged_when_it_is_heard(
    given: Given,
) -> None:
    async with given(service) as world:
        await registry(world)
        ref = await ref_of(world)
        holder = PatientRecipient(person=ref)
        await world.handle(a_transfer_drafted(current_recipient=holder), actor=SENDER)
        await world.handle(a_transfer_sent(), actor=SENDER)
        await world.handle(a_transfer_accepted())  # by itself

        lines = await done(world)

    assert [line.purpose for line in lines] == ["bmb.transfer.drafted.v1", "bmb.transfer.sent.v1"]
    assert {(line.user_id, line.unit, line.person) for line in lines} == {(SENDER, SENDING, ref)}


@pytest.mark.rule("REF-21a")
async def test_that_two_references_became_one_is_logged_once_of_who_stays(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(an_identity(CHILD)), subject="ac-person-2")

        await world.handle(a_person_joined("ac-person-2"), subject="ac-person-1")

        (line,) = [row for row in await world.rows(PersonAccessRow) if row.look is Look.MERGED]
        assert line.person == await ref_of(world)


@pytest.mark.rule("REF-21c")
async def test_what_is_old_is_replaced_by_a_stone_and_the_chain_holds(given: Given) -> None:
    async with given(service) as world:
        await logged(world, Look.FOUND, at=LONG_AGO, times=3)
        await logged(world, Look.FOUND, at=datetime.now(UTC) - timedelta(days=1), times=2)
        sealer = a_sealer(world)
        assert await sealer.seal(PERSON_LOG, CODE) == 5

        assert await sealer.thin(datetime.now(UTC)) == 3

        found = await verified(world)
        assert (found.length, found.thinned, found.broken) == (5, 3, None)
        assert len(await world.rows(PersonAccessRow)) == 2
        await logged(world, Look.FOUND, at=datetime.now(UTC))
        assert await sealer.seal(PERSON_LOG, CODE) == 1
        assert (await verified(world)).length == 6


@pytest.mark.rule("REF-21c")
async def test_nobody_removes_what_the_law_has_kept_for_five_years(given: Given) -> None:
    seven_years_ago, four_years_ago = (
        datetime.now(UTC) - timedelta(days=years * 365) for years in (7, 4)
    )
    async with given(service) as world:
        for at in (LONG_AGO, seven_years_ago, four_years_ago):
            await logged(world, Look.FOUND, at=at)
        sealer = a_sealer(world)
        await sealer.seal(PERSON_LOG, CODE)

        with pytest.raises(Exception, match="kept for 5 years"):
            await sealer.thin_until(PERSON_LOG, CODE, datetime.now(UTC))

        assert len(await world.rows(PersonAccessRow)) == 3
        assert await sealer.thin(datetime.now(UTC)) == 1  # the policy keeps ten
        found = await verified(world)
        assert (found.thinned, found.broken) == (1, None)


@pytest.mark.rule("REF-21b")
async def test_a_row_that_is_put_in_with_an_old_time_is_found(given: Given) -> None:
    async with given(service) as world:
        await logged(world, Look.FOUND, at=datetime.now(UTC))
        await a_sealer(world).seal(PERSON_LOG, CODE)
        await logged(world, Look.FOUND, at=datetime.now(UTC) - timedelta(days=2))
        await a_sealer(world).seal(PERSON_LOG, CODE)

        found = (await verified(world)).broken

        assert found is not None
        assert found.fault is Fault.INSERTED


@pytest.mark.rule("REF-21d")
async def test_a_person_is_told_when_from_where_and_for_what_and_that_is_logged(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        ref = await ref_of(world)
        async with world.http(service_points=[SENDING]) as client:
            await placed_over_http(world, client)

        async with world.http(**CLERK) as clerk:
            first = await clerk.get(f"/persons/{ref}/accesses")
            again = await clerk.get(f"/persons/{ref}/accesses", params={"limit": 1})
            nobody = await clerk.get("/persons/00000000-0000-4000-8000-000000000000/accesses")
        async with world.http(roles=[Role.PRESCRIBER]) as prescriber:
            denied = await prescriber.get(f"/persons/{ref}/accesses")

    assert first.status_code == 200, first.text
    line = first.json()["items"][-1]
    assert (line["unit"], line["unit_name"] is None) == (SENDING, False)
    assert line["what"] == "Något registrerades eller beslutades om en order eller ett uttag"
    assert SENDER not in first.text  # who it was is not said
    assert again.json()["items"][0]["what"].endswith("för ett utdrag ur loggen")
    assert again.json()["next"] is not None
    assert (nobody.status_code, denied.status_code) == (404, 403)


@pytest.mark.rule("REF-21d")
async def test_where_who_is_protected_is_cared_for_is_told_through_the_region_alone(
    given: Given,
) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(protected=True), subject="ac-person-1")
        ref = await ref_of(world)
        await logged(world, Look.SHOWN, at=datetime.now(UTC), person=ref)

        async with world.http(**CLERK) as clerk:
            seen = (await clerk.get(f"/persons/{ref}/accesses")).json()["items"]
        async with world.http(**SYSTEM) as system:
            told = (await system.get(f"/persons/{ref}/accesses")).json()["items"]

    assert seen == []
    assert len(told) == 2  # the extract that customer service tried is one of them


@pytest.mark.rule("REF-21e")
async def test_the_regions_monitoring_reads_it_in_order_without_anybodys_data(
    given: Given,
) -> None:
    async with given(service) as world:
        await registry(world)
        async with world.http() as client:
            who = {"identity": an_identity().model_dump(mode="json"), "purpose": "new_patient"}
            await client.post("/persons:find", json=who)
            reason = {"reason": f"Larmar, {OLD_WOMAN[:8]} vårdas på akuten"}
            await client.post(f"/persons/{await ref_of(world)}:open", json=reason)
        await a_sealer(world).seal(PERSON_LOG, CODE)
        async with world.worker.reading() as session:
            head = await head_of(session, f"person_accesses/{REGION}")
            rows = (
                await session.execute(
                    text(
                        "SELECT l.*, to_jsonb(t)::text AS content FROM log_links AS l JOIN"
                        " person_accesses AS t ON t.access_id::text = l.row_key ORDER BY l.position"
                    )
                )
            ).all()

    found, opened = [as_ecs(PERSON_LOG, row, service="orders") for row in rows]
    assert head is not None
    assert [found["event"]["sequence"], opened["event"]["sequence"]] == [1, head.position]
    assert found["event"]["action"] == "orders.person.find"
    assert (found["user"]["id"], found["organization"]["id"]) == (SENDER, SENDING)
    assert opened["kvitt"]["look"] == "opened"
    assert OLD_WOMAN[:8] not in json.dumps([found, opened])


@pytest.mark.rule("REF-21d")
def test_every_kind_of_line_is_said_in_words() -> None:
    assert set(OF_LOOKS) == {None, *Look}
    emergencies = {EMERGENCY, EMERGENCY_BLOCK}
    by_hand = {ADD_PERSON, EDIT_CONTACT, ERASE, ERASE_AGAIN, EXPORT, EXTRACT, LOG_REVIEW, MERGE}
    looks = {READING, *(one.value for one in (*Purpose, *Finding))}
    assert emergencies | by_hand | looks == set(OF_PURPOSES)
    assert said_of(Look.SHOWN, "display") == (
        "Dina uppgifter visades vid en order, ett hjälpmedel eller ett byte"
    )
    assert said_of(Look.DONE, "bmb.transfer.sent.v1").endswith(OF_NOUNS["bmb.transfer"])
