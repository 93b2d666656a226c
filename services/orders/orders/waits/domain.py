"""A wait: every pickup, work order, fault report, case and order that is not over answers one."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from kvitt_contracts.types import Known, ServicePointId, UserId, Value, Word
from pydantic import Field

TELLS_CUSTOMER_SERVICE: Final = Word("customer_service_told")
"""After the last day customer service is told, once."""

REMINDS: Final = Word("reminded")
"""After the last day whoever has it is reminded, again and again until it is done (PCK-7)."""

LISTED: Final = Word("listed")
"""After the last day nothing happens by itself: it stands among what is late."""

AWAITED: Final = (
    "acting",
    "answer",
    "arrival",
    "assessment",
    "claim",
    "closing",
    "decision",
    "fee",
    "fetching",
    "finish",
    "plan",
    "posting",
    "release",
    "renumbering",
    "start",
)
"""What anything waits for."""
THEN: Final = (TELLS_CUSTOMER_SERVICE, REMINDS, LISTED, Word("refused"))
"""What happens after its last day; `refused`: it is refused by itself."""


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

    awaits: Annotated[Word, Known(*AWAITED), Field(description="Vad det väntar på")]
    on: Annotated[Owner, Field(description="På vem")]
    service_point: Annotated[ServicePointId | None, Field(description="Vilket tjänsteställe")] = (
        None
    )
    user: Annotated[UserId | None, Field(description="Vilken användare")] = None
    until: Annotated[date | None, Field(description="Senast, dagen inräknad")] = None
    then: Annotated[
        Word | None, Known(*THEN), Field(description="Vad som händer efter den dagen")
    ] = None

    def is_late(self, today: date) -> bool:
        """True from the day after the last one."""
        return self.until is not None and self.until < today
