import pytest
from bmb.app import service
from bmb.domain import Status
from bmb.models import TransferRow
from kvitt_contracts.bmb import SaveTransfer, TransferUnlocked, UnlockTransfer
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceNumber, UserId
from kvitt_testkit.world import Given, stockholm

from contracts.tests.builders.inventory import a_device_stated_on_loan, a_hold_granted
from contracts.tests.builders.story import RECEIVER, SENDER, SERVICE, transfer_id
from services.bmb.tests.builders import the_registry


@pytest.mark.rule("REF-12m")
async def test_nothing_is_unlocked_for_somebody_who_is_unknown(given: Given) -> None:
    async with given(service, at=stockholm("2026-05-01 10:00")) as world:
        await world.handle_all(*the_registry(), a_device_stated_on_loan(region="bd"), region="bd")
        command = SaveTransfer(
            sender=UserId(SENDER),
            devices=(DeviceNumber("170098"),),
            new_prescriber=UserId(RECEIVER),
            execute=True,
        )
        await world.handle(command, subject="BMB-1", region="bd")
        await world.handle(a_hold_granted(region="bd"), region="bd")
        await world.advance(stockholm("2026-05-09 00:00"))

        with pytest.raises(Refused) as refused:
            await world.handle(
                UnlockTransfer(by=UserId(SERVICE), asked_by=UserId("k999xyz")),
                subject="BMB-1",
                region="bd",
            )

        assert (refused.value.reason, refused.value.field) == ("UNKNOWN_USER", "asked_by")
        row = await world.row(TransferRow, transfer_id(region="bd"), region="bd")
        assert row.status is Status.LOCKED
        assert await world.events(TransferUnlocked) == []
