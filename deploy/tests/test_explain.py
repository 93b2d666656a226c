"""`kvitt explain`: what it puts together of what the services tell."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kvitt.app import app
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.local.tokens import TokenIssuer
from kvitt_contracts.types import RegionCode, identify
from typer.testing import CliRunner

from deploy.tests.answers import ADMIN_TOKEN, TOKEN, Answers, a_page, answering, port_of
from deploy.tests.printing import printed

AC = RegionCode("ac")
TRANSFER = str(identify(AC, "transfer", "BMB-1"))
DEVICE = "4d7b3606-3c39-56c6-858d-81cae80b3d4d"
ORDER = str(identify(AC, "order", "O-1"))


def an_item(at: str, summary: str, **changes: Any) -> dict[str, Any]:
    """Something that a service tells."""
    return {
        "at": at,
        "type": "bmb.transfer.sent.v1",
        "summary": summary,
        "times": 1,
        "by": "k082lno",
        "rule": "BMB-2",
        "policy_version": 1,
    } | changes


def a_story(*items: dict[str, Any], then: str | None = None) -> dict[str, Any]:
    """What a service tells, and what comes."""
    comes = [{"at": "2026-05-08T22:00:00Z", "what": then}] if then else []
    return {"items": items, "next": comes}


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    """An order that brought a device, which a transfer waits to give another payer."""
    device = {
        "device_id": DEVICE,
        "device_number": "170098",
        "article_number": "30012",
        "holder": {"kind": "patient", "person": "1f6c1d3a-53a2-4a53-a5cb-2f1b0c9a6d11"},
        "since": "2026-04-02",
        "claim": {"kind": "transfer", "by": TRANSFER},
        "history": [
            {"order_id": None, "transfer_id": None},
            {"order_id": ORDER, "transfer_id": None},
        ],
    }
    transfer = {"status": "sent", "reference": "BMB-1", "devices": [{"device_id": DEVICE}]}
    order = {"order_id": ORDER, "order_number": "26100001", "status": "delivered"}
    charge = {
        "kind": "fee",
        "payer": {"kind": "patient", "person": "1f6c1d3a-53a2-4a53-a5cb-2f1b0c9a6d11"},
        "article_number": "30012",
        "amount": {"net_ore": 10_000, "vat_percent": 0},
        "charged_on": "2026-04-02",
    }
    with answering() as found:
        found.elsewhere(monkeypatch)
        found.say(
            {
                f"bmb/transfers/{TRANSFER}": transfer,
                f"bmb/transfers/{TRANSFER}/story": a_story(
                    an_item("2026-05-01T08:00:00Z", "Bytet sparades.", policy_version=None),
                    an_item("2026-05-02T08:00:00Z", "Bytet nådde mottagaren.", times=2),
                    then="Har ingen kvitterat då blir bytet ogiltigt.",
                ),
                f"inventory/holds/{TRANSFER}": {"status": "granted"},
                "inventory/devices": a_page(
                    {"device_id": "another", "device_number": "1700980"},
                    {"device_id": DEVICE, "device_number": "170098"},
                ),
                f"inventory/devices/{DEVICE}": device,
                f"inventory/devices/{DEVICE}/story": a_story(
                    an_item("2026-04-02T08:00:00Z", "Leverans.", by=None),
                    an_item("2026-05-01T08:00:01Z", "Hålls.", by=None),
                    then="Ett byte väntar.",
                ),
                f"billing/devices/{DEVICE}/payers": {
                    "periods": [{"from_day": "2026-04-02", "payer_id": "20499"}]
                },
                f"orders/orders/{ORDER}": order,
                "orders/orders": a_page(order),
                f"orders/orders/{ORDER}/story": a_story(
                    an_item("2026-04-01T08:00:00Z", "Ordern registrerades.")
                ),
                f"inventory/reservations/{ORDER}": {"status": "delivered"},
                "billing/charges": a_page(charge),
            }
        )
        yield found


def explain(noun: str, named: str, *more: str) -> str:
    """What is printed. Raises what the command raises."""
    return printed("explain", noun, named, "--region", "ac", *more)


def told(noun: str, named: str) -> dict[str, Any]:
    """The same for a program."""
    found: dict[str, Any] = json.loads(explain(noun, named, "--json"))
    return found


def whats(found: dict[str, Any], part: str = "story") -> list[str]:
    """What is told, in order."""
    return [one["what"] for one in found[part]]


@pytest.mark.rule("REF-6e")
@pytest.mark.parametrize("named", ["BMB-1", TRANSFER])
def test_a_transfer_is_told_with_its_devices_in_order_of_time(
    named: str, services: Answers
) -> None:
    found = told("transfer", named)

    assert (found["noun"], found["id"], found["region"]) == ("transfer", TRANSFER, "ac")
    assert found["now"] == {"bmb": "sent", "inventory, hold for transfer BMB-1": "granted"}
    assert whats(found) == ["Bytet sparades.", "Hålls.", "Bytet nådde mottagaren."]
    assert [one["service"] for one in found["story"]] == ["bmb", "inventory", "bmb"]
    assert [one["policy_version"] for one in found["story"]] == [None, 1, 1]
    assert found["payers"] == [{"device": "170098", "from_day": "2026-04-02", "payer_id": "20499"}]


@pytest.mark.rule("REF-6e")
def test_what_it_waits_for_is_told_by_who_waits(services: Answers) -> None:
    found = told("transfer", "BMB-1")

    assert {(one["service"], one["what"]) for one in found["awaited"]} == {
        ("bmb", "Har ingen kvitterat då blir bytet ogiltigt."),
        ("inventory", "Ett byte väntar."),
    }


@pytest.mark.rule("REF-6e")
def test_a_transfer_that_has_ended_tells_nothing_of_its_devices_afterwards(
    services: Answers,
) -> None:
    ended = services.documents[f"bmb/transfers/{TRANSFER}/story"]
    services.say({f"bmb/transfers/{TRANSFER}/story": {**ended, "next": []}})
    device = services.documents[f"inventory/devices/{DEVICE}"]
    services.say({f"inventory/devices/{DEVICE}": {**device, "claim": None}})
    later = a_story(an_item("2026-06-01T08:00:00Z", "Återlämnat."), then="Ett annat byte väntar.")
    services.say({f"inventory/devices/{DEVICE}/story": later})

    found = told("transfer", "BMB-1")

    assert whats(found) == ["Bytet sparades.", "Bytet nådde mottagaren."]
    assert found["awaited"] == []


@pytest.mark.rule("REF-6e")
@pytest.mark.parametrize("named", ["170098", DEVICE])
def test_a_device_is_told_with_each_order_and_transfer_it_was_in(
    named: str, services: Answers
) -> None:
    found = told("device", named)

    assert found["now"]["inventory"].startswith("30012 at a patient since 2026-04-02, claimed by")
    assert whats(found) == [
        "Ordern registrerades.",
        "Leverans.",
        "Bytet sparades.",
        "Hålls.",
        "Bytet nådde mottagaren.",
    ]
    assert {one["of"] for one in found["story"]} == {
        "order 26100001",
        "device 170098",
        "transfer BMB-1",
    }


@pytest.mark.rule("REF-6e")
@pytest.mark.parametrize("named", ["O-1", "26100001", ORDER])
def test_an_order_is_told_with_what_the_store_did_and_what_was_charged(
    named: str, services: Answers
) -> None:
    found = told("order", named)

    assert found["now"] == {
        "orders": "delivered",
        "inventory, reservation of order 26100001": "delivered",
        "billing, fee of 30012": "100.00 kr to the patient on 2026-04-02",
    }
    assert whats(found) == ["Ordern registrerades."]


@pytest.mark.rule("REF-6e")
def test_what_is_parked_of_it_is_told_with_its_cause(services: Answers) -> None:
    entry = {
        "id": 7,
        "key": DEVICE,
        "topic": "inventory.devices",
        "messages": 3,
        "reason": "the number before this one is missing",
        "cause": "gap",
    }
    services.say({"billing/admin/parked": [entry | {"id": 5, "key": "another"}, entry]})

    found = told("transfer", "BMB-1")

    (parked,) = [one for one in found["awaited"] if one["service"] == "billing"]
    assert parked["what"] == (
        "3 messages of inventory.devices are parked: the number before this one is missing"
        " (kvitt parked)"
    )


def test_a_person_reads_the_same_and_no_person_is_named(services: Answers) -> None:
    found = explain("device", "170098")

    assert "Bytet nådde mottagaren. (2 times)" in found
    assert "Who pays" in found
    assert "2026-05-09 00:00" in found  # of Stockholm
    assert "1f6c1d3a" not in found


def test_what_waits_for_nothing_says_so(services: Answers) -> None:
    assert "It waits for nothing." in explain("order", "O-1")


def test_what_several_regions_call_so_is_asked_for_by_region(
    services: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KVITT_URLS")
    state = State.open(tmp_path / ".kvitt")
    state.ports["http-inventory"] = state.ports["http-billing"] = port_of(services)
    state.save()
    TokenIssuer(state.directory).issuers_file(["ac", "bd"])
    device = services.documents[f"inventory/devices/{DEVICE}"]
    services.say(
        {
            f"devices/{DEVICE}": device | {"claim": None, "history": []},
            f"devices/{DEVICE}/story": a_story(),
        }
    )

    ended = CliRunner().invoke(app, ["explain", "device", DEVICE, "--state", str(state.directory)])

    assert isinstance(ended.exception, LocalProblem)
    assert "Several regions have a device" in ended.exception.what
    assert "ac, bd" in ended.exception.what


@pytest.mark.parametrize("noun", ["transfer", "device", "order"])
def test_what_is_not_there_is_told(noun: str, services: Answers) -> None:
    with pytest.raises(LocalProblem, match=f"no {noun} 4711-9 in ac"):
        explain(noun, "4711-9")


def test_it_asks_with_the_token_that_is_meant(services: Answers) -> None:
    explain("device", "170098")

    tokens = {"/admin/" in path: token for path, token in services.asked}
    assert tokens == {True: ADMIN_TOKEN, False: TOKEN}


def test_elsewhere_the_region_is_named(services: Answers) -> None:
    ended = CliRunner().invoke(app, ["explain", "device", "170098"])

    assert isinstance(ended.exception, LocalProblem)
    assert "--region" in ended.exception.remedy


def test_elsewhere_a_token_is_needed(services: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KVITT_TOKEN")

    with pytest.raises(LocalProblem, match="KVITT_TOKEN is not set"):
        explain("device", "170098")


@pytest.mark.parametrize("noun", ["transfer", "device", "order"])
@pytest.mark.parametrize("number", ["201701012393", "20170101-2393"])
def test_a_personal_number_is_asked_of_no_service_and_repeated_to_nobody(
    noun: str, number: str, services: Answers
) -> None:
    with pytest.raises(LocalProblem) as problem:
        explain(noun, number)

    assert services.asked == []
    assert number not in f"{problem.value}"
