"""What users say of a device's card. Over HTTP alone: a region names a repair by its reference, and
sends no telephone number.
"""

from typing import Annotated

from kvitt_contracts.day_bounds import BeganOn, PlannedOn
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import TEXT, DeviceNumber, UserId, WorkOrderId
from pydantic import Field

SerialNumber = Annotated[str, Field(min_length=1, max_length=40, pattern=TEXT)]
SipNumber = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{1,18}[0-9]$")]


class GiveNumber(Command):
    """Give a device another number (INV-6), after the repair with this id (ACT-4)."""

    device_number: DeviceNumber
    new_number: DeviceNumber
    is_confirmed: bool
    work_order_id: WorkOrderId | None
    by: UserId


class SetCard(Command):
    """Set fields of a device's card, its SIP number among them (INV-5, INV-6)."""

    device_number: DeviceNumber
    serial_number: SerialNumber | None
    sip_number: SipNumber | None
    maintained_on: BeganOn | None
    maintenance_due_on: PlannedOn | None
    by: UserId
    asked_by: UserId | None
