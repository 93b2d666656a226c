"""Every committed example of what inventory consumes is handled, refused or waits: no fault."""

import pytest
from inventory.app import service
from inventory.handlers import messages
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.examples import Example, examples_of
from kvitt_contracts.refusals import Refused
from kvitt_testkit.world import Given, an_envelope, assert_rows_are_folds, stockholm


@pytest.fixture
def every_example() -> tuple[Example, ...]:
    """The examples of all message types with a handler."""
    told = [kind for kind in messages.messages if kind.wire_type]  # not what HTTP alone says
    return examples_of(sorted(told, key=lambda kind: kind.wire_type))


async def test_every_example_has_an_outcome(
    given: Given, every_example: tuple[Example, ...]
) -> None:
    done = set()
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        for _ in range(3):  # what waits for another one comes again
            for one in every_example:
                envelope = an_envelope(one.message, subject=one.envelope.subject)
                try:
                    await world.handle(one.message, envelope=envelope)
                except (NotYetKnown, Refused):
                    continue
                done.add(one.wire_type)
        await assert_rows_are_folds(world)

    assert done >= {
        "region.store.stated.v1",
        "region.article.stated.v1",
        "region.article-price.stated.v1",
        "orders.person.registered.v1",
        "bmb.transfer.requested.v1",
    }
