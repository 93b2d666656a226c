"""PCK-1, PCK-2, PCK-3, PCK-5: pickups, on real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from kvitt_contracts.orders import (
    AddressKind,
    Delivery,
    PickupClosed,
    PickupOverdue,
    PickupReported,
    PickupRequested,
    PickupVoidRequested,
    ReportPickup,
    VoidPickup,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import LineNumber, Role, UserId, Word
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from orders.app import service
from orders.pickups.domain import Status

from contracts.tests.builders.pickups import (
    a_claim_broken,
    a_claim_granted,
    a_claim_refused,
    a_claim_released,
)
from contracts.tests.builders.regions import a_customer_stated, a_person_stated, a_user_stated
from contracts.tests.builders.story import (
    OUTSIDER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    a_care_unit,
    device_id,
)
from services.orders.tests.pickups import (
    DEVICES,
    a_request,
    a_request_in_words,
    devices_on_loan,
    pickup,
    refusal,
    requested_over_http,
)
from services.orders.tests.worlds import CLERK, MONDAY, patient, place

RELATIVE: dict[str, Any] = {"ordered_by": Word("relative"), "by": UserId(SERVICE)}
WITHOUT_PHONE = Delivery.model_validate({"to": {"kind": "recipient"}})


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A patient with two devices on loan, on a Monday."""
    async with given(service, at=MONDAY) as world:
        await devices_on_loan(world)
        yield world


async def an_outsider(world: World) -> None:
    """Somebody of another service point."""
    await world.handle(a_customer_stated(RECEIVING, store=None), subject=RECEIVING)
    await world.handle(a_user_stated(OUTSIDER, RECEIVING), subject=OUTSIDER)


async def registered(world: World, *devices: str, **changes: Any) -> None:
    """A pickup whose devices inventory has claimed."""
    await world.handle(a_request(*devices, **changes), subject="H-1")
    await world.handle(a_claim_granted(*devices))


@pytest.mark.rule("PCK-1a", "PCK-1f", "PCK-1g", "PCK-2a")
async def test_a_pickup_has_a_number_a_customer_and_the_chosen_devices(world: World) -> None:
    await world.handle(a_request(*DEVICES), subject="H-1")
    await world.handle(a_request(DEVICES[0]), subject="H-2")

    first, second = await world.events(PickupRequested)
    assert (first.pickup_number, second.pickup_number) == ("26100001", "26100002")
    assert first.customer_id == SENDING
    assert [line.device_id for line in first.lines] == [device_id(one) for one in DEVICES]
    await world.handle(a_claim_granted(*DEVICES))
    assert (await pickup(world)).status is Status.REGISTERED
    await assert_rows_are_folds(world)


@pytest.mark.rule("PCK-1g")
async def test_numbers_are_a_series_of_their_own(world: World) -> None:
    await place(world)

    await world.handle(a_request(), subject="H-1")

    assert (await pickup(world)).pickup_number == "26100001"


@pytest.mark.rule("PCK-1b")
async def test_the_address_is_the_recipients_the_units_or_one_of_its_own(world: World) -> None:
    own = {"street": "Storgatan 1", "postal_code": "903 26", "city": "Umeå"}
    for number, to in enumerate(
        ({"kind": "recipient"}, {"kind": "unit"}, {"kind": "one_off", "address": own})
    ):
        delivery = Delivery.model_validate({"to": to, "order_phone": "090-785 00"})
        await requested_over_http(world, reference=f"H-{number}", delivery=delivery)

    kinds = [one.address_kind for one in await world.events(PickupRequested)]
    assert kinds == [AddressKind.RECIPIENT, AddressKind.UNIT, AddressKind.ONE_OFF]


@pytest.mark.rule("PCK-1b")
async def test_who_has_no_address_is_fetched_from_where_one_is_given(world: World) -> None:
    homeless = a_person_stated(version=3, address=None, phone="070-123 45 67")
    await world.handle(homeless, subject="ac-person-1")

    assert await refusal(world, a_request()) == ("NO_ADDRESS", "PCK-1", "delivery.to")


@pytest.mark.rule("PCK-1c")
async def test_a_phone_is_mandatory_given_or_known(world: World) -> None:
    await world.handle(a_request(), subject="H-1")  # the patient's own is known
    unit = a_request_in_words(recipient=a_care_unit(), delivery=WITHOUT_PHONE)

    assert await refusal(world, unit, "H-2") == (
        "PHONE_MISSING",
        "PCK-1",
        "delivery.order_phone",
    )


