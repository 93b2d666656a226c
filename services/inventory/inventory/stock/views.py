"""The views of balances and of their ledger."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import LaterMoveKind, MoveKind
from kvitt_contracts.types import ArticleNumber, StoreId
from pydantic import BaseModel, ConfigDict, Field

from inventory.stock import domain
from inventory.stock.models import BalanceRow
from inventory.views import FromRow


class BalanceView(BaseModel):
    """Saldot av en artikel i ett förråd (INV-4)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "article_number": "30457",
                    "name": "Sittdyna Ängsull",
                    "marked": False,
                    "store": "500",
                    "available": 4,
                    "reserved": 2,
                    "on_order": 0,
                    "in_reconditioning": 0,
                    "colour": "green",
                }
            ]
        }
    )

    article_number: ArticleNumber
    name: Annotated[str | None, Field(description="Artikelns benämning")] = None
    marked: Annotated[
        bool | None, Field(description="Individmärkt: ett uttag namnger individen (ORD-8)")
    ] = None
    store: StoreId
    available: Annotated[int, Field(description="Disponibelt")]
    reserved: Annotated[int, Field(description="Reserverat för order och byten")]
    on_order: Annotated[int, Field(description="Väntat av order")]
    in_reconditioning: Annotated[
        int, Field(description="I rekonditionering: tillbaka, men inte disponibelt än (INV-13)")
    ] = 0
    colour: Annotated[domain.Colour, Field(description="Saldostatus som färg")]

    @classmethod
    def of(
        cls, row: BalanceRow, *, name: str | None = None, marked: bool | None = None
    ) -> "BalanceView":
        """The view of a balance; of its article what the list does not say already."""
        return cls(
            **same_fields(row.state(), BalanceView),
            name=name,
            marked=marked,
            colour=domain.colour(available=row.available, on_order=row.on_order),
        )


class StockMoveView(FromRow):
    """En rad i lagerjournalen: förändringarna, med tecken (INV-4)."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "0d5f3a52-9c8e-4a3b-8a41-51f9a6f5d0c7",
                    "article_number": "30457",
                    "store": "500",
                    "kind": "reserved",
                    "available": -2,
                    "reserved": 2,
                    "on_order": 0,
                    "in_reconditioning": 0,
                    "moved_on": "2026-05-04",
                    "recorded_at": "2026-05-04T07:12:09Z",
                    "cause_id": "8b7a1d3e-6c1f-5f0a-9d55-0f3f4f2f7a10",
                }
            ]
        },
    )

    id: UUID
    article_number: ArticleNumber
    store: StoreId
    kind: Annotated[MoveKind | LaterMoveKind, Field(description="Varför saldot rörde sig")]
    available: int
    reserved: int
    on_order: int
    in_reconditioning: int
    moved_on: date
    recorded_at: datetime
    cause_id: Annotated[
        UUID | None,
        Field(
            description="Ordern, bytet, inventeringen, leveransen eller individen bakom; "
            "leveranser och ingående saldon från före den här versionen har ingen"
        ),
    ]
