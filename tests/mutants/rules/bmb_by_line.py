"""Rule mutants of a transfer's lines: answered one by one, and what each says (BMB-5, BMB-8)."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/bmb/bmb"
_ANSWERS: Final = f"{_CODE}/acknowledgements/domain.py"
_BY_LINE: Final = "services/bmb/tests/test_by_line.py::test"
_LINES: Final = "portal/tests/test_transfer_lines.py::test"
_SECONDS: Final = 300.0
"""The whole system starts, and lives through the month's first days."""
_HANDOVER: Final = "services/inventory/inventory/holds/handover.py"
_HOLDS: Final = "services/inventory/tests/test_holds_reduced.py::test"

BY_LINE: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BMB-5e",
        "A bundle is split in every region",
        _ANSWERS,
        '    if policy.bundle == "whole":\n',
        '    if policy.bundle == "never":\n',
        f"{_BY_LINE}_where_the_bundle_is_one_nothing_of_it_is_rejected_by_itself",
    ),
    rule_mutant(
        "BMB-5e",
        "What is rejected is accepted all the same",
        _ANSWERS,
        "            devices=_those_in(transfer, {*transfer.remaining} - rejecting),\n",
        "            devices=_those_in(transfer, {*transfer.remaining}),\n",
        f"{_BY_LINE}_some_devices_are_rejected_and_the_others_accepted_in_one_act",
    ),
    rule_mutant(
        "BMB-5e",
        "Any device that is rejected rejects all of them",
        _ANSWERS,
        "        if rejecting == {*transfer.remaining}:\n",
        "        if rejecting & {*transfer.remaining}:\n",
        f"{_BY_LINE}_some_devices_are_rejected_and_the_others_accepted_in_one_act",
    ),
    rule_mutant(
        "BMB-5e",
        "A device of elsewhere is passed over",
        _ANSWERS,
        "    elsewhere = rejecting - {*transfer.remaining}\n",
        "    elsewhere = rejecting - {*transfer.remaining} - rejecting\n",
        f"{_BY_LINE}_a_device_that_is_not_in_the_transfer_is_not_rejected",
    ),
    rule_mutant(
        "BMB-5e",
        "A number of elsewhere is passed over",
        _ANSWERS,
        "    elsewhere = numbers - {*numbered}\n",
        "    elsewhere = numbers - numbers\n",
        f"{_BY_LINE}_a_number_that_is_not_in_it_is_refused_whether_it_exists_or_not",
    ),
    rule_mutant(
        "BMB-5e",
        "What is rejected stays claimed",
        _HANDOVER,
        "[one for one in held if one not in hold.devices]",
        "[] if hold.devices else held",
        f"{_HOLDS}_rejected_devices_are_free_at_once_and_the_others_change_hands",
    ),
    rule_mutant(
        "BMB-5e",
        "What had left the hold already is taken out of it again",
        "services/inventory/inventory/holds/domain.py",
        "    leave = tuple(device for device in hold.devices if device in rejected)\n",
        "    leave = tuple(rejected)\n",
        f"{_HOLDS}_what_had_left_the_hold_already_is_not_freed_again",
    ),
    rule_mutant(
        "BMB-5a",
        "Some of the devices are rejected without a reason",
        _ANSWERS,
        "    if rejecting:\n        _refuse_without_message(",
        "    if rejecting and has_message:\n        _refuse_without_message(",
        f"{_BY_LINE}_a_rejected_line_needs_a_reason_where_the_policy_says_so",
    ),
    rule_mutant(
        "BMB-5f",
        "A rejected device is said to have changed hands",
        f"{_CODE}/domain.py",
        "    if device in transfer.rejected:\n        return LineEnd.REJECTED\n",
        "    if device in transfer.rejected:\n        return LineEnd.CHANGED_HANDS\n",
        f"{_BY_LINE}_each_devices_end_is_known",
    ),
    rule_mutant(
        "BMB-8d",
        "A line does not say what type it is of",
        "portal/kvitt_portal/pages/offers.py",
        '        type=dict(TYPES).get(article["type"], "") if article else "",\n',
        '        type="",\n',
        f"{_LINES}_each_line_has_article_name_payer_device_type_count_and_price",
        seconds=_SECONDS,
    ),
    rule_mutant(
        "BMB-8d",
        "A line's price is the one that comes",
        "portal/kvitt_portal/pages/articles.py",
        '    begun = [one for one in prices if one["valid_from"] <= day.isoformat()]\n',
        '    begun = [one for one in prices if one["valid_from"] >= day.isoformat()]\n',
        f"{_LINES}_each_line_has_article_name_payer_device_type_count_and_price",
        seconds=_SECONDS,
    ),
    rule_mutant(
        "BMB-5f",
        "Its sender is not told of what was rejected",
        "services/notifications/notifications/transfers/handlers.py",
        "    TransferLinesRejected: MessageKind.TRANSFER_LINE_DROPPED,\n",
        "",
        "services/notifications/tests/test_transfers.py"
        "::test_what_is_rejected_of_a_transfer_is_told_to_its_sender_and_named_to_the_region",
    ),
    rule_mutant(
        "BMB-5f",
        "The region is not told which devices were rejected",
        "services/notifications/notifications/transfers/handlers.py",
        '            return {"devices": event.devices}\n',
        "            return {}\n",
        "services/notifications/tests/test_transfers.py"
        "::test_what_is_rejected_of_a_transfer_is_told_to_its_sender_and_named_to_the_region",
    ),
)
"""A bundle is answered line by line."""
