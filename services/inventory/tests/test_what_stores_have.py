"""The night's comparisons of what stores have with the orders, claims and devices behind it
(INV-4): nothing is found where nothing is wrong, and each planted difference by its key.
"""

from collections.abc import Iterator
from uuid import UUID

import pytest
from inventory.arrivals.domain import Shipment
from inventory.reservations.domain import Line, Reservation, Status
from inventory.set_aside import domain
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import SentLine
from kvitt_contracts.topics import ORDERS_CUSTOMER_ORDERS
from kvitt_contracts.types import ArticleNumber, OrderLineId
from kvitt_testkit.reconciled import SaidBefore, found_by, plant
from kvitt_testkit.world import World

from contracts.tests.builders.baskets import a_basket_loan_requested, a_lent_device
from contracts.tests.builders.bmb import a_transfer_requested_from_store
from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_replenishment_line,
    a_replenishment_placed,
    a_withdrawal_placed,
    an_order_placed,
    an_order_void_requested,
)
from contracts.tests.builders.receipts import a_direct_line, a_direct_order_placed
from contracts.tests.builders.regions import a_balance_stated, a_dispatch, a_sent_line
from contracts.tests.builders.regions import rollators_received as received
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    DAY,
    OWN,
    ROLLATOR,
    device_id,
    line_id,
    order_id,
)

IN_CENTRAL, IN_OWN = f"{ROLLATOR} {CENTRAL}", f"{ROLLATOR} {OWN}"
Found = list[tuple[str, str, tuple[str, ...]]]

ORDERS = (
    an_order_placed(a_device_line(None)),
    an_order_placed(a_line(CUSHION, 5, order="O-2"), reference="O-2"),
    a_replenishment_placed(a_replenishment_line(CUSHION, 2)),
    an_order_placed(a_device_line(None, order="O-3"), reference="O-3"),
    a_withdrawal_placed(a_device_line("170104", order="O-4"), reference="O-4"),
    a_direct_order_placed(a_direct_line(CUSHION, 4, order="O-5"), reference="O-5"),
)
"""A rollator that is reserved, cushions that are not there, a rollator on its way, one that is
withdrawn, and what comes direct.
"""


async def a_busy_day(world: World) -> None:
    """What stores have is reserved, sent, lent, in a transfer and waited for."""
    came = received("170098", "170099", "170100", store=CENTRAL)
    await world.handle(came, subject="D-1")
    await world.handle(received("170101", "170102", "170103", "170104"), subject="D-2")
    await world.handle_all(
        a_balance_stated(CUSHION, 3, store=CENTRAL),
        *ORDERS,
        a_dispatch(a_sent_line(1, 1, "170099"), order="O-3"),
        a_transfer_requested_from_store("170101", store=OWN),
    )
    await world.handle(a_basket_loan_requested(a_lent_device(device="170102")))


async def found(world: World, name: str, *said: Event) -> Found:
    """What a check finds when orders has said this."""
    heard = SaidBefore(*said, key="order_id")
    differences = await found_by(world, name, ORDERS_CUSTOMER_ORDERS, heard)
    return [(one.table, one.key, one.fields) for one in differences]


@pytest.mark.rule("INV-4h")
async def test_what_is_set_aside_without_a_cause_is_found_by_article_and_store(
    world: World,
) -> None:
    await a_busy_day(world)
    assert await found(world, "reserved") == []

    waits = str(line_id("O-2"))
    for planted, undone, wrong in (
        (
            "UPDATE balances SET reserved = reserved + 1 WHERE store = '500' AND reserved = 1",
            "UPDATE balances SET reserved = reserved - 1 WHERE store = '500' AND reserved = 2",
            ("balances", IN_CENTRAL, ("reserved",)),
        ),
        (
            "UPDATE balances SET on_order = on_order + 1 WHERE article_number = '30457'",
            "UPDATE balances SET on_order = on_order - 1 WHERE article_number = '30457'",
            ("balances", f"{CUSHION} {CENTRAL}", ("on_order",)),
        ),
        (
            f"UPDATE backorders SET missing = 9 WHERE line_id = '{waits}'",
            "UPDATE backorders SET missing = 2 WHERE missing = 9",
            ("backorders", waits, ("missing",)),
        ),
        (
            "UPDATE devices SET claim_kind = 'dispatch' WHERE claim_kind = 'transfer'",
            "UPDATE devices SET claim_kind = 'transfer' WHERE device_number = '170101'",
            ("balances", IN_OWN, ("reserved",)),
        ),
        (
            "UPDATE baskets SET status = 'released'",
            "UPDATE baskets SET status = 'lent'",
            ("balances", IN_OWN, ("reserved",)),
        ),
    ):
        await plant(world, planted)
        assert await found(world, "reserved") == [wrong], planted
        await plant(world, undone)
    assert await found(world, "reserved") == []


