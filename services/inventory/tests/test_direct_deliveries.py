"""ORD-12: what comes direct from a supplier is booked whole or refused whole, and handed on."""

from collections.abc import Sequence

import pytest
from inventory.direct_deliveries import domain
from inventory.direct_deliveries.models import AnsweredReceiptRow
from inventory.reservations.domain import Status
from inventory.reservations.models import ReservationRow
from inventory.stock.models import BalanceRow, StockMoveRow
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.inventory import (
    CustodyChanged,
    DeviceRegistered,
    LineDelivered,
    LineReturned,
    LineStocked,
    ReceiptRefused,
    ReturnedLine,
    StockReserved,
)
from kvitt_contracts.orders import OrderReceiptReported, ReportedLine
from kvitt_contracts.types import ArticleNumber, Charging, DeviceNumber, Money, Reference, Role
from kvitt_testkit.world import World, assert_rows_are_folds, stockholm

from contracts.tests.builders.orders import (
    a_customer_registered,
    a_person_merged,
    a_person_registered,
    an_order_placed,
)
from contracts.tests.builders.receipts import (
    a_direct_line,
    a_direct_order_placed,
    a_receipt_reported,
    a_reported_line,
)
from contracts.tests.builders.regions import (
    a_return_registered,
    an_article_stated,
    rollators_received,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    FITTING,
    OTHER_PATIENT,
    OWN,
    PATIENT,
    PAYER,
    PURCHASING,
    ROLLATOR,
    SENDER,
    SENDING,
    a_patient,
    a_store,
    device_id,
    line_id,
    order_id,
    receipt_id,
)
from services.inventory.tests.builders import an_article
from services.inventory.tests.worlds import balance, device

ROLLATORS = a_direct_line(ROLLATOR, 2)
CUSHIONS = a_direct_line(CUSHION, 4, number=2)


def judge(
    *reported: OrderReceiptReported,
    taken: Sequence[str] = (),
    serials: Sequence[str] = (),
    received: Sequence[int] = (),
) -> list[tuple[int, str]]:
    """The number of each refused line, with why."""
    known = domain.Known(
        lines={line.line_id: line for line in (ROLLATORS, CUSHIONS)},
        articles={
            ArticleNumber(ROLLATOR): an_article(),
            ArticleNumber(CUSHION): an_article(CUSHION, marked=False),
        },
        received={line_id(number=number) for number in received},
        taken={DeviceNumber(number) for number in taken},
        serials={(ArticleNumber(ROLLATOR), serial) for serial in serials},
    )
    (receipt,) = reported
    refused = domain.refuse(receipt, known=known)
    numbers = {line_id(number=number): number for number in range(1, 4)}
    return [(numbers[one.line_id], one.reason) for one in refused.refused] if refused else []


TWO = a_reported_line("R1", "R2")
FOUR = a_reported_line(line=2, quantity=4)


@pytest.mark.rule("ORD-12e")
@pytest.mark.parametrize(
    ("lines", "known", "refused"),
    [
        ((TWO, FOUR), {}, []),
        ((TWO, FOUR), {"taken": ["R2"]}, [(1, "DEVICE_NUMBER_TAKEN")]),
        ((TWO, FOUR), {"serials": ["SN-R1"]}, [(1, "SERIAL_NUMBER_TAKEN")]),
        ((a_reported_line("R1", "R1"),), {}, [(1, "NAMED_TWICE")]),
        (
            (a_reported_line("R1", quantity=2),),
            {},
            [(1, "DEVICES_DO_NOT_MATCH_QUANTITY")],
        ),
        ((a_reported_line("R1", line=2),), {}, [(2, "DEVICES_DO_NOT_MATCH_QUANTITY")]),
        (
            (
                a_reported_line(
                    devices=(
                        {"device_number": "R1", "serial_number": "SN"},
                        {"device_number": "R2", "serial_number": "SN"},
                    ),
                    quantity=2,
                ),
            ),
            {},
            [(1, "NAMED_TWICE")],
        ),
        ((TWO, FOUR), {"received": [2]}, [(2, "LINE_RECEIVED_ALREADY")]),
        ((a_reported_line(line=3),), {}, [(3, "LINE_NOT_DIRECT")]),
        (
            (a_reported_line("R1", "R2"), a_reported_line(line=3)),
            {"taken": ["R1"]},
            [(1, "DEVICE_NUMBER_TAKEN"), (3, "LINE_NOT_DIRECT")],
        ),
    ],
)
def test_a_receipt_is_refused_with_each_line_that_cannot_be_booked(
    lines: tuple[ReportedLine, ...],
    known: dict[str, Sequence[str]],
    refused: list[tuple[int, str]],
) -> None:
    assert judge(a_receipt_reported(*lines), **known) == refused  # type: ignore[arg-type]  # by name


