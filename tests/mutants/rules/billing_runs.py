"""Rule mutants of the month's run: what it waits for, and what it sets aside."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing"
_TESTS: Final = "services/billing/tests"
_RUN: Final = f"{_TESTS}/test_invoice_run.py::test"
_SHEET: Final = f"{_TESTS}/test_documents.py::test"
_DOMAIN: Final = f"{_CODE}/domain.py"
_HANDLERS: Final = f"{_CODE}/handlers.py"
_SCHEDULE: Final = f"{_CODE}/schedule.py"
_QUERIES: Final = f"{_CODE}/queries.py"
_WRITES: Final = f"{_CODE}/writes.py"

RUNS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-1f",
        "A loan whose article was not listed at the upgrade costs nothing for ever",
        _SCHEDULE,
        "rents.with_charging(device.points, article.charging)",
        "device.points",
        f"{_TESTS}/test_upgrade.py::test_a_loan_from_before_whose_article_is_listed_after_the_upgrade"
        "_is_charged_as_it_is",
    ),
    rule_mutant(
        "BIL-9g",
        "A run begins before a change of custody that is missing",
        _HANDLERS,
        "    if len(missing) > applied.counted:\n",
        "    if len(missing) > applied.counted + up_to:\n",
        f"{_RUN}_the_run_waits_for_the_very_change_that_is_missing_whatever_came_after_it",
    ),
    rule_mutant(
        "BIL-9g",
        "As many changes as there should be are enough, whichever they are",
        _DOMAIN,
        "    return tuple(n for n in range(applied.up_to + 1, last + 1) if n not in known)\n",
        "    return tuple(range(applied.up_to + len(known) + 1, last + 1))\n",
        f"{_SHEET}_a_day_waits_for_each_number_that_is_neither_applied_nor_forgone",
    ),
    rule_mutant(
        "BIL-9g",
        "The last change of a month is not waited for",
        _DOMAIN,
        "for n in range(applied.up_to + 1, last + 1) if",
        "for n in range(applied.up_to + 1, last) if",
        f"{_SHEET}_a_day_waits_for_each_number_that_is_neither_applied_nor_forgone",
    ),
    rule_mutant(
        "BIL-9g",
        "A day waits for a change that an operator has discarded",
        _DOMAIN,
        "    known = {*applied.besides, *forgone}\n",
        "    known = {*applied.besides}\n",
        f"{_RUN}_a_change_that_an_operator_has_discarded_is_not_waited_for",
    ),
    rule_mutant(
        "BIL-9g",
        "What an earlier release has counted stands for a change of each day anew",
        _WRITES,
        "    if by_count:\n",
        "    if by_count < 0:\n",
        f"{_RUN}_what_an_earlier_release_has_counted_may_be_any_of_the_numbers",
    ),
    rule_mutant(
        "BIL-9g",
        "Each later day waits again for what was forgone",
        _WRITES,
        "func.greatest(CounterRow.value, up_to)",
        "CounterRow.value",
        f"{_RUN}_each_day_waits_for_its_own_changes_and_leaves_no_number_behind",
    ),
    rule_mutant(
        "BIL-9n",
        "Months that close at once are invoiced at once",
        _SCHEDULE,
        "    if await queries.is_earlier_run_open(tx, run):\n",
        "    if run.through > run.through:\n",
        f"{_RUN}_months_that_close_at_once_are_invoiced_one_after_the_other",
    ),
    rule_mutant(
        "BIL-9h",
        "A line of nothing is a fault",
        _DOMAIN,
        "    if any(sign * line.amount.net_ore < 0 for line in lines):\n",
        "    if any(sign * line.amount.net_ore <= 0 for line in lines):\n",
        f"{_SHEET}_a_line_of_nothing_goes_on_an_invoice_and_on_a_credit_note",
    ),
    rule_mutant(
        "BIL-9h",
        "A payer of very many lines is invoiced in one step, for which a timer has no time",
        _SCHEDULE,
        "queries.rents_to_invoice(tx, payer_key, limit=LINES_A_STEP, offset=after)",
        "queries.rents_to_invoice(tx, payer_key, limit=10**9, offset=after)",
        f"{_RUN}_no_step_takes_more_lines_than_a_timer_has_time_for",
        more=(Swap(_SCHEDULE, "room = LINES_A_STEP - len(settled)", "room = 10**9"),),
    ),
    rule_mutant(
        "BIL-9h",
        "A document may be too large to be published",
        _DOMAIN,
        "LINES_A_DOCUMENT = 500\n",
        "LINES_A_DOCUMENT = 5_000\n",
        f"{_SHEET}_a_document_of_as_many_lines_as_it_may_have_can_be_published",
    ),
    rule_mutant(
        "BIL-9h",
        "A payer is set aside the first time that it fails",
        _SCHEDULE,
        "TRIES = 3\n",
        "TRIES = 1\n",
        f"{_RUN}_what_fails_once_is_tried_again_and_nothing_is_set_aside",
    ),
    rule_mutant(
        "BIL-9h",
        "Nobody is alarmed of what is set aside",
        _SCHEDULE,
        "    count(tx, SET_ASIDE, kind)\n",
        "    del kind\n",
        f"{_RUN}_a_payer_whose_document_fails_is_set_aside_and_the_others_are_invoiced[KeyError]",
    ),
    rule_mutant(
        "BIL-9h",
        "It is not told why something was set aside",
        _SCHEDULE,
        "            reason=fault.reason,\n",
        '            reason="",\n',
        f"{_RUN}_a_payer_whose_document_fails_is_set_aside_and_the_others_are_invoiced[KeyError]",
    ),
    rule_mutant(
        "BIL-9h",
        "A run that has set something aside says that it has done all",
        _DOMAIN,
        "    return InvoiceRunFinished(month=run.month, invoices=invoices, set_aside=set_aside)\n",
        "    return InvoiceRunFinished(month=run.month, invoices=invoices, set_aside=0)\n",
        f"{_RUN}_a_payer_whose_document_fails_is_set_aside_and_the_others_are_invoiced[KeyError]",
    ),
    rule_mutant(
        "BIL-9h",
        "What was set aside once is passed over for ever",
        _QUERIES,
        "        SetAsideRow.region == run.region, SetAsideRow.run_id == run.id\n",
        "        SetAsideRow.region == run.region\n",
        f"{_RUN}_a_payer_whose_document_fails_is_set_aside_and_the_others_are_invoiced[KeyError]",
    ),
)
