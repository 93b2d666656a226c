"""REF-18: how far users reach into devices, stores, the ledger, reservations and holds."""

from datetime import date

import pytest
from kvitt_testkit.world import World

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_drafted,
    a_transfer_locked,
    a_transfer_rejected,
    a_transfer_requested,
)
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_line,
    a_user_registered,
    a_withdrawal_placed,
)
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    rollators_received,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    OTHER,
    OTHER_PAYER,
    OUTSIDER,
    OWN,
    PAYER,
    PURCHASING,
    RECEIVER,
    RECEIVING,
    SENDING,
    a_patient,
    device_id,
    order_id,
    transfer_id,
)
from services.inventory.tests.units import (
    ALL,
    AT_OTHER,
    AT_RECEIVING,
    COLLEAGUE,
    IN_STORE,
    INVESTIGATION,
    LENT,
    OTHERS,
    OTHERS_HELD,
    OTHERS_STORE,
    PRESCRIBER_ELSEWHERE,
    STAFF,
    SYSTEM,
    Who,
    listed,
    shown,
    told,
    world,
)

__all__ = ["world"]


@pytest.mark.rule("REF-18b", "REF-18c")
@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (COLLEAGUE, [LENT, IN_STORE]),
        (PRESCRIBER_ELSEWHERE, [LENT]),
        (AT_OTHER, [OTHERS, OTHERS_HELD]),
        (AT_RECEIVING, [OTHERS_HELD]),
        ({**AT_RECEIVING, "service_points": ["40999"]}, [OTHERS_HELD]),
        ({**COLLEAGUE, "service_points": [SENDING, OTHER]}, [LENT, IN_STORE, OTHERS, OTHERS_HELD]),
        ({**COLLEAGUE, "service_points": []}, []),
        (STAFF, ALL),
        (SYSTEM, ALL),
    ],
    ids=[
        "who pays and whose store it is",
        "who prescribed it",
        "another unit",
        "the unit that is to receive it",
        "who is to prescribe it",
        "of two units",
        "of no unit",
        "customer service",
        "the region's system",
    ],
)
async def test_a_device_is_seen_by_its_unit_its_prescriber_and_the_sides_of_its_transfer(
    world: World, who: Who, seen: list[str]
) -> None:
    async with world.http(**who) as client:
        assert await listed(client, "/devices", "device_number") == seen
        for number in ALL:
            status = await shown(client, f"/devices/{device_id(number)}")
            assert status == (200 if number in seen else 404)


@pytest.mark.rule("REF-18b")
async def test_a_device_is_seen_by_who_receives_it_while_its_transfer_holds_it_alone(
    world: World,
) -> None:
    await world.handle(a_transfer_drafted(OTHERS, transfer="BMB-2"))  # nothing is asked for yet
    async with world.http(**AT_RECEIVING) as client:
        held = await listed(client, "/devices", "device_number")
        await world.handle(a_transfer_locked())
        locked = await listed(client, "/devices", "device_number")
        await world.handle(a_transfer_rejected())
        ended = await listed(client, "/devices", "device_number")

    assert (held, locked, ended) == ([OTHERS_HELD], [OTHERS_HELD], [])


@pytest.mark.rule("REF-18b")
async def test_a_device_is_seen_by_nobody_for_having_been_asked_for_by_strangers(
    world: World,
) -> None:
    mine = {"sending_service_point": RECEIVING, "receiving_service_point": RECEIVING}
    await world.handle_all(
        a_transfer_drafted(LENT, transfer="BMB-5", sender=RECEIVER, **mine),
        a_transfer_requested(LENT, transfer="BMB-5", by=RECEIVER),
    )

    async with world.http(**AT_RECEIVING) as client:
        assert await shown(client, f"/holds/{transfer_id('BMB-5')}") == 200
        assert await listed(client, "/devices", "device_number") == [OTHERS_HELD]
        assert await shown(client, f"/devices/{device_id(LENT)}") == 404


@pytest.mark.rule("REF-18b")
async def test_what_a_unit_sends_is_seen_by_who_receives_it_by_whatever_it_is_the_senders(
    world: World,
) -> None:
    await world.handle_all(
        a_customer_registered(OTHER, payer=PAYER),
        a_device_on_loan_stated("170006", payer_id=PAYER, prescriber=None),
        a_device_on_loan_stated("170007", customer_id=SENDING, prescriber=OUTSIDER),
        rollators_received("170008", store=OTHERS_STORE),
    )
    sends = {"sender": OUTSIDER, "sending_service_point": OTHER}
    for number in ("170006", "170007"):
        await world.handle_all(
            a_transfer_drafted(number, transfer=number, **sends),
            a_transfer_requested(number, transfer=number, by=OUTSIDER),
        )
    is_stored = {"current_recipient": None, "current_store": OTHERS_STORE}
    await world.handle_all(
        a_transfer_drafted(
            "170008", transfer="170008", new_recipient=a_patient(), **is_stored, **sends
        ),
        a_transfer_requested("170008", transfer="170008", by=OUTSIDER, **is_stored),
    )

    async with world.http(**AT_RECEIVING) as client:
        seen = await listed(client, "/devices", "device_number")
    assert seen == [OTHERS_HELD, "170006", "170007", "170008"]


