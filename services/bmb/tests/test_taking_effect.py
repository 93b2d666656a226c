"""What inventory emits of custody, on a real database: lines that take effect or drop out."""

import pytest
from bmb.domain import Status
from bmb.register.models import DeviceRow, UserRow
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.bmb import (
    TransferAccepted,
    TransferCompleted,
    TransferDissolved,
    TransferDrafted,
    TransferExecutedAutomatically,
    TransferLineCompleted,
    TransferLineDropped,
)
from kvitt_testkit.world import stockholm

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_custody_changed_by_transfer,
    a_device_stated_on_loan,
    a_hold_broken,
    a_hold_granted,
)
from contracts.tests.builders.orders import a_user_registered
from contracts.tests.builders.story import (
    RECEIVER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDER,
    SENDING,
    a_patient,
    device_id,
)
from services.bmb.tests.worlds import Registered, a_save, an_accept, registered, sent, status

__all__ = ["registered"]


@pytest.mark.rule("BMB-4f")
async def test_an_accepted_transfer_is_completed_when_custody_has_changed(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(an_accept(), subject="BMB-1")
        await world.handle(a_custody_changed_by_transfer())

        (accepted,) = await world.events(TransferAccepted)
        assert (accepted.customer_id, accepted.payer_id) == (RECEIVING, RECEIVING_PAYER)
        assert await world.events(TransferLineCompleted)
        assert await world.events(TransferCompleted)
        assert await status(world) is Status.COMPLETED
        assert await world.timers() == {}


@pytest.mark.rule("BMB-6c")
async def test_after_its_acceptance_a_transfer_is_put_right_by_a_new_one(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(an_accept(), subject="BMB-1")
        await world.handle(a_custody_changed_by_transfer())
        back = a_save(sender=RECEIVER, new_prescriber=SENDER)
        await world.handle(back, subject="BMB-2")

        (first, second) = await world.events(TransferDrafted)
        assert (first.receiving_service_point, second.receiving_service_point) == (
            RECEIVING,
            SENDING,
        )


@pytest.mark.rule("BMB-12g")
async def test_a_returned_device_drops_out_and_the_rest_goes_on(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_device_stated_on_loan("157792"))
        await world.handle(a_save(devices=("170098", "157792")), subject="BMB-1")
        await world.handle(a_hold_granted("170098", "157792"))
        broken = a_hold_broken("157792")
        await world.handle(broken)
        await world.handle(an_accept(), subject="BMB-1")

        (dropped,) = await world.events(TransferLineDropped)
        assert dropped.device_id == device_id("157792")
        (accepted,) = await world.events(TransferAccepted)
        assert accepted.devices == (device_id("170098"),)


@pytest.mark.rule("BMB-12h")
async def test_a_transfer_whose_only_device_was_returned_is_dissolved(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(a_hold_broken())
        await world.advance(stockholm("2026-06-01 00:00"))

        assert await status(world) is Status.DISSOLVED
        assert await world.events(TransferDissolved)
        assert await world.events(TransferCompleted, TransferExecutedAutomatically) == []


async def test_custody_of_a_device_that_is_not_known_yet_waits(registered: Registered) -> None:
    async with registered() as world:
        with pytest.raises(NotYetKnown):
            await world.handle(a_custody_changed_by_order("157792"))


async def test_what_was_said_last_of_a_user_and_a_device_counts(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_user_registered(SENDER, RECEIVING))
        await world.handle(a_custody_changed_by_order(to=a_custody(a_patient("P-30771"))))

        user = await world.row(UserRow, SENDER)
        device = await world.row(DeviceRow, device_id())
        assert user.default_service_point == RECEIVING
        assert device.holder == a_patient("P-30771")
