"""The views of sales to other regions. No person is named."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from kvitt_chassis.http import Body
from kvitt_contracts.types import (
    WHY_NOT_CLAIMED,
    ArticleNumber,
    Day,
    DeviceId,
    DeviceNumber,
    Known,
    Money,
    PayerId,
    PersonRef,
    Reference,
    ServicePointId,
    UserId,
)
from pydantic import BaseModel, Field

from billing.domain import ChargeStatus
from billing.models import ChargeRow, DeviceRow
from billing.region_sales.domain import Status, price_of
from billing.region_sales.models import RegionSaleRow
from billing.supplier_invoices.models import TakeoverRow


class RequestSaleBody(Body):
    """Vilka hjälpmedel som ska säljas, och till vilken region."""

    reference: Annotated[Reference | None, Field(description="Din egen beteckning")] = None
    payer_id: Annotated[PayerId, Field(description="Betalaren som står för den andra regionen")]
    person: Annotated[PersonRef, Field(description="Patienten som flyttar, som referens")]
    service_point: Annotated[ServicePointId, Field(description="Patientens enhet")]
    devices: Annotated[
        tuple[DeviceNumber, ...],
        Field(min_length=1, max_length=100, description="Individnummer"),
    ]


class PriceBody(Body):
    """Vad ett hjälpmedel ska kosta."""

    device_number: DeviceNumber
    price: Annotated[Money, Field(description="I öre utan moms")]


class ProposeSaleBody(Body):
    """Priserna som den andra regionen får, och när den senast ska svara."""

    lines: Annotated[tuple[PriceBody, ...], Field(min_length=1, max_length=100)]
    answer_by_on: Annotated[Day, Field(description="Svar senast")]
    asked_by: Annotated[UserId, Field(description="Den som bad om det (internt id)")]


class ApproveSaleBody(Body):
    """Från vilken dag den andra regionen har hjälpmedlen."""

    sold_on: Annotated[Day, Field(description="Såld från och med; inte framåt (DAY-1)")]


class RegionSaleView(BaseModel):
    """En försäljning till en annan region, utan hjälpmedel."""

    id: UUID
    reference: Reference | None
    status: Annotated[
        Status,
        Field(
            description="requested: begärd, proposed: prisförslag skickat, approved: godkänd, "
            "not_approved: inte godkänd, refused: kunde inte säljas, ended: inget är kvar"
        ),
    ]
    payer_id: Annotated[PayerId, Field(description="Den andra regionens betalare")]
    service_point: ServicePointId
    requested_by: UserId
    requested_on: date
    answer_by_on: Annotated[date | None, Field(description="Den andra regionen svarar senast")]
    sold_on: date | None
    net_ore: Annotated[int | None, Field(description="Det som begärs i allt, utan moms")]
    waits_for: Annotated[str | None, Field(description="Vad den väntar på, och vem")]
    due_on: Annotated[date | None, Field(description="Den dag då det senast ska ha hänt")]

    @classmethod
    def of(cls, row: RegionSaleRow) -> "RegionSaleView":
        """The view of a row."""
        return cls(**values(row))


class SaleLineView(BaseModel):
    """Ett hjälpmedel i försäljningen."""

    device_id: DeviceId
    device_number: DeviceNumber | None
    article_number: ArticleNumber | None
    price: Annotated[Money | None, Field(description="Det som begärs, utan moms")]
    bought_on: Annotated[date | None, Field(description="När det var nytt, om det är känt")]
    value: Annotated[Money | None, Field(description="Vad regionen betalade, om det är känt")]
    charge: Annotated[
        ChargeStatus | None, Field(description="Debiteringen, när hjälpmedlet är sålt")
    ]


class RefusedLineView(BaseModel):
    """Ett hjälpmedel som inte kan säljas, och varför."""

    device_id: DeviceId
    device_number: DeviceNumber | None
    reason: Annotated[str, Known(*WHY_NOT_CLAIMED)]


class RegionSaleWithLines(RegionSaleView):
    """En försäljning med sina hjälpmedel."""

    lines: list[SaleLineView]
    refused: Annotated[list[RefusedLineView], Field(description="Det som inte kunde säljas")]

    @classmethod
    def with_lines(
        cls,
        row: RegionSaleRow,
        *,
        devices: Iterable[DeviceRow],
        bought: Iterable[TakeoverRow],
        charges: Iterable[ChargeRow],
    ) -> "RegionSaleWithLines":
        """The view of a row with what is known of its devices and what was charged."""
        known = {one.device_id: one for one in devices}
        values_of = {one.device_id: one for one in bought}
        charged: Mapping[object, ChargeStatus] = {one.device_id: one.status for one in charges}
        lines = []
        for line in row.lines:
            device, origin = known.get(line.device_id), values_of.get(line.device_id)
            lines.append(
                SaleLineView(
                    device_id=line.device_id,
                    device_number=device.device_number if device else None,
                    article_number=device.article_number if device else None,
                    price=price_of(row.state(), line.device_id),
                    bought_on=origin.bought_on if origin else None,
                    value=origin.value if origin else None,
                    charge=charged.get(line.device_id),
                )
            )
        refused = [
            RefusedLineView(
                device_id=one.device_id,
                device_number=known[one.device_id].device_number
                if one.device_id in known
                else None,
                reason=one.reason,
            )
            for one in row.refused
        ]
        return cls(**values(row), lines=lines, refused=refused)


WAITS_FOR: Final[Mapping[Status, str]] = {
    Status.PROPOSED: "Den andra regionens svar",
    Status.NOT_APPROVED: "Enheten: hjälpmedlen ska återlämnas",
}
_CLAIM, _PRICES = "Lagrets svar", "Kundtjänst: prisförslag"


def waits_for(row: RegionSaleRow) -> str | None:
    """What a sale waits for, and whom; None where it is over."""
    if row.status is Status.REQUESTED:
        return _CLAIM if row.claimed_on is None else _PRICES
    return WAITS_FOR.get(row.status)


def values(row: RegionSaleRow) -> dict[str, Any]:
    """What the views show of a row."""
    prices = [line.price.net_ore for line in row.lines if line.price is not None]
    return {
        "id": row.id,
        "reference": row.reference,
        "status": row.status,
        "payer_id": row.payer_id,
        "service_point": row.service_point,
        "requested_by": row.requested_by,
        "requested_on": row.requested_on,
        "answer_by_on": row.answer_by_on,
        "sold_on": row.sold_on,
        "net_ore": sum(prices) if prices else None,
        "waits_for": waits_for(row),
        "due_on": row.due_on,
    }
