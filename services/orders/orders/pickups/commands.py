"""What users do with pickups over HTTP alone: with an address, phones and texts, or as seen."""

from typing import Annotated

from kvitt_contracts.day_bounds import PlannedOn
from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import Delivery
from kvitt_contracts.types import (
    DeviceNumber,
    LineNumber,
    NamedRecipient,
    ServicePointId,
    UserId,
    Word,
)
from pydantic import Field


class RequestPickupInWords(Command):
    """Have devices fetched, and say where and how (PCK-1)."""

    recipient: NamedRecipient
    service_point: ServicePointId
    ordered_by: Word
    cause: Word
    return_cause: Word | None = None
    earliest_on: PlannedOn | None = None
    latest_on: PlannedOn | None = None
    devices: Annotated[tuple[DeviceNumber, ...], Field(min_length=1, max_length=100)]
    delivery: Delivery
    by: UserId


class ReportPickupFirst(Command):
    """The technician's report of a pickup that nobody else has reported, as they have seen
    (PCK-3).
    """

    technician: UserId
    not_found: Annotated[tuple[LineNumber, ...], Field(max_length=100)] = ()
