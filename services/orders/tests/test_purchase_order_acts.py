"""ORD-4, ORD-11, ORD-12, INV-8: what is done with purchase orders, on real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from kvitt_contracts.orders import (
    DelayPurchaseOrder,
    OrderDelivered,
    OrderLinePlanned,
    OrderLineReduced,
    OrderLineVoided,
    PurchaseOrderDelayed,
    PurchaseOrderLineChanged,
    PurchaseOrderReceiptDue,
    PurchaseOrderReminderDue,
    PurchaseOrderSent,
    ReportDeviation,
    SettleDeviation,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import LineNumber, Role, UserId, Word
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from orders.app import service
from orders.customer_orders.lines import LineState
from orders.purchase_orders.domain import Status
from orders.purchase_orders.models import PurchaseOrderRow

from contracts.tests.builders.purchases import (
    OTHER_SUPPLIER,
    RAMP,
    SUPPLIER,
    WALKER,
    a_direct_article,
    a_supplier_delay_stated,
    with_purchasing_store,
)
from contracts.tests.builders.regions import a_customer_stated, a_user_stated
from contracts.tests.builders.reservations import a_stock_reserved
from contracts.tests.builders.story import (
    CUSHION,
    OUTSIDER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    order_id,
    purchase_order_id,
)
from documents.tests.reading import pages
from services.orders.tests.builders import a_line, an_order_command
from services.orders.tests.purchases import (
    a_change,
    a_purchase,
    order,
    ordered,
    purchase_order,
    sending,
    states,
    what_can_be_bought,
)
from services.orders.tests.worlds import MONDAY, refused

BY: dict[str, Any] = {"user": SENDER, "roles": [Role.PRESCRIBER], "service_points": [SENDING]}
ROUTE = f"/purchase-orders/{purchase_order_id('I-1')}"


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A purchase order of two walkers, of three; customer service; somebody elsewhere."""
    async with given(service, at=MONDAY, policies=with_purchasing_store(policies)) as world:
        await what_can_be_bought(world)
        await world.handle(
            a_user_stated(SERVICE, SENDING, roles=("customer_service",)), subject=SERVICE
        )
        await world.handle(a_customer_stated(RECEIVING, store=None), subject=RECEIVING)
        await world.handle(a_user_stated(OUTSIDER, RECEIVING), subject=OUTSIDER)
        lines = (a_line(WALKER), a_line(RAMP, 5), a_line(WALKER))
        await world.handle(an_order_command(*lines), subject="O-1")
        await world.handle(a_purchase(1, 3), subject="I-1")
        yield world


def a_delay(*lines: int, expected_on: date = date(2026, 3, 16)) -> DelayPurchaseOrder:
    """A command to note another day."""
    return DelayPurchaseOrder(
        lines=tuple(LineNumber(one) for one in lines),
        expected_on=expected_on,
        by=UserId(SERVICE),
        asked_by=UserId(SENDER),
    )


def a_deviation(line: int = 1, kind: str = "damaged", by: str = SENDER) -> ReportDeviation:
    """A command to report what was not as ordered."""
    return ReportDeviation(line=LineNumber(line), kind=Word(kind), by=UserId(by))


def a_settlement(line: int = 1, how: str = "credited") -> SettleDeviation:
    """A command to note how it was settled."""
    return SettleDeviation(
        line=LineNumber(line), how=Word(how), by=UserId(SERVICE), asked_by=UserId(SENDER)
    )


@pytest.mark.rule("ORD-11c")
async def test_who_sees_to_it_that_the_supplier_gets_it_says_how_and_when(world: World) -> None:
    await world.handle(sending(), subject="I-1")
    await world.handle(sending(), subject="I-1")

    (sent,) = await world.events(PurchaseOrderSent)
    assert (sent.how, sent.sent_on, sent.by) == ("printed", date(2026, 3, 2), SENDER)
    assert (await purchase_order(world)).status is Status.SENT
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-11c")
async def test_what_nobody_can_have_sent_is_refused(world: World) -> None:
    assert await refused(world, sending("pigeon"), "I-1") == ("UNKNOWN_WORD", "ORD-11", "how")
    early = sending(sent_on=date(2026, 3, 1))
    assert await refused(world, early, "I-1") == ("SENT_BEFORE_CREATED", "ORD-11", "sent_on")
    reason = ("NOT_YOUR_PURCHASE_ORDER", "REF-3", "by")
    assert await refused(world, sending(by=OUTSIDER), "I-1") == reason
    assert (await refused(world, sending(), "I-9"))[0] == "UNKNOWN_PURCHASE_ORDER"
    assert not await world.events(PurchaseOrderSent)


