"""Rule mutants of suppliers' invoices: the match, what is paid once, who decides."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing/supplier_invoices"
_MATCH: Final = f"{_CODE}/matching/domain.py"
_DOMAIN: Final = f"{_CODE}/domain.py"
_HANDLERS: Final = f"{_CODE}/handlers.py"
_WRITES: Final = f"{_CODE}/writes.py"
_READER: Final = "documents/kvitt_documents/peppol_reading.py"
_TESTS: Final = "services/billing/tests/test_supplier_invoices.py::test"
_MATCHED: Final = "services/billing/tests/test_supplier_matching.py::test"
_HTTP: Final = "services/billing/tests/test_supplier_invoices_http.py::test"
_TAKEOVERS: Final = "services/billing/tests/test_takeovers.py::test"
_READ: Final = "documents/tests/test_peppol_reading.py::test"

SUPPLIER_INVOICES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-6a",
        "What was not purchased of the supplier is paid to it",
        _WRITES,
        "        if order.supplier_id != row.supplier_id:\n",
        "        if not order.supplier_id:\n",
        f"{_TESTS}_what_does_not_agree_is_held_with_its_reason",
    ),
    rule_mutant(
        "BIL-6b",
        "An invoice is cleared before anything is received",
        _MATCH,
        "        return self.received - self.cleared - self.released\n",
        "        return self.quantity - self.cleared - self.released\n",
        f"{_TESTS}_without_receipt_it_is_held_and_cleared_when_the_receipt_comes",
    ),
    rule_mutant(
        "BIL-6c",
        "A wrong delivery is paid before it is credited or settled",
        _HANDLERS,
        "    line.deviates = True\n",
        "    line.deviates = False\n",
        f"{_TESTS}_a_wrong_delivery_waits_until_it_is_settled_or_credited",
    ),
    rule_mutant(
        "BIL-6c",
        "No invoice is cleared together with its credit note",
        _MATCH,
        "        self._credits = [one for one in waiting if one.is_credit]\n",
        "        self._credits: list[Document] = []\n",
        f"{_TESTS}_what_was_not_delivered_waits_for_a_credit_note_and_both_are_cleared",
    ),
    rule_mutant(
        "BIL-6d",
        "An invoice may differ by any amount",
        _MATCH,
        "    return abs(over_ore) > min(one.tolerance_ore for one in of)\n",
        "    return abs(over_ore) > 10**12\n",
        f"{_MATCHED}_an_invoice_may_differ_by_the_tolerance_and_no_more",
    ),
    rule_mutant(
        "BIL-6c",
        "Any credit note lifts a wrong delivery",
        _MATCH,
        " and after.article_number not in trial.given_back:\n",
        " and not has_credit:\n",
        f"{_MATCHED}_a_wrong_delivery_waits_for_a_credit_note_of_what_was_wrong",
    ),
    rule_mutant(
        "BIL-6c",
        "Credit notes of other invoices crowd out an invoice's own",
        _MATCH,
        "        named = [one for one in self._credits if one.credits == invoice.id]\n",
        "        named: list[Document] = []\n",
        f"{_MATCHED}_credit_notes_of_other_invoices_stand_in_the_way_of_none",
    ),
    rule_mutant(
        "BIL-6d",
        "A rate of VAT may be another",
        _MATCH,
        "        trial.against.add(Hold.VAT_DIFFERS)\n",
        "        pass\n",
        f"{_MATCHED}_another_rate_of_vat_is_held_whatever_the_tolerance",
    ),
    rule_mutant(
        "BIL-6e",
        "The same number with other content is passed over",
        _DOMAIN,
        "        if _as_stated(known) == replace(stated, number=known.number):\n",
        "        if known.supplier_id == stated.supplier_id:\n",
        f"{_TESTS}_the_same_number_with_other_content_is_refused",
    ),
    rule_mutant(
        "BIL-6e",
        "What is paid on one invoice is paid on another",
        _MATCH,
        " = replace(line, cleared=line.cleared + quantity)\n",
        " = replace(line, cleared=line.cleared)\n",
        f"{_TESTS}_what_is_paid_on_one_invoice_is_not_paid_on_another",
    ),
    rule_mutant(
        "BIL-6f",
        "Nobody is reminded a second time",
        _HANDLERS,
        "    if due_now:\n        writes.remind_later(row, tx)\n",
        "",
        f"{_TESTS}_the_unit_is_reminded_after_the_policys_days_and_again",
    ),
    rule_mutant(
        "BIL-6g",
        "What is paid may be rejected",
        _DOMAIN,
        "    if invoice.status is not SupplierInvoiceStatus.HELD:\n        raise Refused(\n",
        "    if invoice.status is SupplierInvoiceStatus.RECEIVED:\n        raise Refused(\n",
        f"{_TESTS}_what_is_decided_is_not_decided_otherwise",
    ),
    rule_mutant(
        "BIL-6g",
        "What is released is paid again on another invoice",
        _HANDLERS,
        "    writes.keep(lines, after)\n",
        "    del after\n",
        f"{_TESTS}_finance_releases_what_is_held_and_nobody_is_paid_for_the_same_again",
    ),
    rule_mutant(
        "BIL-6g",
        "What is released before its purchase is known is paid again",
        _WRITES,
        "    if purchase.is_new:\n",
        "    if purchase.is_new and not locked:\n",
        f"{_TESTS}_what_is_released_before_its_purchase_is_known_is_not_paid_again",
    ),
    rule_mutant(
        "BIL-6j",
        "A release is nothing that a credit note waits for",
        _HANDLERS,
        "    if order is not None:  # a credit note may have waited for it\n",
        "    if order is None:\n",
        f"{_TESTS}_a_credit_note_that_came_first_is_matched_when_its_invoice_is_released",
    ),
    rule_mutant(
        "BIL-6d",
        "A change after the receipt takes the place of the receipt's price",
        _HANDLERS,
        "    if not line.received:\n",
        "    if line.line_id:\n",
        f"{_TESTS}_a_change_after_the_receipt_leaves_the_receipts_price",
    ),
    rule_mutant(
        "BIL-6h",
        "A document with a DOCTYPE is read",
        _READER,
        "    if info.doctype or info.internalDTD is not None:\n",
        "    if info.doctype and info.internalDTD is None:\n",
        f"{_READ}_nothing_is_fetched_and_no_file_is_read",
    ),
    rule_mutant(
        "BIL-6h",
        "However much is sent is read",
        _READER,
        "            if size > limit:\n",
        "            if size > limit * 1_000:\n",
        f"{_READ}_what_is_too_large_is_refused_before_it_has_come",
    ),
    rule_mutant(
        "BIL-6i",
        "What is to be paid may be another sum than the rest gives",
        _READER,
        '        if self.ore(f"{total}/cbc:PayableAmount") != inclusive - prepaid + rounding:\n',
        '        if self.ore(f"{total}/cbc:PayableAmount") < 0:\n',
        f"{_READ}_what_does_not_add_up_is_refused_with_its_element",
    ),
    rule_mutant(
        "BIL-6i",
        "Lines may come to another sum than the invoice",
        _DOMAIN,
        "    if net_ore != sum(_net_of(line) for line in listed):\n",
        "    if net_ore < 0:\n",
        f"{_TESTS}_what_does_not_add_up_is_refused",
    ),
    rule_mutant(
        "BIL-6j",
        "A credit note takes back from whatever is paid",
        _MATCH,
        "        return all(one.credits in there or one.credits in self.paid for one in group)\n",
        "        return bool(there)\n",
        f"{_MATCHED}_in_any_order_the_same_is_cleared_and_never_more_than_was_received",
    ),
    rule_mutant(
        "BIL-6j",
        "A purchase order does not look for the invoices that came before it",
        _HANDLERS,
        "            for line in event.lines\n        )\n    )\n"
        "    await writes.match_of_order(row, tx, is_new=is_new)\n",
        "            for line in event.lines\n        )\n    )\n",
        f"{_TESTS}_an_invoice_that_came_before_its_purchase_order_is_matched_when_that_comes",
    ),
    rule_mutant(
        "BIL-6k",
        "A credit note is entered as an invoice",
        "services/billing/billing/ledger/domain.py",
        "    sign = -1 if is_credit else 1\n",
        "    sign = 1\n",
        f"{_HTTP}_what_is_cleared_and_released_is_entered_and_a_credit_note_the_other_way",
    ),
    rule_mutant(
        "BIL-6l",
        "What is held is handed over to be paid",
        f"{_CODE}/queries.py",
        ", SupplierInvoiceRow.status.in_(PAYABLE))\n",
        ")\n",
        f"{_HTTP}_what_may_be_paid_is_listed_and_handed_over_by_due_day",
    ),
    rule_mutant(
        "BIL-13a",
        "Nothing waits for the selling region's invoice",
        "services/billing/billing/handlers.py",
        "        await expect_invoice(event, event.origin, tx)\n",
        "        pass\n",
        f"{_TAKEOVERS}_a_device_that_was_bought_over_waits_for_its_invoice_and_says_where_it_goes",
    ),
    rule_mutant(
        "BIL-13b",
        "A device is paid at whatever is invoiced",
        f"{_CODE}/models.py",
        "            price=self.value,\n",
        "            price=None,\n",
        f"{_TAKEOVERS}_a_device_is_paid_once_and_at_what_it_was_bought_for",
    ),
    rule_mutant(
        "BIL-13a",
        "The selling region is not told the device's number",
        f"{_CODE}/views.py",
        "            reference=self.device_number,\n",
        "            reference=DeviceNumber(seller.endpoint.id),\n",
        f"{_TAKEOVERS}_a_device_that_was_bought_over_waits_for_its_invoice_and_says_where_it_goes",
    ),
)
