from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from bmb.domain import Reason as TransferReason
from bmb.domain import Status
from bmb.drafts.domain import Reason, Wish, acknowledging_service_point, cancel, save
from bmb.parties.domain import Reason as PartyReason
from kvitt_contracts.bmb import TransferCancelled, TransferDrafted
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Reference, Role, ServicePointId, StoreId, UserId

from contracts.tests.builders.story import (
    OTHER,
    PAYER,
    RECEIVER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDING,
    a_care_unit,
    a_patient,
    a_store,
    transfer_id,
)
from services.bmb.tests.builders import (
    a_customer,
    a_device,
    a_receiver,
    a_transfer,
    a_user,
    a_wish,
    to_patient,
)

TODAY = date(2026, 5, 1)
THEIRS = "P-30771"
NOBODYS = a_device(
    "157792", holder=a_patient(THEIRS), prescriber=UserId(RECEIVER), prescribed_at=frozenset()
)
"""A device in which the sender has no part."""


def saved(wish: Wish) -> TransferDrafted:
    """The draft that a wish becomes."""
    (event,) = save(
        None, wish, transfer_id=transfer_id(), reference=Reference("BMB-1"), today=TODAY
    )
    assert isinstance(event, TransferDrafted)
    return event


def refusal(wish: Wish) -> Refused:
    """Why a wish is refused."""
    with pytest.raises(Refused) as refused:
        saved(wish)
    return refused.value


@pytest.mark.rule("BMB-1a")
def test_a_transfer_names_several_devices_at_one_recipient() -> None:
    draft = saved(a_wish(devices=(a_device("170098"), a_device("157792"))))

    assert len(draft.devices) == 2
    assert draft.current_recipient == a_patient()


@pytest.mark.rule("BMB-1a")
def test_devices_at_two_recipients_are_refused() -> None:
    devices = (a_device("170098"), a_device("157792", holder=a_patient("P-30771")))

    assert refusal(a_wish(devices=devices)).reason == Reason.SEVERAL_RECIPIENTS


@pytest.mark.rule("BMB-1a")
def test_the_same_device_twice_is_refused() -> None:
    assert refusal(a_wish(devices=(a_device(), a_device()))).reason == Reason.DEVICE_TWICE


@pytest.mark.rule("BMB-1c")
def test_with_neither_new_recipient_nor_prescriber_it_is_a_change_of_payer() -> None:
    draft = saved(a_wish(new_prescriber=None))

    assert (draft.new_recipient, draft.new_store, draft.new_prescriber) == (None, None, None)
    assert draft.current_recipient == a_patient()


@pytest.mark.rule("BMB-1d")
def test_own_store_to_patient() -> None:
    device = a_device(holder=a_store("402"))

    draft = saved(a_wish(devices=(device,), new_recipient=to_patient(), new_prescriber=None))

    assert draft.current_store == "402"
    assert draft.current_recipient is None
    assert draft.new_recipient == a_patient("P-30771")


@pytest.mark.rule("BMB-1b")
def test_own_store_to_care_unit() -> None:
    device = a_device(holder=a_store("402"))

    draft = saved(a_wish(devices=(device,), new_recipient=a_care_unit(), new_prescriber=None))

    assert draft.new_recipient == a_care_unit()


@pytest.mark.rule("BMB-1d")
def test_a_device_in_a_store_of_somebody_else_cannot_be_transferred() -> None:
    device = a_device(holder=a_store("500"))

    refused = refusal(a_wish(devices=(device,), new_recipient=to_patient(), new_prescriber=None))

    assert (refused.reason, refused.field) == (Reason.NOT_OWN_STORE, "devices")
    assert not refused.values  # the store is no business of who asks


@pytest.mark.rule("REF-18c")
@pytest.mark.parametrize(
    "wished",
    [
        {"devices": (a_device(), NOBODYS)},
        {"devices": (NOBODYS,), "new_store": StoreId("402"), "new_recipient": to_patient("P-1")},
        {"devices": (NOBODYS,), "new_store": StoreId("402"), "new_recipient": to_patient(THEIRS)},
        {"devices": (NOBODYS,), "new_recipient": to_patient(THEIRS, active=False)},
        {"devices": (NOBODYS,), "new_recipient": to_patient("P-1", active=False)},
        {"devices": (replace(NOBODYS, holder=a_store("500")),), "new_recipient": to_patient()},
        {"devices": (replace(NOBODYS, holder=a_store("500")),), "new_recipient": None},
    ],
)
def test_who_has_no_part_in_a_device_is_not_told_where_it_is(wished: dict[str, Any]) -> None:
    assert refusal(a_wish(**wished)).reason == PartyReason.NO_PART_IN_DEVICE


