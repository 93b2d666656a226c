from datetime import date

import pytest
from bmb.completion.domain import complete_line, drop_line
from bmb.domain import HOLDING, Status, Transfer, evolve
from hypothesis import given
from hypothesis import strategies as st
from kvitt_contracts.bmb import (
    TransferCompleted,
    TransferDissolved,
    TransferEvent,
    TransferLineCompleted,
    TransferLineDropped,
)

from contracts.tests.builders.story import device_id
from services.bmb.tests.builders import a_transfer

DAY = date(2026, 5, 4)
TWO = (device_id("170098"), device_id("157792"))


def after(transfer: Transfer, events: tuple[TransferEvent, ...]) -> Transfer:
    """The transfer after these events."""
    for event in events:
        transfer = evolve(transfer, event)
    return transfer


@pytest.mark.rule("BMB-4f")
def test_a_line_is_completed_when_its_device_has_changed_custody() -> None:
    events = complete_line(a_transfer(Status.ACCEPTED, devices=TWO), device=TWO[0], on=DAY)

    assert [type(event) for event in events] == [TransferLineCompleted]


@pytest.mark.rule("BMB-4f")
def test_the_last_line_completes_the_transfer() -> None:
    transfer = a_transfer(Status.ACCEPTED, devices=TWO)
    transfer = after(transfer, complete_line(transfer, device=TWO[0], on=DAY))

    events = complete_line(transfer, device=TWO[1], on=DAY)

    assert [type(event) for event in events] == [TransferLineCompleted, TransferCompleted]
    assert after(transfer, events).status is Status.COMPLETED


def test_a_line_that_is_completed_already_changes_nothing() -> None:
    transfer = a_transfer(Status.ACCEPTED, devices=TWO)
    transfer = after(transfer, complete_line(transfer, device=TWO[0], on=DAY))

    assert complete_line(transfer, device=TWO[0], on=DAY) == ()


@pytest.mark.rule("BMB-12g")
@pytest.mark.parametrize("status", HOLDING)
def test_a_device_that_was_returned_drops_out_and_both_sides_are_told(status: Status) -> None:
    transfer = a_transfer(status, devices=TWO)

    (event,) = drop_line(transfer, device=TWO[0], reason="RETURNED")

    assert isinstance(event, TransferLineDropped)
    assert event.sender == transfer.sender
    assert event.receiving_service_point == transfer.receiving_service_point
    assert after(transfer, (event,)).remaining == (TWO[1],)


@pytest.mark.rule("BMB-12h")
def test_a_transfer_whose_devices_all_dropped_out_is_dissolved() -> None:
    transfer = a_transfer(devices=TWO)
    transfer = after(transfer, drop_line(transfer, device=TWO[0], reason="RETURNED"))

    events = drop_line(transfer, device=TWO[1], reason="RETURNED")

    assert [type(event) for event in events] == [TransferLineDropped, TransferDissolved]
    assert after(transfer, events).status is Status.DISSOLVED


@pytest.mark.rule("BMB-12h")
def test_a_transfer_that_had_effect_on_a_device_is_completed_when_the_last_one_drops_out() -> None:
    transfer = a_transfer(Status.ACCEPTED, devices=TWO)
    transfer = after(transfer, complete_line(transfer, device=TWO[0], on=DAY))

    events = drop_line(transfer, device=TWO[1], reason="RETURNED")

    assert [type(event) for event in events] == [TransferLineDropped, TransferCompleted]
    assert after(transfer, events).status is Status.COMPLETED


@pytest.mark.parametrize("status", [one for one in Status if one not in HOLDING])
def test_a_transfer_that_has_ended_loses_no_device(status: Status) -> None:
    assert drop_line(a_transfer(status), device=device_id(), reason="RETURNED") == ()


@pytest.mark.rule("BMB-12h")
@given(order=st.permutations(range(6)), dropped=st.sets(st.integers(0, 5)))
def test_in_any_order_every_device_ends_once_and_the_transfer_with_the_last(
    order: list[int], dropped: set[int]
) -> None:
    devices = tuple(device_id(str(number)) for number in range(6))
    transfer = a_transfer(Status.ACCEPTED, devices=devices)
    said: list[TransferEvent] = []

    for number in (*order, *order):  # each told twice
        device = devices[number]
        events = (
            drop_line(transfer, device=device, reason="LOST")
            if number in dropped
            else complete_line(transfer, device=device, on=DAY)
        )
        transfer = after(transfer, events)
        said += events

    assert len(said) == len(devices) + 1
    nothing = dropped == set(range(6))
    assert isinstance(said[-1], TransferDissolved if nothing else TransferCompleted)
    assert transfer.status is (Status.DISSOLVED if nothing else Status.COMPLETED)
