"""Payers, customers, care units and users over HTTP: to read. They are told by the region alone."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from kvitt_chassis.http import ApiRouter, Listing, Page, Reader
from kvitt_contracts.types import (
    CareUnitId,
    CustomerId,
    PayerId,
    Role,
    ServicePointId,
    StoreId,
    UserId,
    identify,
)
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute

from orders.units.models import CareUnitRow, CustomerRow, PayerRow, UserRow

router = ApiRouter(tags=["Enheter och användare"])


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


Name = Annotated[str | None, Query(max_length=120, description="Början av namnet")]


@router.get("/payers")
async def list_payers(reader: Reader, listing: Listing, name: Name = None) -> Page[PayerView]:
    """Betalare."""
    query = select(PayerRow).where(_named(PayerRow.name, name))
    return await reader.page(
        query,
        listing,
        view=PayerView.model_validate,
        sorts={"payer_id": PayerRow.payer_id, "name": PayerRow.name},
        default="payer_id",
    )


@router.get("/payers/{payer_id}")
async def get_payer(payer_id: PayerId, reader: Reader) -> PayerView:
    """En betalare."""
    row = await reader.get(PayerRow, _key(reader, "payer", payer_id), rule="REF-4")
    return PayerView.model_validate(row)


@router.get("/customers")
async def list_customers(
    reader: Reader,
    listing: Listing,
    name: Name = None,
    payer_id: Annotated[PayerId | None, Query(description="Förvald betalare")] = None,
    is_service_point: Annotated[bool | None, Query(description="Bara tjänsteställen")] = None,
) -> Page[CustomerView]:
    """Kunder."""
    query = select(CustomerRow).where(_named(CustomerRow.name, name))
    if payer_id is not None:
        query = query.where(CustomerRow.payer_id == payer_id)
    if is_service_point is not None:
        query = query.where(CustomerRow.is_service_point.is_(is_service_point))
    return await reader.page(
        query,
        listing,
        view=CustomerView.model_validate,
        sorts={
            "customer_id": CustomerRow.customer_id,
            "name": CustomerRow.name,
            "payer_id": CustomerRow.payer_id,
        },
        default="customer_id",
    )


@router.get("/customers/{customer_id}")
async def get_customer(customer_id: CustomerId, reader: Reader) -> CustomerView:
    """En kund."""
    row = await reader.get(CustomerRow, _key(reader, "customer", customer_id), rule="REF-4")
    return CustomerView.model_validate(row)


@router.get("/care-units")
async def list_care_units(
    reader: Reader, listing: Listing, name: Name = None
) -> Page[CareUnitView]:
    """Vårdenheter."""
    return await reader.page(
        select(CareUnitRow).where(_named(CareUnitRow.name, name)),
        listing,
        view=CareUnitView.model_validate,
        sorts={"unit": CareUnitRow.unit, "name": CareUnitRow.name},
        default="unit",
    )


@router.get("/care-units/{unit}")
async def get_care_unit(unit: CareUnitId, reader: Reader) -> CareUnitView:
    """En vårdenhet."""
    row = await reader.get(CareUnitRow, _key(reader, "care-unit", unit))
    return CareUnitView.model_validate(row)


@router.get("/users")
async def list_users(
    reader: Reader,
    listing: Listing,
    service_point: Annotated[ServicePointId | None, Query(description="Arbetar på")] = None,
    role: Annotated[Role | None, Query(description="Har rollen")] = None,
    active: Annotated[bool | None, Query(description="Har tillgång")] = None,
) -> Page[UserView]:
    """Användare, med internt id."""
    query = select(UserRow)
    if service_point is not None:
        query = query.where(UserRow.service_points.contains((service_point,)))
    if role is not None:
        query = query.where(UserRow.roles.contains((role,)))
    if active is not None:
        query = query.where(UserRow.active.is_(active))
    return await reader.page(
        query,
        listing,
        view=UserView.model_validate,
        sorts={
            "user_id": UserRow.user_id,
            "default_service_point": UserRow.default_service_point,
        },
        default="user_id",
    )


@router.get("/users/{user_id}")
async def get_user(user_id: UserId, reader: Reader) -> UserView:
    """En användare."""
    row = await reader.get(UserRow, _key(reader, "user", user_id), rule="REF-3")
    return UserView.model_validate(row)


def _named(column: InstrumentedAttribute[str], name: str | None) -> ColumnElement[bool]:
    return true() if name is None else column.istartswith(name, autoescape=True)


def _key(reader: Reader, noun: str, code: str) -> UUID:
    return identify(reader.region, noun, code)
