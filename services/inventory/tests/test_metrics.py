"""What is committed is counted once; what is rolled back is not."""

from collections.abc import AsyncIterator

import pytest
from inventory.app import service
from inventory.metrics import CUSTODY_CHANGES, HOLDS_ANSWERED, ORDERS_ANSWERED
from kvitt_testkit.world import Given, World, stockholm
from prometheus_client import Counter

from services.inventory.tests.builders import (
    CUSHION,
    a_balance,
    a_device_line,
    a_device_on_loan,
    a_line,
    a_person,
    a_request,
    a_return,
    a_withdrawal,
    an_acceptance,
    an_order,
    rollators,
    the_catalogue,
    the_stores,
)
from services.inventory.tests.worlds import refusal


def counted(metric: Counter, *labels: str) -> float:
    """How many have been counted in region ac."""
    wanted = dict(zip(metric._labelnames, ("inventory", "ac", *labels), strict=True))
    for family in metric.collect():
        for sample in family.samples:
            if sample.name.endswith("_total") and sample.labels == wanted:
                return sample.value
    return 0.0


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The catalogue, the stores and a patient."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person())
        yield world


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

    await world.handle_all(a_balance(CUSHION, 1), rollators("170077"), a_device_on_loan())
    for number, order in enumerate(
        (
            an_order(a_line(CUSHION, order="O-0"), reference="O-0"),
            an_order(a_line(CUSHION, order="O-1"), reference="O-1"),
            a_withdrawal(a_device_line("170077", order="O-2"), reference="O-2"),
            a_withdrawal(a_device_line("170077", order="O-3"), reference="O-3"),
        )
    ):
        assert order.reference == f"O-{number}"
        await world.handle(order)
    await world.handle_all(a_request(), an_acceptance(), a_return())

    assert [counted(metric, label) for metric, label in watched] == [n + 1 for n in before]


async def test_what_is_refused_is_not_counted(world: World) -> None:
    await world.handle(rollators("170077"))
    before = counted(CUSTODY_CHANGES, "return")

    await refusal(world.handle(a_return("170077", store="500")))

    assert counted(CUSTODY_CHANGES, "return") == before
