"""ORD-12: a direct delivery from its report to the stores' answer, on real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from kvitt_contracts.orders import (
    OrderDelivered,
    OrderLineDelivered,
    OrderLineDiverted,
    OrderReceiptRefused,
    OrderReceiptReported,
    PurchaseOrderLineReceived,
    ReceivedLine,
    ReportReceipt,
    VoidOrder,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import (
    DeviceNumber,
    LineNumber,
    MarkedDevice,
    Money,
    OrderNumber,
    PatientRecipient,
    Role,
    UserId,
)
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.customer_orders.domain import Status as OrderStatus
from orders.customer_orders.handlers import ORDERS_UNANSWERED
from orders.customer_orders.lines import LineState
from orders.purchase_orders.domain import Status as PurchaseStatus
from orders.receipts.domain import Status
from orders.receipts.models import ReceiptRow

from contracts.tests.builders.purchases import (
    OTHER_SUPPLIER,
    RAMP,
    SUPPLIER,
    WALKER,
    a_direct_article,
    with_purchasing_store,
)
from contracts.tests.builders.receipts import a_line_stocked, a_receipt_refused
from contracts.tests.builders.regions import a_customer_stated, a_person_stated, a_user_stated
from contracts.tests.builders.reservations import a_line_delivered, a_stock_reserved
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    DAY,
    OTHER,
    OUTSIDER,
    OWN,
    SENDER,
    SENDING,
    SERVICE,
    SUBSTITUTE,
    a_store,
    line_id,
    order_id,
    receipt_id,
)
from services.orders.tests.purchases import (
    a_change,
    a_purchase,
    a_void_of_line,
    order,
    ordered,
    purchase_order,
    states,
    what_can_be_bought,
)
from services.orders.tests.worlds import MONDAY, ref_of, refused

BY: dict[str, Any] = {"user": SENDER, "roles": [Role.PRESCRIBER], "service_points": [SENDING]}
NUMBER = "26100001"
"""The first order's number, and the first purchase order's."""


STAFF = ("customer_service",)


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """An order of a marked walker, a ramp of another supplier and a cushion of the central store;
    walker and ramp are bought.
    """
    async with given(service, at=MONDAY, policies=with_purchasing_store(policies)) as world:
        await what_can_be_bought(world)
        await ordered(world, WALKER, RAMP, CUSHION)
        await world.handle(a_stock_reserved("O-1"))
        await world.handle(a_purchase(1), subject="I-1")
        await world.handle(a_purchase(2, supplier=OTHER_SUPPLIER), subject="I-2")
        yield world


def came(line: int, *devices: str, price: int | None = 129_000) -> ReceivedLine:
    """One of a line has arrived."""
    return ReceivedLine(
        line=LineNumber(line),
        quantity=1,
        price=None if price is None else Money(net_ore=price),
        devices=tuple(
            MarkedDevice(device_number=DeviceNumber(number), serial_number=f"SN-{number}")
            for number in devices
        ),
    )


def a_report(
    *lines: ReceivedLine, kind: str = "order", number: str = NUMBER, by: str = SENDER
) -> ReportReceipt:
    """A region reports what has arrived; the walker unless told."""
    return ReportReceipt(
        number_kind="order" if kind == "order" else "purchase_order",
        number=OrderNumber(number),
        received_on=DAY,
        lines=lines or (came(1, "R1"),),
        by=UserId(by),
    )


async def reported(world: World, *lines: ReceivedLine, receipt: str = "K-1", **others: str) -> None:
    """What has arrived is reported."""
    await world.handle(a_report(*lines, **others), subject=receipt)


async def receipt(world: World, name: str = "K-1") -> ReceiptRow:
    """The receipt as it is now."""
    return await world.row(ReceiptRow, receipt_id(name))


def delivered(line: int = 1, *devices: str, article: str = WALKER) -> Any:
    """The stores' answer of a line."""
    return a_line_delivered(
        line=line,
        article=article,
        on=str(DAY),
        devices=devices,
        charging="rent" if devices else "sale",
        unit_price=129_000,
    )


