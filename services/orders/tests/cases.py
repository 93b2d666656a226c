"""Cases, for who asks, answers or offers in them."""

from typing import Any

from kvitt_contracts.orders import (
    AnswerCase,
    AskCase,
    NamedThing,
    WithdrawCase,
)
from kvitt_contracts.types import (
    Reference,
    Role,
    ServicePointId,
    UserId,
    Word,
)
from kvitt_testkit.world import World
from orders.cases.models import CaseRow

from contracts.tests.builders.regions import a_customer_stated, a_user_stated
from contracts.tests.builders.story import (
    OUTSIDER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    case_id,
)
from services.orders.tests.pickups import a_request, devices_on_loan
from services.orders.tests.worlds import place, refused

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


async def a_place_of_cases(world: World) -> None:
    """A patient with devices on loan, an order and a pickup, on a Monday; and another unit."""
    await devices_on_loan(world)
    await world.handle(a_user_stated(COLLEAGUE), subject=COLLEAGUE)
    await world.handle(a_customer_stated(RECEIVING, store=None), subject=RECEIVING)
    await world.handle(a_user_stated(OUTSIDER, RECEIVING), subject=OUTSIDER)
    await place(world, "ORD-A")
    await world.handle(a_request(), subject="H-1")


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
    """Reason, rule and field of a message about a case that is refused."""
    return await refused(world, message, subject)


async def case(world: World, subject: str = "C-1") -> CaseRow:
    """The case that was asked by a reference."""
    return await world.row(CaseRow, case_id(subject))


ANSWER = AnswerCase(outcome=Word("done"), by=UserId(SERVICE))
WITHDRAW = WithdrawCase(by=UserId(SENDER))
