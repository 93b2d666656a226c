"""What cases look like over HTTP: bodies that come in, views that go out. No rule."""

from datetime import date
from typing import Annotated, Any

from kvitt_chassis.http import Body
from kvitt_contracts.copying import same_fields
from kvitt_contracts.types import (
    CaseId,
    DeviceId,
    DeviceNumber,
    Known,
    Reference,
    ServicePointId,
    Thing,
    UserId,
    Word,
)
from pydantic import BaseModel, ConfigDict, Field

from orders.cases.domain import About, Kind, Outcome, Status, waits_for
from orders.cases.models import CaseRow
from orders.free_text import FreeText
from orders.waits.domain import Wait


class CaseBody(Body):
    """Vad någon ber kundtjänst om (CAS-1)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "urgent",
                    "about": {"kind": "pickup", "id": "275dbcf6-f58b-5e1e-9907-3f5cafb41934"},
                    "service_point": "40355",
                    "text": "Sängen står i vägen: kan den hämtas i dag?",
                }
            ]
        }
    )

    kind: Annotated[Kind, Field(description="Vad det är fråga om")]
    about: Annotated[
        Thing | None, Field(description=f"Vad det gäller: {', '.join(About)}, och dess id")
    ] = None
    devices: Annotated[
        tuple[DeviceNumber, ...],
        Field(max_length=100, description="Bara när en patient flyttar: det som erbjuds"),
    ] = ()
    service_point: Annotated[ServicePointId, Field(description="Tjänstestället som frågar")]
    text: Annotated[FreeText | None, Field(description="Vad som önskas; stannar i Kvitt")] = None
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")] = None


class AnswerCaseBody(Body):
    """Kundtjänsts svar (CAS-1)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "done", "text": "Den hämtas i eftermiddag."}]}
    )

    outcome: Annotated[Outcome, Field(description="Gjort, eller nekat")]
    text: Annotated[
        FreeText | None, Field(description="Vad som gjordes; krävs när det nekas. Stannar i Kvitt")
    ] = None


class CaseLine(BaseModel):
    """Ett ärende i en lista."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "case_id": "7d9f7f3c-6f62-5a3e-8a64-5a1e6f1f2a11",
                    "status": "waiting",
                    "kind": "urgent",
                    "about": {"kind": "pickup", "id": "275dbcf6-f58b-5e1e-9907-3f5cafb41934"},
                    "devices": [],
                    "service_point": "40355",
                    "asked_by": "k082lno",
                    "asked_on": "2026-03-02",
                    "is_reminded": False,
                    "outcome": None,
                    "answered_by": None,
                    "waits": {
                        "awaits": "answer",
                        "on": "customer_service",
                        "service_point": None,
                        "user": None,
                        "until": "2026-03-04",
                        "then": "customer_service_told",
                    },
                }
            ]
        },
    )

    case_id: CaseId
    status: Annotated[Status, Field(description="Var ärendet är")]
    # words: while releases mix, what the next one asks is read by this one too
    kind: Annotated[Word, Known(Kind), Field(description="Vad det är fråga om")]
    about: Annotated[Thing | None, Field(description="Vad det gäller")]
    devices: Annotated[
        tuple[DeviceId, ...], Field(description="Det som erbjuds regionen dit patienten flyttar")
    ]
    service_point: Annotated[ServicePointId, Field(description="Tjänstestället som frågar")]
    asked_by: Annotated[UserId, Field(description="Vem som frågade")]
    asked_on: Annotated[date, Field(description="Dagen då det frågades")]
    is_reminded: Annotated[bool, Field(description="Sant när ingen har svarat i tid")]
    outcome: Annotated[Word | None, Known(Outcome), Field(description="Svaret")]
    answered_by: Annotated[UserId | None, Field(description="Vem som svarade")]
    waits: Annotated[Wait | None, Field(description="Vad det väntar på; inget när det är över")]

    @classmethod
    def of(cls, row: CaseRow) -> "CaseLine":
        """The view of a case in a list."""
        return cls(**_line(row))


class CaseView(CaseLine):
    """Ett ärende, med vad som skrevs."""

    text: Annotated[str | None, Field(description="Vad som önskas")]
    answer: Annotated[str | None, Field(description="Vad som svarades")]

    @classmethod
    def of(cls, row: CaseRow) -> "CaseView":
        """The view of one case."""
        return cls(**_line(row), text=row.text, answer=row.answer)


def _line(row: CaseRow) -> dict[str, Any]:
    case = row.state()
    return {
        **same_fields(case, CaseLine),
        "case_id": case.id,
        "asked_on": row.asked_on,
        "waits": waits_for(case, until=row.due_on),
    }