@pytest.mark.rule("REF-18b")
async def test_a_device_is_seen_by_the_unit_that_took_it_over_and_no_more_by_the_other(
    world: World,
) -> None:
    await world.handle_all(
        a_transfer_drafted(LENT, transfer="BMB-3"),
        a_transfer_requested(LENT, transfer="BMB-3"),
        a_transfer_accepted(
            LENT, transfer="BMB-3", new_prescriber=RECEIVER, effective_on=date(2026, 3, 2)
        ),
    )

    async with world.http(**COLLEAGUE) as client:
        assert await listed(client, "/devices", "device_number") == [IN_STORE]
    async with world.http(**{**AT_RECEIVING, "user": "k201eva"}) as client:
        assert await listed(client, "/devices", "device_number") == [LENT, OTHERS_HELD]


@pytest.mark.rule("REF-18b")
async def test_a_device_whose_customer_no_region_has_stated_is_seen_by_its_payers_units(
    world: World,
) -> None:
    await world.handle_all(
        a_customer_registered(RECEIVING, payer=PAYER),
        a_customer_registered(OTHER, payer=OTHER_PAYER),
        a_device_on_loan_stated("170006", payer_id=PAYER, prescriber=None),
    )

    async with world.http(**AT_RECEIVING) as client:
        assert await listed(client, "/devices", "device_number") == [OTHERS_HELD, "170006"]
    async with world.http(**AT_OTHER) as client:  # one with a customer is not its payer's units'
        assert await listed(client, "/devices", "device_number") == [OTHERS, OTHERS_HELD]


@pytest.mark.rule("REF-18b", "REF-18c")
@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (COLLEAGUE, [OWN, CENTRAL, PURCHASING]),
        (AT_OTHER, [OTHERS_STORE, CENTRAL, PURCHASING]),
        (AT_RECEIVING, [CENTRAL, PURCHASING]),
        (STAFF, [OWN, OTHERS_STORE, CENTRAL, PURCHASING, INVESTIGATION]),
        (SYSTEM, [OWN, OTHERS_STORE, CENTRAL, PURCHASING, INVESTIGATION]),
    ],
    ids=["a unit", "another", "one without a store", "customer service", "the region's system"],
)
async def test_a_store_and_its_balances_are_seen_by_its_unit_and_the_central_ones_by_all(
    world: World, who: Who, seen: list[str]
) -> None:
    async with world.http(**who) as client:
        assert await listed(client, "/stores", "store") == seen
        for store in (OWN, OTHERS_STORE, CENTRAL, PURCHASING, INVESTIGATION):
            answer = await client.get(f"/stores/{store}/balances")
            assert answer.status_code == (200 if store in seen else 404)
            unknown = await client.get("/stores/999/balances")
            assert store in seen or told(answer) == told(unknown)
        if OWN in seen:
            assert await listed(client, f"/stores/{OWN}/balances", "available") == ["1", "2"]
        assert await listed(client, f"/stores/{CENTRAL}/balances", "available") == ["1", "4"]


@pytest.mark.rule("REF-18b")
async def test_a_store_that_several_units_draw_from_is_seen_by_each(world: World) -> None:
    await world.handle_all(
        a_customer_registered(RECEIVING, store=OWN),
        a_customer_registered(OTHER, store=INVESTIGATION),
    )

    async with world.http(**AT_RECEIVING) as client:
        assert await listed(client, "/stores", "store") == [OWN, CENTRAL, PURCHASING]
        assert await listed(client, "/devices", "device_number") == [IN_STORE, OTHERS_HELD]
    async with world.http(**AT_OTHER) as client:  # only an own store is a unit's by what it draws
        assert await listed(client, "/stores", "store") == [OTHERS_STORE, CENTRAL, PURCHASING]