@pytest.mark.rule("ORD-11c")
async def test_one_that_nobody_has_sent_after_two_working_days_is_told(world: World) -> None:
    await world.advance(stockholm("2026-03-04 23:00"))
    assert not await world.events(PurchaseOrderReminderDue)

    await world.advance(stockholm("2026-03-05 01:00"))

    (due,) = await world.events(PurchaseOrderReminderDue)
    assert (due.waits_for, due.service_point) == ("sending", SENDING)


@pytest.mark.rule("ORD-11c", "NTF-4a")
async def test_one_that_kvitt_was_to_mail_is_told_of_where_nobody_says_what_became_of_the_mail(
    world: World,
) -> None:
    await world.handle(sending(), subject="I-1")
    await ordered(world, WALKER, reference="O-2")
    await world.handle(a_purchase(order="O-2", is_sent_by_kvitt=True), subject="I-2")
    await world.advance(stockholm("2026-03-06 23:00"))
    assert not await world.events(PurchaseOrderReminderDue)

    await world.advance(stockholm("2026-03-10 01:00"))

    (due,) = await world.events(PurchaseOrderReminderDue)
    assert (due.purchase_order_id, due.waits_for) == (purchase_order_id("I-2"), "sending")


@pytest.mark.rule("ORD-11c")
async def test_one_that_is_sent_is_reminded_of_no_more(world: World) -> None:
    await world.handle(sending(), subject="I-1")

    await world.advance(stockholm("2026-03-08 01:00"))

    assert not await world.events(PurchaseOrderReminderDue)


@pytest.mark.rule("ORD-11j")
async def test_a_receipt_is_told_of_on_its_day_and_two_weeks_later(world: World) -> None:
    await world.handle(sending(), subject="I-1")
    await world.advance(stockholm("2026-03-08 23:00"))
    assert not await world.events(PurchaseOrderReceiptDue)

    await world.advance(stockholm("2026-03-09 01:00"))
    assert [one.days_late for one in await world.events(PurchaseOrderReceiptDue)] == [0]
    await world.advance(stockholm("2026-03-23 01:00"))
    assert [one.days_late for one in await world.events(PurchaseOrderReceiptDue)] == [0, 14]
    await world.advance(stockholm("2026-04-30 01:00"))
    assert len(await world.events(PurchaseOrderReceiptDue)) == 2


@pytest.mark.rule("ORD-11j")
async def test_a_line_is_told_of_on_its_own_day_though_another_is_late(world: World) -> None:
    await world.handle(sending(), subject="I-1")
    await world.handle(a_delay(3), subject="I-1")

    await world.advance(stockholm("2026-04-30 01:00"))

    told = [one.days_late for one in await world.events(PurchaseOrderReceiptDue)]
    assert told == [0, 0, 14, 14]  # 9 and 16 March, 23 and 30 March


@pytest.mark.rule("ORD-4g")
async def test_a_direct_line_is_planned_by_the_suppliers_lead_time(world: World) -> None:
    await world.handle(a_direct_article(RAMP, marked=False, supplier=OTHER_SUPPLIER))
    await world.handle(a_direct_article(WALKER, lead_time_days=10))
    await ordered(world, WALKER, reference="O-2")
    await world.handle(a_purchase(1, order="O-2"), subject="I-2")

    planned = await world.events(OrderLinePlanned)

    days = [(one.planned_dispatch_on, one.is_changed) for one in planned]
    assert days == [(date(2026, 3, 9), False)] * 2 + [(date(2026, 3, 16), False)]
    assert (await purchase_order(world, "I-2")).expected_on == date(2026, 3, 16)
    (line,) = (await order(world, "O-2")).lines
    assert line.planned_dispatch_on == date(2026, 3, 16)


@pytest.mark.rule("ORD-4c")
async def test_a_supplier_that_is_late_moves_the_planned_day(world: World) -> None:
    await world.handle(a_supplier_delay_stated(lines=(3,)), subject="26100001")
    await world.handle(a_supplier_delay_stated(version=2, lines=(3,)), subject="26100001")

    (delayed,) = await world.events(PurchaseOrderDelayed)
    assert (len(delayed.lines), delayed.by) == (1, None)
    changed = [one for one in await world.events(OrderLinePlanned) if one.is_changed]
    assert [one.planned_dispatch_on for one in changed] == [date(2026, 3, 16)]
    days = [line.planned_dispatch_on for line in (await order(world)).lines]
    assert days == [date(2026, 3, 9), None, date(2026, 3, 16)]
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-4c")
async def test_customer_service_notes_a_delay_and_others_do_not(world: World) -> None:
    await world.handle(a_delay(1, 3), subject="I-1")

    assert (await purchase_order(world)).awaited_on == date(2026, 3, 16)
    body = {"lines": [1], "expected_on": "2026-03-20", "asked_by": SENDER}
    async with world.http(**BY) as client:
        answer = await client.post(f"{ROUTE}:delay", json=body)
    assert (answer.status_code, answer.json()["reason"]) == (403, "CUSTOMER_SERVICE_ONLY")


