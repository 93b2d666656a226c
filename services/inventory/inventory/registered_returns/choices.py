"""What of a patient's unmarked goods may come back, over HTTP, before it is registered. No rule."""

from typing import Annotated, Final

from fastapi import Query
from kvitt_chassis.http import ApiRouter, Reader
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    LineNumber,
    OrderId,
    OrderLineId,
    OrderNumber,
    PersonRef,
    Quantity,
)
from pydantic import BaseModel, ConfigDict, Field

from inventory.articles.queries import articles_numbered
from inventory.registered_returns import domain
from inventory.registered_returns.queries import placed_for
from inventory.reservations.domain import Line
from inventory.reservations.models import ReservationRow

router = ApiRouter(tags=["Returer"])

_MOST: Final = 200


class LineLeft(BaseModel):
    """Omärkt gods av en orderrad, som patienten har kvar."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "order_id": "8b7a1d3e-6c1f-5f0a-9d55-0f3f4f2f7a10",
                    "order_number": "26190007",
                    "line": 2,
                    "article_number": "30501",
                    "article_type": "main_device",
                    "name": "Griptång 65 cm",
                    "quantity": 2,
                    "is_scrapped": True,
                }
            ]
        },
    )

    order_id: OrderId
    order_number: Annotated[OrderNumber, Field(description="Ordernummer: namnger raden i en retur")]
    line: Annotated[LineNumber, Field(description="Radnummer")]
    article_number: ArticleNumber
    article_type: ArticleType
    name: Annotated[str, Field(description="Artikelns benämning")]
    quantity: Annotated[Quantity, Field(description="Levererat och inte återlämnat")]
    is_scrapped: Annotated[
        bool, Field(description="Skrotas om det återlämnas när patienten flyttar (INV-7)")
    ]


class ReturnChoices(BaseModel):
    """Vad en patient har av omärkt gods, det senast beställda först."""

    lines: list[LineLeft]
    more: Annotated[bool, Field(description=f"Sant när patienten har fler än {_MOST} ordrar")]


@router.get("/returns:choices")
async def show_return_choices(
    reader: Reader,
    tx: ReadTransaction,
    person: Annotated[PersonRef, Query(description="Patient, som referens")],
) -> ReturnChoices:
    """Vad en patient har kvar av omärkt gods från dina och dina enheters ordrar, och vad som
    skrotas av det om patienten flyttar från regionen i dag (INV-7). Märkta hjälpmedel visar
    `GET /devices`.
    """
    found = await placed_for(person, reader, most=_MOST + 1)
    held = [
        (order, line, left)
        for order, reservation in found[:_MOST]
        for line in order.every_line
        for left in (domain.left_of(_held(reservation, line.line_id)),)
        if left > 0 and not line.marked
    ]
    rows = await articles_numbered(reader, [line.article_number for _, line, _ in held])
    articles = {row.article_number: row for row in rows}
    return ReturnChoices(
        lines=[
            LineLeft(
                order_id=order.order_id,
                order_number=order.order_number,
                line=line.number,
                article_number=line.article_number,
                article_type=line.article_type,
                name=articles[line.article_number].name,
                quantity=left,
                is_scrapped=domain.is_scrapped(
                    articles[line.article_number].state(),
                    on=tx.today,
                    leaves_region=True,
                    scrap_below=tx.policy.scrap_below,
                ),
            )
            for order, line, left in held
            if line.article_number in articles and not articles[line.article_number].is_contribution
        ],
        more=len(found) > _MOST,
    )


def _held(reservation: ReservationRow, line_id: OrderLineId) -> Line | None:
    return next((one for one in reservation.lines if one.line_id == line_id), None)
