"""What work orders look like over HTTP: bodies that come in, views that go out. No rule."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from kvitt_chassis.http import Body
from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import Delivery
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitRecipient,
    Day,
    DeviceId,
    DeviceNumber,
    Known,
    OrderId,
    OrderLineId,
    OrderNumber,
    PatientRecipient,
    PayerId,
    Quantity,
    ReasonCode,
    Recipient,
    Reference,
    ServicePointId,
    UserId,
    WorkOrderId,
)
from pydantic import BaseModel, ConfigDict, Field

from orders.drafting.domain import DraftSeen
from orders.free_text import FreeText
from orders.waits.domain import Wait
from orders.work_orders.applications.domain import Application, Decision
from orders.work_orders.commands import Attachments
from orders.work_orders.domain import OPEN, Kind, Outcome, Status, outcomes_of, waits_for
from orders.work_orders.models import WorkOrderDetailsRow, WorkOrderNoteRow, WorkOrderRow


class WorkOrderBody(Body):
    """En arbetsorder, eller en ansökan utanför sortimentet (ACT-1, ACT-2, ACT-5)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "warranty_repair",
                    "recipient": {
                        "kind": "patient",
                        "person": "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11",
                    },
                    "service_point": "40201",
                    "device_number": "170098",
                    "service_article": "39001",
                    "description": "Ljudet bryts.",
                    "delivery": {"to": {"kind": "unit"}, "order_phone": "090-785 00 00"},
                }
            ]
        }
    )

    kind: Annotated[Kind, Field(description="Vad som ska göras")]
    recipient: Annotated[
        PatientRecipient | CareUnitRecipient, Field(discriminator="kind", description="Hos vem")
    ]
    service_point: Annotated[ServicePointId, Field(description="Tjänstestället som beställer")]
    requester: Annotated[
        UserId | None, Field(description="Vem som beställer, när kundservice registrerar (REF-12)")
    ] = None
    device_number: Annotated[DeviceNumber | None, Field(description="Individnummer")] = None
    order_id: Annotated[OrderId | None, Field(description="Ordern som arbetet hör till")] = None
    line_id: Annotated[OrderLineId | None, Field(description="Raden i ordern")] = None
    service_article: Annotated[
        ArticleNumber | None,
        Field(description="Tjänsteprodukt; krävs för reparation, i och utanför garanti"),
    ] = None
    payer_id: Annotated[PayerId | None, Field(description="Betalare, om en annan")] = None
    description: Annotated[
        FreeText | None,
        Field(
            description="Önskad åtgärd eller fel; andra hjälpmedel i en installation. Skriv bara"
            " det som är relevant och nödvändigt (REF-17)"
        ),
    ] = None
    delivery: Annotated[
        Delivery | None,
        Field(description="Adress, telefon, portkod; telefon krävs, men inget i en ansökan"),
    ] = None
    attests_cannot_dismantle: Annotated[
        bool, Field(description="Varken patienten eller en närstående kan montera ner det")
    ] = False
    attests_outside_instructions: Annotated[
        bool,
        Field(
            description="Specialanpassning: omfattas inte av tillverkarens anvisningar eller av"
            " ett kombinationsavtal"
        ),
    ] = False
    application: Annotated[
        Application | None, Field(description="Ansökan, för slaget application")
    ] = None
    draft: Annotated[
        DraftSeen | None, Field(description="Utkastet som ansökan börjades som; det tas bort")
    ] = None
    attachments: Annotated[Attachments, Field(description="Bilagor")] = ()
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")] = None


class PlanWorkOrderBody(Body):
    """När arbetet väntas bli gjort (ACT-3)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"planned_on": "2026-03-09"}]})

    planned_on: Annotated[Day, Field(description="Dagen")]
    technician: Annotated[UserId | None, Field(description="Vem som gör det")] = None


class NoteWorkOrderBody(Body):
    """En anteckning, som alla som ser arbetsordern läser (ACT-3)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "Reservdel beställd, kommer på torsdag."}]}
    )

    text: Annotated[
        FreeText, Field(description="Skriv bara det som är relevant och nödvändigt (REF-17)")
    ]


class FinishWorkOrderBody(Body):
    """Vad arbetet ledde till (ACT-3, ACT-4)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "repaired", "action": "Högtalaren bytt."}]}
    )

    outcome: Annotated[Outcome, Field(description="Vad det ledde till")]
    action: Annotated[
        FreeText | None, Field(description="Utförd åtgärd; utan den ersätts inget porto (BIL-12)")
    ] = None
    quantity: Annotated[Quantity, Field(description="Antal av tjänsten")] = 1
    finished_on: Annotated[Day | None, Field(description="Dagen; utan den i dag")] = None


class VoidWorkOrderBody(Body):
    """Varför inget görs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "NOT_NEEDED"}]})

    reason: Annotated[ReasonCode, Field(description="Skälet, som en kod")]


