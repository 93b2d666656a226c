"""What drafts of orders look like over HTTP. No rule."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from kvitt_chassis.http import Body
from kvitt_contracts.types import (
    CareUnitRecipient,
    PatientRecipient,
    PersonRef,
    Recipient,
    ServicePointId,
    UserId,
)
from pydantic import BaseModel, ConfigDict, Field

from orders.attachments.domain import MOST_SENT
from orders.attachments.models import AttachmentRow
from orders.drafting.domain import Version
from orders.order_drafts.domain import WrittenOrder
from orders.order_drafts.models import OrderDraftRow

_WRITTEN: dict[str, Any] = {
    "recipient": {"kind": "patient", "person": "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11"},
    "service_point": "40201",
}
_ORDER: dict[str, Any] = {
    "prescriber": "k082lno",
    "lines": [{"article_number": "12345", "quantity": 1}, {"comment": "med lås"}],
}


class OrderDraftBody(Body):
    """En order som skrivs, hur mycket som än saknas (ORD-1)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_WRITTEN, "written": _ORDER}]})

    recipient: Annotated[
        Recipient | None, Field(description="Patient (referens) eller vårdenhet")
    ] = None
    service_point: Annotated[
        ServicePointId | None, Field(description="Tjänstestället: kollegor där ser utkastet")
    ] = None
    written: Annotated[WrittenOrder, Field(description="Det som är skrivet hittills")] = (
        WrittenOrder()
    )
    attachments: Annotated[
        tuple[UUID, ...],
        Field(max_length=MOST_SENT, description="Bifogade filer som utkastet har (ORD-16)"),
    ] = ()


class SaveOrderDraftBody(OrderDraftBody):
    """Ett utkast som någon har gått vidare med."""

    version: Version


class DiscardOrderDraftBody(Body):
    """Ett utkast som kastas, som det visades."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 2}]})

    version: Version


_LINE: dict[str, Any] = {
    "draft_id": "7a0d3c70-1f0c-4f0e-9d5e-0d7a3f5b7c21",
    "version": 2,
    **_WRITTEN,
    "line_count": 2,
    "begun_by": "k082lno",
    "saved_by": "k084def",
    "saved_at": "2026-03-02T09:14:00Z",
    "removed_on": "2026-04-01",
}


class OrderDraftLine(BaseModel):
    """Ett utkast i en lista: ingen har beställt något ännu."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [_LINE]})

    draft_id: UUID
    version: Annotated[int, Field(description="Hur många gånger det har sparats")]
    recipient: Annotated[Recipient | None, Field(description="Mottagaren, om den är vald")]
    service_point: Annotated[ServicePointId | None, Field(description="Tjänsteställe")]
    line_count: Annotated[int, Field(description="Antal rader som är skrivna")]
    begun_by: Annotated[UserId, Field(description="Vem som började")]
    saved_by: Annotated[UserId, Field(description="Vem som sparade det senast")]
    saved_at: Annotated[datetime, Field(description="När")]
    removed_on: Annotated[date, Field(description="Dagen då det tas bort, om ingen sparar det")]

    @classmethod
    def of(cls, row: OrderDraftRow) -> "OrderDraftLine":
        """The line of a row."""
        return cls(**_shown(row))


class DraftAttachment(BaseModel):
    """En bifogad fil som följer med när ordern läggs."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    attachment_id: UUID
    name: Annotated[str, Field(description="Filens namn")]


class OrderDraftView(OrderDraftLine):
    """Ett utkast, med det som är skrivet (ORD-1)."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{**_LINE, "written": _ORDER}]}
    )

    written: WrittenOrder
    attachments: Annotated[
        tuple[DraftAttachment, ...], Field(description="De bifogade filerna")
    ] = ()

    @classmethod
    def with_files(cls, row: OrderDraftRow, files: Iterable[AttachmentRow]) -> "OrderDraftView":
        """The view of a row, with the files that it has."""
        named = tuple(DraftAttachment.model_validate(one) for one in files)
        return cls(**_shown(row), written=row.written, attachments=named)


class NoOrderDraft(BaseModel):
    """Utkastet är kastat."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{"draft_id": _LINE["draft_id"]}]}
    )

    draft_id: UUID


def _shown(row: OrderDraftRow) -> dict[str, Any]:
    return {
        "draft_id": row.draft_id,
        "version": row.version,
        "recipient": _recipient(row),
        "service_point": row.service_point,
        "line_count": len(row.written.lines),
        "begun_by": row.begun_by,
        "saved_by": row.saved_by,
        "saved_at": row.saved_at,
        "removed_on": row.removed_on,
    }


def _recipient(row: OrderDraftRow) -> Recipient | None:
    if row.recipient_person is not None:
        return PatientRecipient(person=PersonRef(row.recipient_person))
    return CareUnitRecipient(unit=row.recipient_unit) if row.recipient_unit is not None else None
