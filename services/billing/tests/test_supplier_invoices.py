"""Suppliers' invoices: taken in, matched three ways, held, released and rejected (BIL-6)."""

from datetime import timedelta

import pytest
from billing.app import service
from billing.supplier_invoices.commands import RejectHeldInvoice, ReleaseHeldInvoice
from billing.supplier_invoices.models import PurchaseLineRow, SupplierInvoiceRow
from kvitt_contracts.billing import (
    RejectSupplierInvoice,
    ReleaseSupplierInvoice,
    SupplierInvoiceCleared,
    SupplierInvoiceHeld,
    SupplierInvoiceReceived,
    SupplierInvoiceRejected,
    SupplierInvoiceReleased,
    SupplierInvoiceReminderDue,
)
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.types import UserId
from kvitt_testkit.world import Given, assert_rows_are_folds, stockholm
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from contracts.tests.builders.purchases import a_deviation_reported
from contracts.tests.builders.story import CUSHION, SENDING, SERVICE, line_id
from contracts.tests.builders.supplier_invoices import (
    OTHER_SUPPLIER,
    PURCHASE_ORDER,
    SUPPLIER,
    a_deviation_settled,
    a_purchase_line,
    a_purchase_line_changed,
    a_purchase_line_received,
    a_purchase_order_created,
    a_supplier_invoice_stated,
    a_supplier_registered,
    an_invoice_line,
)
from services.billing.tests.invoicing import invoices, paid_for, purchased, reasons

NOON = stockholm("2026-03-02 12:00")


