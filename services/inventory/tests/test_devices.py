"""INV-5, INV-7, BIL-1: devices, their custody through time, and their return."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given as given_values
from hypothesis import strategies as st
from inventory.devices import domain
from inventory.devices.models import DeviceRow
from inventory.returns import domain as returns
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import (
    Custody,
    CustodyCause,
    CustodyChanged,
    DeviceStatedOnLoan,
    HoldBroken,
)
from kvitt_contracts.types import (
    CustomerId,
    PayerId,
    StoreHolder,
    StoreId,
    UserId,
)
from kvitt_testkit.world import World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import a_transfer_accepted, a_transfer_requested
from contracts.tests.builders.orders import a_person_merged, a_person_registered
from contracts.tests.builders.regions import (
    a_device_in_store_stated,
    a_device_on_loan_stated,
    a_device_returned,
    an_article_stated,
    rollators_received,
)
from contracts.tests.builders.story import (
    BATTERY,
    CENTRAL,
    DAY,
    OTHER_PAYER,
    OWN,
    PAYER,
    ROLLATOR,
    SENDER,
    SENDING,
    a_care_unit,
    a_patient,
    a_store,
    device_id,
    order_id,
    transfer_id,
)
from services.inventory.tests.builders import a_device
from services.inventory.tests.worlds import balance, device, refusal


def change(device: domain.Device, *, payer: str, on: date) -> CustodyChanged:
    """Another payer from a day on."""
    return domain.change_custody(
        device_id(),
        device,
        holder=device.custody.holder,
        payer_id=PayerId(payer),
        customer_id=CustomerId("40355"),
        prescriber=UserId("k201ema"),
        since=on,
        cause=CustodyCause(transfer_id=transfer_id()),
    )


@pytest.mark.rule("BIL-1a")
def test_nobody_pays_and_nobody_has_prescribed_what_stands_in_a_store() -> None:
    taken = returns.take_back(device_id(), a_device(), store=StoreId(OWN), on=date(2026, 3, 9))

    assert taken is not None
    (returned,) = taken.changes
    assert returned.custody == Custody(holder=a_store(), since=date(2026, 3, 9))
    assert returned.before == a_device().custody


@pytest.mark.rule("PHY-1d")
def test_a_device_in_another_store_is_not_returned() -> None:
    with pytest.raises(returns.ReturnRefused) as refused:
        returns.take_back(device_id(), a_device(a_store(CENTRAL)), store=StoreId(OWN), on=DAY)

    assert (refused.value.reason, refused.value.rule) == ("NOT_ON_LOAN", "INV-7")


@pytest.mark.rule("BIL-1a")
def test_a_change_told_late_does_not_reach_behind_the_latest_one() -> None:
    changed = change(a_device(), payer=OTHER_PAYER, on=DAY - timedelta(days=5))

    assert changed.custody.since == DAY


@pytest.mark.rule("BIL-1a")
@given_values(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["20011", "20499", ""]))))
def test_every_day_has_the_payer_that_was_said_last_of_it(
    changes: list[tuple[int, str]],
) -> None:
    state = a_device()
    history = [state.custody]
    for days, payer in changes:
        on = DAY + timedelta(days=days)
        if payer:
            state = domain.evolve(state, change(state, payer=payer, on=on))
        else:
            taken = returns.take_back(
                device_id(),
                state,
                store=StoreId(OWN),
                on=max(on, state.custody.since),
                on_the_way=returns.OnTheWay(order_id=order_id(), sent_on=None),
            )
            for event in taken.changes if taken else ():
                state = domain.evolve(state, event)
        history.append(state.custody)

    spans = domain.periods(history)

    assert all(one.end == following.start for one, following in pairwise(spans))
    assert spans[-1].end is None
    for span in spans:
        last_said = [custody for custody in history if custody.since <= span.start][-1]
        assert span.custody == last_said
    for span in spans:
        in_store = isinstance(span.custody.holder, StoreHolder)
        assert (span.custody.payer_id is None) == in_store


@pytest.mark.rule("BIL-1a")
async def test_a_device_of_the_old_stock_is_on_loan_from_the_cut_over_day(world: World) -> None:
    await world.handle(a_device_on_loan_stated())

    (stated,) = await world.events(DeviceStatedOnLoan)
    assert stated.custody.holder == a_patient()
    assert (stated.custody.payer_id, stated.custody.since) == (PAYER, DAY)
    assert await balance(world, ROLLATOR, OWN) == (0, 0, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("BMB-4b")
async def test_the_customer_who_pays_for_old_stock_is_told_where_the_region_states_it(
    world: World,
) -> None:
    await world.handle_all(
        a_device_on_loan_stated(customer_id=SENDING), a_device_on_loan_stated("170099")
    )

    stated = await world.events(DeviceStatedOnLoan)
    assert {event.custody.customer_id for event in stated} == {SENDING, None}


@pytest.mark.rule("INV-4d")
async def test_a_device_of_the_old_stock_in_a_store_is_in_its_balance(world: World) -> None:
    await world.handle(a_device_in_store_stated())

    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    assert (await device(world)).custody.payer_id is None


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        ({"store": StoreId(OWN)}, "EITHER_STORE_OR_RECIPIENT"),
        ({"recipient": None}, "EITHER_STORE_OR_RECIPIENT"),
        ({"article_number": BATTERY}, "ARTICLE_IS_NOT_MARKED"),
    ],
)
async def test_a_stated_device_is_a_marked_unit_in_one_place(
    world: World, update: dict[str, Any], reason: str
) -> None:
    refused = await refusal(world.handle(a_device_on_loan_stated(**update)))

    assert (refused.reason, refused.rule) == (reason, "INV-5")


@pytest.mark.rule("BIL-1a")
@pytest.mark.parametrize(
    ("field", "value"), [("payer_id", PAYER), ("customer_id", SENDING), ("prescriber", SENDER)]
)
async def test_what_stands_in_a_store_is_stated_without_payer_customer_and_prescriber(
    world: World, field: str, value: str
) -> None:
    fact = a_device_in_store_stated(**{field: value})

    refused = await refusal(world.handle(fact))

    assert (refused.reason, refused.rule, refused.field) == ("NO_LOAN_IN_A_STORE", "BIL-1", field)


@pytest.mark.rule("BIL-1a")
async def test_a_loan_is_stated_with_its_payer(world: World) -> None:
    fact = a_device_on_loan_stated(payer_id=None)

    refused = await refusal(world.handle(fact))

    assert (refused.reason, refused.rule) == ("LOAN_WITHOUT_PAYER", "BIL-1")


async def test_a_loan_to_a_person_that_orders_has_not_told_of_waits(world: World) -> None:
    with pytest.raises(NotYetKnown):
        await world.handle(a_device_on_loan_stated(person="P-99999"))


@pytest.mark.rule("PHY-1b", "PHY-1e")
async def test_a_stated_device_told_again_changes_nothing(world: World) -> None:
    await world.handle_all(a_device_on_loan_stated(), a_device_on_loan_stated())

    assert len(await world.rows(DeviceRow)) == 1


@pytest.mark.rule("PHY-1e")
@pytest.mark.parametrize(
    ("update", "field"),
    [
        ({"payer_id": OTHER_PAYER}, "payer_id"),
        ({"customer_id": SENDING}, "customer_id"),
        ({"prescriber": None}, "prescriber"),
        ({"stated_on": DAY - timedelta(days=1)}, "stated_on"),
        ({"recipient": a_care_unit()}, "recipient"),
        ({"store": OWN, "recipient": None, "payer_id": None, "prescriber": None}, "store"),
    ],
)
async def test_a_device_that_is_stated_otherwise_is_refused(
    world: World, update: dict[str, Any], field: str
) -> None:
    await world.handle(a_device_on_loan_stated())

    refused = await refusal(world.handle(a_device_on_loan_stated(**update)))

    assert (refused.reason, refused.rule, refused.field) == (
        "DEVICE_STATED_OTHERWISE",
        "PHY-1",
        field,
    )
    assert (await device(world)).custody.payer_id == PAYER


@pytest.mark.rule("PHY-1e")
@pytest.mark.parametrize(
    "update", [{"serial_number": "SN-2"}, {"article_number": "30013", "serial_number": "SN-1"}]
)
async def test_another_device_does_not_get_a_number_that_is_taken(
    world: World, update: dict[str, Any]
) -> None:
    await world.handle_all(
        an_article_stated("30013"), a_device_on_loan_stated(serial_number="SN-1")
    )

    refused = await refusal(world.handle(a_device_on_loan_stated(**update)))

    assert (refused.reason, refused.rule) == ("DEVICE_NUMBER_TAKEN", "INV-5")
    assert (await device(world)).serial_number == "SN-1"


@pytest.mark.rule("PHY-1b")
async def test_a_device_that_has_moved_since_is_stated_again_as_it_was_without_effect(
    world: World,
) -> None:
    await world.handle_all(a_device_on_loan_stated(), a_device_returned())
    await world.handle_all(
        a_person_registered("P-30001"), a_person_merged("P-20417", into="P-30001")
    )
    before: list[Event] = await world.events()

    await world.handle(a_device_on_loan_stated())

    assert await world.events() == before


@pytest.mark.rule("INV-7a", "INV-7c")
async def test_a_returned_device_is_available_at_once_and_ends_the_rent(world: World) -> None:
    await world.handle(a_device_on_loan_stated())
    await world.advance(stockholm("2026-03-09 08:00"))

    await world.handle(a_device_returned(on=date(2026, 3, 9)))

    (changed,) = await world.events(CustodyChanged)
    assert changed.custody == Custody(holder=a_store(), since=date(2026, 3, 9))
    assert changed.cause == CustodyCause()
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("PHY-1a")
async def test_a_return_told_late_takes_back_what_was_decided_after_it(world: World) -> None:
    await world.handle_all(a_device_on_loan_stated(), a_transfer_requested())
    await world.handle(a_transfer_accepted(effective_on=date(2026, 3, 5)))
    await world.advance(stockholm("2026-03-09 08:00"))

    await world.handle(a_device_returned(on=date(2026, 3, 4)))

    async with world.http() as client:
        card = (await client.get(f"/devices/{device_id()}")).json()
    assert [(p["from_day"], p["payer_id"]) for p in card["periods"]] == [
        ("2026-03-02", PAYER),
        ("2026-03-04", None),
        ("2026-03-05", None),
    ]
    await assert_rows_are_folds(world)


@pytest.mark.rule("DAY-5b")
async def test_a_device_is_not_returned_before_it_left_the_stores(world: World) -> None:
    await world.handle(a_device_on_loan_stated())

    refused = await refusal(world.handle(a_device_returned(on=DAY - timedelta(days=1))))

    assert (refused.reason, refused.rule) == ("RETURNED_BEFORE_LOAN", "DAY-5")
    assert refused.field == "returned_on"
    assert await world.events(CustodyChanged) == []


@pytest.mark.rule("DAY-5b")
def test_a_loan_begins_where_the_device_left_the_stores_last() -> None:
    lent, back = date(2026, 3, 1), date(2026, 3, 5)
    again, transferred = date(2026, 3, 8), date(2026, 3, 20)
    held = a_device().custody
    history = [
        domain.Change(custody=held.model_copy(update={"since": lent}), by_order=True),
        domain.Change(custody=Custody(holder=a_store(), since=back)),
        domain.Change(custody=held.model_copy(update={"since": again}), by_order=True),
        domain.Change(custody=held.model_copy(update={"since": transferred}), by_transfer=True),
    ]
    state = replace(a_device(), custody=history[-1].custody)

    def returned(on: date) -> returns.TakenBack | None:
        return returns.take_back(device_id(), state, store=StoreId(OWN), on=on, history=history)

    taken = returned(again)
    assert taken is not None
    assert [one.custody.since for one in taken.changes] == [again, transferred]
    with pytest.raises(returns.ReturnRefused):
        returned(again - timedelta(days=1))
    assert returned(back) is None  # the return that ended the loan before, told again


@pytest.mark.rule("DAY-1a")
async def test_a_return_that_is_told_ahead_is_refused(world: World) -> None:
    await world.handle(a_device_on_loan_stated())

    refused = await refusal(world.handle(a_device_returned(on=DAY + timedelta(days=1))))

    assert (refused.reason, refused.rule) == ("DAY_IN_THE_FUTURE", "DAY-1")


@pytest.mark.rule("PHY-1b")
async def test_a_return_told_again_raises_nothing(world: World) -> None:
    await world.handle(a_device_on_loan_stated())
    await world.handle_all(a_device_returned(), a_device_returned())

    assert len(await world.events(CustodyChanged)) == 1
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)


@pytest.mark.rule("PHY-1a")
async def test_a_return_breaks_the_claim_of_a_transfer(world: World) -> None:
    await world.handle_all(a_device_on_loan_stated(), a_transfer_requested())

    await world.handle(a_device_returned())

    (broken,) = await world.events(HoldBroken)
    assert (broken.transfer_id, broken.device_id) == (transfer_id(), device_id())
    assert (await device(world)).claim is None


async def test_a_return_of_an_unknown_device_waits(world: World) -> None:
    with pytest.raises(NotYetKnown):
        await world.handle(a_device_returned("404404"))


async def test_a_device_in_the_central_store_stands_in_its_balance(world: World) -> None:
    await world.handle(rollators_received("170098", store=CENTRAL))

    async with world.http() as client:
        page = (await client.get(f"/stores/{CENTRAL}/balances")).json()

    assert [(line["article_number"], line["available"]) for line in page["items"]] == [
        (ROLLATOR, 1)
    ]