@pytest.mark.rule("BMB-1c")
def test_a_device_in_a_store_has_no_payer_to_change() -> None:
    device = a_device(holder=a_store("402"))

    refused = refusal(a_wish(devices=(device,), new_prescriber=None))

    assert refused.reason == Reason.NOTHING_CHANGES
    assert not refused.values


@pytest.mark.rule("BMB-1e")
def test_patient_to_own_store() -> None:
    draft = saved(a_wish(new_store=StoreId("402"), new_prescriber=None))

    assert draft.new_store == "402"


@pytest.mark.rule("BMB-1e")
def test_patient_to_the_store_of_somebody_else_is_refused() -> None:
    refused = refusal(a_wish(new_store=StoreId("500"), new_prescriber=None))

    assert (refused.reason, refused.field) == (Reason.NOT_OWN_STORE, "new_store")


@pytest.mark.rule("BMB-1e")
def test_a_new_recipient_and_a_store_at_once_are_refused() -> None:
    refused = refusal(a_wish(new_store=StoreId("402"), new_recipient=to_patient()))

    assert refused.reason == Reason.TWO_RECIPIENTS


@pytest.mark.rule("BMB-1f")
def test_patient_to_patient() -> None:
    draft = saved(a_wish(new_recipient=to_patient(), new_prescriber=None))

    assert draft.new_recipient == a_patient("P-30771")


@pytest.mark.rule("BMB-1b")
def test_naming_the_current_patient_again_is_no_new_recipient() -> None:
    draft = saved(a_wish(new_recipient=to_patient("P-20417")))

    assert draft.new_recipient is None


@pytest.mark.rule("BMB-1g")
def test_responsibility_to_another_prescriber() -> None:
    draft = saved(a_wish(new_prescriber=a_receiver()))

    assert draft.new_prescriber == RECEIVER


@pytest.mark.rule("BMB-1g")
@pytest.mark.parametrize(
    "nobody", [a_receiver(role=Role.REQUESTER), a_receiver(active=False)], ids=["role", "inactive"]
)
def test_the_new_prescriber_must_be_an_active_prescriber(nobody: object) -> None:
    assert refusal(a_wish(new_prescriber=nobody)).reason == PartyReason.NOT_A_PRESCRIBER


@pytest.mark.rule("REF-14a", "REF-14b")
def test_nothing_goes_to_an_inactive_patient_and_the_refusal_says_whom_to_contact() -> None:
    refused = refusal(a_wish(new_recipient=to_patient(active=False)))

    assert refused.reason == PartyReason.INACTIVE_RECIPIENT
    assert "Kontakta hjälpmedelsverksamheten" in refused.way_on


@pytest.mark.rule("REF-7b")
def test_a_private_clinic_takes_nothing_back_into_a_store_of_its_own() -> None:
    clinic = a_customer(SENDING, payer=PAYER, store="402", private_clinic=True)
    wish = a_wish(new_store=StoreId("402"), new_prescriber=None, units=(clinic,))

    assert refusal(wish).reason == Reason.PRIVATE_CLINIC_HOLDS_NO_STOCK


@pytest.mark.rule("BMB-2b")
def test_a_draft_proposes_the_payer_of_the_senders_default_service_point() -> None:
    draft = saved(a_wish(new_prescriber=None))

    assert (draft.proposed_customer, draft.proposed_payer) == (SENDING, PAYER)


@pytest.mark.rule("BMB-2b")
def test_a_draft_proposes_the_payer_of_the_new_prescriber_where_one_is_named() -> None:
    draft = saved(a_wish(new_prescriber=a_receiver()))

    assert (draft.proposed_customer, draft.proposed_payer) == (RECEIVING, RECEIVING_PAYER)


@pytest.mark.rule("BMB-2a")
def test_a_draft_is_saved_from_a_service_point_of_the_sender() -> None:
    wish = a_wish(sending_service_point=ServicePointId(OTHER))

    assert refusal(wish).reason == Reason.SENDER_ELSEWHERE


@pytest.mark.rule("BMB-2a")
def test_saving_a_draft_anew_replaces_it() -> None:
    draft = a_transfer(status=Status.DRAFT)
    wish = a_wish(new_recipient=to_patient())

    (event,) = save(draft, wish, transfer_id=draft.id, reference=None, today=TODAY)

    assert isinstance(event, TransferDrafted)
    assert event.new_recipient == a_patient("P-30771")


