"""How an explained line is shown."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from kvitt_contracts.billing import InvoiceLineV2
from kvitt_contracts.types import Known, Payer
from pydantic import BaseModel, ConfigDict, Field

from billing.explaining.domain import DayPart, Explained, Part

NOUNS: Final = (
    "transfer",
    "order",
    "work_order",
    "pickup",
    "return",
    "stocktaking",
    "fault_report",
    "sale",
    "region_sale",
    "device",
    "invoice",
)
"""What a line may depend on."""


class Link(BaseModel):
    """Något som raden beror på, och som visas av den tjänst som har det."""

    model_config = ConfigDict(frozen=True)

    kind: Annotated[
        str,
        Known(*NOUNS),
        Field(description="Vad det är; sale är regionens försäljning av det, som region_sale"),
    ]
    id: UUID
    number: Annotated[str | None, Field(description="Fakturans nummer, för en faktura")] = None
    n: Annotated[int | None, Field(description="Fakturans rad, för en faktura")] = None


class Step(BaseModel):
    """Ett led i förklaringen, med regeln som det följer av och vad regeln säger."""

    model_config = ConfigDict(frozen=True)

    about: Annotated[
        str,
        Known("thing", "payer", "price", "computed", "credit", "known", "vat"),
        Field(description="Vad ledet handlar om"),
    ]
    said: str
    rule: Annotated[str, Field(description="Regelns id, t.ex. BIL-1b")]
    sentence: Annotated[str, Field(description="Vad regeln säger")]
    links: tuple[Link, ...] = ()


class PartView(BaseModel):
    """En del av radens belopp: dagar i en månad, eller så många till ett pris."""

    model_config = ConfigDict(frozen=True)

    quantity: Annotated[int, Field(description="Antal dagar, eller antal")]
    price_ore: Annotated[int, Field(description="Månadens pris, eller ett styckes")]
    net_ore: int
    from_day: date | None
    to_day: date | None
    of_days: Annotated[int | None, Field(description="Månadens antal dagar")]

    @classmethod
    def of(cls, part: Part) -> "PartView":
        """The view of a part."""
        return cls.model_validate(part, from_attributes=True)


class DayView(BaseModel):
    """Vad en dag kostar på raden."""

    model_config = ConfigDict(frozen=True)

    day: date
    net_ore: int

    @classmethod
    def of(cls, day: DayPart) -> "DayView":
        """The view of a day."""
        return cls.model_validate(day, from_attributes=True)


class LineExplanation(BaseModel):
    """Varför en fakturarad är som den är. Delarna blir tillsammans radens belopp, på öret."""

    model_config = ConfigDict(frozen=True)

    invoice_id: UUID
    number: Annotated[str, Field(description="Fakturanummer")]
    n: Annotated[int, Field(description="Radens plats på fakturan, från 1")]
    payer: Payer
    line: InvoiceLineV2
    is_noted: Annotated[
        bool,
        Field(
            description="Sant när det som avgjorde raden sparades när den fakturerades; annars är "
            "förklaringen av det som är känt nu"
        ),
    ]
    steps: list[Step]
    parts: list[PartView]
    days: Annotated[list[DayView], Field(description="Hyrans dagar, en för en; annars tomt")]

    @classmethod
    def of(
        cls,
        explained: Explained,
        steps: list[Step],
        *,
        invoice_id: UUID,
        number: str,
        n: int,
        payer: Payer,
        line: InvoiceLineV2,
    ) -> "LineExplanation":
        """The view of an explained line, with its steps."""
        return cls(
            invoice_id=invoice_id,
            number=number,
            n=n,
            payer=payer,
            line=line,
            is_noted=explained.is_noted,
            steps=steps,
            parts=[PartView.of(one) for one in explained.parts],
            days=[DayView.of(one) for one in explained.days],
        )
