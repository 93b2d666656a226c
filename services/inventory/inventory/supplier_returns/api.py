"""Returns to suppliers over HTTP. No rule here."""

from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query, Response
from kvitt_chassis.filters import Eq, From, To
from kvitt_chassis.http import (
    ApiRouter,
    Body,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    Scope,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import (
    ArticleNumber,
    Day,
    DeviceId,
    DeviceNumber,
    Known,
    OrderId,
    Quantity,
    Reference,
    StoreId,
    SupplierId,
    UserId,
    Word,
    identify,
)
from pydantic import ConfigDict, Field
from sqlalchemy import select

from inventory.articles.queries import show_article_row
from inventory.devices.models import DeviceRow
from inventory.stores.models import StoreRow
from inventory.stores.queries import own_stores
from inventory.supplier_returns import documents
from inventory.supplier_returns.commands import Comment, SendBack
from inventory.supplier_returns.domain import CREDIT
from inventory.supplier_returns.models import SupplierReturnRow
from inventory.tables import is_among
from inventory.views import FromRow

router = ApiRouter(tags=["Returer"])


class SupplierReturnBody(Body):
    """Vad som går tillbaka till leverantören, som är överens om det."""

    supplier_id: SupplierId
    store: Annotated[StoreId, Field(description="Förrådet som det lämnar")]
    device_number: Annotated[
        DeviceNumber | None, Field(description="Ett märkt hjälpmedel i eget förråd")
    ] = None
    article_number: Annotated[
        ArticleNumber | None, Field(description="En omärkt artikel; hjälpmedelsservice gör det")
    ] = None
    quantity: Quantity = 1
    order: Annotated[
        Reference | None, Field(description="Ordern som det kom med: nummer eller referens")
    ] = None
    returned_on: Annotated[Day, Field(description="Dagen då det skickades; inte framåt (DAY-1)")]
    asked_by: Annotated[
        UserId | None, Field(description="Vem som bad om det; krävs av kundtjänst (REF-12)")
    ] = None
    comment: Annotated[
        Comment | None,
        Field(description="Varför det går tillbaka. Skriv inget om patienten"),
    ] = None
    reference: Annotated[Reference | None, Field(description="Er egen beteckning på returen")] = (
        None
    )


class SupplierReturnView(FromRow):
    """En registrerad retur till leverantör."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "251dca1f-6187-5f82-8f1d-d284c16ecd62",
                    "supplier_id": "L1042",
                    "article_number": "31206-01",
                    "quantity": 1,
                    "device_id": "8f13499d-be3f-58cb-ac7f-ee78f85a054e",
                    "order_id": None,
                    "returned_on": "2026-03-25",
                    "reason": "credit",
                    "comment": "Fel storlek beställd.",
                }
            ]
        },
    )

    id: Annotated[UUID, Field(description="Returens id")]
    supplier_id: SupplierId
    article_number: ArticleNumber
    quantity: int
    device_id: DeviceId | None
    order_id: OrderId | None
    returned_on: date
    reason: Annotated[
        Word, Known(CREDIT), Field(description="Returorsaken: `credit` (kreditering), alltid")
    ]
    comment: Annotated[str | None, Field(description="Varför det gick tillbaka")]
    store: Annotated[StoreId | None, Field(description="Förrådet som det lämnade")]
    registered_by: Annotated[
        UserId | None, Field(description="Vem som registrerade den (internt id)")
    ]


class SupplierReturnQuery(ListQuery):
    """Which returns."""

    store: Annotated[StoreId | None, Eq(SupplierReturnRow.store, "Förråd")] = None
    supplier_id: Annotated[SupplierId | None, Eq(SupplierReturnRow.supplier_id, "Leverantör")] = (
        None
    )
    article_number: Annotated[
        ArticleNumber | None, Eq(SupplierReturnRow.article_number, "Artikelnummer")
    ] = None
    device_id: Annotated[UUID | None, Eq(SupplierReturnRow.device_id, "Hjälpmedlets id")] = None
    from_day: Annotated[Day | None, From(SupplierReturnRow.returned_on, "Första dagen")] = None
    to_day: Annotated[Day | None, To(SupplierReturnRow.returned_on, "Sista dagen")] = None


SCOPE = Scope(
    SupplierReturnRow.region,
    also=lambda caller: is_among(SupplierReturnRow.store, own_stores(caller)),
)

SUPPLIER_RETURNS = ListOf(
    select(SupplierReturnRow),
    scope=SCOPE,
    sorts=named(SupplierReturnRow.returned_on),
    default="-returned_on",
    view=SupplierReturnView.of,
)


@router.get("/supplier-returns")
async def list_supplier_returns(
    reader: Reader, asked: Annotated[SupplierReturnQuery, Query()]
) -> Page[SupplierReturnView]:
    """Vad som gått tillbaka till leverantörer ur de egna förråden, för kundtjänst ur alla, det
    senaste först (INV-8).
    """
    return await SUPPLIER_RETURNS.page(asked, reader)


@router.get("/supplier-returns/{supplier_return_id}")
async def show_supplier_return(supplier_return_id: UUID, reader: Reader) -> SupplierReturnView:
    """En retur till leverantör."""
    return SupplierReturnView.of(
        await reader.get(SupplierReturnRow, supplier_return_id, scope=SCOPE, rule="INV-8")
    )


@router.get(
    "/supplier-returns/{supplier_return_id}/slip",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_supplier_return(supplier_return_id: UUID, reader: Reader) -> Response:
    """Returens följesedel som PDF (INV-8): den går med godset till leverantören."""
    row = await reader.get(SupplierReturnRow, supplier_return_id, scope=SCOPE, rule="INV-8")
    device = await reader.look_up(DeviceRow, row.device_id) if row.device_id else None
    content = await documents.print_slip(
        row,
        article=await show_article_row(reader, row.article_number),
        device=device,
        store=await reader.look_up(StoreRow, row.store) if row.store else None,
    )
    name = f"retur-{documents.return_number(row)}.pdf"
    return Response(
        content,
        media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@router.post("/supplier-returns", status_code=201)
async def register_supplier_return(
    body: SupplierReturnBody, commands: Commands
) -> SupplierReturnView:
    """Återlämna ett hjälpmedel i eget förråd, eller omärkta artiklar, till leverantören (INV-8).

    Nekas: UNKNOWN_USER (REF-3), REFERENCE_USED, EITHER_DEVICE_OR_ARTICLE, QUANTITY_NOT_ONE,
    NOT_IN_STORE, CUSTOMER_SERVICE_ONLY (INV-8), NOT_YOUR_STORE (REF-18), UNKNOWN_ARTICLE,
    UNKNOWN_ORDER (INV-8), RETURNED_BEFORE_IT_CAME (DAY-5), DEVICE_CLAIMED (BMB-12),
    RESERVED_FOR_ORDERS (ORD-4), ARTICLE_IS_MARKED (INV-5), SERVICE_IS_NEVER_STOCKED,
    CONTRIBUTION_IS_NEVER_STOCKED (INV-16), BALANCE_TOO_LOW (INV-4), ASKED_BY_MISSING (REF-12).
    """
    said = {name: value for name, value in dict(body).items() if name != "reference"}
    command = SendBack(by=commands.caller.user_id, **said)
    region = commands.caller.region
    # without a name of its own the return has a random id: nothing else will ever call it
    key = identify(region, "supplier_return", body.reference) if body.reference else uuid4()

    async def show(tx: Transaction) -> SupplierReturnView:
        return SupplierReturnView.of(await tx.get(SupplierReturnRow, key))

    return await commands.run(command, target=key, subject=body.reference, show=show)
