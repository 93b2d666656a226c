"""Rule mutants of the print file: whose documents it has, when, and what is logged."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing/print_files"
_TESTS: Final = "services/billing/tests/test_print_files.py::test"

PRINT_FILES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-9r",
        "Who gets an electronic invoice gets it on paper too",
        f"{_CODE}/queries.py",
        "            DocumentRow.parties.is_(None),\n",
        "            DocumentRow.template.is_not(None),\n",
        f"{_TESTS}_a_print_file_has_the_documents_of_payers_without_electronic_invoice",
    ),
    rule_mutant(
        "BIL-9r",
        "A part is printed while the rest is made",
        f"{_CODE}/domain.py",
        "    if missing:\n",
        "    if len(missing) > MOST_DOCUMENTS:\n",
        f"{_TESTS}_nobody_prints_a_part_while_documents_are_made",
    ),
    rule_mutant(
        "BIL-9r",
        "A month is printed before it is invoiced",
        f"{_CODE}/domain.py",
        "    if not is_invoiced:\n",
        "    if not is_invoiced and papers:\n",
        f"{_TESTS}_a_month_that_is_not_invoiced_has_no_print_file",
    ),
    rule_mutant(
        "BIL-9r",
        "Patients' documents are among the units'",
        f"{_CODE}/queries.py",
        'Whose.UNITS: "unit/"',
        'Whose.UNITS: ""',
        f"{_TESTS}_a_print_file_has_the_documents_of_payers_without_electronic_invoice",
    ),
    rule_mutant(
        "BIL-9r",
        "The log does not say from which number",
        f"{_CODE}/writes.py",
        "papers[0].number if papers else None",
        "None",
        f"{_TESTS}_patients_documents_are_fetched_by_themselves_and_it_is_logged",
    ),
)
