"""Which work there is to choose from at a recipient before it is asked for, over HTTP. No rule
here.
"""

from typing import Annotated

from fastapi import Query
from kvitt_chassis.http import ApiRouter, Reader
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.types import CareUnitId, CareUnitRecipient, PatientRecipient, PersonRef
from pydantic import BaseModel, ConfigDict, Field

from orders.care.recipients import named
from orders.people.queries import current_reference, details_of
from orders.work_orders.domain import Kind
from orders.work_orders.queries import is_installing_at
from orders.work_orders.registering.domain import kinds_at

router = ApiRouter(tags=["Arbetsordrar"])


class WorkOrderChoices(BaseModel):
    """Vad en ny arbetsorder kan vara hos en mottagare."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{"kinds": ["adjustment", "repair"]}]}
    )

    kinds: Annotated[
        tuple[Kind, ...], Field(description="Slagen som får göras hos mottagaren (ACT-1)")
    ]


# decision 0378: what it may be is asked before it is ordered
@router.get("/work-orders:choices")
async def show_choices(
    reader: Reader,
    tx: ReadTransaction,
    person: Annotated[PersonRef | None, Query(description="Patientens referens")] = None,
    unit: Annotated[CareUnitId | None, Query(description="Vårdenhet")] = None,
) -> WorkOrderChoices:
    """Vilka slags arbeten som får göras hos en mottagare: de som bara görs hos barn nämns bara för
    barn, och en installation bara när ingen är öppen (ACT-1). Utan mottagare som för en vuxen.

    Nekas: UNKNOWN_PERSON (REF-19).
    """
    born_on, is_installing = None, False
    if person is not None:
        await named(PatientRecipient(person=person), reader)
        current = await current_reference(person, tx)
        details = await details_of(current, tx)
        born_on = details.born_on if details is not None else None
        is_installing = await is_installing_at(PatientRecipient(person=current), tx)
    elif unit is not None:
        is_installing = await is_installing_at(CareUnitRecipient(unit=unit), tx)
    kinds = kinds_at(
        born_on, is_installing=is_installing, policy=tx.policy, today=stockholm_day(tx.now)
    )
    return WorkOrderChoices(kinds=kinds)
