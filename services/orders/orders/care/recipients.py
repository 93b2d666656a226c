"""The recipient that somebody names over HTTP, as a command names them."""

from kvitt_chassis.http import NotFound, RegionReader
from kvitt_contracts.types import (
    CareUnitRecipient,
    NamedPatient,
    NamedRecipient,
    PatientRecipient,
)

from orders.care.queries import reach_to
from orders.people.models import PersonRow


async def named(
    recipient: PatientRecipient | CareUnitRecipient, reader: RegionReader
) -> NamedRecipient:
    """The recipient as a command names them. Raises NotFound (REF-19): a person beyond reach."""
    if isinstance(recipient, CareUnitRecipient):
        return recipient
    person = recipient.person
    try:
        row = await reader.get(PersonRow, person, scope=reach_to(person))
    except NotFound:
        raise NotFound(
            "person",
            rule="REF-19",
            field="recipient.person",
            way_on="Sök personen på numret (POST /persons:find), och försök igen.",
        ) from None
    return NamedPatient(person=row.region_person_id)
