"""Sending and accepting in one act, what a sender sees before, and taking it back (BMB-2, BMB-4,
BMB-6), on a real database.
"""

from typing import Any

import pytest
from bmb.domain import Status
from bmb.models import TransferRow
from bmb.requests.domain import withdraw
from kvitt_contracts.bmb import (
    SaveTransfer,
    TransferAccepted,
    TransferDrafted,
    TransferSent,
    TransferWithdrawn,
    WithdrawTransfer,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Role, UserId
from kvitt_testkit.world import World

from contracts.tests.builders.inventory import a_device_registered, a_hold_granted
from contracts.tests.builders.orders import a_person_inactivated
from contracts.tests.builders.story import (
    OTHER,
    OTHER_PATIENT,
    OTHER_PAYER,
    OWN,
    PAYER,
    RECEIVER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDER,
    SENDING,
    device_id,
    person,
)
from services.bmb.tests.builders import a_transfer, a_user
from services.bmb.tests.worlds import (
    TO_PATIENT,
    Registered,
    a_save,
    an_accept,
    refusal,
    registered,
    sent,
    status,
)

__all__ = ["registered"]

STORED = "170077"
BACK = WithdrawTransfer(by=UserId(SENDER))


def a_hand_over(**changes: Any) -> SaveTransfer:
    """A device of the sender's own store goes to a patient, and he accepts it himself."""
    values = {
        "sender": SENDER,
        "devices": (STORED,),
        "new_recipient": TO_PATIENT,
        "accept_for": SENDING,
        **changes,
    }
    return SaveTransfer.model_validate(values)


async def asked(world: World) -> None:
    """The hand-over waits for inventory's answer."""
    await world.handle(a_device_registered(STORED))
    await world.handle(a_hand_over(), subject="BMB-1")


@pytest.mark.rule("BMB-4o")
async def test_who_sends_what_is_his_own_accepts_it_in_the_same_act(
    registered: Registered,
) -> None:
    async with registered() as world:
        await asked(world)
        assert await status(world) is Status.REQUESTED
        await world.handle(a_hold_granted(STORED))

        assert await status(world) is Status.ACCEPTED
        (shown,) = await world.events(TransferSent)
        (accepted,) = await world.events(TransferAccepted)
        assert shown.accepted_at_once
        assert (accepted.at_once, accepted.customer_id, accepted.payer_id) == (True, SENDING, PAYER)
        assert {name for name, _ in await world.timers()} == {"transfer_custody"}


@pytest.mark.rule("BMB-4o")
async def test_who_may_not_accept_what_he_sends_sends_nothing(registered: Registered) -> None:
    async with registered() as world:
        refused = await refusal(world, a_save(accept_for=RECEIVING))

        assert refused.reason == "NOT_RESPONSIBLE"
        assert await world.rows(TransferRow) == []


@pytest.mark.rule("BMB-4o")
async def test_a_customer_of_others_is_not_accepted_for(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_device_registered(STORED))
        refused = await refusal(world, a_hand_over(accept_for=OTHER))

        assert refused.reason == "CUSTOMER_OF_ANOTHER_SIDE"


@pytest.mark.rule("BMB-4o")
async def test_what_cannot_be_accepted_by_then_waits_to_be_acknowledged(
    registered: Registered,
) -> None:
    async with registered() as world:
        await asked(world)
        await world.handle(a_person_inactivated(OTHER_PATIENT))
        await world.handle(a_hold_granted(STORED))

        assert await status(world) is Status.SENT
        (shown,) = await world.events(TransferSent)
        assert not shown.accepted_at_once
        waits = {name for name, _ in await world.timers()}
        assert waits == {"transfer_deadline", "transfer_deadline_near"}


@pytest.mark.rule("BMB-6b")
async def test_the_sender_takes_back_what_nobody_has_answered(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(BACK, subject="BMB-1")
        await world.handle(BACK, subject="BMB-1")

        assert await status(world) is Status.WITHDRAWN
        (event,) = await world.events(TransferWithdrawn)
        assert (event.by, event.receiving_service_point) == (SENDER, RECEIVING)
        assert await world.timers() == {}


@pytest.mark.rule("BMB-6b")
async def test_nobody_else_takes_it_back(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)

        refused = await refusal(world, WithdrawTransfer(by=UserId(RECEIVER)))
        assert refused.reason == "NOT_RESPONSIBLE"
        assert await status(world) is Status.SENT


@pytest.mark.rule("BMB-6b")
async def test_what_is_answered_is_not_taken_back(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(an_accept(), subject="BMB-1")

        assert (await refusal(world, BACK)).reason == "NOT_OPEN"


@pytest.mark.rule("BMB-6b")
def test_after_the_deadline_it_is_not_taken_back_though_its_timer_is_late() -> None:
    transfer = a_transfer()
    assert transfer.deadline is not None

    with pytest.raises(Refused, match="DEADLINE_PASSED"):
        withdraw(transfer, by=a_user(), now=transfer.deadline)


async def previewed(world: World, *, region: str = "ac", **body: Any) -> dict[str, Any]:
    """What the sender sees of a transfer before it is sent."""
    async with world.http(
        user=SENDER, region=region, roles=[Role.PRESCRIBER], service_points=[SENDING]
    ) as client:
        answer = await client.post("/transfers:preview", json={"devices": ["170098"], **body})
    return {"http": answer.status_code, **answer.json()}


@pytest.mark.rule("BMB-2g")
async def test_a_sender_sees_before_who_acknowledges_until_when_and_who_pays(
    registered: Registered,
) -> None:
    async with registered() as world:
        shown = await previewed(world, new_prescriber=RECEIVER)

        assert shown["devices"] == [
            {"device_id": str(device_id("170098")), "payer_now": OTHER_PAYER}
        ]
        assert shown["receiving_service_point"] == RECEIVING
        assert shown["proposed_payer"] == RECEIVING_PAYER
        assert shown["deadline"].startswith("2026-05-07T22:00")
        assert (shown["at_the_deadline"], shown["effective_on"]) == ("auto_execute", "2026-05-01")
        assert shown["accepts_for"] == []
        way_on = "Be någon som arbetar vid det mottagande tjänstestället att kvittera."
        assert shown["why_not_accept"] == way_on
        assert await world.events(TransferDrafted) == []


@pytest.mark.rule("BMB-2g")
async def test_a_sender_sees_for_whom_he_may_accept_it_himself(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_device_registered(STORED))
        recipient = {"kind": "patient", "person": str(person(OTHER_PATIENT))}
        shown = await previewed(world, devices=[STORED], new_recipient=recipient)

        assert shown["accepts_for"] == [{"customer_id": SENDING, "payer_id": PAYER}]
        assert (shown["current_store"], shown["payers_now"]) == (OWN, [])


@pytest.mark.rule("BMB-4d", "BMB-4o")
@pytest.mark.parametrize(("region", "payers"), [("bd", [PAYER]), ("ac", [])])
async def test_who_accepts_later_what_he_sends_sees_which_payers_he_can_choose_then(
    registered: Registered, region: str, payers: list[str]
) -> None:
    async with registered(region=region) as world:
        await world.handle(a_device_registered(STORED, region=region), region=region)
        recipient = {"kind": "patient", "person": str(person(OTHER_PATIENT))}
        shown = await previewed(world, region=region, devices=[STORED], new_recipient=recipient)

        assert shown["accepts_for"]
        assert shown["payers"] == payers


@pytest.mark.rule("BMB-2g")
async def test_a_sender_sees_before_why_it_cannot_be(registered: Registered) -> None:
    async with registered() as world:
        shown = await previewed(world, new_store="999")

        assert (shown["http"], shown["reason"], shown["rule"]) == (422, "NOT_OWN_STORE", "BMB-1")


@pytest.mark.rule("BMB-2g")
async def test_a_sender_sees_that_he_must_attest(registered: Registered) -> None:
    async with registered(region="bd") as world:
        recipient = {"kind": "patient", "person": str(person(OTHER_PATIENT))}
        async with world.http(
            user=SENDER, region="bd", roles=[Role.PRESCRIBER], service_points=[SENDING]
        ) as client:
            body = {"devices": ["170098"], "new_recipient": recipient}
            shown = (await client.post("/transfers:preview", json=body)).json()

        assert (shown["attestation"], shown["must_be_attested"]) == ("attested", True)