@pytest.mark.rule("ORD-4c")
async def test_a_delay_of_what_is_not_expected_is_refused(world: World) -> None:
    assert await refused(world, a_delay(2), "I-1") == ("UNKNOWN_LINE", "ORD-4", "lines")
    for day in (date(2026, 3, 1), date(2026, 3, 2)):  # a planned day is to come (ORD-4f)
        found = await refused(world, a_delay(1, expected_on=day), "I-1")
        assert found == ("DAY_HAS_PASSED", "ORD-4", "expected_on")
    unknown = a_supplier_delay_stated("26109999")
    assert await refused(world, unknown, "26109999") == (
        "UNKNOWN_PURCHASE_ORDER",
        "ORD-4",
        "purchase_order_number",
    )
    await world.handle(a_change(1, 0), subject="I-1")
    assert await refused(world, a_delay(1), "I-1") == ("IS_OVER", "ORD-4", "lines")


@pytest.mark.rule("ORD-11h", "REF-12m")
async def test_customer_service_changes_a_line_as_agreed_with_the_supplier(world: World) -> None:
    await world.handle(a_purchase(2, supplier=OTHER_SUPPLIER), subject="I-2")

    await world.handle(a_change(2, 3, 40_000), subject="I-2")
    await world.handle(a_change(2, 3), subject="I-2")

    (changed,) = await world.events(PurchaseOrderLineChanged)
    assert (changed.quantity, changed.asked_by) == (3, SENDER)
    (reduced,) = await world.events(OrderLineReduced)
    assert reduced.quantity == 3
    assert (await order(world)).lines[1].quantity == 3
    more = await refused(world, a_change(2, 4), "I-2")
    assert more == ("MORE_THAN_ORDERED", "ORD-11", "quantity")
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-14c")
async def test_a_line_that_is_changed_to_none_is_voided_in_the_order_too(world: World) -> None:
    await world.handle(a_change(1, 0), subject="I-1")

    (voided,) = await world.events(OrderLineVoided)
    assert (voided.reason, voided.is_supplier_told) == ("AGREED_WITH_SUPPLIER", True)
    assert await states(world) == [LineState.VOIDED, LineState.ORDERED, LineState.PURCHASED]
    again = await refused(world, a_change(1, 0), "I-1")
    assert again == ("LINE_IS_OVER", "ORD-11", "line")
    assert not await world.events(OrderDelivered)


@pytest.mark.rule("INV-8e")
async def test_a_wrong_delivery_is_reported_and_settled_by_customer_service(world: World) -> None:
    await world.handle(a_deviation(), subject="I-1")
    await world.handle(a_deviation(), subject="I-1")
    assert (await world.row(PurchaseOrderRow, purchase_order_id("I-1"))).has_deviation

    await world.handle(a_settlement(), subject="I-1")

    (line, _) = (await purchase_order(world)).lines
    assert (line.deviation, line.settled) == ("damaged", "credited")
    assert line.deviation_by == SENDER
    assert not (await purchase_order(world)).has_deviation
    await world.advance(stockholm("2026-05-01 08:00"))
    waits = [one.waits_for for one in await world.events(PurchaseOrderReminderDue)]
    assert "settlement" not in waits


@pytest.mark.rule("INV-8e")
async def test_what_is_no_deviation_is_refused(world: World) -> None:
    assert await refused(world, a_deviation(2), "I-1") == ("UNKNOWN_LINE", "INV-8", "line")
    assert await refused(world, a_deviation(kind="ugly"), "I-1") == (
        "UNKNOWN_WORD",
        "INV-8",
        "kind",
    )
    assert (await refused(world, a_deviation(by=OUTSIDER), "I-1"))[1] == "REF-3"
    assert await refused(world, a_settlement(), "I-1") == ("NO_DEVIATION", "INV-8", "line")


@pytest.mark.rule("INV-8e")
async def test_a_deviation_that_is_not_settled_is_reminded_of_each_month(world: World) -> None:
    await world.handle(sending(), subject="I-1")
    await world.handle(a_deviation(), subject="I-1")

    await world.advance(stockholm("2026-04-02 08:00"))

    (due,) = await world.events(PurchaseOrderReminderDue)
    assert due.waits_for == "settlement"


