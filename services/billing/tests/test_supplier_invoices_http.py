"""Suppliers' invoices over HTTP: by hand, looked up, decided, handed over to be paid (BIL-6)."""

import asyncio
import csv
import io
from datetime import date
from typing import Any

import pytest
from billing.app import service
from billing.ledger.models import LedgerEntryRow
from billing.supplier_invoices.matching.domain import Hold
from billing.supplier_invoices.models import SupplierInvoiceRow
from billing.supplier_invoices.reasons import REASONS
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.policy_parts import InvoicePolicy, SupplierInvoicePolicy
from kvitt_contracts.types import Account, RegionCode, Role, Word
from kvitt_testkit.reconciled import found_by, plant
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.story import OTHER, SENDING, SERVICE, line_id
from contracts.tests.builders.supplier_invoices import (
    OTHER_SUPPLIER,
    PURCHASE_ORDER,
    SUPPLIER,
    a_purchase_line,
    a_purchase_line_received,
    a_supplier_invoice_stated,
    a_supplier_registered,
    an_invoice_line,
)
from services.billing.tests.builders import ACCOUNTS
from services.billing.tests.invoicing import invoices, paid_for, purchased, reasons
from services.billing.tests.sie_reading import read_sie

NOON = stockholm("2026-03-02 12:00")
STAFF = [Role.CUSTOMER_SERVICE]
OF_PURCHASES = {Word("payable"): "2440", Word("purchases"): "4010", Word("vat_input"): "2641"}


def by_hand(number: str = "F-1", **changes: Any) -> dict[str, Any]:
    """What finance fills in."""
    stated = a_supplier_invoice_stated(number).model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in stated.items() if name != "version"} | changes


def with_purchase_accounts(policies: Policies) -> Policies:
    """Region ac enters suppliers' invoices too."""
    accounts = ACCOUNTS | {key: Account(one) for key, one in OF_PURCHASES.items()}
    region = RegionCode("ac")
    changed = [
        one.model_copy(
            update={
                "invoice": InvoicePolicy(accounts=accounts),
                "supplier_invoice": SupplierInvoicePolicy(tolerance_ore=100, remind_days=7),
            }
        )
        for one in policies.of(region).versions
    ]
    return Policies({region: PolicyHistory(versions=tuple(changed))})


@pytest.mark.rule("BIL-6h")
async def test_an_invoice_is_taken_in_by_hand_and_says_why_it_waits(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        async with world.http(user=SERVICE, roles=STAFF) as client:
            made = await client.post("/supplier-invoices", json=by_hand())
            address = f"/supplier-invoices/{made.json()['id']}"
            waits = (await client.get(address)).json()
            await world.handle(a_purchase_line_received())
            shown = (await client.get(address)).json()
            story = (await client.get(f"{address}/story")).json()

        assert made.status_code == 201, made.text
        assert [one["code"] for one in waits["held_for"]] == ["NOT_RECEIVED"]
        assert "Ta emot leveransen" in waits["held_for"][0]["way_on"]
        assert (shown["status"], shown["gross_ore"]) == ("cleared", 125_000)
        (matched,) = shown["matched"]
        assert (matched["line_id"], matched["quantity"]) == (str(line_id()), 1)
        (line,) = shown["purchase_lines"]
        assert (line["quantity"], line["received"], line["cleared"]) == (1, 1, 1)
        assert [one["by"] for one in story["items"]] == [SERVICE, SERVICE, None]
        assert "inte mottaget" in story["items"][1]["summary"]


@pytest.mark.rule("BIL-6e")
async def test_by_hand_the_same_number_is_the_same_invoice_or_refused(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        async with world.http(roles=STAFF) as client:
            first = await client.post("/supplier-invoices", json=by_hand())
            again = await client.post("/supplier-invoices", json=by_hand())
            other = await client.post("/supplier-invoices", json=by_hand(due_on="2026-05-01"))

        assert first.json()["id"] == again.json()["id"]
        assert (other.status_code, other.json()["reason"]) == (422, "DUPLICATE_NUMBER")
        assert (other.json()["field"], other.json()["rule"]) == ("number", "BIL-6")
        assert "kreditfaktura" in other.json()["way_on"]
        assert len(await world.rows(SupplierInvoiceRow)) == 1


@pytest.mark.rule("BIL-6i")
@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"supplier_id": "L9999"}, "UNKNOWN_SUPPLIER", "supplier_id"),
        ({"vat_ore": 1}, "SUMS_DIFFER", "vat_ore"),
        (
            {"lines": [an_invoice_line(net_ore=-1).model_dump(mode="json")]},
            "NEGATIVE_PRICE",
            "lines.0.price",
        ),
        ({"due_on": "2028-03-03"}, "DAY_TOO_FAR_AHEAD", "due_on"),
    ],
)
async def test_by_hand_what_cannot_be_is_refused(
    given: Given, changes: dict[str, Any], reason: str, field: str
) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        async with world.http(roles=STAFF) as client:
            refused = await client.post("/supplier-invoices", json=by_hand(**changes))

        assert (refused.json()["reason"], refused.json()["field"]) == (reason, field)
        assert refused.json()["rule"] == ("DAY-2" if field == "due_on" else "BIL-6")
        assert refused.json()["way_on"]
        assert await world.rows(SupplierInvoiceRow) == []


