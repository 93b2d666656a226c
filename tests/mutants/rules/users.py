"""Rule mutants of users' access and what people write: REF-5, REF-16, REF-17, REF-18j."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_FREE: Final = "portal/tests/test_free_text.py::test"
_FORMS: Final = "portal/kvitt_portal/templates/forms.html"
_USERS: Final = "services/orders/tests/test_users_access.py::test"
_UNITS: Final = "services/orders/orders/units"
_ACCESS: Final = f"{_UNITS}/access/domain.py"
_TELLING: Final = "services/notifications/notifications/users/handlers.py"
_TOLD: Final = "services/notifications/tests/test_users.py::test"
_GUARD: Final = "chassis/tests/test_access.py::test"
_PASSWORDS: Final = "tests/privacy/test_passwords.py::test"

USERS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-5a",
        "A colleague without the duty applies",
        _ACCESS,
        "    return UNIT_HEAD in (head.duties or ()) and shared\n",
        "    return shared\n",
        f"{_USERS}_only_who_heads_their_unit_applies",
    ),
    rule_mutant(
        "REF-5a",
        "The head of another unit applies",
        _ACCESS,
        "    return UNIT_HEAD in (head.duties or ()) and shared\n",
        "    return UNIT_HEAD in (head.duties or ())\n",
        f"{_USERS}_only_who_heads_their_unit_applies",
    ),
    rule_mutant(
        "REF-5b",
        "What was told never happens",
        _ACCESS,
        "    if today < lapses_on:\n",
        "    if today >= lapses_on:\n",
        f"{_USERS}_access_lapses_after_six_months_and_that_is_told_fourteen_days_before",
    ),
    rule_mutant(
        "REF-5b",
        "Who has lapsed may act all the same",
        _ACCESS,
        "    return stated_active is not False and access in (None, GRANTED)\n",
        "    return stated_active is not False and access != APPLIED\n",
        f"{_USERS}_access_lapses_after_six_months_and_that_is_told_fourteen_days_before",
    ),
    rule_mutant(
        "REF-5c",
        "The portal's provider keeps a password",
        "portal/kvitt_portal/providers.py",
        '    user_claim: str = "sub"\n',
        '    user_claim: str = "sub"\n    first_password: str = ""\n',
        f"{_PASSWORDS}_no_message_and_no_setting_has_a_users_password",
    ),
    rule_mutant(
        "REF-5d",
        "Customer service applies for a head that nobody names",
        _ACCESS,
        "    if by.has(Role.CUSTOMER_SERVICE):\n        if asked_by is not None:\n"
        "            return asked_by\n",
        "    if by.has(Role.CUSTOMER_SERVICE):\n        return asked_by or by\n",
        f"{_USERS}_only_who_heads_their_unit_applies",
    ),
    rule_mutant(
        "REF-5d",
        "Customer service is not told that an application waits",
        _TELLING,
        "    post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.ACCESS_APPLIED, about)\n",
        "    post(tx, ToUser(user_id=event.by), NewKind.ACCESS_APPLIED, about)\n",
        f"{_TOLD}_customer_service_is_told_what_is_applied_for_and_the_unit_what_comes_of_it",
    ),
    rule_mutant(
        "REF-5e",
        "Stating a user anew gives back what has lapsed",
        f"{_UNITS}/domain.py",
        '    active = fact.active and known.access == "granted"\n',
        "    active = fact.active\n",
        f"{_USERS}_stating_a_user_says_whether_they_may_act_and_gives_back_nothing",
    ),
    rule_mutant(
        "REF-5f",
        "Access lapses as soon as it is told late",
        _ACCESS,
        "        at_last = max(last_on, today + NOTICE)\n",
        "        at_last = last_on\n",
        f"{_USERS}_who_is_told_late_has_fourteen_days_all_the_same",
    ),
    rule_mutant(
        "REF-5f",
        "Who heads the unit is not told that access lapses",
        _TELLING,
        "    _tell(tx, event.heads, NewKind.USER_ACCESS_LAPSED, event.user_id)\n",
        "    _tell(tx, event.heads[:0], NewKind.USER_ACCESS_LAPSED, event.user_id)\n",
        f"{_TOLD}_the_user_and_who_heads_their_unit_are_told_before_access_lapses_and_when",
    ),
    rule_mutant(
        "REF-16a",
        "Who employs a user is forgotten",
        f"{_UNITS}/domain.py",
        "    event = UserRegistered(**same_fields(fact, UserRegistered) | chosen | access)\n",
        "    event = UserRegistered(\n"
        "        **same_fields(fact, UserRegistered) | chosen | access | "
        '{"employer_kind": None}\n    )\n',
        f"{_USERS}_who_employs_a_user_is_as_the_region_states_it",
    ),
    rule_mutant(
        "REF-16b",
        "An issuer is everybody's way, whatever it names",
        "chassis/kvitt_chassis/auth.py",
        "        employer_kinds=issuer.employer_kinds,\n",
        "        employer_kinds=None,\n",
        "chassis/tests/test_auth.py::test_an_issuer_is_the_way_of_the_employers_that_it_names",
    ),
    rule_mutant(
        "REF-16c",
        "Who has no employer comes in by any way",
        "chassis/kvitt_chassis/auth.py",
        "    if kinds is not None and employer_kind not in kinds:\n",
        "    if kinds is not None and employer_kind is not None and employer_kind not in kinds:\n",
        f"{_GUARD}_each_employers_users_sign_in_by_their_own_way",
    ),
    rule_mutant(
        "REF-17a",
        "A field of several lines says nothing of what is to be left out",
        _FORMS,
        "{{ lines(form, name, label, hint=_only(hint), required=required, rows=rows) }}",
        "{{ lines(form, name, label, hint=hint, required=required, rows=rows) }}",
        f"{_FREE}_a_field_of_free_text_says_to_write_only_what_is_necessary",
    ),
    rule_mutant(
        "REF-18j",
        "A duty is granted nothing",
        "contracts/kvitt_contracts/access/acts.py",
        "    return frozenset(by_role | by_duty)",
        "    return frozenset(by_role | (by_duty & by_role))",
        f"{_GUARD}_a_duty_is_granted_acts_as_a_role_is",
    ),
)
