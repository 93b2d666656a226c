"""Rule mutants of responsibles: who answers for a service point, who says so, who is told."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/bmb/bmb"
_RULES: Final = f"{_CODE}/responsibles/domain.py"
_RULE: Final = "services/bmb/tests/test_responsibles.py::test"
_ANSWER: Final = "services/bmb/tests/test_who_answers.py::test"
_TOLD: Final = "services/notifications/notifications/transfers/domain.py"
_WHO: Final = "contracts/kvitt_contracts/responsibles.py"
_TELL: Final = "services/notifications/tests/test_responsibles.py::test"

RESPONSIBLES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BMB-8c",
        "A page learns of no user what they are called and how they are reached",
        "services/orders/orders/contacts/api.py",
        "        users={str(one.user_id): NamedUser.model_validate(one) for one in contacts},\n",
        "        users={},\n",
        "services/orders/tests/test_contacts.py::test"
        "_a_page_learns_what_its_codes_are_called_in_one_question",
    ),
    rule_mutant(
        "BMB-9a",
        "A colleague answers though others are named",
        _RULES,
        "    if responsible and by.id not in responsible:\n",
        "    if responsible and by.id in ():\n",
        f"{_RULE}_who_is_not_among_them_is_refused_and_hears_who_is",
        f"{_ANSWER}_a_colleague_who_is_none_of_them_neither_accepts_nor_rejects",
    ),
    rule_mutant(
        "BMB-9a",
        "Whoever works there rejects",
        f"{_CODE}/acknowledgements/domain.py",
        "    refuse_others(by, transfer.receiving_service_point, responsible)\n",
        "    refuse_others(by, transfer.receiving_service_point, frozenset())\n",
        f"{_ANSWER}_a_colleague_who_is_none_of_them_neither_accepts_nor_rejects",
    ),
    rule_mutant(
        "BMB-9b",
        "Who has handed over is main still",
        _RULES,
        "    return Responsibles(**same_fields(event, Responsibles))\n",
        "    return known or Responsibles(**same_fields(event, Responsibles))\n",
        f"{_RULE}_the_main_changes_hands_in_one_event",
        f"{_ANSWER}_the_main_hands_over_and_is_not_the_main_any_more",
    ),
    rule_mutant(
        "BMB-9c",
        "The first substitute is the contact",
        _RULES,
        "    return responsibles.stand_in if responsibles.is_absent(on) else responsibles.main\n",
        "    return next(iter(responsibles.substitutes), None)\n",
        f"{_RULE}_the_main_responsible_is_the_contact",
    ),
    rule_mutant(
        "BMB-9d",
        "A substitute does not answer",
        _RULES,
        "    named = (*(one for one in first if one is not None), *responsibles.substitutes)\n",
        "    named = tuple(one for one in first if one is not None)\n",
        f"{_RULE}_the_main_and_the_substitutes_may_acknowledge",
    ),
    rule_mutant(
        "BMB-9f",
        "Where nobody is named nobody answers",
        _RULES,
        "    if responsible and by.id not in responsible:\n",
        "    if by.id not in responsible:\n",
        f"{_RULE}_where_nobody_is_named_whoever_works_there_acknowledges",
    ),
    rule_mutant(
        "BMB-9g",
        "The main who has left is still the main",
        _RULES,
        "        main = None if user == named.main else named.main\n",
        "        main = named.main\n",
        f"{_RULE}_who_has_left_has_no_part_in_it",
        f"{_ANSWER}_when_the_main_leaves_nobody_is_main_and_the_substitutes_answer",
    ),
    rule_mutant(
        "BMB-9g",
        "Who is named is not looked at again, though they may be leaving",
        f"{_CODE}/responsibles/handlers.py",
        "        tx.record_at(ResponsiblesRow, key, *events)\n"
        "        tx.schedule(LOOK_AGAIN, key=key, due=tx.now)\n",
        "        tx.record_at(ResponsiblesRow, key, *events)\n",
        f"{_ANSWER}_who_leaves_and_is_named_at_once_has_no_part_afterwards",
    ),
    rule_mutant(
        "BMB-9g",
        "Where nobody is named a leaving is not looked at again, though somebody may be named",
        f"{_CODE}/responsibles/handlers.py",
        "            tx.schedule(LOOK_AGAIN, key=key, due=tx.now)\n",
        "            pass\n",
        f"{_ANSWER}_who_leaves_and_is_named_at_once_has_no_part_afterwards",
    ),
    rule_mutant(
        "BMB-9g",
        "Customer service does not hear where nobody is main",
        _TOLD,
        "        return (all_there, ToStaff(duty=CUSTOMER_SERVICE))\n",
        "        return (all_there,)\n",
        f"{_TELL}_without_a_main_responsible_any_more_the_unit_and_customer_service_are_told",
    ),
    rule_mutant(
        "BMB-9h",
        "Any colleague says who answers though there is a main",
        _RULES,
        "    if by.works_at(service_point) and main in (None, by.id):\n",
        "    if by.works_at(service_point):\n",
        f"{_RULE}_the_main_says_who_answers_and_where_there_is_none_whoever_works_there",
        f"{_ANSWER}_the_main_hands_over_and_is_not_the_main_any_more",
    ),
    rule_mutant(
        "BMB-9i",
        "Customer service's staff answer for a unit",
        _RULES,
        "    return user.works_at(service_point) and not ACKNOWLEDGING.isdisjoint(user.roles)\n",
        "    return user.works_at(service_point)\n",
        f"{_RULE}_only_active_prescribers_and_requesters_of_the_service_point_answer",
    ),
    rule_mutant(
        "BMB-9i",
        "Who is main is a substitute too",
        _RULES,
        "    twice = named.main in substitutes or len(set(substitutes)) < len(substitutes)\n",
        "    twice = len(set(substitutes)) < len(substitutes)\n",
        f"{_RULE}_nobody_is_named_twice",
    ),
    rule_mutant(
        "BMB-10a",
        "The main who is away is still the contact",
        _RULES,
        "    return responsibles.stand_in if responsibles.is_absent(on) else responsibles.main\n",
        "    return responsibles.main\n",
        f"{_RULE}_the_stand_in_acknowledges_and_is_contact_on_the_days_of_absence",
    ),
    rule_mutant(
        "BMB-10b",
        "The stand-in is told a day too little",
        _WHO,
        "first <= on <= last",
        "first <= on < last",
        f"{_TELL}_on_the_days_of_absence_the_stand_in_is_told_too",
    ),
    rule_mutant(
        "BMB-10c",
        "An absence needs no days",
        _RULES,
        '    for field in ("stand_in", "absent_from_on", "absent_to_on", "main"):\n',
        '    for field in ("stand_in", "main"):\n',
        f"{_RULE}_an_absence_says_who_is_away_who_stands_in_and_which_days",
    ),
    rule_mutant(
        "NTF-3a",
        "The service point is told though it has a main responsible",
        _TOLD,
        "    return tuple(ToUser(user_id=one) for one in who_answers(responsible, on=on))\n",
        "    return (all_there,)\n",
        f"{_TELL}_the_main_responsible_is_told_and_the_service_point_is_not",
    ),
    rule_mutant(
        "NTF-3b",
        "The stand-in is told on no day",
        _WHO,
        "    if responsible.stand_in is not None and responsible.is_absent(on):\n",
        "    if responsible.stand_in is not None and not on:\n",
        f"{_TELL}_on_the_days_of_absence_the_stand_in_is_told_too",
    ),
    rule_mutant(
        "NTF-3c",
        "Everybody at the service point is told beside the main, the substitutes too",
        _TOLD,
        "    return tuple(ToUser(user_id=one) for one in who_answers(responsible, on=on))\n",
        "    return (ToUser(user_id=responsible.main), all_there)\n",
        f"{_TELL}_a_substitute_is_not_told",
    ),
)
