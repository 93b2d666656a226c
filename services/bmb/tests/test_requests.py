from datetime import date, timedelta

import pytest
from bmb.domain import Reason, Status
from bmb.requests.domain import execute, give_up, grant, refuse
from kvitt_contracts.bmb import DeviceRefusal, TransferRefused, TransferRequested, TransferSent
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Role
from kvitt_testkit.world import stockholm

from contracts.tests.builders.story import a_patient, device_id
from services.bmb.tests.builders import SENT_AT, a_policy, a_receiver, a_transfer, a_user


@pytest.mark.rule("BMB-2a")
def test_executing_a_draft_asks_inventory_to_hold_the_devices_under_the_policy_in_force() -> None:
    draft, policy = a_transfer(status=Status.DRAFT), a_policy()

    assert execute(draft, by=a_user(), policy=policy, now=SENT_AT) == (
        TransferRequested(
            transfer_id=draft.id,
            devices=draft.devices,
            current_recipient=a_patient(),
            requested_at=SENT_AT,
            policy=policy.pin,
            by=a_user().id,
        ),
    )


@pytest.mark.parametrize("status", [Status.REQUESTED, Status.SENT])
def test_executing_twice_is_already_done(status: Status) -> None:
    assert execute(a_transfer(status=status), by=a_user(), policy=a_policy(), now=SENT_AT) == ()


@pytest.mark.rule("BMB-2a")
@pytest.mark.parametrize("status", [Status.CANCELLED, Status.REFUSED, Status.REJECTED])
def test_what_has_ended_cannot_be_executed(status: Status) -> None:
    with pytest.raises(Refused) as refused:
        execute(a_transfer(status=status), by=a_user(), policy=a_policy(), now=SENT_AT)

    assert refused.value.reason == Reason.NOT_A_DRAFT


@pytest.mark.rule("BMB-2e")
def test_a_requester_may_not_send_where_only_prescribers_may() -> None:
    requester = a_user(role=Role.REQUESTER)

    with pytest.raises(Refused) as refused:
        execute(
            a_transfer(status=Status.DRAFT),
            by=requester,
            policy=a_policy(sender="prescriber"),
            now=SENT_AT,
        )

    assert (refused.value.reason, refused.value.rule) == (Reason.SENDER_NOT_PERMITTED, "BMB-2")


@pytest.mark.rule("BMB-2e")
@pytest.mark.parametrize("role", [Role.PRESCRIBER, Role.REQUESTER])
def test_requesters_may_send_where_the_policy_says_so(role: Role) -> None:
    policy = a_policy(sender="prescriber_and_requester")

    assert execute(
        a_transfer(status=Status.DRAFT), by=a_user(role=role), policy=policy, now=SENT_AT
    )


@pytest.mark.rule("BMB-2e")
def test_a_draft_is_sent_from_its_own_service_point() -> None:
    with pytest.raises(Refused) as refused:
        execute(a_transfer(status=Status.DRAFT), by=a_receiver(), policy=a_policy(), now=SENT_AT)

    assert refused.value.reason == Reason.NOT_RESPONSIBLE


@pytest.mark.rule("BMB-11a")
def test_patient_to_patient_is_sent_where_it_is_allowed() -> None:
    draft = a_transfer(status=Status.DRAFT, new_recipient=a_patient("P-30771"))

    assert execute(draft, by=a_user(), policy=a_policy(patient_to_patient="allowed"), now=SENT_AT)


@pytest.mark.rule("BMB-11a", "BMB-11b")
def test_patient_to_patient_needs_the_senders_attestation_where_the_policy_says_so() -> None:
    policy = a_policy(patient_to_patient="attested")
    draft = a_transfer(status=Status.DRAFT, new_recipient=a_patient("P-30771"))
    attested = a_transfer(status=Status.DRAFT, new_recipient=a_patient("P-30771"), attested=True)

    with pytest.raises(Refused) as refused:
        execute(draft, by=a_user(), policy=policy, now=SENT_AT)

    assert refused.value.reason == Reason.ATTESTATION_MISSING
    assert execute(attested, by=a_user(), policy=policy, now=SENT_AT)


@pytest.mark.rule("BMB-11b", "BMB-11d")
def test_patient_to_patient_is_refused_where_it_is_forbidden_and_the_way_is_a_return() -> None:
    draft = a_transfer(status=Status.DRAFT, new_recipient=a_patient("P-30771"), attested=True)

    with pytest.raises(Refused) as refused:
        execute(draft, by=a_user(), policy=a_policy(patient_to_patient="forbidden"), now=SENT_AT)

    assert refused.value.reason == Reason.PATIENT_TO_PATIENT_FORBIDDEN
    assert "rekonditionering" in refused.value.way_on


@pytest.mark.rule("BMB-11a")
def test_a_new_prescriber_for_the_same_patient_is_not_patient_to_patient() -> None:
    policy = a_policy(patient_to_patient="forbidden")

    assert execute(a_transfer(status=Status.DRAFT), by=a_user(), policy=policy, now=SENT_AT)


@pytest.mark.rule("BMB-2a")
def test_the_receiver_sees_the_transfer_once_inventory_holds_the_devices() -> None:
    (event,) = grant(a_transfer(status=Status.REQUESTED), policy=a_policy(), now=SENT_AT)

    assert isinstance(event, TransferSent)


@pytest.mark.rule("BMB-7e")
def test_the_clock_starts_when_it_was_sent() -> None:
    requested = a_transfer(status=Status.REQUESTED)
    days_later = SENT_AT + timedelta(days=2)

    (event,) = grant(requested, policy=a_policy(clock_starts="sent"), now=days_later)

    assert isinstance(event, TransferSent)
    assert event.deadline == stockholm("2026-05-08 00:00")


@pytest.mark.rule("BMB-7e")
def test_the_clock_starts_when_the_receiver_can_see_it_where_the_policy_says_received() -> None:
    requested = a_transfer(status=Status.REQUESTED)
    days_later = SENT_AT + timedelta(days=2)

    (event,) = grant(requested, policy=a_policy(clock_starts="received"), now=days_later)

    assert isinstance(event, TransferSent)
    assert event.deadline == stockholm("2026-05-10 00:00")


@pytest.mark.rule("BMB-7f")
def test_a_transfer_date_after_the_deadline_does_not_move_it() -> None:
    requested = a_transfer(status=Status.REQUESTED, transfer_date=date(2026, 7, 1))

    (event,) = grant(requested, policy=a_policy(), now=SENT_AT)

    assert isinstance(event, TransferSent)
    assert event.deadline == stockholm("2026-05-08 00:00")


@pytest.mark.rule("BMB-12f")
def test_a_refused_hold_ends_the_transfer_and_says_which_device_and_why() -> None:
    reasons = [DeviceRefusal(device_id=device_id(), reason="IN_DISPATCH")]

    (event,) = refuse(a_transfer(status=Status.REQUESTED), reasons=reasons)

    assert isinstance(event, TransferRefused)
    assert event.reasons == tuple(reasons)


@pytest.mark.rule("BMB-12i")
def test_a_hold_that_nobody_answers_for_ends_the_transfer() -> None:
    (event,) = give_up(a_transfer(status=Status.REQUESTED))

    assert isinstance(event, TransferRefused)
    assert event.reasons[0].reason == Reason.NO_ANSWER


@pytest.mark.rule("BMB-12i")
def test_a_hold_granted_after_the_wait_was_given_up_changes_nothing() -> None:
    assert grant(a_transfer(status=Status.REFUSED), policy=a_policy(), now=SENT_AT) == ()
