"""Every cell of the toy's table of access; and that a cell which is not as its row says is seen."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from kvitt_contracts.types import ServicePointId, UserId
from kvitt_testkit.cells import (
    CALLER,
    POINT,
    Things,
    Upon,
    assert_commands,
    assert_reach,
    assert_roles,
)
from kvitt_testkit.world import Given, Servers, ServiceUrls, World

from chassis.tests import loans
from chassis.tests.toy import PostLetter

OTHER = UserId("anna")


async def letter(
    world: World, reader: UserId, *, place: ServicePointId | None = None, region: str = "ac"
) -> UUID:
    key = uuid4()
    command = PostLetter(reader=reader, place=place, about=uuid4())
    await world.command(command, target=key, region=region)
    return key


async def letters(world: World) -> Things:
    return Things(
        own=await letter(world, CALLER),
        units=await letter(world, OTHER, place=POINT),
        region=await letter(world, OTHER),
        platform=await letter(world, CALLER, region="bd"),
    )


@pytest.fixture
def loans_urls(platform: Servers, prefix: str) -> ServiceUrls:
    urls = platform.database(loans.SERVICE, prefix, migrate=False)
    loans.make_tables(urls.owner)
    return urls


@pytest.mark.rule("REF-18a", "REF-18e")
async def test_each_route_is_granted_to_the_roles_of_its_row_and_to_nobody_else(
    world: World,
) -> None:
    await assert_roles(world)


@pytest.mark.rule("REF-18b", "REF-18c")
async def test_each_role_reaches_as_far_as_its_row_says(world: World) -> None:
    things = await letters(world)

    await assert_reach(
        world,
        {
            "toy.letters.list": Upon(things=things),
            "toy.letter.show": Upon(things=things),
            "toy.letter.read": Upon(things=things),
        },
        reaching_nothing=["toy.letter.put"],
    )


@pytest.mark.rule("REF-18e", "REF-18g")
async def test_a_regions_command_is_granted_as_its_row_says(
    given: Given, loans_urls: ServiceUrls
) -> None:
    async with given(loans.service, urls=loans_urls) as world:
        await assert_commands(world)


async def test_a_cell_that_is_not_as_its_row_says_is_named(world: World) -> None:
    things = await letters(world)
    far = replace(things, own=things.region)

    with pytest.raises(AssertionError, match=r"toy\.letter\.show as prescriber \(own\) upon own"):
        await assert_reach(
            world,
            {"toy.letter.show": Upon(things=far)},
            reaching_nothing=["toy.letters.list", "toy.letter.read", "toy.letter.put"],
        )
    with pytest.raises(AssertionError, match=r"not tried: \['toy\.letter\.read', 'toy\.letters"):
        await assert_reach(
            world, {"toy.letter.show": Upon(things=things)}, reaching_nothing=["toy.letter.put"]
        )
