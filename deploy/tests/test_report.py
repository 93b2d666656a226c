"""The month's report, in a narrow terminal."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from kvitt.story import dealings, report
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


BASKET = {
    "order_number": "26190007",
    "status": "closed",
    "lent_on": "2026-05-04",
    "lent_until": "2026-05-11",
    "lines": [
        {
            "number": number,
            "article_number": "39961-01",
            "device_number": device,
            "fee_of": fee_of,
            "outcome": outcome,
            "fee": fee,
        }
        for number, device, fee_of, outcome, fee in (
            (1, "R49991", None, "delivered", None),
            (2, "R49992", None, "put_back", None),
            (3, None, "line-1", "delivered", {"net_ore": 50_000}),
            (4, None, "line-2", "not_due", None),
        )
    ],
}
PURCHASED = {
    "purchase_order_number": "26230001",
    "order_number": "26230011",
    "supplier_id": "L7501",
    "status": "sent",
    "sent_on": "2026-06-05",
    "lines": [
        {
            "number": 1,
            "article_number": "39951-01",
            "quantity": 1,
            "expected_on": "2026-06-09",
            "received_on": received,
        }
        for received in ("2026-06-09", None)
    ],
}
BILLED = {
    "number": "F-1001",
    "purchase_order_number": "26230001",
    "gross_ore": 875_000,
    "due_on": "2026-07-10",
    "status": "cleared",
    "held_for": [],
}
HELD = {
    **BILLED,
    "number": "F-1003",
    "status": "held",
    "held_for": [{"says": "Mer är fakturerat än mottaget."}],
}


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
        baskets=[],
        pickups=[PICKUP],
        fault_reports=[{"status": "waiting"}],
        work_orders=[WORK_ORDER, APPLICATION],
        cases=[{"status": "answered"}],
        responsibles=[],
        devices=[{"holder": {"kind": "patient"}, "device_id": "d", "device_number": "R49205"}],
        payments=[],
        invoices=[{"gross_ore": 83542175}],
        charges=[],
        purchase_orders=[],
        supplier_invoices=[],
        payable=[],
        ledger=[],
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
    dealings.print_pickup(console, outcomes[0])
    dealings.print_work_order(console, outcomes[0])

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


def test_a_basket_tells_what_was_kept_put_back_and_paid(console: Console) -> None:
    dealings.print_basket(console, an_outcome())
    dealings.print_basket(console, replace(an_outcome(), baskets=[BASKET]))

    printed = console.export_text()
    assert max(map(len, printed.splitlines())) <= WIDTH
    told = [[cell.strip() for cell in one.split("│")[3:6]] for one in printed.splitlines()]
    assert [one for one in told if one] == [
        ["R49991", "behållen", ""],
        ["R49992", "tillbakalagd", ""],
        ["egenavgift", "uttagen", "500,00 kr"],
        ["egenavgift", "ska inte betalas", ""],
    ]
    assert "Lånad 2026-05-04, till och med 2026-05-11." in printed


def test_a_direct_delivery_tells_its_purchase_order_and_what_is_billed(console: Console) -> None:
    bought = replace(an_outcome(), purchase_orders=[PURCHASED], supplier_invoices=[HELD, BILLED])

    dealings.print_direct_delivery(console, an_outcome())
    dealings.print_direct_delivery(console, bought)

    printed = console.export_text()
    assert max(map(len, printed.splitlines())) <= WIDTH
    assert "Inköpsorder 26230001 till L7501, region ac" in printed
    assert "inte än" in printed
    assert printed.splitlines()[-4:] == [
        "  Av order 26230011, skickad 2026-06-05.",
        "  Faktura F-1001 på 8 750,00 kr stämmer, förfaller 2026-07-10.",
        "  Faktura F-1003 på 8 750,00 kr väntar: Mer är fakturerat än mottaget.",
        "",
    ]


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
