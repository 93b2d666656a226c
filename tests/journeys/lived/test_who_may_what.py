"""Those who try doors, on a running system after some days of the regions' business (REF-18)."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from kvitt.local.supervisor import LocalSystem
from kvitt.local.tokens import TokenIssuer
from kvitt_contracts.access import ACTS, Act, Grantee
from orders.people.domain import MISSES
from prometheus_client.parser import text_string_to_metric_families

from tests.journeys.lived.system import Lived

pytestmark = pytest.mark.timeout(1800)

PRESCRIBER, CURIOUS, STAFF = "f101", "f102", "kundtjanst1"
INACTIVE, UNKNOWN = "f129", "f999"
PROTECTED = {f"AC-P-{number:05}" for number in (60, 120, 180, 240)}
DENIED, LEFT_OUT = "access_denied_total", "log_lines_left_out_total"
LISTED = {
    "orders": ("orders", "/orders", "order_id"),
    "transfers": ("bmb", "/transfers", "id"),
    "devices": ("inventory", "/devices", "device_id"),
    "reservations": ("inventory", "/reservations", "order_id"),
    "invoices": ("billing", "/invoices", "id"),
}
"""What has both a list and a view of one: the service, the list's path, the key."""

Json = dict[str, Any]


@dataclass(slots=True)
class Doors:
    """The services' doors, and who knocks."""

    system: LocalSystem
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30.0))

    def user(self, name: str, *, region: str = "ac", **more: Any) -> str:
        """A token of a user: what they may do is in the register."""
        return self.system.tokens.issue(name, region=region, **more)

    def holder(self, role: Grantee, *, region: str = "ac") -> str:
        """A token that says what a token alone can."""
        return self.system.tokens.issue(f"{region}-{role}", region=region, roles=[role])

    def ask(self, token: str, method: str, service: str, path: str, **more: Any) -> httpx.Response:
        """One request with a token; an act of the operators goes to their port."""
        process = self.system.services[service]
        url = process.admin_url if path.startswith("/admin/") else process.url
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        return self.http.request(method, f"{url}{path}", headers=headers, **more)

    def all(self, token: str, service: str, path: str) -> list[Json]:
        """Every row of a list."""
        items: list[Json] = []
        page = self.ask(token, "GET", service, path, params={"limit": 200}).raise_for_status()
        while True:
            items += page.json()["items"]
            if page.json()["next"] is None:
                return items
            page = self.ask(token, "GET", service, page.json()["next"]).raise_for_status()

    def measured(self, service: str) -> Counter[tuple[str, tuple[str, ...]]]:
        """What a service counts of denials and of its log, by metric and its labels' values."""
        text = self.http.get(f"{self.system.services[service].url}/metrics").text
        found: Counter[tuple[str, tuple[str, ...]]] = Counter()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name in (DENIED, LEFT_OUT):
                    labels = tuple(sample.labels[name] for name in sorted(sample.labels))
                    found[sample.name, labels] += int(sample.value)
        return found


@pytest.fixture
def doors(past: Lived) -> Doors:
    """The doors of a system that has lived through some days."""
    return Doors(past.system)


# -- who is nobody ---------------------------------------------------------------------------------


@pytest.mark.rule("REF-18a")
@pytest.mark.rule("REF-18e")
@pytest.mark.parametrize("nobody", [UNKNOWN, INACTIVE])
def test_no_act_is_granted_to_who_is_unknown_or_inactive(doors: Doors, nobody: str) -> None:
    token = doors.user(nobody)
    answers = {act.name: _try(doors, token, act) for act in ACTS}

    let_in = {name: one.status_code for name, one in answers.items() if one.status_code != 403}
    assert let_in == {}
    assert {act.reason for act in ACTS} == {one.json()["reason"] for one in answers.values()}


@pytest.mark.rule("REF-18e")
def test_who_is_unknown_and_who_is_inactive_are_answered_alike(doors: Doors) -> None:
    unknown, inactive = (
        doors.ask(doors.user(name), "GET", "orders", "/orders").json()
        for name in (UNKNOWN, INACTIVE)
    )

    assert _said(unknown) == _said(inactive)


@pytest.mark.rule("REF-18d")
def test_a_role_that_a_token_says_of_a_user_opens_nothing(doors: Doors) -> None:
    boast = doors.user(PRESCRIBER, roles=["customer_service"])
    stranger = doors.user(UNKNOWN, roles=["prescriber", "customer_service"])

    assert doors.ask(boast, "GET", "orders", "/persons").status_code == 403
    assert doors.ask(stranger, "GET", "orders", "/orders").status_code == 403