@pytest.mark.rule("BMB-2a")
@pytest.mark.parametrize("status", [Status.DRAFT, Status.SENT])
def test_a_draft_of_another_service_point_cannot_be_saved_anew_and_says_nothing_of_it(
    status: Status,
) -> None:
    draft = a_transfer(status=status)
    elsewhere = a_wish(sender=a_user(at=OTHER), new_prescriber=None, units=(a_customer(OTHER),))

    with pytest.raises(Refused) as refused:
        save(draft, elsewhere, transfer_id=draft.id, reference=None, today=TODAY)

    assert (refused.value.reason, refused.value.field) == (Reason.SENDER_ELSEWHERE, "sender")
    assert not refused.value.values


@pytest.mark.rule("BMB-2a")
def test_what_is_sent_cannot_be_saved_anew() -> None:
    sent = a_transfer(status=Status.SENT)

    with pytest.raises(Refused) as refused:
        save(sent, a_wish(), transfer_id=sent.id, reference=None, today=TODAY)

    assert refused.value.reason == TransferReason.NOT_A_DRAFT


@pytest.mark.rule("BMB-2c")
def test_cancelling_throws_the_draft_away() -> None:
    draft = a_transfer(status=Status.DRAFT)

    assert cancel(draft, by=a_user()) == (TransferCancelled(transfer_id=draft.id),)


def test_cancelling_twice_is_already_done() -> None:
    assert cancel(a_transfer(status=Status.CANCELLED), by=a_user()) == ()


@pytest.mark.rule("BMB-2c")
def test_a_sent_transfer_cannot_be_cancelled() -> None:
    with pytest.raises(Refused) as refused:
        cancel(a_transfer(status=Status.SENT), by=a_user())

    assert refused.value.reason == TransferReason.NOT_A_DRAFT


@pytest.mark.rule("BMB-2c")
def test_only_the_sending_service_point_cancels() -> None:
    with pytest.raises(Refused) as refused:
        cancel(a_transfer(status=Status.DRAFT), by=a_receiver())

    assert refused.value.reason == Reason.SENDER_ELSEWHERE


@pytest.mark.rule("BMB-3b")
def test_the_transfer_date_may_lie_in_the_future() -> None:
    assert saved(a_wish(transfer_date=date(2026, 6, 1))).transfer_date == date(2026, 6, 1)


@pytest.mark.rule("BMB-3b")
def test_without_a_date_the_transfer_date_is_today() -> None:
    assert saved(a_wish()).transfer_date == TODAY


@pytest.mark.rule("BMB-3a")
def test_that_there_is_a_message_is_told_but_not_what_it_says() -> None:
    draft = saved(a_wish(has_message=True))

    assert draft.has_message
    assert "message" not in {name for name in type(draft).model_fields if name != "has_message"}


@pytest.mark.rule("BMB-4a")
def test_the_new_prescribers_service_point_acknowledges_when_responsibility_moves() -> None:
    assert acknowledging_service_point(a_wish(new_prescriber=a_receiver())) == RECEIVING


@pytest.mark.rule("BMB-4a")
def test_another_service_point_of_the_new_prescriber_may_be_named() -> None:
    prescriber = a_receiver(also_at=(OTHER,))
    wish = a_wish(new_prescriber=prescriber, receiving_service_point=ServicePointId(OTHER))

    assert acknowledging_service_point(wish) == OTHER


@pytest.mark.rule("BMB-4a")
def test_a_service_point_that_is_not_the_new_prescribers_is_refused() -> None:
    refused = refusal(a_wish(receiving_service_point=ServicePointId(OTHER)))

    assert refused.reason == Reason.RECEIVER_ELSEWHERE


@pytest.mark.rule("BMB-4b")
def test_else_the_unit_that_pays_now_acknowledges() -> None:
    assert acknowledging_service_point(a_wish(new_prescriber=None)) == OTHER


@pytest.mark.rule("BMB-4b")
def test_where_no_unit_pays_the_sender_acknowledges() -> None:
    device = a_device(holder=a_store("402"))
    wish = a_wish(devices=(device,), new_prescriber=None, new_recipient=to_patient())

    assert acknowledging_service_point(wish) == SENDING


@pytest.mark.rule("BMB-4b")
def test_the_sender_cannot_choose_who_acknowledges_a_change_of_payer() -> None:
    wish = a_wish(new_prescriber=None, receiving_service_point=ServicePointId(SENDING))

    assert refusal(wish).reason == Reason.RECEIVER_ELSEWHERE


@pytest.mark.rule("BMB-4i")
def test_devices_that_two_units_pay_for_need_a_transfer_each() -> None:
    devices = (a_device("170098", customer=OTHER), a_device("157792", customer=RECEIVING))

    refused = refusal(a_wish(devices=devices, new_prescriber=None))

    assert refused.reason == PartyReason.SEVERAL_PAYERS
