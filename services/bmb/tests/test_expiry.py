from datetime import date, timedelta
from typing import Any

import pytest
from bmb.domain import Reason, Status, evolve
from bmb.expiry.domain import ask_to_unlock, expire, near, nears_at, unlock
from bmb.register.domain import User
from hypothesis import given
from hypothesis import strategies as st
from kvitt_contracts.bmb import (
    TransferDeadlineNeared,
    TransferExecutedAutomatically,
    TransferLocked,
    TransferUnlockAsked,
    TransferUnlocked,
    TransferVoided,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import CustomerId, PayerId, UserId
from kvitt_testkit.world import stockholm

from contracts.tests.builders.story import (
    OTHER,
    OUTSIDER,
    PAYER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDER,
    SENDING,
    device_id,
)
from services.bmb.tests.builders import a_policy, a_receiver, a_transfer, a_user

DEADLINE = stockholm("2026-05-08 00:00")


def a_policy_that(outcome: str, **transfer: Any) -> RegionPolicy:
    """A policy by what becomes of an unanswered transfer."""
    return a_policy(expiry={"days": 6, "outcome": outcome}, **transfer)


def executed(*, late: timedelta = timedelta(0), **changes: Any) -> TransferExecutedAutomatically:
    """A transfer that nobody answered, executed automatically."""
    transfer = a_transfer(**changes)
    (event,) = expire(
        transfer, ended=None, policy=a_policy_that("auto_execute"), now=DEADLINE + late
    )
    assert isinstance(event, TransferExecutedAutomatically)
    return event


@pytest.mark.rule("BMB-7a")
def test_unanswered_it_is_executed_automatically_with_the_proposed_payer() -> None:
    event = executed()

    assert (event.customer_id, event.payer_id) == (RECEIVING, RECEIVING_PAYER)
    assert evolve(a_transfer(), event).status is Status.EXECUTED_AUTOMATICALLY


@pytest.mark.rule("BMB-7a")
def test_it_is_executed_for_the_proposed_customer_not_for_who_did_not_answer() -> None:
    event = executed(proposed_customer=CustomerId(SENDING), proposed_payer=PayerId(PAYER))

    assert (event.customer_id, event.payer_id) == (SENDING, PAYER)
    assert event.receiving_service_point == RECEIVING


@pytest.mark.rule("BMB-7g")
@pytest.mark.parametrize("outcome", ["lock", "void"])
def test_what_has_ended_changes_nothing_where_nothing_is_executed(outcome: str) -> None:
    (event,) = expire(
        a_transfer(), ended="INACTIVE_RECIPIENT", policy=a_policy_that(outcome), now=DEADLINE
    )

    assert isinstance(event, TransferLocked if outcome == "lock" else TransferVoided)
    assert getattr(event, "reason", None) is None


@pytest.mark.rule("BMB-7a")
@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=5), timedelta(days=40)])
def test_an_automatic_execution_is_decided_on_the_deadlines_day_however_late_its_timer(
    late: timedelta,
) -> None:
    assert executed(late=late).effective_on == date(2026, 5, 8)


@pytest.mark.rule("BMB-7f")
def test_what_was_executed_automatically_takes_effect_at_its_later_transfer_date() -> None:
    assert executed(transfer_date=date(2026, 6, 1)).effective_on == date(2026, 6, 1)


@pytest.mark.rule("BMB-7b")
def test_unanswered_it_is_locked_where_the_policy_says_so() -> None:
    transfer = a_transfer()

    (event,) = expire(transfer, ended=None, policy=a_policy_that("lock"), now=DEADLINE)

    assert isinstance(event, TransferLocked)
    assert evolve(transfer, event).status is Status.LOCKED


@pytest.mark.rule("BMB-7d")
def test_unanswered_it_is_void_where_the_policy_says_so() -> None:
    transfer = a_transfer()

    (event,) = expire(transfer, ended=None, policy=a_policy_that("void"), now=DEADLINE)

    assert isinstance(event, TransferVoided)
    assert evolve(transfer, event).status is Status.VOIDED


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.SENT])
def test_only_an_unanswered_transfer_expires(status: Status) -> None:
    assert expire(a_transfer(status=status), ended=None, policy=a_policy(), now=DEADLINE) == ()


