"""Every committed example of what notifications handles is read and handled without a fault."""

import pytest
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.examples import Example, examples_of
from kvitt_contracts.refusals import Refused
from kvitt_contracts.topics import consumed_by
from kvitt_testkit.world import Given, assert_rows_are_folds, stockholm
from notifications.app import service

EXAMPLES = [
    one
    for topic in consumed_by("notifications", ["ac"])
    for one in examples_of(topic.types)
    if type(one.message) in service.handlers.messages
]


def test_there_are_examples_of_everything_that_is_handled() -> None:
    wire_types = {kind.wire_type for kind in service.handlers.messages if kind.wire_type}

    assert {one.wire_type for one in EXAMPLES} == wire_types


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: f"{one.wire_type}/{one.case}")
async def test_an_example_is_applied_or_refused_or_waits(given: Given, one: Example) -> None:
    async with given(service, at=stockholm("2026-05-07 10:00")) as world:
        try:
            await world.handle(one.message, envelope=one.envelope)
        except (Refused, NotYetKnown):
            assert await world.events() == []  # nothing of it took effect
        await assert_rows_are_folds(world)
