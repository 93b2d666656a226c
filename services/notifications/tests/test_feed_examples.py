"""The examples of what a region's feed tells of its things are what notifications says: in these
words and with the same fields given, after events that their owners emit. What the feed says of a
region's own messages is asked of running services in tests/journeys.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from kvitt_contracts.envelope import Message
from kvitt_contracts.examples import Example, examples, examples_of
from kvitt_contracts.policy import Policies
from kvitt_contracts.regions import MessageRefused, MessageSettled, TransferReported
from kvitt_contracts.topics import REGION_EVENTS
from kvitt_testkit.world import Given
from notifications.app import service

from contracts.tests.builders.bmb import (
    a_transfer_executed_automatically,
    a_transfer_line_dropped,
    a_transfer_lines_rejected,
)
from contracts.tests.builders.pickups import a_pickup_registered, a_relatives_pickup
from contracts.tests.builders.purchases import (
    a_direct_order,
    an_order_line_planned,
    an_order_line_voided,
)
from contracts.tests.builders.shapes import lines
from contracts.tests.builders.story import RECEIVER
from services.notifications.tests.worlds import AT, sent

WORDS = ("status", "kind", "supply", "how", "ordered_by", "cause", "outcome", "reason")
"""Fields whose words an integrator's program decides by."""

EXAMPLES = examples_of(
    kind for kind in REGION_EVENTS.types if kind not in (MessageRefused, MessageSettled)
)


def heard(*names: str) -> Sequence[Message]:
    """What is said in these examples: `orders.order.placed.v1/to-a-care-unit`."""
    found = {
        f"{one.wire_type}/{one.case}": one.message
        for name in names
        for one in examples(name.partition("/")[0])
    }
    return [found[name] for name in names]


PERSON = "orders.person.registered.v1/active"
ORDER = (PERSON, "orders.order.placed.v1/central-store-two-lines")
PLANNED = (*ORDER, "orders.order.planned.v1/first-date")
DEVICE = (PERSON, "inventory.device.registered.v1/received-into-central-store")
DELIVERED = (*DEVICE, "inventory.device.custody-changed.v1/delivered")

STORIES: Mapping[str, Sequence[Message]] = {
    "region.basket.reported.v1/overdue": heard(
        "orders.basket-loan.requested.v1/typical",
        "orders.basket-loan.opened.v1/typical",
        "orders.basket-loan.overdue.v1/typical",
    ),
    "region.charge.reported.v1/fee": heard(*ORDER, "billing.charge.deferred.v1/fee"),
    "region.custody.reported.v1/delivered": heard(*DELIVERED),
    "region.custody.reported.v1/returned": heard(
        *DELIVERED, "inventory.device.custody-changed.v1/returned"
    ),
    "region.device.reported.v1/renumbered": heard(
        *DEVICE, "inventory.device.renumbered.v1/typical"
    ),
    "region.device.reported.v1/scrapped": heard(
        *DEVICE, "inventory.device.status-changed.v1/scrapped"
    ),
    "region.invoice.reported.v1/issued": heard("billing.invoice.issued.v2/typical"),
    "region.order-line.reported.v1/delivered": heard(
        *ORDER, "inventory.reservation.line-delivered.v1/marked-device"
    ),
    "region.order-line.reported.v1/voided": (
        a_direct_order(),
        an_order_line_planned(),
        an_order_line_voided(),
    ),
    "region.order.reported.v1/registered": heard(*PLANNED),
    "region.order.reported.v1/delivered": heard(*PLANNED, "orders.order.delivered.v1/all-lines"),
    "region.pickup.reported.v1/registered": (a_relatives_pickup(), a_pickup_registered()),
    "region.purchase-order.reported.v1/sent": heard(
        *ORDER, "orders.purchase-order.created.v1/typical", "orders.purchase-order.sent.v1/typical"
    ),
    "region.receipt.reported.v1/reported": heard(
        *ORDER, "orders.order.receipt-reported.v1/typical"
    ),
    "region.stock.reported.v1/received": heard("inventory.stock-move.recorded.v1/received"),
    "region.stocktaking.reported.v1/posted": heard(
        "inventory.stocktaking.planned.v1/typical", "inventory.stocktaking.posted.v1/typical"
    ),
    "region.work-order.reported.v1/repair": heard(
        PERSON,
        "orders.work-order.registered.v1/repair",
        "orders.work-order.planned.v1/typical",
        "orders.work-order.finished.v1/repaired",
    ),
}
"""What notifications hears until it says what the example says, by the example."""

OF_TRANSFERS: Mapping[str, Sequence[Message]] = {
    f"{TransferReported.wire_type}/{case}": after
    for case, after in {
        "sent": (),
        "line-dropped": (a_transfer_line_dropped(),),
        "lines-rejected": (a_transfer_lines_rejected(),),
        "executed-automatically": (a_transfer_executed_automatically(new_prescriber=RECEIVER),),
    }.items()
}
"""The same of a transfer, after it was sent."""


def named(one: Example) -> str:
    return f"{one.wire_type}/{one.case}"


def words(said: Message) -> dict[str, Any]:
    """The words of a message, by field."""
    return {name: getattr(said, name) for name in WORDS if name in type(said).model_fields}


def test_each_example_of_the_feed_is_asked() -> None:
    assert STORIES.keys() | OF_TRANSFERS.keys() == {named(one) for one in EXAMPLES}


@pytest.mark.rule("NTF-4c")
@pytest.mark.parametrize("one", EXAMPLES, ids=named)
async def test_an_example_of_the_feed_is_what_is_said(
    given: Given, policies: Policies, one: Example
) -> None:
    example: Any = one.message
    async with given(service, at=AT) as world:
        if named(one) in OF_TRANSFERS:
            await sent(world, policies)
        await world.handle_all(*{**STORIES, **OF_TRANSFERS}[named(one)])
        told: list[Any] = await world.events(type(example))

    in_its_words = [said for said in told if words(said) == words(example)]
    assert in_its_words, [words(said) for said in told]
    assert lines([example]) <= lines(in_its_words)
