"""What pickups look like over HTTP: bodies that come in, views that go out. No rule."""

from datetime import date
from typing import Annotated, Any

from kvitt_chassis.http import Body
from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import AddressKind, Delivery
from kvitt_contracts.types import (
    Address,
    CareUnitRecipient,
    DeviceNumber,
    LineNumber,
    OrderNumber,
    PatientRecipient,
    PickupId,
    Recipient,
    Reference,
    RefusedDevice,
    ServicePointId,
    UserId,
    Word,
)
from pydantic import BaseModel, ConfigDict, Field

from orders.pickups.domain import Line, Status
from orders.pickups.models import PickupRow


class PickupBody(Body):
    """En hämtorder (PCK-1)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "recipient": {
                        "kind": "patient",
                        "person": "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11",
                    },
                    "service_point": "40201",
                    "cause": "not_needed",
                    "devices": ["170098"],
                    "delivery": {"to": {"kind": "recipient"}, "order_phone": "090-785 00 00"},
                }
            ]
        }
    )

    recipient: Annotated[
        PatientRecipient | CareUnitRecipient, Field(discriminator="kind", description="Var det är")
    ]
    service_point: Annotated[ServicePointId, Field(description="Tjänstestället som beställer")]
    ordered_by: Annotated[
        Word, Field(description="unit, eller patient och relative genom kundservice (PCK-3)")
    ] = Word("unit")
    cause: Annotated[Word, Field(description="Orsak ur regionens lista")]
    devices: Annotated[
        tuple[DeviceNumber, ...],
        Field(min_length=1, max_length=100, description="Individnummer på det som ska hämtas"),
    ]
    earliest_on: Annotated[date | None, Field(description="Tidigast")] = None
    latest_on: Annotated[date | None, Field(description="Senast")] = None
    delivery: Annotated[
        Delivery, Field(description="Adress, telefon, portkod, anvisningar; telefon krävs")
    ]
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")] = None


class VoidPickupBody(Body):
    """Vad som avbeställs (PCK-3)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"numbers": [1]}]})

    numbers: Annotated[
        tuple[LineNumber, ...], Field(max_length=100, description="Rader; inga betyder alla")
    ] = ()


class ReportPickupBody(Body):
    """Vad teknikern gjorde (PCK-3)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"not_found": [2]}]})

    not_found: Annotated[
        tuple[LineNumber, ...], Field(max_length=100, description="Rader som inte fanns på plats")
    ] = ()


class PickupLineView(BaseModel):
    """En hämtorder i en lista."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "pickup_id": "275dbcf6-f58b-5e1e-9907-3f5cafb41934",
                    "pickup_number": "26100012",
                    "reference": None,
                    "status": "registered",
                    "recipient": {
                        "kind": "patient",
                        "person": "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11",
                    },
                    "service_point": "40201",
                    "ordered_by": "unit",
                    "cause": "not_needed",
                    "earliest_on": None,
                    "latest_on": None,
                    "lines": [
                        {
                            "number": 1,
                            "device_id": "8f13499d-be3f-58cb-ac7f-ee78f85a054e",
                            "outcome": None,
                            "is_voiding": False,
                        }
                    ],
                    "is_overdue": False,
                    "by": "k082lno",
                    "requested_on": "2026-03-02",
                }
            ]
        },
    )

    pickup_id: PickupId
    pickup_number: Annotated[OrderNumber, Field(description="Hämtordernummer")]
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")]
    status: Annotated[Status, Field(description="Var hämtordern är (PCK-2)")]
    recipient: Annotated[Recipient, Field(description="Var det som hämtas är")]
    service_point: Annotated[ServicePointId, Field(description="Tjänstestället")]
    ordered_by: Annotated[Word, Field(description="unit, patient eller relative")]
    cause: Annotated[Word, Field(description="Orsak")]
    earliest_on: Annotated[date | None, Field(description="Tidigast")]
    latest_on: Annotated[date | None, Field(description="Senast")]
    lines: Annotated[tuple[Line, ...], Field(description="Det som hämtas, och hur det slutade")]
    is_overdue: Annotated[bool, Field(description="Sista dagen har gått utan att allt är hämtat")]
    by: Annotated[UserId, Field(description="Vem som registrerade den")]
    requested_on: Annotated[date, Field(description="Dagen då den registrerades")]

    @classmethod
    def of(cls, row: PickupRow) -> "PickupLineView":
        """The view of a row."""
        return cls(**_shown(row))


class PickupView(PickupLineView):
    """En hämtorder. `pending` är sann tills lagret har svarat."""

    pending: bool
    address_kind: Annotated[AddressKind, Field(description="Vilken adress")]
    refused: Annotated[tuple[RefusedDevice, ...], Field(description="Vad som hindrade, och varför")]
    technician: Annotated[UserId | None, Field(description="Vem som rapporterade")]
    not_found: Annotated[tuple[LineNumber, ...], Field(description="Rader som inte fanns där")]
    also_open: Annotated[
        tuple[OrderNumber, ...],
        Field(description="Varning: andra öppna hämtordrar hos mottagaren (PCK-2)"),
    ]

    @classmethod
    def showing(cls, row: PickupRow, also_open: tuple[OrderNumber, ...]) -> "PickupView":
        """The view of a row, with the numbers of the recipient's other open pickups."""
        state = row.state()
        return cls(
            **_shown(row),
            pending=state.is_pending,
            address_kind=state.address_kind,
            refused=state.refused,
            technician=state.technician,
            not_found=state.not_found,
            also_open=also_open,
        )


class PickupPlaceView(BaseModel):
    """Vart den som hämtar ska åka."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "pickup_id": "275dbcf6-f58b-5e1e-9907-3f5cafb41934",
                    "pickup_number": "26100012",
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

    pickup_id: PickupId
    pickup_number: Annotated[OrderNumber, Field(description="Hämtordernummer")]
    kind: Annotated[AddressKind, Field(description="Vilken adress")]
    name: Annotated[str | None, Field(description="Vem eller vilken enhet")]
    address: Annotated[Address | None, Field(description="Adressen")]
    order_phone: Annotated[str | None, Field(description="Beställarens telefon")]
    recipient_phone: Annotated[str | None, Field(description="Mottagarens telefon")]
    door_code: Annotated[str | None, Field(description="Portkod")]
    instructions: Annotated[str | None, Field(description="Anvisningar")]
    contact_person: Annotated[str | None, Field(description="Kontaktperson")]
    information: Annotated[str | None, Field(description="Övrigt; kan nämna mer som ska med")]


def _shown(row: PickupRow) -> dict[str, Any]:
    return {
        **same_fields(row.state(), PickupLineView),
        "pickup_id": PickupId(row.id),
        "requested_on": row.requested_on,
    }
