"""Who may act on a transfer and read it: by the table, by one's units, by the register of users."""

from typing import Any
from uuid import uuid4

import pytest
from bmb.domain import Status
from kvitt_contracts.bmb import ExecuteTransfer
from kvitt_contracts.types import Role, UserId
from kvitt_testkit.world import World

from contracts.tests.builders.inventory import a_hold_granted
from contracts.tests.builders.orders import a_user_registered
from contracts.tests.builders.story import (
    OTHER,
    OUTSIDER,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    transfer_id,
)
from services.bmb.tests.worlds import (
    Registered,
    a_save,
    an_accept,
    refusal,
    registered,
    sent,
    status,
)

__all__ = ["registered"]

STEPS = pytest.mark.parametrize(
    ("step", "body"),
    [
        ("execute", None),
        ("cancel", None),
        ("accept", {"customer_id": OTHER}),
        ("reject", {"message": "Nej"}),
    ],
)


async def step_of(world: World, step: str, body: dict[str, Any] | None, transfer: object) -> Any:
    """The answer to an outsider's step with a transfer, without the address of the call."""
    async with world.http(user=OUTSIDER, roles=[Role.PRESCRIBER], service_points=[OTHER]) as client:
        answer = await client.post(f"/transfers/{transfer}:{step}", json=body)
    return answer.status_code, {**answer.json(), "instance": None}


@pytest.mark.rule("REF-18c")
@STEPS
async def test_a_step_with_what_is_out_of_reach_is_answered_as_with_what_does_not_exist(
    registered: Registered, step: str, body: dict[str, Any] | None
) -> None:
    async with registered() as world:
        await sent(world)
        others = await step_of(world, step, body, transfer_id())
        unknown = await step_of(world, step, body, uuid4())

        assert others == unknown
        assert (others[0], others[1]["reason"]) == (404, "UNKNOWN_TRANSFER")
        assert await status(world) is Status.SENT


@pytest.mark.rule("REF-18c")
async def test_a_region_named_in_the_query_changes_nothing(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        async with world.http(user=SENDER, region="bd", service_points=[SENDING]) as client:
            one = await client.get(f"/transfers/{transfer_id()}?region=ac")
            several = await client.get("/transfers?region=ac")

    assert one.status_code == 404
    assert several.status_code == 422


@pytest.mark.rule("REF-18b")
@pytest.mark.parametrize(
    ("user", "point", "total"),
    [
        (SENDER, SENDING, 1),
        (SENDER, OTHER, 1),  # named as the sender
        (RECEIVER, RECEIVING, 1),
        (RECEIVER, OTHER, 1),  # named as the new prescriber
        ("k201eva", RECEIVING, 1),
        (OUTSIDER, OTHER, 0),
    ],
)
async def test_the_list_has_what_names_the_caller_and_what_is_their_units(
    registered: Registered, user: str, point: str, total: int
) -> None:
    async with registered() as world:
        await sent(world)
        async with world.http(user=user, roles=[Role.PRESCRIBER], service_points=[point]) as client:
            listed = (await client.get("/transfers")).json()
            of_sender = (await client.get(f"/transfers?outgoing={SENDING}")).json()
            one = await client.get(f"/transfers/{transfer_id()}")

    assert (listed["total"], len(listed["items"]), of_sender["total"]) == (total,) * 3
    assert one.status_code == (200 if total else 404)


@pytest.mark.rule("REF-18b")
@pytest.mark.parametrize(
    ("user", "point"),
    [(RECEIVER, OTHER), ("k201eva", RECEIVING)],
    ids=["new prescriber", "receiving unit"],
)
async def test_what_is_not_sent_is_its_senders_alone(
    registered: Registered, user: str, point: str
) -> None:
    async with registered() as world:
        await world.handle(a_save(), subject="BMB-1")
        async with world.http(user="k082eva", service_points=[SENDING]) as client:
            senders = (await client.get("/transfers")).json()["total"]
        async with world.http(user=user, roles=[Role.PRESCRIBER], service_points=[point]) as client:
            before = (await client.get("/transfers")).json()["total"]
            await world.handle(a_hold_granted())
            since = (await client.get("/transfers")).json()["total"]

    assert (senders, before, since) == (1, 0, 1)


@pytest.mark.rule("REF-18b")
async def test_customer_service_reads_the_whole_region_and_takes_over_for_its_own_units(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        async with world.http(
            user=SERVICE, roles=[Role.CUSTOMER_SERVICE], service_points=[OTHER]
        ) as client:
            listed = (await client.get("/transfers")).json()["total"]
            incoming = (await client.get("/transfers:to-take-over")).json()["total"]

    assert (listed, incoming) == (1, 0)


@pytest.mark.rule("REF-18e")
async def test_who_is_inactive_reads_and_does_nothing_from_then_on(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        async with world.http(user=RECEIVER, service_points=[RECEIVING]) as client:
            before = await client.get(f"/transfers/{transfer_id()}")
            await world.handle(a_user_registered(RECEIVER, RECEIVING, active=False))
            shown = await client.get(f"/transfers/{transfer_id()}")
            listed = await client.get("/transfers")
            accepted = await client.post(
                f"/transfers/{transfer_id()}:accept", json={"customer_id": RECEIVING}
            )
        refused = await refusal(world, an_accept())

        assert before.status_code == 200
        assert [one.status_code for one in (shown, listed, accepted)] == [403, 403, 403]
        assert (refused.reason, refused.field) == ("FORBIDDEN", "by")
        assert await status(world) is Status.SENT


@pytest.mark.rule("REF-18g")
async def test_a_region_commands_nothing_in_the_name_of_who_has_no_role_for_it(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(execute=False), subject="BMB-1")
        await world.handle(a_user_registered("k082eva", SENDING, role="ops"))
        refused = await refusal(world, ExecuteTransfer(by=UserId("k082eva")))

        assert (refused.reason, refused.rule, refused.field) == ("FORBIDDEN", "REF-18", "by")
        assert await status(world) is Status.DRAFT


@pytest.mark.rule("REF-18c")
async def test_a_name_that_another_unit_has_given_a_transfer_tells_nothing_of_it(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        body = {"reference": "BMB-1", "devices": ["170098"], "new_prescriber": OUTSIDER}
        async with world.http(user=OUTSIDER, service_points=[OTHER]) as client:
            answer = await client.post("/transfers", json=body)

    assert answer.json()["reason"] == "SENDER_ELSEWHERE"
    assert SENDING not in answer.text
    assert "sent" not in answer.text
