"""`kvitt policy what-if`: what it reads, prints and refuses."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kvitt.local.problems import LocalProblem
from kvitt.local.supervisor import default_regions_dir
from kvitt_contracts.envelope import Event
from kvitt_testkit.world import stockholm

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_drafted,
    a_transfer_requested,
    a_transfer_sent,
    a_transfer_voided,
)
from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_transfer,
    a_device_stated_on_loan,
)
from contracts.tests.builders.story import (
    OTHER_PAYER,
    RECEIVING,
    RECEIVING_PAYER,
    ROLLATOR,
    SENDER,
    device_id,
    transfer_id,
)
from deploy.tests.answers import ADMIN_TOKEN, TOKEN, Answers, a_page, answering
from deploy.tests.printing import printed

SENT_AT = stockholm("2026-03-02 10:00")
NOW = "2026-04-01T08:00:00+00:00"


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    """A region with one device, users and customers, and no transfer."""
    with answering() as found:
        found.elsewhere(monkeypatch)
        found.say(
            {
                "bmb/admin/clock": {"now": NOW, "offset_seconds": 0.0, "moves": False},
                "bmb/transfers": a_page(),
                "orders/users": a_page({"user_id": SENDER, "roles": ["prescriber"]}),
                "orders/customers": a_page({"customer_id": RECEIVING, "payer_id": RECEIVING_PAYER}),
                f"inventory/devices/{device_id()}": {"article_number": ROLLATOR},
                f"inventory/articles/{ROLLATOR}": {
                    "charging": "rent",
                    "prices": [{"valid_from": "2026-01-01", "net_ore": 31_000, "vat_percent": 25}],
                },
                f"inventory/admin/aggregate/inventory.devices/{device_id()}": [
                    recorded(a_device_stated_on_loan(), at=SENT_AT - timedelta(days=20))
                ],
            }
        )
        yield found


def recorded(event: Event, *, at: datetime) -> dict[str, Any]:
    """An event as the admin HTTP tells it."""
    return {
        "type": event.wire_type,
        "time": at.isoformat(),
        "data": event.model_dump(mode="json"),
    }


def has_sent(services: Answers, name: str, *ends: tuple[Event, timedelta]) -> None:
    """A transfer was sent on 2 March, and `ends` came after it."""
    key = str(transfer_id(name))
    listed = services.documents["bmb/transfers"]["items"]
    line = {"id": key, "reference": name, "sent_at": SENT_AT.isoformat()}
    log = [
        recorded(a_transfer_drafted(transfer=name), at=SENT_AT),
        recorded(a_transfer_requested(transfer=name, requested_at=SENT_AT), at=SENT_AT),
        recorded(a_transfer_sent(transfer=name), at=SENT_AT),
        *(recorded(event, at=SENT_AT + after) for event, after in ends),
    ]
    services.say(
        {
            "bmb/transfers": a_page(*listed, line),
            f"bmb/admin/aggregate/bmb.transfers/{key}": log,
        }
    )


def a_file(tmp_path: Path, *, outcome: str = "auto_execute", days: int = 6) -> Path:
    """Västerbotten's policy, with another expiry."""
    text = (default_regions_dir() / "ac.yaml").read_text(encoding="utf-8")
    right = "expiry: {days: 6, outcome: auto_execute}"
    assert right in text
    file = tmp_path / "new.yaml"
    said = f"expiry: {{days: {days}, outcome: {outcome}}}"
    file.write_text(text.replace(right, said), encoding="utf-8")
    return file


def what_if(file: Path, *more: str, region: str = "ac", since: str = "2026-01-01") -> str:
    """What is printed. Raises what the command raises."""
    command = ("policy", "what-if", "--region", region, "--policy", str(file), "--since", since)
    return printed(*command, *more)


@pytest.mark.rule("BMB-15a")
def test_it_counts_and_names_what_would_have_ended_otherwise(
    services: Answers, tmp_path: Path
) -> None:
    has_sent(services, "BMB-1", (a_transfer_voided(transfer="BMB-1"), timedelta(days=7)))
    accepted = a_transfer_accepted(transfer="BMB-2", effective_on="2026-03-03")
    has_sent(services, "BMB-2", (accepted, timedelta(days=1)))

    told = json.loads(what_if(a_file(tmp_path), "--json"))

    assert (told["region"], told["sent"]) == ("ac", 2)
    (one,) = told["otherwise"]
    assert (one["reference"], one["was"]["status"]) == ("BMB-1", "voided")
    assert one["would_be"]["status"] == "executed_automatically"
    assert (one["would_be"]["payer_id"], one["would_be"]["effective_on"]) == (
        RECEIVING_PAYER,
        "2026-03-09",
    )


