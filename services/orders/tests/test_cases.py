"""CAS-1, ACT-9: what users ask of customer service, on real PostgreSQL."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from kvitt_contracts.orders import (
    AnswerCase,
    AskCase,
    CaseAsked,
    NamedThing,
    WithdrawCase,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Reference, Role, ServicePointId, Thing, UserId, Word
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.cases.domain import Status
from orders.cases.models import CaseRow

from contracts.tests.builders.regions import a_customer_stated, a_user_stated
from contracts.tests.builders.story import (
    OUTSIDER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    case_id,
    device_id,
    order_id,
    pickup_id,
)
from services.orders.tests.pickups import DEVICES, a_request, devices_on_loan
from services.orders.tests.worlds import MONDAY, place

COLLEAGUE = "k083abc"
C1 = case_id("C-1")
MINE: dict[str, Any] = {
    "user": SENDER,
    "roles": [Role.PRESCRIBER],
    "service_points": [SENDING],
}
OURS: dict[str, Any] = {**MINE, "user": COLLEAGUE}
THEIRS: dict[str, Any] = {**MINE, "user": OUTSIDER, "service_points": [RECEIVING]}
STAFF: dict[str, Any] = {
    "user": SERVICE,
    "roles": [Role.CUSTOMER_SERVICE],
    "service_points": [SENDING],
}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A patient with devices on loan, an order and a pickup, on a Monday; and another unit."""
    async with given(service, at=MONDAY) as world:
        await devices_on_loan(world)
        await world.handle(a_user_stated(COLLEAGUE), subject=COLLEAGUE)
        await world.handle(a_customer_stated(RECEIVING, store=None), subject=RECEIVING)
        await world.handle(a_user_stated(OUTSIDER, RECEIVING), subject=OUTSIDER)
        await place(world, "ORD-A")
        await world.handle(a_request(), subject="H-1")
        yield world


def a_question(
    kind: str = "deviation", about: tuple[str, str] | None = ("order", "ORD-A"), **others: Any
) -> AskCase:
    """A unit's message that asks customer service for something."""
    values: dict[str, Any] = {
        "kind": Word(kind),
        "about": NamedThing(kind=Word(about[0]), reference=Reference(about[1])) if about else None,
        "service_point": ServicePointId(SENDING),
        "by": UserId(SENDER),
    }
    return AskCase(**{**values, **others})


async def asked(world: World, subject: str = "C-1", **others: Any) -> None:
    """A case that waits."""
    await world.handle(a_question(**others), subject=subject)


async def refusal(world: World, message: Any, subject: str = "C-1") -> tuple[str, str, str | None]:
    """Reason, rule and field of a refused message."""
    with pytest.raises(Refused) as refused:
        await world.handle(message, subject=subject)
    return refused.value.reason, refused.value.rule, refused.value.field


async def case(world: World, subject: str = "C-1") -> CaseRow:
    """The case that was asked by a reference."""
    return await world.row(CaseRow, case_id(subject))


ANSWER = AnswerCase(outcome=Word("done"), by=UserId(SERVICE))
WITHDRAW = WithdrawCase(by=UserId(SENDER))


# -- asked ---------------------------------------------------------------------------------------


@pytest.mark.rule("CAS-1a")
@pytest.mark.rule("ACT-9a")
async def test_a_case_is_asked_from_where_it_arises_and_waits(world: World) -> None:
    await asked(world, kind="deviation", about=("order", "ORD-A"))
    await asked(world, "C-2", kind="complaint", about=("device", DEVICES[0]))
    await asked(world, "C-3", kind="urgent", about=("pickup", "H-1"))

    events = await world.events(CaseAsked)
    assert [event.about for event in events] == [
        Thing(kind=Word("order"), id=order_id("ORD-A")),
        Thing(kind=Word("device"), id=device_id(DEVICES[0])),
        Thing(kind=Word("pickup"), id=pickup_id("H-1")),
    ]
    assert (await case(world)).status is Status.WAITING
    await assert_rows_are_folds(world)
