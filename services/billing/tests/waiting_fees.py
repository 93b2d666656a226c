"""A patient's device whose fee waits, and its return."""

from kvitt_contracts.envelope import Event
from kvitt_testkit.world import World

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_custody_changed_by_return,
    a_device_registered,
    an_article_listed,
    numbered,
)
from contracts.tests.builders.orders import a_delayed_line, an_order_with_a_delayed_fee
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.story import CENTRAL, ROLLATOR


async def received_device(
    world: World, number: str = "75082", *, order: str = "O-1", change: int = 1
) -> None:
    """A patient has had a device since 2 March, and is to pay for it later."""
    custody = a_custody(since="2026-03-02")
    (lent,) = numbered(a_custody_changed_by_order(number, to=custody), first=change)
    await world.handle_all(
        an_article_listed(),
        a_device_registered(number, store=CENTRAL),
        an_order_with_a_delayed_fee(
            a_delayed_line(ROLLATOR, marked=True, order=order), reference=order
        ),
        lent,
        a_line_delivered(order, article=ROLLATOR, devices=(number,), on="2026-03-02"),
    )


def back(number: str = "75082", *, on: str, had_since: str = "2026-03-02") -> Event:
    """The device is in the store again."""
    before = a_custody(since=had_since)
    returned = a_custody_changed_by_return(number, store=CENTRAL, since=on, before=before)
    (told,) = numbered(returned, first=2)
    return told
