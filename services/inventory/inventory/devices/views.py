"""What is shown of a device: its line in a list, its card and its history."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from kvitt_contracts.copying import same_fields
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    CustomerId,
    DeviceId,
    DeviceNumber,
    Holder,
    Money,
    OrderId,
    PayerId,
    PersonRef,
    RegionCode,
    ServicePointId,
    SupplierArticleNumber,
    SupplierId,
    UserId,
)
from pydantic import BaseModel, ConfigDict, Field

from inventory.articles.models import ArticleRow
from inventory.devices import domain
from inventory.devices.damage_views import DamageView
from inventory.devices.models import DeviceRow
from inventory.devices.note_views import DeviceNotesView
from inventory.views import FromRow


class ClaimView(FromRow):
    """Vad som håller hjälpmedlet just nu."""

    kind: Annotated[
        domain.ClaimKind,
        Field(description="Byte, låst byte, på väg ut, hämtorder, varukorg eller saknad"),
    ]
    by: Annotated[
        UUID, Field(description="Bytets, orderns, hämtorderns, varukorgens eller inventeringens id")
    ]


class DeviceLine(BaseModel):
    """Ett hjälpmedel i en lista."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "device_id": "4d7b3606-3c39-56c6-858d-81cae80b3d4d",
                    "device_number": "170098",
                    "serial_number": "SN-4471",
                    "article_number": "30012",
                    "name": "Rollator Brukare 55",
                    "article_type": "main_device",
                    "return_at_once": False,
                    "holder": {
                        "kind": "patient",
                        "person": "1f6c1d3a-53a2-4a53-a5cb-2f1b0c9a6d11",
                    },
                    "since": "2026-05-04",
                    "payer_id": "20311",
                    "customer_id": "40355",
                    "prescriber": "k201ema",
                    "status": "in_use",
                    "status_since": None,
                    "maintenance_due_on": "2027-05-04",
                    "claim": {
                        "kind": "transfer",
                        "by": "92289acb-adf5-5ac2-95ac-35cb2910d9ec",
                    },
                }
            ]
        }
    )

    device_id: DeviceId
    device_number: Annotated[DeviceNumber, Field(description="Individnummer")]
    serial_number: Annotated[str | None, Field(description="Serienummer")]
    article_number: ArticleNumber
    name: Annotated[str, Field(description="Artikelns benämning")]
    article_type: Annotated[ArticleType, Field(description="Artikeltyp")]
    return_at_once: Annotated[
        bool, Field(description="Skickas genast tillbaka till centrallagret (PCK-7)")
    ]
    holder: Annotated[Holder, Field(description="Den som har det: patient, enhet eller förråd")]
    since: Annotated[date, Field(description="Sedan")]
    payer_id: Annotated[PayerId | None, Field(description="Betalare; ingen i ett förråd")]
    customer_id: CustomerId | None
    prescriber: Annotated[UserId | None, Field(description="Förskrivare (internt id)")]
    status: Annotated[domain.DeviceStatus, Field(description="I bruk eller skrotat (INV-5, INV-7)")]
    status_since: Annotated[date | None, Field(description="Sedan när, om det har ändrats")]
    maintenance_due_on: Annotated[date | None, Field(description="Nästa underhåll, om det är känt")]
    claim: ClaimView | None

    @classmethod
    def of(cls, row: DeviceRow, article: ArticleRow) -> "DeviceLine":
        """The view of a device of an article."""
        return cls(
            device_id=DeviceId(row.id),
            name=article.name,
            article_type=article.type,
            return_at_once=article.return_at_once,
            **same_fields(row.state(), DeviceLine),
            **same_fields(row.custody, DeviceLine),
            claim=ClaimView.of(row.claim) if row.claim else None,
        )


class ChangeView(BaseModel):
    """En händelse i hjälpmedlets historik."""

    since: date
    holder: Holder
    payer_id: PayerId | None
    prescriber: UserId | None
    order_id: OrderId | None
    transfer_id: UUID | None
    recorded_at: datetime


class PeriodView(BaseModel):
    """Vem som haft det och vem som betalat, från en dag till (men inte med) en annan (BIL-1)."""

    from_day: date
    to_day: Annotated[date | None, Field(description="Första dagen som inte ingår")]
    holder: Holder
    payer_id: PayerId | None
    prescriber: UserId | None

    @classmethod
    def of(cls, period: domain.Period) -> "PeriodView":
        """The view of a span of days."""
        return cls(
            from_day=period.start, to_day=period.end, **same_fields(period.custody, PeriodView)
        )


class OriginView(BaseModel):
    """Varifrån ett hjälpmedel köptes när dess patient flyttade in (INV-12)."""

    from_region: Annotated[RegionCode, Field(description="Regionen som sålde det")]
    supplier_id: SupplierId | None
    supplier_article_number: SupplierArticleNumber | None
    approver: Annotated[UserId, Field(description="Den som godkände köpet (internt id)")]
    service_point: Annotated[
        ServicePointId | None,
        Field(description="Enheten, vars huvudansvariga är kontaktperson (BMB-14)"),
    ]
    person: Annotated[
        PersonRef | None,
        Field(description="Patienten; visas bara för enheten om personuppgifterna är skyddade"),
    ]
    bought_on: Annotated[date | None, Field(description="När det köptes som nytt")]
    value: Annotated[Money | None, Field(description="Priset som regionen betalade")]
    is_meant_for_patient: Annotated[
        bool, Field(description="Sant tills det har tagits ut: det kan bara tas ut till patienten")
    ]


class DeviceView(DeviceLine):
    """Individkortet (INV-5) med historik och betalare per period."""

    supplier: Annotated[str | None, Field(description="Leverantör")]
    supplier_article_number: Annotated[
        str | None, Field(description="Leverantörens artikelnummer (INV-5)")
    ]
    owner: Annotated[str, Field(description="Ägare: `region` eller `patient` (INV-5)")]
    bought_on: Annotated[
        date | None, Field(description="När det köptes som nytt, om det är känt (INV-5)")
    ]
    value: Annotated[Money | None, Field(description="Vad det köptes för, om det är känt (INV-5)")]
    order_id: Annotated[OrderId | None, Field(description="Ordern bakom den senaste leveransen")]
    origin: Annotated[
        OriginView | None, Field(description="Om det köptes från en annan region (INV-12)")
    ]
    former_numbers: Annotated[
        tuple[DeviceNumber, ...],
        Field(description="Tidigare individnummer, det första först: de hittar det fortfarande"),
    ]
    sip_number: Annotated[
        str | None, Field(description="SIP-nummer, för alternativ telefoni (INV-5)")
    ]
    maintained_on: Annotated[
        date | None, Field(description="Senaste förebyggande underhåll (INV-5)")
    ]
    has_been_out: Annotated[
        bool,
        Field(description="Har varit utlånat eller på väg ut; annars är det nytt (PCK-7)"),
    ]
    damages: Annotated[
        list[DamageView],
        Field(description="Stölder, förluster och skador, den senaste först (INV-15)"),
    ]
    notes: Annotated[DeviceNotesView, Field(description="Anteckningar, den senaste först (INV-5)")]
    history: list[ChangeView]
    periods: list[PeriodView]