@pytest.mark.rule("REF-18b")
@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (COLLEAGUE, {OWN}),
        (AT_OTHER, set()),
        (STAFF, {OWN, CENTRAL}),
        (SYSTEM, {OWN, CENTRAL}),
    ],
    ids=["a unit", "another", "customer service", "the region's system"],
)
async def test_the_ledger_of_a_store_is_seen_by_its_unit(
    world: World, who: Who, seen: set[str]
) -> None:
    async with world.http(**who) as client:
        assert set(await listed(client, "/stock-moves", "store")) == seen
        assert (await listed(client, f"/stock-moves?store={CENTRAL}", "store") != []) == (
            CENTRAL in seen
        )


@pytest.mark.rule("REF-18b", "REF-18c")
@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (COLLEAGUE, ["O-1"]),
        ({**AT_OTHER, "user": "k300eva"}, ["O-2"]),
        ({**AT_OTHER, "service_points": ["40999"]}, ["O-2"]),
        (AT_RECEIVING, []),
        (STAFF, ["O-1", "O-2"]),
        (SYSTEM, ["O-1", "O-2"]),
    ],
    ids=[
        "who placed it",
        "another unit",
        "who prescribed it",
        "a third unit",
        "customer service",
        "the region's system",
    ],
)
async def test_a_reservation_is_seen_by_the_unit_that_ordered_and_by_its_prescriber(
    world: World, who: Who, seen: list[str]
) -> None:
    async with world.http(**who) as client:
        assert await listed(client, "/reservations", "reference") == seen
        for order in ("O-1", "O-2"):
            status = await shown(client, f"/reservations/{order_id(order)}")
            assert status == (200 if order in seen else 404)


@pytest.mark.rule("REF-18b")
async def test_a_reservation_from_a_units_store_is_seen_by_that_unit_too(world: World) -> None:
    await world.handle(
        a_withdrawal_placed(
            a_line(CUSHION, order="O-3"),
            reference="O-3",
            service_point=RECEIVING,
            customer_id=RECEIVING,
            prescriber=RECEIVER,
        )
    )

    async with world.http(**COLLEAGUE) as client:
        assert await listed(client, "/reservations", "reference") == ["O-1", "O-3"]


@pytest.mark.rule("REF-18b", "REF-18c")
@pytest.mark.parametrize(
    ("who", "status"),
    [
        (AT_OTHER, 200),
        ({**AT_OTHER, "service_points": ["40999"]}, 200),
        (AT_RECEIVING, 200),
        ({**AT_RECEIVING, "service_points": ["40999"]}, 200),
        (COLLEAGUE, 404),
        (STAFF, 200),
        (SYSTEM, 200),
    ],
    ids=[
        "sending unit",
        "sender",
        "receiving unit",
        "new prescriber",
        "another unit",
        "customer service",
        "the region's system",
    ],
)
async def test_a_hold_is_seen_by_the_sides_of_its_transfer(
    world: World, who: Who, status: int
) -> None:
    async with world.http(**who) as client:
        assert await shown(client, f"/holds/{transfer_id()}") == status


@pytest.mark.rule("REF-18b")
async def test_a_hold_that_was_refused_is_seen_by_who_asked_for_it_alone(world: World) -> None:
    await world.handle_all(
        a_transfer_drafted(OTHERS_HELD, transfer="BMB-4"),  # it is held for another
        a_transfer_requested(OTHERS_HELD, transfer="BMB-4"),
    )

    async with world.http(**COLLEAGUE) as client:
        assert await shown(client, f"/holds/{transfer_id('BMB-4')}") == 200
    async with world.http(**AT_RECEIVING) as client:
        assert await shown(client, f"/holds/{transfer_id('BMB-4')}") == 404


@pytest.mark.rule("REF-18d", "REF-18e")
async def test_roles_units_and_activity_are_what_orders_said_last_of_the_user(world: World) -> None:
    async with world.http(user="k999ola", roles=(), service_points=()) as client:
        nobody = (await client.get("/devices")).status_code
        await world.handle(a_user_registered("k999ola", SENDING))
        works = await listed(client, "/devices", "device_number")
        await world.handle(a_user_registered("k999ola", OTHER))
        moved = await listed(client, "/devices", "device_number")
        await world.handle(a_user_registered("k999ola", OTHER, active=False))
        left = (await client.get("/devices")).status_code

    assert (nobody, left) == (403, 403)
    assert (works, moved) == ([LENT, IN_STORE], [OTHERS, OTHERS_HELD])


async def test_another_regions_units_of_the_same_name_see_nothing_of_this_one(
    world: World,
) -> None:
    for who in (COLLEAGUE, AT_RECEIVING, STAFF):
        async with world.http(**{**who, "region": "bd"}) as client:
            for path in ("/devices", "/stores", "/stock-moves", "/reservations"):
                assert (await client.get(path)).json()["total"] == 0
            assert await shown(client, f"/holds/{transfer_id()}") == 404
