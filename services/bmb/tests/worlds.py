"""Worlds for tests of bmb on a real database, and the commands that most of them give."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from bmb.app import service
from bmb.domain import Status
from bmb.models import TransferRow
from kvitt_contracts.bmb import AcceptTransfer, SaveTransfer
from kvitt_contracts.envelope import Command
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceNumber, UserId
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.inventory import a_device_stated_on_loan, a_hold_granted
from contracts.tests.builders.orders import a_person_inactivated, a_user_registered
from contracts.tests.builders.story import (
    OTHER_PATIENT,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    transfer_id,
)
from services.bmb.tests.builders import the_registry

AT = stockholm("2026-05-01 10:00")
TO_PATIENT = {"kind": "patient", "person": OTHER_PATIENT}
ENDED = pytest.mark.parametrize(
    ("what", "reason"),
    [
        (a_person_inactivated(OTHER_PATIENT), "INACTIVE_RECIPIENT"),
        (a_user_registered(RECEIVER, RECEIVING, active=False), "NOT_A_PRESCRIBER"),
    ],
    ids=["recipient", "prescriber"],
)
"""A party of a transfer that has ended, and the reason of the refusal that follows."""

Registered = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def registered(given: Given) -> Registered:
    """A world with the registry and one device on loan, on 1 May 2026."""

    @asynccontextmanager
    async def make(*, at: datetime = AT, region: str = "ac") -> AsyncIterator[World]:
        async with given(service, at=at) as world:
            await world.handle_all(
                *the_registry(), a_device_stated_on_loan(region=region), region=region
            )
            yield world
            await assert_rows_are_folds(world)

    return make


def a_save(**changes: Any) -> SaveTransfer:
    """Responsibility for device 170098 goes to another prescriber; sent at once."""
    values = {
        "sender": UserId(SENDER),
        "devices": (DeviceNumber("170098"),),
        "new_prescriber": UserId(RECEIVER),
        "execute": True,
        **changes,
    }
    return SaveTransfer.model_validate(values)


def an_accept(**changes: Any) -> AcceptTransfer:
    """The receiver says yes."""
    return AcceptTransfer.model_validate({"by": RECEIVER, "customer_id": RECEIVING, **changes})


def an_own_accept(**changes: Any) -> AcceptTransfer:
    """The sender says yes to what he sent himself."""
    return an_accept(**{"by": SENDER, "customer_id": SENDING, **changes})


async def refusal(
    world: World, command: Command, *, subject: str = "BMB-1", region: str = "ac"
) -> Refused:
    """Why a command is refused."""
    with pytest.raises(Refused) as refused:
        await world.handle(command, subject=subject, region=region)
    return refused.value


async def sent(world: World, *, region: str = "ac", **changes: Any) -> None:
    """A transfer is saved and executed, and inventory holds its device."""
    await world.handle(a_save(**changes), subject="BMB-1", region=region)
    await world.handle(a_hold_granted(region=region), region=region)


async def status(world: World, *, region: str = "ac") -> Status:
    """Where the transfer is."""
    return (await world.row(TransferRow, transfer_id(region=region), region=region)).status
