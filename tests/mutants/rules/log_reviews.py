"""Rule mutants of who reviews the log (REF-21f, g), and of what a person is handed (REF-24d)."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_REVIEWS: Final = "services/orders/orders/reviews"
_PRINTS: Final = "services/orders/orders/erasures/documents.py"
_TESTS: Final = "services/orders/tests/test_log_reviews.py::test"
_PRINTED: Final = "services/orders/tests/test_extract_prints.py::test"
_SAMPLE: Final = f"{_TESTS}_a_sample_is_so_many_lines_that_nobody_chose"
_READ: Final = f"{_TESTS}_reading_the_log_is_logged_and_a_line_says_who_it_was_when_it_is_looked_at"

LOG_REVIEWS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-18p",
        "Who reviews the log is granted nothing",
        "contracts/kvitt_contracts/access/acts.py",
        "        Grantee.LOG_REVIEWER,\n    )\n",
        "    )\n",
        f"{_TESTS}_who_reviews_the_log_has_that_of_their_duty_alone",
    ),
    rule_mutant(
        "REF-21f",
        "A line of another day is read as one of the day",
        f"{_REVIEWS}/queries.py",
        "    return _LINE.at >= start_of_day(day)\n",
        "    return _LINE.at.is_not(None)\n",
        f"{_TESTS}_lines_are_read_by_person_user_unit_day_act_and_kind",
    ),
    rule_mutant(
        "REF-21f",
        "Reading the log is not logged",
        f"{_REVIEWS}/api.py",
        "    log_accesses(tx, me, LOG_REVIEW, [asked.person], look=Look.REVIEWED)\n",
        "",
        _READ,
    ),
    rule_mutant(
        "REF-21f",
        "A review says nothing of its unit",
        f"{_REVIEWS}/handlers.py",
        "            unit=line.unit,\n",
        "            unit=None,\n",
        f"{_TESTS}_that_a_line_was_reviewed_is_registered_once_for_each_time",
    ),
    rule_mutant(
        "REF-21f",
        "Whoever looked reviews it themselves",
        f"{_REVIEWS}/domain.py",
        "    if judged.by == looked:\n",
        "    if judged.by == looked and judged.follow_up:\n",
        f"{_TESTS}_nobody_reviews_their_own_look_and_what_is_looked_into_says_what_is_done",
    ),
    rule_mutant(
        "REF-21f",
        "A sample of emergencies has other lines",
        f"{_REVIEWS}/queries.py",
        "    if emergencies:\n",
        "    if not emergencies and size < 0:\n",
        _SAMPLE,
    ),
    rule_mutant(
        "REF-21f",
        "A sample is drawn of days that have not been",
        f"{_REVIEWS}/domain.py",
        "    if not first <= last <= today or",
        "    if not first <= last or",
        f"{_TESTS}_a_sample_is_of_days_that_have_been",
    ),
    rule_mutant(
        "REF-21g",
        "A unit whose log nobody reviewed is told last",
        f"{_REVIEWS}/api.py",
        "key=lambda one: (one.reviewed > 0, -one.lines,",
        "key=lambda one: (one.reviewed == 0, -one.lines,",
        f"{_TESTS}_it_is_told_which_units_log_was_reviewed_when_and_which_was_not",
    ),
    rule_mutant(
        "REF-19e",
        "Who reviews the log is told who is protected",
        f"{_REVIEWS}/views.py",
        '        withheld = {"person": None, "person_is_withheld": True} if is_withheld else {}\n',
        '        withheld = {"person_is_withheld": is_withheld}\n',
        f"{_TESTS}_a_line_about_who_is_protected_does_not_tell_who_that_is",
    ),
    rule_mutant(
        "REF-24d",
        "Whoever has a reference is handed the person's extract",
        "services/orders/orders/erasures/api.py",
        "    if not resolved.persons:  #",
        "    if resolved is None:  #",
        f"{_PRINTED}_nobody_is_handed_who_was_not_opened_and_of_who_is_protected_little_stands",
    ),
    rule_mutant(
        "REF-24d",
        "An extract does not say who has looked",
        _PRINTS,
        "else await looks_of(told.references, tx, most=MOST_ROWS + 1)\n",
        "else []\n",
        f"{_PRINTED}_customer_service_hands_a_person_what_is_stored_of_them_and_that_is_logged",
    ),
)
