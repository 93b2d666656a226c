"""What a past transfer would have come to under another policy."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bmb.acknowledgements.domain import accept, reject
from bmb.completion.domain import complete_line, drop_line
from bmb.domain import Status, Transfer, evolve
from bmb.expiry.domain import expire
from bmb.parties.domain import Parties
from bmb.requests.domain import execute, give_up, grant, withdraw
from bmb.what_if.domain import Ending, Known, Past, Replayed, ending, replay
from hypothesis import given, settings
from hypothesis import strategies as st
from kvitt_contracts.bmb import TransferDrafted, TransferEvent
from kvitt_contracts.copying import same_fields
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import CustomerId, PayerId, Role, UserId
from kvitt_testkit.world import stockholm

from contracts.tests.builders.story import (
    PAYER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDER,
    a_patient,
    device_id,
)
from services.bmb.tests.builders import (
    SENT_AT,
    a_customer,
    a_policy,
    a_receiver,
    a_transfer,
    a_user,
)

NOW = stockholm("2026-07-01 10:00")
KNOWN = Known(roles={}, payers={})
ONE, TWO = device_id("170098"), device_id("170099")

Act = tuple[timedelta, Callable[[Transfer, datetime, RegionPolicy], Sequence[TransferEvent]]]
"""How long after it was sent somebody did something, and what the rules made of it."""


def a_policy_that(outcome: str, days: int = 6, **transfer: Any) -> RegionPolicy:
    """A policy by when an unanswered transfer expires, and what becomes of it."""
    return a_policy(expiry={"days": days, "outcome": outcome}, **transfer)


def an_acceptance(after: timedelta = timedelta(days=2), **changes: Any) -> Act:
    """The receiver accepts."""
    values: dict[str, Any] = {
        "by": a_receiver(),
        "customer": a_customer(),
        "payer_id": None,
        "parties": Parties(),
        **changes,
    }
    return after, lambda one, at, policy: accept(one, policy=policy, now=at, **values)


def a_rejection(after: timedelta = timedelta(days=2), *, has_message: bool = False) -> Act:
    """The receiver rejects."""
    return after, lambda one, at, policy: reject(
        one, by=a_receiver(), policy=policy, now=at, has_message=has_message
    )


def a_withdrawal(after: timedelta = timedelta(days=1)) -> Act:
    """The sender takes it back."""
    return after, lambda one, at, _: withdraw(one, by=a_user(), now=at)


def a_return(after: timedelta = timedelta(days=1), device: Any = ONE) -> Act:
    """A device comes back to the store."""
    return after, lambda one, _, __: drop_line(one, device=device, reason="RETURNED")


def a_completion(after: timedelta) -> Act:
    """The first device changes hands, where it has been decided that it does."""
    return after, lambda one, _, __: complete_line(one, device=ONE, on=date(2026, 5, 2))


def a_past(policy: RegionPolicy, *acts: Act, until: datetime = NOW, **drafted: Any) -> list[Past]:
    """The log of a transfer that was sent under a policy, and of what was done after that."""
    draft = a_transfer(Status.DRAFT, **drafted)
    said = TransferDrafted(transfer_id=draft.id, **same_fields(draft, TransferDrafted))
    log = [Past(at=SENT_AT, event=said)]
    state = evolve(None, said)

    def record(at: datetime, events: Sequence[TransferEvent]) -> None:
        nonlocal state
        for event in events:
            log.append(Past(at=at, event=event))
            state = evolve(state, event)

    def expire_by(at: datetime) -> None:
        if state.status is Status.SENT and state.deadline is not None and state.deadline <= at:
            record(state.deadline, expire(state, ended=None, policy=policy, now=state.deadline))

    record(SENT_AT, execute(state, by=a_user(), policy=policy, now=SENT_AT))
    granted_at = SENT_AT + timedelta(seconds=2)
    record(granted_at, grant(state, policy=policy, now=granted_at))
    for after, act in acts:
        expire_by(SENT_AT + after)
        with suppress(Refused):  # what was refused is in no log
            record(SENT_AT + after, act(state, SENT_AT + after, policy))
    expire_by(until)
    return log


def what_if(log: Sequence[Past], policy: RegionPolicy, known: Known = KNOWN) -> Replayed:
    """The transfer under another policy."""
    return replay(log, policy=policy, known=known, now=NOW)


def ended(log: Sequence[Past]) -> Ending:
    """How it ended in fact."""
    return ending(past.event for past in log)


@pytest.mark.rule("BMB-15a")
@pytest.mark.parametrize("outcome", ["auto_execute", "lock", "void"])
@pytest.mark.parametrize("other", ["auto_execute", "lock", "void"])
def test_what_nobody_answered_ends_as_the_other_policy_says(outcome: str, other: str) -> None:
    log = a_past(a_policy_that(outcome))

    again = what_if(log, a_policy_that(other))

    status = {
        "auto_execute": Status.EXECUTED_AUTOMATICALLY,
        "lock": Status.LOCKED,
        "void": Status.VOIDED,
    }
    assert (ended(log).status, again.ending.status) == (status[outcome], status[other])
    assert (again.ending == ended(log)) == (outcome == other)


@pytest.mark.rule("BMB-15a")
def test_what_is_executed_then_has_a_payer_and_a_day() -> None:
    again = what_if(a_past(a_policy_that("void")), a_policy_that("auto_execute", days=3))

    assert (again.ending.customer_id, again.ending.payer_id) == (RECEIVING, RECEIVING_PAYER)
    assert again.ending.effective_on == date(2026, 5, 5)
    assert again.ending.devices == (ONE,)


@pytest.mark.rule("BMB-15a")
def test_an_answer_that_comes_after_the_other_deadline_comes_too_late() -> None:
    log = a_past(a_policy_that("lock", days=7), an_acceptance(timedelta(days=5)))

    again = what_if(log, a_policy_that("void", days=3))

    assert ended(log).status is Status.ACCEPTED
    assert again.ending.status is Status.VOIDED
    assert again.refused == ("NOT_OPEN",)


@pytest.mark.rule("BMB-15a")
def test_an_answer_in_time_stands() -> None:
    log = a_past(a_policy_that("lock", days=7), an_acceptance(timedelta(days=5)))

    again = what_if(log, a_policy_that("void", days=6))

    assert again.ending == ended(log)
    assert again.refused == ()


@pytest.mark.rule("BMB-15a")
@pytest.mark.parametrize(("days", "other"), [(60, 3), (3, 10)])
def test_what_nobody_answers_ends_by_the_other_deadline(days: int, other: int) -> None:
    log = a_past(a_policy_that("void", days=days))

    assert what_if(log, a_policy_that("lock", days=other)).ending.status is Status.LOCKED


@pytest.mark.rule("BMB-15a")
def test_what_the_other_policy_gives_more_time_waits_still() -> None:
    log = a_past(a_policy_that("void"))

    again = replay(
        log,
        policy=a_policy_that("lock", days=30),
        known=KNOWN,
        now=SENT_AT + timedelta(days=10),
    )

    assert again.ending.status is Status.SENT
    assert again.ending.deadline == stockholm("2026-06-01 00:00")


@pytest.mark.rule("BMB-15a")
def test_whom_the_other_policy_lets_not_send_has_not_sent() -> None:
    log = a_past(a_policy_that("void", sender="prescriber_and_requester"), an_acceptance())
    known = Known(roles={UserId(SENDER): frozenset({Role.REQUESTER})}, payers={})

    again = what_if(log, a_policy_that("void", sender="prescriber"), known)

    assert again.ending == Ending(status=Status.DRAFT)
    assert again.refused == ("SENDER_NOT_PERMITTED",)


@pytest.mark.rule("BMB-15a")
@pytest.mark.parametrize(
    ("rule", "reason"),
    [("forbidden", "PATIENT_TO_PATIENT_FORBIDDEN"), ("attested", "ATTESTATION_MISSING")],
)
def test_from_patient_to_patient_goes_what_the_other_policy_lets(rule: str, reason: str) -> None:
    log = a_past(a_policy_that("void"), an_acceptance(), new_recipient=a_patient("P-30771"))

    again = what_if(log, a_policy_that("void", patient_to_patient=rule))

    assert again.ending.status is Status.DRAFT
    assert again.refused == (reason,)


@pytest.mark.rule("BMB-15a")
def test_where_the_payer_follows_the_customer_the_customers_own_pays() -> None:
    chosen = an_acceptance(payer_id=PayerId(PAYER), own_payers=frozenset({PayerId(PAYER)}))
    log = a_past(a_policy_that("void", ack_payer="chosen"), chosen)

    again = what_if(log, a_policy_that("void", ack_payer="follows_customer"))

    assert (ended(log).payer_id, again.ending.payer_id) == (PAYER, RECEIVING_PAYER)
    assert again.refused == ("PAYER_FOLLOWS_CUSTOMER",)


@pytest.mark.rule("BMB-15a")
def test_another_customers_payer_is_the_one_it_has() -> None:
    other = CustomerId("40999")
    chosen = an_acceptance(
        by=a_receiver(also_at=(other,)),
        customer=a_customer(other, payer=PAYER),
        payer_id=PayerId(RECEIVING_PAYER),
    )
    log = a_past(a_policy_that("void", ack_payer="chosen"), chosen)

    again = what_if(log, a_policy_that("void"), Known(roles={}, payers={other: PayerId(PAYER)}))

    assert (again.ending.customer_id, again.ending.payer_id) == (other, PAYER)


@pytest.mark.rule("BMB-15a")
def test_who_rejects_without_a_word_has_to_write_one() -> None:
    log = a_past(a_policy_that("void"), a_rejection())

    again = what_if(log, a_policy_that("void", rejection_message="mandatory"))

    assert again.ending == ended(log)
    assert again.refused == ("MESSAGE_MISSING",)


@pytest.mark.rule("BMB-15a")
def test_a_bundle_that_is_one_is_rejected_where_a_part_of_it_was() -> None:
    some = an_acceptance(rejecting=frozenset({TWO}))
    log = a_past(a_policy_that("void", bundle="by_line"), some, devices=(ONE, TWO))

    again = what_if(log, a_policy_that("void", rejection_message="mandatory"))

    assert ended(log).devices == (ONE,)
    assert again.ending == Ending(status=Status.REJECTED)
    assert again.refused == ("BUNDLE_WHOLE", "MESSAGE_MISSING")


@pytest.mark.rule("BMB-15a")
def test_a_part_that_was_rejected_is_so_where_lines_are_answered_one_by_one() -> None:
    some = an_acceptance(rejecting=frozenset({TWO}))
    log = a_past(a_policy_that("void", bundle="by_line"), some, devices=(ONE, TWO))

    again = what_if(log, a_policy_that("lock", bundle="by_line", rejection_message="mandatory"))

    assert again.ending == ended(log)
    assert again.refused == ("MESSAGE_MISSING",)


@pytest.mark.rule("BMB-15a")
def test_what_inventory_did_not_hold_is_refused_under_any_policy() -> None:
    log = a_past(a_policy_that("void"))[:2]
    sent = evolve(evolve(None, log[0].event), log[1].event)
    log += [Past(at=SENT_AT + timedelta(days=1), event=one) for one in give_up(sent)]

    assert what_if(log, a_policy_that("auto_execute")).ending == Ending(status=Status.REFUSED)


@pytest.mark.rule("BMB-15a")
def test_what_was_void_since_somebody_had_ended_is_void_then_too() -> None:
    log = a_past(a_policy_that("auto_execute"), until=SENT_AT + timedelta(days=1))
    sent = [past.event for past in log]
    state = evolve(evolve(evolve(None, sent[0]), sent[1]), sent[2])
    assert state.deadline is not None
    (void,) = expire(
        state, ended="INACTIVE_RECIPIENT", policy=a_policy_that("auto_execute"), now=state.deadline
    )
    log.append(Past(at=state.deadline, event=void))

    assert what_if(log, a_policy_that("auto_execute", days=3)).ending.status is Status.VOIDED


@pytest.mark.rule("BMB-15a")
def test_a_device_that_came_back_while_it_was_held_is_no_part_of_it() -> None:
    log = a_past(a_policy_that("void"), a_return(device=ONE), devices=(ONE, TWO))

    again = what_if(log, a_policy_that("auto_execute"))

    assert again.ending.devices == (TWO,)


def test_a_log_without_events_is_no_transfer() -> None:
    with pytest.raises(ValueError, match="has events"):
        what_if([], a_policy())


POLICIES = st.builds(
    a_policy_that,
    st.sampled_from(["auto_execute", "lock", "void"]),
    days=st.integers(1, 14),
    clock_starts=st.sampled_from(["sent", "received"]),
    ack_payer=st.sampled_from(["follows_customer", "chosen"]),
    back_dating=st.booleans(),
    bundle=st.sampled_from(["whole", "by_line"]),
)
ACTS = st.lists(
    st.sampled_from(
        [
            a_return(timedelta(hours=3)),
            a_return(timedelta(hours=4), TWO),
            an_acceptance(timedelta(hours=5)),
            an_acceptance(timedelta(hours=5), rejecting=frozenset({TWO})),
            a_rejection(timedelta(hours=6), has_message=True),
            a_withdrawal(timedelta(hours=7)),
            a_completion(timedelta(days=1)),
        ]
    ),
    max_size=3,
    unique_by=lambda act: act[0],
).map(lambda acts: sorted(acts, key=lambda act: act[0]))


@pytest.mark.rule("BMB-15a")
@settings(max_examples=200)
@given(policy=POLICIES, acts=ACTS)
def test_under_its_own_policy_a_transfer_is_what_it_was(
    policy: RegionPolicy, acts: list[Act]
) -> None:
    log = a_past(policy, *acts, devices=(ONE, TWO))

    again = what_if(log, policy)

    assert list(again.events) == [past.event for past in log]
    assert again.refused == ()
