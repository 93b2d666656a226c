"""Messages over HTTP: newest first, unread counted, opened, removed."""

from datetime import timedelta
from uuid import UUID

import pytest
from kvitt_contracts.access import Grantee
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, stockholm
from notifications.app import service

from contracts.tests.builders.bmb import a_transfer_drafted, a_transfer_rejected
from contracts.tests.builders.orders import (
    a_user_registered,
    an_order_delivered,
    an_order_placed,
)
from contracts.tests.builders.story import (
    OTHER,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    order_id,
    transfer_id,
)
from services.notifications.tests.builders import a_request, a_sent_transfer

AT = stockholm("2026-05-07 10:00")


async def two_messages(world: World, policies: Policies) -> None:
    """A transfer for the service point to acknowledge; an hour later an order is delivered."""
    await world.handle_all(
        an_order_placed(), a_transfer_drafted(), a_request(policies), a_sent_transfer(policies)
    )
    await world.advance(AT + timedelta(hours=1))
    await world.handle(an_order_delivered())


@pytest.mark.rule("NTF-1a", "NTF-1b")
async def test_messages_come_newest_first_with_the_unread_counted(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await two_messages(world, policies)
        async with world.http(user=SENDER, service_points=[RECEIVING]) as client:
            page = (await client.get("/messages")).json()

    assert [one["text"] for one in page["items"]] == [
        f"Order {an_order_placed().order_number} är levererad.",
        "Byte BMB-1 väntar på att kvitteras.",
    ]
    assert (page["total"], page["unread"]) == (2, 2)


@pytest.mark.rule("NTF-1a")
async def test_a_user_sees_their_own_and_their_service_points_messages_only(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await two_messages(world, policies)
        seen = {}
        for user, point in ((SENDER, "40400"), ("k999xyz", RECEIVING), ("k999xyz", "40400")):
            async with world.http(user=user, service_points=[point]) as client:
                items = (await client.get("/messages")).json()["items"]
            seen[user, point] = [one["message"] for one in items]

    assert list(seen.values()) == [["order_delivered"], ["transfer_to_acknowledge"], []]


@pytest.mark.rule("NTF-1b", "NTF-1c")
async def test_opening_marks_read_and_says_where_the_thing_is(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await two_messages(world, policies)
        async with world.http(user=SENDER, service_points=[RECEIVING]) as client:
            order, transfer = (await client.get("/messages")).json()["items"]
            opened = await client.post(f"/messages/{order['id']}:open")
            other = await client.post(f"/messages/{transfer['id']}:open")
            page = (await client.get("/messages")).json()
            unread = (await client.get("/messages?unread_only=true")).json()

    assert opened.status_code == 200, opened.text
    assert opened.json()["read"]
    assert opened.json()["link"] == {"service": "orders", "path": f"/orders/{order_id()}"}
    assert other.json()["link"] == {"service": "bmb", "path": f"/transfers/{transfer_id()}"}
    assert (page["unread"], page["total"], unread["total"]) == (0, 2, 0)


@pytest.mark.rule("NTF-1d")
async def test_a_message_is_removed(given: Given, policies: Policies) -> None:
    async with given(service, at=AT) as world:
        await two_messages(world, policies)
        async with world.http(user=SENDER) as client:
            (message,) = (await client.get("/messages")).json()["items"]
            removed = await client.delete(f"/messages/{message['id']}")
            page = (await client.get("/messages")).json()

    assert removed.status_code == 204
    assert (page["total"], page["unread"]) == (0, 0)


@pytest.mark.rule("NTF-1a")
async def test_a_message_of_somebody_else_cannot_be_opened_or_removed(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await two_messages(world, policies)
        async with world.http(user=SENDER) as client:
            (message,) = (await client.get("/messages")).json()["items"]
        async with world.http(user="k999xyz") as client:
            theirs = await client.post(f"/messages/{message['id']}:open")
            removed = await client.delete(f"/messages/{message['id']}")
            nobodys = await client.post(f"/messages/{UUID(int=1)}:open")
        async with world.http(user=SENDER) as client:
            (kept,) = (await client.get("/messages")).json()["items"]

    for answer in (theirs, removed, nobodys):
        assert (answer.status_code, answer.json()["reason"]) == (404, "UNKNOWN_MESSAGE")
    told = [{**one.json(), "instance": None} for one in (theirs, removed, nobodys)]
    assert told[0] == told[1] == told[2]
    assert not kept["read"]


@pytest.mark.rule("REF-18b", "REF-18d")
async def test_messages_of_each_service_point_in_the_register_are_listed_and_opened(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await two_messages(world, policies)
        async with world.http(user=RECEIVER) as client:
            await world.handle(a_user_registered(RECEIVER, OTHER, RECEIVING))
            (message,) = (await client.get("/messages")).json()["items"]
            opened = await client.post(f"/messages/{message['id']}:open")
            await world.handle(a_user_registered(RECEIVER, OTHER))
            moved = (await client.get("/messages")).json()
            no_more = [
                await client.post(f"/messages/{message['id']}:open"),
                await client.delete(f"/messages/{message['id']}"),
            ]

    assert opened.status_code == 200
    assert (moved["total"], moved["unread"]) == (0, 0)
    assert [(one.status_code, one.json()["reason"]) for one in no_more] == [
        (404, "UNKNOWN_MESSAGE"),
        (404, "UNKNOWN_MESSAGE"),
    ]


@pytest.mark.rule("REF-18e")
async def test_who_is_inactive_neither_reads_nor_opens_nor_removes(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await two_messages(world, policies)
        async with world.http(user=SENDER) as client:
            (message,) = (await client.get("/messages")).json()["items"]
            await world.handle(a_user_registered(SENDER, SENDING, active=False))
            answers = [
                await client.get("/messages"),
                await client.post(f"/messages/{message['id']}:open"),
                await client.delete(f"/messages/{message['id']}"),
            ]
            await world.handle(a_user_registered(SENDER, SENDING))
            (kept,) = (await client.get("/messages")).json()["items"]

    assert [(one.status_code, one.json()["reason"]) for one in answers] == [(403, "FORBIDDEN")] * 3
    assert not kept["read"]


@pytest.mark.rule("REF-18b")
async def test_customer_service_has_its_own_messages_and_no_system_has_any(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await two_messages(world, policies)
        async with world.http(
            user="kundtjanst1", roles=[Role.CUSTOMER_SERVICE], service_points=[OTHER]
        ) as client:
            others = (await client.get("/messages")).json()
        async with world.http(user="system", roles=[Grantee.REGION_SYSTEM]) as client:
            refused = await client.get("/messages")

    assert (others["total"], others["unread"]) == (0, 0)
    assert refused.status_code == 403


async def test_a_transfer_without_a_name_of_the_regions_own_is_told_without_one(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(
            a_transfer_drafted(reference=None), a_request(policies), a_transfer_rejected()
        )
        async with world.http(user=SENDER) as client:
            (message,) = (await client.get("/messages")).json()["items"]

    assert message["text"] == "Byte godkändes inte. Öppna det och läs varför."


async def test_the_regions_system_counts_messages_and_nobody_else_does(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await two_messages(world, policies)
        async with world.http(user="system", roles=[Grantee.REGION_SYSTEM]) as client:
            counted = (await client.get("/messages:counted")).json()
        async with world.http(user=SENDER, roles=[Role.PRESCRIBER]) as client:
            refused = await client.get("/messages:counted")

    assert [(one["message"], one["status"], one["count"]) for one in counted] == [
        ("order_delivered", "unread", 1),
        ("transfer_to_acknowledge", "unread", 1),
    ]
    assert refused.status_code == 403
