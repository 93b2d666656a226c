"""Transfers that nobody answers, on a real database: executed, locked or void, and unlocked."""

from datetime import date, timedelta

import pytest
from bmb.app import service
from bmb.domain import Status
from kvitt_contracts.bmb import (
    TransferDeadlineNeared,
    TransferExecutedAutomatically,
    TransferLocked,
    TransferUnlocked,
    TransferVoided,
    UnlockTransfer,
)
from kvitt_contracts.envelope import Event
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.types import RegionCode, UserId
from kvitt_testkit.world import Given, stockholm

from contracts.tests.builders.inventory import (
    a_custody_changed_by_transfer,
    a_device_stated_on_loan,
    a_hold_granted,
)
from contracts.tests.builders.orders import a_person_inactivated
from contracts.tests.builders.story import (
    OTHER_PATIENT,
    RECEIVING_PAYER,
    SENDER,
    SENDING,
    SERVICE,
    transfer_id,
)
from services.bmb.tests.builders import a_policy, the_registry
from services.bmb.tests.worlds import (
    AT,
    ENDED,
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


@pytest.mark.rule("NTF-2h")
async def test_one_day_before_the_deadline_it_is_told_to_be_near(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        await world.advance(stockholm("2026-05-07 00:00"))

        (event,) = await world.events(TransferDeadlineNeared)
        assert event.deadline == stockholm("2026-05-08 00:00")


@pytest.mark.rule("BMB-7a")
async def test_unanswered_in_vasterbotten_it_is_executed_automatically_after_six_days(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.advance(stockholm("2026-05-07 23:59"))
        assert await status(world) is Status.SENT
        await world.advance(stockholm("2026-05-08 00:00"))

        (event,) = await world.events(TransferExecutedAutomatically)
        assert (event.payer_id, event.effective_on) == (RECEIVING_PAYER, date(2026, 5, 8))
        await world.handle(a_custody_changed_by_transfer())
        assert await status(world) is Status.COMPLETED


@pytest.mark.rule("BMB-7a")
async def test_a_late_timer_changes_neither_outcome_nor_day(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        await world._set_time(stockholm("2026-05-20 12:00"))  # the service was down meanwhile

        assert (await refusal(world, an_accept())).reason == "DEADLINE_PASSED"

        await world.fire_timers()
        (event,) = await world.events(TransferExecutedAutomatically)
        assert event.effective_on == date(2026, 5, 8)
        assert await world.events(TransferDeadlineNeared) == []


@pytest.mark.rule("BMB-7a")
async def test_an_answered_transfer_does_not_expire(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(an_accept(), subject="BMB-1")
        await world.advance(stockholm("2026-06-01 00:00"))

        assert await world.events(TransferExecutedAutomatically, TransferDeadlineNeared) == []


async def test_the_policy_that_it_was_sent_under_decides(given: Given) -> None:
    executes = a_policy()
    locks = executes.model_copy(
        update={
            "version": 2,
            "effective_from": stockholm("2026-05-04 00:00"),
            "transfer": a_policy(expiry={"days": 6, "outcome": "lock"}).transfer,
        }
    )
    history = PolicyHistory(versions=(executes, locks))

    policies = Policies({RegionCode("ac"): history})
    async with given(service, at=AT, policies=policies) as world:
        await world.handle_all(*the_registry(), a_device_stated_on_loan())
        await sent(world)
        await world.advance(stockholm("2026-05-08 00:00"))

        (event,) = await world.events(TransferExecutedAutomatically)
        assert event.policy == executes.pin


@pytest.mark.rule("BMB-7g", "REF-14a")
@ENDED
async def test_what_has_ended_is_not_executed_automatically_but_void_and_says_why(
    registered: Registered, what: Event, reason: str
) -> None:
    async with registered() as world:
        await sent(world, new_recipient=TO_PATIENT)
        await world.handle(what)
        await world.advance(stockholm("2026-05-08 00:00"))

        (voided,) = await world.events(TransferVoided)
        assert (voided.reason, voided.sender) == (reason, SENDER)
        assert await world.events(TransferExecutedAutomatically) == []
        async with world.http(user=SENDER, service_points=[SENDING]) as client:
            shown = (await client.get(f"/transfers/{transfer_id()}")).json()
        assert (shown["status"], shown["void_reason"]) == ("voided", reason)


@pytest.mark.rule("BMB-7b")
async def test_where_nothing_is_executed_automatically_what_ended_locks_as_ever(
    registered: Registered,
) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd", new_recipient=TO_PATIENT, attested=True)
        await world.handle(a_person_inactivated(OTHER_PATIENT), region="bd")
        await world.advance(stockholm("2026-05-09 00:00"))

        assert await world.events(TransferLocked)
        assert await world.events(TransferVoided) == []


@pytest.mark.rule("BMB-7b", "BMB-7c")
async def test_unanswered_in_norrbotten_it_is_locked_until_customer_service_unlocks(
    registered: Registered,
) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd")
        await world.advance(stockholm("2026-05-09 00:00"))
        assert await world.events(TransferLocked)
        assert await status(world, region="bd") is Status.LOCKED

        unlock = UnlockTransfer(by=UserId(SERVICE), asked_by=UserId(SENDER))
        await world.handle(unlock, subject="BMB-1", region="bd")

        (event,) = await world.events(TransferUnlocked)
        assert event.asked_by == SENDER


@pytest.mark.rule("REF-12a")
async def test_only_customer_service_unlocks(registered: Registered) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd")
        await world.advance(stockholm("2026-05-09 00:00"))

        unlock = UnlockTransfer(by=UserId(SENDER), asked_by=UserId(SENDER))
        refused = await refusal(world, unlock, region="bd")

        assert (refused.reason, refused.rule) == ("CUSTOMER_SERVICE_ONLY", "REF-12")
        assert await status(world, region="bd") is Status.LOCKED


@pytest.mark.rule("REF-12m")
async def test_nothing_is_unlocked_for_somebody_who_is_unknown(registered: Registered) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd")
        await world.advance(stockholm("2026-05-09 00:00"))

        unlock = UnlockTransfer(by=UserId(SERVICE), asked_by=UserId("k999xyz"))
        refused = await refusal(world, unlock, region="bd")

        assert (refused.reason, refused.field) == ("UNKNOWN_USER", "asked_by")
        assert await status(world, region="bd") is Status.LOCKED
        assert await world.events(TransferUnlocked) == []


@pytest.mark.rule("BMB-7d", "BMB-7e")
async def test_unanswered_in_dalarna_it_is_void_after_seven_days_from_when_it_was_received(
    registered: Registered,
) -> None:
    async with registered(region="w") as world:
        await world.handle(a_save(), subject="BMB-1", region="w")
        await world.advance(AT + timedelta(hours=20))  # 2 May: inventory was slow
        await world.handle(a_hold_granted(region="w"), region="w")

        await world.advance(stockholm("2026-05-09 23:59"))
        assert await status(world, region="w") is Status.SENT
        await world.advance(stockholm("2026-05-10 00:00"))

        assert await world.events(TransferVoided)