@pytest.mark.rule("BMB-7a")
def test_nothing_expires_before_its_deadline() -> None:
    with pytest.raises(ValueError, match="has until"):
        expire(a_transfer(), ended=None, policy=a_policy(), now=DEADLINE - timedelta(seconds=1))


@pytest.mark.rule("BMB-7c", "REF-12m")
def test_what_is_unlocked_says_who_asked() -> None:
    locked = a_transfer(status=Status.LOCKED)

    assert unlock(locked, asked_by=UserId(SENDER)) == (
        TransferUnlocked(transfer_id=locked.id, devices=(device_id(),), asked_by=UserId(SENDER)),
    )


@pytest.mark.rule("BMB-7c")
def test_what_is_not_locked_cannot_be_unlocked() -> None:
    with pytest.raises(Refused) as refused:
        unlock(a_transfer(status=Status.SENT), asked_by=UserId(SENDER))

    assert refused.value.reason == Reason.NOT_LOCKED


def test_unlocking_twice_is_already_done() -> None:
    assert unlock(a_transfer(status=Status.UNLOCKED), asked_by=UserId(SENDER)) == ()


@pytest.mark.rule("BMB-7h")
@pytest.mark.parametrize("by", [a_user(), a_receiver()], ids=["sending", "receiving"])
def test_either_side_of_a_locked_transfer_asks_to_unlock_it_and_it_stays_locked(by: User) -> None:
    locked, now = a_transfer(status=Status.LOCKED), stockholm("2026-05-11 08:00")

    (event,) = ask_to_unlock(locked, by=by, now=now)

    assert event == TransferUnlockAsked(transfer_id=locked.id, by=by.id, asked_at=now)
    asked = evolve(locked, event)
    assert (asked.status, asked.unlock_asked_by, asked.unlock_asked_at) == (
        Status.LOCKED,
        by.id,
        now,
    )


@pytest.mark.rule("BMB-7h")
def test_what_is_asked_for_is_not_asked_for_again() -> None:
    asked = a_transfer(status=Status.LOCKED, unlock_asked_by=UserId(SENDER))

    assert ask_to_unlock(asked, by=a_receiver(), now=DEADLINE) == ()


@pytest.mark.rule("BMB-7h")
@pytest.mark.parametrize(
    "by", [a_user(OUTSIDER, at=OTHER), a_user(active=False)], ids=["elsewhere", "inactive"]
)
def test_who_works_at_neither_side_does_not_ask_to_unlock(by: User) -> None:
    with pytest.raises(Refused) as refused:
        ask_to_unlock(a_transfer(status=Status.LOCKED), by=by, now=DEADLINE)

    assert (refused.value.reason, refused.value.field) == (Reason.NOT_RESPONSIBLE, "by")


@pytest.mark.rule("BMB-7h")
@pytest.mark.parametrize("status", [one for one in Status if one is not Status.LOCKED])
def test_what_is_not_locked_is_not_asked_to_be_unlocked(status: Status) -> None:
    with pytest.raises(Refused) as refused:
        ask_to_unlock(a_transfer(status=status), by=a_user(), now=DEADLINE)

    assert refused.value.reason == Reason.NOT_LOCKED


@pytest.mark.rule("NTF-2h")
def test_a_day_before_the_deadline_it_is_said_to_be_near() -> None:
    now = stockholm("2026-05-07 00:00")
    assert nears_at(DEADLINE) == now

    assert near(a_transfer(), now=now) == (
        TransferDeadlineNeared(
            transfer_id=a_transfer().id,
            receiving_service_point=a_transfer().receiving_service_point,
            deadline=DEADLINE,
        ),
    )


@pytest.mark.rule("NTF-2h")
def test_a_deadline_that_has_passed_is_not_said_to_be_near() -> None:
    assert near(a_transfer(), now=DEADLINE) == ()


@pytest.mark.rule("NTF-2h")
def test_the_deadline_of_an_answered_transfer_is_not_told() -> None:
    assert near(a_transfer(status=Status.ACCEPTED), now=stockholm("2026-05-07 00:00")) == ()


@given(day=st.dates(date(2026, 1, 2), date(2027, 12, 31)))
@pytest.mark.rule("NTF-2h")
def test_the_day_before_a_deadline_begins_at_midnight_summer_time_or_not(day: date) -> None:
    deadline = stockholm(f"{day} 00:00")

    assert nears_at(deadline) == stockholm(f"{day - timedelta(days=1)} 00:00")
