"""ORD-12: what of a direct delivery can be received, by whom, and when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kvitt_contracts.orders import (
    OrderEvent,
    OrderLineDelivered,
    OrderLineDiverted,
    OrderLinePurchased,
    OrderLineVoided,
    OrderReceiptRefused,
    OrderReceiptReported,
    ReceivedLine,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    DeviceNumber,
    Holder,
    LineNumber,
    MarkedDevice,
    Money,
    OrderLineId,
    PurchaseOrderId,
    ReasonCode,
    ReceiptId,
    RefusedLine,
    Role,
    ServicePointId,
    StoreId,
    UserId,
)
from orders.articles.domain import Article
from orders.customer_orders import domain as orders
from orders.customer_orders.domain import Order
from orders.customer_orders.line_rules.domain import BY_SUPPLIER, lines_to_void, void_line
from orders.customer_orders.lines import LineState
from orders.purchase_orders import domain as purchase_orders
from orders.purchase_orders.domain import PurchaseOrder
from orders.receipts import domain
from orders.receipts.answers import domain as answers
from orders.receipts.reasons import ReceiptNotTaken
from orders.units.domain import User

from contracts.tests.builders.orders import a_line
from contracts.tests.builders.purchases import a_purchase_order_created
from contracts.tests.builders.receipts import (
    a_direct_line,
    a_direct_order_placed,
    a_line_stocked,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    DAY,
    FITTING,
    OTHER,
    OWN,
    ROLLATOR,
    SENDER,
    SENDING,
    a_care_unit,
    a_patient,
    a_store,
    line_id,
    purchase_order_id,
    receipt_id,
)
from services.orders.tests.builders import a_policy

ARRIVED = date(2026, 3, 12)
FIRST, SECOND = purchase_order_id("I-1"), purchase_order_id("I-2")
AGREED = Money(net_ore=129_000)


def an_article(number: str, **changes: Any) -> Article:
    """An article as orders reads it; a rollator is marked."""
    values: dict[str, Any] = {
        "article_number": ArticleNumber(number),
        "type": ArticleType.MAIN_DEVICE,
        "marked": number == ROLLATOR,
        "in_assortment": True,
        "status": ArticleStatus.ACTIVE,
    }
    return Article(**values | changes)


def an_order() -> Order:
    """Two rollators, four cushions and a fitting come direct, of two purchase orders; the cushions
    of the fourth line are not purchased.
    """
    placed = a_direct_order_placed(
        a_direct_line(ROLLATOR, 2),
        a_direct_line(CUSHION, 4, number=2),
        a_direct_line(FITTING, number=3, article_type="service"),
        a_direct_line(CUSHION, number=4),
    )
    order = orders.evolve(None, placed)
    for number, bought in ((1, FIRST), (2, FIRST), (3, SECOND)):
        order = orders.evolve(order, a_purchase_of(number, bought))
    return order


def a_purchase_of(number: int, purchase_order: PurchaseOrderId) -> OrderLinePurchased:
    """A line is in a purchase order."""
    order = a_direct_order_placed().order_id
    return OrderLinePurchased(
        order_id=order, line_id=line_id(number=number), purchase_order_id=purchase_order
    )


def a_purchase_order(
    purchase_order: PurchaseOrderId, *lines: tuple[int, str, int], price: Money | None = AGREED
) -> PurchaseOrder:
    """A purchase order of these lines, at one price."""
    created = a_purchase_order_created(
        purchase_order_id=purchase_order,
        lines=tuple(
            {
                "line_id": line_id(number=number),
                "article_number": article,
                "quantity": quantity,
                "price": price,
            }
            for number, article, quantity in lines
        ),
    )
    return purchase_orders.evolve(None, created)


def a_delivery(
    order: Order | None = None,
    *,
    price: Money | None = AGREED,
    is_free: bool = False,
    within: PurchaseOrderId | None = None,
) -> domain.Delivery:
    """What can be received of the order."""
    return domain.Delivery(
        order=order or an_order(),
        purchase_orders={
            FIRST: a_purchase_order(FIRST, (1, ROLLATOR, 2), (2, CUSHION, 4), price=price),
            SECOND: a_purchase_order(SECOND, (3, FITTING, 1), price=price),
        },
        articles={
            ArticleNumber(number): an_article(number, is_free=is_free)
            for number in (ROLLATOR, CUSHION, FITTING)
        },
        within=within,
    )


def came(
    line: int, quantity: int, *devices: str, price: int | None = None, serial: str | None = "SN"
) -> ReceivedLine:
    """What has arrived of a line; each device with a serial number of its own."""
    return ReceivedLine(
        line=line,
        quantity=quantity,
        price=None if price is None else Money(net_ore=price),
        devices=tuple(
            MarkedDevice(
                device_number=DeviceNumber(number), serial_number=serial and f"{serial}-{number}"
            )
            for number in devices
        ),
    )


def a_user(**changes: Any) -> User:
    """A colleague at the service point."""
    values: dict[str, Any] = {
        "user_id": UserId("k300kol"),
        "roles": (Role.REQUESTER,),
        "service_points": (ServicePointId(SENDING),),
        "default_service_point": ServicePointId(SENDING),
        "active": True,
    }
    return User(**values | changes)


def report(
    *lines: ReceivedLine,
    delivery: domain.Delivery | None = None,
    to: Holder | None = None,
    on: date = ARRIVED,
) -> OrderReceiptReported:
    """Report these lines."""
    return domain.report(
        delivery or a_delivery(),
        lines,
        receipt_id=receipt_id(),
        to=to or a_patient(),
        by=a_user(),
        received_on=on,
    )


def refused(*lines: ReceivedLine, **changes: Any) -> tuple[str, str | None]:
    """The reason and the field of a report that is refused."""
    with pytest.raises(ReceiptNotTaken) as error:
        report(*lines, **changes)
    assert error.value.way_on
    return error.value.reason, error.value.field


TWO = came(1, 2, "R1", "R2")
FOUR = came(2, 4)
TAKEN = RefusedLine(line_id=line_id(), reason=ReasonCode("DEVICE_NUMBER_TAKEN"))


@pytest.mark.rule("ORD-12b", "ORD-12c")
def test_only_what_has_arrived_is_received_of_several_purchase_orders() -> None:
    reported = report(TWO, came(3, 1))

    assert [(one.line_id, one.purchase_order_id) for one in reported.lines] == [
        (line_id(number=1), FIRST),
        (line_id(number=3), SECOND),
    ]
    after = orders.evolve(an_order(), reported)
    assert [line.state for line in after.lines] == [
        LineState.RECEIVING,
        LineState.PURCHASED,
        LineState.RECEIVING,
        LineState.ORDERED,
    ]
    assert after.is_waiting


@pytest.mark.rule("ORD-12a")
def test_by_a_purchase_orders_number_only_its_lines_are_received() -> None:
    assert report(TWO, delivery=a_delivery(within=FIRST)).lines

    assert refused(TWO, came(3, 1), delivery=a_delivery(within=FIRST)) == (
        "NOT_ON_PURCHASE_ORDER",
        "lines.1.line",
    )


@pytest.mark.rule("ORD-12f")
@pytest.mark.parametrize(
    ("quantity", "reason"), [(3, "NOT_IN_PART"), (1, "NOT_IN_PART"), (5, "MORE_THAN_ORDERED")]
)
def test_a_line_is_never_received_in_part(quantity: int, reason: str) -> None:
    assert refused(came(2, quantity)) == (reason, "lines.0.quantity")


@pytest.mark.rule("ORD-12d")
@pytest.mark.parametrize("agreed", [None, Money(net_ore=0)], ids=["none", "zero"])
def test_a_line_without_a_price_must_get_the_unit_price_of_the_delivery_note(
    agreed: Money | None,
) -> None:
    delivery = a_delivery(price=agreed)

    assert refused(FOUR, delivery=delivery) == ("UNIT_PRICE_MISSING", "lines.0.price")
    assert refused(came(2, 4, price=0), delivery=delivery) == (
        "UNIT_PRICE_MISSING",
        "lines.0.price",
    )
    (line,) = report(came(2, 4, price=3_335), delivery=delivery).lines
    assert line.price.net_ore == 3_335


@pytest.mark.rule("ORD-12d")
@pytest.mark.parametrize(("given", "counts"), [(None, 129_000), (131_000, 131_000)])
def test_an_agreed_price_counts_unless_the_note_has_another(given: int | None, counts: int) -> None:
    (line,) = report(came(2, 4, price=given)).lines

    assert line.price.net_ore == counts


@pytest.mark.parametrize("price", [0, -1])
def test_nothing_is_no_price_of_what_was_to_cost_something(price: int) -> None:
    assert refused(came(2, 4, price=price)) == ("UNIT_PRICE_MISSING", "lines.0.price")


@pytest.mark.rule("ORD-12i")
@pytest.mark.parametrize("agreed", [None, Money(net_ore=0)], ids=["none", "zero"])
def test_of_what_is_free_no_price_is_asked(agreed: Money | None) -> None:
    (line,) = report(FOUR, delivery=a_delivery(price=agreed, is_free=True)).lines

    assert line.price.net_ore == 0


@pytest.mark.rule("ORD-12e")
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (came(1, 2, "R1"), "DEVICES_DO_NOT_MATCH_QUANTITY"),
        (came(1, 2), "DEVICES_DO_NOT_MATCH_QUANTITY"),
        (came(2, 4, "R1", "R2", "R3", "R4"), "DEVICES_DO_NOT_MATCH_QUANTITY"),
        (came(1, 2, "R1", "R1"), "DEVICE_NUMBER_TWICE"),
        (came(1, 2, "R1", "R2", serial=None), "SERIAL_NUMBER_MISSING"),
        (
            came(1, 2).model_copy(
                update={
                    "devices": (
                        MarkedDevice(device_number=DeviceNumber("R1"), serial_number="SN"),
                        MarkedDevice(device_number=DeviceNumber("R2"), serial_number="SN"),
                    )
                }
            ),
            "SERIAL_NUMBER_TWICE",
        ),
    ],
)
def test_each_marked_device_gets_a_number_and_a_serial_number(
    line: ReceivedLine, reason: str
) -> None:
    assert refused(line) == (reason, "lines.0.devices")


def test_a_line_is_named_once_and_known() -> None:
    assert refused(FOUR, FOUR) == ("LINE_TWICE", "lines.1.line")
    assert refused(came(9, 1)) == ("UNKNOWN_LINE", "lines.0.line")


def test_what_comes_from_the_central_store_is_not_received() -> None:
    order = an_order()
    central = order.lines[0].model_copy(update={"is_direct": False})
    mixed = replace(order, lines=(central, *order.lines[1:]))

    assert refused(TWO, delivery=a_delivery(mixed)) == ("NOT_DIRECT", "lines.0.line")


@pytest.mark.rule("ORD-12l")
@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (LineState.ORDERED, "NOT_PURCHASED"),
        (LineState.RECEIVING, "RECEIPT_UNDERWAY"),
        (LineState.DELIVERED, "LINE_RECEIVED_ALREADY"),
        (LineState.DIVERTED, "LINE_RECEIVED_ALREADY"),
        (LineState.VOIDED, "LINE_VOIDED"),
    ],
)
def test_a_line_is_received_once_and_only_while_it_is_purchased(
    state: LineState, reason: str
) -> None:
    order = orders.with_line(an_order(), line_id(number=2), reached=state)

    assert refused(FOUR, delivery=a_delivery(order)) == (reason, "lines.0.line")


@pytest.mark.rule("DAY-5a")
def test_nothing_is_received_before_its_orders_day() -> None:
    assert report(FOUR, on=DAY).received_on == DAY

    assert refused(FOUR, on=date(2026, 3, 1)) == ("RECEIVED_BEFORE_ORDER", "received_on")


@pytest.mark.rule("ORD-12h")
def test_whoever_works_at_the_service_point_may_receive() -> None:
    order = an_order()

    assert domain.may_receive(order, by=a_user())
    assert not domain.may_receive(order, by=a_user(service_points=(ServicePointId(OTHER),)))
    customer_service = a_user(
        roles=(Role.CUSTOMER_SERVICE,), service_points=(ServicePointId(OTHER),)
    )
    assert domain.may_receive(order, by=customer_service)


@pytest.mark.rule("REF-14e")
def test_what_comes_for_who_is_inactive_goes_to_the_units_own_store_else_the_central_one() -> None:
    stores = {"own_store": StoreId(OWN), "central": StoreId(CENTRAL)}
    to = domain.deliver_to

    assert to(a_patient(), may_get=True, **stores) == a_patient()
    assert to(a_care_unit(), may_get=True, **stores) == a_care_unit()
    assert to(a_patient(), may_get=False, **stores) == a_store(OWN)
    assert to(a_patient(), may_get=False, own_store=None, central=StoreId(CENTRAL)) == a_store(
        CENTRAL
    )


@pytest.mark.rule("ORD-12k")
def test_the_lines_of_a_refused_receipt_can_be_received_anew() -> None:
    order = orders.evolve(an_order(), report(TWO, FOUR))
    (told,) = answers.refuse_receipt(
        order,
        receipt_id(),
        refused=(TAKEN,),
        by=UserId(SENDER),
    )

    after = orders.evolve(order, told)

    assert [line.state for line in after.lines][:2] == [LineState.PURCHASED] * 2
    assert not after.is_receiving(receipt_id())
    assert (
        answers.refuse_receipt(after, receipt_id(), refused=told.refused, by=UserId(SENDER)) == ()
    )


def test_a_line_that_is_delivered_direct_is_over() -> None:
    order = orders.evolve(an_order(), report(FOUR))

    for event in orders.deliver_line(order, line_id(number=2), quantity=4, on=ARRIVED):
        order = orders.evolve(order, event)

    assert order.lines[1].state is LineState.DELIVERED
    assert order.status is orders.Status.PART_DELIVERED
    assert not order.is_waiting


@pytest.mark.rule("REF-14e")
def test_a_line_in_a_store_is_diverted_and_the_last_one_ends_the_order() -> None:
    order = an_order()
    stocked = a_line_stocked(article=CUSHION, line=2, quantity=4)
    for number in (1, 3, 4):
        order = orders.with_line(order, line_id(number=number), reached=LineState.DIVERTED)

    events = answers.divert_line(order, stocked.line_id, store=stocked.store, on=ARRIVED)

    assert [event.wire_type for event in events] == ["orders.order.line-diverted.v1"]
    after = orders.evolve(order, events[0])
    assert after.lines[1].state is LineState.DIVERTED
    assert after.status is orders.Status.DELIVERED


def test_a_diverted_line_beside_a_delivered_one_makes_the_order_delivered() -> None:
    order = an_order()
    for number in (1, 3, 4):
        order = orders.with_line(order, line_id(number=number), reached=LineState.DELIVERED)

    events = answers.divert_line(order, line_id(number=2), store=StoreId(OWN), on=ARRIVED)

    assert [event.wire_type for event in events] == [
        "orders.order.line-diverted.v1",
        "orders.order.delivered.v1",
    ]


def test_the_line_of_another_order_is_a_fault() -> None:
    other = a_line(order="O-9").line_id

    with pytest.raises(ValueError, match="has no line"):
        answers.divert_line(an_order(), other, store=StoreId(OWN), on=ARRIVED)


ACTS = ("reported", "voided", "booked", "stocked", "refused")


@pytest.mark.rule("ORD-12l", "ORD-14d")
@given(acts=st.lists(st.sampled_from(ACTS), max_size=12))
def test_no_order_of_receipts_answers_and_voids_gives_both_or_loses_a_line(
    acts: Sequence[str],
) -> None:
    order, number = an_order(), LineNumber(2)
    said: list[OrderEvent] = []
    under_way: list[ReceiptId] = []
    for turn, act in enumerate(acts):
        events = _act(act, order, number, receipt_id(f"K-{turn}"), under_way)
        under_way = [
            *(one for one in under_way if act in ("reported", "voided")),
            *(one.receipt_id for one in events if isinstance(one, OrderReceiptReported)),
        ]
        for event in events:
            order = orders.evolve(order, event)
            said.append(event)

    line = order.lines[1]
    ends = [one for one in said if isinstance(one, _ENDS)]
    reports = [one for one in said if isinstance(one, OrderReceiptReported)]
    refusals = [one for one in said if isinstance(one, OrderReceiptRefused)]
    assert len(ends) <= 1
    assert line.is_over == (len(ends) == 1)
    assert (line.state is LineState.RECEIVING) == (len(under_way) == 1)
    received = [one for one in ends if not isinstance(one, OrderLineVoided)]
    assert len(reports) == len(refusals) + len(received) + len(under_way)


_ENDS = (OrderLineDelivered, OrderLineDiverted, OrderLineVoided)


def _act(
    act: str,
    order: Order,
    number: LineNumber,
    receipt: ReceiptId,
    under_way: Sequence[ReceiptId],
) -> Sequence[OrderEvent]:
    """What orders says; nothing where it refuses. The stores answer only what is under way."""
    line = order.lines[number - 1]
    try:
        if act == "reported":
            reported = domain.report(
                a_delivery(order),
                [FOUR],
                receipt_id=receipt,
                to=a_patient(),
                by=a_user(),
                received_on=ARRIVED,
            )
            return (reported,)
        if act == "voided":
            by = a_user(roles=(Role.CUSTOMER_SERVICE,))
            found = lines_to_void(
                order, [number], by=by, asked_by=UserId(SENDER), policy=a_policy()
            )
            return tuple(event for one in found for event in _void(order, one.line_id))
    except Refused:
        return ()
    if not under_way:
        return ()
    if act == "booked":
        return orders.deliver_line(order, line.line_id, quantity=4, on=ARRIVED)
    if act == "stocked":
        return answers.divert_line(order, line.line_id, store=StoreId(OWN), on=ARRIVED)
    return answers.refuse_receipt(order, under_way[0], refused=(TAKEN,), by=UserId(SENDER))


def _void(order: Order, line: OrderLineId) -> Sequence[OrderEvent]:
    return void_line(
        order,
        line,
        reason=BY_SUPPLIER,
        is_supplier_told=True,
        today=ARRIVED,
        by=UserId(SENDER),
        asked_by=None,
    )
