"""What fault reports look like over HTTP: bodies that come in, views that go out. No rule."""

from typing import Annotated, Any

from kvitt_chassis.http import Body
from kvitt_contracts.copying import same_fields
from kvitt_contracts.types import (
    DeviceId,
    DeviceNumber,
    FaultReportId,
    Recipient,
    Reference,
    ServicePointId,
    UserId,
)
from pydantic import BaseModel, ConfigDict, Field

from orders.fault_reports.domain import Outcome, Side, Status, Use, waits_for
from orders.fault_reports.models import FaultReportRow
from orders.free_text import FreeText
from orders.waits.domain import Wait


class FaultReportBody(Body):
    """En felanmälan på ett hyrt hjälpmedel som ingen förskriver längre (ACT-6)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "device_number": "170098",
                    "service_point": "40355",
                    "text": "Bromsen tar inte på vänster sida.",
                }
            ]
        }
    )

    device_number: Annotated[DeviceNumber, Field(description="Individnummer")]
    service_point: Annotated[
        ServicePointId, Field(description="Tjänstestället vars huvudansvariga ska svara")
    ]
    text: Annotated[FreeText | None, Field(description="Felet; stannar i Kvitt")] = None
    asked_by: Annotated[UserId | None, Field(description="Vem som bad om det (REF-12)")] = None
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")] = None


class NamePrescriberBody(Body):
    """Vem som förskriver hjälpmedlet från och med nu."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"prescriber": "k201ema"}]})

    prescriber: Annotated[UserId, Field(description="En förskrivare på tjänstestället")]


class ForwardBody(Body):
    """Vem som ska göra en ny bedömning."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "k207ber"}]})

    to: Annotated[UserId, Field(description="En förskrivare, var som helst i regionen")]


class AssessRiskBody(Body):
    """En sidas bedömning av om och hur hjälpmedlet får användas så länge."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"side": "responsible", "use": "restricted", "text": "Bara inomhus."}]
        }
    )

    side: Annotated[Side, Field(description="Huvudansvarig, eller teknikerna (kundtjänst)")]
    use: Annotated[Use, Field(description="Hur det får användas")]
    text: Annotated[FreeText | None, Field(description="Varför; stannar i Kvitt")] = None
    is_first: Annotated[
        bool, Field(description="Bara om sidan inte har bedömt det förut, som du såg")
    ] = False


class CloseBody(Body):
    """Vad felanmälan ledde till."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "replaced"}]})

    outcome: Annotated[Outcome, Field(description="Vad den ledde till")]


class FaultReportLine(BaseModel):
    """En felanmälan i en lista."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fault_report_id": "0c5f2f5e-2a6b-5f64-9f1d-1b7f1d4a9e10",
                    "status": "waiting",
                    "device_id": "4d7b3606-3c39-56c6-858d-81cae80b3d4d",
                    "recipient": {
                        "kind": "patient",
                        "person": "1f6c1d3a-53a2-4a53-a5cb-2f1b0c9a6d11",
                    },
                    "service_point": "40355",
                    "is_escalated": False,
                    "prescriber": None,
                    "forwarded_to": None,
                    "use": "restricted",
                    "outcome": None,
                    "waits": {
                        "awaits": "answer",
                        "on": "service_point",
                        "service_point": "40355",
                        "user": None,
                        "until": "2026-03-04",
                        "then": "customer_service_told",
                    },
                }
            ]
        }
    )

    fault_report_id: FaultReportId
    status: Annotated[Status, Field(description="Var den är")]
    device_id: DeviceId
    recipient: Annotated[Recipient, Field(description="Vem som har hjälpmedlet")]
    service_point: Annotated[ServicePointId, Field(description="Tjänstestället som svarar")]
    is_escalated: Annotated[bool, Field(description="Sant när kundtjänst fått veta att den väntar")]
    prescriber: Annotated[UserId | None, Field(description="Den förskrivare som angetts")]
    forwarded_to: Annotated[UserId | None, Field(description="Vem som ska bedöma behovet på nytt")]
    use: Annotated[
        Use | None,
        Field(description="Hur det får användas så länge: den strängare av bedömningarna"),
    ]
    outcome: Annotated[Outcome | None, Field(description="Vad den ledde till")]
    waits: Annotated[Wait | None, Field(description="Vad den väntar på; inget när den är över")]

    @classmethod
    def of(cls, row: FaultReportRow) -> "FaultReportLine":
        """The view of a report in a list."""
        return cls(**_line(row))


class FaultReportView(FaultReportLine):
    """En felanmälan. `pending` är sann tills lagret har svarat om förskrivaren."""

    pending: bool
    reported_by: UserId
    asked_by: UserId | None
    refused: Annotated[str | None, Field(description="Varför lagret nekade den som angavs")]
    by_responsible: Annotated[Use | None, Field(description="Huvudansvarigs bedömning")]
    by_technician: Annotated[Use | None, Field(description="Teknikernas bedömning")]
    text: str | None
    responsible_text: str | None
    technician_text: str | None

    @classmethod
    def of(cls, row: FaultReportRow) -> "FaultReportView":
        """The view of one report."""
        return cls(
            **_line(row),
            pending=row.status is Status.NAMING,
            reported_by=row.reported_by,
            asked_by=row.asked_by,
            refused=row.refused,
            by_responsible=Use(row.by_responsible) if row.by_responsible else None,
            by_technician=Use(row.by_technician) if row.by_technician else None,
            text=row.text,
            responsible_text=row.responsible_text,
            technician_text=row.technician_text,
        )


def _line(row: FaultReportRow) -> dict[str, Any]:
    report = row.state()
    return {
        **same_fields(report, FaultReportLine),
        "fault_report_id": report.id,
        "use": report.use,
        "waits": waits_for(report, until=row.due_on),
    }
