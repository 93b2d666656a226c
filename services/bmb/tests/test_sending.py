"""Sending a draft on a real database: judged again, and inventory's answer about the hold."""

from datetime import timedelta

import pytest
from bmb.domain import Status
from bmb.models import TransferRow
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.bmb import (
    ExecuteTransfer,
    TransferDrafted,
    TransferRefused,
    TransferRequested,
    TransferSent,
)
from kvitt_contracts.envelope import Event
from kvitt_contracts.types import UserId

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_hold_granted,
    a_hold_refused,
)
from contracts.tests.builders.orders import a_customer_registered, a_person_merged
from contracts.tests.builders.story import (
    OTHER_PATIENT,
    OTHER_PAYER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDER,
    SERVICE,
    a_patient,
    device_id,
    transfer_id,
)
from services.bmb.tests.worlds import (
    AT,
    ENDED,
    TO_PATIENT,
    Registered,
    a_save,
    refusal,
    registered,
    status,
)

__all__ = ["registered"]

EXECUTE = ExecuteTransfer(by=UserId(SENDER))


@pytest.mark.rule("BMB-2a")
async def test_a_draft_is_saved_then_executed_then_sent(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_save(execute=False), subject="BMB-1")
        assert await status(world) is Status.DRAFT
        await world.handle(EXECUTE, subject="BMB-1")
        assert await status(world) is Status.REQUESTED
        await world.handle(a_hold_granted())

        events: list[Event] = await world.events(key=transfer_id())
        assert [type(event) for event in events] == [
            TransferDrafted,
            TransferRequested,
            TransferSent,
        ]


@pytest.mark.rule("BMB-2e")
async def test_a_draft_that_may_not_be_sent_is_not_even_saved(registered: Registered) -> None:
    async with registered() as world:
        refused = await refusal(world, a_save(sender=UserId(SERVICE)))

        assert refused.reason == "SENDER_NOT_PERMITTED"
        assert await world.rows(TransferRow) == []


@pytest.mark.rule("BMB-2f", "REF-14a")
@ENDED
async def test_a_draft_whose_recipient_or_prescriber_has_ended_is_not_sent(
    registered: Registered, what: Event, reason: str
) -> None:
    async with registered() as world:
        await world.handle(a_save(new_recipient=TO_PATIENT, execute=False), subject="BMB-1")
        await world.handle(what)

        assert (await refusal(world, EXECUTE)).reason == reason
        assert await status(world) is Status.DRAFT


@pytest.mark.rule("REF-14a")
async def test_a_recipient_who_was_joined_with_another_is_as_active_as_that_one(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(new_recipient=TO_PATIENT, execute=False), subject="BMB-1")
        await world.handle(a_person_merged(OTHER_PATIENT, into="P-20417"))
        await world.handle(EXECUTE, subject="BMB-1")

        assert await status(world) is Status.REQUESTED


@pytest.mark.rule("BMB-2f")
async def test_a_draft_is_sent_with_todays_proposed_payer(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_save(execute=False), subject="BMB-1")
        await world.handle(a_customer_registered(RECEIVING, payer=OTHER_PAYER))
        await world.handle(EXECUTE, subject="BMB-1")
        await world.handle(a_hold_granted())

        drafted = await world.events(TransferDrafted)
        assert [event.proposed_payer for event in drafted] == [RECEIVING_PAYER, OTHER_PAYER]
        (event,) = await world.events(TransferSent)
        assert event.proposed_payer == OTHER_PAYER


@pytest.mark.rule("BMB-2f")
async def test_a_draft_that_is_as_it_was_is_not_emitted_again(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(
            a_save(execute=False, new_recipient=TO_PATIENT, message="Hej"), subject="BMB-1"
        )
        await world.handle(EXECUTE, subject="BMB-1")

        assert len(await world.events(TransferDrafted)) == 1


@pytest.mark.rule("BMB-2f")
async def test_a_draft_that_another_unit_would_have_to_acknowledge_by_now_is_not_sent(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(new_prescriber=None, execute=False), subject="BMB-1")
        await world.handle(
            a_custody_changed_by_order(to=a_custody(customer=RECEIVING, payer=RECEIVING_PAYER))
        )

        assert (await refusal(world, EXECUTE)).reason == "RECEIVER_ELSEWHERE"
        assert await world.events(TransferRequested) == []


@pytest.mark.rule("BMB-1a")
async def test_a_draft_of_a_device_that_has_moved_asks_for_it_where_it_was(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(execute=False), subject="BMB-1")
        await world.handle(a_custody_changed_by_order(to=a_custody(a_patient(OTHER_PATIENT))))
        await world.handle(EXECUTE, subject="BMB-1")

        (asked,) = await world.events(TransferRequested)
        assert asked.current_recipient == a_patient("P-20417")
        assert len(await world.events(TransferDrafted)) == 1


@pytest.mark.rule("BMB-12f")
async def test_a_refused_hold_tells_the_sender_which_device_and_why(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(), subject="BMB-1")
        await world.handle(a_hold_refused(reason="IN_DISPATCH"))

        (event,) = await world.events(TransferRefused)
        assert (event.reasons[0].device_id, event.reasons[0].reason) == (device_id(), "IN_DISPATCH")
        assert await status(world) is Status.REFUSED
        assert await world.timers() == {}


@pytest.mark.rule("BMB-12i")
async def test_a_hold_that_is_not_answered_within_a_day_is_given_up(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(), subject="BMB-1")
        await world.advance(AT + timedelta(hours=24, minutes=1))
        assert await status(world) is Status.REFUSED

        await world.handle(a_hold_granted())
        assert await status(world) is Status.REFUSED


async def test_an_answer_about_a_transfer_that_is_not_known_yet_waits(
    registered: Registered,
) -> None:
    async with registered() as world:
        with pytest.raises(NotYetKnown):
            await world.handle(a_hold_granted())
