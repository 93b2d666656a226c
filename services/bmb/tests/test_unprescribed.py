"""BMB-14: who names a prescriber for a rented device that nobody prescribes."""

from typing import Any

import pytest
from bmb.domain import Status
from kvitt_contracts.types import DeviceNumber, UserId
from kvitt_testkit.world import World

from contracts.tests.builders.inventory import a_device_stated_on_loan
from contracts.tests.builders.orders import a_user_registered
from contracts.tests.builders.regions import a_responsibles_stated
from contracts.tests.builders.story import OUTSIDER, PAYER, RECEIVER, SENDER, SENDING
from services.bmb.tests.worlds import Registered, a_save, refusal, registered, status

__all__ = ["registered"]

MAIN, LEFT = "k082eva", "k082gon"
NONE = (DeviceNumber("170001"),)
"""A device that SENDING pays for and nobody has prescribed."""


async def unit(world: World, **named: Any) -> None:
    """MAIN works where SENDER does, and answers for it."""
    await world.handle_all(
        a_user_registered(MAIN, SENDING),
        a_user_registered(LEFT, SENDING, active=False),
        a_device_stated_on_loan("170001", payer=PAYER, customer=SENDING, prescriber=None),
    )
    stated = a_responsibles_stated(SENDING, **{"main": MAIN, **named})
    await world.handle(stated, subject=SENDING)


@pytest.mark.rule("BMB-14b")
async def test_a_colleague_names_no_prescriber_for_what_nobody_prescribes(
    registered: Registered,
) -> None:
    async with registered() as world:
        await unit(world)

        refused = await refusal(world, a_save(devices=NONE))

        assert (refused.reason, refused.rule) == ("NOT_MAIN_RESPONSIBLE", "BMB-14")
        assert refused.field == "new_prescriber"
        assert MAIN in refused.way_on


@pytest.mark.rule("BMB-14b")
async def test_the_main_responsible_names_one(registered: Registered) -> None:
    async with registered() as world:
        await unit(world)
        await world.handle(a_save(sender=UserId(MAIN), devices=NONE), subject="BMB-1")

        assert await status(world) is Status.REQUESTED


@pytest.mark.rule("BMB-14b")
async def test_whose_prescriber_has_left_is_prescribed_by_nobody(registered: Registered) -> None:
    async with registered() as world:
        await unit(world)
        await world.handle(
            a_device_stated_on_loan("170002", payer=PAYER, customer=SENDING, prescriber=LEFT)
        )

        refused = await refusal(world, a_save(devices=(DeviceNumber("170002"),)))

        assert refused.reason == "NOT_MAIN_RESPONSIBLE"


async def test_what_somebody_prescribes_is_sent_as_before(registered: Registered) -> None:
    async with registered() as world:
        await unit(world)
        await world.handle(
            a_device_stated_on_loan("170002", payer=PAYER, customer=SENDING, prescriber=RECEIVER)
        )
        await world.handle(a_save(devices=(DeviceNumber("170002"),)), subject="BMB-1")

        assert await status(world) is Status.REQUESTED


async def test_without_a_main_responsible_whoever_works_there_names_one(
    registered: Registered,
) -> None:
    async with registered() as world:
        await unit(world, main=None)
        await world.handle(a_save(devices=NONE), subject="BMB-1")

        assert await status(world) is Status.REQUESTED


async def test_on_days_of_absence_the_stand_in_names_one_too(registered: Registered) -> None:
    async with registered() as world:
        away = {"absent_from_on": "2026-05-01", "absent_to_on": "2026-05-04"}
        await unit(world, stand_in=SENDER, **away)
        await world.handle(a_save(devices=NONE), subject="BMB-1")

        assert await status(world) is Status.REQUESTED


async def test_who_has_no_part_learns_nothing_of_who_answers(registered: Registered) -> None:
    async with registered() as world:
        await unit(world)

        refused = await refusal(world, a_save(sender=UserId(OUTSIDER), devices=NONE))

        assert refused.reason == "NO_PART_IN_DEVICE"
