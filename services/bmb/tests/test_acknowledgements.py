from datetime import date, timedelta
from typing import Any

import pytest
from bmb.acknowledgements.domain import accept, reject
from bmb.domain import Reason, Status, evolve, takes_effect_on
from hypothesis import given
from hypothesis import strategies as st
from kvitt_contracts.bmb import TransferAccepted, TransferRejected
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import CustomerId, PayerId, ServicePointId
from kvitt_testkit.world import stockholm

from contracts.tests.builders.story import (
    OTHER,
    OTHER_PAYER,
    PAYER,
    RECEIVER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDING,
    a_patient,
)
from services.bmb.tests.builders import (
    SENT_AT,
    a_customer,
    a_device,
    a_policy,
    a_receiver,
    a_transfer,
    a_user,
    the_parties,
)

NEXT_DAY = stockholm("2026-05-02 09:00")
DEADLINE = stockholm("2026-05-08 00:00")


def accepted(**changes: object) -> TransferAccepted:
    """The acceptance of a transfer by its receiver, the day after it was sent."""
    given_ = {
        "transfer": a_transfer(),
        "by": a_receiver(),
        "customer": a_customer(),
        "payer_id": None,
        "parties": the_parties(),
        "policy": a_policy(),
        "now": NEXT_DAY,
        **changes,
    }
    (event,) = accept(given_.pop("transfer"), **given_)  # type: ignore[arg-type]
    assert isinstance(event, TransferAccepted)
    return event


def refusal(**changes: object) -> Refused:
    """Why an acceptance is refused."""
    with pytest.raises(Refused) as refused:
        accepted(**changes)
    return refused.value


@pytest.mark.rule("BMB-4c")
def test_accepting_chooses_the_customer_which_sets_its_payer() -> None:
    event = accepted(customer=a_customer(RECEIVING, payer=RECEIVING_PAYER))

    assert (event.customer_id, event.payer_id) == (RECEIVING, RECEIVING_PAYER)


@pytest.mark.rule("BMB-4c", "BMB-4m")
def test_another_service_point_of_the_receiver_may_be_chosen_as_customer() -> None:
    event = accepted(by=a_receiver(also_at=(OTHER,)), customer=a_customer(OTHER, payer=OTHER_PAYER))

    assert (event.customer_id, event.payer_id) == (OTHER, OTHER_PAYER)


@pytest.mark.rule("BMB-4m")
def test_a_customer_of_somebody_else_is_refused() -> None:
    refused = refusal(customer=a_customer(OTHER, payer=OTHER_PAYER))

    assert refused.reason == Reason.CUSTOMER_OF_ANOTHER_SIDE


@pytest.mark.rule("BMB-4c")
def test_where_the_payer_follows_the_customer_another_one_is_refused() -> None:
    refused = refusal(payer_id=PayerId(OTHER_PAYER), policy=a_policy(ack_payer="follows_customer"))

    assert (refused.reason, refused.field) == (Reason.PAYER_FOLLOWS_CUSTOMER, "payer_id")


@pytest.mark.rule("BMB-4d")
def test_where_the_policy_permits_the_payer_is_chosen_by_itself() -> None:
    event = accepted(payer_id=PayerId(OTHER_PAYER), policy=a_policy(ack_payer="chosen"))

    assert (event.customer_id, event.payer_id) == (RECEIVING, OTHER_PAYER)


@pytest.mark.rule("BMB-4l")
@pytest.mark.parametrize(
    ("payer", "involved"),
    [
        ("20777", {"own_payers": frozenset({PayerId("20777")})}),
        ("20777", {"transfer": a_transfer(proposed_payer=PayerId("20777"))}),
        (OTHER_PAYER, {}),
    ],
    ids=["his own unit's", "the proposed", "who pays now"],
)
def test_a_payer_who_is_part_of_it_may_be_chosen(payer: str, involved: dict[str, Any]) -> None:
    event = accepted(payer_id=PayerId(payer), policy=a_policy(ack_payer="chosen"), **involved)

    assert event.payer_id == payer


