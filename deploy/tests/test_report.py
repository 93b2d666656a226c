"""The month's report, in a narrow terminal."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from kvitt.story import billed, dealings, report, stores
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
    "is_overdue": False,
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


SUM = {"id": "i0", "number": "A", "gross_ore": 83542175, "is_credit": False, "lines": []}
INVOICE = {
    "id": "i1",
    "number": "M-2026-000012",
    "payer": {"payer_id": "81090"},
    "month": "2026-06",
    "is_credit": False,
    "net_ore": 46_163,
    "gross_ore": 51_016,
    "lines": [
        {"kind": "rent", "amount": {"net_ore": 10_963}, "charge_id": None, "corrects": None},
        {"kind": "home_region", "amount": {"net_ore": 35_200}, "charge_id": "c1"},
    ],
}
STOCKTAKING = {
    "store": "790",
    "is_private_clinic": True,
    "status": "posted",
    "posted_on": "2026-05-11",
    "counts": [{"article_number": "39971-01", "counted": 0}],
}
CREDIT_NOTE = {
    **INVOICE,
    "id": "i2",
    "number": "M-2026-000013",
    "is_credit": True,
    "gross_ore": -6_209,
    "lines": [
        {
            "kind": "rent",
            "amount": {"net_ore": -4_967},
            "device_number": "S40197",
            "from_day": "2026-05-20",
            "charge_id": None,
            "corrects": "i1",
        }
    ],
}
CASE = {
    "order_number": "26230003",
    "payer_id": "81090",
    "reference": "BF-2026-0417",
    "finished_on": "2026-06-10",
}
FEE = {
    "id": "c1",
    "kind": "fee",
    "device_id": "d",
    "amount": {"net_ore": 50_000},
    "status": "raised",
    "due_on": "2026-08-03",
    "until_on": None,
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
        orders=[{"status": "delivered", "lines": [{"instead_of": "39913-01"}]}],
        transfers=[{"status": "sent"}],
        baskets=[],
        pickups=[PICKUP],
        fault_reports=[{"status": "waiting"}],
        work_orders=[WORK_ORDER, APPLICATION],
        cases=[{"status": "answered"}],
        responsibles=[],
        devices=[{"holder": {"kind": "patient"}, "device_id": "d", "device_number": "R49205"}],
        payments=[],
        invoices=[SUM],
        charges=[],
        purchase_orders=[],
        home_regions=[],
        supplier_invoices=[],
        payable=[],
        ledger=[],
        balances=[],
        stocktakings=[],
        takeovers=[],
        region_sales=[],
        supplier_returns=[],
        reconditionings=[],
        refills=[],
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


def test_the_report_counts_what_is_late_and_what_was_taken_instead(console: Console) -> None:
    late = {**BASKET, "status": "open", "is_overdue": True}
    outcome = replace(an_outcome(), baskets=[BASKET, late], pickups=[])

    report.print_regions(console, [outcome])

    rows = [one.split("│")[1:3] for one in console.export_text().splitlines() if "│" in one]
    told = {name.strip(): count.strip() for name, count in rows}
    assert told["varav med äldre artikel"] == "1"
    assert (told["Varukorgar"], told["utlånade"], told["varav sena"]) == ("2", "1", "1")


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


def test_a_credit_note_names_what_it_corrects(console: Console) -> None:
    billed.print_credit_note(console, an_outcome())
    billed.print_credit_note(console, replace(an_outcome(), invoices=[INVOICE, CREDIT_NOTE]))

    assert " ".join(console.export_text().split()) == (
        "Kreditnota M-2026-000013 för 2026-06 till 81090, region ac: 62,09 kr tillbaka av faktura "
        "M-2026-000012. S40197 kom tillbaka 2026-05-20, vilket berättades när månaden var "
        "fakturerad."
    )


def test_fees_that_are_paid_later_tell_what_became_of_them(console: Console) -> None:
    fees = [
        FEE,
        {**FEE, "id": "c2", "until_on": "2026-08-01"},
        {**FEE, "id": "c3", "status": "deferred", "until_on": "2026-10-15", "due_on": "2026-11-02"},
        {**FEE, "id": "c4", "status": "cancelled"},
    ]
    billed.print_later_fees(console, an_outcome())
    billed.print_later_fees(console, replace(an_outcome(), charges=fees, invoices=[INVOICE]))

    assert console.export_text().splitlines() == [
        "Egenavgifter som betalas senare, region ac",
        "  R49205, 500,00 kr: förföll 2026-08-03, på faktura M-2026-000012.",
        "  R49205, 500,00 kr: pausad till 2026-08-01, förföll 2026-08-03, inte fakturerad".ljust(
            79
        ),
        "än.",
        "  R49205, 500,00 kr: pausad till 2026-10-15, förfaller 2026-11-02.",
        "  R49205, 500,00 kr: utgår, hjälpmedlet kom tillbaka innan.",
        "",
    ]


def test_what_another_region_pays_tells_its_commitment_and_its_invoices(console: Console) -> None:
    billed.print_home_region(console, an_outcome())
    paid = replace(
        an_outcome(),
        home_regions=[CASE],
        payers={"81090": "Region Västerbotten"},
        invoices=[INVOICE],
    )
    billed.print_home_region(console, paid)

    assert " ".join(console.export_text().split()) == (
        "Order 26230003, region ac: betalas av 81090 Region Västerbotten, förbindelse BF-2026-0417,"
        " utprovningen avslutad 2026-06-10. Faktura M-2026-000012 för 2026-06: 510,16 kr, därav"
        " utan moms hyra 109,63 kr och köp 352,00 kr."
    )


def test_a_stocktaking_tells_what_was_counted_and_what_a_private_clinic_pays(
    console: Console,
) -> None:
    lost = {**FEE, "kind": "lost_device", "payer": {"kind": "unit", "payer_id": "81018"}}
    stores.print_stocktakings(console, an_outcome())
    counted = replace(an_outcome("m"), stocktakings=[STOCKTAKING], charges=[lost])
    stores.print_stocktakings(console, counted)

    assert " ".join(console.export_text().split()) == (
        "Inventering av förråd 790 (privat mottagning), region m: bokförd 2026-05-11, på hyllorna "
        "39971-01 0. Förlorat hjälpmedel, R49205: 500,00 kr till 81018."
    )


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