def test_a_line_stands_once_in_a_receipt() -> None:
    receipt = a_receipt_reported(FOUR, FOUR)

    assert judge(receipt) == [(2, "NAMED_TWICE"), (2, "NAMED_TWICE")]


@pytest.mark.rule("ORD-12e", "ORD-12b")
async def test_what_has_arrived_is_registered_and_delivered_in_one_transaction(
    world: World,
) -> None:
    await world.handle(a_direct_order_placed(ROLLATORS, CUSHIONS))

    await world.handle(a_receipt_reported(TWO, FOUR))

    registered = await world.events(DeviceRegistered)
    assert [(one.device_number, one.serial_number) for one in registered] == [
        ("R1", "SN-R1"),
        ("R2", "SN-R2"),
    ]
    assert {(one.store, one.value) for one in registered} == {
        (PURCHASING, Money(net_ore=129_000, vat_percent=25))
    }
    first, second = await world.events(LineDelivered)
    assert first.devices == (device_id("R1"), device_id("R2"))
    assert (first.quantity, second.quantity) == (2, 4)
    assert (first.more_lines, second.more_lines) == (1, 0)
    assert (first.charging, second.charging) == (Charging.RENT, Charging.SALE)
    assert {first.unit_price, second.unit_price} == {Money(net_ore=129_000, vat_percent=25)}
    custody = (await device(world, "R1")).custody
    assert (custody.holder, custody.payer_id) == (a_patient(), PAYER)
    assert (custody.customer_id, custody.prescriber) == (SENDING, SENDER)
    (changed, _) = await world.events(CustodyChanged)
    assert (changed.before.holder, changed.cause.order_id) == (a_store(PURCHASING), order_id())
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-4b", "INV-4c")
async def test_the_purchasing_store_never_shows_a_balance_though_the_ledger_has_its_moves(
    world: World,
) -> None:
    await world.handle(a_direct_order_placed(ROLLATORS, CUSHIONS))

    await world.handle(a_receipt_reported(TWO, FOUR))

    moves = [one for one in await world.rows(StockMoveRow) if one.store == PURCHASING]
    assert {one.cause_id for one in moves} == {receipt_id()}
    assert sorted((one.kind, one.article_number, one.available) for one in moves) == [
        ("dispatched", ROLLATOR, -2),
        ("dispatched", CUSHION, -4),
        ("received", ROLLATOR, 2),
        ("received", CUSHION, 4),
    ]
    shown = [one for one in await world.rows(BalanceRow) if one.available or one.reserved]
    assert shown == []


async def test_a_service_is_received_without_a_move(world: World) -> None:
    service = a_direct_line(FITTING, article_type="service")
    await world.handle(a_direct_order_placed(service))

    await world.handle(a_receipt_reported())

    assert [one.article_number for one in await world.events(LineDelivered)] == [FITTING]
    assert await world.rows(StockMoveRow) == []


@pytest.mark.rule("INV-16a")
async def test_a_contribution_is_delivered_and_never_stocked(world: World) -> None:
    tablet = an_article_stated("31900", marked=False, name="Bidrag", is_contribution=True)
    await world.handle_all(tablet, a_direct_order_placed(a_direct_line("31900")))

    await world.handle(a_receipt_reported())

    assert [one.article_number for one in await world.events(LineDelivered)] == ["31900"]
    assert await world.rows(StockMoveRow) == []


@pytest.mark.rule("ORD-12e", "ORD-12k", "INV-5a")
async def test_a_number_that_is_borne_refuses_the_whole_receipt(world: World) -> None:
    await world.handle_all(rollators_received("R2"), a_direct_order_placed(ROLLATORS, CUSHIONS))

    await world.handle(a_receipt_reported(TWO, FOUR))

    (refused,) = await world.events(ReceiptRefused)
    assert [(one.line_id, one.reason) for one in refused.refused] == [
        (line_id(), "DEVICE_NUMBER_TAKEN")
    ]
    assert await world.events(LineDelivered) == []
    assert [one.device_number for one in await world.events(DeviceRegistered)] == ["R2"]
    assert (await balance(world, CUSHION, PURCHASING)) == (0, 0, 0)
    (row,) = await world.rows(AnsweredReceiptRow)
    assert not row.is_booked


@pytest.mark.rule("ORD-12e")
async def test_a_serial_number_that_is_borne_refuses_it(world: World) -> None:
    await world.handle(a_direct_order_placed(a_direct_line(ROLLATOR, 1)))
    await world.handle(a_direct_order_placed(a_direct_line(ROLLATOR, order="O-2"), reference="O-2"))
    await world.handle(a_receipt_reported(a_reported_line("R1")))
    twin = a_reported_line(
        order="O-2", devices=({"device_number": "R9", "serial_number": "SN-R1"},)
    )

    await world.handle(a_receipt_reported(twin, order="O-2"))

    (refused,) = await world.events(ReceiptRefused)
    assert refused.refused[0].reason == "SERIAL_NUMBER_TAKEN"


