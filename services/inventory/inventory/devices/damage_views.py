"""How what has happened to a device is shown (INV-15). No rule here."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from kvitt_chassis.http import RegionReader
from kvitt_contracts.copying import same_fields
from kvitt_contracts.types import Money, PayerId
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, cast, literal
from sqlalchemy.dialects.postgresql import JSONB

from inventory.devices import domain
from inventory.devices.models import CustodyRow, DeviceRow
from inventory.devices.queries import damage_notes_of
from inventory.devices.records import domain as records

Named = tuple[records.DamageKind, date]
"""What names a record of a device."""


class DamageView(BaseModel):
    """Vad som har hänt med ett hjälpmedel, och vad som är beslutat (INV-15)."""

    kind: Annotated[records.DamageKind, Field(description="Stulet, förlorat eller skadat")]
    happened_on: Annotated[date, Field(description="Dagen då det hände")]
    outcome: Annotated[
        records.Outcome,
        Field(
            description="`undecided` tills kundtjänst har beslutat vem som betalar; `found` när "
            "det är hittat, `withdrawn` när skadan inte har hänt: då betalar ingen"
        ),
    ]
    paid_by: Annotated[
        Literal["unit", "patient"] | None, Field(description="En enhet eller patienten")
    ]
    payer_id: Annotated[PayerId | None, Field(description="Betalaren, när en enhet betalar")]
    amount: Annotated[Money | None, Field(description="Vad som betalas, utan moms")]
    note: Annotated[
        str | None,
        Field(description="Vad som hände, för den som hade det den dagen och för kundtjänst"),
    ]

    @classmethod
    def of(cls, damage: records.Damage, note: str | None = None) -> "DamageView":
        """The view of a record, with its note for who may read that."""
        payer = damage.payer
        return cls(
            **same_fields(damage, DamageView),
            paid_by=payer.kind if payer else None,
            payer_id=payer.payer_id if payer and payer.kind == "unit" else None,
            note=note if damage.has_note else None,  # one of a record before this one is none
        )


def is_undecided() -> ColumnElement[bool]:
    """Something has happened to a device, and nobody has decided yet who pays (INV-15)."""
    wanted = cast(literal('[{"outcome": "undecided"}]'), JSONB)
    return cast(DeviceRow.damages, JSONB).contains(wanted)


async def damages_of(
    reader: RegionReader, row: DeviceRow, history: Sequence[CustodyRow]
) -> list[DamageView]:
    """What has happened to a device, the last first."""
    notes = await _notes(reader, row, history)
    latest = sorted(row.damages, key=lambda one: one.happened_on, reverse=True)
    return [DamageView.of(one, notes.get((one.kind, one.happened_on))) for one in latest]


async def _notes(
    reader: RegionReader, row: DeviceRow, history: Sequence[CustodyRow]
) -> Mapping[Named, str]:
    if not any(one.has_note for one in row.damages):
        return {}
    caller = reader.caller
    changes = [domain.Change(custody=change.custody) for change in history]
    return {
        (one.kind, one.happened_on): one.note
        for one in await damage_notes_of(reader, row)
        if reader.grant.is_region_wide
        or domain.had_it(changes, one.happened_on, user=caller.user_id, of=caller.service_points)
        or one.by == caller.user_id
    }