@pytest.mark.rule("BMB-4l")
def test_a_payer_who_has_no_part_in_it_is_not_named() -> None:
    refused = refusal(payer_id=PayerId("20777"), policy=a_policy(ack_payer="chosen"))

    assert (refused.reason, refused.field) == (Reason.PAYER_NOT_INVOLVED, "payer_id")


@pytest.mark.rule("BMB-4l")
def test_who_pays_for_some_of_the_devices_is_not_made_to_pay_for_all() -> None:
    devices = (a_device(), a_device("157792", customer=None, payer=PAYER))

    refused = refusal(
        payer_id=PayerId(OTHER_PAYER),
        policy=a_policy(ack_payer="chosen"),
        parties=the_parties(devices=devices),
    )

    assert refused.reason == Reason.PAYER_NOT_INVOLVED


@pytest.mark.rule("BMB-4m")
def test_the_proposed_customer_may_be_chosen() -> None:
    transfer = a_transfer(proposed_customer=CustomerId(OTHER))

    event = accepted(transfer=transfer, customer=a_customer(OTHER, payer=OTHER_PAYER))

    assert event.customer_id == OTHER


@pytest.mark.rule("BMB-4g")
def test_an_acceptance_tells_whether_it_carries_a_message() -> None:
    assert accepted(has_message=True).has_message
    assert not accepted().has_message


@pytest.mark.rule("BMB-6a")
def test_the_sender_answers_no_where_he_may_acknowledge_himself() -> None:
    own = a_transfer(receiving_service_point=ServicePointId(SENDING))

    (event,) = reject(own, by=a_user(), policy=a_policy(), now=NEXT_DAY, has_message=False)

    assert evolve(own, event).status is Status.REJECTED


@pytest.mark.rule("BMB-4a")
def test_only_who_works_at_the_receiving_service_point_answers() -> None:
    assert refusal(by=a_user()).reason == Reason.NOT_RESPONSIBLE


@pytest.mark.rule("BMB-4a")
def test_a_user_whose_access_has_ended_does_not_answer() -> None:
    assert refusal(by=a_receiver(active=False)).reason == Reason.NOT_RESPONSIBLE


@pytest.mark.rule("BMB-4a")
@pytest.mark.parametrize(
    "status", [one for one in Status if one not in {Status.SENT, Status.ACCEPTED}]
)
def test_only_a_sent_transfer_is_answered(status: Status) -> None:
    assert refusal(transfer=a_transfer(status=status)).reason == Reason.NOT_OPEN


def test_accepting_again_with_the_same_choice_is_already_done() -> None:
    transfer = evolve(a_transfer(), accepted())

    again = accept(
        transfer,
        by=a_receiver(),
        customer=a_customer(),
        payer_id=None,
        parties=the_parties(),
        policy=a_policy(),
        now=NEXT_DAY,
    )

    assert again == ()


def test_accepting_again_for_another_payer_is_refused() -> None:
    transfer = evolve(a_transfer(), accepted())

    refused = refusal(
        transfer=transfer, payer_id=PayerId(OTHER_PAYER), policy=a_policy(ack_payer="chosen")
    )

    assert refused.reason == Reason.NOT_OPEN


@pytest.mark.rule("BMB-4f")
def test_it_takes_effect_on_recipient_prescriber_and_payer_at_the_transfer_date() -> None:
    transfer = a_transfer(new_recipient=a_patient("P-30771"), transfer_date=date(2026, 5, 20))

    event = accepted(transfer=transfer)

    assert event.effective_on == date(2026, 5, 20)
    assert (event.new_recipient, event.new_prescriber) == (a_patient("P-30771"), RECEIVER)
    assert event.payer_id == RECEIVING_PAYER


@pytest.mark.rule("BMB-4f")
def test_an_acceptance_after_the_transfer_date_takes_effect_on_its_own_day() -> None:
    event = accepted(transfer=a_transfer(transfer_date=date(2026, 4, 1)))

    assert event.effective_on == date(2026, 5, 2)


