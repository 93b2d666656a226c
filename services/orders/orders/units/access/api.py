"""Users' access over HTTP: applied for, granted, refused, and listed with the last activity."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from kvitt_chassis.access import Caller
from kvitt_chassis.filters import Contains, Criterion, Where
from kvitt_chassis.http import (
    ApiRouter,
    Body,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    RegionWide,
    Scope,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import ApplyForAccess, GrantAccess, RefuseAccess, SignIn
from kvitt_contracts.types import Known, Role, ServicePointId, UserId, Word, identify
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, cast, false, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from orders.units.access.domain import APPLIED, GRANTED, LAPSED
from orders.units.models import UserRow

router = ApiRouter(tags=["Enheter och användare"])


class AccessView(BaseModel):
    """En användares behörighet."""

    model_config = ConfigDict(
        frozen=True,
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "user_id": "k082lno",
                    "roles": ["prescriber"],
                    "service_points": ["40210"],
                    "default_service_point": "40210",
                    "active": False,
                    "access": "applied",
                    "applied_by": "k201ema",
                    "last_active_on": "2026-02-10",
                    "lapses_on": None,
                }
            ]
        },
    )

    user_id: Annotated[UserId, Field(description="Internt id")]
    roles: Annotated[tuple[Role, ...], Field(description="Roller")]
    service_points: Annotated[tuple[ServicePointId, ...], Field(description="Tjänsteställen")]
    default_service_point: Annotated[ServicePointId, Field(description="Förvalt tjänsteställe")]
    active: Annotated[bool, Field(description="Har tillgång")]
    access: Annotated[
        Word | None,
        Known(APPLIED, GRANTED, LAPSED),
        Field(
            description="applied (ansökt), granted (beviljad) eller lapsed (upphörd eller nekad);"
            " saknas när regionen själv anger användaren, vilket räknas som beviljad (REF-5)"
        ),
    ]
    applied_by: Annotated[UserId | None, Field(description="Chefen som har ansökt")]
    last_active_on: Annotated[date | None, Field(description="Senaste dagen med aktivitet")]
    lapses_on: Annotated[
        date | None, Field(description="Dagen då behörigheten upphör utan aktivitet dessförinnan")
    ]


class ApplyBody(Body):
    """En ansökan om en användares behörighet (REF-5)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"asked_by": "k201ema"}]})

    asked_by: Annotated[
        UserId | None, Field(description="Chefen som bad om det, när kundtjänst ansöker")
    ] = None


class ApplyAnewBody(ApplyBody):
    """En ansökan om behörighet för någon som regionen inte anger själv (REF-5)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"user_id": "k090ny", "roles": ["prescriber"], "service_point": "40210"}]
        }
    )

    user_id: Annotated[UserId, Field(description="Användarnamnet i identitetstjänsten")]
    roles: Annotated[tuple[Role, ...], Field(max_length=2, description="prescriber, requester")]
    service_point: Annotated[ServicePointId, Field(description="Ett av chefens tjänsteställen")]


class DecideBody(Body):
    """Ett svar på en ansökan (REF-5, REF-12)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"asked_by": "k201ema"}]})

    asked_by: Annotated[UserId, Field(description="Chefen som har ansökt")]


def _work_with(caller: Caller) -> ColumnElement[bool]:
    """A user who works at one of the caller's service points."""
    points = cast(UserRow.service_points, JSONB)
    return or_(false(), *(points.contains([point]) for point in sorted(caller.service_points)))


OF_UNITS = Scope(UserRow.region, also=_work_with)
"""Whose users are: who heads a unit has those who work there."""
_REGION = RegionWide(UserRow.region, because="customer service decides for all of the region")
_THEMSELVES = Scope(UserRow.region, users=[UserRow.user_id])

State = Literal["applied", "granted", "lapsed", "lapsing", "inactive"]


def _in_state(state: State, _: RegionReader) -> Criterion:
    match state:
        case "applied":
            return UserRow.access == APPLIED
        case "lapsed":
            return UserRow.access == LAPSED
        case "lapsing":
            return UserRow.lapses_on.is_not(None)
        case "granted":
            return UserRow.active.is_(True)
        case "inactive":
            return ~UserRow.active & (UserRow.access.is_(None) | (UserRow.access == GRANTED))


