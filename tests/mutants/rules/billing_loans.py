"""Rule mutants of what inventory says of loans, by which billing charges them."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_INVENTORY: Final = "services/inventory"
_LOANS: Final = f"{_INVENTORY}/tests/test_loans.py::test"

LOANS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-9g",
        "Two changes of custody have the same number",
        f"{_INVENTORY}/inventory/days/writes.py",
        "    return row.custody_changes\n",
        "    return max(row.custody_changes - 1, 1)\n",
        f"{_LOANS}_each_change_of_custody_has_the_next_number_of_its_region",
    ),
    rule_mutant(
        "BIL-1f",
        "A loan does not say how it is charged",
        f"{_INVENTORY}/inventory/devices/writes.py",
        "    charging = article.charging if article else None\n",
        "    charging = None if article else None\n",
        f"{_LOANS}_a_loan_says_how_it_is_charged_where_it_begins_and_nowhere_else",
    ),
    rule_mutant(
        "BIL-1f",
        "A loan that goes on after a corrected return is charged as a new one",
        f"{_INVENTORY}/inventory/devices/domain.py",
        "is_decided = changed.cause.order_id is not None or",
        "is_decided = changed.cause.order_id is None or",
        f"{_LOANS}_a_corrected_return_begins_no_loan",
    ),
    rule_mutant(
        "BIL-1f",
        "A transfer of a loan says anew how it is charged",
        f"{_INVENTORY}/inventory/devices/domain.py",
        "    if not is_decided or store_of(changed.before) is None:\n",
        "    if not is_decided:\n",
        f"{_LOANS}_a_loan_says_how_it_is_charged_where_it_begins_and_nowhere_else",
    ),
    rule_mutant(
        "BIL-1f",
        "A delivery is charged otherwise than the loan of its devices",
        f"{_INVENTORY}/inventory/arrivals/domain.py",
        "        charging=charging,\n",
        "        charging=Charging.SALE,\n",
        f"{_LOANS}_a_delivery_says_what_the_custody_of_its_devices_says",
    ),
)