@pytest.mark.rule("BIL-6g")
async def test_finance_releases_and_rejects_and_who_did_it_is_kept(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle_all(a_supplier_invoice_stated("F-1"), a_supplier_invoice_stated("F-2"))
        ids = {number: row.id for number, row in (await invoices(world)).items()}
        async with world.http(user=SERVICE, roles=STAFF) as client:
            why = {"reason": "SMALL_DIFFERENCE"}
            released = await client.post(f"/supplier-invoices/{ids['F-1']}:release", json=why)
            body = {"reason": "NOT_OURS"}
            rejected = await client.post(f"/supplier-invoices/{ids['F-2']}:reject", json=body)
            late = await client.post(f"/supplier-invoices/{ids['F-1']}:reject", json=body)

        assert (released.json()["status"], released.json()["decided_by"]) == ("released", SERVICE)
        assert released.json()["released_for"] == "SMALL_DIFFERENCE"
        assert (rejected.json()["status"], rejected.json()["rejected_for"]) == (
            "rejected",
            "NOT_OURS",
        )
        assert (late.status_code, late.json()["reason"]) == (409, "NOT_HELD")


@pytest.mark.rule("BIL-6g")
@pytest.mark.parametrize("role", [Role.PRESCRIBER, Role.REQUESTER])
async def test_a_unit_sees_its_own_and_decides_nothing(given: Given, role: Role) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle(a_supplier_invoice_stated())
        (row,) = await world.rows(SupplierInvoiceRow)
        async with world.http(roles=[role], service_points=[SENDING]) as client:
            listed = (await client.get("/supplier-invoices")).json()
            refused = await client.post(f"/supplier-invoices/{row.id}:release")
        async with world.http(user="k300ola", roles=[role], service_points=[OTHER]) as client:
            others = (await client.get("/supplier-invoices")).json()

        assert [one["number"] for one in listed["items"]] == ["F-1"]
        assert refused.status_code == 403
        assert others["items"] == []


@pytest.mark.rule("BIL-6l")
async def test_lists_are_narrowed_sorted_and_paged(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world, a_purchase_line(3))
        await world.handle_all(
            a_supplier_registered(OTHER_SUPPLIER),
            a_purchase_line_received(2),
            *(a_supplier_invoice_stated(f"F-{n}", due_on=date(2026, 4, n)) for n in range(1, 4)),
            a_supplier_invoice_stated("G-1", supplier_id=OTHER_SUPPLIER, purchase_order=None),
        )

        async def found(client: Any, query: str) -> list[str]:
            answer = await client.get(f"/supplier-invoices?sort=due_on&{query}")
            return [one["number"] for one in answer.json()["items"]]

        async with world.http(roles=STAFF) as client:
            assert await found(client, "status=held") == ["F-3", "G-1"]
            assert await found(client, f"supplier_id={OTHER_SUPPLIER}") == ["G-1"]
            assert await found(client, "number=F-") == ["F-1", "F-2", "F-3"]
            order = f"purchase_order_number={PURCHASE_ORDER}"
            assert await found(client, f"{order}&due_to=2026-04-02") == ["F-1", "F-2"]
            assert await found(client, f"due_from=2026-04-03&service_point={SENDING}") == ["F-3"]
            first = (await client.get("/supplier-invoices?sort=due_on&limit=2")).json()
            second = (await client.get(first["next"])).json()
        assert [one["number"] for one in second["items"]] == ["F-3", "G-1"]


@pytest.mark.rule("BIL-6l")
async def test_what_may_be_paid_is_listed_and_handed_over_by_due_day(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world, a_purchase_line(3))
        credit = a_supplier_invoice_stated("K-1", is_credit=True, due_on=date(2026, 4, 1))
        await world.handle_all(
            a_purchase_line_received(3),
            a_supplier_invoice_stated("F-2", lines=[an_invoice_line(2)]),
            a_supplier_invoice_stated("F-9", lines=[an_invoice_line(net_ore=1)]),
            a_supplier_invoice_stated("F-1", due_on=date(2026, 4, 30)),
            credit,
        )
        async with world.http(roles=STAFF) as client:
            listed = (await client.get("/supplier-invoices:payable")).json()
            early = (await client.get("/supplier-invoices:payable?due_to=2026-04-12")).json()
            file = await client.get("/supplier-invoices:export")

        assert [(one["number"], one["gross_ore"]) for one in listed["items"]] == [
            ("K-1", -125_000),
            ("F-2", 250_000),
            ("F-1", 125_000),
        ]
        assert [one["number"] for one in early["items"]] == ["K-1", "F-2"]
        rows = list(csv.DictReader(io.StringIO(file.text), delimiter=";"))
        assert [(one["number"], one["gross_ore"]) for one in rows] == [
            ("K-1", "-125000"),
            ("F-2", "250000"),
            ("F-1", "125000"),
        ]
        assert {one["supplier_id"] for one in rows} == {SUPPLIER}


@pytest.mark.rule("BIL-6j")
async def test_an_invoice_and_its_receipt_at_once_do_not_miss_each_other(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world, a_purchase_line(4))

        await asyncio.gather(
            *(world.handle(a_supplier_invoice_stated(f"F-{n}")) for n in range(4)),
            *(world.handle(a_purchase_line_received()) for _ in range(4)),
        )

        assert {row.status for row in await world.rows(SupplierInvoiceRow)} == {"cleared"}
        assert await paid_for(world) == [(4, 0)]


# -- the policy and the ledger ---------------------------------------------------------------------


async def entries(world: World) -> list[dict[str, int]]:
    """What was entered, in order: debit above 0."""
    found = await world.rows(LedgerEntryRow)
    return sorted(
        ({line.account: line.debit_ore - line.credit_ore for line in row.lines} for row in found),
        key=lambda one: -sum(abs(ore) for ore in one.values()),
    )


@pytest.mark.rule("BIL-6k")
async def test_what_is_cleared_and_released_is_entered_and_a_credit_note_the_other_way(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=NOON, policies=with_purchase_accounts(policies)) as world:
        await purchased(world, a_purchase_line(3))
        await world.handle_all(
            a_purchase_line_received(3),
            a_supplier_invoice_stated("F-1", lines=[an_invoice_line(3)]),
            a_supplier_invoice_stated("K-1", is_credit=True, credits="F-1"),
            a_supplier_invoice_stated("F-2", lines=[an_invoice_line(2, net_ore=120_000)]),
        )
        async with world.http(roles=STAFF) as client:
            held = (await invoices(world))["F-2"]
            await client.post(f"/supplier-invoices/{held.id}:release")
            balance = (await client.get("/ledger:trial-balance?month=2026-03")).json()
            file = read_sie((await client.get("/ledger:export?month=2026-03")).content)

        assert await entries(world) == [
            {"4010": 300_000, "2641": 75_000, "2440": -375_000},
            {"4010": 240_000, "2641": 60_000, "2440": -300_000},
            {"4010": -100_000, "2641": -25_000, "2440": 125_000},
        ]
        assert balance["debit_ore"] == balance["credit_ore"] == 800_000
        names = {one["account"]: one["name"] for one in balance["accounts"]}
        assert names["2440"] == "Leverantörsskulder"
        assert await found_by(world, "ledger") == []
        await plant(world, "UPDATE supplier_invoices SET net_ore = net_ore + 1")
        assert [one.table for one in await found_by(world, "ledger")] == ["supplier_invoices"] * 3
        assert "Leverantörsfaktura F-1" in str(file)


@pytest.mark.rule("BIL-6k")
async def test_without_accounts_for_it_nothing_is_entered(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle_all(a_purchase_line_received(), a_supplier_invoice_stated())

        assert await reasons(world) == ["cleared"]
        assert await entries(world) == []


@pytest.mark.rule("BIL-6k")
def test_the_accounts_of_purchases_are_given_together() -> None:
    with pytest.raises(ValueError, match="BIL-6"):
        InvoicePolicy(accounts=ACCOUNTS | {Word("payable"): Account("2440")})


@pytest.mark.rule("BIL-6d", "BIL-6f")
async def test_tolerance_and_reminder_are_the_regions(given: Given, policies: Policies) -> None:
    async with given(service, at=NOON, policies=with_purchase_accounts(policies)) as world:
        await purchased(world, a_purchase_line(2))
        await world.handle_all(
            a_purchase_line_received(2),
            a_supplier_invoice_stated("F-1", lines=[an_invoice_line(net_ore=100_100)]),
            a_supplier_invoice_stated("F-2", lines=[an_invoice_line(net_ore=100_101)]),
        )

        assert await reasons(world, "F-1") == ["cleared"]
        assert await reasons(world, "F-2") == ["held", "PRICE_DIFFERS"]
        (due,) = (await world.timers()).values()
        assert due == stockholm("2026-03-09 00:00")


@pytest.mark.rule("BIL-6a")
def test_each_reason_says_what_can_be_done() -> None:
    assert set(REASONS) == set(Hold)
    assert all(one.says.endswith(".") and one.way_on.endswith(".") for one in REASONS.values())
