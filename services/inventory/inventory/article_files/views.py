"""What an article's files and its supplier's words look like over HTTP. No rule."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from kvitt_chassis.http import Body
from kvitt_contracts.types import ArticleNumber, UserId
from pydantic import BaseModel, ConfigDict, Field

from inventory.article_files.commands import Description
from inventory.article_files.models import ArticleFileRow, ArticleInformationRow


class ShowBody(Body):
    """Vad filen visar eller handlar om. Utan text visas den med den text som den hade."""

    description: Annotated[
        Description | None,
        Field(
            description="Vad bilden föreställer, för den som inte ser den, eller vad dokumentet är",
            examples=["Rollatorn hopfälld, från sidan"],
        ),
    ] = None


class InformationBody(Body):
    """Vad leverantören berättar om en artikel. Utan text och länk tas det bort."""

    text: Annotated[str | None, Field(min_length=1, max_length=4000, description="Text")] = None
    link: Annotated[
        str | None,
        Field(
            max_length=500,
            description="Leverantörens sida om artikeln, som börjar med https://",
            examples=["https://www.nordhjalp.example/rollatorer/30012"],
        ),
    ] = None


class InformationView(BaseModel):
    """Vad leverantören berättar om en artikel (INV-2)."""

    model_config = ConfigDict(frozen=True)

    text: Annotated[str | None, Field(description="Text")]
    link: Annotated[str | None, Field(description="Leverantörens sida om artikeln")]

    @classmethod
    def of(cls, row: ArticleInformationRow) -> "InformationView":
        """The view of a row."""
        return cls(text=row.text, link=row.link)


class ArticleFileView(BaseModel):
    """En bild av en artikel eller ett dokument om den (INV-2)."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "file_id": "7a0d3c70-1f0c-4f0e-9d5e-0d7a3f5b7c21",
                    "article_number": "30012",
                    "name": "Bruksanvisning.pdf",
                    "media_type": "application/pdf",
                    "description": "Bruksanvisning",
                    "size": 48213,
                    "by": "k082lno",
                    "added_at": "2026-03-02T07:00:00Z",
                    "is_shown": True,
                }
            ]
        },
    )

    file_id: UUID
    article_number: Annotated[ArticleNumber, Field(description="Artikeln som den hör till")]
    name: Annotated[str, Field(description="Filens namn")]
    media_type: Annotated[str, Field(description="Vad filen är, undersökt när den kom in")]
    description: Annotated[
        str | None, Field(description="Vad bilden föreställer, eller vad dokumentet är")
    ]
    size: Annotated[int, Field(description="Storlek i byte")]
    by: Annotated[UserId, Field(description="Vem som lade in den")]
    added_at: Annotated[datetime, Field(description="När den kom in")]
    is_shown: Annotated[bool, Field(description="Visas på artikelns sida")]

    @classmethod
    def of(cls, row: ArticleFileRow) -> "ArticleFileView":
        """The view of a row whose file is kept."""
        return cls(
            file_id=row.file_id,
            article_number=row.article_number,
            name=row.name,
            media_type=row.media_type,
            description=row.description,
            size=row.size or 0,
            by=row.by,
            added_at=row.added_at,
            is_shown=row.is_shown,
        )
