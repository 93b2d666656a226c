"""Rule mutants of why a line is as it is, and of what payers do with their invoices."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing"
_DOMAIN: Final = f"{_CODE}/explaining/domain.py"
_TELLING: Final = f"{_CODE}/explaining/telling.py"
_TESTS: Final = "services/billing/tests/test_explaining.py::test"
_SELECTED: Final = "services/billing/tests/test_selections.py::test"
_LATE: Final = "services/billing/tests/test_late_credits.py::test"
_PORTAL: Final = "portal/tests/tasks/test_invoices.py::test"
_OF_RENT: Final = f"{_TESTS}_a_line_of_rent_says_days_payer_cause_price_and_how_it_was_rounded"
_OF_CREDIT: Final = f"{_TESTS}_a_credit_says_which_line_it_takes_back_from_and_what_became_known"

EXPLAINING: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-14a",
        "The list of the portal forgets by whom it is filtered",
        "portal/kvitt_portal/pages/invoice_selections.py",
        '    "payer": "payer_id",\n',
        '    "payer": "payer",\n',
        f"{_PORTAL}_customer_service_finds_it_by_its_payer_and_month",
    ),
    rule_mutant(
        "BIL-14b",
        "A selection is saved without what it selects",
        f"{_CODE}/selections/handlers.py",
        "filters=dict(command.filters),",
        "filters={},",
        f"{_SELECTED}_a_selection_is_saved_with_its_filters_renamed_and_removed",
    ),
    rule_mutant(
        "BIL-14c",
        "Everybody sees what somebody has saved",
        f"{_CODE}/selections/queries.py",
        "select(SelectionRow).where(SCOPE.within(reader.grant))",
        "select(SelectionRow).where(SelectionRow.name.is_not(None))",
        f"{_SELECTED}_nobody_sees_or_changes_what_another_has_saved",
    ),
    rule_mutant(
        "BIL-14c",
        "One more than twenty is saved",
        f"{_CODE}/selections/domain.py",
        "if len(names) >= MOST:",
        "if len(names) > MOST:",
        f"{_SELECTED}_one_user_has_twenty_at_most_and_each_name_once",
    ),
    rule_mutant(
        "BIL-17a",
        "What made somebody the payer is not noted",
        f"{_CODE}/handlers.py",
        "cause=rents.cause_of(event.cause) if isinstance(event, CustodyChanged) else rents.STATED,",
        "cause=None,",
        _OF_RENT,
    ),
    rule_mutant(
        "BIL-17a",
        "What was bought is told without its order",
        _TELLING,
        '        ("order", charge.order_id),\n',
        "",
        f"{_TESTS}_what_was_bought_and_what_a_patient_pays_name_their_order_and_price",
    ),
    rule_mutant(
        "BIL-17b",
        "A line over two months is counted as one",
        _DOMAIN,
        "net_ore=sum(_share(span, day) for day in several),",
        "net_ore=sum(_share(span, day) for day in several[:28]),",
        f"{_TESTS}_the_parts_of_each_line_of_a_year_come_to_its_amount_to_the_ore",
    ),
    rule_mutant(
        "BIL-17c",
        "A credit is said to take back from what stands beside it",
        f"{_CODE}/explaining/api.py",
        "await _line_on(debit.invoice_id, reader, lambda other: _is_of(debit, other))",
        "await _line_on(invoice.id, reader, lambda other: other.amount.net_ore < 0)",
        _OF_CREDIT,
    ),
    rule_mutant(
        "BIL-17b",
        "What takes a charge back is counted as the charge",
        f"{_CODE}/explaining/api.py",
        "domain.explain_charge(charge.state(), prices, amount=line.amount)",
        "domain.explain_charge(charge.state(), prices, amount=charge.state().amount)",
        f"{_LATE}_what_is_taken_back_says_so_and_from_which_line",
    ),
    rule_mutant(
        "BIL-17c",
        "A credit does not say what became known",
        _DOMAIN,
        "known=tuple(_known(span, decided)) if is_credit else (),",
        "known=(),",
        _OF_CREDIT,
    ),
    rule_mutant(
        "BIL-17d",
        "An old line is told by what is known now",
        _DOMAIN,
        "    decided = facts or now\n",
        "    decided = now\n",
        f"{_TESTS}_a_line_is_told_by_what_was_noted_and_not_by_what_is_known_now",
    ),
    rule_mutant(
        "BIL-17e",
        "A unit reads who pays for a device instead of it",
        _TELLING,
        "is_named = named is None or chosen.payer_id in named",
        "is_named = named is None or chosen.payer_id is not None",
        f"{_TESTS}_who_pays_instead_is_named_to_who_may_know",
    ),
)
