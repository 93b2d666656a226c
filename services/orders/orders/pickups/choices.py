"""What there is to choose from before a pickup is ordered, over HTTP. No rule here."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import Query
from kvitt_chassis.http import ApiRouter, Reader
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.types import (
    CareUnitId,
    DeviceNumber,
    OrderNumber,
    PatientRecipient,
    PersonRef,
    Word,
)
from pydantic import BaseModel, ConfigDict, Field

from orders.care.recipients import named
from orders.pickups.queries import areas_of, open_at
from orders.pickups.requesting import domain as requesting

router = ApiRouter(tags=["Hämtordrar"])


class PickupChoices(BaseModel):
    """Vad en ny hämtorder kan vara."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "causes": ["not_needed", "deceased"],
                    "return_causes": ["does_not_work", "other"],
                    "earliest_on": "2026-03-06",
                    "latest_on": "2026-03-16",
                    "also_open": ["26100001"],
                }
            ]
        },
    )

    causes: Annotated[
        tuple[Word, ...],
        Field(description="Orsaker som gäller alla hjälpmedlen (PCK-1); inga: dela upp dem"),
    ]
    return_causes: Annotated[
        tuple[Word, ...], Field(description="Vad som kan ha orsakat returen (PCK-4)")
    ]
    earliest_on: Annotated[
        date, Field(description="Tidigast, när patient eller närstående beställer (PCK-3)")
    ]
    latest_on: Annotated[date, Field(description="Senast, när patient eller närstående beställer")]
    also_open: Annotated[
        tuple[OrderNumber, ...],
        Field(description="Varning: öppna hämtordrar hos mottagaren (PCK-2)"),
    ]


# decision 0378: what a pickup may be is asked before it is ordered
@router.get("/pickups:choices")
async def show_choices(
    reader: Reader,
    tx: ReadTransaction,
    person: Annotated[PersonRef | None, Query(description="Patientens referens")] = None,
    unit: Annotated[CareUnitId | None, Query(description="Vårdenhet")] = None,
    device: Annotated[
        list[DeviceNumber] | None, Query(max_length=100, description="Individnummer")
    ] = None,
) -> PickupChoices:
    """Vad man kan välja när en hämtorder beställs: regionens orsaker och dagar, och vilka
    hämtordrar som redan är öppna hos mottagaren (PCK-2). Med hjälpmedlen: orsakerna i deras
    produktområden (PCK-4).

    Nekas: UNKNOWN_PERSON (REF-19).
    """
    if person is not None:
        await named(PatientRecipient(person=person), reader)
    known = person is not None or unit is not None
    policy, today = tx.policy, stockholm_day(tx.now)
    first, last = (today + timedelta(days=days) for days in policy.pickup.window_days)
    return PickupChoices(
        causes=requesting.causes_for(await areas_of(device or (), tx), policy=policy),
        return_causes=policy.pickup.return_causes,
        earliest_on=first,
        latest_on=last,
        also_open=await open_at(person, unit, tx, by=reader.caller) if known else (),
    )
