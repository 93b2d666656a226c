"""Faults on devices that nobody prescribes, for who reports, answers or assesses them."""

from typing import Any

import pytest
from kvitt_contracts.orders import (
    NamePrescriber,
    ReportFault,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    DeviceNumber,
    Role,
    ServicePointId,
    UserId,
)
from kvitt_testkit.world import World
from orders.fault_reports.domain import Status
from orders.fault_reports.models import FaultReportRow

from contracts.tests.builders.bmb import a_responsibles_set
from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
)
from contracts.tests.builders.regions import a_customer_stated, a_payer_stated, a_user_stated
from contracts.tests.builders.story import (
    RECEIVER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDING,
    SERVICE,
    STAND_IN,
    SUBSTITUTE,
    fault_report_id,
)
from services.orders.tests.builders import prescriber

F1 = fault_report_id("F-1")
LEFT = "k099gon"
"""Who prescribed the device, and prescribes nothing any more."""
STAFF: dict[str, Any] = {
    "user": SERVICE,
    "roles": [Role.CUSTOMER_SERVICE],
    "service_points": [SENDING],
}
MAIN: dict[str, Any] = {
    "user": RECEIVER,
    "roles": [Role.PRESCRIBER],
    "service_points": [RECEIVING],
}


async def a_place_of_faults(world: World) -> None:
    """A patient's rented device whose prescriber has left; RECEIVER is the main responsible."""
    await prescriber(world)
    await world.handle(a_payer_stated(RECEIVING_PAYER), subject=RECEIVING_PAYER)
    place = a_customer_stated(RECEIVING, payer=RECEIVING_PAYER, store=None)
    await world.handle(place, subject=RECEIVING)
    for user in (RECEIVER, SUBSTITUTE, STAND_IN):
        await world.handle(a_user_stated(user, RECEIVING), subject=user)
    staff = a_user_stated(SERVICE, SENDING, roles=("customer_service",))
    await world.handle(staff, subject=SERVICE)
    left = a_user_stated(LEFT, SENDING, active=False)
    await world.handle(left, subject=LEFT)
    await world.handle(a_custody_changed_by_order(to=a_custody(prescriber=LEFT)))
    await world.handle(a_responsibles_set())


async def reported(world: World, report: str = "F-1", **others: Any) -> None:
    """A fault is reported by a region's message."""
    values: dict[str, Any] = {
        "device_number": DeviceNumber("170098"),
        "service_point": ServicePointId(RECEIVING),
        "by": UserId(SERVICE),
        **others,
    }
    await world.handle(ReportFault(**values), subject=report)


async def named(world: World, who: str = RECEIVER, *, by: str = RECEIVER) -> None:
    """A prescriber is named."""
    await world.handle(NamePrescriber(prescriber=UserId(who), by=UserId(by)), subject="F-1")


async def status(world: World) -> Status:
    """Where the report is."""
    return (await world.row(FaultReportRow, F1)).status


async def reason_of(world: World, command: Any, subject: str = "F-1") -> tuple[str, str | None]:
    """Why a command is refused, and its field."""
    with pytest.raises(Refused) as refused:
        await world.handle(command, subject=subject)
    assert refused.value.rule in {"ACT-6", "REF-3"}
    return refused.value.reason, refused.value.field