@pytest.mark.rule("ORD-12b", "ORD-12c", "ORD-12g")
async def test_a_receipt_is_told_to_the_stores_and_their_answer_delivers_and_clears(
    world: World,
) -> None:
    await reported(world, came(1, "R1"), came(2, price=3_335))

    (told,) = await world.events(OrderReceiptReported)
    patient = PatientRecipient(person=await ref_of(world))
    assert (told.deliver_to, told.by, told.received_on) == (patient, SENDER, DAY)
    assert [line.price.net_ore for line in told.lines] == [129_000, 3_335]
    assert (await states(world))[:2] == [LineState.RECEIVING] * 2
    assert (await receipt(world)).status is Status.REPORTED

    await world.handle(delivered(1, "R1"))
    assert (await receipt(world)).status is Status.REPORTED
    await world.handle(delivered(2, article=RAMP))

    assert (await receipt(world)).status is Status.BOOKED
    assert await states(world) == [LineState.DELIVERED, LineState.DELIVERED, LineState.ORDERED]
    received = await world.events(PurchaseOrderLineReceived)
    assert [(one.item.article_number, one.price.net_ore) for one in received] == [
        (WALKER, 129_000),
        (RAMP, 3_335),
    ]
    assert (await purchase_order(world)).status is PurchaseStatus.CLOSED
    assert (await purchase_order(world, "I-2")).status is PurchaseStatus.CLOSED
    assert (await order(world)).status is OrderStatus.PART_DELIVERED
    await assert_rows_are_folds(world)


async def test_with_its_last_line_the_order_is_delivered(world: World) -> None:
    await reported(world, came(1, "R1"), came(2))

    await world.handle_all(
        delivered(1, "R1"),
        delivered(2, article=RAMP),
        a_line_delivered(line=3, article=CUSHION, on=str(DAY)),
    )

    assert len(await world.events(OrderLineDelivered)) == 3
    assert len(await world.events(OrderDelivered)) == 1


@pytest.mark.rule("ORD-12a")
async def test_the_user_says_whose_number_it_is_for_both_may_be_the_same(world: World) -> None:
    other = await ordered(world, WALKER, reference="O-2")
    await world.handle(a_purchase(1, order="O-2"), subject="I-3")
    bought = await purchase_order(world, "I-3")
    assert bought.purchase_order_number != other.order_number

    await reported(world, kind="purchase_order", number=bought.purchase_order_number)

    (told,) = await world.events(OrderReceiptReported)
    assert told.order_id == other.id
    await reported(world, kind="order", receipt="K-2")
    assert (await world.events(OrderReceiptReported))[1].order_id == order_id("O-1")


@pytest.mark.rule("ORD-12a")
async def test_by_a_purchase_orders_number_its_own_lines_alone_are_received(world: World) -> None:
    wrong = a_report(came(2), kind="purchase_order")

    found = await refused(world, wrong, "K-1")

    assert found == ("NOT_ON_PURCHASE_ORDER", "ORD-12", "lines.0.line")


@pytest.mark.rule("ORD-12h")
async def test_a_colleague_receives_and_who_works_elsewhere_finds_nothing(world: World) -> None:
    await world.handle(a_user_stated(SUBSTITUTE, SENDING), subject=SUBSTITUTE)
    await world.handle(a_customer_stated(OTHER), subject=OTHER)
    await world.handle(a_user_stated(OUTSIDER, OTHER), subject=OUTSIDER)

    found = await refused(world, a_report(by=OUTSIDER), "K-1")
    unknown = await refused(world, a_report(number="26109999"), "K-1")
    assert found == unknown == ("UNKNOWN_NUMBER", "ORD-12", "number")
    await reported(world, by=SUBSTITUTE)

    assert (await receipt(world)).by == SUBSTITUTE


