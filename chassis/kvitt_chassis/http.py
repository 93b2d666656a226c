"""What a service's `api.py` works with: routes, commands over HTTP, readers. No rule, no table.

A command goes through the same handler and the same Transaction as a message does.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from uuid import UUID

from asyncpg.exceptions import IntegrityConstraintViolationError
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from kvitt_contracts.envelope import Command
from kvitt_contracts.problems import CONTRACT
from kvitt_contracts.types import RegionCode, looks_like_personal_number
from pydantic_core import to_json
from sqlalchemy import Select, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis.access import CALLER, GRANT, Access, Caller, Grant
from kvitt_chassis.auth import Authenticator, no_token
from kvitt_chassis.database import Database, is_lock_trouble
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.operating import telemetry
from kvitt_chassis.row_keys import key_column
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_chassis.web.bodies import Body, GuardedRoute, StreamedRoute
from kvitt_chassis.web.idempotency import IdempotencyKey, StoredAnswer, claim, store
from kvitt_chassis.web.lists import ListOf, ListQuery, Page, named
from kvitt_chassis.web.openapi import KEY_PATTERN
from kvitt_chassis.web.problems import MEDIA_TYPE, Busy, Invalid, NotFound
from kvitt_chassis.web.reader import RegionReader, noun_of, of_region
from kvitt_chassis.web.scopes import RegionWide, Scope

if TYPE_CHECKING:
    from kvitt_chassis.web.entrance import Entrance

__all__ = [
    "ApiContext",
    "ApiRouter",
    "Body",
    "CommandRunner",
    "Commands",
    "Invalid",
    "ListOf",
    "ListQuery",
    "NotFound",
    "Page",
    "Reader",
    "RegionReader",
    "RegionWide",
    "Scope",
    "SignedIn",
    "named",
]

T = TypeVar("T")

MAX_WAIT_SECONDS = 10.0
_POLL_SECONDS = 0.03
_TRIES = 4
_KEY = re.compile(KEY_PATTERN)
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*(\d{1,4})")

PROBLEM_BODY = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
"""How an answer that is a problem document is documented."""
_ANSWERS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Åtkomsttoken saknas eller gäller inte", **PROBLEM_BODY},
    403: {"description": "Behörighet saknas (REF-18)", **PROBLEM_BODY},
    404: {"description": "Finns inte, eller är utom räckhåll för dig (REF-18)", **PROBLEM_BODY},
    408: {"description": "Kom inte fram i tid", **PROBLEM_BODY},
    409: {"description": "Regeln säger nej i detta läge", **PROBLEM_BODY},
    413: {"description": "För stort", **PROBLEM_BODY},
    422: {"description": "Uppgifterna stämmer inte", **PROBLEM_BODY},
    429: {"description": "Upptaget just nu", **PROBLEM_BODY},
    503: {"description": "Regionen eller tjänsten är tagen ur drift just nu", **PROBLEM_BODY},
}


class ApiRouter(APIRouter):
    """A service's routes: `router = ApiRouter(tags=["Byten (BMB)"])`. Error responses are
    documented for each. One that `streams` has routes that read their bodies themselves.
    """

    def __init__(
        self, *, prefix: str = "", tags: list[str] | None = None, streams: bool = False
    ) -> None:
        super().__init__(
            prefix=prefix,
            tags=list(tags or ()),
            responses=_ANSWERS,
            route_class=StreamedRoute if streams else GuardedRoute,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiContext:
    """What the routes of one service need; the service puts it on `app.state.context`."""

    service: str
    database: Database
    handlers: Handlers
    authenticator: Authenticator
    access: Access
    sealer: Sealer
    may_decide: Callable[[], bool] = lambda: True  # False: commands get 503, views are shown
    entrance: "Entrance | None" = None  # None: nothing that regions send is taken over HTTP


class Replayed(Exception):
    """The Idempotency-Key has a stored answer, which is sent again; nothing else happens."""

    def __init__(self, answer: StoredAnswer) -> None:
        super().__init__()
        self.answer = answer

    def response(self) -> Response:
        """The stored answer, marked as sent again."""
        return Response(
            self.answer.body,
            self.answer.status,
            media_type="application/json",
            headers={"Idempotency-Replayed": "true"},
        )


class CommandRunner:
    """Runs the command of one HTTP request, once per Idempotency-Key."""

    def __init__(
        self,
        context: ApiContext,
        grant: Grant,
        response: Response,
        *,
        key: IdempotencyKey | None,
        status: int,
        wait_seconds: float,
    ) -> None:
        self.caller = grant.caller
        self.grant = grant
        self._context = context
        self._response = response
        self._key = key
        self._status = status
        self._wait_seconds = wait_seconds

    async def run(
        self,
        command: Command,
        *,
        target: UUID | None = None,
        scope: Scope | RegionWide | None = None,
        named: object = None,
        rule: str = CONTRACT,
        subject: str | None = None,
        show: Callable[[Transaction], Awaitable[T]],
    ) -> T:
        """Run a command in one transaction; answer what `show` reads after its commit.

        `target` is the aggregate's id where the route names it; `subject` is the region's own name
        for it. `scope` says whose the target is: one that is out of the caller's reach, or is not
        there, is 404 by `rule`; `named` is its key, where the scope is of another row. Only a route
        whose address names nothing goes without.
        Where the view has `pending=True`, the caller's `Prefer: wait=N` waits for another service's
        answer; then the status is 200, else the route's own (202). Raises Refused, NotFound,
        KeyReused, Busy; TypeError for an address that names something without a scope.
        """
        if scope is None and "{" in (self.grant.act.route or ""):
            raise TypeError(f"{self.grant.act.route} names a thing: say whose it is by `scope=`")
        # decision 0320: whose a thing is may stand on another row than the thing
        reached = self._reached(target if named is None else named, scope, rule)
        view = await self._do(command, target=target, subject=subject, reached=reached, show=show)
        if getattr(view, "pending", False) and self._wait_seconds:
            view = await self._await_answer(view, target=target, subject=subject, show=show)
            await self._store_what_came(view)
        if self._status == 202 and getattr(view, "pending", None) is False:
            self._response.status_code = 200
        return view

    # decision 0081: over HTTP, lock trouble is tried four times, then it is 503; a collision is 409
    async def _do(
        self,
        command: Command,
        *,
        target: UUID | None,
        subject: str | None,
        reached: "_Reached | None",
        show: Callable[[Transaction], Awaitable[T]],
    ) -> T:
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._once(
                    command, target=target, subject=subject, reached=reached, show=show
                )
            except (IntegrityError, IntegrityConstraintViolationError) as error:
                # Two made the same thing at once: the next try sees the other's row, and the rule
                # says what that means.
                if attempt == _TRIES:
                    raise Busy(status=409, reason="CONCURRENT_CHANGE") from error
            except NoConnectionFree:  # it has waited long enough
                raise
            except Exception as error:
                if not is_lock_trouble(error):
                    raise
                if attempt == _TRIES:
                    raise Busy(status=503, reason="LOCKED") from error
            await asyncio.sleep(0.02 * attempt)
        raise AssertionError("unreachable")

    async def _once(
        self,
        command: Command,
        *,
        target: UUID | None,
        subject: str | None,
        reached: "_Reached | None",
        show: Callable[[Transaction], Awaitable[T]],
    ) -> T:
        route = self._context.handlers.messages[type(command)]
        region = self.caller.region
        async with self._context.database.unit(region) as unit:
            if self._key is not None:
                stored = await claim(unit.session, self._key)
                if stored is not None:
                    body = self._context.sealer.unseal_text(stored.body)
                    raise Replayed(StoredAnswer(status=stored.status, body=body))
            tx = self._begin(unit, target=target, subject=subject)
            if reached is not None:
                await reached.check(unit.session)
            await unit.load_ahead([(route, command, tx)])
            await route.handler(command, tx)
            await unit.flush()
            view = await show(tx)
            await self._store(unit, view, status=self._status)
        return view

    def _reached(
        self, target: object, scope: Scope | RegionWide | None, rule: str
    ) -> "_Reached | None":
        if scope is None:
            return None
        within = scope.within(self.grant)
        # decision 0538: what reaches the whole region reaches nothing that is not in it
        if within is true() and isinstance(scope, RegionWide) and scope.begins:
            return None
        row_type: Any = scope.region.class_
        region = self.caller.region
        query = select(scope.region).where(
            scope.region == region, key_column(row_type) == target, within
        )
        missing = NotFound(noun_of(row_type), rule=rule)
        return _Reached(query.options(of_region(region)), missing)

    async def _store_what_came(self, view: Any) -> None:
        """What the caller waited for is the key's answer from now on, as it is the caller's."""
        if self._key is not None and not view.pending:
            async with self._context.database.unit(self.caller.region) as unit:
                await self._store(unit, view, status=200 if self._status == 202 else self._status)

    async def _store(self, unit: UnitOfWork, view: Any, *, status: int) -> None:
        if self._key is not None:
            # an answer shows what somebody wrote freely: it must not outlive that in plain text
            body = self._context.sealer.seal_text(to_json(view, by_alias=True).decode())
            await store(unit.session, self._key, StoredAnswer(status=status, body=body))

    async def _await_answer(
        self,
        view: T,
        *,
        target: UUID | None,
        subject: str | None,
        show: Callable[[Transaction], Awaitable[T]],
    ) -> T:
        until = monotonic() + self._wait_seconds
        while getattr(view, "pending", False) and monotonic() < until:
            await asyncio.sleep(_POLL_SECONDS)
            async with self._context.database.unit(self.caller.region) as unit:
                view = await show(self._begin(unit, target=target, subject=subject))
        self._response.headers["Preference-Applied"] = f"wait={self._wait_seconds:g}"
        return view

    def _begin(self, unit: Any, *, target: UUID | None, subject: str | None) -> Transaction:
        transaction: Transaction = unit.begin(
            region=self.caller.region,
            is_command=True,
            subject=subject,
            target=target,
            actor=self.caller.user_id,
            act=self.grant.act.name,
            place=self.caller.default_service_point,
            traceparent=telemetry.current_traceparent(),
        )
        return transaction


@dataclass(frozen=True, slots=True)
class _Reached:
    """A target that must be within the caller's reach; else it is as if it did not exist."""

    query: Select[tuple[RegionCode]]
    missing: NotFound

    async def check(self, session: AsyncSession) -> None:
        if await session.scalar(self.query) is None:
            raise self.missing


