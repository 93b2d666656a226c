"""INV-6 in bmb: a device is shown by its number of today, and found by each that it has borne."""

import pytest
from kvitt_contracts.bmb import TransferDrafted
from kvitt_contracts.types import DeviceNumber, Role
from kvitt_testkit.world import World

from contracts.tests.builders.inventory import a_device_renumbered
from contracts.tests.builders.story import SENDER, SENDING, device_id, transfer_id
from services.bmb.tests.worlds import Registered, a_save, refusal, registered, sent

__all__ = ["registered"]

FIRST, SECOND, TODAY = "170098", "170500", "170501"


async def renumbered(world: World) -> None:
    """The device has borne two numbers, and bears a third."""
    await world.handle_all(
        a_device_renumbered(FIRST, SECOND),
        a_device_renumbered(FIRST, TODAY, before=SECOND),
    )


@pytest.mark.rule("INV-6a")
@pytest.mark.parametrize("number", [FIRST, SECOND, TODAY])
async def test_each_number_that_a_device_has_borne_finds_it(
    registered: Registered, number: str
) -> None:
    async with registered() as world:
        await renumbered(world)

        await world.handle(a_save(devices=(DeviceNumber(number),)), subject="BMB-1")

        (drafted,) = await world.events(TransferDrafted)
        assert drafted.devices == (device_id(FIRST),)


async def test_a_number_of_no_device_is_refused(registered: Registered) -> None:
    async with registered() as world:
        await renumbered(world)

        refused = await refusal(world, a_save(devices=(DeviceNumber("170502"),)))

        assert (refused.reason, refused.rule) == ("UNKNOWN_DEVICE", "BMB-1")


@pytest.mark.rule("INV-6a")
async def test_a_transfer_shows_the_number_of_today_and_is_listed_by_each(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await renumbered(world)

        care = (Role.PRESCRIBER,)
        async with world.http(user=SENDER, roles=care, service_points=[SENDING]) as client:
            shown = (await client.get(f"/transfers/{transfer_id()}")).json()
            for number in (FIRST, SECOND, TODAY):
                page = (await client.get(f"/transfers?device={number}")).json()
                assert [one["id"] for one in page["items"]] == [str(transfer_id())]

        assert [one["device_number"] for one in shown["devices"]] == [TODAY]
