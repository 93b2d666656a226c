"""Rule mutants of rent: who pays for which day, at which price, charged how."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing"
_TESTS: Final = "services/billing/tests"
_RENT: Final = f"{_TESTS}/test_rent.py::test"
_CHARGES: Final = f"{_TESTS}/test_charges.py::test"
_MONTH: Final = f"{_TESTS}/test_billing.py::test"
_RENTS: Final = f"{_CODE}/rents/domain.py"
_HANDLERS: Final = f"{_CODE}/handlers.py"
_QUERIES: Final = f"{_CODE}/queries.py"

RENTS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-1a",
        "The first one who ever paid for a device pays for every day",
        _RENTS,
        "return max(passed, key=lambda point: point.effective_on) if passed else None",
        "return min(passed, key=lambda point: point.effective_on) if passed else None",
        f"{_RENT}_the_latest_change_point_decides_who_pays_for_a_day",
    ),
    rule_mutant(
        "BIL-1a",
        "A day that is told anew has two payers, and the first one stays",
        _RENTS,
        "kept = (point for point in points if point.effective_on != effective_on)\n    point =",
        "kept = points\n    point =",
        f"{_MONTH}_each_day_has_its_payer_after_a_corrected_return",
    ),
    rule_mutant(
        "BIL-1b",
        "A new price counts from the day after its own",
        _RENTS,
        "valid = [point for point in prices if point.valid_from <= day]",
        "valid = [point for point in prices if point.valid_from < day]",
        f"{_RENT}_a_new_price_counts_from_its_day",
    ),
    rule_mutant(
        "BIL-1b",
        "The oldest price counts for ever",
        _RENTS,
        "return max(valid, key=lambda point: point.valid_from).price if valid else None",
        "return min(valid, key=lambda point: point.valid_from).price if valid else None",
        f"{_RENT}_a_new_price_counts_from_its_day",
    ),
    rule_mutant(
        "BIL-1b",
        "A price that is restated for its day changes nothing",
        _RENTS,
        "    kept = (point for point in prices if point.valid_from != valid_from)\n",
        "    kept = prices\n",
        f"{_RENT}_a_price_that_is_restated_for_its_day_replaces_the_first",
    ),
    rule_mutant(
        "BIL-1b",
        "A price that is told late is never charged for the days that are invoiced",
        _HANDLERS,
        "    await writes.unsettle_devices_of(tx, row.article_number, from_day=event.valid_from)\n",
        "",
        f"{_MONTH}_a_price_that_is_told_late_is_charged_from_its_day_by_the_next_run",
    ),
    rule_mutant(
        "BIL-1b",
        "Each payer is invoiced for the rent of all",
        _QUERIES,
        'RentRow.payer_id == payer_id if kind == "unit" else false()',
        "RentRow.payer_id != payer_key + kind",
        f"{_MONTH}_the_months_rent_is_split_between_its_payers_by_day",
    ),
    rule_mutant(
        "BIL-1c",
        "Who pays until a transfer pays for its effective day too",
        _RENTS,
        "passed = [point for point in points if point.effective_on <= day]",
        "passed = [point for point in points if point.effective_on < day]",
        f"{_RENT}_a_transfer_splits_the_month_at_its_effective_day",
    ),
    rule_mutant(
        "BIL-1c",
        "A transfer splits the month on the day on which it is read",
        _HANDLERS,
        "        effective_on=custody.since,\n",
        "        effective_on=tx.today,\n",
        f"{_MONTH}_the_months_rent_is_split_between_its_payers_by_day",
    ),
    rule_mutant(
        "BIL-1d",
        "Every month has thirty days",
        _RENTS,
        "        net += _rounded(monthly_ore * end.day, length)\n",
        "        net += _rounded(monthly_ore * end.day, 30)\n",
        f"{_RENT}_the_days_of_a_month_add_up_to_the_months_price_to_the_ore",
    ),
    rule_mutant(
        "BIL-1e",
        "The last payer pays while the device stands in a store",
        _RENTS,
        "    passed = [point for point in points if point.effective_on <= day]\n",
        "    passed = [p for p in points if p.effective_on <= day and p.payer_id is not None]\n",
        f"{_RENT}_nobody_pays_while_the_device_stands_in_a_store",
    ),
    rule_mutant(
        "BIL-1f",
        "What was sold is rented by the day as well",
        _RENTS,
        "        if point.charging is Charging.RENT:\n",
        "        if point.charging is not None:\n",
        f"{_RENT}_what_is_not_rented_costs_nothing_by_the_day",
    ),
    rule_mutant(
        "BIL-1f",
        "A transfer charges the loan as the article is when it is read",
        _HANDLERS,
        "known = event.charging or rents.charging_of_loan(row.points, on=event.custody.since)",
        "known = event.charging",
        f"{_CHARGES}_a_delivered_device_is_charged_as_it_was_when_its_loan_began",
    ),
    rule_mutant(
        "BIL-1f",
        "A corrected return charges the loan as the article is when it is read",
        _RENTS,
        "    paid = [p for p in points if p.effective_on <= on and p.payer_id is not None]\n",
        "    paid = [p for p in points if p.effective_on <= on]\n",
        f"{_CHARGES}_a_delivered_device_is_charged_as_it_was_when_its_loan_began",
    ),
    rule_mutant(
        "BIL-1f",
        "The next loan is charged as the one before it",
        _HANDLERS,
        "known = event.charging or rents.charging_of_loan(row.points, on=event.custody.since)",
        "known = rents.charging_of_loan(row.points, on=event.custody.since) or event.charging",
        f"{_CHARGES}_the_next_loan_is_charged_as_the_article_is_then",
    ),
    rule_mutant(
        "BIL-1f",
        "A delivery is sold as the article is when it is read",
        _HANDLERS,
        "    if (event.charging or article.charging) is Charging.SALE:\n",
        "    if article.charging is Charging.SALE:\n",
        f"{_CHARGES}_a_delivered_device_is_charged_as_it_was_when_its_loan_began",
    ),
)
