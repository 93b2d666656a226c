"""What is asked of an order that is not confirmed yet, and how its cost is shown."""

from typing import Annotated

from kvitt_chassis.http import Body
from kvitt_contracts.day_bounds import PlannedOn
from kvitt_contracts.types import ArticleNumber, Money, PayerId, Quantity
from pydantic import BaseModel, ConfigDict, Field

from billing.order_previews.domain import AskedLine

_NET = "i öre utan moms; tomt när priset inte är känt"


class AskedLineBody(Body):
    """En rad som den skulle bli: som orders förhandsvisning säger, med dagen som lagret säger."""

    article_number: Annotated[ArticleNumber, Field(description="Artikelnummer")]
    quantity: Annotated[Quantity, Field(description="Antal")]
    payer_id: Annotated[PayerId, Field(description="Betalare")]
    delivered_on: Annotated[PlannedOn, Field(description="Dagen då den väntas fram")]
    is_direct: Annotated[bool, Field(description="Kommer direkt från leverantören")] = False
    fee: Annotated[Money | None, Field(description="Patientavgift per styck")] = None

    def asked(self) -> AskedLine:
        """The line as the rule reads it."""
        return AskedLine(
            payer_id=self.payer_id,
            quantity=self.quantity,
            delivered_on=self.delivered_on,
            is_direct=self.is_direct,
            fee=self.fee,
        )


class OrderCostBody(Body):
    """En order som den skulle bli."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "lines": [
                        {
                            "article_number": "30457",
                            "quantity": 2,
                            "payer_id": "20011",
                            "delivered_on": "2026-05-18",
                        }
                    ]
                }
            ]
        }
    )

    lines: Annotated[
        tuple[AskedLineBody, ...], Field(min_length=1, max_length=100, description="Orderrader")
    ]


class CostView(BaseModel):
    """Vad något kostar en betalare."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    payer_id: Annotated[PayerId, Field(description="Betalare")]
    once_ore: Annotated[int | None, Field(description=f"Vid leveransen, {_NET}")]
    first_ore: Annotated[int | None, Field(description=f"Hyra till månadens slut, {_NET}")]
    month_ore: Annotated[int | None, Field(description=f"Hyra för en hel månad, {_NET}")]


class LineCostView(CostView):
    """Vad en rad kostar."""

    fee_ore: Annotated[int, Field(description="Patientens avgift för hela raden, i öre")]


class OrderCost(BaseModel):
    """Vad en order skulle kosta vem: rad för rad, per betalare, och patienten."""

    lines: list[LineCostView]
    payers: list[CostView]
    patient_ore: Annotated[int, Field(description="Patientens avgifter, i öre")]
