"""What basket loans look like over HTTP: bodies that come in, views that go out. No rule."""

from datetime import date
from typing import Annotated, Self

from kvitt_chassis.http import Body
from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import DeliveredLine, LineToLend
from kvitt_contracts.types import (
    ActId,
    CareUnitRecipient,
    LineNumber,
    OrderId,
    OrderNumber,
    PatientRecipient,
    ReasonCode,
    Reference,
    ServicePointId,
    StoreId,
    UserId,
)
from pydantic import BaseModel, ConfigDict, Field, model_validator

from orders.baskets.domain import Line, Status, waits_for
from orders.baskets.models import BasketLoanRow
from orders.waits.domain import Wait


class BasketLoanBody(Body):
    """Ett lån i varukorg (ORD-10). Egenavgifter får egna rader; ingen väljer dem."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "prescriber": "k082lno",
                    "service_point": "40201",
                    "store": "402",
                    "lines": [{"article_number": "30012", "device_number": "170098"}],
                }
            ]
        }
    )

    prescriber: Annotated[UserId, Field(description="Förskrivaren som lånet står på")]
    service_point: Annotated[ServicePointId, Field(description="Förskrivarens tjänsteställe")]
    store: Annotated[StoreId, Field(description="Tjänsteställets eget förråd")]
    lines: Annotated[
        tuple[LineToLend, ...],
        Field(min_length=1, max_length=100, description="Det som lånas; 1 av märkta hjälpmedel"),
    ]
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")] = None


class BasketActBody(Body):
    """En åtgärd: rader som levereras till en mottagare, rader som läggs tillbaka (ORD-10)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "recipient": {
                        "kind": "patient",
                        "person": "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11",
                    },
                    "deliver": [{"line": 1}],
                    "put_back": [2],
                }
            ]
        }
    )

    recipient: Annotated[
        PatientRecipient | CareUnitRecipient | None,
        Field(description="Den som raderna levereras till; behövs bara då"),
    ] = None
    deliver: Annotated[
        tuple[DeliveredLine, ...],
        Field(max_length=100, description="Rader, med betalare bara där den avviker (REF-4)"),
    ] = ()
    put_back: Annotated[
        tuple[LineNumber, ...], Field(max_length=100, description="Rader som läggs tillbaka")
    ] = ()

    @model_validator(mode="after")
    def _names_what_it_does(self) -> Self:
        if not self.deliver and not self.put_back:
            raise ValueError("ORD-10: en åtgärd levererar eller lägger tillbaka minst en rad")
        if self.deliver and self.recipient is None:
            raise ValueError("ORD-10: den som rader levereras till måste anges")
        return self


class BasketFeeBody(Body):
    """En egenavgift som tas ut i en egen åtgärd (ORD-10, ORD-18)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"line": 2}]})

    line: Annotated[LineNumber, Field(description="Avgiftsraden")]
    recipient: Annotated[
        PatientRecipient | None, Field(description="Annars den som fick hjälpmedlet")
    ] = None


class BasketLoanView(BaseModel):
    """Ett lån i varukorg. `pending` är sann tills förrådet har svarat."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "order_id": "275dbcf6-f58b-5e1e-9907-3f5cafb41934",
                    "order_number": "26100012",
                    "reference": None,
                    "status": "open",
                    "prescriber": "k082lno",
                    "requester": "k082lno",
                    "service_point": "40201",
                    "store": "402",
                    "lent_on": "2026-03-02",
                    "lent_until": "2026-03-09",
                    "lines": [
                        {
                            "line_id": "8f13499d-be3f-58cb-ac7f-ee78f85a054e",
                            "number": 1,
                            "article_number": "30012",
                            "quantity": 1,
                            "device_number": "170098",
                            "outcome": None,
                        }
                    ],
                    "is_overdue": False,
                    "refused_act": None,
                    "refusal": None,
                    "waits": {
                        "awaits": "acting",
                        "on": "service_point",
                        "service_point": "40201",
                        "user": "k082lno",
                        "until": "2026-03-09",
                        "then": "reminded",
                    },
                    "pending": False,
                }
            ]
        },
    )

    order_id: OrderId
    order_number: Annotated[OrderNumber, Field(description="Kundordernummer")]
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")]
    status: Annotated[Status, Field(description="Var varukorgen är (ORD-10)")]
    prescriber: Annotated[UserId, Field(description="Förskrivaren som lånet står på")]
    requester: Annotated[UserId, Field(description="Den som registrerade det")]
    service_point: Annotated[ServicePointId, Field(description="Tjänstestället")]
    store: Annotated[StoreId, Field(description="Förrådet som det är lånat ur")]
    lent_on: Annotated[date, Field(description="Lånat den dagen")]
    lent_until: Annotated[date, Field(description="Sista dagen")]
    lines: Annotated[
        tuple[Line, ...], Field(description="Det som är lånat, egenavgifter, och hur det slutade")
    ]
    is_overdue: Annotated[bool, Field(description="Sista dagen har gått, och något är utlånat än")]
    refused_act: Annotated[
        ActId | None, Field(description="Den senaste åtgärden, om förrådet nekade den")
    ]
    refusal: Annotated[
        ReasonCode | None, Field(description="Varför den nekades, eller hela lånet avvisades")
    ]
    waits: Annotated[Wait | None, Field(description="Vad den väntar på; inget när den är över")]
    pending: Annotated[bool, Field(description="Förrådet har inte svarat än")]

    @classmethod
    def of(cls, row: BasketLoanRow) -> "BasketLoanView":
        """The view of a row."""
        basket = row.state()
        return cls(
            **same_fields(basket, BasketLoanView),
            order_id=basket.id,
            waits=waits_for(basket, until=row.due_on),
            pending=basket.is_pending,
        )