@pytest.mark.rule("ORD-21b")
async def test_an_order_offers_to_create_the_purchase_orders_that_it_lacks(world: World) -> None:
    await ordered(world, WALKER, RAMP, CUSHION, WALKER, reference="O-2")

    async with world.http(**BY) as client:

        async def offered() -> list[dict[str, Any]]:
            shown = (await client.get(f"/orders/{order_id('O-2')}")).json()
            found: list[dict[str, Any]] = shown["to_purchase"]
            return found

        waiting = await offered()
        await world.handle(a_stock_reserved(order_id("O-2")))
        before = await offered()
        body = {"order_id": str(order_id("O-2")), **before[0]}
        created = await client.post("/purchase-orders", json=body)
        after = await offered()

    assert waiting == []
    assert before == [
        {"supplier_id": SUPPLIER, "lines": [1, 4]},
        {"supplier_id": OTHER_SUPPLIER, "lines": [2]},
    ]
    assert created.status_code == 201, created.text
    assert after == before[1:]


@pytest.mark.rule("ORD-11i")
async def test_what_has_no_purchase_order_is_listed_for_who_makes_it(world: World) -> None:
    await ordered(world, WALKER, reference="O-2")

    async with world.http(**BY) as client:
        every = (await client.get("/orders:to-purchase")).json()["items"]
        of_one = (await client.get(f"/orders:to-purchase?supplier_id={OTHER_SUPPLIER}")).json()
    outsider = {**BY, "user": OUTSIDER, "service_points": [RECEIVING]}
    async with world.http(**outsider) as other:
        elsewhere = (await other.get("/orders:to-purchase")).json()["items"]

    assert [(one["order_number"], len(one["lines"])) for one in every] == [
        ("26100001", 1),
        ("26100002", 1),
    ]
    assert every[0]["lines"][0]["supplier_id"] == OTHER_SUPPLIER
    assert [one["order_id"] for one in of_one["items"]] == [str(order_id("O-1"))]
    assert elsewhere == []


@pytest.mark.rule("ORD-11b", "ORD-11d")
async def test_it_is_printed_and_again_with_what_is_left_of_it(world: World) -> None:
    async with world.http(**BY) as client:
        first = await client.get(f"{ROUTE}/document")
        again = await client.get(f"{ROUTE}/document")
        await world.handle(a_change(1, 0), subject="I-1")
        less = await client.get(f"{ROUTE}/document")
    await world.handle(a_change(3, 0), subject="I-1")
    async with world.http(**BY) as client:
        none = await client.get(f"{ROUTE}/document")

    (page,) = pages(first.content)
    assert "Inköpsordernummer 26100001" in page
    assert "Nordhjälp AB" in page
    assert "Levereras till Enhet 40201" in page
    assert "Testsson" not in page  # no patient is named
    assert first.content == again.content
    assert first.headers["cache-control"] == "no-store"
    assert pages(less.content)[0].count(WALKER) == 1
    assert (none.status_code, none.json()["reason"]) == (409, "IS_OVER")


@pytest.mark.rule("ORD-11g")
async def test_that_of_a_service_goes_along_with_the_device(world: World) -> None:
    await world.handle(a_direct_article("39002", marked=False, type="service"))
    line = a_line("39002", comment="Byt länkhjul")
    await world.handle(an_order_command(line), subject="O-3")
    await world.handle(a_purchase(1, order="O-3"), subject="I-3")

    async with world.http(**BY) as client:
        shown = await client.get(f"/purchase-orders/{purchase_order_id('I-3')}/document")

    (page,) = pages(shown.content)
    assert "Inköpsordern följer med hjälpmedlet till leverantören." in page
    assert "Rad 1 Byt länkhjul" in page


async def test_acts_over_http_show_the_purchase_order_as_it_is_then(world: World) -> None:
    async with world.http(**BY) as client:
        sent = await client.post(f"{ROUTE}:send", json={"how": "phone", "sent_on": "2026-03-02"})
        odd = await client.post(f"{ROUTE}:report-deviation", json={"line": 1, "kind": "short"})
    staff: dict[str, Any] = {
        "user": SERVICE,
        "roles": [Role.CUSTOMER_SERVICE],
        "service_points": [SENDING],
    }
    async with world.http(**staff) as client:
        body = {"line": 1, "how": "kept", "asked_by": SENDER}
        kept = await client.post(f"{ROUTE}:settle-deviation", json=body)
        change = {"line": 3, "quantity": 0, "asked_by": SENDER}
        less = await client.post(f"{ROUTE}:change-line", json=change)

    assert (sent.json()["how"], sent.json()["sent_by"]) == ("phone", SENDER)
    assert odd.json()["has_deviation"] is True
    assert kept.json()["lines"][0]["settled"] == "kept"
    assert [line["state"] for line in less.json()["lines"]] == ["open", "voided"]
    assert less.json()["supplier_id"] == SUPPLIER
