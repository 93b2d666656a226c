"""The views of a month's preview: values copied from rows by name."""

from datetime import date, datetime
from typing import Annotated, Literal

from kvitt_chassis.http import Body
from kvitt_contracts.billing import RunState
from pydantic import BaseModel, Field

from billing.domain import RunStatus
from billing.models import InvoiceRunRow
from billing.month_previews.domain import FindingKind
from billing.month_previews.models import FindingRow, MonthPreviewRow, PayerPreviewRow


class ApproveBody(Body):
    """Vilken förhandsvisning som godkänns."""

    state: Annotated[RunState, Field(description="`state` i förhandsvisningen som du har läst")]


class MonthPreview(BaseModel):
    """Vad en månads fakturor blir, eller blev: belopp i öre, jämförda med månaden före."""

    month: Annotated[str, Field(description="Månaden, t.ex. 2026-05")]
    through: Annotated[date, Field(description="Sista dagen som faktureras")]
    status: Annotated[
        Literal["making", "made"], Field(description="making: görs just nu, läs igen om en stund")
    ]
    run_status: Annotated[
        RunStatus | None,
        Field(
            description="Faktureringens läge, previewed: väntar på godkännande; tomt innan månaden "
            "är slut"
        ),
    ]
    state: Annotated[
        str | None, Field(description="Det som godkänns; tomt när inget ska godkännas")
    ]
    approved_by: Annotated[str | None, Field(description="Vem som har godkänt")]
    asked_at: datetime
    made_at: datetime | None
    documents: Annotated[int, Field(description="Fakturor och kreditnotor")]
    net_ore: Annotated[int, Field(description="Utan moms")]
    vat_ore: Annotated[int, Field(description="Moms")]
    gross_ore: Annotated[int, Field(description="Med moms")]
    last_net_ore: Annotated[int, Field(description="Månaden före, utan moms")]
    difference_ore: Annotated[int, Field(description="Utan moms, mot månaden före")]
    findings: Annotated[int, Field(description="Hur mycket som sticker ut, se /preview-findings")]
    payers: Annotated[int, Field(description="Betalare som har räknats")]
    payers_invoiced: Annotated[int, Field(description="Betalare som har fått sina fakturor")]

    @classmethod
    def of(
        cls,
        row: MonthPreviewRow,
        run: InvoiceRunRow | None,
        *,
        payers: int,
        payers_invoiced: int,
    ) -> "MonthPreview":
        """The view of a month's preview, and of its run where there is one."""
        return cls(
            month=row.month,
            through=row.through,
            status="making" if row.made_at is None else "made",
            run_status=run.status if run is not None else None,
            state=row.previewed_state,
            approved_by=run.approved_by if run is not None else None,
            asked_at=row.asked_at,
            made_at=row.made_at,
            documents=row.documents,
            net_ore=row.net_ore,
            vat_ore=row.vat_ore,
            gross_ore=row.gross_ore,
            last_net_ore=row.last_net_ore,
            difference_ore=row.net_ore - row.last_net_ore,
            findings=row.findings,
            payers=payers,
            payers_invoiced=payers_invoiced,
        )


class PayerPreview(BaseModel):
    """Vad en betalares fakturor för en månad blir, i öre."""

    month: str
    payer: Annotated[str, Field(description="unit/<betalare> eller patient/<referens>")]
    documents: int
    lines: int
    net_ore: int
    vat_ore: int
    gross_ore: int
    last_net_ore: Annotated[
        int | None, Field(description="Månaden före, utan moms; tomt utan faktura då")
    ]
    difference_ore: Annotated[int, Field(description="Utan moms, mot månaden före")]
    stands_out: Annotated[bool, Field(description="Sant när något om betalaren sticker ut")]

    @classmethod
    def of(cls, row: PayerPreviewRow) -> "PayerPreview":
        """The view of a row."""
        return cls(
            month=row.month,
            payer=row.payer_key,
            documents=row.documents,
            lines=row.lines,
            net_ore=row.net_ore,
            vat_ore=row.vat_ore,
            gross_ore=row.gross_ore,
            last_net_ore=row.last_net_ore,
            difference_ore=row.net_ore - (row.last_net_ore or 0),
            stands_out=row.weight > 0,
        )


class FindingView(BaseModel):
    """Något som sticker ut i en månads förhandsvisning."""

    month: str
    kind: Annotated[
        FindingKind,
        Field(
            description="no_payer: betalaren finns inte i registret; no_price: utlånat utan pris; "
            "set_aside: kunde inte faktureras; price_zero: priset är 0; gone: betalaren har inget "
            "denna månad; down, up: minst 30 % och 100 kr mindre eller mer; new: ny betalare"
        ),
    ]
    subject: Annotated[
        str,
        Field(
            description="unit/<betalare>, patient/<referens>, device/<id>, charge/<id> eller "
            "article/<nr>"
        ),
    ]
    net_ore: Annotated[int | None, Field(description="Månaden, utan moms")]
    last_net_ore: Annotated[int | None, Field(description="Månaden före, utan moms")]

    @classmethod
    def of(cls, row: FindingRow) -> "FindingView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)