@pytest.mark.rule("PCK-1d")
async def test_texts_are_for_who_fetches_and_in_no_event(world: World) -> None:
    delivery = {
        "to": {"kind": "recipient"},
        "order_phone": "090-785 00",
        "door_code": "1789",
        "instructions": "Ring på hos grannen",
        "information": "Ta med duschpallen",
    }
    body = {
        "recipient": {"kind": "patient", "person": await patient(world)},
        "service_point": SENDING,
        "cause": "not_needed",
        "devices": [DEVICES[0]],
        "delivery": delivery,
    }
    roles = [Role.PRESCRIBER]
    async with world.http(user=SENDER, roles=roles, service_points=[SENDING]) as client:
        made = await client.post("/pickups", json=body)
    assert made.status_code == 202, made.text

    async with world.http(**CLERK) as client:
        shown = await client.post(f"/pickups/{made.json()['pickup_id']}:resolve-delivery")
    texts = {key: value for key, value in delivery.items() if key != "to"}
    assert shown.json() | texts == shown.json()
    (event,) = await world.events(PickupRequested)
    assert event.has_text
    assert "duschpallen" not in event.model_dump_json()


@pytest.mark.rule("PCK-1e")
async def test_the_cause_is_from_the_regions_list(world: World) -> None:
    unheard = a_request(cause=Word("out_of_fashion"))

    assert await refusal(world, unheard) == ("UNKNOWN_CAUSE", "PCK-1", "cause")


@pytest.mark.rule("PCK-1f")
@pytest.mark.parametrize(
    ("devices", "said"),
    [
        (("404404",), ("UNKNOWN_DEVICE", "PCK-1", "devices.0")),
        ((DEVICES[0], DEVICES[0]), ("DEVICE_TWICE", "PCK-1", "devices.1")),
    ],
)
async def test_a_device_that_cannot_be_chosen_is_named(
    world: World, devices: tuple[str, ...], said: tuple[str, str, str]
) -> None:
    assert await refusal(world, a_request(*devices)) == said


async def test_a_reference_names_one_pickup(world: World) -> None:
    await world.handle(a_request(), subject="H-1")

    assert (await refusal(world, a_request()))[0] == "ALREADY_REQUESTED"


async def test_only_the_unit_and_customer_service_order(world: World) -> None:
    await an_outsider(world)

    assert await refusal(world, a_request(by=UserId(OUTSIDER))) == (
        "NOT_CONNECTED_TO_SERVICE_POINT",
        "REF-3",
        "service_point",
    )
    assert await refusal(world, a_request(service_point="40999")) == (
        "UNKNOWN_CUSTOMER",
        "REF-3",
        "service_point",
    )


@pytest.mark.rule("PCK-2a")
async def test_a_pickup_is_closed_when_each_device_has_come_back(world: World) -> None:
    await registered(world, *DEVICES)

    await world.handle(a_claim_broken(DEVICES[0]))
    assert (await pickup(world)).status is Status.REGISTERED
    await world.handle(a_claim_broken(DEVICES[1]))

    assert (await pickup(world)).status is Status.CLOSED
    assert len(await world.events(PickupClosed)) == 1
    assert await world.timers() == {}
    await assert_rows_are_folds(world)


@pytest.mark.rule("BMB-12f")
async def test_what_inventory_refuses_is_said_with_its_reason(world: World) -> None:
    await world.handle(a_request(), subject="H-1")

    await world.handle(a_claim_refused(reason="IN_TRANSFER"))

    row = await pickup(world)
    assert row.status is Status.REFUSED
    assert [(one.device_id, one.reason) for one in row.refused] == [
        (device_id(DEVICES[0]), "IN_TRANSFER")
    ]


async def test_a_pickup_without_an_answer_is_refused_after_a_day(world: World) -> None:
    await world.handle(a_request(), subject="H-1")

    await world.advance(stockholm("2026-03-03 09:00"))
    assert (await pickup(world)).status is Status.REFUSED
    await world.handle(a_claim_granted())

    assert (await pickup(world)).status is Status.REFUSED


