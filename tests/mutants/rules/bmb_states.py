"""Rule mutants of what becomes of a transfer: unanswered, listed, refused, dissolved."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/bmb/bmb"
_TESTS: Final = "services/bmb/tests"
_REQUESTS: Final = f"{_CODE}/requests/domain.py"
_ANSWERS: Final = f"{_CODE}/acknowledgements/domain.py"
_EXPIRY: Final = f"{_CODE}/expiry/domain.py"
_COMPLETION: Final = f"{_CODE}/completion/domain.py"
_API: Final = f"{_CODE}/api.py"
_QUERIES: Final = f"{_CODE}/queries.py"
_DRAFTS: Final = f"{_CODE}/drafts/domain.py"
_REQUEST: Final = f"{_TESTS}/test_requests.py::test"
_ANSWER: Final = f"{_TESTS}/test_acknowledgements.py::test"
_EXPIRE: Final = f"{_TESTS}/test_expiry.py::test"
_HTTP: Final = f"{_TESTS}/test_http.py::test"
_COMPLETE: Final = f"{_TESTS}/test_completion.py::test"
_SEND: Final = f"{_TESTS}/test_sending.py::test"
_UNANSWERED: Final = f"{_TESTS}/test_expiring.py::test"
_ASK: Final = f"{_TESTS}/test_asking_to_unlock.py::test"
_REACH: Final = f"{_TESTS}/test_access.py::test"
_PROTECTED: Final = f"{_TESTS}/test_protected.py::test"

STATES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BMB-7a",
        "It is executed for the unit that did not answer",
        _EXPIRY,
        "        customer_id=transfer.proposed_customer,\n",
        "        customer_id=transfer.receiving_service_point,\n",
        f"{_EXPIRE}_it_is_executed_for_the_proposed_customer_not_for_who_did_not_answer",
    ),
    rule_mutant(
        "BMB-7a",
        "A transfer is accepted after its time",
        _ANSWERS,
        "    if now >= transfer.deadline:\n",
        "    if now > transfer.deadline:\n",
        f"{_ANSWER}_a_transfer_cannot_be_accepted_once_its_deadline_has_passed",
    ),
    rule_mutant(
        "BMB-7b",
        "A transfer that should be locked is void",
        _EXPIRY,
        "        case ExpiryOutcome.LOCK:\n",
        "        case ExpiryOutcome.LOCK if ended:\n",
        f"{_EXPIRE}_unanswered_it_is_locked_where_the_policy_says_so",
        more=(
            Swap(
                _EXPIRY,
                "        case ExpiryOutcome.VOID:\n",
                "        case ExpiryOutcome.VOID | ExpiryOutcome.LOCK:\n",
            ),
        ),
    ),
    rule_mutant(
        "BMB-7c",
        "What is not locked is unlocked",
        _EXPIRY,
        "is not Status.LOCKED:\n        raise _not_locked(transfer)\n    return (\n",
        "is Status.DRAFT:\n        raise _not_locked(transfer)\n    return (\n",
        f"{_EXPIRE}_what_is_not_locked_cannot_be_unlocked",
    ),
    rule_mutant(
        "BMB-7d",
        "A transfer that should be void stays sent",
        f"{_CODE}/domain.py",
        "            return replace(transfer, status=Status.VOIDED, void_reason=event.reason)\n",
        "            return replace(transfer, void_reason=event.reason)\n",
        f"{_EXPIRE}_unanswered_it_is_void_where_the_policy_says_so",
    ),
    rule_mutant(
        "BMB-7e",
        "The clock starts when it was received, whatever the policy says",
        _REQUESTS,
        '    sent = policy.transfer.clock_starts == "sent"\n',
        "    sent = False\n",
        f"{_REQUEST}_the_clock_starts_when_it_was_sent",
    ),
    rule_mutant(
        "BMB-7f",
        "What is executed automatically takes effect at once, whatever its date",
        _EXPIRY,
        "takes_effect_on(transfer, decided_on=stockholm_day(deadline), policy=policy)",
        "stockholm_day(deadline)",
        f"{_EXPIRE}_what_was_executed_automatically_takes_effect_at_its_later_transfer_date",
    ),
    rule_mutant(
        "BMB-7g",
        "What has ended is executed automatically",
        f"{_CODE}/expiry/handlers.py",
        "    ended = what_ended(await parties(tx, row))\n",
        "    ended = None\n",
        f"{_UNANSWERED}_what_has_ended_is_not_executed_automatically_but_void_and_says_why",
    ),
    rule_mutant(
        "BMB-8a",
        "The list of what is to be taken over holds what others take over",
        _API,
        "    to_me = TransferRow.receiving_service_point.in_(reader.caller.service_points)\n",
        "    to_me = TransferRow.receiving_service_point.is_not(None)\n",
        f"{_HTTP}_what_is_to_be_taken_over_shows_in_the_receivers_list",
    ),
    rule_mutant(
        "BMB-8b",
        "What is locked is no longer among the unanswered",
        f"{_CODE}/domain.py",
        "UNANSWERED: Final = (Status.SENT, Status.LOCKED, Status.UNLOCKED, Status.VOIDED)\n",
        "UNANSWERED: Final = (Status.SENT, Status.UNLOCKED, Status.VOIDED)\n",
        f"{_HTTP}_what_nobody_answered_shows_as_unanswered_also_once_it_is_locked",
    ),
    rule_mutant(
        "BMB-8b",
        "The list of rejected holds what was accepted",
        f"{_CODE}/queries.py",
        "    return or_(TransferRow.status == Status.REJECTED,",
        "    return or_(TransferRow.status == Status.ACCEPTED,",
        f"{_HTTP}_a_rejected_transfer_shows_in_the_senders_list_of_rejected",
    ),
    rule_mutant(
        "BMB-12f",
        "The refusal does not say why",
        f"{_CODE}/requests/handlers.py",
        " for one in event.refused]\n",
        " for one in event.refused[1:]]\n",
        f"{_SEND}_a_refused_hold_tells_the_sender_which_device_and_why",
    ),
    rule_mutant(
        "BMB-12g",
        "A returned device stays in its transfer",
        f"{_CODE}/domain.py",
        "                transfer, remaining=remaining, dropped=",
        "                transfer, dropped=",
        f"{_COMPLETE}_a_device_that_was_returned_drops_out_and_both_sides_are_told",
    ),
    rule_mutant(
        "BMB-12h",
        "A transfer that has lost every device is completed",
        _COMPLETION,
        "    if {*transfer.dropped, *transfer.rejected, device} != set(transfer.devices):\n",
        "    if transfer.devices:\n",
        f"{_COMPLETE}_a_transfer_whose_devices_all_dropped_out_is_dissolved",
    ),
    rule_mutant(
        "BMB-12h",
        "A transfer of which something changed hands is dissolved",
        _COMPLETION,
        "    if {*transfer.dropped, *transfer.rejected, device} != set(transfer.devices):\n",
        "    if not transfer.devices:\n",
        f"{_COMPLETE}_a_transfer_that_had_effect_on_a_device_is_completed_when_the_last_one_drops_out",
    ),
    rule_mutant(
        "BMB-12i",
        "A hold that comes after the wait was given up is taken",
        _REQUESTS,
        "    if transfer.status is not Status.REQUESTED or transfer.policy is None:\n",
        "    if transfer.policy is None:\n",
        f"{_REQUEST}_a_hold_granted_after_the_wait_was_given_up_changes_nothing",
    ),
    rule_mutant(
        "BMB-13b",
        "Nobody can tell afterwards that a transfer was requested",
        f"{_CODE}/requests/writes.py",
        "        tx.record(row, *judged_anew, *events)\n",
        "        row.status = Status.REQUESTED\n"
        "        row.policy, row.requested_at = tx.policy.pin, tx.now\n",
        f"{_HTTP}_every_step_of_a_transfer_can_be_read_afterwards_with_who_took_it",
        more=(
            Swap(
                f"{_CODE}/requests/writes.py",
                "from bmb.models import TransferRow\n",
                "from bmb.domain import Status\nfrom bmb.models import TransferRow\n",
            ),
        ),
    ),
    rule_mutant(
        "BMB-7h",
        "Who works at neither side asks for the unlocking",
        _EXPIRY,
        "    if not any(by.works_at(side) for side in sides):\n",
        "    if not sides:\n",
        f"{_ASK}_who_is_of_neither_side_does_not_ask",
    ),
    rule_mutant(
        "BMB-7h",
        "What is asked for once is asked for again",
        _EXPIRY,
        "    if transfer.unlock_asked_by is not None:\n",
        "    if transfer.unlock_asked_by == by.id:\n",
        f"{_EXPIRE}_what_is_asked_for_is_not_asked_for_again",
    ),
    rule_mutant(
        "BMB-7i",
        "Customer service sees what nobody asks for first",
        _API,
        '    default="unlock_asked_at",\n',
        '    default="-unlock_asked_at",\n',
        f"{_ASK}_what_is_asked_for_comes_first_the_longest_waiting_before_the_others",
    ),
    rule_mutant(
        "BMB-7i",
        "Customer service is not told of what it is asked to unlock for somebody protected",
        _QUERIES,
        "    return or_(TransferRow.unlock_asked_at.is_not(None), SHOWN.within(grant))\n",
        "    return SHOWN.within(grant)\n",
        f"{_ASK}_customer_service_sees_that_it_is_asked_for_what_concerns_somebody_protected",
    ),
    rule_mutant(
        "BMB-8e",
        "What was unlocked is no longer among the unanswered",
        f"{_CODE}/domain.py",
        "UNANSWERED: Final = (Status.SENT, Status.LOCKED, Status.UNLOCKED, Status.VOIDED)\n",
        "UNANSWERED: Final = (Status.SENT, Status.LOCKED, Status.VOIDED)\n",
        f"{_ASK}_what_was_unlocked_is_still_among_the_unanswered",
    ),
    rule_mutant(
        "REF-12a",
        "Anybody unlocks",
        "contracts/kvitt_contracts/access/bmb.py",
        "        bmb.UnlockTransfer,\n        STAFF,\n",
        "        bmb.UnlockTransfer,\n        WORKS,\n",
        f"{_UNANSWERED}_only_customer_service_unlocks",
    ),
    rule_mutant(
        "REF-12m",
        "Somebody who is not known has asked for the unlocking",
        f"{_CODE}/expiry/handlers.py",
        '    await queries.user(tx, command.asked_by, field="asked_by")\n',
        "",
        f"{_UNANSWERED}_nothing_is_unlocked_for_somebody_who_is_unknown",
    ),
    rule_mutant(
        "REF-18b",
        "What is not sent yet is shown to who is to receive it",
        _QUERIES,
        "    return and_(TransferRow.deadline.is_not(None), or_(mine, to_me))\n",
        "    return and_(TransferRow.transfer_date.is_not(None), or_(mine, to_me))\n",
        f"{_REACH}_what_is_not_sent_is_its_senders_alone",
    ),
    rule_mutant(
        "REF-18c",
        "Who saves under another unit's name of a transfer is told where that transfer is",
        _DRAFTS,
        'ett annat tjänsteställe har den redan.",\n',
        'ett annat tjänsteställe har den redan.", at=transfer.sending_service_point,\n',
        f"{_REACH}_a_name_that_another_unit_has_given_a_transfer_tells_nothing_of_it",
    ),
    rule_mutant(
        "REF-19e",
        "A transfer is shown whose new recipient is protected",
        _QUERIES,
        "for column in (TransferRow.current_recipient, TransferRow.new_recipient)\n",
        "for column in (TransferRow.current_recipient,)\n",
        f"{_PROTECTED}_a_protected_recipients_transfer_is_not_in_customer_services_region_wide_list",
    ),
    rule_mutant(
        "REF-19e",
        "Who is protected is not so under an earlier reference",
        f"{_CODE}/register/queries.py",
        "PersonRow.merged_into == found.c.person)\n",
        "PersonRow.person == found.c.person)\n",
        f"{_PROTECTED}_who_is_protected_is_so_under_an_earlier_reference_too",
    ),
    rule_mutant(
        "REF-19e",
        "Who unlocks is told whom it concerns",
        _API,
        "return view if await is_shown(transfer_id, commands.grant, tx) else",
        "return view if await is_shown(transfer_id, commands.grant, tx) or view else",
        f"{_PROTECTED}_customer_service_unlocks_it_by_its_id_and_is_not_told_whom_it_concerns",
    ),
    rule_mutant(
        "NTF-2h",
        "The deadline is told to be near when it has passed",
        _EXPIRY,
        "or transfer.deadline is None or now >= transfer.deadline:\n",
        "or transfer.deadline is None:\n",
        f"{_EXPIRE}_a_deadline_that_has_passed_is_not_said_to_be_near",
    ),
)
