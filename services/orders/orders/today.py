"""Business time over HTTP: what day it is where the region's work is done."""

from datetime import date, datetime
from typing import Annotated

from kvitt_chassis.http import ApiRouter
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.calendar import stockholm_day
from pydantic import BaseModel, ConfigDict, Field

router = ApiRouter(tags=["Verksamhetens tid"])


class Today(BaseModel):
    """Verksamhetens dag. Den är dagens datum, utom där tiden flyttas för övning."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={"examples": [{"today": "2026-03-02", "now": "2026-03-02T08:00:00Z"}]},
    )

    today: Annotated[date, Field(description="Dagen i Sverige")]
    now: Annotated[datetime, Field(description="Tidpunkten, i UTC")]


@router.get("/today")
async def today(tx: ReadTransaction) -> Today:
    """Vilken dag det är för verksamheten."""
    return Today(today=stockholm_day(tx.now), now=tx.now)
