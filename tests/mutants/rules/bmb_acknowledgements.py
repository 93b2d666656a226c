"""Rule mutants of acknowledgements: who answers, for whom, and what may be put right."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/bmb/bmb"
_TESTS: Final = "services/bmb/tests"
_DRAFTS: Final = f"{_CODE}/drafts/domain.py"
_ANSWERS: Final = f"{_CODE}/acknowledgements/domain.py"
_PARTIES: Final = f"{_CODE}/parties/domain.py"
_DRAFT: Final = f"{_TESTS}/test_drafts.py::test"
_ANSWER: Final = f"{_TESTS}/test_acknowledgements.py::test"
_PARTY: Final = f"{_TESTS}/test_parties.py::test"
_HTTP: Final = f"{_TESTS}/test_http.py::test"
_SAVE: Final = f"{_TESTS}/test_saving.py::test"
_ACKNOWLEDGE: Final = f"{_TESTS}/test_acknowledging.py::test"
_EFFECT: Final = f"{_TESTS}/test_taking_effect.py::test"
_REQUESTS: Final = f"{_CODE}/requests/domain.py"
_AT_ONCE: Final = f"{_TESTS}/test_accepting_at_once.py::test"

ACKNOWLEDGEMENTS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BMB-4a",
        "The sender's unit acknowledges though responsibility moves",
        _DRAFTS,
        "        derived: ServicePointId | None = wish.new_prescriber.default_service_point\n",
        "        derived: ServicePointId | None = wish.sender.default_service_point\n",
        f"{_DRAFT}_the_new_prescribers_service_point_acknowledges_when_responsibility_moves",
    ),
    rule_mutant(
        "BMB-4a",
        "Anybody answers",
        f"{_CODE}/responsibles/domain.py",
        "    if not by.works_at(service_point):\n",
        "    if not by.active:\n",
        f"{_ANSWER}_only_who_works_at_the_receiving_service_point_answers",
    ),
    rule_mutant(
        "BMB-4b",
        "The sender acknowledges what another unit pays for",
        _DRAFTS,
        "        paying = paying_units(wish.devices) or {wish.sender.default_service_point}\n",
        "        paying = {wish.sender.default_service_point}\n",
        f"{_DRAFT}_else_the_unit_that_pays_now_acknowledges",
    ),
    rule_mutant(
        "BMB-4c",
        "Another payer is taken where it follows the customer",
        _ANSWERS,
        '    if policy.ack_payer == "follows_customer":\n',
        '    if policy.ack_payer == "nobody":\n',
        f"{_ANSWER}_where_the_payer_follows_the_customer_another_one_is_refused",
    ),
    rule_mutant(
        "BMB-4d",
        "The customer's payer pays though another was chosen",
        _ANSWERS,
        "            payer_id=payer,\n",
        "            payer_id=customer.payer_id,\n",
        f"{_ANSWER}_where_the_policy_permits_the_payer_is_chosen_by_itself",
    ),
    rule_mutant(
        "BMB-4f",
        "An acceptance takes effect before its day",
        f"{_CODE}/domain.py",
        "    return max(transfer.transfer_date, decided_on)\n",
        "    return transfer.transfer_date\n",
        f"{_ANSWER}_an_acceptance_after_the_transfer_date_takes_effect_on_its_own_day",
    ),
    rule_mutant(
        "BMB-4f",
        "The prescriber stays though responsibility was taken over",
        _ANSWERS,
        "            new_prescriber=transfer.new_prescriber,\n",
        "            new_prescriber=None,\n",
        f"{_ANSWER}_it_takes_effect_on_recipient_prescriber_and_payer_at_the_transfer_date",
    ),
    rule_mutant(
        "BMB-4g",
        "What the acceptance says is thrown away",
        f"{_CODE}/texts.py",
        "        row.to_sender = message\n",
        "        row.to_sender = None\n",
        f"{_HTTP}_the_sender_reads_what_the_acceptance_says",
    ),
    rule_mutant(
        "BMB-4h",
        "A customer answers for what another payer pays",
        _PARTIES,
        "    if customer is not None and customer.payer_id == device.payer:\n",
        "    if customer is not None:\n",
        f"{_PARTY}_a_customer_for_whom_another_payer_pays_does_not_answer_for_it",
    ),
    rule_mutant(
        "BMB-4h",
        "Of old stock without a customer nobody pays",
        f"{_CODE}/register/queries.py",
        "        units_of_payer=await _units_of_payer(tx, row.payer_id),\n",
        "",
        f"{_SAVE}_a_unit_of_the_payer_acknowledges_for_old_stock_without_a_customer",
    ),
    rule_mutant(
        "BMB-4h",
        "The stated customer of old stock is forgotten",
        f"{_CODE}/register/handlers.py",
        "    customer_id=lambda event: event.custody.customer_id,\n",
        "    customer_id=None,\n",
        f"{_SAVE}_the_stated_customer_of_old_stock_acknowledges",
    ),
    rule_mutant(
        "BMB-4h",
        "Any unit may be named to acknowledge for a payer",
        _DRAFTS,
        "    if named is not None and named not in may:\n",
        "    if named is not None and not may:\n",
        f"{_SAVE}_of_several_units_of_a_payer_one_is_named_or_it_is_the_senders_own",
    ),
    rule_mutant(
        "BMB-4i",
        "Two payers are one acknowledgement",
        _PARTIES,
        "    if len(payers) > 1 or (not shared and any(",
        "    if len(payers) > 9 or (not shared and any(",
        f"{_PARTY}_two_payers_are_two_acknowledgements_also_where_no_customer_is_known",
    ),
    rule_mutant(
        "BMB-4i",
        "Two units of one payer are one acknowledgement",
        _PARTIES,
        "    shared = frozenset.intersection(*(answering(device) for device in devices))\n",
        "    shared = frozenset.union(*(answering(device) for device in devices))\n",
        f"{_PARTY}_two_units_of_one_payer_are_two_acknowledgements",
    ),
    rule_mutant(
        "BMB-4j",
        "Who has no part in a device sends it",
        _DRAFTS,
        "    refuse_without_part(wish.sender, wish.devices)\n",
        "",
        f"{_SAVE}_a_prescriber_without_a_part_in_a_device_does_not_send_it_to_himself",
    ),
    rule_mutant(
        "BMB-4j",
        "Whose unit pays has no part in what another has prescribed",
        _PARTIES,
        "        units = answering(device) | device.prescribed_at | device.kept_by\n",
        "        units = device.prescribed_at | device.kept_by\n",
        f"{_PARTY}_who_sends_has_a_part_in_the_device[his unit pays]",
    ),
    rule_mutant(
        "BMB-4k",
        "The sender accepts himself what another unit pays for",
        _ANSWERS,
        "    _refuse_own_transfer(transfer, by=by, parties=parties)\n",
        "",
        f"{_ACKNOWLEDGE}_who_sent_what_another_unit_pays_for_does_not_accept_it_himself",
    ),
    rule_mutant(
        "BMB-4k",
        "Who executed a colleague's draft accepts it himself",
        _ANSWERS,
        "    if by.id not in {transfer.sender, transfer.sent_by}:\n",
        "    if by.id != transfer.sender:\n",
        f"{_ACKNOWLEDGE}_who_executed_a_colleagues_draft_has_sent_it_too",
    ),
    rule_mutant(
        "BMB-4k",
        "Nobody may send and accept within his own unit",
        _PARTIES,
        "    return not user.service_points.isdisjoint(units)\n",
        "    return not units\n",
        f"{_PARTY}_a_device_is_ones_own_where_ones_unit_pays_or_keeps_it_in_store",
        f"{_ACKNOWLEDGE}_who_sent_accepts_himself_where_both_sides_were_his_already",
    ),
    rule_mutant(
        "BMB-4l",
        "Any payer at all may be named",
        _ANSWERS,
        "    if payer not in payers_to_choose(\n",
        "    if payer in payers_to_choose(\n",
        f"{_ANSWER}_a_payer_who_has_no_part_in_it_is_not_named",
    ),
    rule_mutant(
        "BMB-4l",
        "Who pays for one of the devices may be made to pay for all",
        _ANSWERS,
        "if one is not None and len(pay_now) == 1}",
        "if one is not None}",
        f"{_ANSWER}_who_pays_for_some_of_the_devices_is_not_made_to_pay_for_all",
    ),
    rule_mutant(
        "BMB-4l",
        "Who does not answer is told whom one may choose to pay",
        f"{_CODE}/acknowledgements/choices.py",
        "    answers = row.status is Status.SENT and row.receiving_service_point in places\n",
        "    answers = row.status is Status.SENT\n",
        f"{_ACKNOWLEDGE}_who_answers_sees_which_payers_they_can_choose_each_of_which_is_taken",
    ),
    rule_mutant(
        "BMB-4m",
        "A customer of somebody else is taken",
        _ANSWERS,
        "    if customer.id not in units:\n",
        "    if not units:\n",
        f"{_ANSWER}_a_customer_of_somebody_else_is_refused",
    ),
    rule_mutant(
        "BMB-4m",
        "The paying unit cannot let the proposed customer take over",
        _ANSWERS,
        "{*by.service_points, transfer.receiving_service_point, transfer.proposed_customer}",
        "{*by.service_points, transfer.receiving_service_point}",
        f"{_ACKNOWLEDGE}_the_paying_unit_may_let_the_proposed_customer_take_over",
    ),
    rule_mutant(
        "BMB-4n",
        "What has ended is accepted all the same",
        _ANSWERS,
        "    refuse_ended(parties)\n",
        "",
        f"{_ACKNOWLEDGE}_what_has_ended_since_it_was_sent_is_not_accepted_but_may_be_rejected",
    ),
    rule_mutant(
        "BMB-5a",
        "A rejection needs no reason anywhere",
        _ANSWERS,
        '    if policy.rejection_message == "mandatory" and not has_message:\n',
        '    if policy.rejection_message == "mandatory" and has_message is None:\n',
        f"{_ANSWER}_a_rejection_needs_a_message_where_the_policy_says_so",
    ),
    rule_mutant(
        "BMB-5b",
        "A rejected transfer is not void",
        f"{_CODE}/domain.py",
        "    TransferRejected: Status.REJECTED,\n",
        "    TransferRejected: Status.SENT,\n",
        f"{_ANSWER}_rejecting_voids_the_transfer_and_tells_the_sender",
    ),
    rule_mutant(
        "BMB-5c",
        "The sender cannot read why",
        f"{_CODE}/views.py",
        '            "answer": shown.to_sender if shown else None,\n',
        '            "answer": None,\n',
        f"{_ACKNOWLEDGE}_the_rejections_message_can_be_read_by_the_sender_over_http_only",
    ),
    rule_mutant(
        "BMB-5d",
        "The devices of a rejected transfer stay claimed, so that no new one gets them",
        "services/inventory/inventory/holds/handlers.py",
        "    hold = await tx.find(HoldRow, event.transfer_id)\n    if hold is not None:\n",
        "    hold = await tx.find(HoldRow, event.transfer_id)\n"
        "    if hold is not None and not isinstance(event, TransferRejected):\n",
        "services/inventory/tests/test_holds.py"
        "::test_a_transfer_that_ends_without_effect_frees_its_devices[TransferRejected]",
    ),
    rule_mutant(
        "BMB-6a",
        "A sender who may acknowledge cannot answer no",
        _ANSWERS,
        "    if transfer.status is Status.REJECTED:\n        return ()\n    _refuse_closed(",
        "    if transfer.status is Status.REJECTED or by.id == transfer.sender:\n"
        "        return ()\n    _refuse_closed(",
        f"{_ANSWER}_the_sender_answers_no_where_he_may_acknowledge_himself",
    ),
    rule_mutant(
        "BMB-4o",
        "What its sender accepts at once waits to be acknowledged",
        _REQUESTS,
        "    if acceptance is None:\n",
        "    if acceptance is None or transfer.accept_for is not None:\n",
        f"{_AT_ONCE}_who_sends_what_is_his_own_accepts_it_in_the_same_act",
    ),
    rule_mutant(
        "BMB-4o",
        "Who may not accept it sends it all the same",
        f"{_CODE}/drafts/handlers.py",
        "    if command.accept_for is not None:\n        await _refuse_acceptance",
        "    if command.accept_for is not None and command.execute:\n"
        "        await _refuse_acceptance",
        f"{_AT_ONCE}_a_customer_of_others_is_not_accepted_for",
    ),
    rule_mutant(
        "BMB-4o",
        "The sender is told of what he has accepted himself",
        "services/notifications/notifications/transfers/handlers.py",
        "            return event.at_once\n",
        "            return False\n",
        "services/notifications/tests/test_transfers.py"
        "::test_what_its_sender_accepts_at_once_is_told_to_the_region_alone",
    ),
    rule_mutant(
        "BMB-6b",
        "The receiver takes back what others sent",
        _REQUESTS,
        "    if not by.works_at(transfer.sending_service_point):\n        raise Refused(\n"
        '            Reason.NOT_RESPONSIBLE,\n            rule="BMB-6",\n',
        "    if not by.active:\n        raise Refused(\n"
        '            Reason.NOT_RESPONSIBLE,\n            rule="BMB-6",\n',
        f"{_AT_ONCE}_nobody_else_takes_it_back",
    ),
    rule_mutant(
        "BMB-6b",
        "The devices of what was taken back stay claimed",
        "services/inventory/inventory/holds/handlers.py",
        "    TransferRejected,\n    TransferWithdrawn,\n    TransferVoided,\n"
        "    TransferCancelled,\n",
        "    TransferRejected,\n    TransferVoided,\n    TransferCancelled,\n",
        "services/inventory/tests/test_holds.py"
        "::test_a_transfer_that_ends_without_effect_frees_its_devices[TransferWithdrawn]",
    ),
    rule_mutant(
        "BMB-6b",
        "What is taken back after the deadline is not executed automatically",
        _REQUESTS,
        "    if now >= transfer.deadline:\n",
        "    if now > transfer.deadline:\n",
        f"{_AT_ONCE}_after_the_deadline_it_is_not_taken_back_though_its_timer_is_late",
    ),
    rule_mutant(
        "BMB-6c",
        "Whoever took a device over by mistake has no part in it, and cannot send it back",
        f"{_CODE}/register/writes.py",
        "    row.take(event.custody)\n",
        "    row.take(event.before)\n",
        f"{_EFFECT}_after_its_acceptance_a_transfer_is_put_right_by_a_new_one",
    ),
)
