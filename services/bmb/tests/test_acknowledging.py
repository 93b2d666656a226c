"""Accepting and rejecting on a real database: who may, for which customer and payer."""

import pytest
from bmb.domain import Status
from kvitt_contracts.bmb import ExecuteTransfer, RejectTransfer, TransferAccepted, TransferRejected
from kvitt_contracts.envelope import Event
from kvitt_contracts.types import Role, UserId

from contracts.tests.builders.inventory import a_device_stated_on_loan, a_hold_granted
from contracts.tests.builders.orders import (
    a_person_inactivated,
    a_person_reactivated,
    a_user_registered,
)
from contracts.tests.builders.story import (
    OTHER_PATIENT,
    OTHER_PAYER,
    OUTSIDER,
    PAYER,
    RECEIVER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDER,
    SENDING,
    transfer_id,
)
from services.bmb.tests.builders import the_registry
from services.bmb.tests.worlds import (
    ENDED,
    TO_PATIENT,
    Registered,
    a_save,
    an_accept,
    an_own_accept,
    refusal,
    registered,
    sent,
    status,
)

__all__ = ["registered"]


@pytest.mark.rule("BMB-2a")
async def test_before_the_hold_is_granted_nobody_can_accept(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_save(), subject="BMB-1")

        assert (await refusal(world, an_accept())).reason == "NOT_OPEN"


@pytest.mark.rule("BMB-4a")
async def test_who_works_elsewhere_may_not_accept(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)

        assert (await refusal(world, an_accept(by=OUTSIDER))).reason == "NOT_RESPONSIBLE"


async def test_a_region_does_not_see_anothers_transfer(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle_all(*the_registry(), region="bd")

        assert (await refusal(world, an_accept(), region="bd")).reason == "UNKNOWN_TRANSFER"


@pytest.mark.rule("BMB-4d")
async def test_the_payer_that_is_chosen_must_be_known(registered: Registered) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd")

        refused = await refusal(world, an_accept(payer_id="99999"), region="bd")

        assert (refused.reason, refused.field) == ("UNKNOWN_PAYER", "payer_id")


@pytest.mark.rule("BMB-4d")
async def test_where_the_policy_permits_customer_and_payer_are_chosen_each(
    registered: Registered,
) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd")
        await world.handle(an_accept(payer_id=OTHER_PAYER), subject="BMB-1", region="bd")

        (accepted,) = await world.events(TransferAccepted)
        assert accepted.payer_id == OTHER_PAYER


@pytest.mark.rule("BMB-4d", "BMB-4l")
@pytest.mark.parametrize(
    ("region", "user", "at", "payers"),
    [
        ("bd", RECEIVER, RECEIVING, [RECEIVING_PAYER, OTHER_PAYER]),
        ("bd", SENDER, SENDING, []),
        ("ac", RECEIVER, RECEIVING, []),
    ],
    ids=["who answers", "who does not", "where the payer follows the customer"],
)
async def test_who_answers_sees_which_payers_they_can_choose_each_of_which_is_taken(
    registered: Registered, region: str, user: str, at: str, payers: list[str]
) -> None:
    async with registered(region=region) as world:
        await sent(world, region=region)
        key = transfer_id(region=region)
        role = [Role.PRESCRIBER]
        async with world.http(user=user, region=region, roles=role, service_points=[at]) as client:
            shown = (await client.get(f"/transfers/{key}")).json()
            assert shown["payers"] == payers
            if payers:
                body = {"customer_id": RECEIVING, "payer_id": payers[-1]}
                answer = await client.post(f"/transfers/{key}:accept", json=body)
                assert (answer.status_code, answer.json()["payer_id"]) == (200, payers[-1])
                assert answer.json()["payers"] == []


@pytest.mark.rule("BMB-4m")
async def test_the_paying_unit_may_let_the_proposed_customer_take_over(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world, new_prescriber=None)
        await world.handle(an_accept(by=OUTSIDER, customer_id=SENDING), subject="BMB-1")

        (accepted,) = await world.events(TransferAccepted)
        assert (accepted.customer_id, accepted.payer_id) == (SENDING, PAYER)


@pytest.mark.rule("BMB-4k")
async def test_who_sent_what_another_unit_pays_for_does_not_accept_it_himself(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_user_registered("k082eva", SENDING))
        await sent(world, new_prescriber=SENDER)

        assert (await refusal(world, an_own_accept())).reason == "SENT_BY_ONESELF"
        await world.handle(an_own_accept(by="k082eva"), subject="BMB-1")
        assert await status(world) is Status.ACCEPTED


@pytest.mark.rule("BMB-4k")
async def test_who_executed_a_colleagues_draft_has_sent_it_too(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_user_registered("k082eva", SENDING))
        await world.handle(a_save(new_prescriber=SENDER, execute=False), subject="BMB-1")
        await world.handle(ExecuteTransfer(by=UserId("k082eva")), subject="BMB-1")
        await world.handle(a_hold_granted())

        assert (await refusal(world, an_own_accept(by="k082eva"))).reason == "SENT_BY_ONESELF"
        assert (await refusal(world, an_own_accept())).reason == "SENT_BY_ONESELF"


@pytest.mark.rule("BMB-4k")
async def test_who_sent_accepts_himself_where_both_sides_were_his_already(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_device_stated_on_loan("157792", payer=PAYER))
        save = a_save(devices=("157792",), new_prescriber=None, new_recipient=TO_PATIENT)
        await world.handle(save, subject="BMB-1")
        await world.handle(a_hold_granted("157792"))
        await world.handle(an_own_accept(), subject="BMB-1")

        assert await status(world) is Status.ACCEPTED


@pytest.mark.rule("BMB-4n", "REF-14a")
@ENDED
async def test_what_has_ended_since_it_was_sent_is_not_accepted_but_may_be_rejected(
    registered: Registered, what: Event, reason: str
) -> None:
    async with registered() as world:
        colleague = "k201eva"
        await world.handle(a_user_registered(colleague, RECEIVING))
        await sent(world, new_recipient=TO_PATIENT)
        await world.handle(what)

        assert (await refusal(world, an_accept(by=colleague))).reason == reason
        reject = RejectTransfer(by=UserId(colleague), message="Avliden")
        await world.handle(reject, subject="BMB-1")
        assert await status(world) is Status.REJECTED


@pytest.mark.rule("REF-14a")
async def test_a_recipient_who_is_active_again_gets_the_devices(registered: Registered) -> None:
    async with registered() as world:
        await sent(world, new_recipient=TO_PATIENT)
        await world.handle(a_person_inactivated(OTHER_PATIENT))
        await world.handle(a_person_reactivated(OTHER_PATIENT))
        await world.handle(an_accept(), subject="BMB-1")

        assert await world.events(TransferAccepted)


@pytest.mark.rule("REF-14a")
async def test_payer_and_prescriber_of_what_an_inactive_recipient_has_may_change(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_person_inactivated("P-20417"))
        await sent(world)
        await world.handle(an_accept(), subject="BMB-1")

        assert await status(world) is Status.ACCEPTED


@pytest.mark.rule("BMB-5c")
async def test_the_rejections_message_can_be_read_by_the_sender_over_http_only(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(
            RejectTransfer(by=UserId(RECEIVER), message="Fel enhet"), subject="BMB-1"
        )

        (rejected,) = await world.events(TransferRejected)
        assert rejected.has_message
        async with world.http(user=SENDER) as client:
            answer = await client.get(f"/transfers/{transfer_id()}")
        assert answer.json()["answer"] == "Fel enhet"
        said: list[Event] = await world.events()
        assert not any("Fel enhet" in event.model_dump_json() for event in said)
