"""Rule mutants of what stands on an invoice, and what is never invoiced twice."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing"
_TESTS: Final = "services/billing/tests"
_RENT: Final = f"{_TESTS}/test_rent.py::test"
_MONTH: Final = f"{_TESTS}/test_billing.py::test"
_RUN: Final = f"{_TESTS}/test_invoice_run.py::test"
_SHEET: Final = f"{_TESTS}/test_documents.py::test"
_NOTES: Final = f"{_TESTS}/test_credit_notes.py::test"
_PEPPOL: Final = f"{_TESTS}/test_electronic_invoices.py::test"
_BILL: Final = "documents/tests/test_peppol.py::test"
_WRITER: Final = "documents/kvitt_documents/peppol.py"
_SCHEDULE: Final = f"{_CODE}/schedule.py"
_RENTS: Final = f"{_CODE}/rents/domain.py"
_DOMAIN: Final = f"{_CODE}/domain.py"
_HANDLERS: Final = f"{_CODE}/handlers.py"
_QUERIES: Final = f"{_CODE}/queries.py"
_WRITES: Final = f"{_CODE}/writes.py"

INVOICES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-9s",
        "Paper says no account to pay to",
        f"{_CODE}/documents.py",
        '        found.append(("Bankgiro", seller.bankgiro))\n',
        "        pass\n",
        f"{_TESTS}/test_paid_by.py"
        "::test_on_paper_an_invoice_of_rent_says_who_issued_it_and_how_it_is_paid",
    ),
    rule_mutant(
        "BIL-9a",
        "Every day starts a run",
        _DOMAIN,
        "    if first_of_next_month(closed) != closed + timedelta(days=1):\n        return ()\n",
        "",
        f"{_MONTH}_only_the_last_day_of_a_month_starts_a_run",
    ),
    rule_mutant(
        "BIL-9a",
        "A charge stands on every month's invoice",
        _QUERIES,
        "            or_(_owed(run), _taken_back(run)),\n",
        "            ChargeRow.charged_on <= run.through,\n",
        f"{_MONTH}_a_charge_stands_on_one_invoice",
    ),
    rule_mutant(
        "BIL-9a",
        "Who owes no rent gets no invoice",
        _QUERIES,
        "    either = union(rents, charges, credits).subquery()\n",
        "    either = union(rents, credits).subquery()\n",
        f"{_MONTH}_every_payer_gets_one_invoice_with_all_that_is_charged_to_it",
    ),
    rule_mutant(
        "BIL-9b",
        "A line does not say which device it is for",
        _DOMAIN,
        "        device_number=device_number,\n",
        "",
        f"{_MONTH}_the_months_rent_is_split_between_its_payers_by_day",
    ),
    rule_mutant(
        "BIL-9b",
        "A line says the first day of its span alone",
        _DOMAIN,
        "        to_day=span.to_day,\n",
        "        to_day=span.from_day,\n",
        f"{_MONTH}_the_months_rent_is_split_between_its_payers_by_day",
    ),
    rule_mutant(
        "BIL-9b",
        "The days of a span stand on a line each",
        _RENTS,
        "            if first != self.following[previous]:\n",
        "            if first != previous:\n",
        f"{_RENT}_days_that_follow_each_other_at_one_price_are_one_span",
    ),
    rule_mutant(
        "BIL-9b",
        "What does not fit on the first document stands on none",
        _DOMAIN,
        "    for first in range(0, len(lines), LINES_A_DOCUMENT):\n",
        "    for first in range(0, min(1, len(lines))):\n",
        f"{_SHEET}_each_line_stands_on_one_document_and_none_has_too_many",
    ),
    rule_mutant(
        "BIL-9e",
        "A credit is debited",
        _RENTS,
        "        return Money(net_ore=self.sign * net, vat_percent=self.monthly.vat_percent)\n",
        "        return Money(net_ore=net, vat_percent=self.monthly.vat_percent)\n",
        f"{_RENT}_a_back_dated_change_credits_what_was_issued_and_debits_the_right_payer",
    ),
    rule_mutant(
        "BIL-9e",
        "A change that is told late is not settled again",
        _HANDLERS,
        "    row.unsettled_from = min(row.unsettled_from or custody.since, custody.since)\n",
        "    row.unsettled_from = row.unsettled_from or custody.since\n",
        f"{_MONTH}_a_late_fact_is_credited_and_debited_by_the_next_run_and_nothing_issued_changes",
    ),
    rule_mutant(
        "BIL-9e",
        "Credits stand among debits on an invoice",
        _DOMAIN,
        "    if any(sign * line.amount.net_ore < 0 for line in lines):\n",
        "    if any(line.amount.net_ore < -(10**13) for line in lines):\n",
        f"{_SHEET}_a_credit_among_debits_is_a_fault_and_so_is_a_debit_among_credits",
    ),
    rule_mutant(
        "BIL-9e",
        "A credit note calls itself an invoice",
        _DOMAIN,
        "        is_credit=is_credit,\n",
        "        is_credit=False,\n",
        f"{_SHEET}_a_credit_of_a_whole_document_takes_back_each_sum_to_the_ore",
    ),
    rule_mutant(
        "BIL-9e",
        "A credit names the first invoice of its day for ever",
        _RENTS,
        "                debits.remove(span.corrects if span.corrects in debits else debits[0])\n",
        "                pass\n",
        f"{_RENT}_each_day_of_a_credit_takes_back_a_day_of_one_debit_that_nothing_else_takes_back",
    ),
    rule_mutant(
        "BIL-9e",
        "A credit line does not say which invoice it corrects",
        _DOMAIN,
        "        corrects=corrects,\n",
        "",
        f"{_NOTES}_a_credit_over_two_months_names_the_invoice_of_each",
    ),
    rule_mutant(
        "BIL-9e",
        "Paper does not say which invoices a note credits",
        "documents/kvitt_documents/invoices.py",
        "        rows = range(0, len(self.corrects), _NUMBERS_A_ROW)\n",
        "        rows = range(0)\n",
        f"{_NOTES}_the_documents_of_a_credit_note_name_the_invoices",
    ),
    rule_mutant(
        "BIL-9e",
        "A credit is made before the invoice that it corrects has its number",
        _SCHEDULE,
        "    for is_credit, of_kind in ((False, debits), (True, credits)):\n",
        "    for is_credit, of_kind in ((True, credits), (False, debits)):\n",
        f"{_NOTES}_what_the_same_run_debits_and_credits_corrects_the_invoice_of_that_run",
    ),
    rule_mutant(
        "BIL-9m",
        "An electronic invoice waits for the paper",
        f"{_CODE}/documents.py",
        "    if row.ubl is None and row.parties is not None:\n",
        "    if row.pdf is not None and row.parties is not None:\n",
        f"{_PEPPOL}_an_electronic_invoice_is_made_where_the_paper_cannot_be",
    ),
    rule_mutant(
        "BIL-9d",
        "A payer with an electronic address gets paper alone",
        f"{_CODE}/electronic/domain.py",
        "    if buyer is None or seller is None:\n",
        "    if buyer is None or seller is None or buyer.name:\n",
        f"{_PEPPOL}_who_has_no_electronic_address_gets_none",
    ),
    rule_mutant(
        "BIL-9d",
        "A price is rounded to whole öre",
        _WRITER,
        "    is_whole = line.net_ore % line.quantity == 0\n",
        "    is_whole = line.quantity > 0\n",
        f"{_BILL}_a_price_times_its_quantity_is_the_lines_sum_to_the_ore",
    ),
    rule_mutant(
        "BIL-9d",
        "Late facts lie outside the document's days",
        _WRITER,
        "    first = min([bill.first_day, *(day for day, _ in days)])\n",
        "    first = min([bill.first_day])\n",
        f"{_BILL}_the_days_of_each_line_lie_within_the_bills",
    ),
    rule_mutant(
        "BIL-9d",
        "What is exempt does not say why",
        _WRITER,
        "    if says_why and not percent:\n",
        "    if says_why and percent > 100:\n",
        f"{_BILL}_what_bears_no_vat_is_exempt_and_says_why",
    ),
    rule_mutant(
        "BIL-9d",
        "The electronic address of a payer is not kept",
        f"{_CODE}/models.py",
        "            endpoint=self.endpoint,\n",
        '            endpoint=self.endpoint.model_copy(update={"id": "0"}),\n',
        f"{_PEPPOL}_an_electronic_invoice_says_what_a_payers_system_needs",
    ),
    rule_mutant(
        "BIL-9f",
        "A run invoices again what is issued",
        _RENTS,
        "*((one, -one.sign) for one in settled)]:\n",
        "*((one, 0) for one in settled)]:\n",
        f"{_RENT}_a_second_run_over_the_same_facts_invoices_nothing",
    ),
    rule_mutant(
        "BIL-9i",
        "Every other number is skipped",
        _WRITES,
        '            index_elements=["region", "name"], set_={"value": CounterRow.value + 1}\n',
        '            index_elements=["region", "name"], set_={"value": CounterRow.value + 2}\n',
        f"{_RUN}_a_payer_whose_document_fails_is_set_aside_and_the_others_are_invoiced[KeyError]",
    ),
    rule_mutant(
        "BIL-10a",
        "Half an öre is rounded down",
        _RENTS,
        "    return (2 * numerator + denominator) // (2 * denominator)\n",
        "    return numerator // denominator\n",
        f"{_RENT}_half_an_ore_of_a_days_share_is_rounded_up",
    ),
    rule_mutant(
        "BIL-10a",
        "What is to be paid is without VAT",
        _DOMAIN,
        "        gross_ore=net_ore + vat_ore,\n",
        "        gross_ore=net_ore,\n",
        f"{_SHEET}_a_documents_sums_are_those_of_its_lines_and_vat_of_each_rate_is_within_half_an_ore",
    ),
    rule_mutant(
        "BIL-10b",
        "A document says no VAT",
        _DOMAIN,
        "    vat_ore = sum(part.vat_ore for part in vat)\n",
        "    vat_ore = 0\n",
        f"{_MONTH}_an_invoices_sums_are_its_lines_with_vat_beside_them",
    ),
    rule_mutant(
        "BIL-10d",
        "VAT is rounded for each line",
        _DOMAIN,
        "            vat_ore=Money(net_ore=nets[rate], vat_percent=rate).vat_ore,\n",
        "            vat_ore=sum(\n"
        "                one.amount.vat_ore for one in lines if one.amount.vat_percent == rate\n"
        "            ),\n",
        f"{_SHEET}_vat_is_rounded_once_for_each_rate_and_not_for_each_line",
    ),
    rule_mutant(
        "BIL-10d",
        "All rates are added up as one",
        _DOMAIN,
        "        rate = line.amount.vat_percent\n",
        "        rate = lines[0].amount.vat_percent\n",
        f"{_SHEET}_vat_is_rounded_once_for_each_rate_and_not_for_each_line",
    ),
)