@pytest.mark.rule("ORD-12b")
async def test_what_comes_later_is_received_later(world: World) -> None:
    await world.handle_all(
        a_direct_order_placed(ROLLATORS, CUSHIONS), a_receipt_reported(FOUR, receipt="K-1")
    )

    await world.handle(a_receipt_reported(TWO, receipt="K-2", on="2026-03-19"))

    assert [
        (one.article_number, str(one.delivered_on)) for one in await world.events(LineDelivered)
    ] == [
        (CUSHION, "2026-03-12"),
        (ROLLATOR, "2026-03-19"),
    ]
    row = await world.row(ReservationRow, order_id())
    assert row.status is Status.DELIVERED


@pytest.mark.rule("ORD-12l")
async def test_a_line_is_booked_once(world: World) -> None:
    await world.handle_all(a_direct_order_placed(CUSHIONS), a_receipt_reported(FOUR))

    await world.handle(a_receipt_reported(FOUR, receipt="K-2"))

    (refused,) = await world.events(ReceiptRefused)
    assert refused.refused[0].reason == "LINE_RECEIVED_ALREADY"
    assert len(await world.events(LineDelivered)) == 1


async def test_a_receipt_that_is_told_again_has_no_further_effect(world: World) -> None:
    await world.handle_all(a_direct_order_placed(CUSHIONS), a_receipt_reported(FOUR))

    await world.handle(a_receipt_reported(FOUR))

    assert len(await world.events(LineDelivered)) == 1
    assert await world.events(ReceiptRefused) == []


async def test_a_receipt_waits_for_its_order(world: World) -> None:
    with pytest.raises(NotYetKnown):
        await world.handle(a_receipt_reported(FOUR))

    await world.handle_all(a_direct_order_placed(CUSHIONS), a_receipt_reported(FOUR))

    assert len(await world.events(LineDelivered)) == 1


@pytest.mark.rule("REF-14e")
async def test_what_is_for_a_store_is_stocked_and_charges_nobody(world: World) -> None:
    await world.handle(a_direct_order_placed(ROLLATORS, CUSHIONS))

    await world.handle(a_receipt_reported(TWO, FOUR, deliver_to=a_store(OWN)))

    first, second = await world.events(LineStocked)
    assert (first.store, first.devices) == (OWN, (device_id("R1"), device_id("R2")))
    assert second.quantity == 4
    assert await world.events(LineDelivered) == []
    assert (await balance(world, CUSHION, OWN), await balance(world, ROLLATOR, OWN)) == (
        (4, 0, 0),
        (2, 0, 0),
    )
    custody = (await device(world, "R1")).custody
    assert (custody.holder, custody.payer_id) == (a_store(OWN), None)
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-14e", "ORD-4b")
async def test_what_is_put_into_a_store_goes_to_who_waits_for_it_there(world: World) -> None:
    await world.handle_all(
        an_order_placed(reference="O-9"),
        a_direct_order_placed(CUSHIONS),
        a_receipt_reported(FOUR, deliver_to=a_store(CENTRAL)),
    )

    assert [one.order_id for one in await world.events(StockReserved)] == [order_id("O-9")]
    assert await balance(world, CUSHION) == (3, 1, 0)


async def test_a_patient_who_was_merged_meanwhile_has_it_by_the_reference_of_today(
    world: World,
) -> None:
    await world.handle_all(
        a_person_registered(OTHER_PATIENT),
        a_direct_order_placed(a_direct_line(ROLLATOR), recipient=a_patient(OTHER_PATIENT)),
        a_person_merged(OTHER_PATIENT, into=PATIENT),
    )

    await world.handle(
        a_receipt_reported(a_reported_line("R1"), deliver_to=a_patient(OTHER_PATIENT))
    )

    assert (await device(world, "R1")).custody.holder == a_patient(PATIENT)


@pytest.mark.rule("INV-7a")
async def test_unmarked_goods_that_came_direct_come_back_as_others_do(world: World) -> None:
    await world.handle_all(
        a_customer_registered(SENDING, store=OWN),
        a_direct_order_placed(CUSHIONS),
        a_receipt_reported(FOUR),
    )
    await world.register(SENDER, roles=[Role.PRESCRIBER], service_points=[SENDING])
    await world.advance(stockholm("2026-03-20 08:00"))
    back = ReturnedLine(order=Reference("O-1"), line=2, quantity=3)

    await world.handle(a_return_registered(lines=[back], on="2026-03-18"), subject="R-1")

    (returned,) = await world.events(LineReturned)
    assert (returned.line_id, returned.quantity) == (line_id(number=2), 3)
    assert await balance(world, CUSHION, OWN) == (3, 0, 0)
