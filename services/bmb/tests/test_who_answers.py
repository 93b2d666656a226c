"""Who answers for a service point, on a real database and over HTTP: named, absent, gone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from asyncpg.exceptions import UniqueViolationError
from bmb.app import service as bmb
from bmb.domain import Status
from bmb.models import TransferRow
from bmb.responsibles.domain import responsibles_id
from bmb.responsibles.models import ResponsiblesRow
from kvitt_contracts.bmb import RejectTransfer, ResponsiblesSet
from kvitt_contracts.envelope import Message
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import RegionCode, Role, UserId
from kvitt_testkit.world import World, an_envelope, assert_rows_are_folds, stockholm, wait_for
from sqlalchemy import text

from contracts.tests.builders.inventory import a_device_registered, a_hold_granted
from contracts.tests.builders.orders import a_customer_registered, a_user_registered
from contracts.tests.builders.regions import a_responsibles_stated
from contracts.tests.builders.story import (
    OTHER,
    OUTSIDER,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    STAND_IN,
    SUBSTITUTE,
    transfer_id,
)
from services.bmb.tests.worlds import (
    Registered,
    a_save,
    an_accept,
    refusal,
    registered,
    sent,
    status,
)

__all__ = ["registered"]

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
ADDRESS = f"/responsibles/{RECEIVING}"
AWAY = {"stand_in": STAND_IN, "absent_from_on": "2026-05-04", "absent_to_on": "2026-05-05"}
ROLES = {RECEIVER: Role.PRESCRIBER, SUBSTITUTE: Role.PRESCRIBER, STAND_IN: Role.REQUESTER}


async def team(world: World, **changes: Any) -> None:
    """Three work at the receiving service point, which has named RECEIVER and SUBSTITUTE."""
    for user, role in ROLES.items():
        await world.handle(a_user_registered(user, RECEIVING, role=role))
    stated = a_responsibles_stated(**{"substitutes": (SUBSTITUTE,), **changes})
    await world.handle(stated, subject=RECEIVING)


@asynccontextmanager
async def working(
    world: World, user: str, point: str = RECEIVING
) -> AsyncIterator[httpx.AsyncClient]:
    """A user who works there."""
    role = ROLES.get(user, Role.PRESCRIBER)
    async with world.http(user=user, roles=[role], service_points=[point]) as client:
        yield client


@asynccontextmanager
async def service(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at customer service."""
    roles = [Role.CUSTOMER_SERVICE]
    async with world.http(user=SERVICE, roles=roles, service_points=[SENDING]) as client:
        yield client


async def row(world: World) -> ResponsiblesRow:
    """Who answers for the receiving service point, as it is stored."""
    return await world.row(ResponsiblesRow, responsibles_id(RegionCode("ac"), RECEIVING))


# -- who may acknowledge -------------------------------------------------------------------------


@pytest.mark.rule("BMB-9a", "BMB-9d")
@pytest.mark.parametrize("by", [RECEIVER, SUBSTITUTE])
async def test_those_who_share_it_accept(registered: Registered, by: str) -> None:
    async with registered() as world:
        await team(world)
        await sent(world)
        await world.handle(an_accept(by=by), subject="BMB-1")

        assert await status(world) is Status.ACCEPTED


@pytest.mark.rule("BMB-9a")
async def test_a_colleague_who_is_none_of_them_neither_accepts_nor_rejects(
    registered: Registered,
) -> None:
    async with registered() as world:
        await team(world)
        await sent(world)
        for command in (
            an_accept(by=STAND_IN),
            RejectTransfer(by=UserId(STAND_IN), message="Fel enhet"),
        ):
            refused = await refusal(world, command)

            assert (refused.reason, refused.rule, refused.field) == (
                "NOT_RESPONSIBLE",
                "BMB-9",
                "by",
            )
            assert RECEIVER in refused.way_on
        assert await status(world) is Status.SENT


