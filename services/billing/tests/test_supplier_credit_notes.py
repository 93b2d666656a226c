"""BIL-6: a credit note that names no purchase is of the invoice that it names."""

import asyncio
from collections.abc import Sequence
from itertools import permutations

import pytest
from billing.app import service
from billing.supplier_invoices.matching.domain import Hold
from billing.supplier_invoices.models import SupplierInvoiceRow
from billing.supplier_invoices.reasons import REASONS
from kvitt_contracts.billing import (
    RejectSupplierInvoice,
    ReleaseSupplierInvoice,
    SupplierInvoiceCleared,
    SupplierInvoiceHeld,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.regions import SupplierInvoiceStated
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, an_envelope, assert_rows_are_folds, stockholm

from contracts.tests.builders.inventory import a_device_taken_over
from contracts.tests.builders.story import SENDING, SERVICE
from contracts.tests.builders.supplier_invoices import (
    COST,
    PURCHASE_ORDER,
    SUPPLIER,
    a_purchase_line,
    a_purchase_line_received,
    a_purchase_order_created,
    a_supplier_invoice_stated,
    a_supplier_registered,
    an_invoice_line,
)
from services.billing.tests.builders import with_accounts
from services.billing.tests.invoicing import paid_for, purchased, reasons

NOON = stockholm("2026-03-02 12:00")
OTHER_ORDER = "26100008"


def a_credit(
    number: str = "K-1",
    *,
    credits: str | None = "F-1",
    quantity: int = 1,
    net_ore: int = COST,
    vat_percent: int = 25,
) -> SupplierInvoiceStated:
    """A credit note that names its invoice, or nothing at all, and no purchase order."""
    return a_supplier_invoice_stated(
        number,
        lines=[an_invoice_line(quantity, net_ore=net_ore, vat_percent=vat_percent)],
        purchase_order=None,
        is_credit=True,
        credits=credits,
    )


async def reject(world: World, number: str = "F-1") -> None:
    """Finance does not pay an invoice."""
    named = {"supplier_id": SUPPLIER, "number": number, "by": SERVICE, "reason": "NOT_OURS"}
    await world.handle(RejectSupplierInvoice.model_validate(named))


async def release(world: World, number: str = "F-1") -> None:
    """Finance pays an invoice as it is."""
    named = {"supplier_id": SUPPLIER, "number": number, "by": SERVICE}
    await world.handle(ReleaseSupplierInvoice.model_validate(named))


@pytest.mark.rule("BIL-6m")
@pytest.mark.parametrize("order", [*permutations(("receipt", "invoice", "credit"))])
async def test_a_credit_note_without_a_purchase_order_is_matched_with_its_invoice(
    given: Given, policies: Policies, order: tuple[str, ...]
) -> None:
    told = {
        "receipt": a_purchase_line_received(3),
        "invoice": a_supplier_invoice_stated(lines=[an_invoice_line(3)]),
        "credit": a_credit(credits="f-1"),
    }
    async with given(service, at=NOON, policies=with_accounts(policies)) as world:
        await purchased(world, a_purchase_line(3))

        await world.handle_all(*(told[one] for one in order))

        assert await reasons(world, "F-1") == ["cleared"]
        assert await reasons(world, "K-1") == ["cleared"]
        assert await paid_for(world) == [(2, 0)]
        assert await world.timers() == {}
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-6m")
async def test_one_that_came_first_waits_for_its_invoice_and_mends_it(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world, a_purchase_line(3))
        await world.handle_all(a_purchase_line_received(2), a_credit())
        assert await reasons(world, "K-1") == ["held", "NOTHING_TO_CREDIT"]

        await world.handle(a_supplier_invoice_stated(lines=[an_invoice_line(3)]))

        assert await reasons(world, "F-1") == ["cleared"]
        assert await reasons(world, "K-1") == ["cleared"]
        assert await paid_for(world) == [(2, 0)]


@pytest.mark.rule("BIL-6m")
async def test_one_that_names_neither_invoice_nor_purchase_order_is_held(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)

        await world.handle(a_credit(credits=None))

        assert await reasons(world, "K-1") == ["held", "PURCHASE_ORDER_MISSING"]


@pytest.mark.rule("BIL-6m")
async def test_of_a_device_that_was_bought_over_it_takes_back_the_device(given: Given) -> None:
    line = an_invoice_line(article=None, net_ore=420_000)
    invoice = a_supplier_invoice_stated(lines=[line], purchase_order=None, device_number="R-1")
    credit = a_supplier_invoice_stated(
        "K-1", lines=[line], purchase_order=None, is_credit=True, credits="F-1"
    )
    async with given(service, at=NOON) as world:
        await world.handle_all(a_supplier_registered(), a_device_taken_over(), invoice)
        assert await reasons(world, "F-1") == ["cleared"]

        await world.handle(credit)

        assert await reasons(world, "K-1") == ["cleared"]


@pytest.mark.rule("BIL-6m")
@pytest.mark.parametrize("is_released_first", [True, False])
async def test_of_an_invoice_without_purchase_it_waits_until_that_is_released(
    given: Given, is_released_first: bool
) -> None:
    async with given(service, at=NOON) as world:
        await world.register(SERVICE)
        await world.handle_all(
            a_supplier_registered(), a_supplier_invoice_stated(purchase_order=None)
        )
        if is_released_first:
            await release(world)
            await world.handle(a_credit())
            assert len(await world.events(SupplierInvoiceHeld)) == 1  # the invoice was, until then
        else:
            await world.handle(a_credit())
            assert await reasons(world, "K-1") == ["held", "NOTHING_TO_CREDIT"]
            await release(world)

        assert await reasons(world, "K-1") == ["cleared"]
        (cleared,) = await world.events(SupplierInvoiceCleared)
        assert cleared.lines == ()
        assert await world.timers() == {}
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-6m")
async def test_invoices_and_their_credit_notes_at_once_do_not_miss_each_other(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world, a_purchase_line(8))
        await world.handle(a_purchase_line_received(8))
        lines = [an_invoice_line(2)]

        await asyncio.gather(
            *(world.handle(a_supplier_invoice_stated(f"F-{n}", lines=lines)) for n in range(4)),
            *(world.handle(a_credit(f"K-{n}", credits=f"F-{n}")) for n in range(4)),
        )

        assert {row.status for row in await world.rows(SupplierInvoiceRow)} == {"cleared"}
        assert await paid_for(world) == [(4, 0)]


@pytest.mark.rule("BIL-6n")
async def test_credit_notes_take_back_no_more_than_is_left_of_their_invoice(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world, a_purchase_line(5))
        await world.handle_all(
            a_purchase_line_received(5),
            a_supplier_invoice_stated("F-1", lines=[an_invoice_line(2)]),
            a_supplier_invoice_stated("F-2", lines=[an_invoice_line(3)]),
            a_credit("K-1"),
        )
        assert await reasons(world, "K-1") == ["cleared"]

        await world.handle(a_credit("K-2", quantity=2))  # the lines have them, of another invoice

        assert await reasons(world, "K-2") == ["held", "MORE_THAN_INVOICED"]
        assert await paid_for(world) == [(4, 0)]
        await world.handle(a_credit("K-3"))
        assert await reasons(world, "K-3") == ["cleared"]


@pytest.mark.rule("BIL-6n")
@pytest.mark.parametrize(
    ("net_ore", "vat_percent", "outcome"),
    [(COST, 25, "cleared"), (COST + 1, 25, "held"), (COST, 12, "held")],
)
async def test_of_a_released_invoice_no_more_is_taken_back_either(
    given: Given, net_ore: int, vat_percent: int, outcome: str
) -> None:
    async with given(service, at=NOON) as world:
        await world.register(SERVICE)
        await world.handle_all(
            a_supplier_registered(), a_supplier_invoice_stated(purchase_order=None)
        )
        await release(world)

        await world.handle(a_credit(net_ore=net_ore, vat_percent=vat_percent))

        assert (await reasons(world, "K-1"))[0] == outcome


@pytest.mark.rule("BIL-6m", "BIL-6n")
async def test_by_hand_it_is_matched_and_says_what_is_too_much(given: Given) -> None:
    body = {
        "supplier_id": SUPPLIER,
        "number": "K-1",
        "is_credit": True,
        "credits": "F-1",
        "net_ore": COST,
        "vat_ore": COST // 4,
        "due_on": "2026-04-12",
        "lines": [an_invoice_line().model_dump(mode="json")],
    }
    twice = {**body, "number": "K-2"}
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle_all(a_purchase_line_received(), a_supplier_invoice_stated())
        async with world.http(roles=[Role.CUSTOMER_SERVICE]) as client:
            made = await client.post("/supplier-invoices", json=body)
            again = await client.post("/supplier-invoices", json=twice)

        assert made.status_code == 201, made.text
        assert (made.json()["status"], made.json()["purchase_order_number"]) == ("cleared", None)
        assert [one["received"] for one in made.json()["purchase_lines"]] == [1]
        (held,) = [one for one in again.json()["held_for"] if one["code"] == "MORE_THAN_INVOICED"]
        assert held["says"]
        assert held["way_on"]
        rows = await world.rows(SupplierInvoiceRow)
        assert {row.service_point for row in rows} == {SENDING}


@pytest.mark.rule("BIL-6p")
@pytest.mark.parametrize("of_invoice", [None, OTHER_ORDER])
@pytest.mark.parametrize("order", [*permutations(("receipt", "invoice", "credit"))])
async def test_one_that_names_another_purchase_than_its_invoice_is_held_and_says_so(
    given: Given, order: tuple[str, ...], of_invoice: str | None
) -> None:
    told = {
        "receipt": a_purchase_line_received(3),
        "invoice": a_supplier_invoice_stated(purchase_order=of_invoice),
        "credit": a_supplier_invoice_stated("K-1", is_credit=True, credits="f-1"),
    }
    async with given(service, at=NOON) as world:
        await purchased(world, a_purchase_line(3))
        await world.register(SERVICE)

        await world.handle_all(*(told[one] for one in order))

        assert await reasons(world, "K-1") == ["held", "CREDITS_OTHER_PURCHASE"]
        await release(world)
        assert await reasons(world, "K-1") == ["held", "CREDITS_OTHER_PURCHASE"]
        await release(world, "K-1")
        assert await reasons(world, "K-1") == ["released", "CREDITS_OTHER_PURCHASE"]
        assert await paid_for(world) == [(0, 0)]
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-6p")
async def test_of_a_device_too_one_that_names_another_purchase_is_held(given: Given) -> None:
    line = an_invoice_line(article=None, net_ore=420_000)
    invoice = a_supplier_invoice_stated(lines=[line], purchase_order=None, device_number="R-1")
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle_all(a_device_taken_over(), a_purchase_line_received())

        await world.handle_all(
            a_supplier_invoice_stated("K-1", is_credit=True, credits="F-1"), invoice
        )

        assert await reasons(world, "F-1") == ["cleared"]
        assert await reasons(world, "K-1") == ["held", "CREDITS_OTHER_PURCHASE"]


@pytest.mark.rule("BIL-6p")
@pytest.mark.parametrize(
    ("has_order", "names"), [(True, "nothing"), (True, "order"), (False, "nothing")]
)
@pytest.mark.parametrize("is_rejected_first", [True, False])
async def test_a_credit_note_of_an_invoice_that_is_rejected_says_so(
    given: Given, is_rejected_first: bool, has_order: bool, names: str
) -> None:
    order = PURCHASE_ORDER if has_order else None
    invoice = a_supplier_invoice_stated(lines=[an_invoice_line(2)], purchase_order=order)
    credit = (
        a_credit()
        if names == "nothing"
        else a_supplier_invoice_stated("K-1", is_credit=True, credits="F-1")
    )
    async with given(service, at=NOON) as world:
        await world.register(SERVICE)
        await purchased(world, a_purchase_line(2))  # and not received
        await world.handle(invoice)
        if is_rejected_first:
            await reject(world)
            await world.handle(credit)
        else:
            await world.handle(credit)
            await reject(world)

        assert await reasons(world, "K-1") == ["held", "INVOICE_REJECTED"]
        await world.handle(a_purchase_line_received())
        assert await reasons(world, "K-1") == ["held", "INVOICE_REJECTED"]
        await reject(world, "K-1")
        assert await world.timers() == {}
        await assert_rows_are_folds(world)


async def test_a_credit_note_names_its_invoices_purchase_ahead_so_that_a_batch_locks_in_order(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle_all(
            a_purchase_order_created(a_purchase_line(order="O-2"), number=OTHER_ORDER, order="O-2"),
            a_supplier_invoice_stated("F-1"),
        )
        of_other = a_supplier_invoice_stated("F-2", purchase_order=OTHER_ORDER)
        batch = [(an_envelope(one), one) for one in (of_other, a_credit("K-1"))]

        with world.statements() as sent:
            await world.handle_batch(*batch)

        locking = [one for one in sent if "FOR NO KEY UPDATE" in one]
        order = ("suppliers", "purchase_orders", "purchase_lines", "supplier_invoices")
        locked = [table for one in locking for table in order if f"FROM {table}" in one]
        assert {"suppliers", "purchase_orders", "purchase_lines"} <= set(locked)
        assert locked.index("supplier_invoices") > _last(locked, "purchase_orders")
        assert locked.index("purchase_lines") > _last(locked, "purchase_orders")
        assert await reasons(world, "K-1") == ["cleared"]


def _last(among: Sequence[str], one: str) -> int:
    return len(among) - 1 - among[::-1].index(one)


def test_each_reason_is_told_with_a_way_on() -> None:
    assert set(REASONS) == set(Hold)
