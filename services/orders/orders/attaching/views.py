"""What attachments look like over HTTP. No rule."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from kvitt_chassis.http import Body
from kvitt_contracts.types import UserId
from pydantic import BaseModel, ConfigDict, Field

from orders.attachments.domain import About
from orders.attachments.models import AttachmentRow


class AttachBody(Body):
    """Vad en fil ska höra till."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"about": {"kind": "order", "id": "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11"}}]
        }
    )

    about: Annotated[About, Field(description="Ordern eller arbetsordern")]


class AttachmentView(BaseModel):
    """En bifogad fil (ORD-16)."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "attachment_id": "7a0d3c70-1f0c-4f0e-9d5e-0d7a3f5b7c21",
                    "name": "Audiogram.pdf",
                    "media_type": "application/pdf",
                    "size": 48213,
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "by": "k082lno",
                    "added_at": "2026-03-02T07:00:00Z",
                    "about": None,
                }
            ]
        },
    )

    attachment_id: UUID
    name: Annotated[str, Field(description="Filens namn")]
    media_type: Annotated[str, Field(description="Vad filen är, undersökt när den kom in")]
    size: Annotated[int, Field(description="Storlek i byte")]
    sha256: Annotated[str, Field(description="Kontrollsumma")]
    by: Annotated[UserId, Field(description="Vem som bifogade den")]
    added_at: Annotated[datetime, Field(description="När den kom in")]
    about: Annotated[About | None, Field(description="Vad den hör till, om något än")]

    @classmethod
    def of(cls, row: AttachmentRow) -> "AttachmentView":
        """The view of a row whose file is kept."""
        return cls(
            attachment_id=row.attachment_id,
            name=row.name,
            media_type=row.media_type,
            size=row.size or 0,
            sha256=row.sha256 or "",
            by=row.by,
            added_at=row.added_at,
            about=row.state().about,
        )


class AttachmentsView(BaseModel):
    """De filer som hör till en order eller arbetsorder, i den ordning de kom in."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [{"attachments": []}]})

    attachments: list[AttachmentView]
