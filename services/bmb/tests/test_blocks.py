"""REF-25, REF-26: which transfers a block hides, and which a consent shows."""

import pytest
from kvitt_contracts.types import Role
from kvitt_testkit.world import World

from contracts.tests.builders.blocks import (
    a_block_lifted,
    a_block_opened,
    a_block_opening_ended,
    a_block_registered,
    a_consent_given,
    a_consent_withdrawn,
)
from contracts.tests.builders.orders import a_person_merged, a_person_registered
from contracts.tests.builders.story import (
    OTHER,
    OUTSIDER,
    PATIENT,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    person,
)
from services.bmb.tests.test_protected import SHOWN, WITHHELD, seen
from services.bmb.tests.worlds import Registered, registered, sent

__all__ = ["registered"]

CARE = (Role.PRESCRIBER,)
BLOCKED = a_block_registered(person(), service_point=SENDING)


async def sees(world: World, user: str, *units: str) -> tuple[int, int]:
    """What somebody at these units is shown of the transfer, listed and by itself."""
    async with world.http(user=user, roles=CARE, service_points=units) as client:
        return await seen(client)


@pytest.mark.rule("REF-25b")
async def test_a_block_hides_a_transfer_from_who_works_at_neither_side(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        assert await sees(world, SENDER, OTHER) == SHOWN

        await world.handle(BLOCKED)

        assert await sees(world, SENDER, OTHER) == WITHHELD
        assert await sees(world, SENDER, SENDING) == SHOWN
        assert await sees(world, RECEIVER, RECEIVING) == SHOWN
        await world.handle(a_block_lifted())
        assert await sees(world, SENDER, OTHER) == SHOWN


@pytest.mark.rule("REF-25b")
async def test_a_block_hides_it_under_an_earlier_reference_too(registered: Registered) -> None:
    async with registered() as world:
        await world.handle_all(a_person_registered("P-40001"), a_person_registered("P-40002"))
        await sent(world)
        await world.handle_all(
            a_person_merged(PATIENT, into="P-40001"), a_person_merged("P-40002", into="P-40001")
        )

        await world.handle(a_block_registered(person("P-40002"), service_point=SENDING))

        assert await sees(world, SENDER, OTHER) == WITHHELD


@pytest.mark.rule("REF-25e")
async def test_who_opens_it_in_an_emergency_sees_it_until_that_is_over(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle_all(BLOCKED, a_block_opened(person(), by=OUTSIDER))

        assert await sees(world, OUTSIDER, OTHER) == SHOWN
        assert await sees(world, SENDER, OTHER) == WITHHELD
        await world.handle(a_block_opening_ended())
        assert await sees(world, OUTSIDER, OTHER) == WITHHELD


@pytest.mark.rule("REF-26a", "REF-26b", "REF-26c")
@pytest.mark.parametrize(("opens_blocks", "shown"), [(False, WITHHELD), (True, SHOWN)])
async def test_a_consent_shows_a_transfer_and_a_blocked_one_where_it_says_so(
    registered: Registered, opens_blocks: bool, shown: tuple[int, int]
) -> None:
    async with registered() as world:
        await sent(world)
        assert await sees(world, OUTSIDER, OTHER) == WITHHELD

        given = a_consent_given(person(), service_point=OTHER, opens_blocks=opens_blocks)
        await world.handle(given)
        assert await sees(world, OUTSIDER, OTHER) == SHOWN
        await world.handle(BLOCKED)
        assert await sees(world, OUTSIDER, OTHER) == shown

        await world.handle(a_consent_withdrawn())
        assert await sees(world, OUTSIDER, OTHER) == WITHHELD
