"""When an order that is not confirmed yet would come, over HTTP. Records nothing."""

from datetime import date
from typing import Annotated, Any, Final

from kvitt_chassis.http import ApiRouter, Body, Reader
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.inventory import ReservationDeclined
from kvitt_contracts.orders import LineSupply
from kvitt_contracts.types import ArticleNumber, DeviceNumber, Quantity, Recipient, StoreId
from pydantic import BaseModel, ConfigDict, Field

from inventory.order_previews.queries import Asked, Drawing, expected_of, must_be_own_store

router = ApiRouter(tags=["Reservationer"])

_ASKED: Final[dict[str, Any]] = {
    "lines": [{"article_number": "30457", "quantity": 2, "supply": "central"}]
}


class AskedLineBody(Body):
    """En rad, och varifrån den kommer: som orders förhandsvisning säger."""

    article_number: Annotated[ArticleNumber, Field(description="Artikelnummer")]
    quantity: Annotated[Quantity, Field(description="Antal")]
    supply: Annotated[LineSupply, Field(description="Centrallager, eget förråd eller direkt")]
    device_number: Annotated[
        DeviceNumber | None, Field(description="Individen som ett uttag nämner (ORD-8)")
    ] = None

    def asked(self) -> Asked:
        """The line as it is looked up."""
        return Asked(
            article_number=self.article_number,
            quantity=self.quantity,
            supply=self.supply,
            device_number=self.device_number,
        )


class OrderPreviewBody(Body):
    """En order eller ett uttag som det skulle bli."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ASKED]})

    lines: Annotated[
        tuple[AskedLineBody, ...], Field(min_length=1, max_length=100, description="Orderrader")
    ]
    store: Annotated[
        StoreId | None,
        Field(description="Det egna förrådet som ett uttag görs ur: då sägs om det skulle avvisas"),
    ] = None
    recipient: Annotated[
        Recipient | None, Field(description="Vem uttaget är till, när det är känt (INV-12)")
    ] = None

    def drawing(self) -> Drawing | None:
        """From where is withdrawn; None where it is not said."""
        if self.store is None:
            return None
        return Drawing(store=self.store, recipient=self.recipient)


class ExpectedLine(BaseModel):
    """När en rad väntas."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    planned_dispatch_on: Annotated[
        date, Field(description="När den väntas lämna lagret eller leverantören (ORD-4)")
    ]
    planned_arrival_on: Annotated[
        date, Field(description="När den väntas fram: normalt arbetsdagen efter (ORD-4)")
    ]
    missing: Annotated[int, Field(description="Så många saknas i centrallagret i dag")]


class ExpectedOrder(BaseModel):
    """När raderna väntas, i den ordning de nämndes; inga när lagret skulle avvisa ordern."""

    lines: list[ExpectedLine]
    refusal: Annotated[str | None, Field(description="Varför lagret skulle avvisa den")] = None
    rule: Annotated[str | None, Field(description="Enligt vilken regel")] = None


@router.post("/orders:preview", summary="När en order skulle komma")
async def preview_order(
    body: OrderPreviewBody, tx: ReadTransaction, reader: Reader
) -> ExpectedOrder:
    """När varje rad skulle lämna lagret eller leverantören, om ordern lades nu: den dag som ordern
    sedan planeras till (ORD-1, ORD-4). Ett uttag ur eget förråd (`store`) sägs bli levererat i dag,
    eller varför förrådet skulle avvisa det (ORD-7, ORD-8). Ingenting läggs undan; den som beställer
    före tar saldot.

    Nekas: UNKNOWN_ARTICLE (ORD-1). 404 för ett förråd som inte är det egna (ORD-8).
    """
    drawing = body.drawing()
    if drawing is not None:
        await must_be_own_store(drawing.store, reader)
    found = await expected_of([line.asked() for line in body.lines], tx, drawing=drawing)
    if isinstance(found, ReservationDeclined):
        return ExpectedOrder(lines=[], refusal=found.reason, rule=found.rule)
    return ExpectedOrder(lines=[ExpectedLine.model_validate(one) for one in found])