@pytest.mark.rule("REF-18f")
def test_a_token_that_has_ended_is_anothers_or_names_another_region_is_none(
    doors: Doors, tmp_path: Path
) -> None:
    ended = doors.user(PRESCRIBER, lifetime=timedelta(seconds=-60))
    forged = TokenIssuer(tmp_path).issue(STAFF, region="ac", roles=[Grantee.PLATFORM])
    elsewhere = doors.user(PRESCRIBER, region="zz")

    answers = [doors.ask(one, "GET", "orders", "/orders") for one in (ended, forged, elsewhere)]

    assert [one.status_code for one in answers] == [401, 401, 401]


@pytest.mark.rule("REF-18i")
def test_a_denial_is_recorded_once(doors: Doors) -> None:
    log = doors.system.state.log("orders")
    before, written = doors.measured("orders"), log.read_text()

    assert doors.ask(doors.user(UNKNOWN), "GET", "orders", "/payers").status_code == 403

    more = doors.measured("orders") - before
    lines = [line for line in log.read_text()[len(written) :].splitlines() if UNKNOWN in line]
    denied = {labels: count for (name, labels), count in more.items() if name == DENIED}
    left_out = sum(count for (name, _), count in more.items() if name == LEFT_OUT)
    assert denied == {("orders.payers.list", "ac", "orders", "role"): 1}
    assert len(lines) + left_out == 1  # the log is bounded, the count is not


# -- how far somebody reaches ----------------------------------------------------------------------


@pytest.mark.rule("REF-18b")
@pytest.mark.rule("REF-18c")
@pytest.mark.parametrize("noun", LISTED)
def test_what_a_prescriber_is_not_shown_is_as_if_it_did_not_exist(doors: Doors, noun: str) -> None:
    service, path, key = LISTED[noun]
    everything = _keys(doors.all(doors.holder(Grantee.REGION_SYSTEM), service, path), key)
    token = doors.user(PRESCRIBER)
    mine = _keys(doors.all(token, service, path), key)
    others = sorted(everything - mine)

    assert mine < everything
    assert mine or noun == "invoices"  # whose payer this unit is not
    nowhere = doors.ask(token, "GET", service, f"{path}/{uuid4()}")
    for one in others[:20]:
        answer = doors.ask(token, "GET", service, f"{path}/{one}")
        assert (answer.status_code, _said(answer.json())) == (404, _said(nowhere.json()))
    for one in sorted(mine)[:5]:
        assert doors.ask(token, "GET", service, f"{path}/{one}").status_code == 200


@pytest.mark.rule("REF-18b")
@pytest.mark.rule("REF-19e")
@pytest.mark.parametrize("noun", LISTED)
def test_customer_service_is_shown_all_of_its_region_but_what_concerns_the_protected(
    doors: Doors, noun: str
) -> None:
    service, path, key = LISTED[noun]
    everything = doors.all(doors.holder(Grantee.REGION_SYSTEM), service, path)
    shown = _keys(doors.all(doors.user(STAFF), service, path), key)

    hidden = [json.dumps(one) for one in everything if one[key] not in shown]
    protected = _names_of_the_protected(doors)

    assert [one for one in hidden if not any(name in one for name in protected)] == []
    assert shown <= _keys(everything, key)
    assert hidden or noun in ("transfers", "invoices")


@pytest.mark.rule("REF-18c")
@pytest.mark.parametrize("noun", LISTED)
def test_another_region_is_reached_by_no_id_and_no_parameter(doors: Doors, noun: str) -> None:
    service, path, key = LISTED[noun]
    theirs = doors.all(doors.holder(Grantee.REGION_SYSTEM, region="bd"), service, path)
    token = doors.holder(Grantee.REGION_SYSTEM)

    named = doors.ask(token, "GET", service, path, params={"region": "bd"})
    shown = {doors.ask(token, "GET", service, f"{path}/{one[key]}").status_code for one in theirs}

    assert named.status_code == 422
    assert shown == {404}


@pytest.mark.rule("REF-18c")
def test_a_transfer_of_others_is_answered_by_nobody_else(doors: Doors) -> None:
    service, path, key = LISTED["transfers"]
    token = doors.user(PRESCRIBER)
    others = _keys(doors.all(doors.holder(Grantee.REGION_SYSTEM), service, path), key)
    others -= _keys(doors.all(token, service, path), key)
    body = {"customer_id": "40001"}

    answers = [
        doors.ask(token, "POST", service, f"{path}/{one}:accept", json=body) for one in others
    ]

    assert {one.status_code for one in answers} == {404}