class AccessQuery(ListQuery):
    """Whose access."""

    state: Annotated[
        State | None,
        Where(
            _in_state,
            "applied (väntar på beslut), granted (har tillgång), lapsing (upphör snart), lapsed"
            " (upphörd) eller inactive (regionen säger nej)",
        ),
    ] = None
    service_point: Annotated[
        ServicePointId | None, Contains(UserRow.service_points, "Arbetar på")
    ] = None


ACCESS = ListOf(
    select(UserRow),
    scope=OF_UNITS,
    sorts=named(UserRow.user_id, UserRow.default_service_point),
    default="user_id",
    view=AccessView.model_validate,
)


@router.get("/users:access")
async def list_access(reader: Reader, asked: Annotated[AccessQuery, Query()]) -> Page[AccessView]:
    """Behörigheter: för den som är chef för en enhet de som arbetar där, med senaste aktivitet; för
    kundtjänst alla (REF-5).
    """
    return await ACCESS.page(asked, reader)


@router.post("/users")
async def apply_anew(body: ApplyAnewBody, commands: Commands) -> AccessView:
    """Ansök om behörighet för någon som regionen inte anger själv, som enhetens chef (REF-5).

    Nekas: NOT_THEIR_HEAD, ASKED_BY_MISSING, STATED_INACTIVE, ROLE_NOT_GIVEN,
    SERVICE_POINT_MISSING (REF-5), UNKNOWN_USER, UNKNOWN_CUSTOMER, NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3).
    """
    command = ApplyForAccess(
        user_id=body.user_id,
        roles=body.roles,
        service_point=body.service_point,
        by=commands.caller.user_id,
        asked_by=body.asked_by,
    )
    return await _run(body.user_id, command, commands, scope=None)


@router.post("/users/{user_id}:apply")
async def apply_for_access(user_id: UserId, body: ApplyBody, commands: Commands) -> AccessView:
    """Ansök om en användares behörighet på nytt, som chef för en enhet där de arbetar (REF-5).

    Nekas: UNKNOWN_USER (REF-5, REF-3), NOT_THEIR_HEAD, ASKED_BY_MISSING, STATED_INACTIVE (REF-5).
    """
    by = commands.caller.user_id
    command = ApplyForAccess(user_id=user_id, by=by, asked_by=body.asked_by)
    return await _run(user_id, command, commands, scope=OF_UNITS)


@router.post("/users/{user_id}:grant")
async def grant_access(user_id: UserId, body: DecideBody, commands: Commands) -> AccessView:
    """Bevilja den behörighet som är ansökt: den gäller genast (REF-5).

    Nekas: UNKNOWN_USER (REF-5, REF-3), NOT_APPLIED_FOR, STATED_INACTIVE (REF-5).
    """
    by = commands.caller.user_id
    command = GrantAccess(user_id=user_id, by=by, asked_by=body.asked_by)
    return await _run(user_id, command, commands, scope=_REGION)


@router.post("/users/{user_id}:refuse")
async def refuse_access(user_id: UserId, body: DecideBody, commands: Commands) -> AccessView:
    """Neka den behörighet som är ansökt; chefen kan ansöka igen (REF-5).

    Nekas: UNKNOWN_USER (REF-5, REF-3), NOT_APPLIED_FOR (REF-5).
    """
    by = commands.caller.user_id
    command = RefuseAccess(user_id=user_id, by=by, asked_by=body.asked_by)
    return await _run(user_id, command, commands, scope=_REGION)


@router.post("/users/{user_id}:sign-in")
async def sign_in(user_id: UserId, commands: Commands) -> AccessView:
    """Logga in: din behörighet upphör inte förrän du varit borta länge (REF-5).

    Nekas: UNKNOWN_USER, NOT_THE_USER (REF-5).
    """
    command = SignIn(user_id=user_id, by=commands.caller.user_id)
    return await _run(user_id, command, commands, scope=_THEMSELVES)


async def _run(user_id: UserId, command: Command, commands: Commands, *, scope: Any) -> AccessView:
    target = identify(commands.caller.region, "user", user_id)

    async def show(tx: Transaction) -> AccessView:
        return AccessView.model_validate(await tx.get(UserRow, target))

    return await commands.run(
        command, target=target, subject=user_id, scope=scope, rule="REF-5", show=show
    )