@pytest.mark.rule("BMB-9a", "BMB-10a")
async def test_the_stand_in_accepts_from_the_first_day_of_absence_and_not_before(
    registered: Registered,
) -> None:
    async with registered() as world:
        await team(world, **AWAY)
        await sent(world)
        await world.advance(stockholm("2026-05-03 23:59"))
        refused = await refusal(world, an_accept(by=STAND_IN))
        await world.advance(stockholm("2026-05-04 00:00"))
        await world.handle(an_accept(by=STAND_IN), subject="BMB-1")

        assert refused.reason == "NOT_RESPONSIBLE"
        assert await status(world) is Status.ACCEPTED


@pytest.mark.rule("BMB-9a", "BMB-4o")
async def test_who_sends_accepts_at_once_only_where_he_answers(registered: Registered) -> None:
    at_once = a_save(devices=("170077",), new_prescriber=None, accept_for=SENDING)
    async with registered() as world:
        await world.handle(a_device_registered("170077"))
        await world.handle(a_user_registered(SUBSTITUTE, SENDING))
        to_patient = at_once.model_copy(update={"new_recipient": _patient()})
        stated = a_responsibles_stated(SENDING, main=SUBSTITUTE)
        await world.handle(stated, subject=SENDING)
        refused = await refusal(world, to_patient)
        stated = a_responsibles_stated(SENDING, main=SENDER, version=2)
        await world.handle(stated, subject=SENDING)
        await world.handle(to_patient, subject="BMB-1")
        await world.handle(a_hold_granted("170077"))

        assert (refused.reason, refused.rule) == ("NOT_RESPONSIBLE", "BMB-9")
        assert await status(world) is Status.ACCEPTED


def _patient() -> Any:
    return a_save(new_recipient={"kind": "patient", "person": "P-30771"}).new_recipient


# -- who says so ---------------------------------------------------------------------------------


@pytest.mark.rule("BMB-9b", "BMB-9h")
async def test_the_main_hands_over_and_is_not_the_main_any_more(registered: Registered) -> None:
    async with registered() as world:
        await team(world)
        async with working(world, RECEIVER) as client:
            handed = await client.put(ADDRESS, json={"main": SUBSTITUTE, "substitutes": [RECEIVER]})
            again = await client.put(ADDRESS, json={"main": RECEIVER})

        assert (handed.status_code, handed.json()["main"]) == (200, SUBSTITUTE)
        assert (again.status_code, again.json()["reason"]) == (409, "NOT_RESPONSIBLE")
        assert SUBSTITUTE in again.json()["way_on"]
        assert (await row(world)).main == SUBSTITUTE


@pytest.mark.rule("BMB-9h", "BMB-9f")
async def test_where_nobody_is_named_whoever_works_there_names_them(registered: Registered) -> None:
    async with registered() as world:
        for user, role in ROLES.items():
            await world.handle(a_user_registered(user, RECEIVING, role=role))
        async with working(world, STAND_IN) as client:
            before = (await client.get(ADDRESS)).json()
            answer = await client.put(ADDRESS, json={"main": RECEIVER, **AWAY})

        assert (before["main"], before["acts_today"], before["is_vacant"]) == (None, [], False)
        assert answer.status_code == 200, answer.text
        assert answer.json()["acts_today"] == [RECEIVER]
        assert answer.json() | AWAY == answer.json()
        (event,) = await world.events(ResponsiblesSet)
        assert (event.main, event.by, event.asked_by) == (RECEIVER, STAND_IN, None)


@pytest.mark.rule("BMB-9h", "REF-12m")
async def test_customer_service_names_them_for_who_asked(registered: Registered) -> None:
    async with registered() as world:
        await team(world)
        async with service(world) as client:
            without = await client.put(ADDRESS, json={"main": SUBSTITUTE})
            unknown = await client.put(ADDRESS, json={"main": SUBSTITUTE, "asked_by": "nobody"})
            done = await client.put(ADDRESS, json={"main": SUBSTITUTE, "asked_by": RECEIVER})

        assert (without.status_code, without.json()["field"]) == (422, "asked_by")
        assert (unknown.json()["reason"], unknown.json()["field"]) == ("UNKNOWN_USER", "asked_by")
        assert done.status_code == 200, done.text
        event = (await world.events(ResponsiblesSet))[-1]
        assert (event.by, event.asked_by) == (SERVICE, RECEIVER)


