"""BMB-12, BMB-4, BMB-7: claims of transfers, and what their end does to custody."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from inventory.app import service
from inventory.devices.domain import Claim, ClaimKind
from inventory.holds import domain
from inventory.holds.models import HoldRow
from inventory.stock.models import StockMoveRow
from kvitt_contracts.envelope import Message
from kvitt_contracts.inventory import (
    CustodyChanged,
    HoldGranted,
    HoldRefused,
    HoldReleased,
    MoveKind,
)
from kvitt_contracts.types import ArticleNumber, StoreId
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_cancelled,
    a_transfer_executed_automatically,
    a_transfer_locked,
    a_transfer_rejected,
    a_transfer_requested,
    a_transfer_requested_from_store,
    a_transfer_unlocked,
    a_transfer_voided,
    a_transfer_withdrawn,
)
from contracts.tests.builders.orders import (
    a_device_line,
    a_person_merged,
    a_person_registered,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_sent_line,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    OWN,
    PAYER,
    RECEIVER,
    RECEIVING_PAYER,
    ROLLATOR,
    SENDER,
    a_patient,
    a_store,
    device_id,
    order_id,
    transfer_id,
)
from services.inventory.tests.builders import a_device
from services.inventory.tests.worlds import balance, device


def asked(number: str = "170098", **changes: Any) -> domain.Asked:
    """A rollator that a transfer asks for, at its patient unless told."""
    known = changes.pop("device", a_device())
    return domain.Asked(
        device_id=device_id(number),
        device=known,
        holder=known.custody.holder if known else None,
        **changes,
    )


def answer(*devices: domain.Asked, at: Any = None, free: int = 1) -> HoldGranted | HoldRefused:
    """Answer a transfer that says that the devices are at its patient."""
    return domain.answer(
        transfer_id(),
        devices,
        at=at or a_patient(),
        available={(StoreId(OWN), ArticleNumber(ROLLATOR)): free},
    )


@pytest.mark.rule("BMB-1a")
def test_all_devices_of_a_transfer_are_claimed() -> None:
    granted = answer(asked("170098"), asked("170099"))

    assert granted == HoldGranted(
        transfer_id=transfer_id(), devices=(device_id("170098"), device_id("170099"))
    )


@pytest.mark.rule("BMB-12a", "BMB-12e", "BMB-12f")
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (ClaimKind.TRANSFER, "IN_TRANSFER"),
        (ClaimKind.LOCK, "LOCKED"),
        (ClaimKind.DISPATCH, "IN_DISPATCH"),
    ],
)
def test_a_device_in_another_claim_is_refused_with_the_claim(kind: ClaimKind, reason: str) -> None:
    refused = answer(asked(claim=Claim(kind=kind, by=transfer_id("BMB-0"))))

    assert isinstance(refused, HoldRefused)
    assert [(one.device_id, one.reason) for one in refused.refused] == [(device_id(), reason)]


@pytest.mark.rule("BMB-12f")
def test_one_device_that_cannot_be_claimed_refuses_all_and_is_named() -> None:
    refused = answer(asked("170098"), asked("170099", device=None))

    assert isinstance(refused, HoldRefused)
    assert [(one.device_id, one.reason) for one in refused.refused] == [
        (device_id("170099"), "UNKNOWN_DEVICE")
    ]


@pytest.mark.rule("BMB-1a")
@pytest.mark.parametrize(
    ("at", "reason"),
    [(a_patient("P-99999"), "NOT_AT_RECIPIENT"), (a_store(), "NOT_IN_STORE")],
)
def test_the_devices_are_where_the_transfer_says(at: Any, reason: str) -> None:
    refused = answer(asked(), at=at)

    assert isinstance(refused, HoldRefused)
    assert refused.refused[0].reason == reason


@pytest.mark.rule("INV-4d")
def test_a_store_that_has_promised_all_to_orders_gives_none_to_a_transfer() -> None:
    in_store = asked(device=a_device(a_store()))

    assert isinstance(answer(in_store, at=a_store(), free=1), HoldGranted)
    refused = answer(in_store, at=a_store(), free=0)

    assert isinstance(refused, HoldRefused)
    assert refused.refused[0].reason == "RESERVED_FOR_ORDERS"


@pytest.mark.rule("PHY-1a")
def test_a_hold_whose_last_device_is_broken_out_has_ended() -> None:
    hold = domain.evolve(None, HoldGranted(transfer_id=transfer_id(), devices=(device_id(),)))
    (broken,) = domain.break_off(transfer_id(), hold, device_id=device_id(), reason="RETURNED")

    ended = domain.evolve(hold, broken)
    assert (ended.status, ended.devices) == (domain.Status.ENDED, ())
    assert domain.break_off(transfer_id(), ended, device_id=device_id(), reason="LOST") == ()
    assert domain.end(transfer_id(), ended) == ()


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two rollators on loan to a patient, on a Monday."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(
            *the_stores(), *the_catalogue(), a_person_registered(), a_person_registered("P-30001")
        )
        await world.handle_all(a_device_on_loan_stated("170098"), a_device_on_loan_stated("170099"))
        yield world


@pytest.mark.rule("BMB-12a", "BMB-12f")
async def test_a_device_is_in_one_open_transfer_at_a_time(world: World) -> None:
    await world.handle(a_transfer_requested("170098", transfer="BMB-1"))
    await world.handle(a_transfer_requested("170098", "170099", transfer="BMB-2"))

    (refused,) = await world.events(HoldRefused)
    assert refused.transfer_id == transfer_id("BMB-2")
    assert [one.reason for one in refused.refused] == ["IN_TRANSFER"]
    assert (await device(world, "170099")).claim is None
    await assert_rows_are_folds(world)


@pytest.mark.rule("BMB-1g", "BMB-4f")
async def test_custody_changes_at_once_when_the_effective_day_has_come(world: World) -> None:
    await world.handle(a_transfer_requested("170098", "170099"))

    await world.handle(a_transfer_accepted("170098", "170099", new_prescriber=RECEIVER))

    changed = await world.events(CustodyChanged)
    assert {event.device_id for event in changed} == {device_id("170098"), device_id("170099")}
    assert {event.custody.payer_id for event in changed} == {RECEIVING_PAYER}
    assert {event.custody.prescriber for event in changed} == {RECEIVER}
    assert {event.cause.transfer_id for event in changed} == {transfer_id()}
    assert (await device(world)).claim is None
    assert (await world.row(HoldRow, transfer_id())).status == "ended"
    await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-1c", "BMB-3b", "BMB-4f")
async def test_custody_changes_at_the_start_of_a_later_day(world: World) -> None:
    await world.handle_all(
        a_transfer_requested(), a_transfer_accepted(effective_on=date(2026, 3, 10))
    )

    await world.advance(stockholm("2026-03-09 23:59"))
    assert await world.events(CustodyChanged) == []
    assert (await device(world)).claim == Claim(kind=ClaimKind.TRANSFER, by=transfer_id())
    await world.advance(stockholm("2026-03-10 00:00"))

    (changed,) = await world.events(CustodyChanged)
    assert changed.custody.since == date(2026, 3, 10)
    assert changed.before.payer_id == PAYER


@pytest.mark.rule("BMB-1c")
async def test_a_change_of_payer_leaves_holder_and_prescriber(world: World) -> None:
    await world.handle_all(a_transfer_requested(), a_transfer_accepted())

    custody = (await device(world)).custody
    assert (custody.holder, custody.prescriber) == (a_patient(), SENDER)
    assert custody.payer_id == RECEIVING_PAYER


@pytest.mark.rule("BMB-1f")
async def test_a_transfer_from_patient_to_patient(world: World) -> None:
    await world.handle(a_transfer_requested())
    await world.handle(a_transfer_accepted(new_recipient=a_patient("P-30001")))

    assert (await device(world)).custody.holder == a_patient("P-30001")


@pytest.mark.rule("BMB-1e")
async def test_a_transfer_to_the_own_store_raises_its_balance_and_nobody_pays(
    world: World,
) -> None:
    await world.handle_all(a_transfer_requested(), a_transfer_accepted(new_store=OWN))

    custody = (await device(world)).custody
    assert (custody.holder, custody.payer_id) == (a_store(), None)
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)


@pytest.mark.rule("BMB-1d")
async def test_a_transfer_from_the_own_store_sets_one_aside_and_takes_it(world: World) -> None:
    await world.handle(rollators_received("170077"))
    await world.handle(a_transfer_requested_from_store("170077", store=OWN))
    assert await balance(world, ROLLATOR, OWN) == (0, 1, 0)

    await world.handle(a_transfer_accepted("170077", new_recipient=a_patient()))

    assert await balance(world, ROLLATOR, OWN) == (0, 0, 0)
    assert (await device(world, "170077")).custody.holder == a_patient()
    await assert_rows_are_folds(world)


async def test_a_device_in_a_transfer_is_not_withdrawn(world: World) -> None:
    await world.handle(rollators_received("170077"))
    await world.handle(a_transfer_requested_from_store("170077", store=OWN))

    await world.handle(a_withdrawal_placed(a_device_line("170077")))

    assert (await device(world, "170077")).claim is not None
    assert await world.events(CustodyChanged) == []


@pytest.mark.rule("INV-4c")
async def test_a_device_leaves_the_ledger_on_the_day_on_which_it_leaves_its_store(
    world: World,
) -> None:
    await world.advance(stockholm("2026-03-10 08:00"))
    await world.handle(rollators_received("170077", received_on=date(2026, 3, 10)))
    await world.handle(a_transfer_requested_from_store("170077", store=OWN))

    await world.handle(
        a_transfer_accepted("170077", new_recipient=a_patient(), effective_on=date(2026, 3, 5))
    )

    (left,) = [row for row in await world.rows(StockMoveRow) if row.kind == MoveKind.WITHDRAWN]
    assert left.moved_on == (await device(world, "170077")).custody.since == date(2026, 3, 10)


@pytest.mark.rule("BMB-7a")
async def test_a_transfer_executed_automatically_takes_effect_too(world: World) -> None:
    event = a_transfer_executed_automatically(effective_on=date(2026, 3, 9))
    await world.handle_all(a_transfer_requested(), event)

    await world.advance(stockholm("2026-03-09 00:00"))

    (changed,) = await world.events(CustodyChanged)
    assert (changed.custody.payer_id, changed.custody.since) == (RECEIVING_PAYER, date(2026, 3, 9))


@pytest.mark.parametrize(
    "ended",
    [
        pytest.param(a_transfer_rejected("170077"), marks=pytest.mark.rule("BMB-5b", "BMB-5d")),
        pytest.param(a_transfer_withdrawn("170077"), marks=pytest.mark.rule("BMB-6b")),
        pytest.param(a_transfer_voided("170077"), marks=pytest.mark.rule("BMB-7d")),
        pytest.param(a_transfer_unlocked("170077"), marks=pytest.mark.rule("BMB-7c")),
        pytest.param(a_transfer_cancelled(), marks=pytest.mark.rule("BMB-2c")),
    ],
    ids=lambda ended: type(ended).__name__,
)
async def test_a_transfer_that_ends_without_effect_frees_its_devices(
    world: World, ended: Message
) -> None:
    await world.handle(rollators_received("170077"))
    await world.handle(a_transfer_requested_from_store("170077", store=OWN))

    await world.handle(ended)

    assert await world.events(HoldReleased) == [HoldReleased(transfer_id=transfer_id())]
    assert (await device(world, "170077")).claim is None
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("BMB-2c")
async def test_a_cancelled_draft_held_nothing(world: World) -> None:
    await world.handle(a_transfer_cancelled())

    assert await world.events(HoldReleased) == []


@pytest.mark.rule("BMB-7b", "BMB-7c", "BMB-12e")
async def test_a_locked_transfers_devices_stay_claimed_until_unlocked(world: World) -> None:
    await world.handle(a_transfer_requested("170098"))
    await world.handle(a_transfer_locked())

    await world.handle(a_transfer_requested("170098", transfer="BMB-2"))
    (refused,) = await world.events(HoldRefused)
    await world.handle(a_transfer_unlocked())
    await world.handle(a_transfer_requested("170098", transfer="BMB-3"))

    assert refused.refused[0].reason == "LOCKED"
    assert (await world.row(HoldRow, transfer_id("BMB-3"))).status == "granted"


@pytest.mark.rule("PHY-1a")
async def test_what_was_returned_before_the_effective_day_is_not_handed_over(
    world: World,
) -> None:
    await world.handle_all(
        a_transfer_requested("170098", "170099"),
        a_transfer_accepted("170098", "170099", effective_on=date(2026, 3, 10)),
    )
    await world.handle(a_device_returned("170098", on=date(2026, 3, 2)))

    await world.advance(stockholm("2026-03-10 00:00"))

    changed = await world.events(CustodyChanged)
    assert [event.device_id for event in changed] == [device_id("170098"), device_id("170099")]
    assert (await device(world, "170098")).custody.holder == a_store()
    await assert_rows_are_folds(world)


async def test_a_patient_who_was_merged_is_the_same_patient(world: World) -> None:
    await world.handle(a_person_merged("P-20417", into="P-30001"))

    await world.handle(a_transfer_requested(current_recipient=a_patient("P-30001")))

    assert len(await world.events(HoldGranted)) == 1


@pytest.mark.rule("PHY-1a")
async def test_a_device_that_the_warehouse_sent_leaves_its_transfer(world: World) -> None:
    await world.handle(rollators_received("170077", "170078", store=CENTRAL))
    await world.handle(a_transfer_requested_from_store("170077", store=CENTRAL))
    await world.handle(an_order_placed(a_device_line(None)))

    await world.handle(a_dispatch(a_sent_line(1, 1, "170077")))

    claim = (await device(world, "170077")).claim
    assert claim == Claim(kind=ClaimKind.DISPATCH, by=order_id())
    assert await balance(world, ROLLATOR) == (1, 0, 0)
    assert (await world.row(HoldRow, transfer_id())).status == "ended"
    await assert_rows_are_folds(world)


@pytest.mark.rule("BMB-12f")
async def test_a_hold_is_shown_with_what_hindered_it(world: World) -> None:
    await world.handle(a_transfer_requested("170098", transfer="BMB-1"))
    await world.handle(a_transfer_requested("170098", transfer="BMB-2"))

    async with world.http() as client:
        shown = (await client.get(f"/holds/{transfer_id('BMB-2')}")).json()

    assert shown["status"] == "refused"
    assert shown["refused"] == [{"device_id": str(device_id()), "reason": "IN_TRANSFER"}]
