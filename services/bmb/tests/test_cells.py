"""Every cell of bmb's rows of the table of access (REF-18)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from bmb.app import service
from bmb.domain import Status
from bmb.models import TransferRow
from kvitt_contracts.types import RegionCode
from kvitt_testkit.cells import (
    CALLER,
    POINT,
    Things,
    Upon,
    assert_commands,
    assert_reach,
    assert_roles,
)
from kvitt_testkit.world import Given, World

from contracts.tests.builders.inventory import a_device_stated_on_loan
from contracts.tests.builders.orders import a_customer_registered, a_user_registered
from contracts.tests.builders.regions import a_responsibles_stated
from contracts.tests.builders.story import OTHER, OUTSIDER, RECEIVING, SENDER, transfer_id
from services.bmb.tests.builders import a_transfer, the_registry
from services.bmb.tests.worlds import AT

NAMED = {"sender": CALLER}
SENT_BY_UNIT = {"sender": OUTSIDER, "sending_service_point": POINT}
FOR_UNIT = {"sender": OUTSIDER, "receiving_service_point": POINT}
OF_OTHERS = {"sender": OUTSIDER}
ELSEWHERE = "40777"
"""A service point of another region."""
EVERYWHERE = "k301mid"
"""A prescriber at both service points of the region."""
NEW = {"bmb.transfer.save", "bmb.transfer.preview"}
"""Acts that name no transfer that there is."""


@asynccontextmanager
async def a_world(given: Given) -> AsyncIterator[World]:
    """A world with the registry and a device."""
    async with given(service, at=AT) as world:
        for region in ("ac", "bd"):
            loan = a_device_stated_on_loan(region=region)
            await world.handle_all(*the_registry(), loan, region=region)
        yield world


async def put(world: World, name: str, status: Status, region: str = "ac", **whose: Any) -> UUID:
    """A transfer of a region in a state; answers its id."""
    policies = world.worker.policies
    pin = policies.in_force(RegionCode(region), AT).pin
    state = a_transfer(status, id=transfer_id(name, region=region), **{"policy": pin} | whose)
    async with world.worker.unit(RegionCode(region)) as unit:
        row = TransferRow(region=RegionCode(region), id=state.id, seq=1)
        row.apply(state)
        unit.session.add(row)
    return state.id


async def four(world: World, status: Status, units: dict[str, Any], **own: Any) -> Things:
    """Transfers in a state, each farther from the caller than the one before."""
    return Things(
        own=await put(world, f"{status}-own", status, **own) if own else None,
        units=await put(world, f"{status}-units", status, **units),
        region=await put(world, f"{status}-region", status, **OF_OTHERS),
        platform=await put(world, f"{status}-platform", status, "bd", **OF_OTHERS),
    )


async def service_points(world: World) -> Things:
    """The caller's service point, another one and one of another region, where somebody answers."""
    await world.handle(a_user_registered(EVERYWHERE, POINT, OTHER))
    there = (("ac", POINT, CALLER), ("ac", OTHER, OUTSIDER), ("bd", ELSEWHERE, OUTSIDER))
    for region, place, main in there:
        await world.handle(a_customer_registered(place), region=region)
        await world.handle(a_user_registered(main, place), region=region)
        stated = a_responsibles_stated(place, main=main)
        await world.handle(stated, subject=place, region=region)
    return Things(units=POINT, region=OTHER, platform=ELSEWHERE)


@pytest.mark.rule("REF-18a", "REF-18e")
async def test_each_route_is_for_those_whom_its_row_names(given: Given) -> None:
    async with a_world(given) as world:
        await assert_roles(world)


@pytest.mark.rule("REF-18a", "REF-18g")
async def test_each_command_is_for_those_whom_its_row_names(given: Given) -> None:
    async with a_world(given) as world:
        await assert_commands(world)


@pytest.mark.rule("REF-18b", "REF-18c")
@pytest.mark.parametrize("units", [SENT_BY_UNIT, FOR_UNIT], ids=["sending", "receiving"])
async def test_each_route_reaches_as_far_as_its_row_says(
    given: Given, units: dict[str, Any]
) -> None:
    async with a_world(given) as world:
        # a step with what is over comes as far as the rule, and changes nothing
        over = await four(world, Status.COMPLETED, units, **NAMED)
        sent = await four(world, Status.SENT, FOR_UNIT)
        locked = await four(world, Status.LOCKED, SENT_BY_UNIT)
        rejected = await four(world, Status.REJECTED, SENT_BY_UNIT)
        places = await service_points(world)
        named = {"main": EVERYWHERE, "asked_by": SENDER}
        await assert_reach(
            world,
            {
                "bmb.transfers.list": Upon(things=over),
                "bmb.transfers.named": Upon(things=over, query="id={thing}"),
                "bmb.transfer.show": Upon(things=over),
                "bmb.transfer.tell": Upon(things=over),
                "bmb.transfer.execute": Upon(things=over),
                "bmb.transfer.cancel": Upon(things=over),
                "bmb.transfer.accept": Upon(things=over, body={"customer_id": RECEIVING}),
                "bmb.transfer.reject": Upon(things=over, body={"message": "Fel enhet"}),
                "bmb.transfer.withdraw": Upon(things=over),
                "bmb.transfer.ask-to-unlock": Upon(things=over),
                "bmb.transfer.unlock": Upon(things=over, body={"asked_by": SENDER}),
                "bmb.transfers.to-take-over": Upon(things=sent),
                "bmb.transfers.unanswered": Upon(things=locked),
                "bmb.transfers.locked": Upon(things=locked),
                "bmb.transfers.rejected": Upon(things=rejected),
                "bmb.responsibles.set": Upon(things=places, body=named),
                "bmb.responsibles.list": Upon(things=places, key="service_point"),
                "bmb.responsibles.show": Upon(things=places),
                "bmb.responsibles.tell": Upon(things=places),
            },
            reaching_nothing=NEW,
        )