@pytest.mark.rule("PCK-2a")
async def test_an_open_pickup_is_late_after_the_policys_days(world: World) -> None:
    await registered(world)

    await world.advance(stockholm("2026-03-16 23:59"))
    assert await world.events(PickupOverdue) == []
    await world.advance(stockholm("2026-03-17 00:00"))

    assert len(await world.events(PickupOverdue)) == 1
    assert (await pickup(world)).status is Status.REGISTERED


@pytest.mark.rule("PCK-2b")
async def test_another_open_pickup_of_the_recipient_is_warned_of(world: World) -> None:
    await registered(world)
    second = await requested_over_http(world, DEVICES[1])

    async with world.http(**CLERK) as client:
        shown = (await client.get(f"/pickups/{second}")).json()
        assert shown["also_open"] == ["26100001"]
        await world.handle(a_claim_broken())
        assert (await client.get(f"/pickups/{second}")).json()["also_open"] == []


@pytest.mark.rule("PCK-3b")
async def test_a_relatives_pickup_takes_place_within_the_window(world: World) -> None:
    await world.handle(a_request(**RELATIVE), subject="H-1")

    (requested,) = await world.events(PickupRequested)
    assert (requested.earliest_on, requested.latest_on) == (date(2026, 3, 6), date(2026, 3, 16))
    await world.handle(a_claim_granted())
    await world.advance(stockholm("2026-03-17 00:00"))
    assert len(await world.events(PickupOverdue)) == 1


@pytest.mark.rule("PCK-3b")
@pytest.mark.parametrize(
    ("field", "day"), [("earliest_on", date(2026, 3, 5)), ("latest_on", date(2026, 3, 17))]
)
async def test_a_day_outside_the_window_is_refused(world: World, field: str, day: date) -> None:
    asked = a_request(**RELATIVE, **{field: day})

    assert await refusal(world, asked) == ("OUTSIDE_WINDOW", "PCK-3", field)


@pytest.mark.rule("PCK-3b")
@pytest.mark.parametrize("who", [{}, RELATIVE])
async def test_the_last_day_is_not_before_the_first_over_http_either(
    world: World, who: dict[str, Any]
) -> None:
    days: dict[str, Any] = {"earliest_on": date(2026, 3, 12), "latest_on": date(2026, 3, 10)}
    with pytest.raises(Refused) as refused:
        await requested_over_http(world, **who, **days)

    assert (refused.value.reason, refused.value.rule) == ("ENDS_BEFORE_IT_BEGINS", "DAY-5")
    assert refused.value.field == "latest_on"


@pytest.mark.rule("PCK-2a")
async def test_what_is_to_be_fetched_later_is_not_late_before_it_may_begin(world: World) -> None:
    await registered(world, earliest_on=date(2026, 4, 1))

    await world.advance(stockholm("2026-04-15 23:59"))
    assert await world.events(PickupOverdue) == []
    await world.advance(stockholm("2026-04-16 00:00"))
    assert len(await world.events(PickupOverdue)) == 1


@pytest.mark.rule("PCK-3f")
async def test_what_the_unit_orders_has_no_window(world: World) -> None:
    await world.handle(a_request(earliest_on=date(2026, 3, 3)), subject="H-1")

    (requested,) = await world.events(PickupRequested)
    assert (requested.earliest_on, requested.latest_on) == (date(2026, 3, 3), None)


async def test_patients_and_relatives_order_through_customer_service(world: World) -> None:
    by_the_unit = a_request(ordered_by=Word("relative"))

    assert await refusal(world, by_the_unit) == (
        "BY_CUSTOMER_SERVICE_ONLY",
        "PCK-3",
        "ordered_by",
    )


@pytest.mark.rule("PCK-3d")
async def test_the_unit_takes_back_a_part_and_the_rest_is_fetched(world: World) -> None:
    await registered(world, *DEVICES, **RELATIVE)

    part = VoidPickup(numbers=(LineNumber(2),), by=UserId(SENDER))
    await world.handle(part, subject="H-1")
    await world.handle(part, subject="H-1")  # told again: nothing
    (asked,) = await world.events(PickupVoidRequested)
    assert asked.devices == (device_id(DEVICES[1]),)
    await world.handle(a_claim_released(DEVICES[1]))
    await world.handle(a_claim_broken(DEVICES[0]))

    row = await pickup(world)
    assert row.status is Status.CLOSED
    assert [line.outcome for line in row.lines] == ["fetched", "voided"]
    await assert_rows_are_folds(world)


