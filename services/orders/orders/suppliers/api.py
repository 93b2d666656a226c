"""Suppliers over HTTP, read only: the regions' facts write them."""

from typing import Annotated

from fastapi import Query
from kvitt_chassis.filters import Eq, StartsWith
from kvitt_chassis.http import ApiRouter, ListOf, ListQuery, Page, Reader, RegionWide, named
from kvitt_contracts.types import Address, OrganisationNumber, SupplierId, identify
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from orders.suppliers.models import SupplierRow

router = ApiRouter(tags=["Leverantörer"])


class SupplierView(BaseModel):
    """En leverantör med kontaktuppgifter (REF-13)."""

    model_config = ConfigDict(
        frozen=True,
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "supplier_id": "nordhjalp",
                    "name": "Nordhjälp AB",
                    "organisation_number": "556677-8899",
                    "is_active": True,
                    "order_email": "order@nordhjalp.example",
                    "phone": "090-10 20 30",
                    "address": {
                        "street": "Industrigatan 4",
                        "postal_code": "90330",
                        "city": "Umeå",
                    },
                }
            ]
        },
    )

    supplier_id: Annotated[SupplierId, Field(description="Leverantörens kod")]
    name: Annotated[str, Field(description="Namn")]
    organisation_number: Annotated[OrganisationNumber | None, Field(description="Org.nr")]
    is_active: Annotated[bool, Field(description="Går att köpa av")]
    order_email: Annotated[str | None, Field(description="Adress för inköpsordrar")]
    phone: Annotated[str | None, Field(description="Telefon")]
    address: Annotated[Address | None, Field(description="Postadress")]


class SupplierQuery(ListQuery):
    """Which suppliers."""

    name: Annotated[
        str | None,
        StartsWith(SupplierRow.name, "Början av namnet", ignore_case=True),
        Field(max_length=120),
    ] = None
    is_active: Annotated[
        bool | None, Eq(SupplierRow.is_active, "Bara dem som går att köpa av, eller inte")
    ] = None


SUPPLIERS = ListOf(
    select(SupplierRow),
    scope=RegionWide(SupplierRow.region, because="the register of suppliers is the region's"),
    sorts=named(SupplierRow.supplier_id, SupplierRow.name),
    default="supplier_id",
    view=SupplierView.model_validate,
)


@router.get("/suppliers")
async def list_suppliers(
    reader: Reader, asked: Annotated[SupplierQuery, Query()]
) -> Page[SupplierView]:
    """Leverantörer med kontaktuppgifter (REF-13)."""
    return await SUPPLIERS.page(asked, reader)


@router.get("/suppliers/{supplier_id}")
async def show_supplier(supplier_id: SupplierId, reader: Reader) -> SupplierView:
    """En leverantör (REF-13)."""
    key = identify(reader.caller.region, "supplier", supplier_id)
    row = await reader.get(SupplierRow, key, scope=SUPPLIERS.scope, rule="REF-13")
    return SupplierView.model_validate(row)
