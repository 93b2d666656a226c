"""Rule mutants of the ledger: what is entered, on which day, and how it is handed over."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing/ledger"
_DOMAIN: Final = f"{_CODE}/domain.py"
_WRITES: Final = f"{_CODE}/writes.py"
_POLICY: Final = "contracts/kvitt_contracts/policy_parts.py"
_TESTS: Final = "services/billing/tests"
_ENTERED: Final = f"{_TESTS}/test_ledger.py::test"
_PERIODS: Final = f"{_TESTS}/test_ledger_periods.py::test"
_FILE: Final = f"{_TESTS}/test_sie.py::test"
_MONTH: Final = (
    f"{_ENTERED}_what_is_sold_and_rented_is_accrued_on_its_day_and_settled_by_its_document"
)
_NOT_OVER: Final = f"{_PERIODS}_a_month_that_is_not_over_or_not_invoiced_is_not_closed"

LEDGER: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-10c",
        "What stands on a document is earned once more, and stays accrued",
        _DOMAIN,
        "        (accounts[ACCRUED], -net_ore),\n",
        "        (accounts[REVENUE_OTHER], -net_ore),\n",
        _MONTH,
    ),
    rule_mutant(
        "BIL-10c",
        "VAT of every rate is entered as that of the highest",
        _DOMAIN,
        "accounts[VAT_ACCOUNTS[part.vat_percent]]",
        "accounts[VAT_ACCOUNTS[25]]",
        _MONTH,
        f"{_ENTERED}_every_document_is_entered_with_as_much_debit_as_credit",
    ),
    rule_mutant(
        "BIL-10c",
        "What is credited is entered as what is debited",
        _DOMAIN,
        "    return _lines((accounts[ACCRUED], net_ore), (revenue, -net_ore))\n",
        "    return _lines((accounts[ACCRUED], abs(net_ore)), (revenue, -abs(net_ore)))\n",
        f"{_ENTERED}_a_credit_note_changes_the_sides",
    ),
    rule_mutant(
        "BIL-10c",
        "Every kind is other revenue",
        _DOMAIN,
        "if key == own",
        "if key == REVENUE_OTHER",
        f"{_ENTERED}_a_kind_without_an_account_of_its_own_is_other_revenue",
    ),
    rule_mutant(
        "BIL-10c",
        "The rent of a month is entered in the month after",
        _WRITES,
        "issued.invoice_id, earned, on=through,",
        "issued.invoice_id, earned, on=issued.issued_on,",
        _MONTH,
    ),
    rule_mutant(
        "BIL-10c",
        "A charge that was raised before there were accounts is settled and was never accrued",
        _WRITES,
        "        if charge_id not in entered:\n",
        "        if charge_id not in charges:\n",
        f"{_ENTERED}_a_charge_from_before_there_were_accounts_is_entered_with_its_document",
    ),
    rule_mutant(
        "BIL-10c",
        "A region may lack an account that is always needed",
        _POLICY,
        "for key in NEEDED_ACCOUNTS if key not in accounts]",
        "for key in NEEDED_ACCOUNTS[:0] if key not in accounts]",
        f"{_ENTERED}_accounts_on_which_not_all_can_be_entered_are_refused",
    ),
    rule_mutant(
        "BIL-10e",
        "What comes late is entered on its own day, in a closed month too",
        _DOMAIN,
        "            entered_on=max(on, open_from),\n",
        "            entered_on=on,\n",
        f"{_PERIODS}_what_comes_after_the_closing_is_entered_in_the_next_month",
    ),
    rule_mutant(
        "BIL-10e",
        "A month is closed while something is being entered in it",
        _WRITES,
        "where(*mine).with_for_update(read=not to_close)",
        "where(*mine)",
        f"{_PERIODS}_who_closes_waits_for_what_is_being_entered",
    ),
    rule_mutant(
        "BIL-10e",
        "A month is closed before it is over",
        _DOMAIN,
        "    if first_of_next_month(first) > today:\n",
        "    if first > today:\n",
        _NOT_OVER,
    ),
    rule_mutant(
        "BIL-10e",
        "A month is closed before it is invoiced",
        _DOMAIN,
        "    if not has_finished:\n",
        "    if not has_finished and first > today:\n",
        _NOT_OVER,
    ),
    rule_mutant(
        "BIL-10e",
        "A month is closed while one before it is open, and closes that unsaid",
        _DOMAIN,
        "    if date.min < open_from < first:\n",
        "    if date.min > open_from:\n",
        f"{_PERIODS}_months_are_closed_in_their_order",
    ),
    rule_mutant(
        "BIL-10f",
        "Debit and credit change places in the file",
        f"{_CODE}/sie.py",
        "_kronor(line.debit_ore - line.credit_ore)",
        "_kronor(line.credit_ore - line.debit_ore)",
        f"{_FILE}_a_file_says_what_the_trial_balance_says",
        f"{_FILE}_a_months_file_has_its_entries_and_whose_they_are",
    ),
    rule_mutant(
        "BIL-10f",
        "Öre below ten lose their zero",
        f"{_CODE}/sie.py",
        "{abs(ore) % 100:02}",
        "{abs(ore) % 100}",
        f"{_FILE}_amounts_are_in_kronor_with_two_decimals",
    ),
    rule_mutant(
        "BIL-10f",
        "Only the first entry of a day is read where the next piece begins with that day",
        f"{_CODE}/queries.py",
        "            and_(LedgerEntryRow.entered_on == day, LedgerEntryRow.id > key),\n",
        "            and_(LedgerEntryRow.entered_on == day, LedgerEntryRow.id < key),\n",
        f"{_FILE}_a_month_of_many_entries_is_read_piece_by_piece_and_whole",
    ),
)