@pytest.mark.rule("PCK-3d", "PCK-2a")
async def test_a_pickup_that_is_taken_back_whole_is_voided(world: World) -> None:
    await registered(world, *DEVICES)

    await world.handle(VoidPickup(by=UserId(SENDER)), subject="H-1")
    await world.handle(a_claim_released(*DEVICES))

    assert (await pickup(world)).status is Status.VOIDED
    assert await world.events(PickupClosed) == []
    assert await world.timers() == {}


@pytest.mark.rule("PCK-3d")
async def test_what_cannot_be_taken_back_is_refused_with_the_way_on(world: World) -> None:
    await an_outsider(world)
    await world.handle(a_request(), subject="H-1")
    mine = VoidPickup(by=UserId(SENDER))
    assert (await refusal(world, mine))[0] == "WAITING"
    await world.handle(a_claim_granted())

    beyond = VoidPickup(numbers=(LineNumber(7),), by=UserId(SENDER))
    assert await refusal(world, beyond) == ("UNKNOWN_LINE", "PCK-3", "numbers")
    assert (await refusal(world, VoidPickup(by=UserId(OUTSIDER))))[0] == "NOT_YOUR_PICKUP"
    await world.handle(a_claim_broken())
    assert (await refusal(world, mine))[0] == "ENDED"


@pytest.mark.rule("PCK-3d")
async def test_what_the_store_has_refused_is_not_taken_back(world: World) -> None:
    await world.handle(a_request(), subject="H-1")
    await world.handle(a_claim_refused(reason="IN_TRANSFER"))

    assert await refusal(world, VoidPickup(by=UserId(SENDER))) == ("ENDED", "PCK-3", None)
    assert await world.events(PickupVoidRequested) == []


@pytest.mark.rule("PCK-3e")
async def test_a_technician_reports_what_was_not_there_and_ends_no_line(world: World) -> None:
    await registered(world, *DEVICES)

    said = ReportPickup(technician=UserId(SERVICE), not_found=(LineNumber(2),))
    await world.handle(said, subject="H-1")

    (reported,) = await world.events(PickupReported)
    assert (reported.technician, reported.not_found) == (SERVICE, (2,))
    assert [line.outcome for line in (await pickup(world)).lines] == [None, None]


@pytest.mark.rule("PCK-3e")
async def test_a_first_report_replaces_none_that_a_colleague_has_made(world: World) -> None:
    await registered(world, *DEVICES)
    said = ReportPickup(technician=UserId(SERVICE), not_found=(LineNumber(2),))
    await world.handle(said, subject="H-1")

    async with world.http(**CLERK) as client:
        address = f"/pickups/{(await pickup(world)).id}:report"
        refused = await client.post(address, json={"is_first": True})
        changed = await client.post(address, json={})
        again = await client.post(address, json={"not_found": [1], "is_first": True})

    assert (refused.status_code, refused.json()["reason"]) == (409, "ALREADY_REPORTED")
    assert [one.json()["not_found"] for one in (changed, again)] == [[], [1]]


@pytest.mark.rule("PCK-5a", "PCK-5b")
async def test_a_colleague_finds_open_pickups_and_ended_ones_on_request(world: World) -> None:
    await registered(world)
    await world.handle(a_claim_broken())
    await requested_over_http(world, DEVICES[1], reference="H-2")

    colleague: dict[str, Any] = {"user": "k083abc", "roles": [Role.REQUESTER]}
    async with world.http(**colleague, service_points=[SENDING]) as client:
        assert await numbers(client, service_point=SENDING) == ["26100002"]
        assert await numbers(client, status="closed") == ["26100001"]
        assert await numbers(client, requested_from="2026-03-03") == []
        assert await numbers(client, pickup_number="26100002") == ["26100002"]
        assert await numbers(client, pickup_number="2610") == ["26100002"]
        assert await numbers(client, pickup_number="26100001") == []
    async with world.http(
        user=OUTSIDER, service_points=[RECEIVING], roles=[Role.REQUESTER]
    ) as other:
        assert await numbers(other) == []


async def numbers(client: Any, **asked: str) -> list[str]:
    """The numbers of the pickups that a search finds."""
    found = await client.get("/pickups", params=asked)
    assert found.status_code == 200, found.text
    return [one["pickup_number"] for one in found.json()["items"]]
