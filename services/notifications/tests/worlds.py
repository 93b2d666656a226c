"""The states that tests of notifications begin with, and what was posted and reported."""

from kvitt_contracts.envelope import Event
from kvitt_contracts.notifications import (
    MessageKind,
    MessagePosted,
    MessagePostedV2,
    ToServicePoint,
    ToStaff,
    ToUser,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.regions import OrderReported, TransferReported
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.bmb import a_transfer_drafted
from services.notifications.tests.builders import a_request, a_sent_transfer

AT = stockholm("2026-05-07 10:00")


async def told(world: World) -> list[tuple[str, MessageKind]]:
    """Whom was told what, in order."""
    both = (MessagePosted, MessagePostedV2)
    events: list[Event] = await world.events()
    posted = [one for one in events if isinstance(one, both)]
    return [(whom(one.to), MessageKind(one.message)) for one in posted]


def whom(to: ToUser | ToServicePoint | ToStaff) -> str:
    match to:
        case ToUser():
            return to.user_id
        case ToServicePoint():
            return to.service_point
        case ToStaff():
            return to.duty


async def order_statuses(world: World) -> list[str]:
    """What the region was told of its orders."""
    return [one.status for one in await world.events(OrderReported)]


async def transfer_statuses(world: World) -> list[str]:
    """What the region was told of its transfers."""
    return [one.status for one in await world.events(TransferReported)]


async def sent(world: World, policies: Policies, *, region: str = "ac") -> None:
    """A transfer that its receiver can see."""
    await world.handle_all(
        a_transfer_drafted(),
        a_request(policies, region=region),
        a_sent_transfer(policies, region=region),
        region=region,
    )
