"""What a sender says over HTTP, and the command that it is."""

from typing import Annotated

from kvitt_chassis.http import Body, NotFound, RegionReader
from kvitt_contracts.bmb import SaveTransfer
from kvitt_contracts.types import (
    CustomerId,
    Day,
    DeviceNumber,
    NamedPatient,
    NamedRecipient,
    PatientRecipient,
    Recipient,
    Reference,
    ServicePointId,
    StoreId,
    UserId,
)
from pydantic import ConfigDict, Field

from bmb.register.models import PersonRow
from bmb.texts import Message


class SaveBody(Body):
    """Ett byte som ska sparas. Utan ny mottagare, förråd och förskrivare byts bara betalaren."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "devices": ["170098"],
                    "new_prescriber": "k201ema",
                    "message": "Skickar BMB enligt överenskommelse.",
                    "execute": True,
                },
                {
                    "devices": ["170098"],
                    "new_recipient": {
                        "kind": "patient",
                        "person": "1f6c1d3a-53a2-4a53-a5cb-2f1b0c9a6d11",
                    },
                },
            ]
        }
    )

    reference: Annotated[
        Reference | None,
        Field(description="Egen beteckning; samma beteckning sparar utkastet på nytt"),
    ] = None
    sending_service_point: Annotated[
        ServicePointId | None, Field(description="Annars standardtjänstestället")
    ] = None
    devices: Annotated[
        tuple[DeviceNumber, ...], Field(min_length=1, max_length=100, description="Individnummer")
    ]
    new_recipient: Annotated[
        Recipient | None, Field(description="Ny mottagare; en patient med sin referens")
    ] = None
    new_store: Annotated[StoreId | None, Field(description="Eget förråd")] = None
    new_prescriber: UserId | None = None
    receiving_service_point: Annotated[
        ServicePointId | None,
        Field(
            description="Bara om inte förskrivarens standardtjänsteställe, eller ett av betalarens"
        ),
    ] = None
    transfer_date: Annotated[Day | None, Field(description="BMB-datum, annars i dag")] = None
    attested: Annotated[
        bool, Field(description="Bedömning gjord; fungerar; bär ingen smitta (BMB-11)")
    ] = False
    message: Annotated[Message | None, Field(description="Till mottagaren")] = None
    execute: Annotated[bool, Field(description="Skicka genast")] = False
    accept_for: Annotated[
        CustomerId | None,
        Field(description="Skicka genast, och kvittera själv för denna kund (BMB-4)"),
    ] = None


async def command_of(body: SaveBody, reader: RegionReader) -> SaveTransfer:
    """The command that the body is, of whoever calls. Raises NotFound for a person (BMB-1)."""
    values = body.model_dump(exclude={"reference", "new_recipient"}, exclude_unset=True)
    recipient = await _named(body.new_recipient, reader)
    return SaveTransfer(sender=reader.caller.user_id, new_recipient=recipient, **values)


# decision 0277: over HTTP a person is named by the reference that one has been given
async def _named(recipient: Recipient | None, reader: RegionReader) -> NamedRecipient | None:
    if not isinstance(recipient, PatientRecipient):
        return recipient
    row = await reader.look_up(PersonRow, recipient.person)
    if row is None:
        raise NotFound(
            "person",
            rule="BMB-1",
            field="new_recipient.person",
            way_on="Sök personen på numret (POST /persons:find), och försök igen.",
        )
    return NamedPatient(person=row.region_person_id)