@pytest.mark.rule("BIL-6a")
async def test_what_is_purchased_received_and_invoiced_alike_is_cleared(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle(a_purchase_line_received())

        await world.handle(a_supplier_invoice_stated())

        (cleared,) = await world.events(SupplierInvoiceCleared)
        assert [(one.line_id, one.quantity) for one in cleared.lines] == [(line_id(), 1)]
        assert await reasons(world) == ["cleared"]
        assert await paid_for(world) == [(1, 0)]
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-6b")
async def test_without_receipt_it_is_held_and_cleared_when_the_receipt_comes(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle(a_supplier_invoice_stated())
        assert await reasons(world) == ["held", "NOT_RECEIVED"]
        assert await world.events(SupplierInvoiceCleared) == []

        await world.handle(a_purchase_line_received())

        assert await reasons(world) == ["cleared"]
        assert await world.timers() == {}
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-6b")
async def test_more_than_was_received_is_held(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world, a_purchase_line(3))
        await world.handle_all(
            a_purchase_line_received(2),
            a_supplier_invoice_stated(lines=[an_invoice_line(3)]),
        )

        assert await reasons(world) == ["held", "NOT_RECEIVED"]
        await world.handle(a_purchase_line_received(1))
        assert await reasons(world) == ["cleared"]


@pytest.mark.rule("BIL-6c")
async def test_what_was_not_delivered_waits_for_a_credit_note_and_both_are_cleared(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world, a_purchase_line(5))
        await world.handle_all(
            a_supplier_invoice_stated(lines=[an_invoice_line(5)]),
            a_purchase_line_received(3),
            a_purchase_line_changed(3),
        )
        assert await reasons(world) == ["held", "MORE_THAN_ORDERED"]

        credit = a_supplier_invoice_stated(
            "K-1", lines=[an_invoice_line(2)], is_credit=True, credits="F-1"
        )
        await world.handle(credit)

        assert await reasons(world, "F-1") == ["cleared"]
        assert await reasons(world, "K-1") == ["cleared"]
        assert await paid_for(world) == [(3, 0)]


@pytest.mark.rule("BIL-6c")
async def test_a_wrong_delivery_waits_until_it_is_settled_or_credited(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle_all(
            a_deviation_reported(purchase_order=PURCHASE_ORDER),
            a_purchase_line_received(),
            a_supplier_invoice_stated(),
        )
        assert await reasons(world) == ["held", "WRONG_DELIVERY"]

        await world.handle(a_deviation_settled())

        assert await reasons(world) == ["cleared"]


@pytest.mark.rule("BIL-6c")
async def test_a_credit_note_waits_for_what_it_takes_back_from(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle_all(
            a_purchase_line_received(), a_supplier_invoice_stated("K-1", is_credit=True)
        )
        assert await reasons(world, "K-1") == ["held", "NOTHING_TO_CREDIT"]

        await world.handle(a_supplier_invoice_stated())

        assert await reasons(world, "F-1") == ["cleared"]
        assert await reasons(world, "K-1") == ["cleared"]
        assert await paid_for(world) == [(0, 0)]


# -- what is held, and judged anew -----------------------------------------------------------------


@pytest.mark.rule("BIL-6a")
@pytest.mark.parametrize(
    ("invoice", "reason"),
    [
        (a_supplier_invoice_stated(purchase_order=None), "PURCHASE_ORDER_MISSING"),
        (a_supplier_invoice_stated(purchase_order="26100099"), "PURCHASE_ORDER_UNKNOWN"),
        (a_supplier_invoice_stated(supplier_id=OTHER_SUPPLIER), "SUPPLIER_DIFFERS"),
        (a_supplier_invoice_stated(lines=[an_invoice_line(2)]), "MORE_THAN_ORDERED"),
        (a_supplier_invoice_stated(lines=[an_invoice_line(article=CUSHION)]), "LINE_NOT_ORDERED"),
        (
            a_supplier_invoice_stated(
                lines=[an_invoice_line(), an_invoice_line(article=None, net_ore=9_900)]
            ),
            "LINE_NOT_ORDERED",
        ),
        (a_supplier_invoice_stated(lines=[an_invoice_line(net_ore=100_001)]), "PRICE_DIFFERS"),
        (a_supplier_invoice_stated(lines=[an_invoice_line(vat_percent=12)]), "VAT_DIFFERS"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
async def test_what_does_not_agree_is_held_with_its_reason(
    given: Given, invoice: SupplierInvoiceReceived, reason: str
) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle_all(a_supplier_registered(OTHER_SUPPLIER), a_purchase_line_received())

        await world.handle(invoice)

        assert await reasons(world) == ["held", reason]
        assert await paid_for(world) == [(0, 0)]


@pytest.mark.rule("BIL-6a")
async def test_the_invoice_of_an_inactive_supplier_is_held(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle_all(
            a_supplier_registered(is_active=False),
            a_purchase_line_received(),
            a_supplier_invoice_stated(),
        )

        assert await reasons(world) == ["held", "SUPPLIER_INACTIVE"]


@pytest.mark.rule("BIL-6j")
async def test_an_invoice_that_came_before_its_purchase_order_is_matched_when_that_comes(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await world.handle_all(a_supplier_registered(), a_supplier_invoice_stated())
        assert await reasons(world) == ["held", "PURCHASE_ORDER_UNKNOWN"]

        await world.handle(a_purchase_order_created())
        assert await reasons(world) == ["held", "NOT_RECEIVED"]
        await world.handle(a_purchase_line_received())

        assert await reasons(world) == ["cleared"]
        assert len(await world.events(SupplierInvoiceHeld)) == 2
        assert (await invoices(world))["F-1"].service_point == SENDING
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-6j")
async def test_a_changed_price_and_a_voided_line_are_judged_anew(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle(a_supplier_invoice_stated(lines=[an_invoice_line(net_ore=90_000)]))

        await world.handle(a_purchase_line_changed(0))
        assert await reasons(world) == ["held", "LINE_VOIDED"]
        await world.handle(a_purchase_line_changed(1, net_ore=90_000))
        assert await reasons(world) == ["held", "NOT_RECEIVED"]
        await world.handle(a_purchase_line_received(net_ore=90_000))

        assert await reasons(world) == ["cleared"]


@pytest.mark.rule("BIL-6a")
async def test_the_receipts_price_is_what_is_agreed_where_the_purchase_had_none(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world, a_purchase_line(net_ore=None))
        await world.handle_all(
            a_purchase_line_received(net_ore=75_000), a_supplier_invoice_stated("F-1")
        )
        assert await reasons(world, "F-1") == ["held", "PRICE_DIFFERS"]

        as_agreed = a_supplier_invoice_stated("F-2", lines=[an_invoice_line(net_ore=75_000)])
        await world.handle(as_agreed)

        assert await reasons(world, "F-2") == ["cleared"]


# -- nothing is paid twice -------------------------------------------------------------------------


@pytest.mark.rule("BIL-6e")
async def test_the_same_invoice_again_is_taken_in_once(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle_all(
            a_purchase_line_received(),
            a_supplier_invoice_stated(),
            a_supplier_invoice_stated(version=2),
            a_supplier_invoice_stated("f-1"),
        )

        assert len(await world.events(SupplierInvoiceReceived)) == 1
        assert len(await world.events(SupplierInvoiceCleared)) == 1


@pytest.mark.rule("BIL-6e")
async def test_the_same_number_with_other_content_is_refused(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle(a_supplier_invoice_stated())

        refused = await world.refuse(a_supplier_invoice_stated(lines=[an_invoice_line(2)]))

        assert (refused.reason, refused.rule, refused.field) == (
            "DUPLICATE_NUMBER",
            "BIL-6",
            "number",
        )
        assert (await invoices(world))["F-1"].net_ore == 100_000


@pytest.mark.rule("BIL-6e")
async def test_what_is_paid_on_one_invoice_is_not_paid_on_another(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle_all(
            a_purchase_line_received(),
            a_supplier_invoice_stated("F-1"),
            a_supplier_invoice_stated("F-2"),
        )

        assert await reasons(world, "F-1") == ["cleared"]
        assert await reasons(world, "F-2") == ["held", "ALREADY_INVOICED"]
        assert await paid_for(world) == [(1, 0)]


@pytest.mark.rule("BIL-6e")
async def test_the_table_refuses_to_clear_more_than_was_received(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle(a_purchase_line_received())

        with pytest.raises(IntegrityError, match="bil_6"):
            async with world.worker.unit() as unit:
                await unit.session.execute(update(PurchaseLineRow).values(cleared=2))


@pytest.mark.rule("BIL-6i")
@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"net_ore": 100_100}, "SUMS_DIFFER", "net_ore"),
        ({"vat_ore": 24_999}, "SUMS_DIFFER", "vat_ore"),
        ({"lines": [an_invoice_line(net_ore=-1)]}, "NEGATIVE_PRICE", "lines.0.price"),
    ],
)
async def test_what_does_not_add_up_is_refused(
    given: Given, changes: dict[str, object], reason: str, field: str
) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)

        refused = await world.refuse(a_supplier_invoice_stated(**changes))  # type: ignore[arg-type]

        assert (refused.reason, refused.field) == (reason, field)
        assert await world.rows(SupplierInvoiceRow) == []


# -- finance decides -------------------------------------------------------------------------------


@pytest.mark.rule("BIL-6g")
async def test_finance_releases_what_is_held_and_nobody_is_paid_for_the_same_again(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle(a_supplier_invoice_stated(lines=[an_invoice_line(net_ore=110_000)]))
        (row,) = await world.rows(SupplierInvoiceRow)

        await world.command(ReleaseHeldInvoice(by=UserId(SERVICE)), target=row.id)

        (released,) = await world.events(SupplierInvoiceReleased)
        assert (released.by, [one.quantity for one in released.lines]) == (SERVICE, [1])
        assert await paid_for(world) == [(0, 1)]
        await world.handle_all(a_purchase_line_received(), a_supplier_invoice_stated("F-2"))
        assert await reasons(world, "F-2") == ["held", "ALREADY_INVOICED"]
        (row, _) = (await invoices(world)).values()
        assert row.decided_by == SERVICE
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-6g")
@pytest.mark.parametrize("is_credited", [False, True])
async def test_what_is_released_before_its_purchase_is_known_is_not_paid_again(
    given: Given, is_credited: bool
) -> None:
    async with given(service, at=NOON) as world:
        await world.register(SERVICE)
        await world.handle_all(a_supplier_registered(), a_supplier_invoice_stated("F-1"))
        release = {"supplier_id": SUPPLIER, "number": "F-1", "by": SERVICE}
        why = {"reason": "AGREED_WITH_SUPPLIER"}
        await world.handle(ReleaseSupplierInvoice.model_validate({**release, **why}))
        if is_credited:
            await world.handle(a_supplier_invoice_stated("K-1", is_credit=True, credits="F-1"))

        await world.handle_all(
            a_supplier_invoice_stated("F-2"), a_purchase_order_created(), a_purchase_line_received()
        )

        expected = ["cleared"] if is_credited else ["held", "ALREADY_INVOICED"]
        assert await reasons(world, "F-2") == expected
        assert (await reasons(world, "F-1"))[0] == "released"
        assert await paid_for(world) == [(1, 0) if is_credited else (0, 1)]
        released = await world.events(SupplierInvoiceReleased)
        assert [len(one.lines) for one in released] == [0, 1]
        assert {one.reason for one in released} == {"AGREED_WITH_SUPPLIER"}
        assert (await invoices(world))["F-1"].released_for == "AGREED_WITH_SUPPLIER"
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-6j", "BIL-6g")
async def test_a_credit_note_that_came_first_is_matched_when_its_invoice_is_released(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.register(SERVICE)
        dear = [an_invoice_line(net_ore=110_000)]
        credit = a_supplier_invoice_stated("K-1", is_credit=True, credits="F-1")
        await world.handle_all(a_supplier_invoice_stated(lines=dear), credit)
        assert await reasons(world, "K-1") == ["held", "NOTHING_TO_CREDIT"]

        release = {"supplier_id": SUPPLIER, "number": "F-1", "by": SERVICE}
        await world.handle(ReleaseSupplierInvoice.model_validate(release))

        assert await reasons(world, "K-1") == ["cleared"]
        assert await paid_for(world) == [(0, 0)]


@pytest.mark.rule("BIL-6d")
async def test_a_change_after_the_receipt_leaves_the_receipts_price(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world, a_purchase_line(2))
        await world.handle_all(
            a_purchase_line_received(net_ore=90_000), a_purchase_line_changed(1, net_ore=95_000)
        )

        await world.handle(a_supplier_invoice_stated(lines=[an_invoice_line(net_ore=90_000)]))

        assert await reasons(world) == ["cleared"]


@pytest.mark.rule("BIL-6g")
async def test_a_region_releases_and_rejects_by_the_suppliers_number(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.register(SERVICE)
        await world.handle_all(a_supplier_invoice_stated("F-1"), a_supplier_invoice_stated("F-2"))

        named = {"supplier_id": SUPPLIER, "by": SERVICE}
        await world.handle(ReleaseSupplierInvoice.model_validate({**named, "number": "F-1"}))
        reject = {**named, "number": "F-2", "reason": "NOT_OURS"}
        await world.handle(RejectSupplierInvoice.model_validate(reject))

        assert (await reasons(world, "F-1"))[0] == "released"
        (rejected,) = await world.events(SupplierInvoiceRejected)
        assert (rejected.reason, rejected.by) == ("NOT_OURS", SERVICE)
        assert (await invoices(world))["F-2"].rejected_for == "NOT_OURS"


@pytest.mark.rule("BIL-6g")
async def test_what_is_decided_is_not_decided_otherwise(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.register(SERVICE)
        await world.handle_all(a_purchase_line_received(), a_supplier_invoice_stated())

        named = {"supplier_id": SUPPLIER, "number": "F-1", "by": SERVICE}
        refused = await world.refuse(
            RejectSupplierInvoice.model_validate({**named, "reason": "NOT_OURS"})
        )
        assert (refused.reason, refused.rule) == ("NOT_HELD", "BIL-6")
        refused = await world.refuse(ReleaseSupplierInvoice.model_validate(named))
        assert refused.reason == "NOT_HELD"
        unknown = ReleaseSupplierInvoice.model_validate({**named, "number": "F-9"})
        assert (await world.refuse(unknown)).reason == "UNKNOWN_SUPPLIER_INVOICE"


@pytest.mark.rule("BIL-6g")
async def test_what_is_rejected_is_not_paid_when_the_receipt_comes(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle(a_supplier_invoice_stated())
        (row,) = await world.rows(SupplierInvoiceRow)

        command = RejectHeldInvoice.model_validate({"reason": "NOT_OURS", "by": SERVICE})
        await world.command(command, target=row.id)
        await world.handle(a_purchase_line_received())

        assert (await reasons(world))[0] == "rejected"
        assert await paid_for(world) == [(0, 0)]
        assert await world.timers() == {}


# -- the reminder ----------------------------------------------------------------------------------


@pytest.mark.rule("BIL-6f")
async def test_the_unit_is_reminded_after_the_policys_days_and_again(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle(a_supplier_invoice_stated())
        due = start_of_day((NOON + timedelta(days=14)).date())

        await world.advance(due - timedelta(seconds=1))
        assert await world.events(SupplierInvoiceReminderDue) == []
        await world.advance(due)

        (reminder,) = await world.events(SupplierInvoiceReminderDue)
        assert reminder.service_point == SENDING
        await world.advance(due + timedelta(days=14))
        assert len(await world.events(SupplierInvoiceReminderDue)) == 2
        await world.handle(a_purchase_line_received())
        await world.advance(due + timedelta(days=60))
        assert len(await world.events(SupplierInvoiceReminderDue)) == 2


@pytest.mark.rule("BIL-6f")
async def test_where_no_unit_is_known_nobody_is_named(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await world.handle_all(
            a_supplier_registered(), a_supplier_invoice_stated(purchase_order=None)
        )

        await world.advance(NOON + timedelta(days=15))

        (reminder,) = await world.events(SupplierInvoiceReminderDue)
        assert reminder.service_point is None
