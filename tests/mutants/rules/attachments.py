"""Rule mutants of attachments: what is taken in, whose it becomes, who reads it."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_RULES: Final = "services/orders/orders/attachments/domain.py"
_WRITES: Final = "services/orders/orders/attachments/writes.py"
_API: Final = "services/orders/orders/attaching/api.py"
_INTAKE: Final = "files/kvitt_files/taking_in.py"
_ENCLOSURES: Final = "services/orders/orders/placements/enclosures/domain.py"
_ENCLOSED: Final = "services/orders/tests/test_enclosures.py::test"
_FILE: Final = "services/orders/tests/test_attachments.py::test"
_REFUSED: Final = f"{_FILE}_what_cannot_be_taken_is_refused_with_its_field_and_the_way_on"

ATTACHMENTS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ORD-16c",
        "A picture is attached as a document",
        _INTAKE,
        "            if look.media_type not in (None, self._said):\n",
        "            if look.media_type == self._said == None:\n",
        _REFUSED,
        more=(
            Swap(
                _INTAKE,
                "        if look.media_type != self._said:\n",
                "        if look.media_type is None:\n",
            ),
        ),
    ),
    rule_mutant(
        "ORD-16c",
        "A file's name leads out of its folder",
        "contracts/kvitt_contracts/file_names.py",
        "not _NOT_IN_NAMES.isdisjoint(whole)",
        "whole in _NOT_IN_NAMES",
        _REFUSED,
    ),
    rule_mutant(
        "ORD-16c",
        "A file of any size is taken in",
        _INTAKE,
        "            if size > self._limit:\n",
        "            if size > self._limit * 100:\n",
        f"{_FILE}_what_is_too_large_is_refused_with_the_limit_and_leaves_nothing",
    ),
    rule_mutant(
        "ORD-16d",
        "What is put to nothing stays for ever",
        _WRITES,
        "    tx.put(row)\n"
        "    tx.schedule(ORPHANED, key=row.attachment_id, due=tx.now + ORPHANED_AFTER)\n",
        "    tx.put(row)\n",
        f"{_FILE}_what_is_put_to_nothing_is_deleted_after_a_day",
    ),
    rule_mutant(
        "ORD-16a",
        "What goes along with an order is moved to another",
        _RULES,
        "        raise refusal(Reason.ALREADY_ATTACHED, None, way_on)\n",
        "        return bool(way_on)\n",
        f"{_FILE}_a_file_goes_along_with_one_thing_and_may_be_put_there_again",
    ),
    rule_mutant(
        "ORD-16b",
        "Who sees no order reads what goes along with it",
        _API,
        "        raise missing from None\n",
        "        return row\n",
        f"{_FILE}_both_sides_read_what_goes_along_and_nobody_else",
    ),
    rule_mutant(
        "ORD-16b",
        "What goes along with nothing is everybody's",
        _API,
        "    if about is None and row.by == reader.caller.user_id:\n",
        "    if about is None:\n",
        f"{_FILE}_what_goes_along_with_nothing_yet_is_its_senders_alone",
    ),
    rule_mutant(
        "ORD-16a",
        "A file that goes along with an order is not listed there",
        _WRITES,
        "        row.order_id = OrderId(about.id)\n",
        "        row.order_id = OrderId(row.attachment_id)\n",
        f"{_FILE}_a_file_goes_along_with_an_order_as_it_was_sent",
    ),
    rule_mutant(
        "ACT-2b",
        "A work order's attachments stay behind",
        "services/orders/orders/work_orders/handlers.py",
        "attach_all(command.attachments, about",
        "attach_all(command.attachments[:0], about",
        "services/orders/tests/test_work_order_slips.py"
        "::test_what_is_attached_goes_along_and_both_sides_read_it",
    ),
    rule_mutant(
        "ORD-16e",
        "Nobody knows who has read a patient's file",
        _API,
        "    await _log_look(row, reader.caller.user_id, tx)\n",
        "",
        f"{_FILE}_who_reads_a_file_about_a_patient_has_looked_at_them",
    ),
    rule_mutant(
        "ORD-24a",
        "What demands an attachment is ordered without, where a line before it demands none",
        _ENCLOSURES,
        "            continue\n",
        "            return\n",
        f"{_ENCLOSED}_what_demands_an_attachment_is_not_ordered_without",
    ),
    rule_mutant(
        "ORD-24a",
        "An order is placed with what is attached, and the attachment is put to nothing",
        "services/orders/orders/placements/handlers.py",
        "await attach_all(command.attachments, about",
        "await attach_all(command.attachments[:0], about",
        f"{_ENCLOSED}_over_http_it_is_ordered_with_what_is_attached",
    ),
    rule_mutant(
        "ORD-24a",
        "Over Kafka it is ordered without an attachment",
        "services/orders/orders/placements/handlers.py",
        "is_enclosed=is_enclosed, is_message=is_message",
        "is_enclosed=is_enclosed or is_message, is_message=is_message",
        f"{_ENCLOSED}_over_kafka_it_is_refused_with_the_way_on",
    ),
)
