"""What is asked of a change of payer, and how its cost is shown."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from kvitt_chassis.http import Body
from kvitt_contracts.day_bounds import PlannedOn
from kvitt_contracts.types import ArticleNumber, DeviceNumber, PayerId
from pydantic import BaseModel, ConfigDict, Field

from billing.models import DeviceRow
from billing.previews.domain import Change, Cost


class PreviewBody(Body):
    """Ett byte av betalare som det skulle bli."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "devices": ["1f6c1d3a-53a2-4a53-a5cb-2f1b0c9a6d11"],
                    "payer_id": "81013",
                    "from_on": "2026-05-22",
                }
            ]
        }
    )

    devices: Annotated[
        tuple[UUID, ...], Field(min_length=1, max_length=100, description="Hjälpmedlens id")
    ]
    payer_id: Annotated[
        PayerId | None, Field(description="Betalare från och med dagen; ingen när det går i förråd")
    ] = None
    from_on: Annotated[PlannedOn, Field(description="Dagen då bytet får verkan")]


class RentPreviewLine(BaseModel):
    """Ett hjälpmedels hyra genom bytet, i öre utan moms."""

    model_config = ConfigDict(frozen=True)

    device_id: UUID
    device_number: DeviceNumber
    article_number: ArticleNumber
    payer_before: Annotated[
        PayerId | None,
        Field(
            description="Vem som annars skulle betala den dagen. Tomt när ingen gör det, och när "
            "det inte är någon av dina enheters betalare; kundtjänst ser alla"
        ),
    ]
    payer_after: Annotated[PayerId | None, Field(description="Betalare från och med dagen")]
    month_ore: Annotated[
        int | None,
        Field(description="En hel månads hyra från och med dagen; tomt när priset inte är känt"),
    ]
    before_ore: Annotated[
        int,
        Field(
            description="Månadens hyra för den förra betalaren, till dagen före; minus det som har "
            "fakturerats från och med dagen och krediteras"
        ),
    ]
    after_ore: Annotated[int, Field(description="Månadens hyra för den nya betalaren")]

    @classmethod
    def of(
        cls, row: DeviceRow, cost: Cost, change: Change, *, named: Collection[PayerId] | None
    ) -> "RentPreviewLine":
        """The view of a device's cost. `named`: the payers that the caller may know of, None: all.
        The amounts are the same whoever asks.
        """
        before = cost.payer_before
        return cls(
            device_id=row.device_id,
            device_number=row.device_number,
            article_number=row.article_number,
            payer_before=before if named is None or before in named else None,
            payer_after=change.payer_id,
            month_ore=cost.month_ore,
            before_ore=cost.before_ore,
            after_ore=cost.after_ore,
        )


class RentPreview(BaseModel):
    """Vad ett byte av betalare kostar vem: det som månadens fakturering sedan tar ut, i öre utan
    moms.
    """

    model_config = ConfigDict(frozen=True)

    from_on: Annotated[date, Field(description="Dagen då bytet får verkan")]
    month: Annotated[str, Field(description="Månaden som fakturerar bytet, t.ex. 2026-05")]
    lines: list[RentPreviewLine]
    total_month_ore: Annotated[
        int | None, Field(description="En hel månads hyra; tomt när något pris inte är känt")
    ]
    total_before_ore: int
    total_after_ore: int

    @classmethod
    def of(
        cls, lines: Sequence[RentPreviewLine], change: Change, *, through: date
    ) -> "RentPreview":
        """The view of the lines, with what they come to."""
        months = [line.month_ore for line in lines if line.month_ore is not None]
        return cls(
            from_on=change.from_on,
            month=f"{through:%Y-%m}",
            lines=list(lines),
            total_month_ore=sum(months) if len(months) == len(lines) else None,
            total_before_ore=sum(line.before_ore for line in lines),
            total_after_ore=sum(line.after_ore for line in lines),
        )
