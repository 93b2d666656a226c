"""In whose name a region's things are read, here and elsewhere."""

import json
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.local.tokens import TokenIssuer
from kvitt.region_system import RegionSystem
from kvitt_contracts.topics import SERVICES

from deploy.tests.answers import Answers, a_page, answering, port_of


@pytest.fixture
def services() -> Iterator[Answers]:
    """Services that have two payers."""
    with answering() as found:
        found.say({"payers": a_page({"payer_id": "20011"}, {"payer_id": "20311"})})
        yield found


@pytest.fixture
def here(tmp_path: Path, services: Answers, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state of a local system of two regions, with these services."""
    monkeypatch.delenv("KVITT_URLS", raising=False)
    state = State.open(tmp_path / ".kvitt")
    state.ports |= {f"http-{name}": port_of(services) for name in SERVICES}
    state.save()
    TokenIssuer(state.directory).issuers_file(["ac", "bd"])
    return state.directory


def test_here_each_region_is_read_by_a_system_of_its_own(here: Path, services: Answers) -> None:
    systems = RegionSystem.each(here, None)

    for one in systems:
        assert [payer["payer_id"] for payer in one.all("billing", "/payers")] == ["20011", "20311"]

    assert [one.region for one in systems] == ["ac", "bd"]
    said = [jwt.decode(token, options={"verify_signature": False}) for _, token in services.asked]
    assert [(one["region"], one["roles"]) for one in said] == [
        ("ac", ["region_system"]),
        ("bd", ["region_system"]),
    ]


def test_here_one_region_is_read_where_it_is_named(here: Path) -> None:
    assert RegionSystem.of(here, "bd").region == "bd"
    assert [one.region for one in RegionSystem.each(here, "bd")] == ["bd"]


def test_a_region_that_is_not_here_is_told(here: Path) -> None:
    with pytest.raises(LocalProblem, match=r"no region zz here.*There are ac, bd"):
        RegionSystem.each(here, "zz")


def test_where_nothing_was_started_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KVITT_URLS", raising=False)

    with pytest.raises(LocalProblem, match="kvitt up"):
        RegionSystem.each(tmp_path, "ac")


def test_what_is_not_there_is_none_and_what_is_refused_is_told(
    here: Path, services: Answers
) -> None:
    system = RegionSystem.of(here, "ac")

    assert system.find("billing", "/nothing") is None
    with pytest.raises(LocalProblem, match="billing has nothing there"):
        system.get("billing", "/nothing")


def test_a_service_that_does_not_answer_is_told() -> None:
    system = RegionSystem("ac", {"orders": "http://127.0.0.1:1"}, "a-token")

    with pytest.raises(LocalProblem, match="orders does not answer"):
        system.get("orders", "/payers")
    with pytest.raises(LocalProblem, match="no service bmb"):
        system.get("bmb", "/transfers")


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_is_told_by_its_name(status: int, services: Answers) -> None:
    services.refuse_with(status)
    system = RegionSystem("ac", {"orders": services.url}, "a-token")

    with pytest.raises(LocalProblem, match=r"KVITT_TOKEN.*role region_system"):
        system.get("orders", "/payers")


def test_no_token_stands_in_what_is_told(services: Answers) -> None:
    services.refuse_with(401)
    system = RegionSystem("ac", {"orders": services.url}, "a-secret-token")

    with pytest.raises(LocalProblem) as told:
        system.get("orders", "/payers")

    assert "a-secret-token" not in json.dumps([told.value.what, told.value.remedy])
