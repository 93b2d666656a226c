"""Every cell of notifications' table of access: which role may ask, and how far it reaches."""

from datetime import date
from uuid import UUID

import pytest
from kvitt_contracts.access import Grantee
from kvitt_contracts.notifications import MessageKind
from kvitt_contracts.types import Role, ServicePointId, UserId
from kvitt_testkit.cells import CALLER, POINT, Things, Upon, assert_reach, assert_roles
from kvitt_testkit.world import REGION, Given, World, an_envelope
from notifications.app import service
from notifications.messages.writes import about_order, post_to_service_point, post_to_user

from contracts.tests.builders.orders import an_order_placed
from contracts.tests.builders.story import OTHER, OUTSIDER, order_id

_ONES_OWN = ("notifications.preferences.show", "notifications.preferences.set")
_UPON_HOOKS = ("show", "pause", "resume", "rotate-secret", "replay", "test")


async def posted(world: World, to: UserId | ServicePointId, *, region: str = REGION) -> UUID:
    """A message to a user or a service point."""
    about = about_order(order_id())
    described = an_envelope(an_order_placed(), region=region)
    async with world.worker.unit() as unit:
        tx = unit.begin(region=described.region, message=described, is_command=False)
        if isinstance(to, UserId):
            return post_to_user(tx, to, MessageKind.ORDER_DELIVERED, about)
        return post_to_service_point(tx, to, MessageKind.ORDER_DELIVERED, about)


async def messages(world: World) -> Things:
    """The caller's own, one of their service point, one of another's, one of another region."""
    return Things(
        own=await posted(world, CALLER),
        units=await posted(world, POINT),
        region=await posted(world, ServicePointId(OTHER)),
        platform=await posted(world, CALLER, region="bd"),
    )


async def told(world: World, *, region: str = REGION) -> UUID:
    """News for all in a region."""
    day = date(2026, 5, 18)
    async with world.http(user="k900kts", roles=[Role.CUSTOMER_SERVICE], region=region) as client:
        said = {"title": "Nytt", "text": "Läs.", "from_on": f"{day}", "until_on": f"{day}"}
        answer = await client.post("/news", json=said)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["news_id"])


async def hooks(world: World) -> Things:
    """Webhooks of a region, and of another."""
    return Things(region=await hooked(world), platform=await hooked(world, region="bd"))


async def hooked(world: World, *, region: str = REGION) -> UUID:
    """A webhook of a region."""
    async with world.http(roles=[Grantee.REGION_SYSTEM], region=region) as client:
        answer = await client.post("/webhooks", json={"url": "https://region.example/kvitt"})
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["webhook_id"])


@pytest.mark.rule("REF-18a", "REF-18e")
async def test_each_route_is_granted_to_the_roles_of_its_row_and_to_nobody_else(
    given: Given,
) -> None:
    async with given(service) as world:
        await assert_roles(world)


@pytest.mark.rule("REF-18b", "REF-18c", "REF-18q")
async def test_each_role_reaches_as_far_as_its_row_says(given: Given) -> None:
    async with given(service) as world:
        there = await messages(world)
        to_another = Things(region=await posted(world, UserId(OUTSIDER)))

        news = Things(region=await told(world), platform=await told(world, region="bd"))
        there_too = await hooks(world)
        for things in (there, to_another):
            await assert_reach(
                world,
                {
                    "notifications.messages.list": Upon(things=things),
                    "notifications.message.open": Upon(things=things),
                    "notifications.message.remove": Upon(things=lambda: messages(world)),
                    "notifications.news.withdraw": Upon(things=news),
                    **{
                        f"notifications.webhook.{act}": Upon(
                            things=there_too,
                            body={"from": "2026-05-01"} if act == "replay" else {},
                        )
                        for act in _UPON_HOOKS
                    },
                    "notifications.webhook.delete": Upon(things=lambda: hooks(world), body={}),
                },
                reaching_nothing=_ONES_OWN,
            )