@pytest.mark.rule("BMB-15b")
def test_it_says_what_that_costs_whom_until_yesterday(services: Answers, tmp_path: Path) -> None:
    has_sent(services, "BMB-1", (a_transfer_voided(transfer="BMB-1"), timedelta(days=7)))

    told = json.loads(what_if(a_file(tmp_path), "--json"))

    assert told["through"] == "2026-03-31"
    assert told["costs"] == [
        {"payer_id": RECEIVING_PAYER, "was_ore": 0, "would_be_ore": 23_000},
        {"payer_id": OTHER_PAYER, "was_ore": 23_000, "would_be_ore": 0},
    ]
    assert told["otherwise"][0]["costs"] == told["costs"]


@pytest.mark.rule("BMB-15b")
def test_without_its_effect_the_device_stays_with_who_paid_before(
    services: Answers, tmp_path: Path
) -> None:
    accepted = a_transfer_accepted(effective_on="2026-03-06")
    has_sent(services, "BMB-1", (accepted, timedelta(days=4)))
    moved = a_custody_changed_by_transfer(
        to=a_custody(payer=RECEIVING_PAYER, customer=RECEIVING, since="2026-03-06")
    )
    key = f"inventory/admin/aggregate/inventory.devices/{device_id()}"
    services.documents[key].append(recorded(moved, at=SENT_AT + timedelta(days=4)))

    told = json.loads(what_if(a_file(tmp_path, outcome="lock", days=2), "--json"))

    (one,) = told["otherwise"]
    assert (one["was"]["status"], one["would_be"]["status"]) == ("accepted", "locked")
    assert one["refused"] == ["NOT_OPEN"]
    assert told["costs"] == [
        {"payer_id": RECEIVING_PAYER, "was_ore": 26_000, "would_be_ore": 0},
        {"payer_id": OTHER_PAYER, "was_ore": 0, "would_be_ore": 26_000},
    ]


def test_what_was_sent_before_the_day_is_not_looked_at(services: Answers, tmp_path: Path) -> None:
    has_sent(services, "BMB-1", (a_transfer_voided(), timedelta(days=7)))

    told = json.loads(what_if(a_file(tmp_path), "--json", since="2026-03-03"))

    assert (told["sent"], told["otherwise"]) == (0, [])


def test_a_person_reads_which_and_what_and_that_nothing_was_changed(
    services: Answers, tmp_path: Path
) -> None:
    has_sent(services, "BMB-1", (a_transfer_voided(), timedelta(days=7)))

    told = what_if(a_file(tmp_path))

    assert "executed automatically, paid by 20311 from 2026-03-09" in told
    assert "+230.00 kr" in told
    assert "-230.00 kr" in told
    assert "1 of 1 transfers that region ac sent since 2026-01-01" in told
    assert "Nothing was changed." in told


@pytest.mark.rule("BMB-15a")
def test_it_reads_alone_and_with_the_token_that_is_meant(services: Answers, tmp_path: Path) -> None:
    has_sent(services, "BMB-1", (a_transfer_voided(), timedelta(days=7)))

    what_if(a_file(tmp_path))

    tokens = {"/admin/" in path: token for path, token in services.asked}
    assert tokens == {True: ADMIN_TOKEN, False: TOKEN}  # and what answers takes GET alone


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("outcome: voided", "transfer.expiry.outcome"), ("outcome: void", "asked for is bd")],
)
def test_a_file_that_is_no_policy_of_the_region_is_told(
    wrong: str, said: str, services: Answers, tmp_path: Path
) -> None:
    file = a_file(tmp_path, outcome=wrong.removeprefix("outcome: "))

    with pytest.raises(LocalProblem, match=said):
        what_if(file, region="bd" if "bd" in said else "ac")
    assert services.asked == []


def test_a_region_that_is_none_is_told(services: Answers, tmp_path: Path) -> None:
    with pytest.raises(LocalProblem, match="no region's code"):
        what_if(a_file(tmp_path), region="dalarna")


def test_an_event_of_a_newer_release_is_told(services: Answers, tmp_path: Path) -> None:
    has_sent(services, "BMB-1", (a_transfer_voided(), timedelta(days=7)))
    key = f"bmb/admin/aggregate/bmb.transfers/{transfer_id()}"
    services.documents[key][-1]["type"] = "bmb.transfer.forgotten.v1"

    with pytest.raises(LocalProblem, match=r"bmb\.transfer\.forgotten\.v1"):
        what_if(a_file(tmp_path))