@pytest.mark.rule("BMB-4f")
def test_the_day_of_a_decision_is_stockholms() -> None:
    event = accepted(now=stockholm("2026-05-04 00:30"))

    assert event.effective_on == date(2026, 5, 4)


@pytest.mark.rule("BMB-4f")
def test_back_dating_takes_effect_at_the_transfer_date_where_the_region_permits_it() -> None:
    transfer = a_transfer(transfer_date=date(2026, 4, 1))

    event = accepted(transfer=transfer, policy=a_policy(back_dating=True))

    assert event.effective_on == date(2026, 4, 1)


@pytest.mark.rule("BMB-4f")
@given(
    transfer_date=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    decided_on=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_without_back_dating_nothing_takes_effect_before_its_decision(
    transfer_date: date, decided_on: date
) -> None:
    transfer = a_transfer(transfer_date=transfer_date)

    effective = takes_effect_on(transfer, decided_on=decided_on, policy=a_policy().transfer)

    assert effective >= decided_on
    assert effective in {transfer_date, decided_on}


@pytest.mark.rule("BMB-7a")
@pytest.mark.parametrize("late", [timedelta(0), timedelta(microseconds=1), timedelta(days=3)])
def test_a_transfer_cannot_be_accepted_once_its_deadline_has_passed(late: timedelta) -> None:
    assert refusal(now=DEADLINE + late).reason == Reason.DEADLINE_PASSED


@pytest.mark.rule("BMB-7a")
def test_a_transfer_can_be_accepted_until_its_deadline() -> None:
    event = accepted(now=DEADLINE - timedelta(microseconds=1))

    assert event.effective_on == date(2026, 5, 7)


@pytest.mark.rule("BMB-7a")
def test_a_transfer_cannot_be_rejected_once_its_deadline_has_passed() -> None:
    with pytest.raises(Refused) as refused:
        reject(a_transfer(), by=a_receiver(), policy=a_policy(), now=DEADLINE, has_message=True)

    assert refused.value.reason == Reason.DEADLINE_PASSED


@pytest.mark.rule("BMB-5b")
def test_rejecting_voids_the_transfer_and_tells_the_sender() -> None:
    transfer = a_transfer()

    (event,) = reject(transfer, by=a_receiver(), policy=a_policy(), now=SENT_AT, has_message=True)

    assert isinstance(event, TransferRejected)
    assert (event.sender, event.has_message) == (transfer.sender, True)
    assert evolve(transfer, event).status is Status.REJECTED


@pytest.mark.rule("BMB-5a")
def test_a_rejection_needs_a_message_where_the_policy_says_so() -> None:
    policy = a_policy(rejection_message="mandatory")

    with pytest.raises(Refused) as refused:
        reject(a_transfer(), by=a_receiver(), policy=policy, now=SENT_AT, has_message=False)

    assert (refused.value.reason, refused.value.field) == (Reason.MESSAGE_MISSING, "message")


@pytest.mark.rule("BMB-5a")
def test_a_rejection_needs_no_message_where_it_is_optional() -> None:
    policy = a_policy(rejection_message="optional")

    (event,) = reject(a_transfer(), by=a_receiver(), policy=policy, now=SENT_AT, has_message=False)

    assert isinstance(event, TransferRejected)
    assert not event.has_message


def test_rejecting_twice_is_already_done() -> None:
    rejected = a_transfer(status=Status.REJECTED)

    assert reject(rejected, by=a_receiver(), policy=a_policy(), now=SENT_AT, has_message=True) == ()


@pytest.mark.rule("BMB-6a")
def test_who_may_not_answer_may_not_reject() -> None:
    with pytest.raises(Refused) as refused:
        reject(a_transfer(), by=a_user(), policy=a_policy(), now=SENT_AT, has_message=True)

    assert refused.value.reason == Reason.NOT_RESPONSIBLE
