"""A wait: every pickup, work order, fault report, case and order that is not over answers one."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from kvitt_contracts.types import ServicePointId, UserId, Value, Word
from pydantic import Field


class Owner(StrEnum):
    """On whom something waits."""

    SERVICE_POINT = "service_point"
    USER = "user"
    STORE = "store"
    TECHNICIANS = "technicians"
    CUSTOMER_SERVICE = "customer_service"
    ASSORTMENT_MANAGER = "assortment_manager"


class Wait(Value):
    """What something waits for. It is late when `until` is before today."""

    awaits: Annotated[Word, Field(description="Vad det väntar på")]
    on: Annotated[Owner, Field(description="På vem")]
    service_point: Annotated[ServicePointId | None, Field(description="Vilket tjänsteställe")] = (
        None
    )
    user: Annotated[UserId | None, Field(description="Vilken användare")] = None
    until: Annotated[date | None, Field(description="Senast, dagen inräknad")] = None
    then: Annotated[Word | None, Field(description="Vad som händer efter den dagen")] = None

    def is_late(self, today: date) -> bool:
        """True from the day after the last one."""
        return self.until is not None and self.until < today
