"""A locked transfer on a real database: either side asks customer service to unlock it, who sees
what it is asked to do.
"""

from typing import Any

import httpx
import pytest
from kvitt_contracts.bmb import AskToUnlockTransfer, TransferUnlockAsked
from kvitt_contracts.types import Role, UserId
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.inventory import a_device_stated_on_loan, a_hold_granted
from contracts.tests.builders.orders import a_person_protection_changed
from contracts.tests.builders.story import (
    OTHER,
    OUTSIDER,
    PATIENT,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    person,
    transfer_id,
)
from services.bmb.tests.worlds import Registered, a_save, refusal, registered, sent, status

__all__ = ["registered"]

LOCKED_AT = stockholm("2026-05-09 00:00")
ONE, TWO = "170098", "157792"


async def locked(world: World) -> None:
    """Two transfers that nobody has answered, BMB-1 and BMB-2."""
    await world.handle(a_device_stated_on_loan(TWO, region="bd"), region="bd")
    await sent(world, region="bd")
    await world.handle(a_save(devices=(TWO,)), subject="BMB-2", region="bd")
    other = transfer_id("BMB-2", region="bd")
    await world.handle(a_hold_granted(TWO, transfer=other, region="bd"), region="bd")
    await world.advance(LOCKED_AT)


def asked(by: str = SENDER) -> AskToUnlockTransfer:
    """Somebody asks."""
    return AskToUnlockTransfer(by=UserId(by))


async def ask(world: World, transfer: str, *, user: str, at: str) -> httpx.Response:
    """Somebody asks over HTTP."""
    async with world.http(
        user=user, region="bd", roles=[Role.PRESCRIBER], service_points=[at]
    ) as client:
        address = f"/transfers/{transfer_id(transfer, region='bd')}:ask-to-unlock"
        return await client.post(address)


async def to_unlock(world: World, query: str = "") -> list[dict[str, Any]]:
    """What customer service sees."""
    async with world.http(user=SERVICE, region="bd", roles=[Role.CUSTOMER_SERVICE]) as client:
        page = (await client.get(f"/transfers:locked{query}")).json()
    assert len(page["items"]) == page["total"]
    return list(page["items"])


@pytest.mark.rule("BMB-7h")
@pytest.mark.parametrize(("user", "at"), [(SENDER, SENDING), (RECEIVER, RECEIVING)])
async def test_either_side_asks_and_sees_that_it_was_asked_for(
    registered: Registered, user: str, at: str
) -> None:
    async with registered(region="bd") as world:
        await locked(world)
        answer = await ask(world, "BMB-1", user=user, at=at)
        again = await ask(world, "BMB-1", user=RECEIVER, at=RECEIVING)

        shown = answer.json()
        assert (answer.status_code, shown["status"]) == (200, "locked")
        assert shown["unlock_asked_by"] == user
        assert shown["unlock_asked_at"].startswith("2026-05-08T22:00:")
        assert again.json()["unlock_asked_by"] == user
        assert len(await world.events(TransferUnlockAsked)) == 1


@pytest.mark.rule("BMB-7h")
async def test_who_is_of_neither_side_does_not_ask(registered: Registered) -> None:
    async with registered(region="bd") as world:
        await locked(world)
        answer = await ask(world, "BMB-1", user=OUTSIDER, at=OTHER)
        refused = await refusal(world, asked(OUTSIDER), region="bd")

        assert (answer.status_code, answer.json()["reason"]) == (404, "UNKNOWN_TRANSFER")
        assert (refused.reason, refused.rule) == ("NOT_RESPONSIBLE", "BMB-7")
        assert await world.events(TransferUnlockAsked) == []


@pytest.mark.rule("BMB-7h")
async def test_what_still_waits_for_its_answer_is_not_asked_for(registered: Registered) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd")

        assert (await refusal(world, asked(), region="bd")).reason == "NOT_LOCKED"


@pytest.mark.rule("BMB-7i")
async def test_what_is_asked_for_comes_first_the_longest_waiting_before_the_others(
    registered: Registered,
) -> None:
    async with registered(region="bd") as world:
        await locked(world)
        await world.handle(a_device_stated_on_loan("170099", region="bd"), region="bd")
        await sent_last(world)
        await world.handle(asked(RECEIVER), subject="BMB-2", region="bd")
        await world.advance(stockholm("2026-05-20 09:00"))
        await world.handle(asked(), subject="BMB-1", region="bd")

        every, only = await to_unlock(world), await to_unlock(world, "?asked=true")

        assert [one["reference"] for one in every] == ["BMB-2", "BMB-1", "BMB-3"]
        assert [one["unlock_asked_by"] for one in every] == [RECEIVER, SENDER, None]
        assert only == every[:2]
        assert await status(world, region="bd") == "locked"


@pytest.mark.rule("BMB-7i")
async def test_customer_service_sees_that_it_is_asked_for_what_concerns_somebody_protected(
    registered: Registered,
) -> None:
    async with registered(region="bd") as world:
        await locked(world)
        await world.handle(a_person_protection_changed(PATIENT), region="bd")
        before = await to_unlock(world)
        await world.handle(asked(), subject="BMB-1", region="bd")
        (line,) = await to_unlock(world)

    assert before == []
    assert (line["unlock_asked_by"], line["recipient_is_withheld"]) == (SENDER, True)
    assert str(person(PATIENT)) not in str(line)


@pytest.mark.rule("BMB-8e")
async def test_what_was_unlocked_is_still_among_the_unanswered(registered: Registered) -> None:
    async with registered(region="bd") as world:
        await locked(world)
        async with world.http(user=SERVICE, region="bd", roles=[Role.CUSTOMER_SERVICE]) as client:
            address = f"/transfers/{transfer_id(region='bd')}:unlock"
            await client.post(address, json={"asked_by": SENDER})
        async with world.http(
            user=SENDER, region="bd", roles=[Role.PRESCRIBER], service_points=[SENDING]
        ) as client:
            lines = (await client.get("/transfers:unanswered")).json()["items"]

    assert {one["reference"]: one["status"] for one in lines} == {
        "BMB-1": "unlocked",
        "BMB-2": "locked",
    }


async def sent_last(world: World) -> None:
    """BMB-3, which locks after the others, and for which nobody asks."""
    await world.handle(a_save(devices=("170099",)), subject="BMB-3", region="bd")
    other = transfer_id("BMB-3", region="bd")
    await world.handle(a_hold_granted("170099", transfer=other, region="bd"), region="bd")
