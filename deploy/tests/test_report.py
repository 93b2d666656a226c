"""The month's report, in a narrow terminal."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from kvitt.story import report
from kvitt.story.comparison import Difference, Kind
from kvitt.story.outcome import Outcome
from kvitt.story.region_client import FeedEvent
from rich.console import Console

WIDTH = 80
WAY_ON = "Bara ett skickat byte som ingen har svarat på kan kvitteras; hjälpmedelsservice vet mer."
PICKUP = {
    "pickup_number": "26200003",
    "status": "registered",
    "is_overdue": True,
    "ordered_by": "relative",
    "requested_on": "2026-05-07",
    "not_found": [1],
    "lines": [{"number": 1, "device_id": "d", "outcome": None}],
}


WORK_ORDER = {
    "work_order_number": "26200004",
    "status": "started",
    "kind": "warranty_repair",
    "device_id": "d",
    "registered_on": "2026-05-06",
    "planned_on": None,
    "technician": "kundtjanst2",
    "outcome": None,
    "finished_on": None,
}


APPLICATION = {**WORK_ORDER, "kind": "application", "status": "finished", "outcome": "approved"}


@pytest.fixture
def console() -> Console:
    return Console(width=WIDTH, record=True, file=io.StringIO())


def an_outcome(region: str = "ac") -> Outcome:
    """A region with one of each."""
    refused = {"reason": "PICKING_BEGUN", "rule": "ORD-14", "way_on": WAY_ON}
    entry = {"id": 81, "cause": "unknown_version", "field": None, "messages": 1, "reason": "x"}
    return Outcome(
        region=region,
        orders=[{"status": "delivered"}],
        transfers=[{"status": "sent"}],
        pickups=[PICKUP],
        fault_reports=[{"status": "waiting"}],
        work_orders=[WORK_ORDER, APPLICATION],
        cases=[{"status": "answered"}],
        responsibles=[],
        devices=[{"holder": {"kind": "patient"}, "device_id": "d", "device_number": "R49205"}],
        payments=[],
        invoices=[{"gross_ore": 83542175}],
        charges=[],
        balances=[],
        quarantine=[{**entry, "service": "orders"}],
        feed=[FeedEvent(report.REFUSED, "subject", refused)],
        persons={},
        payers={},
        unread=738,
        reminders={},
    )


def test_the_report_fits_and_breaks_no_word(console: Console) -> None:
    outcomes = [an_outcome("ac"), an_outcome("bd")]

    report.print_regions(console, outcomes)
    report.print_refused(console, outcomes)
    report.print_quarantine(console, outcomes)
    report.print_pickup(console, outcomes[0])
    report.print_work_order(console, outcomes[0])

    printed = console.export_text()
    assert max(map(len, printed.splitlines())) <= WIDTH
    assert [word for word in WAY_ON.split() if word not in printed] == []
    assert "835 421,75 kr" in printed
    assert "okänd version" in printed
    assert "väntar, fanns inte på plats" in printed
    assert "garantireparation av R49205" in printed
    assert "Ansökningar utanför sortimentet" in printed
    assert "godkända" in printed
    assert "None" not in printed


def test_what_differs_is_shown_without_a_value_of_python(console: Console) -> None:
    found = {"payer": "81010", "days": ["2026-05-01", None], "kept": True}
    differs = Difference(
        section="devices", name="R40211", kind=Kind.UNEXPECTED, expected=None, found=found
    )

    report.print_differences(console, {"ac": [differs]})

    printed = console.export_text()
    assert max(map(len, printed.splitlines())) <= WIDTH
    assert not re.search(r"None|True|\['", printed)
    assert "81010" in printed


def test_a_later_day_is_told(console: Console) -> None:
    report.print_later(console, date(2026, 6, 3))

    assert "2026-06-03" in console.export_text()


def test_a_line_is_told_with_the_rule_of_each_step(console: Console) -> None:
    explained = {
        "number": "AC-2026-000086",
        "n": 3,
        "line": {"amount": {"net_ore": 6_976}},
        "steps": [{"rule": "BIL-1b", "said": "81012 betalar sedan 22 maj 2026."}],
    }

    report.print_explained(console, an_outcome())
    report.print_explained(console, replace(an_outcome(), explained=explained))

    assert console.export_text().splitlines() == [
        "Varför 69,76 kr på rad 3 av AC-2026-000086, region ac?",
        "  BIL-1b: 81012 betalar sedan 22 maj 2026.",
        "",
    ]
