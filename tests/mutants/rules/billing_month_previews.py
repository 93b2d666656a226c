"""Rule mutants of a month's preview: what it shows, what is approved, what stands out."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing"
_TESTS: Final = "services/billing/tests"
_SHOWN: Final = f"{_TESTS}/test_month_previews.py::test"
_APPROVED: Final = f"{_TESTS}/test_approvals.py::test"
_RULES: Final = f"{_CODE}/month_previews/domain.py"
_PRESENTING: Final = f"{_CODE}/month_previews/presenting.py"
_FORESEEING: Final = f"{_CODE}/month_previews/foreseeing.py"
_SCHEDULE: Final = f"{_CODE}/schedule.py"

_EQUAL: Final = f"{_APPROVED}_what_is_issued_is_the_preview_that_was_approved"
_STALE: Final = f"{_APPROVED}_a_preview_that_is_stale_is_refused_and_made_anew"
_LATER: Final = f"{_APPROVED}_what_comes_after_the_approval_is_the_next_months"
_BY_MUCH: Final = f"{_SHOWN}_a_payer_stands_out_by_percent_and_by_kronor"

MONTH_PREVIEWS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-9o",
        "A preview before the run has no charges",
        _FORESEEING,
        "        row.step, row.after = CHARGES, None\n",
        "        row.step, row.after = PAYERS, None\n",
        f"{_SHOWN}_a_month_is_previewed_before_it_is_over_to_the_ore_as_it_is_issued_then",
    ),
    rule_mutant(
        "BIL-9h",
        "What cannot be read of a month that is foreseen is passed over, and nobody is told",
        _FORESEEING,
        '    presenting.note_set_aside(f"{_NOUNS[row.step]}/{row.trying}", row.month, tx)\n',
        "",
        f"{_SHOWN}_what_cannot_be_read_stands_out_and_the_others_are_foreseen",
    ),
    rule_mutant(
        "BIL-9o",
        "A preview is beside another month than the one before",
        _RULES,
        '    return f"{month.replace(day=1) - timedelta(days=1):%Y-%m}"\n',
        '    return f"{month.replace(day=1) - timedelta(days=40):%Y-%m}"\n',
        f"{_SHOWN}_a_preview_is_beside_the_month_before",
    ),
    rule_mutant(
        "BIL-9o",
        "A month that has been invoiced, or that is far ahead, is previewed",
        _RULES,
        '    if month != f"{next_month:%Y-%m}":\n',
        "    if not month:\n",
        f"{_SHOWN}_another_month_than_the_next_is_not_previewed",
    ),
    rule_mutant(
        "BIL-9o",
        "A preview goes on though the run has begun, and holds it up",
        _PRESENTING,
        "    row.asked_at, row.made_at, row.step, row.after = tx.now, None, None, None\n",
        "    row.asked_at, row.made_at, row.after = tx.now, None, None\n",
        f"{_SHOWN}_a_month_that_is_invoiced_while_it_is_previewed_has_its_runs_preview",
    ),
    rule_mutant(
        "BIL-9p",
        "A month is issued though the policy lets a person approve it",
        f"{_CODE}/handlers.py",
        '        if tx.policy.invoice.approval == "person":\n',
        '        if tx.policy.invoice.approval == "person" and run.seq == 0:\n',
        f"{_APPROVED}_nothing_is_issued_before_a_person_has_approved",
    ),
    rule_mutant(
        "BIL-9p",
        "A preview is approved though something has come since",
        _RULES,
        "    if state != known.previewed_state or has_changed:\n",
        "    if state != known.previewed_state:\n",
        _STALE,
    ),
    rule_mutant(
        "BIL-9p",
        "Another preview than the latest is approved",
        _RULES,
        "    if state != known.previewed_state or has_changed:\n",
        "    if has_changed:\n",
        _STALE,
    ),
    rule_mutant(
        "BIL-9p",
        "A preview's state says how many lines there are, and not which",
        _RULES,
        "            found.update(line.model_dump_json(exclude_none=True).encode())\n",
        '            found.update(b"line" if line else b"")\n',
        f"{_APPROVED}_a_state_is_of_each_line_and_of_no_number",
    ),
    rule_mutant(
        "BIL-9p",
        "A charge that comes after the approval is issued with it",
        f"{_CODE}/queries.py",
        "    if run.is_by_person:\n        return and_(ChargeRow.run_id == run.id,",
        "    if run.seq < 0:\n        return and_(ChargeRow.run_id == run.id,",
        f"{_LATER}[sale]",
    ),
    rule_mutant(
        "BIL-9p",
        "What changes after the approval is settled and issued with it",
        _SCHEDULE,
        "    is_settled = run.status is RunStatus.APPROVED\n",
        "    is_settled = run.status is RunStatus.FINISHED\n",
        f"{_LATER}[return]",
        f"{_LATER}[price]",
    ),
    rule_mutant(
        "BIL-9p",
        "A payer's charges are previewed again with each window of its lines",
        _SCHEDULE,
        "offset=max(before, 0)",
        "offset=min(before, 0)",
        f"{_EQUAL}[2-500]",
    ),
    rule_mutant(
        "BIL-9p",
        "What somebody else has approved is approved again",
        _RULES,
        "    if (run.approved_by, run.previewed_state) == (by, state):\n",
        "    if run.previewed_state == state:\n",
        f"{_APPROVED}_two_who_approve_at_once_issue_the_month_once",
    ),
    rule_mutant(
        "BIL-9p",
        "Somebody is alarmed after four working days",
        _RULES,
        "DAYS_TO_APPROVE: Final = 5\n",
        "DAYS_TO_APPROVE: Final = 4\n",
        f"{_APPROVED}_somebody_is_alarmed_when_nobody_has_approved_in_five_working_days",
    ),
    rule_mutant(
        "BIL-9q",
        "A payer stands out by less than 30 %",
        _RULES,
        "STANDS_OUT_PERCENT: Final = 30\n",
        "STANDS_OUT_PERCENT: Final = 29\n",
        _BY_MUCH,
    ),
    rule_mutant(
        "BIL-9q",
        "A payer stands out by less than 100 kronor",
        _RULES,
        "STANDS_OUT_ORE: Final = 10_000\n",
        "STANDS_OUT_ORE: Final = 9_000\n",
        _BY_MUCH,
    ),
    rule_mutant(
        "BIL-9q",
        "A patient's single fees stand out",
        _RULES,
        '    if not payer_key.startswith("unit/"):\n',
        "    if not payer_key:\n",
        f"{_SHOWN}_a_patients_fees_are_not_compared",
    ),
    rule_mutant(
        "BIL-9q",
        "A payer that is in no register does not stand out",
        _RULES,
        "    found = [] if is_known else [FindingKind.NO_PAYER]\n",
        "    found = [] if is_known or payer_key else [FindingKind.NO_PAYER]\n",
        f"{_SHOWN}_payers_that_are_new_gone_or_in_no_register_stand_out",
    ),
    rule_mutant(
        "BIL-9q",
        "A price of 0 does not stand out",
        _RULES,
        "    if price.net_ore == 0:\n",
        "    if price.net_ore < 0:\n",
        f"{_SHOWN}_what_is_lent_without_a_price_or_at_nothing_stands_out",
    ),
    rule_mutant(
        "BIL-9q",
        "What was set aside does not stand out",
        _PRESENTING,
        "    for subject in await queries.set_aside_by(tx, of.id):\n",
        "    for subject in (await queries.set_aside_by(tx, of.id))[:0]:\n",
        f"{_SHOWN}_what_was_set_aside_stands_out_of_the_runs_preview",
    ),
    rule_mutant(
        "BIL-9q",
        "A unit that has nothing this month does not stand out",
        f"{_CODE}/month_previews/queries.py",
        "InvoiceRow.payer_key.not_in(previewed)",
        "InvoiceRow.payer_key.in_(previewed)",
        f"{_SHOWN}_payers_that_are_new_gone_or_in_no_register_stand_out",
    ),
    rule_mutant(
        "BIL-9q",
        "What has changed comes before what loses money",
        _RULES,
        "        grave = len(_GRAVEST_FIRST) - _GRAVEST_FIRST.index(self.kind)\n",
        "        grave = 1 + _GRAVEST_FIRST.index(self.kind)\n",
        f"{_SHOWN}_what_loses_money_comes_before_what_has_changed",
    ),
)