@pytest.mark.parametrize(
    ("body", "status_code", "field"),
    [
        ({"main": "nobody"}, 422, "main"),
        ({"main": OUTSIDER}, 422, "main"),
        ({"main": RECEIVER, "substitutes": [OUTSIDER]}, 422, "substitutes"),
        ({"main": RECEIVER, **AWAY, "stand_in": OUTSIDER}, 422, "stand_in"),
        ({"main": RECEIVER, **AWAY, "absent_to_on": None}, 422, "absent_to_on"),
        ({"main": RECEIVER, **AWAY, "absent_to_on": "2026-05-03"}, 422, "absent_to_on"),
        ({"main": RECEIVER, **AWAY, "absent_to_on": "2031-05-03"}, 422, "absent_to_on"),
        ({"substitutes": [RECEIVER]}, 422, "main"),
    ],
)
async def test_what_is_wrong_is_refused_by_field_and_changes_nothing(
    registered: Registered, body: dict[str, Any], status_code: int, field: str
) -> None:
    async with registered() as world:
        await team(world)
        async with working(world, RECEIVER) as client:
            answer = await client.put(ADDRESS, json=body)

        assert (answer.status_code, answer.json()["field"]) == (status_code, field), answer.text
        assert answer.json()["way_on"]
        assert (await row(world)).seq == 1


async def test_only_at_a_service_point_somebody_answers(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_customer_registered("40999", is_service_point=False))
        async with service(world) as client:
            body = {"main": RECEIVER, "asked_by": RECEIVER}
            ward = await client.put("/responsibles/40999", json=body)
            nowhere = await client.put("/responsibles/40998", json=body)

        assert (ward.status_code, ward.json()["reason"]) == (422, "NOT_A_SERVICE_POINT")
        assert nowhere.status_code == 404


async def test_what_a_region_states_of_another_subject_is_refused(registered: Registered) -> None:
    async with registered() as world:
        with pytest.raises(Refused, match="SUBJECT_DIFFERS"):
            await world.handle(a_responsibles_stated(), subject=OTHER)


@pytest.mark.rule("BMB-9b")
async def test_two_who_name_themselves_at_once_are_not_both_main(registered: Registered) -> None:
    async with registered() as world:
        for user in (RECEIVER, SUBSTITUTE):
            await world.handle(a_user_registered(user, RECEIVING))
        async with working(world, RECEIVER) as one, working(world, SUBSTITUTE) as other:
            answers = await asyncio.gather(
                one.put(ADDRESS, json={"main": RECEIVER}),
                other.put(ADDRESS, json={"main": SUBSTITUTE}),
            )

        assert sorted(each.status_code for each in answers) == [200, 409]
        (event,) = await world.events(ResponsiblesSet)
        assert (await row(world)).main == event.main


@pytest.mark.rule("BMB-9b")
async def test_the_database_refuses_a_second_main(registered: Registered) -> None:
    async with registered() as world:
        await team(world)
        second = ResponsiblesRow(region=RegionCode("ac"), id=UUID(int=1), seq=1, **_second())
        with pytest.raises(UniqueViolationError, match="uq_one_main"):
            async with world.worker.unit() as unit:
                unit.session.add(second)


def _second() -> dict[str, Any]:
    return {"service_point": RECEIVING, "main": SUBSTITUTE, "substitutes": ()}


# -- who has left --------------------------------------------------------------------------------


