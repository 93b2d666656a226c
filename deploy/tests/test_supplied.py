"""What we use is judged by its licence and by what is known to be wrong with it."""

from datetime import date
from typing import Any

import pytest
from kvitt.audit import unaccepted
from kvitt.sbom import Policy

POLICY = Policy(
    permitted=frozenset({"MIT", "Apache-2.0"}),
    names={"License :: OSI Approved": None, "License :: OSI Approved :: MIT License": "MIT"},
    packages={"judged": {"licence": "GPL-2.0-only", "why": "a program of its own"}},
)
FOUND: list[dict[str, Any]] = [
    {"name": "one", "version": "1.0", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"]}]},
    {"name": "two", "version": "2.0", "vulns": []},
]


def a_component(*licences: dict[str, Any], name: str = "other") -> dict[str, Any]:
    return {"name": name, "version": "1.0", "licenses": list(licences)}


@pytest.mark.parametrize(
    ("component", "permitted"),
    [
        (a_component({"license": {"id": "MIT"}}), True),
        (a_component({"license": {"name": "License :: OSI Approved :: MIT License"}}), True),
        (a_component({"license": {"id": "MIT"}}, {"license": {"id": "GPL-3.0-only"}}), False),
        (a_component({"expression": "GPL-3.0-only OR (MIT AND Apache-2.0)"}), True),
        (a_component({"expression": "GPL-3.0-only AND MIT"}), False),
        (a_component({"expression": "(MIT"}), False),
        (a_component({"license": {"name": "License :: OSI Approved"}}), False),
        (a_component(), False),
        (a_component(name="judged"), True),
    ],
)
def test_a_licence_that_is_not_known_is_not_permitted(
    component: dict[str, Any], permitted: bool
) -> None:
    assert POLICY.permits(component) is permitted


def test_the_policy_judges_each_package_with_a_reason() -> None:
    policy = Policy.read()

    assert policy.permitted
    assert all(one["licence"] and one["why"] for one in policy.packages.values())


@pytest.mark.parametrize(
    ("fault", "until", "is_told"),
    [
        ("PYSEC-1", date(2026, 12, 2), False),
        ("CVE-1", date(2026, 12, 2), False),
        ("PYSEC-1", date(2026, 12, 1), True),
        ("PYSEC-2", date(2026, 12, 2), True),
    ],
)
def test_a_known_fault_is_accepted_by_name_and_until_a_day(
    fault: str, until: date, is_told: bool
) -> None:
    accepted = [{"package": "one", "fault": fault, "why": "not called", "until": until}]

    told = list(unaccepted(FOUND, accepted, today=date(2026, 12, 1)))

    assert bool(told) is is_told
