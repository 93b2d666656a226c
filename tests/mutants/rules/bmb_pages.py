"""Rule mutants of what the portal's pages tell who sends and answers transfers (BMB-4, 11, 13)."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_TEMPLATES: Final = "portal/kvitt_portal/templates"
_PARTS: Final = f"{_TEMPLATES}/sending/parts.html"
_ANSWERS: Final = "portal/tests/tasks/test_answers.py::test"
_SENDING: Final = "portal/tests/tasks/test_sending.py::test"
_SECONDS: Final = 300.0
"""The whole system starts, and lives through the month's first days."""

PAGES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BMB-4e",
        "The first button rejects",
        f"{_TEMPLATES}/bmb/to_do.html",
        'formaction="/bmb/{{ view.id }}/godkann">Godkänn</button>',
        'formaction="/bmb/{{ view.id }}/avsla">Godkänn</button>',
        f"{_ANSWERS}_a_transfer_is_accepted_with_its_cost_in_sight",
        seconds=_SECONDS,
    ),
    rule_mutant(
        "BMB-11c",
        "Nothing is said of a fee from patient to patient",
        _PARTS,
        "Bytet tar inte ut någon egenavgift: följ regionens rutin.",
        "",
        f"{_SENDING}_from_patient_to_patient_is_attested_in_the_form_where_the_region_says_so",
        seconds=_SECONDS,
    ),
    rule_mutant(
        "BMB-13a",
        "Nothing is said of the clinical hand-over",
        _PARTS,
        "BMB ersätter inte den kliniska överrapporteringen.",
        "",
        f"{_SENDING}_from_patient_to_patient_is_attested_in_the_form_where_the_region_says_so",
        seconds=_SECONDS,
    ),
)