_bearer = HTTPBearer(auto_error=False, description="JWT med användare och region")


async def signed_in(
    request: Request,
    token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    """The caller whom the guard has authenticated. Raises Unauthorized (401) on an open route."""
    caller: Caller | None = request.scope.get(CALLER)
    if caller is None:
        raise no_token()
    return caller


async def command_runner(
    request: Request,
    response: Response,
    _: Annotated[Caller, Depends(signed_in)],
    idempotency_key: Annotated[
        str | None,
        Header(description="Krävs för POST: samma nyckel ger samma svar, och en enda effekt"),
    ] = None,
    prefer: Annotated[
        str | None, Header(description="`wait=2`: vänta så många sekunder på svar (högst 10)")
    ] = None,
) -> CommandRunner:
    """The runner of this request. Raises Invalid (422) for a key that is missing or unusable, Busy
    (503) while the process may not decide anything, Forbidden (403) for who lost the act meanwhile.
    """
    key = idempotency_key
    if key is not None or request.method == "POST":
        key = usable_key(key)
    return await runner_of(
        request, response, key=key, body=await request.body(), wait_seconds=_seconds(prefer)
    )


async def runner_of(
    request: Request, response: Response, *, key: str | None, body: bytes, wait_seconds: float = 0.0
) -> CommandRunner:
    """The runner of a request whose body has come. `body` is that, or what stands for it: the same
    key with another one is refused.

    Raises Busy (503) while the process may not decide anything, Forbidden (403) for who lost the
    act meanwhile.
    """
    context = _context(request)
    if not context.may_decide():
        raise Busy(status=503, reason="NOT_READY")
    grant = await context.access.grant_anew(request.scope[GRANT], context.database)
    return CommandRunner(
        context,
        grant,
        response,
        key=None if key is None else _identify(request, grant.caller, key, body),
        status=getattr(request.scope["route"], "status_code", None) or 200,
        wait_seconds=wait_seconds,
    )


async def reader(request: Request, _: Annotated[Caller, Depends(signed_in)]) -> RegionReader:
    """The reader of this request: queries of the caller's region."""
    context = _context(request)
    grant: Grant = request.scope[GRANT]
    return RegionReader(context.database, grant, sealer=context.sealer, url=request.url)


SignedIn = Annotated[Caller, Depends(signed_in)]
"""A route's parameter: who calls."""

Commands = Annotated[CommandRunner, Depends(command_runner)]
"""A route's parameter: runs the command; `commands.caller` is who calls."""

Reader = Annotated[RegionReader, Depends(reader)]
"""A route's parameter: reads the caller's region; `reader.caller` is who calls."""


def _context(request: Request) -> ApiContext:
    context: ApiContext = request.app.state.context
    return context


def usable_key(key: str | None) -> str:
    """The Idempotency-Key of a request. Raises Invalid (422) where it is missing or unusable."""
    if key is None or not _KEY.match(key) or looks_like_personal_number(key):
        raise Invalid(
            "IDEMPOTENCY_KEY_REQUIRED",
            field="Idempotency-Key",
            detail="Huvudet Idempotency-Key saknas eller går inte att använda (1-100 tecken).",
            way_on="Skicka en ny UUID för varje nytt anrop, och samma när du försöker igen.",
        )
    return key


def _identify(request: Request, caller: Caller, key: str, body: bytes) -> IdempotencyKey:
    address = f"{request.method} {request.url.path}?{request.url.query}"
    return IdempotencyKey(
        region=caller.region,
        principal=caller.user_id,
        route=f"{request.method} {request.scope['route'].path}",
        key=key,
        request_hash=_context(request).sealer.digest(address.encode() + b"\n" + body),
    )


def _seconds(prefer: str | None) -> float:
    found = _WAIT.search(prefer or "")
    return min(float(found[1]), MAX_WAIT_SECONDS) if found else 0.0