def test_a_device_that_is_none_of_his_is_not_sent_to_himself(doors: Doors) -> None:
    token = doors.user(PRESCRIBER)
    lent = [
        one
        for one in doors.all(doors.holder(Grantee.REGION_SYSTEM), "inventory", "/devices")
        if one["holder"]["kind"] == "patient"
    ]
    mine = _keys(doors.all(token, "inventory", "/devices"), "device_id")
    number = next(one["device_number"] for one in lent if one["device_id"] not in mine)

    body = {"devices": [number], "new_prescriber": PRESCRIBER, "execute": True}
    answer = doors.ask(token, "POST", "bmb", "/transfers", json=body)

    assert (answer.status_code, answer.json()["reason"]) == (422, "NO_PART_IN_DEVICE")


# -- persons ---------------------------------------------------------------------------------------


@pytest.mark.rule("REF-19a")
def test_a_prescriber_is_told_who_those_are_in_whose_care_he_has_a_part(doors: Doors) -> None:
    refs = _references(doors)

    shown = [one["person"] for one in _resolve(doors, PRESCRIBER, refs[:150]).json()["persons"]]

    assert doors.ask(doors.user(PRESCRIBER), "GET", "orders", "/persons").status_code == 403
    assert 0 < len(shown) < 75


@pytest.mark.rule("REF-19d")
def test_who_tries_one_reference_after_the_other_is_stopped(doors: Doors) -> None:
    refs = _references(doors)

    first = _resolve(doors, CURIOUS, refs[:200])
    missed = first.json()["unknown"]
    enough = MISSES.an_hour // len(missed) + 1
    answers = [_resolve(doors, CURIOUS, missed) for _ in range(enough)]

    assert first.status_code == 200
    assert (answers[-1].status_code, answers[-1].json()["reason"]) == (429, "TOO_MANY_LOOKS")


# -- who operates ----------------------------------------------------------------------------------


@pytest.mark.rule("REF-18h")
def test_who_operates_a_region_sees_its_share_alone(doors: Doors) -> None:
    parked = {
        region: {
            (service, one["region"])
            for service in doors.system.services
            for one in doors.ask(token, "GET", service, "/admin/parked").raise_for_status().json()
        }
        for region, token in {
            "ac": doors.holder(Grantee.OPS),
            "bd": doors.holder(Grantee.OPS, region="bd"),
            "all": doors.holder(Grantee.PLATFORM),
        }.items()
    }

    assert {region for _, region in parked["ac"]} == {"ac"}
    assert {region for _, region in parked["bd"]} == {"bd"}
    assert parked["all"] >= parked["ac"] | parked["bd"]


@pytest.mark.rule("REF-18h")
def test_time_and_the_log_are_the_platforms(doors: Doors) -> None:
    token = doors.holder(Grantee.OPS)
    acts = (("POST", "/admin/clock:advance"), ("GET", "/admin/outbox"), ("GET", "/admin/audit"))

    answers = [doors.ask(token, method, "orders", path, json={}) for method, path in acts]

    assert {one.status_code for one in answers} == {403}


@pytest.mark.rule("REF-18a")
@pytest.mark.parametrize("role", [Grantee.OPS, Grantee.PLATFORM])
def test_who_operates_reads_nothing_of_the_business(doors: Doors, role: Grantee) -> None:
    token = doors.holder(role)
    for service, path, _ in LISTED.values():
        granted = {act.route for act in ACTS if act.service == service and role in act.granted}
        assert f"GET {path}" not in granted
        assert doors.ask(token, "GET", service, path).status_code == 403


def _try(doors: Doors, token: str, act: Act) -> httpx.Response:
    assert act.route is not None
    method, path = act.route.split(" ")
    address = re.sub(r"{\w+}", str(uuid4()), path)
    return doors.ask(token, method, act.service, address, json=None if method == "GET" else {})


def _said(problem: Json) -> Json:
    return {name: problem.get(name) for name in ("status", "reason", "rule", "title", "detail")}


def _keys(rows: list[Json], key: str) -> set[str]:
    return {str(row[key]) for row in rows}


def _references(doors: Doors) -> list[str]:
    return [one["person"] for one in _persons(doors)]


def _names_of_the_protected(doors: Doors) -> set[str]:
    """The references of those who are protected, and their orders."""
    refs = {one["person"] for one in _persons(doors) if one["region_person_id"] in PROTECTED}
    orders = doors.all(doors.holder(Grantee.REGION_SYSTEM), "orders", "/orders")
    theirs = [one for one in orders if (one["recipient"] or {}).get("person") in refs]
    return refs | _keys(theirs, "order_id")


def _persons(doors: Doors) -> list[Json]:
    return doors.all(doors.holder(Grantee.REGION_SYSTEM), "orders", "/persons")


def _resolve(doors: Doors, user: str, refs: list[str]) -> httpx.Response:
    body = {"refs": refs, "purpose": "display"}
    return doors.ask(doors.user(user), "POST", "orders", "/persons:resolve", json=body)
