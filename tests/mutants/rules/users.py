"""Rule mutants of users' access and what people write: REF-5, REF-16, REF-17."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_FREE: Final = "portal/tests/test_free_text.py::test"
_FORMS: Final = "portal/kvitt_portal/templates/forms.html"

USERS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-17a",
        "A field of several lines says nothing of what is to be left out",
        _FORMS,
        "{{ lines(form, name, label, hint=_only(hint), required=required, rows=rows) }}",
        "{{ lines(form, name, label, hint=hint, required=required, rows=rows) }}",
        f"{_FREE}_a_field_of_free_text_says_to_write_only_what_is_necessary",
    ),
)