@pytest.mark.rule("INV-4i", "INV-4j")
async def test_a_store_that_has_other_devices_than_its_balance_says_is_found(
    world: World,
) -> None:
    await a_busy_day(world)
    assert await found(world, "places") == []

    moved = (
        "UPDATE devices SET custody = jsonb_set(CAST(custody AS jsonb), '{holder,store}',"
        " '\"%s\"'), holder_key = '%s' WHERE device_number = '170098'"
    )
    device = ("devices", str(device_id()))
    for planted, undone, wrong in (
        (
            "UPDATE balances SET available = available + 1 WHERE store = '402'",
            "UPDATE balances SET available = available - 1 WHERE store = '402'",
            [("balances", IN_OWN, ("devices",))],
        ),
        (
            "UPDATE devices SET status = 'scrapped' WHERE device_number = '170103'",
            "UPDATE devices SET status = 'in_use' WHERE device_number = '170103'",
            [("balances", IN_OWN, ("devices",))],
        ),
        (
            "UPDATE devices SET claim_kind = 'transfer' WHERE device_number = '170099'",
            "UPDATE devices SET claim_kind = 'dispatch' WHERE device_number = '170099'",
            [("balances", IN_CENTRAL, ("devices",))],
        ),
        (
            moved % (OWN, CENTRAL),
            moved % (CENTRAL, CENTRAL),
            [
                ("balances", IN_OWN, ("devices",)),
                ("balances", IN_CENTRAL, ("devices",)),
                (*device, ("holder",)),
            ],
        ),
        (
            moved % ("999", "999"),
            moved % (CENTRAL, CENTRAL),
            [
                ("balances", IN_CENTRAL, ("devices",)),
                ("balances", f"{ROLLATOR} 999", ("devices",)),
                (*device, ("store",)),
            ],
        ),
    ):
        await plant(world, planted)
        assert await found(world, "places") == wrong, planted
        await plant(world, undone)
    assert await found(world, "places") == []


def line_set(table: str, field: str, value: int) -> str:
    """Sets a field of the first order's only line, by hand."""
    return (
        f"UPDATE {table} SET lines = jsonb_set(CAST(lines AS jsonb), '{{0,{field}}}', '{value}')"
        f" WHERE strpos(CAST(lines AS text), '{line_id()}') > 0"
    )


@pytest.mark.rule("INV-4h")
async def test_a_reservation_that_is_not_as_its_order_is_found_by_the_order(world: World) -> None:
    await a_busy_day(world)
    assert await found(world, "orders", *ORDERS) == []

    first = str(order_id())
    void = an_order_void_requested()
    assert await found(world, "orders", *ORDERS, void) == [
        ("reservations", first, ("kept_after_the_void",))
    ]
    assert await found(world, "orders", *ORDERS[1:]) == [("reservations", first, ("no_order",))]
    status = f"UPDATE reservations SET status = '{{}}' WHERE id = '{first}'"
    for planted, undone, wrong in (
        (status.format("released"), status.format("reserved"), "released_while_open"),
        (
            line_set("reservations", "reserved", 0),
            line_set("reservations", "reserved", 1),
            "quantity",
        ),
        (
            line_set("placed_orders", "quantity", 7),
            line_set("placed_orders", "quantity", 1),
            "lines",
        ),
        ("DELETE FROM reservations WHERE status = 'reserved'", None, "no_reservation"),
        (f"DELETE FROM placed_orders WHERE order_id = '{first}'", None, "no_reservation"),
    ):
        await plant(world, planted)
        assert await found(world, "orders", *ORDERS) == [("reservations", first, (wrong,))]
        if undone is not None:
            await plant(world, undone)


# -- the rule ------------------------------------------------------------------------------------


def wrong(status: Status, line: Line, *, sent: int = 0, ordered: int = 2) -> Iterator[str]:
    """What is wrong of an order of two cushions."""
    lines: domain.Lines = {line_id(): (ArticleNumber(CUSHION), ordered)}
    parcel = SentLine(line_id=OrderLineId(line_id()), quantity=sent or 1)
    shipment = Shipment(arrives_on=DAY, lines=(parcel,), dispatched_on=DAY)
    has = Reservation(status=status, lines=(line,), in_transit=(shipment,) if sent else ())
    kept = domain.Kept(lines=lines, reservation=has)
    asked = domain.Asked(lines=lines)
    order: UUID = order_id()
    return (what for _, what in domain.wrong_reservations({order: asked}, {order: kept}))


@pytest.mark.rule("INV-4h")
@pytest.mark.parametrize(
    ("status", "has", "sent", "expected"),
    [
        (Status.BACKORDERED, {"reserved": 1, "missing": 1}, 0, []),
        (Status.BACKORDERED, {"reserved": 1}, 0, ["quantity"]),
        (Status.RESERVED, {"reserved": 3}, 0, ["quantity"]),
        (Status.PICKING, {"reserved": 1}, 1, []),
        (Status.PICKING, {"reserved": 2}, 1, ["quantity"]),
        (Status.PICKING, {"delivered": 1}, 0, []),  # one was lost on its way
        (Status.DELIVERED, {"delivered": 2, "returned": 1}, 0, []),
        (Status.DELIVERED, {"stocked": 3}, 0, ["quantity"]),
        (Status.DECLINED, {}, 0, []),
    ],
)
def test_a_line_has_no_more_than_is_ordered_and_no_less_before_it_is_sent(
    status: Status, has: dict[str, int], sent: int, expected: list[str]
) -> None:
    line = Line(line_id=OrderLineId(line_id()), article_number=ArticleNumber(CUSHION), **has)

    assert list(wrong(status, line, sent=sent)) == expected
