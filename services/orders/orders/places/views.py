"""What a place looks like over HTTP. No rule."""

from typing import Annotated

from kvitt_contracts.orders import AddressKind
from kvitt_contracts.types import Address
from pydantic import BaseModel, ConfigDict, Field


class PlaceView(BaseModel):
    """Vart den som levererar, hämtar eller lagar ska åka, och vem som rings först (ORD-3)."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "kind": "unit",
                    "name": "Hjälpmedelsenheten",
                    "address": None,
                    "order_phone": "090-785 00 00",
                    "recipient_phone": None,
                    "door_code": None,
                    "instructions": None,
                    "contact_person": None,
                    "information": None,
                }
            ]
        },
    )

    kind: Annotated[AddressKind, Field(description="Enhet, mottagare eller tillfällig adress")]
    name: Annotated[str | None, Field(description="Mottagarens eller enhetens namn")]
    address: Annotated[Address | None, Field(description="Adress")]
    order_phone: Annotated[str | None, Field(description="Beställarens telefon")]
    recipient_phone: Annotated[str | None, Field(description="Mottagarens telefon")]
    door_code: Annotated[str | None, Field(description="Portkod")]
    instructions: Annotated[str | None, Field(description="Anvisningar")]
    contact_person: Annotated[str | None, Field(description="Rings innan någon kommer")]
    information: Annotated[
        str | None, Field(description="Fri information; kan nämna mer, men beställer ingenting")
    ]
