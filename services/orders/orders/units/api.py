"""Payers, customers, care units and users over HTTP: the regions' facts write them, but for what is
chosen in advance for a user.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from kvitt_chassis.filters import Contains, Eq, StartsWith
from kvitt_chassis.http import (
    ApiRouter,
    Body,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionWide,
    Scope,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import SetDefaultServicePoint, SetDefaultSupply, Supply
from kvitt_contracts.types import (
    CareUnitId,
    CustomerId,
    Known,
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

from orders.units.access.domain import APPLIED, GRANTED, LAPSED
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
    duties: Annotated[
        tuple[Word, ...] | None,
        Field(description="Uppdrag: unit_head (enhetschef), technician, finance …"),
    ]
    employer_kind: Annotated[
        Word | None,
        Known("region", "municipality", "contractor"),
        Field(description="Anställd av region, municipality eller contractor (REF-16)"),
    ]
    access: Annotated[
        Word | None,
        Known(APPLIED, GRANTED, LAPSED),
        Field(description="applied, granted eller lapsed, när det är ansökt (REF-5)"),
    ]
    default_supply: Annotated[
        Word | None,
        Known(Supply.CENTRAL, Supply.OWN_STORE),
        Field(description="Eget val av vad som föreslås: central eller own_store (REF-10)"),
    ]


class DefaultSupplyBody(Body):
    """Varifrån det som beställs ska föreslås komma (REF-10)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"default_supply": "own_store"}]})

    default_supply: Annotated[
        Word,
        Known(Supply.CENTRAL, Supply.OWN_STORE),
        Field(description="central (hjälpmedelsverksamheten) eller own_store (eget förråd)"),
    ]


class DefaultServicePointBody(Body):
    """Vilket av en användares tjänsteställen som är förvalt (REF-12)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"service_point": "40201", "asked_by": "k082lno"}]}
    )

    service_point: Annotated[ServicePointId, Field(description="Ett av användarens")]
    asked_by: Annotated[UserId, Field(description="Vem som bad om det (REF-12)")]


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


_THEMSELVES = Scope(UserRow.region, users=[UserRow.user_id])


@router.post("/users/{user_id}:set-default-supply")
async def set_default_supply(
    user_id: UserId, body: DefaultSupplyBody, commands: Commands
) -> UserView:
    """Välj varifrån det du beställer ska föreslås komma, där produktområdet tillåter båda (REF-10).

    Nekas: UNKNOWN_USER, NOT_THE_USER, UNKNOWN_SUPPLY (REF-10).
    """
    chosen, by = body.default_supply, commands.caller.user_id
    command = SetDefaultSupply(user_id=user_id, default_supply=chosen, by=by)
    return await _change(user_id, command, commands, rule="REF-10")


@router.post("/users/{user_id}:set-default-service-point")
async def set_default_service_point(
    user_id: UserId, body: DefaultServicePointBody, commands: Commands
) -> UserView:
    """Välj en användares förvalda tjänsteställe: kundservice, för den som bad om det (REF-12). Det
    gäller tills regionen skickar användaren på nytt.

    Nekas: UNKNOWN_USER (REF-12, REF-3), DEFAULT_NOT_AMONG_SERVICE_POINTS (REF-3).
    """
    command = SetDefaultServicePoint(
        user_id=user_id,
        service_point=body.service_point,
        by=commands.caller.user_id,
        asked_by=body.asked_by,
    )
    return await _change(user_id, command, commands, rule="REF-12")


async def _change(user_id: UserId, command: Command, commands: Commands, *, rule: str) -> UserView:
    target = identify(commands.caller.region, "user", user_id)

    async def show(tx: Transaction) -> UserView:
        return UserView.model_validate(await tx.get(UserRow, target))

    return await commands.run(
        command, target=target, subject=user_id, scope=_THEMSELVES, rule=rule, show=show
    )


def _key(reader: Reader, noun: str, code: str) -> UUID:
    return identify(reader.region, noun, code)
