"""Rule mutants of documents: what is on them, how they are made, and that they stay."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_BILLING: Final = "services/billing/billing/documents.py"
_MADE: Final = "documents/kvitt_documents"
_ISSUED: Final = "services/billing/tests/test_issued_documents.py"
_SAYS: Final = f"{_ISSUED}::test_a_document_says_what_the_invoice_says_with_the_names_of_its_day"
_OF_ITS_DAY: Final = (
    f"{_ISSUED}::test_what_is_issued_before_a_release_and_made_after_it_is_of_its_day"
)
_SAME: Final = f"{_ISSUED}::test_a_document_is_the_same_bytes_when_names_and_template_are_others"
_RENDERING: Final = "documents/tests/test_rendering.py"

DOCUMENTS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-9b",
        "The specification does not say which device",
        _BILLING,
        'device=line.device_number or "",',
        'device="",',
        _SAYS,
    ),
    rule_mutant(
        "BIL-9c",
        "The document does not say who pays",
        _BILLING,
        "payer=_payer(invoice, stored),",
        'payer="",',
        _SAYS,
    ),
    rule_mutant(
        "BIL-9c",
        "A credit note asks for what it gives back",
        _BILLING,
        'to_pay = "Att få tillbaka" if invoice.is_credit else "Att betala"',
        'to_pay = "Att betala"',
        f"{_ISSUED}::test_a_credit_note_says_what_comes_back",
    ),
    rule_mutant(
        "BIL-10b",
        "The document says one VAT for all its rates",
        _BILLING,
        '        *(rates or [invoices.Sum(name="Moms", ore=invoice.vat_ore)]),\n',
        '        *(rates[:0] or [invoices.Sum(name="Moms", ore=invoice.vat_ore)]),\n',
        f"{_ISSUED}::test_a_document_says_the_vat_of_each_rate",
    ),
    rule_mutant(
        "BIL-9j",
        "A document is made anew by a later release",
        _BILLING,
        "    if row.pdf is None:\n",
        "    if row.invoice_id:\n",
        _SAME,
    ),
    rule_mutant(
        "BIL-9j",
        "A document has the layout of the day when it is made",
        _BILLING,
        "template=stored.template,",
        "template=invoices.TEMPLATE,",
        _OF_ITS_DAY,
    ),
    rule_mutant(
        "BIL-9j",
        "The names of articles are not stored",
        _BILLING,
        "article_names={row.article_number: row.name for row in articles},",
        "article_names={},",
        _OF_ITS_DAY,
    ),
    rule_mutant(
        "BIL-9j",
        "The payer's name is not stored",
        _BILLING,
        "payer_name=paying.name if paying else None,",
        "payer_name=None,",
        _OF_ITS_DAY,
    ),
    rule_mutant(
        "BIL-9k",
        "A document is kept, and cannot be read aloud",
        f"{_MADE}/rendering.py",
        'pdf_standards=["ua-1", "a-3a"],',
        'pdf_standards=["a-3b"],',
        "documents/tests/test_conformance.py"
        "::test_a_document_can_be_read_by_everybody_and_kept[credit-note]",
        seconds=120.0,
    ),
    rule_mutant(
        "BIL-9k",
        "A document is read aloud in another language",
        f"{_MADE}/templates/layout-1.typ",
        'lang: "sv", region: "SE"',
        'lang: "en", region: "GB"',
        f"{_RENDERING}::test_a_document_says_its_title_language_and_day_and_nothing_of_who_pays",
    ),
    rule_mutant(
        "BIL-9k",
        "A table's heads are cells like others",
        f"{_MADE}/templates/layout-1.typ",
        "    table.header(..columns.map(one => strong(one.name))),\n",
        "    ..columns.map(one => strong(one.name)),\n",
        f"{_RENDERING}"
        "::test_a_document_is_read_in_order_heading_by_heading_and_cells_know_their_heads",
    ),
    rule_mutant(
        "BIL-9l",
        "A name with a character that no font has stops its document",
        f"{_MADE}/rendering.py",
        "json.dumps(_shown(document.data(), template=document.template))",
        "json.dumps(document.data())",
        f"{_RENDERING}::test_a_name_is_text_whatever_it_says",
    ),
    rule_mutant(
        "BIL-9l",
        "A name is read as markup",
        f"{_MADE}/templates/layout-1.typ",
        'strong(name + ": ") + value',
        'strong(name + ": ") + eval(value, mode: "markup")',
        f"{_ISSUED}::test_a_name_is_text_on_the_document_whatever_it_says",
    ),
    rule_mutant(
        "BIL-9l",
        "A name may turn the direction of what stands beside it",
        f"{_MADE}/showing.py",
        "ord(character) in covered() and unicodedata.category(character) not in _WITHOUT_SHAPE",
        "ord(character) in covered()",
        "documents/tests/test_showing.py::test_what_has_no_shape_of_ours_is_shown_as_a_replacement",
    ),
    rule_mutant(
        "BIL-9m",
        "The run makes the documents itself, and ends with the first that cannot be made",
        _BILLING,
        "    tx.schedule(PRINT_DOCUMENT, key=issued.invoice_id, due=tx.now)\n",
        "    stored = tx.fetched(DocumentRow, issued.invoice_id)\n"
        "    invoice = tx.fetched(InvoiceRow, issued.invoice_id)\n"
        "    stored.pdf = await print_document(_document(invoice.state(), stored, {}))\n",
        f"{_ISSUED}::test_a_document_that_cannot_be_made_stops_no_run_and_is_asked_for_again",
    ),
)
