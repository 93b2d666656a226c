"""REF-9, REF-19: orders tells the others whose identity is protected, whenever that was stated."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from kvitt_contracts.orders import PersonProtectionChanged, PersonRegistered
from kvitt_contracts.types import RegionCode
from kvitt_testkit.upgrades import migration
from kvitt_testkit.world import REGION, Given, World, assert_rows_are_folds
from orders.app import service
from orders.people.domain import Look
from orders.people.models import PersonDetailsRow, PersonRow
from sqlalchemy import text

from contracts.tests.builders.regions import a_person_joined, a_person_stated
from services.orders.tests.builders import a_reserve_number
from services.orders.tests.worlds import CLERK, logged, ref_of


async def changes(world: World) -> list[tuple[UUID, bool]]:
    """Of whom what was emitted."""
    return [
        (event.person, event.is_protected) for event in await world.events(PersonProtectionChanged)
    ]


@pytest.mark.rule("REF-19e")
@pytest.mark.parametrize("is_protected", [True, False])
async def test_a_person_is_registered_as_protected(given: Given, is_protected: bool) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(protected=is_protected), subject="ac-person-1")

        (event,) = await world.events(PersonRegistered)
        assert event.is_protected is is_protected
        assert await changes(world) == []
        await assert_rows_are_folds(world)


@pytest.mark.rule("REF-19e")
async def test_it_is_emitted_when_a_person_becomes_protected_and_when_no_more(
    given: Given,
) -> None:
    async with given(service) as world:
        for version, is_protected in enumerate([False, True, True, False], 1):
            stated = a_person_stated(version=version, protected=is_protected)
            await world.handle(stated, subject="ac-person-1")

        ref = await ref_of(world)
        assert await changes(world) == [(ref, True), (ref, False)]
        await assert_rows_are_folds(world)


@pytest.mark.rule("REF-19e")
async def test_whom_a_protected_person_turns_out_to_be_is_protected(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(protected=True), subject="ac-person-2")

        assert await changes(world) == [(await ref_of(world), True)]


@pytest.mark.rule("REF-19e")
@pytest.mark.parametrize("who", [CLERK, {"user": "op", "roles": ["ops"]}])
async def test_the_log_of_looks_does_not_tell_who_cares_for_a_protected_person(
    given: Given, who: dict[str, Any]
) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(a_reserve_number(), protected=True), subject="ac-2")
        await world.handle(a_person_joined("ac-person-1"), subject="ac-2")
        refs = [await ref_of(world, named) for named in ("ac-2", "ac-person-1")]
        for ref in refs:
            await logged(world, Look.SHOWN, at=datetime.now(UTC), person=ref)
            await logged(world, Look.FOUND, at=datetime.now(UTC), person=ref, user=who["user"])

        async with world.http(**who) as client:
            log = (await client.get("/person-accesses")).json()
            asked = [
                (await client.get("/person-accesses", params={"person": str(ref)})).json()
                for ref in refs
            ]

        others = [
            line
            for line in log["items"]
            if line["user_id"] != who["user"] and line["look"] != "merged"
        ]
        said = [(line["person"], line["person_is_withheld"]) for line in others]
        assert said == [(None, True), (None, True)]
        for found in asked:  # by either reference what was seen of the person by both
            assert [line["user_id"] for line in found["items"]] == [who["user"]] * 2
            assert {line["person"] for line in found["items"]} == {str(ref) for ref in refs}
            assert found["total"] == 2


async def test_a_join_leaves_the_one_that_stays_as_it_is(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(protected=True), subject="ac-person-1")
        await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-2")
        await world.handle(a_person_joined("ac-person-2"), subject="ac-person-1")

        assert await changes(world) == []
        assert (await world.row(PersonRow, await ref_of(world))).is_protected


@pytest.mark.rule("REF-9a", "REF-19e")
async def test_who_turns_out_to_be_a_protected_person_is_protected(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        stated = a_person_stated(a_reserve_number(), protected=True)
        await world.handle(stated, subject="ac-person-2")
        await world.handle(a_person_joined("ac-person-2"), subject="ac-person-1")

        ref = await ref_of(world)
        assert await changes(world) == [(ref, True)]
        assert (await world.row(PersonDetailsRow, ref)).protected
        await assert_rows_are_folds(world)


@pytest.mark.rule("REF-19e")
@pytest.mark.parametrize("is_protected", [True, False])
async def test_who_was_protected_before_it_was_told_is_told_after_the_upgrade(
    given: Given, is_protected: bool
) -> None:
    async with given(service, at=datetime.now(UTC) + timedelta(days=1)) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)
        async with world.worker.unit(RegionCode(REGION)) as unit:
            details = await unit.session.get(PersonDetailsRow, (REGION, ref))
            assert details is not None
            details.protected = is_protected  # as an earlier release stored it
            await unit.session.flush()
            await unit.session.execute(text(migration("orders", "0010").TELL_WHO_IS_PROTECTED))

        assert await world.fire_timers() == is_protected

        assert await changes(world) == [(ref, True)] * is_protected
        await assert_rows_are_folds(world)