@pytest.mark.rule("ORD-12l")
async def test_of_two_receipts_of_a_line_the_first_counts(world: World) -> None:
    await reported(world)

    found = await refused(world, a_report(came(1, "R9")), "K-2")

    assert found == ("RECEIPT_UNDERWAY", "ORD-12", "lines.0.line")
    await world.handle(delivered(1, "R1"))
    found = await refused(world, a_report(came(1, "R9")), "K-2")
    assert found == ("LINE_RECEIVED_ALREADY", "ORD-12", "lines.0.line")
    assert len(await world.events(OrderReceiptReported)) == 1


@pytest.mark.rule("ORD-12l", "ORD-14a")
async def test_what_is_being_received_is_not_voided(world: World) -> None:
    await reported(world)
    await world.handle(a_user_stated(SERVICE, SENDING, roles=STAFF), subject=SERVICE)

    whole = await refused(world, VoidOrder(by=UserId(SENDER)), "O-1")
    line = await refused(world, a_void_of_line(1), "O-1")

    assert (whole[0], line[0]) == ("PURCHASE_ORDER_EXISTS", "LINE_IS_RECEIVED")


@pytest.mark.rule("ORD-12l", "ORD-11h")
@pytest.mark.parametrize("quantity", [0, 1], ids=["none of it", "another price"])
async def test_what_is_being_received_is_not_changed_with_the_supplier(
    world: World, quantity: int
) -> None:
    await reported(world, came(1, "R1"), came(2))
    await world.handle(a_user_stated(SERVICE, SENDING, roles=STAFF), subject=SERVICE)

    change = a_change(2, quantity, price=99_000)
    found = await refused(world, change, "I-2")

    assert found == ("RECEIPT_UNDERWAY", "ORD-12", "line")
    await world.handle(a_receipt_refused())
    await world.handle(change, subject="I-2")


async def test_a_reference_names_one_receipt(world: World) -> None:
    await reported(world)

    found = await refused(world, a_report(came(2)), "K-1")

    assert found == ("ALREADY_REPORTED", "ORD-12", "ce_subject")


@pytest.mark.rule("ORD-12k")
async def test_a_receipt_that_the_stores_refuse_is_told_and_can_be_made_anew(world: World) -> None:
    await reported(world, came(1, "R1"), came(2))

    await world.handle(a_receipt_refused())

    (told,) = await world.events(OrderReceiptRefused)
    assert (told.by, told.refused[0].reason) == (SENDER, "DEVICE_NUMBER_TAKEN")
    assert (await receipt(world)).status is Status.REFUSED
    assert (await states(world))[:2] == [LineState.PURCHASED] * 2
    assert await world.events(PurchaseOrderLineReceived) == []
    await reported(world, came(1, "R2"), came(2), receipt="K-2")
    await world.handle_all(delivered(1, "R2"), delivered(2, article=RAMP))
    assert (await receipt(world, "K-2")).status is Status.BOOKED
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-14e")
@pytest.mark.parametrize(("own", "store"), [(OWN, OWN), (None, CENTRAL)], ids=["own", "central"])
async def test_what_comes_for_who_has_died_is_put_into_a_store_and_clears_all_the_same(
    world: World, own: str | None, store: str
) -> None:
    await world.handle(a_customer_stated(SENDING, store=own, version=2), subject=SENDING)
    await world.handle(a_person_stated(deceased=True, version=2), subject="ac-person-1")

    await reported(world)
    await world.handle(a_line_stocked("O-1", "R1", article=WALKER, on=str(DAY), store=store))

    (told,) = await world.events(OrderReceiptReported)
    assert told.deliver_to == a_store(store)
    (diverted,) = await world.events(OrderLineDiverted)
    assert (diverted.line_id, diverted.store) == (line_id(), store)
    assert len(await world.events(PurchaseOrderLineReceived)) == 1
    assert (await states(world))[0] is LineState.DIVERTED
    assert (await receipt(world)).status is Status.BOOKED
    await assert_rows_are_folds(world)


async def test_a_receipt_that_the_stores_do_not_answer_raises_an_alarm_each_day(
    world: World,
) -> None:
    await reported(world)
    unanswered = ORDERS_UNANSWERED.labels("orders", OrderStatus.REGISTERED)
    before = unanswered._value.get()

    await world.advance(MONDAY + timedelta(hours=49))

    assert unanswered._value.get() == before + 2


