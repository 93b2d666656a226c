"""What pickups look like over HTTP: bodies that come in, views that go out. No rule."""

from datetime import date
from typing import Annotated, Any

from kvitt_chassis.http import Body
from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import AddressKind, Delivery
from kvitt_contracts.types import (
    CareUnitRecipient,
    Day,
    DeviceNumber,
    Known,
    LineNumber,
    Money,
    OrderNumber,
    PatientRecipient,
    PayerId,
    PickupId,
    Recipient,
    Reference,
    RefusedDevice,
    ServicePointId,
    UserId,
    Word,
)
from pydantic import BaseModel, ConfigDict, Field

from orders.pickups.domain import Line, Status, waits_for
from orders.pickups.models import PickupRow
from orders.pickups.requesting.domain import OrderedBy
from orders.waits.domain import Wait


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
    cause: Annotated[Word, Field(description="Orsak ur regionens lista, eller produktområdets")]
    return_cause: Annotated[
        Word | None, Field(description="Vad som orsakade returen, ur en egen lista (PCK-4)")
    ] = None
    devices: Annotated[
        tuple[DeviceNumber, ...],
        Field(min_length=1, max_length=100, description="Individnummer på det som ska hämtas"),
    ]
    earliest_on: Annotated[Day | None, Field(description="Tidigast")] = None
    latest_on: Annotated[Day | None, Field(description="Senast")] = None
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


class MakeUrgentBody(Body):
    """Att något ska hämtas genast, mot akutavgiften (PCK-3)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    payer_id: Annotated[PayerId | None, Field(description="Bara när den avviker (REF-4)")] = None


class ReportPickupBody(Body):
    """Vad teknikern gjorde (PCK-3)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"not_found": [2]}]})

    not_found: Annotated[
        tuple[LineNumber, ...], Field(max_length=100, description="Rader som inte fanns på plats")
    ] = ()
    is_first: Annotated[
        bool, Field(description="Bara om ingen annan har rapporterat, som du såg")
    ] = False


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
                    "return_cause": None,
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
                    "is_urgent": False,
                    "is_overdue": False,
                    "waits": {
                        "awaits": "fetching",
                        "on": "technicians",
                        "service_point": None,
                        "user": None,
                        "until": "2026-03-16",
                        "then": "customer_service_told",
                    },
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
    ordered_by: Annotated[Word, Known(OrderedBy), Field(description="Vem som vill ha det hämtat")]
    cause: Annotated[Word, Field(description="Orsak")]
    return_cause: Annotated[Word | None, Field(description="Vad som orsakade returen")]
    earliest_on: Annotated[date | None, Field(description="Tidigast")]
    latest_on: Annotated[date | None, Field(description="Senast")]
    lines: Annotated[tuple[Line, ...], Field(description="Det som hämtas, och hur det slutade")]
    is_urgent: Annotated[bool, Field(description="Ska hämtas genast (PCK-3)")]
    is_overdue: Annotated[bool, Field(description="Sista dagen har gått utan att allt är hämtat")]
    waits: Annotated[Wait | None, Field(description="Vad den väntar på; inget när den är över")]
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
    fee: Annotated[Money | None, Field(description="Akutavgiften, tas ut när den är klar")]
    payer_id: Annotated[PayerId | None, Field(description="Vem som betalar den")]
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
            fee=state.fee,
            payer_id=state.payer_id,
            technician=state.technician,
            not_found=state.not_found,
            also_open=also_open,
        )


def _shown(row: PickupRow) -> dict[str, Any]:
    pickup = row.state()
    return {
        **same_fields(pickup, PickupLineView),
        "pickup_id": pickup.id,
        "waits": waits_for(pickup, until=row.due_on, last_on=row.last_on),
        "requested_on": row.requested_on,
    }
