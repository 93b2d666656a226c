"""The time machine over HTTP: who had a device, who paid and who prescribed it on a day, and its
whole life. No rule here.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Query
from kvitt_chassis.http import ApiRouter, Reader
from kvitt_chassis.parameters import read_from_texts
from kvitt_chassis.web.problems import NotFound
from kvitt_contracts.copying import same_fields
from kvitt_contracts.types import CustomerId, Day, DeviceId, Holder, OrderId, PayerId, UserId
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.config import JsonDict
from pydantic_core import CoreSchema

from inventory.custody import domain, queries
from inventory.devices.api import SCOPE, shown_of
from inventory.devices.models import DeviceRow
from inventory.devices.queries import custody_of

router = ApiRouter(tags=["Hjälpmedel (individer)"])


class Source(StrEnum):
    """Where an answer is taken from."""

    TABLE = "table"
    EVENTS = "events"


class CauseView(BaseModel):
    """Vad som gjorde att det blev så."""

    kind: Annotated[
        domain.Cause,
        Field(
            description="`registered` i ett förråd, `stated` utlånat när Kvitt tog över, `order`, "
            "`transfer` (byte), `return` till ett förråd, eller `correction` av en returdag"
        ),
    ]
    order_id: OrderId | None
    transfer_id: UUID | None


class CustodyView(BaseModel):
    """Vem som hade hjälpmedlet, vem som betalade och vem som hade förskrivit det."""

    holder: Annotated[Holder, Field(description="Den som hade det: patient, enhet eller förråd")]
    payer_id: Annotated[PayerId | None, Field(description="Betalare; ingen i ett förråd")]
    customer_id: CustomerId | None
    prescriber: Annotated[UserId | None, Field(description="Förskrivare (internt id)")]
    since: Annotated[date, Field(description="Sedan")]
    cause: CauseView
    event_id: Annotated[UUID | None, Field(description="Händelsen som gjorde att det blev så")]

    @classmethod
    def of(cls, span: domain.Span, event_id: UUID | None, **more: Any) -> Self:
        """The view of a span of days."""
        entry = span.entry
        return cls(
            **same_fields(entry.custody, CustodyView),
            cause=CauseView(
                kind=entry.cause, order_id=entry.order_id, transfer_id=entry.transfer_id
            ),
            event_id=event_id,
            **more,
        )


_EXAMPLE: JsonDict = {
    "holder": {"kind": "patient", "person": "1f6c1d3a-53a2-4a53-a5cb-2f1b0c9a6d11"},
    "payer_id": "20311",
    "customer_id": "40355",
    "prescriber": "k201ema",
    "since": "2026-03-02",
    "cause": {
        "kind": "transfer",
        "order_id": None,
        "transfer_id": "92289acb-adf5-5ac2-95ac-35cb2910d9ec",
    },
    "event_id": "5f0a9d5e-5b8e-4a55-9a5c-0a4f7c3f2f10",
}


class DayView(CustodyView):
    """Hur det var en viss dag."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "device_id": "4d7b3606-3c39-56c6-858d-81cae80b3d4d",
                    "on": "2026-03-14",
                    **_EXAMPLE,
                    "answered_from": "table",
                }
            ]
        }
    )

    device_id: DeviceId
    on: Annotated[date, Field(description="Dagen som frågan gäller")]
    answered_from: Annotated[Source, Field(description="Tabellen eller händelserna")]


class SpanView(CustodyView):
    """Hur det var från en dag till (men inte med) en annan."""

    from_day: date
    to_day: Annotated[date | None, Field(description="Första dagen som inte ingår")]


class LifeView(BaseModel):
    """Hjälpmedlets hela liv, dag för dag."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "device_id": "4d7b3606-3c39-56c6-858d-81cae80b3d4d",
                    "items": [{"from_day": "2026-03-02", "to_day": None, **_EXAMPLE}],
                    "answered_from": "table",
                }
            ]
        }
    )

    device_id: DeviceId
    items: list[SpanView]
    answered_from: Annotated[Source, Field(description="Tabellen eller händelserna")]


class CustodyQuery(BaseModel):
    """Which day, and where the answer is taken from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: Annotated[
        Day | None, Field(description="Dagen som frågan gäller; utan den visas hela livet")
    ] = None
    answer_from: Annotated[
        Source, Field(description="Tabellen, eller händelserna spelade på nytt: svaret är detsamma")
    ] = Source.TABLE

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        """Read each parameter in one form."""
        return read_from_texts(cls, handler, source)


# decision 0328: one rule of days, for the table and for the events
@router.get("/devices/{device_id}/custody")
async def show_custody(
    device_id: UUID,
    reader: Reader,
    asked: Annotated[CustodyQuery, Query()],
) -> DayView | LifeView:
    """Vem som hade ett hjälpmedel, vem som betalade och vem som hade förskrivit det en viss dag,
    eller genom hela dess liv, med vad som ändrade det och händelsens id (INV-5). En dag som inte
    har kommit är som det är nu; en dag innan hjälpmedlet fanns har inget svar.

    Tiden hos en person med skyddade personuppgifter visas bara för de enheter som den rör.
    """
    row = await reader.get(DeviceRow, device_id, scope=SCOPE, rule="INV-5")
    told_by = (
        queries.entries_in_table if asked.answer_from is Source.TABLE else queries.entries_in_log
    )
    is_shown = await shown_of(row, await custody_of(reader, row), reader)
    spans = [
        span for span in domain.life(await told_by(reader, row)) if is_shown(span.entry.custody)
    ]
    ids = await queries.event_ids(reader, row)
    if asked.on is None:
        items = [
            SpanView.of(span, ids.get(span.entry.number), from_day=span.start, to_day=span.end)
            for span in spans
        ]
        return LifeView(device_id=DeviceId(row.id), items=items, answered_from=asked.answer_from)
    span = domain.on_day(spans, asked.on)
    if span is None:
        raise NotFound(
            "custody",
            rule="INV-5",
            field="on",
            way_on="Utan dag visas hela hjälpmedlets liv, från den första dagen.",
        )
    return DayView.of(
        span,
        ids.get(span.entry.number),
        device_id=DeviceId(row.id),
        on=asked.on,
        answered_from=asked.answer_from,
    )