@pytest.mark.rule("ORD-12d", "ORD-12i")
async def test_the_price_is_asked_unless_it_is_agreed_or_nothing(world: World) -> None:
    found = await refused(world, a_report(came(2, price=None)), "K-1")
    assert found == ("UNIT_PRICE_MISSING", "ORD-12", "lines.0.price")
    free = a_direct_article(RAMP, marked=False, supplier=OTHER_SUPPLIER, is_free=True)
    await world.handle(free)

    await reported(world, came(2, price=None))

    (told,) = await world.events(OrderReceiptReported)
    assert told.lines[0].price.net_ore == 0


@pytest.mark.rule("ORD-12a", "ORD-15d")
async def test_over_http_what_is_awaited_is_received_and_the_answer_shown(world: World) -> None:
    async with world.http(**BY) as client:
        awaited = (await client.get("/receipts/awaited?service_point=40201")).json()
        body = {
            "number_kind": "purchase_order",
            "number": awaited["items"][0]["purchase_order_number"],
            "received_on": str(DAY),
            "lines": [
                {
                    "line": 1,
                    "quantity": 1,
                    "price": {"net_ore": 129_000, "vat_percent": 25},
                    "devices": [{"device_number": "R1", "serial_number": "SN-R1"}],
                }
            ],
            "reference": "K-1",
        }
        answer = await client.post("/receipts", json=body)
        under_way = (await client.get("/receipts/awaited")).json()
    assert awaited["total"] == 2
    (line,) = awaited["items"][0]["lines"]
    assert (line["number"], line["article_number"], line["quantity"]) == (1, WALKER, 1)
    assert (line["is_price_asked"], line["is_marked"], line["is_receiving"]) == (True, True, False)
    assert answer.status_code == 202, answer.text
    assert (answer.json()["status"], answer.json()["pending"]) == ("reported", True)
    assert under_way["items"][0]["lines"][0]["is_receiving"]

    await world.handle(a_receipt_refused())
    async with world.http(**BY) as client:
        shown = (await client.get(f"/receipts/{receipt_id()}")).json()
    assert (shown["status"], shown["pending"]) == ("refused", False)
    (hindered,) = shown["refused"]
    assert (hindered["number"], hindered["reason"]) == (1, "DEVICE_NUMBER_TAKEN")
    assert "Individnumret finns redan" in hindered["way_on"]


@pytest.mark.rule("ORD-15d")
async def test_what_is_received_is_awaited_no_more(world: World) -> None:
    await reported(world)
    await world.handle(delivered(1, "R1"))

    async with world.http(**BY) as client:
        awaited = (await client.get("/receipts/awaited")).json()

    assert [one["supplier_id"] for one in awaited["items"]] == [OTHER_SUPPLIER]
    assert SUPPLIER not in str(awaited)


async def test_a_receipt_is_shown_to_the_unit_alone(world: World) -> None:
    await reported(world)
    elsewhere: dict[str, Any] = {
        "user": OUTSIDER,
        "roles": [Role.PRESCRIBER],
        "service_points": [OTHER],
    }

    async with world.http(**elsewhere) as client:
        shown = await client.get(f"/receipts/{receipt_id()}")
        awaited = (await client.get("/receipts/awaited")).json()

    assert shown.status_code == 404
    assert awaited["total"] == 0


async def test_the_orders_story_tells_of_its_receipts(world: World) -> None:
    await reported(world, came(1, "R1"), came(2))
    await world.handle(a_receipt_refused())
    await reported(world, came(1, "R2"), receipt="K-2")
    await world.handle(a_line_stocked("O-1", "R2", article=WALKER, on=str(DAY)))

    async with world.http(**BY) as client:
        story = (await client.get(f"/orders/{order_id('O-1')}/story")).json()

    told = [one["summary"] for one in story["items"]]
    for words in (
        "rad 1, 2.",
        "rad 1: individnumret finns redan på ett annat hjälpmedel",
        "Rad 1 ställdes i förråd 402",
    ):
        assert any(words in one for one in told), (words, told)
