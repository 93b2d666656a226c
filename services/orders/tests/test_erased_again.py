"""REF-23i: a restore undoes no erasure. Who is erased by what orders has said is found in a
database from before, and erased anew.
"""

from typing import Any
from uuid import UUID

import httpx
import pytest
from kvitt_chassis.consuming.replaying import Said
from kvitt_contracts.orders import PersonErased, PersonRegistered
from kvitt_contracts.types import PersonRef, Role
from kvitt_testkit.reconciled import SaidBefore, found_by
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.people.domain import Look
from orders.people.keys.models import PersonKeyRow
from orders.people.models import PersonAccessRow, PersonDetailsRow, PersonRow
from sqlalchemy import text

from contracts.tests.builders.regions import a_person_stated
from services.orders.tests.test_erasing import (
    an_order_with_texts,
    assert_persons_are_folds,
)
from services.orders.tests.worlds import MONDAY, ref_of

SYSTEM: dict[str, Any] = {"user": "ac-system", "roles": [Role.REGION_SYSTEM]}
EVENT = UUID("4f0b2d6e-6a52-4f0b-9b55-2f1e5a3c7b11")
WHY = "Återläsning av orders"


def told(*lines: tuple[PersonRef, int, str, str | None]) -> SaidBefore:
    """What stands on orders.persons: reference, number, type, and what it came of."""
    heard = SaidBefore()
    heard.lines = [
        Said(str(ref), seq, "ac", kind, "{}", event_id=EVENT, caused_by=cause)
        for ref, seq, kind, cause in lines
    ]
    return heard


async def found(world: World, said: SaidBefore) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.key, one.fields) for one in await found_by(world, "erasures", said=said)]


async def erased_again(world: World, ref: PersonRef, **body: Any) -> httpx.Response:
    async with world.http(**SYSTEM) as client:
        return await client.post(f"/persons/{ref}:erase-again", json={"why": WHY, **body})


async def test_who_is_erased_by_what_was_said_and_is_here_is_found(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)
        said = told((ref, 2, PersonErased.wire_type, None))

        before = await found(world, said)
        answer = await erased_again(world, ref, seq=2, event_id=str(EVENT))

        assert before == [(str(ref), ("key", "details", "is_known", f"said@2/{EVENT}"))]
        assert answer.status_code == 200, answer.text
        assert await found(world, said) == []
        assert not await world.rows(PersonDetailsRow) + await world.rows(PersonKeyRow)
        await assert_persons_are_folds(world)


@pytest.mark.rule("REF-23i")
@pytest.mark.parametrize("left", ["person_keys", "person_details", "persons"])
async def test_whatever_of_an_erased_person_is_here_is_found(given: Given, left: str) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)
        column = {"person_keys": "key", "person_details": "details", "persons": "is_known"}
        async with world.worker.unit() as unit:
            for table in sorted({"person_keys", "person_details"} - {left}):
                await unit.session.execute(text(f"DELETE FROM {table}"))
            if left != "persons":
                await unit.session.execute(text("UPDATE persons SET is_erased = true"))

        assert await found(world, told((ref, 2, PersonErased.wire_type, None))) == [
            (str(ref), (column[left], f"said@2/{EVENT}"))
        ]


@pytest.mark.rule("REF-23i")
async def test_it_is_told_under_the_number_and_the_id_that_it_was_told_before(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)

        await erased_again(world, ref, seq=4, event_id=str(EVENT))

        async with world.worker.reading() as session:
            rows = await session.execute(text(_ERASED), {"type": PersonErased.wire_type})
            assert [(row.seq, row.event_id) for row in rows] == [(4, EVENT)]
        (row,) = await world.rows(PersonRow)
        assert (row.seq, row.is_erased) == (4, True)


async def test_where_the_number_is_taken_it_is_told_as_new(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)

        await erased_again(world, ref, seq=1, event_id=str(EVENT))

        assert await world.events(PersonErased) == [PersonErased(person=ref)]
        await assert_persons_are_folds(world)


@pytest.mark.rule("REF-23i")
async def test_who_is_stated_by_the_message_that_an_erased_one_was_stated_by_is_found(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)
        async with world.worker.reading() as session:
            rows = await session.execute(text(_CAUSE), {"type": PersonRegistered.wire_type})
            cause = str(rows.scalar_one())
        before = PersonRef(UUID(int=7))
        said = told(
            (before, 1, PersonRegistered.wire_type, cause),
            (before, 2, PersonErased.wire_type, None),
        )

        assert await found(world, said) == [(str(ref), ("stated_before",))]
        await erased_again(world, ref)
        assert await found(world, said) == []


async def test_who_was_never_erased_is_not_found(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)

        assert await found(world, told((ref, 1, PersonRegistered.wire_type, "m-1"))) == []


async def test_nothing_open_stands_against_it_and_it_is_logged(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, _ = await an_order_with_texts(world)

        assert (await erased_again(world, ref)).status_code == 200

        (line,) = [one for one in await world.rows(PersonAccessRow) if one.look is Look.ERASED]
        assert (line.user_id, line.person, line.reason) == ("ac-system", ref, WHY)


_ERASED = "SELECT seq, event_id FROM events WHERE type = :type"
_CAUSE = "SELECT causation_id FROM events WHERE type = :type"
