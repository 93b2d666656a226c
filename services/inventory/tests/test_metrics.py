"""What is committed is counted once; what is rolled back is not."""

from inventory.metrics import CUSTODY_CHANGES, HOLDS_ANSWERED, ORDERS_ANSWERED
from kvitt_testkit.world import World
from prometheus_client import Counter

from contracts.tests.builders.bmb import a_transfer_accepted, a_transfer_requested
from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_on_loan_stated,
    a_device_returned,
    rollators_received,
)
from contracts.tests.builders.story import CUSHION
from services.inventory.tests.worlds import refusal


def counted(metric: Counter, *labels: str) -> float:
    """How many have been counted in region ac."""
    wanted = dict(zip(metric._labelnames, ("inventory", "ac", *labels), strict=True))
    for family in metric.collect():
        for sample in family.samples:
            if sample.name.endswith("_total") and sample.labels == wanted:
                return sample.value
    return 0.0


async def test_answers_and_changes_of_custody_are_counted(world: World) -> None:
    watched = (
        (ORDERS_ANSWERED, "reserved"),
        (ORDERS_ANSWERED, "backordered"),
        (ORDERS_ANSWERED, "delivered"),
        (ORDERS_ANSWERED, "declined"),
        (HOLDS_ANSWERED, "granted"),
        (CUSTODY_CHANGES, "stated"),
        (CUSTODY_CHANGES, "order"),
        (CUSTODY_CHANGES, "transfer"),
        (CUSTODY_CHANGES, "return"),
    )
    before = [counted(metric, label) for metric, label in watched]

    await world.handle_all(
        a_balance_stated(CUSHION, 1), rollators_received("170077"), a_device_on_loan_stated()
    )
    for number, order in enumerate(
        (
            an_order_placed(a_line(CUSHION, order="O-0"), reference="O-0"),
            an_order_placed(a_line(CUSHION, order="O-1"), reference="O-1"),
            a_withdrawal_placed(a_device_line("170077", order="O-2"), reference="O-2"),
            a_withdrawal_placed(a_device_line("170077", order="O-3"), reference="O-3"),
        )
    ):
        assert order.reference == f"O-{number}"
        await world.handle(order)
    await world.handle_all(a_transfer_requested(), a_transfer_accepted(), a_device_returned())

    assert [counted(metric, label) for metric, label in watched] == [n + 1 for n in before]


async def test_what_is_refused_is_not_counted(world: World) -> None:
    await world.handle(rollators_received("170077"))
    before = counted(CUSTODY_CHANGES, "return")

    await refusal(world.handle(a_device_returned("170077", store="500")))

    assert counted(CUSTODY_CHANGES, "return") == before
