"""REF-25: the unit is told whose block somebody has opened."""

import pytest
from kvitt_contracts.notifications import MessagePostedV2
from kvitt_testkit.world import Given, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.blocks import PERSON, a_block_opened
from contracts.tests.builders.story import SENDING
from services.notifications.tests.worlds import whom


@pytest.mark.rule("REF-25e")
async def test_the_unit_is_told_that_its_block_was_opened(given: Given) -> None:
    async with given(service, at=stockholm("2026-05-06 10:00")) as world:
        await world.handle(a_block_opened())

        (posted,) = await world.events(MessagePostedV2)
        assert (whom(posted.to), posted.message) == (SENDING, "block_opened")
        assert (posted.about.kind, posted.about.id) == ("person", PERSON)
        await assert_rows_are_folds(world)