@pytest.mark.rule("BMB-9g")
@pytest.mark.parametrize(
    "left",
    [
        a_user_registered(RECEIVER, RECEIVING, active=False),
        a_user_registered(RECEIVER, OTHER),
        a_user_registered(RECEIVER, RECEIVING, role="customer_service"),
    ],
    ids=["inactive", "elsewhere", "another role"],
)
async def test_when_the_main_leaves_nobody_is_main_and_the_substitutes_answer(
    registered: Registered, left: Any
) -> None:
    async with registered() as world:
        await team(world, **AWAY)
        await sent(world, new_prescriber=SUBSTITUTE)
        await world.handle(left)
        async with working(world, SUBSTITUTE) as client:
            shown = (await client.get(ADDRESS)).json()
            story = (await client.get(f"/transfers/{transfer_id()}/story")).json()
            transfer = (await client.get(f"/transfers/{transfer_id()}")).json()
            named = await client.put(ADDRESS, json={"main": SUBSTITUTE})

        assert (shown["main"], shown["is_vacant"], shown["contact"]) == (None, True, None)
        assert shown["acts_today"] == [SUBSTITUTE]
        assert story["next"][0] == {"at": None, "what": f"Kvitteras av {SUBSTITUTE}."}
        assert (transfer["responsibles"], transfer["contact"]) == ([SUBSTITUTE], None)
        assert named.status_code == 200


@pytest.mark.rule("BMB-9g")
async def test_who_leaves_another_unit_answers_here_as_before(registered: Registered) -> None:
    async with registered() as world:
        await team(world)
        await world.handle(a_user_registered(RECEIVER, RECEIVING, OTHER))
        await world.handle(a_user_registered(RECEIVER, RECEIVING))

        assert (await row(world)).main == RECEIVER
        assert len(await world.events(ResponsiblesSet)) == 1


def _naming() -> tuple[Message, str]:
    return a_responsibles_stated(main=SUBSTITUTE, version=2), RECEIVING


def _leaving() -> tuple[Message, str]:
    return a_user_registered(SUBSTITUTE, OTHER), SUBSTITUTE


@pytest.mark.rule("BMB-9g")
@pytest.mark.parametrize("has_named", [False, True], ids=["the first", "others before"])
@pytest.mark.parametrize(
    ("first", "meanwhile"),
    [(_naming, _leaving), (_leaving, _naming)],
    ids=["leaves while named", "is named while leaving"],
)
async def test_who_leaves_and_is_named_at_once_has_no_part_afterwards(
    registered: Registered,
    first: Callable[[], tuple[Message, str]],
    meanwhile: Callable[[], tuple[Message, str]],
    has_named: bool,
) -> None:
    async with registered() as world:
        for user in (RECEIVER, SUBSTITUTE):
            await world.handle(a_user_registered(user, RECEIVING))
        if has_named:
            await world.handle(a_responsibles_stated(), subject=RECEIVING)
        async with world.worker.unit() as unit:
            message, subject = first()
            envelope = an_envelope(message, subject=subject)
            tx = unit.begin(region=envelope.region, message=envelope)
            route = bmb.handlers.messages[type(message)]
            await unit.load_ahead([(route, message, tx)])
            await route.handler(message, tx)
            other, of = meanwhile()
            task = asyncio.create_task(world.handle(other, subject=of))

            async def has_come_as_far_as_it_can() -> bool:
                async with world.worker.reading() as session:
                    blocked: int = (await session.execute(_WAITING)).scalar_one()
                return task.done() or blocked > 0

            await wait_for(has_come_as_far_as_it_can)
            if task.done():  # and what it leads to is over, too
                await world.fire_timers()
        await task
        await world.fire_timers()

        assert (await row(world)).main is None
        await assert_rows_are_folds(world)


async def test_a_transfer_is_answered_by_who_answers_when_it_is_answered(
    registered: Registered,
) -> None:
    async with registered() as world:
        await team(world)
        await sent(world)
        await world.handle(a_responsibles_stated(main=STAND_IN, version=2), subject=RECEIVING)
        refused = await refusal(world, an_accept(by=RECEIVER))
        await world.handle(an_accept(by=STAND_IN), subject="BMB-1")

        assert refused.reason == "NOT_RESPONSIBLE"
        assert (await world.row(TransferRow, transfer_id())).status is Status.ACCEPTED
