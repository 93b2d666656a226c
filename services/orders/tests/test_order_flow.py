from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.envelope import Event
from kvitt_contracts.orders import (
    Delivery,
    OrderDeclined,
    OrderDelivered,
    OrderLineDelivered,
    OrderPickingBegun,
    OrderPlaced,
    OrderPlanned,
    VoidOrder,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import NamedPatient, PayerId, RegionCode, RegionPersonId, UserId
from kvitt_testkit.world import Given, assert_rows_are_folds, stockholm
from orders.app import service
from orders.customer_orders.domain import Status
from orders.customer_orders.handlers import ORDERS_UNANSWERED
from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.customer_orders.reasons import Reason
from orders.customer_orders.writes import ORDERS_BY_STEP, UNANSWERED
from orders.placements.handlers import place_order

from contracts.tests.builders.inventory import (
    an_article_listed,
)
from contracts.tests.builders.regions import (
    a_customer_stated,
    a_payer_stated,
    a_person_stated,
    a_user_stated,
)
from contracts.tests.builders.reservations import (
    a_line_delivered,
    a_reservation_declined,
    a_stock_backordered,
    a_stock_reserved,
    an_order_picking_started,
)
from contracts.tests.builders.story import CUSHION, order_id
from services.orders.tests.builders import (
    a_line,
    a_marked_line,
    a_withdrawal_command,
    an_order_command,
    registry,
)
from services.orders.tests.vault import opened_row
from services.orders.tests.worlds import MONDAY, place, status_of

A = order_id("ORD-A")


# -- from placing to delivery ----------------------------------------------------------------------


@pytest.mark.rule("ORD-1b")
async def test_an_order_goes_from_the_regions_command_to_delivery(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        await world.handle(a_stock_reserved(A))
        await world.handle(an_order_picking_started(A))
        await world.handle(a_line_delivered(A))

        story: list[Event] = await world.events(key=A)
        kinds = [type(event) for event in story]
        assert kinds == [
            OrderPlaced,
            OrderPlanned,
            OrderPickingBegun,
            OrderLineDelivered,
            OrderDelivered,
        ]
        assert await status_of(world) is Status.DELIVERED
        assert await world.timers() == {}
        await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-1c")
async def test_the_order_says_what_the_region_called_it_and_who_it_is_for(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)

        (placed,) = await world.events(OrderPlaced)
        assert (placed.order_id, placed.reference) == (A, "ORD-A")
        assert placed.placed_on == date(2026, 3, 2)
        assert (placed.prescriber, placed.requester) == ("k082lno", "k082lno")


@pytest.mark.rule("ORD-4a")
async def test_a_backorder_is_planned_by_the_suppliers_lead_time(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        await world.handle(a_stock_backordered(A))
        await world.handle(a_stock_reserved(A, on="2026-03-06"))

        assert (await world.row(OrderRow, A)).planned_dispatch_on == date(2026, 3, 6)
        planned = await world.events(OrderPlanned)
        assert [(one.planned_dispatch_on, one.changed) for one in planned] == [
            (date(2026, 3, 9), False),
            (date(2026, 3, 6), True),
        ]


async def test_inventorys_answer_waits_for_an_order_that_is_not_known_yet(given: Given) -> None:
    async with given(service) as world:
        with pytest.raises(NotYetKnown):
            await world.handle(a_stock_reserved(A))


async def test_a_reference_names_one_order_for_ever(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)

        with pytest.raises(Refused) as refused:
            await place(world)
        assert refused.value.reason == Reason.ALREADY_PLACED
        assert len(await world.rows(OrderRow)) == 1


@pytest.mark.parametrize(
    ("others", "field", "reason"),
    [
        ({"prescriber": UserId("k999xyz")}, "prescriber", "UNKNOWN_USER"),
        ({"requester": UserId("k999xyz")}, "requester", "UNKNOWN_USER"),
        ({"service_point": "61999"}, "service_point", "UNKNOWN_CUSTOMER"),
        ({"payer_id": PayerId("61999")}, "payer_id", "UNKNOWN_PAYER"),
        ({"lines": (a_line("99999"),)}, "lines.0.article_number", "UNKNOWN_ARTICLE"),
        (
            {"lines": (a_line(payer_id=PayerId("61999")),)},
            "lines.0.payer_id",
            "UNKNOWN_PAYER",
        ),
        (
            {"recipient": NamedPatient(person=RegionPersonId("ac-nobody"))},
            "recipient.person",
            "UNKNOWN_PERSON_ID",
        ),
        (
            {"recipient": {"kind": "care_unit", "unit": "79999"}},
            "recipient.unit",
            "UNKNOWN_CARE_UNIT",
        ),
    ],
)
async def test_a_command_that_names_something_unknown_is_refused_by_its_field(
    given: Given, others: dict[str, Any], field: str, reason: str
) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)

        with pytest.raises(Refused) as refused:
            await place(world, **others)
        assert (refused.value.reason, refused.value.field) == (reason, field)
        assert await world.rows(OrderRow) == []


@pytest.mark.rule("REF-14a")
@pytest.mark.rule("REF-14b")
@pytest.mark.parametrize("withdrawal", [False, True])
async def test_nothing_new_is_registered_on_an_inactive_recipient(
    given: Given, withdrawal: bool
) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(a_person_stated(version=2, deceased=True), subject="ac-person-1")
        command = a_withdrawal_command() if withdrawal else an_order_command()

        with pytest.raises(Refused) as refused:
            await world.handle(command, subject="ORD-A")
        assert (refused.value.reason, refused.value.rule) == ("RECIPIENT_INACTIVE", "REF-14")
        assert "hjälpmedelsservice" in refused.value.way_on


@pytest.mark.rule("REF-14a")
async def test_nothing_new_is_registered_under_an_alias_of_an_inactive_recipient(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(a_person_stated(), subject="ac-person-2")  # the same number: an alias
        await world.handle(a_person_stated(version=2, deceased=True), subject="ac-person-1")

        with pytest.raises(Refused) as refused:
            await place(world, person="ac-person-2")
        assert refused.value.reason == "RECIPIENT_INACTIVE"


@pytest.mark.rule("REF-14c")
async def test_what_was_placed_before_the_recipient_became_inactive_goes_on(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        await world.handle(a_person_stated(version=2, deceased=True), subject="ac-person-1")

        await world.handle(a_stock_reserved(A))
        await world.handle(a_line_delivered(A))

        assert await status_of(world) is Status.DELIVERED


@pytest.mark.rule("REF-3d")
@pytest.mark.rule("ORD-14f")
async def test_whoever_lost_access_after_placing_neither_orders_nor_voids(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        await world.handle(a_user_stated(version=2, active=False), subject="k082lno")

        with pytest.raises(Refused) as voiding:
            await world.handle(VoidOrder(by=UserId("k082lno")), subject="ORD-A")
        with pytest.raises(Refused) as placing:
            await place(world, "ORD-B")
        assert (voiding.value.reason, voiding.value.field) == ("FORBIDDEN", "by")
        assert (placing.value.reason, placing.value.field) == ("FORBIDDEN", "prescriber")


@pytest.mark.rule("REF-3d")
async def test_a_customer_that_is_no_service_point_any_more_orders_nothing(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(a_customer_stated(version=2, is_service_point=False), subject="40201")

        with pytest.raises(Refused) as refused:
            await place(world)
        assert refused.value.reason == Reason.NOT_A_SERVICE_POINT


@pytest.mark.rule("ORD-6f")
async def test_an_order_of_what_is_purchased_no_more_has_no_effect_without_balance(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(an_article_listed(CUSHION, marked=False, status="discontinued"))
        await place(world)
        await world.handle(a_reservation_declined(A, reason="NO_LONGER_PURCHASED", rule="ORD-6"))

        (declined,) = await world.events(OrderDeclined)
        assert (declined.reason, declined.rule) == ("NO_LONGER_PURCHASED", "ORD-6")
        assert await status_of(world) is Status.DECLINED
        assert await world.timers() == {}


@pytest.mark.rule("ORD-3d")
async def test_an_address_over_kafka_is_refused_with_the_way_to_send_it(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)

        with pytest.raises(Refused) as refused:
            await place(world, delivery=Delivery(door_code="1789"))
        assert refused.value.reason == Reason.DELIVERY_DETAILS_OVER_HTTP_ONLY
        assert refused.value.field == "delivery.door_code"


@pytest.mark.rule("ORD-18a")
async def test_the_fee_follows_from_the_age_in_the_vault(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(an_article_listed(CUSHION, marked=False, fee_group="charge_kit"))
        await place(world)

        (placed,) = await world.events(OrderPlaced)
        assert placed.lines[0].fee is not None
        assert placed.lines[0].fee.net_ore == 50_000


@pytest.mark.rule("ORD-1c")
async def test_a_comment_on_a_line_is_kept_with_the_order_and_not_told(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world, lines=(a_line(comment="Helst röd"),))

        (placed,) = await world.events(OrderPlaced)
        assert (await opened_row(world, OrderDetailsRow, A)).comments == {1: "Helst röd"}
        assert "röd" not in placed.model_dump_json()


async def test_what_is_not_committed_is_not_counted(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        placed = ORDERS_BY_STEP.labels("orders", "ac", "central")
        before = placed._value.get()
        with suppress(TimeoutError):
            async with world.worker.unit() as unit:
                tx = unit.begin(region=RegionCode("ac"), is_command=True)
                await place_order(an_order_command(), tx)
                raise TimeoutError  # something else of the same batch
        assert await world.rows(OrderRow) == []
        assert placed._value.get() == before

        await place(world)
        assert placed._value.get() == before + 1


# -- withdrawals -----------------------------------------------------------------------------------


@pytest.mark.rule("ORD-7a")
async def test_a_withdrawal_is_delivered_when_inventory_has_said_so(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(an_article_listed(CUSHION, marked=True))
        await world.handle(a_withdrawal_command(a_marked_line()), subject="ORD-A")
        assert await status_of(world) is Status.PENDING

        await world.handle(a_line_delivered(A, devices=("RUL-1001",)))

        assert await status_of(world) is Status.DELIVERED
        (placed,) = await world.events(OrderPlaced)
        assert (placed.supply, placed.store) == ("own_store", "402")


@pytest.mark.rule("ORD-8a")
async def test_a_declined_withdrawal_has_no_effect_and_says_why(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(a_withdrawal_command(), subject="ORD-A")
        await world.handle(a_reservation_declined(A, reason="DEVICE_NOT_IN_STORE", rule="ORD-8"))

        (declined,) = await world.events(OrderDeclined)
        assert (declined.prescriber, declined.reason, declined.rule) == (
            "k082lno",
            "DEVICE_NOT_IN_STORE",
            "ORD-8",
        )
        assert await status_of(world) is Status.DECLINED


# -- a missing answer ------------------------------------------------------------------------------


async def test_a_missing_answer_raises_an_alarm_each_day_and_decides_nothing(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        before = ORDERS_UNANSWERED.labels("orders", "pending")._value.get()
        await world.handle(a_withdrawal_command(), subject="ORD-A")

        fired = await world.advance(stockholm("2026-03-04 09:00"))

        assert fired == 2
        assert ORDERS_UNANSWERED.labels("orders", "pending")._value.get() == before + 2
        assert await status_of(world) is Status.PENDING
        assert (UNANSWERED.name, A) in await world.timers()


async def test_an_answer_ends_the_waiting(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        assert (UNANSWERED.name, A) in await world.timers()

        await world.handle(a_stock_reserved(A))

        assert await world.timers() == {}


async def test_a_payer_may_be_stated_before_an_order_uses_it(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(a_payer_stated("61888", name="Kommunen"), subject="61888")
        await place(world, lines=(a_line(payer_id=PayerId("61888")), a_line()))

        (placed,) = await world.events(OrderPlaced)
        assert [line.payer_id for line in placed.lines] == ["61888", "20011"]