class DecideApplicationBody(Body):
    """Beslutet om en ansökan (ACT-5)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "approved", "article_number": "30990-01"}]}
    )

    outcome: Annotated[Decision, Field(description="Beslutet")]
    article_number: Annotated[
        ArticleNumber | None, Field(description="Artikeln som får beställas, när den godkänns")
    ] = None
    reason: Annotated[FreeText | None, Field(description="Skälet; krävs när den inte godkänns")] = (
        None
    )


_EXAMPLE: dict[str, Any] = {
    "work_order_id": "0b6e29b6-0a1b-508c-bf05-5e1a2f596977",
    "work_order_number": "26100020",
    "reference": None,
    "kind": "warranty_repair",
    "status": "assigned",
    "recipient": {"kind": "patient", "person": "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11"},
    "service_point": "40201",
    "requester": "k082lno",
    "device_id": "8f13499d-be3f-58cb-ac7f-ee78f85a054e",
    "order_id": None,
    "registered_on": "2026-03-02",
    "planned_on": None,
    "technician": None,
    "outcome": None,
    "finished_on": None,
    "article_number": None,
    "is_late": False,
    "waits": {
        "awaits": "finish",
        "on": "service_point",
        "service_point": "40201",
        "user": None,
        "until": "2026-04-01",
        "then": "customer_service_told",
    },
}


class WorkOrderLine(BaseModel):
    """En arbetsorder i en lista."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [_EXAMPLE]})

    work_order_id: WorkOrderId
    work_order_number: Annotated[OrderNumber, Field(description="Arbetsordernummer")]
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")]
    kind: Annotated[Kind, Field(description="Vad som ska göras (ACT-1)")]
    status: Annotated[Status, Field(description="Var den är (ACT-3)")]
    recipient: Annotated[Recipient, Field(description="Hos vem")]
    service_point: Annotated[ServicePointId, Field(description="Tjänstestället")]
    requester: Annotated[UserId, Field(description="Vem som beställde")]
    device_id: Annotated[DeviceId | None, Field(description="Hjälpmedlet")]
    order_id: Annotated[OrderId | None, Field(description="Ordern")]
    registered_on: Annotated[date, Field(description="Dagen då den registrerades")]
    planned_on: Annotated[date | None, Field(description="När den väntas bli gjord")]
    technician: Annotated[UserId | None, Field(description="Teknikern")]
    outcome: Annotated[
        str | None,
        Known(Outcome, Decision),
        Field(description="Vad den ledde till, eller beslutet"),
    ]
    finished_on: Annotated[date | None, Field(description="Dagen då den blev klar")]
    article_number: Annotated[
        ArticleNumber | None, Field(description="Artikeln som en godkänd ansökan ger")
    ]
    is_late: Annotated[bool, Field(description="Sista dagen har gått")]
    waits: Annotated[Wait | None, Field(description="Vad den väntar på, på vem och till när")]

    @classmethod
    def of(cls, row: WorkOrderRow) -> "WorkOrderLine":
        """The view of a row."""
        return cls(**_shown(row))


class NoteView(BaseModel):
    """En teknikers anteckning."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    at: datetime
    technician: UserId
    text: str


class WorkOrderView(WorkOrderLine):
    """En arbetsorder, med texter och anteckningar."""

    line_id: Annotated[OrderLineId | None, Field(description="Raden i ordern")]
    service_article: Annotated[ArticleNumber | None, Field(description="Tjänsteprodukten")]
    payer_id: Annotated[PayerId, Field(description="Vem som betalar")]
    quantity: Annotated[int | None, Field(description="Antal av tjänsten")]
    can_end: Annotated[tuple[Outcome, ...], Field(description="Hur den kan avslutas (ACT-4)")]
    voided_for: Annotated[ReasonCode | None, Field(description="Varför den makulerades")]
    is_type_missing: Annotated[bool, Field(description="Sortimentet har ingen sådan typ")]
    by: Annotated[UserId, Field(description="Vem som registrerade den")]
    description: Annotated[str | None, Field(description="Önskad åtgärd eller fel")]
    application: Annotated[Application | None, Field(description="Ansökan")]
    action: Annotated[str | None, Field(description="Utförd åtgärd")]
    decision_reason: Annotated[str | None, Field(description="Skälet till beslutet")]
    notes: Annotated[tuple[NoteView, ...], Field(description="Teknikernas anteckningar")]

    @classmethod
    def showing(
        cls,
        row: WorkOrderRow,
        details: WorkOrderDetailsRow | None,
        notes: Sequence[WorkOrderNoteRow],
    ) -> "WorkOrderView":
        """The view of a row, with what is stored beside it."""
        return cls(
            **_shown(row),
            line_id=row.line_id,
            service_article=row.service_article,
            payer_id=row.payer_id,
            quantity=row.quantity,
            can_end=outcomes_of(row.kind) if _is_open_work(row) else (),
            voided_for=row.voided_for,
            is_type_missing=row.is_type_missing,
            by=row.by,
            description=details.description if details else None,
            application=details.application if details else None,
            action=row.action,
            decision_reason=row.decision_reason,
            notes=tuple(NoteView.model_validate(one) for one in notes),
        )


def _is_open_work(row: WorkOrderRow) -> bool:
    return row.status in OPEN and row.kind is not Kind.APPLICATION


def _shown(row: WorkOrderRow) -> dict[str, Any]:
    work = row.state()
    return {
        **same_fields(work, WorkOrderLine),
        "work_order_id": work.id,
        "waits": waits_for(work),
    }
