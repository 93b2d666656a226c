"""Rule mutants of drafts: what a transfer names, who sends it, the exception between patients."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/bmb/bmb"
_TESTS: Final = "services/bmb/tests"
_DRAFTS: Final = f"{_CODE}/drafts/domain.py"
_REQUESTS: Final = f"{_CODE}/requests/domain.py"
_PARTIES: Final = f"{_CODE}/parties/domain.py"
_DRAFT: Final = f"{_TESTS}/test_drafts.py::test"
_REQUEST: Final = f"{_TESTS}/test_requests.py::test"
_PARTY: Final = f"{_TESTS}/test_parties.py::test"
_HTTP: Final = f"{_TESTS}/test_http.py::test"
_SAVE: Final = f"{_TESTS}/test_saving.py::test"
_SEND: Final = f"{_TESTS}/test_sending.py::test"
_PREVIEW: Final = f"{_CODE}/drafts/preview.py"
_BEFORE: Final = f"{_TESTS}/test_accepting_at_once.py::test"

DRAFTS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BMB-1a",
        "A transfer takes devices of two recipients",
        _DRAFTS,
        "    if len(holders) > 1:\n",
        "    if len(holders) > 2:\n",
        f"{_DRAFT}_devices_at_two_recipients_are_refused",
    ),
    rule_mutant(
        "BMB-1a",
        "A device may be named twice",
        _DRAFTS,
        "    if len({device.id for device in devices}) < len(devices):\n",
        "    if not devices:\n",
        f"{_DRAFT}_the_same_device_twice_is_refused",
    ),
    rule_mutant(
        "BMB-1a",
        "An executed draft takes a device from wherever it is by now",
        _DRAFTS,
        "    drafted = saved.model_copy(update=place)\n",
        "    drafted = saved\n",
        f"{_SEND}_a_draft_of_a_device_that_has_moved_asks_for_it_where_it_was",
    ),
    rule_mutant(
        "BMB-1b",
        "Whoever has the device already counts as a new recipient",
        _DRAFTS,
        "    if recipient == holder:\n        return None\n",
        "",
        f"{_DRAFT}_naming_the_current_patient_again_is_no_new_recipient",
    ),
    rule_mutant(
        "BMB-1c",
        "The payer of a device in a store can be changed",
        _DRAFTS,
        "        if not to_recipient:\n",
        "        if wish.new_store is not None:\n",
        f"{_DRAFT}_a_device_in_a_store_has_no_payer_to_change",
    ),
    rule_mutant(
        "BMB-1d",
        "A device leaves the store of somebody else",
        _DRAFTS,
        '        _own_store(wish, holder.store, field="devices")\n',
        "",
        f"{_DRAFT}_a_device_in_a_store_of_somebody_else_cannot_be_transferred",
    ),
    rule_mutant(
        "BMB-1e",
        "A device goes to a store and to a recipient at once",
        _DRAFTS,
        "    if wish.new_store is not None and to_recipient:\n",
        "    if wish.new_store is None and to_recipient and not wish.units:\n",
        f"{_DRAFT}_a_new_recipient_and_a_store_at_once_are_refused",
    ),
    rule_mutant(
        "BMB-1f",
        "A new patient is not told in the draft",
        _DRAFTS,
        "            new_recipient=new_recipient,\n",
        "            new_recipient=None,\n",
        f"{_DRAFT}_patient_to_patient",
    ),
    rule_mutant(
        "BMB-1g",
        "Responsibility goes to somebody who does not prescribe",
        _PARTIES,
        "not (prescriber.active and Role.PRESCRIBER in prescriber.roles)",
        "not prescriber.active",
        f"{_PARTY}_a_new_prescriber_who_has_ended_gets_nothing[role]",
    ),
    rule_mutant(
        "BMB-1h",
        "What leaves a store for a patient has no prescriber",
        _DRAFTS,
        "    return wish.sender.id\n",
        "    return None\n",
        f"{_SAVE}_from_own_store_to_a_patient_the_sender_is_the_prescriber",
    ),
    rule_mutant(
        "BMB-1h",
        "A requester who names nobody prescribes himself",
        _DRAFTS,
        "    if Role.PRESCRIBER not in wish.sender.roles:\n",
        "    if not wish.sender.roles:\n",
        f"{_SAVE}_a_requester_names_who_prescribes_what_leaves_a_store",
    ),
    rule_mutant(
        "BMB-2a",
        "What is sent can be saved anew",
        _DRAFTS,
        "    if transfer is not None and transfer.status is not Status.DRAFT:\n",
        "    if transfer is not None and transfer.status is Status.CANCELLED:\n",
        f"{_DRAFT}_what_is_sent_cannot_be_saved_anew",
    ),
    rule_mutant(
        "BMB-2b",
        "The sender's payer is proposed though responsibility moves",
        _DRAFTS,
        "        return (self.new_prescriber or self.sender).default_service_point\n",
        "        return self.sender.default_service_point\n",
        f"{_DRAFT}_a_draft_proposes_the_payer_of_the_new_prescriber_where_one_is_named",
    ),
    rule_mutant(
        "BMB-2c",
        "Another unit throws a draft away",
        _DRAFTS,
        "    if not by.works_at(transfer.sending_service_point):\n",
        "    if not by.active:\n",
        f"{_DRAFT}_only_the_sending_service_point_cancels",
    ),
    rule_mutant(
        "BMB-2d",
        "A payer is set when the draft is saved",
        f"{_CODE}/domain.py",
        '"status": Status.DRAFT, "remaining": event.devices}\n',
        '"status": Status.DRAFT, "remaining": event.devices}\n'
        '    drafted["payer_id"] = event.proposed_payer\n',
        f"{_HTTP}_a_payer_that_the_sender_says_is_not_set",
    ),
    rule_mutant(
        "BMB-2e",
        "A requester sends where only prescribers may",
        _REQUESTS,
        '    if policy.sender == "prescriber_and_requester":\n',
        "    if policy.sender:\n",
        f"{_REQUEST}_a_requester_may_not_send_where_only_prescribers_may",
    ),
    rule_mutant(
        "BMB-2e",
        "A draft is sent by another unit",
        _REQUESTS,
        "    if not by.works_at(service_point):\n",
        "    if not by.active:\n",
        f"{_REQUEST}_a_draft_is_sent_from_its_own_service_point",
    ),
    rule_mutant(
        "BMB-2f",
        "A draft is sent with the payer of the day on which it was saved",
        f"{_CODE}/requests/writes.py",
        "        tx.record(row, *judged_anew, *events)\n",
        "        tx.record(row, *events)\n",
        f"{_SEND}_a_draft_is_sent_with_todays_proposed_payer",
    ),
    rule_mutant(
        "BMB-2f",
        "A draft to a patient who has died since is sent",
        _DRAFTS,
        "        refuse_ended(Parties(recipient=wanted))\n",
        "        pass\n",
        f"{_SEND}_a_draft_whose_recipient_or_prescriber_has_ended_is_not_sent[recipient]",
    ),
    rule_mutant(
        "BMB-2g",
        "The sender is not told that he cannot accept it himself",
        _PREVIEW,
        "            why_not = why_not or refused.way_on\n",
        "            why_not = None\n",
        f"{_BEFORE}_a_sender_sees_before_who_acknowledges_until_when_and_who_pays",
    ),
    rule_mutant(
        "BMB-2g",
        "The deadline that the sender sees is a day late",
        _PREVIEW,
        "deadline_after(tx.now, days=rules.expiry.days)",
        "deadline_after(tx.now, days=rules.expiry.days + 1)",
        f"{_BEFORE}_a_sender_sees_before_who_acknowledges_until_when_and_who_pays",
    ),
    rule_mutant(
        "BMB-2g",
        "The sender is not told that he must attest",
        _PREVIEW,
        'rules.patient_to_patient == "attested"',
        'rules.patient_to_patient == "forbidden"',
        f"{_BEFORE}_a_sender_sees_that_he_must_attest",
    ),
    rule_mutant(
        "BIL-16a",
        "Who is to answer is shown the day that the sender wished, though it has passed",
        f"{_CODE}/api.py",
        "return takes_effect_on(row.state(), decided_on=tx.today, policy=policy.transfer)",
        "return row.transfer_date",
        f"{_HTTP}_who_is_to_answer_sees_from_which_day_it_would_count",
    ),
    rule_mutant(
        "BMB-3a",
        "The message to the receiver is not stored",
        f"{_CODE}/drafts/handlers.py",
        "    await texts.keep_to_receiver(tx, transfer_id, command.message)\n",
        "",
        f"{_SAVE}_the_message_is_kept_here_and_in_no_event",
    ),
    rule_mutant(
        "BMB-3b",
        "The transfer date is always today",
        _DRAFTS,
        "            transfer_date=wish.transfer_date or today,\n",
        "            transfer_date=today,\n",
        f"{_DRAFT}_the_transfer_date_may_lie_in_the_future",
    ),
    rule_mutant(
        "BMB-11a",
        "Patient to patient needs no attestation",
        _REQUESTS,
        "    if not transfer.attested:\n",
        "    if transfer.attested is None:\n",
        f"{_REQUEST}_patient_to_patient_needs_the_senders_attestation_where_the_policy_says_so",
    ),
    rule_mutant(
        "BMB-11b",
        "The way of reconditioning is not said",
        _REQUESTS,
        "Återlämna hjälpmedlet för rekonditionering och förskriv ett annat.",
        "Det går inte.",
        f"{_REQUEST}_patient_to_patient_is_refused_where_it_is_forbidden_and_the_way_is_a_return",
    ),
    rule_mutant(
        "BMB-11d",
        "Patient to patient is sent where it is forbidden",
        _REQUESTS,
        '    if policy.patient_to_patient == "forbidden":\n',
        '    if policy.patient_to_patient == "never":\n',
        f"{_REQUEST}_patient_to_patient_is_refused_where_it_is_forbidden_and_the_way_is_a_return",
    ),
    rule_mutant(
        "REF-7b",
        "A private clinic takes a device back into a store of its own",
        _DRAFTS,
        "        if owner.private_clinic and not wish.clinics_hold_stock:\n",
        "        if owner.private_clinic and wish.clinics_hold_stock:\n",
        f"{_DRAFT}_a_private_clinic_takes_nothing_back_into_a_store_of_its_own",
    ),
    rule_mutant(
        "REF-14a",
        "Something new is registered on who is inactive",
        _PARTIES,
        "    if parties.recipient is not None and not parties.recipient.active:\n",
        "    if parties.recipient is None and parties.prescriber is None:\n",
        f"{_PARTY}_an_inactive_recipient_gets_nothing",
        f"{_DRAFT}_nothing_goes_to_an_inactive_patient_and_the_refusal_says_whom_to_contact",
    ),
    rule_mutant(
        "REF-14b",
        "The refusal does not say whom to contact",
        _PARTIES,
        "Kontakta hjälpmedelsverksamheten: inget nytt registreras på mottagaren.",
        "Inget nytt registreras på mottagaren.",
        f"{_PARTY}_an_inactive_recipient_gets_nothing",
    ),
)
