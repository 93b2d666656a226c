"""What drafts of applications look like over HTTP. No rule."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from kvitt_chassis.http import Body
from kvitt_contracts.types import PatientRecipient, PersonRef, ServicePointId, UserId
from pydantic import BaseModel, ConfigDict, Field

from orders.drafting.domain import Version
from orders.work_orders.applications.domain import Application, missing_of
from orders.work_orders.drafts.models import ApplicationDraftRow

_WRITTEN: dict[str, Any] = {
    "recipient": {"kind": "patient", "person": "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11"},
    "service_point": "40201",
    "requester": None,
}
_NAME = "Hörslinga för läsplatta"


class ApplicationDraftBody(Body):
    """En ansökan som skrivs, hur mycket som än saknas (ACT-5)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_WRITTEN, "application": {"need": "Hör inte läraren."}}]}
    )

    recipient: Annotated[PatientRecipient, Field(description="Patienten")]
    service_point: Annotated[
        ServicePointId | None, Field(description="Tjänstestället: kollegor där ser utkastet")
    ] = None
    requester: Annotated[
        UserId | None, Field(description="Vem som ansöker, när kundservice skriver (REF-12)")
    ] = None
    application: Annotated[Application, Field(description="Det som är skrivet hittills")] = (
        Application()
    )


class SaveApplicationDraftBody(ApplicationDraftBody):
    """Ett utkast som någon har gått vidare med."""

    version: Version


class DiscardApplicationDraftBody(Body):
    """Ett utkast som kastas, som det visades."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 2}]})

    version: Version


class MissingView(BaseModel):
    """En uppgift som ansökan saknar."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{"field": "need", "said": "behovet"}]}
    )

    field: Annotated[str, Field(description="Fältet i ansökan")]
    said: Annotated[str, Field(description="Vad det heter")]


_LINE: dict[str, Any] = {
    "draft_id": "7a0d3c70-1f0c-4f0e-9d5e-0d7a3f5b7c21",
    "version": 2,
    **_WRITTEN,
    "supplier_article_name": _NAME,
    "missing": [{"field": "need", "said": "behovet"}],
    "begun_by": "k082lno",
    "saved_by": "k084def",
    "saved_at": "2026-03-02T09:14:00Z",
    "removed_on": "2026-04-01",
}


class ApplicationDraftLine(BaseModel):
    """Ett utkast i en lista: ingen har sökt något ännu."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [_LINE]})

    draft_id: UUID
    version: Annotated[int, Field(description="Hur många gånger det har sparats")]
    recipient: Annotated[PatientRecipient, Field(description="Patienten")]
    service_point: Annotated[ServicePointId | None, Field(description="Tjänsteställe")]
    requester: Annotated[UserId | None, Field(description="Vem som ansöker, om en annan")]
    supplier_article_name: Annotated[
        str | None, Field(description="Leverantörens artikelbenämning, om den är skriven")
    ]
    missing: Annotated[
        tuple[MissingView, ...], Field(description="Vad som saknas för att kunna ansöka")
    ]
    begun_by: Annotated[UserId, Field(description="Vem som började")]
    saved_by: Annotated[UserId, Field(description="Vem som sparade det senast")]
    saved_at: Annotated[datetime, Field(description="När")]
    removed_on: Annotated[date, Field(description="Dagen då det tas bort, om ingen sparar det")]

    @classmethod
    def of(cls, row: ApplicationDraftRow) -> "ApplicationDraftLine":
        """The line of a row."""
        return cls(**_shown(row))


class ApplicationDraftView(ApplicationDraftLine):
    """Ett utkast, med det som är skrivet (ACT-5)."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [{**_LINE, "application": {"supplier_article_name": _NAME}}]
        },
    )

    application: Application

    @classmethod
    def of(cls, row: ApplicationDraftRow) -> "ApplicationDraftView":
        """The view of a row."""
        return cls(**_shown(row), application=row.application)


class NoApplicationDraft(BaseModel):
    """Utkastet är kastat."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{"draft_id": _LINE["draft_id"]}]}
    )

    draft_id: UUID


def _shown(row: ApplicationDraftRow) -> dict[str, Any]:
    return {
        "draft_id": row.draft_id,
        "version": row.version,
        "recipient": PatientRecipient(person=PersonRef(row.recipient_person)),
        "service_point": row.service_point,
        "requester": row.requester,
        "supplier_article_name": row.application.supplier_article_name,
        "missing": tuple(
            MissingView(field=field, said=said)
            for field, said in missing_of(row.application).items()
        ),
        "begun_by": row.begun_by,
        "saved_by": row.saved_by,
        "saved_at": row.saved_at,
        "removed_on": row.removed_on,
    }
