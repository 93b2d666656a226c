"""Rule mutants of what is printed for a patient, and said for the patient record (ORD-17)."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_ORDERS: Final = "services/orders/orders"
_RULES: Final = f"{_ORDERS}/handouts/domain.py"
_MADE: Final = f"{_ORDERS}/handouts/documents.py"
_HANDOUT: Final = "services/orders/tests/test_handouts.py::test"

HANDOUTS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ORD-17a",
        "Lines for the record do not say what is delivered in part",
        f"{_ORDERS}/handouts/record.py",
        "    is_in_part = 0 < line.delivered < line.quantity",
        "    is_in_part = 0 > line.delivered < line.quantity",
        f"{_HANDOUT}_an_orders_lines_are_said_for_the_patient_record_without_the_patient",
    ),
    rule_mutant(
        "ORD-17a",
        "Lines for the record do not name the device",
        f"{_ORDERS}/handouts/record.py",
        '        parts.append(f"individ {line.device_number}")\n',
        "        pass\n",
        f"{_HANDOUT}_each_line_says_what_it_is_and_where",
    ),
    rule_mutant(
        "ORD-17b",
        "A loan agreement says no terms",
        _MADE,
        "            return policy.loan_terms\n",
        "            return ()\n",
        f"{_HANDOUT}_a_loan_or_what_is_owned_is_signed_by_the_patient",
    ),
    rule_mutant(
        "ORD-17b",
        "A loan begins anew where another pays for it",
        f"{_ORDERS}/care/writes.py",
        "    if now != before:",
        "    if now or before:",
        f"{_HANDOUT}_a_loan_that_another_pays_for_goes_on_from_its_first_day",
    ),
    rule_mutant(
        "ORD-17c",
        "The list is empty where nothing is chosen",
        f"{_ORDERS}/handouts/api.py",
        "        return [(row, row.since_on) for row in seen.values()]\n",
        "        return []\n",
        f"{_HANDOUT}_the_list_has_all_that_the_patient_has_or_what_is_chosen",
    ),
    rule_mutant(
        "ORD-17d",
        "A receipt is given for what the patient still has",
        _RULES,
        "    if loan is None or has_it or loan.returned_by not in persons:\n",
        "    if loan is None:\n",
        f"{_HANDOUT}_nothing_is_printed_that_is_not_so",
    ),
    rule_mutant(
        "ORD-17e",
        "What another unit has lent the patient is printed",
        f"{_ORDERS}/handouts/queries.py",
        ".where(row.region == tx.region, row.person.in_(persons), DEVICES.within(grant))",
        ".where(row.region == tx.region, row.person.in_(persons))",
        f"{_HANDOUT}_another_units_device_is_as_good_as_not_the_patients",
    ),
    rule_mutant(
        "ORD-15f",
        "A printed list shows what only a screen needs",
        "portal/kvitt_portal/static/kvitt.css",
        "  .top, .foot,",
        "  .foot,",
        "portal/tests/tasks/test_orders.py::"
        "test_what_was_found_is_printed_without_what_only_a_screen_needs",
    ),
)
