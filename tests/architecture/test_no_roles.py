"""No page and no rule has a list of roles: what may be done is asked of the table of access."""

import re
from pathlib import Path

import pytest
from kvitt_contracts.access import Grantee, Reach
from kvitt_contracts.access.asked import act_called
from kvitt_contracts.topic import SERVICES

ROOT = Path(__file__).parents[2]
_ROLES = "|".join(sorted(Grantee))
ASKED = re.compile(rf"""\bGrantee\.|\bRole\.|["'](?:{_ROLES})["'] (?:not )?in (?!form\b)""")
"""A role by its name, where it is compared with or asked for."""
REACHES = re.compile(r'\b(?P<asked>(?:user_)?may_for_all|may_at_units)\(\s*"(?P<act>[a-z.-]+)"')
"""How far somebody reaches by an act, where it is asked."""
PARTIES = {
    # who prescribes is what a party of these must be, and no permission
    "services/orders/orders/parties/domain.py",
    "services/orders/orders/fault_reports/domain.py",
    "services/inventory/inventory/fault_reports/handlers.py",
    "services/inventory/inventory/devices/queries.py",
    "services/bmb/bmb/parties/domain.py",
    "services/bmb/bmb/register/queries.py",
    "services/bmb/bmb/drafts/domain.py",
    "portal/kvitt_portal/pages/registering.py",
    # who may send and who answers are a region's policy and its service points' own
    "services/bmb/bmb/requests/domain.py",
    "services/bmb/bmb/responsibles/domain.py",
    # what is applied for
    "services/orders/orders/units/access/domain.py",
    # a token says of its holder what it is
    "services/notifications/notifications/emails/asking.py",
    "portal/kvitt_portal/log_in.py",
    "portal/kvitt_portal/register.py",
}
"""Where a role's name stands, and gives nobody an act."""


@pytest.mark.rule("REF-18o")
def test_what_may_be_done_is_asked_of_the_table() -> None:
    named = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in _sources()
        if str(path.relative_to(ROOT)) not in PARTIES
        for line in path.read_text().splitlines()
        if ASKED.search(line)
    }

    assert named == set()


@pytest.mark.rule("REF-18o")
def test_who_is_excepted_names_a_role_still() -> None:
    assert [one for one in PARTIES if not ASKED.search((ROOT / one).read_text())] == []


@pytest.mark.rule("REF-18o")
def test_how_far_somebody_reaches_is_asked_of_an_act_that_says_it() -> None:
    answers = {"may_at_units": {Reach.UNITS}}
    beyond = {Reach.REGION, Reach.PLATFORM}
    asked = [
        (str(path.relative_to(ROOT)), one["asked"], one["act"])
        for path in _sources()
        for one in REACHES.finditer(path.read_text())
    ]
    never = [
        one
        for one in asked
        if answers.get(one[1], beyond).isdisjoint(act_called(one[2]).granted.values())
    ]

    assert asked
    assert never == []


def _sources() -> list[Path]:
    """Rules, queries and pages."""
    services = [ROOT / "services" / name / name for name in SERVICES]
    found = [path for root in services for path in root.rglob("*.py")]
    portal = ROOT / "portal/kvitt_portal"
    return [*found, *portal.rglob("*.py"), *portal.rglob("*.html")]
