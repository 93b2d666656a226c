"""Payers, customers, care units and users over HTTP, read only: the regions' facts write them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from kvitt_chassis.filters import Contains, Eq, StartsWith
from kvitt_chassis.http import ApiRouter, ListOf, ListQuery, Page, Reader, RegionWide, named
from kvitt_contracts.types import (
    CareUnitId,
    CustomerId,
    PayerId,
    ProductArea,
    Role,
    ServicePointId,
    StoreId,
    UserId,
    Word,
    identify,
)
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from orders.units.models import CareUnitRow, CustomerRow, PayerRow, UserRow

router = ApiRouter(tags=["Enheter och användare"])

_NAME = "Början av namnet"
_CHOSEN = "whoever registers anything chooses among all of the region's"


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class PayerView(_View):
    """En betalare."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"payer_id": "61200", "name": "Hälsocentralen Ersboda"}]}
    )

    payer_id: Annotated[PayerId, Field(description="Betalarens kod")]
    name: Annotated[str, Field(description="Namn")]


class CustomerView(_View):
    """En kund. Ett tjänsteställe är en kund som användare arbetar på."""

    customer_id: Annotated[CustomerId, Field(description="Kundens kod")]
    name: Annotated[str, Field(description="Namn")]
    payer_id: Annotated[PayerId, Field(description="Förvald betalare (REF-4)")]
    is_service_point: Annotated[bool, Field(description="Är ett tjänsteställe")]
    private_clinic: Annotated[bool, Field(description="Privat mottagning: inget eget förråd")]
    store: Annotated[StoreId | None, Field(description="Eget förråd")]


class CareUnitView(_View):
    """En vårdenhet."""

    unit: Annotated[CareUnitId, Field(description="Vårdenhetens kod")]
    name: Annotated[str, Field(description="Namn")]
    customer_id: Annotated[CustomerId, Field(description="Kunden som den hör till")]


class UserView(_View):
    """En användare, med internt id och aldrig med namn."""

    user_id: Annotated[UserId, Field(description="Internt id")]
    roles: Annotated[tuple[Role, ...], Field(description="Roller")]
    service_points: Annotated[tuple[ServicePointId, ...], Field(description="Tjänsteställen")]
    default_service_point: Annotated[ServicePointId, Field(description="Förvalt tjänsteställe")]
    acts_for: Annotated[
        tuple[UserId, ...], Field(description="Förskrivare som användaren registrerar åt (REF-3)")
    ]
    active: Annotated[bool, Field(description="Har tillgång")]
    profession: Annotated[
        Word | None, Field(description="Yrke, med regionens ord: vad det får förskriva (REF-15)")
    ]
    product_areas: Annotated[
        tuple[ProductArea, ...] | None, Field(description="Produktområden; utan gräns saknas de")
    ]
    stores: Annotated[
        tuple[StoreId, ...] | None, Field(description="Anslutna förråd; utan gräns saknas de")
    ]


class PayerQuery(ListQuery):
    """Which payers."""

    name: Annotated[
        str | None, StartsWith(PayerRow.name, _NAME, ignore_case=True), Field(max_length=120)
    ] = None


PAYERS = ListOf(
    select(PayerRow),
    scope=RegionWide(PayerRow.region, because=_CHOSEN),
    sorts=named(PayerRow.payer_id, PayerRow.name),
    default="payer_id",
    view=PayerView.model_validate,
)


@router.get("/payers")
async def list_payers(reader: Reader, asked: Annotated[PayerQuery, Query()]) -> Page[PayerView]:
    """Betalare."""
    return await PAYERS.page(asked, reader)


@router.get("/payers/{payer_id}")
async def get_payer(payer_id: PayerId, reader: Reader) -> PayerView:
    """En betalare."""
    row = await reader.get(
        PayerRow, _key(reader, "payer", payer_id), scope=PAYERS.scope, rule="REF-4"
    )
    return PayerView.model_validate(row)


class CustomerQuery(ListQuery):
    """Which customers."""

    name: Annotated[
        str | None, StartsWith(CustomerRow.name, _NAME, ignore_case=True), Field(max_length=120)
    ] = None
    payer_id: Annotated[PayerId | None, Eq(CustomerRow.payer_id, "Förvald betalare")] = None
    is_service_point: Annotated[
        bool | None, Eq(CustomerRow.is_service_point, "Bara tjänsteställen")
    ] = None


CUSTOMERS = ListOf(
    select(CustomerRow),
    scope=RegionWide(CustomerRow.region, because=_CHOSEN),
    sorts=named(CustomerRow.customer_id, CustomerRow.name, CustomerRow.payer_id),
    default="customer_id",
    view=CustomerView.model_validate,
)


@router.get("/customers")
async def list_customers(
    reader: Reader, asked: Annotated[CustomerQuery, Query()]
) -> Page[CustomerView]:
    """Kunder."""
    return await CUSTOMERS.page(asked, reader)


@router.get("/customers/{customer_id}")
async def get_customer(customer_id: CustomerId, reader: Reader) -> CustomerView:
    """En kund."""
    row = await reader.get(
        CustomerRow, _key(reader, "customer", customer_id), scope=CUSTOMERS.scope, rule="REF-4"
    )
    return CustomerView.model_validate(row)


class CareUnitQuery(ListQuery):
    """Which care units."""

    name: Annotated[
        str | None, StartsWith(CareUnitRow.name, _NAME, ignore_case=True), Field(max_length=120)
    ] = None


CARE_UNITS = ListOf(
    select(CareUnitRow),
    scope=RegionWide(CareUnitRow.region, because=_CHOSEN),
    sorts=named(CareUnitRow.unit, CareUnitRow.name),
    default="unit",
    view=CareUnitView.model_validate,
)


@router.get("/care-units")
async def list_care_units(
    reader: Reader, asked: Annotated[CareUnitQuery, Query()]
) -> Page[CareUnitView]:
    """Vårdenheter."""
    return await CARE_UNITS.page(asked, reader)


@router.get("/care-units/{unit}")
async def get_care_unit(unit: CareUnitId, reader: Reader) -> CareUnitView:
    """En vårdenhet."""
    row = await reader.get(CareUnitRow, _key(reader, "care-unit", unit), scope=CARE_UNITS.scope)
    return CareUnitView.model_validate(row)


class UserQuery(ListQuery):
    """Which users."""

    service_point: Annotated[
        ServicePointId | None, Contains(UserRow.service_points, "Arbetar på")
    ] = None
    role: Annotated[Role | None, Contains(UserRow.roles, "Har rollen")] = None
    active: Annotated[bool | None, Eq(UserRow.active, "Har tillgång")] = None


USERS = ListOf(
    select(UserRow),
    scope=RegionWide(UserRow.region, because=_CHOSEN),
    sorts=named(UserRow.user_id, UserRow.default_service_point),
    default="user_id",
    view=UserView.model_validate,
)


@router.get("/users")
async def list_users(reader: Reader, asked: Annotated[UserQuery, Query()]) -> Page[UserView]:
    """Användare, med internt id."""
    return await USERS.page(asked, reader)


@router.get("/users/{user_id}")
async def get_user(user_id: UserId, reader: Reader) -> UserView:
    """En användare."""
    row = await reader.get(UserRow, _key(reader, "user", user_id), scope=USERS.scope, rule="REF-3")
    return UserView.model_validate(row)


def _key(reader: Reader, noun: str, code: str) -> UUID:
    return identify(reader.region, noun, code)
