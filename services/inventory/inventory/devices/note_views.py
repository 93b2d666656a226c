"""How what people have written on a device's card is shown (INV-5g). No rule here."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Final
from uuid import UUID

from kvitt_chassis.http import RegionReader
from kvitt_contracts.inventory import Custody
from kvitt_contracts.types import UserId
from pydantic import BaseModel, ConfigDict, Field

from inventory.devices.models import CustodyRow, DeviceNoteRow, DeviceRow
from inventory.devices.queries import notes_of

MOST: Final = 50
"""So many notes does a card show."""


class DeviceNoteView(BaseModel):
    """En anteckning på ett individkort (INV-5)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "note_id": "7a0d3c70-1f0c-4f0e-9d5e-0d7a3f5b7c21",
                    "text": "Vänster broms tar i lite. Följs upp vid nästa underhåll.",
                    "by": "k201ema",
                    "written_at": "2026-05-04T07:12:09Z",
                    "is_shown": True,
                }
            ]
        }
    )

    note_id: UUID
    text: Annotated[str, Field(description="Vad som är antecknat om hjälpmedlet")]
    by: Annotated[UserId, Field(description="Vem som skrev den (internt id)")]
    written_at: Annotated[datetime, Field(description="När den skrevs")]
    is_shown: Annotated[bool, Field(description="Visas på individkortet")]

    @classmethod
    def of(cls, row: DeviceNoteRow) -> "DeviceNoteView":
        """The view of a row."""
        return cls(
            note_id=row.note_id,
            text=row.text,
            by=row.by,
            written_at=row.written_at,
            is_shown=row.hidden_by is None,
        )


class DeviceNotesView(BaseModel):
    """Anteckningarna på ett individkort, den senaste först (INV-5)."""

    total: Annotated[int, Field(description="Hur många som du ser")]
    items: Annotated[list[DeviceNoteView], Field(description=f"De senaste, högst {MOST}")]


async def notes_shown(
    reader: RegionReader,
    row: DeviceRow,
    history: Sequence[CustodyRow],
    is_shown: Callable[[Custody], bool],
) -> DeviceNotesView:
    """What is written on a device's card, the last first: what was written while somebody had it
    whose time is not shown to the caller, to its writer alone (REF-19).
    """
    spans = [
        (one.recorded_at, after.recorded_at)
        for one, after in pairwise(history)
        if not is_shown(one.custody)
    ]
    total, found = await notes_of(reader, row, outside=spans, most=MOST)
    return DeviceNotesView(total=total, items=[DeviceNoteView.of(one) for one in found])
