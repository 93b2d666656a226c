"""The HTTP application of a service: its routes, documentation, and the guard in front of them. A
service's routes are in its `api.py`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import perf_counter
from urllib.parse import unquote

from aiokafka.errors import KafkaError
from fastapi import APIRouter, FastAPI, Request
from fastapi_offline import FastAPIOffline
from opentelemetry.trace import SpanKind
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kvitt_chassis import denials, metrics, refusal_counts
from kvitt_chassis.access import CALLER, Caller
from kvitt_chassis.auth import Identity
from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.database import is_lock_trouble
from kvitt_chassis.denials import Why
from kvitt_chassis.http import ApiContext, Replayed
from kvitt_chassis.operating.masking import holds_personal_number
from kvitt_chassis.operating.telemetry import Telemetry
from kvitt_chassis.origins import is_from
from kvitt_chassis.web import problems
from kvitt_chassis.web.bodies import StreamedRoute
from kvitt_chassis.web.body_bounds import Bound, BoundedBody
from kvitt_chassis.web.openapi import completed
from kvitt_chassis.web.problems import (
    FAULT,
    NOT_HTTP,
    PERSONAL_NUMBER_IN_URL,
    TOO_LARGE,
    Busy,
    Problem,
    ProblemRaised,
    RegionIsOut,
)
from kvitt_chassis.web.slots import NoSlot, Slots

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024 * 1024
BODY_SECONDS = 10.0
"""So long may a body take from the end of its head; then 408, and the connection is closed."""
STREAMED_BYTES = 100 * 1024 * 1024
STREAMED_SECONDS = 120.0
"""The same of a body that its route streams: 25 MiB over a slow line."""
# decision 0197: who calls is known before a slot or a body is taken
HELD_SECONDS = 1.0
"""So long is a refusal for want of a slot held back: what its Retry-After says."""
MAX_HELD = 256
"""So many at once; further ones are answered at once, since each holds one of the connections."""

_OPEN = ("/health/live", "/health/ready", "/metrics", "/docs", "/openapi.json")
_OPEN_BELOW = ("/docs/", "/static-offline-docs/")

_DENIED = {401: Why.TOKEN, 403: Why.ROLE, 404: Why.REACH}

REQUEST_SECONDS = metrics.declare(
    "histogram",
    "http_request_seconds",
    "Time from a request's first byte to its answer, by route and status",
    "Slow on one route: look at its trace; slow on all: look at locks and at the database's load",
    ("method", "route", "status"),
)
REQUESTS_IN_HAND = metrics.declare(
    "gauge",
    "http_requests_in_hand",
    "Requests that are being worked on now",
    "Near the limit (64): callers get 429; find the slow route, or run more replicas",
    silent="nobody has asked for anything but health since the process began",
)
REFUSED = metrics.declare(
    "counter",
    "http_requests_refused_total",
    "Requests that got 429, by region and by whose share was used up: service, region or caller",
    "caller, region: it asks for too much at once; service: find the slow route, or more replicas",
    ("region", "share"),
    silent="nobody asked for too much since the process began",
)


def build_app(
    context: ApiContext,
    routers: Sequence[APIRouter],
    *,
    telemetry: Telemetry,
    title: str,
    description: str = "",
    for_operators: bool = False,
    routes: Sequence[BaseRoute] | None = None,
) -> FastAPI:
    """The application with `/docs` that opens without internet. Routes find `context` by
    themselves. `routes` are `included(routers)`, where they are at hand. `for_operators`: requests
    need no slot, and regions that are out are served too. Raises LookupError for a route that is in
    no row of the table of access.
    """
    context.access.check(routers)
    app: FastAPI = FastAPIOffline(title=title, description=description, version="1", redoc_url=None)
    app.state.context = context
    app.router.routes.extend(included(routers) if routes is None else routes)
    problems.install(app)

    async def replayed(request: Request, error: Exception) -> Response:
        assert isinstance(error, Replayed)
        return error.response()

    app.add_exception_handler(Replayed, replayed)
    app.add_middleware(
        Guard,
        context=context,
        telemetry=telemetry,
        for_operators=for_operators,
        streamed=_streamed(routers),
    )
    _document_problems(app)
    return app


def included(routers: Sequence[APIRouter]) -> Sequence[BaseRoute]:
    """The routes of these as applications include them. FastAPI looks them through at the first
    request, which takes long: applications of the same routers may share them.
    """
    holder = FastAPI(openapi_url=None)
    for router in routers:
        holder.include_router(router)
    return holder.router.routes


class Guard:
    """In front of every route: who calls is known from the headers before a slot or a byte of the
    body is taken; shares of the slots, limits and a deadline on bodies, no personal number in an
    address, a span, a metric, and a problem document for whatever goes wrong.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        context: ApiContext,
        telemetry: Telemetry,
        for_operators: bool = False,
        streamed: Sequence[StreamedRoute] = (),
    ) -> None:
        self._app = app
        self._streamed = streamed
        self._context = context
        self._service = context.service
        self._telemetry = telemetry
        self._slots = None if for_operators else Slots()
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, is_open=is_open(str(scope["path"])))
        started = perf_counter()
        try:
            refusal = _refusal_of(scope, self._bound(scope))
            if refusal is not None:
                answer.reason = refusal.reason
                ends = {"Connection": "close"} if refusal is NOT_HTTP else None
                await refusal.response(ends)(scope, receive, answer)
            else:
                await self._pass_on(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            REQUEST_SECONDS.labels(
                self._service, scope["method"], route, str(answer.status)
            ).observe(perf_counter() - started)
            self._count_refusal(scope, answer)

    def _bound(self, scope: Scope) -> Bound:
        is_streamed = any(_leads_to(route, scope) for route in self._streamed)
        if is_streamed:
            return Bound(STREAMED_BYTES, STREAMED_SECONDS)
        return Bound(MAX_BODY_BYTES, BODY_SECONDS)

    async def _pass_on(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        parent = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1") or None
        with self._telemetry.span("http", kind=SpanKind.SERVER, parent=parent) as span:
            try:
                async with self._admitted(scope):
                    await self._app(scope, BoundedBody(receive, self._bound(scope)), answer)
            except asyncio.CancelledError:
                raise
            except ClientDisconnect:
                log.debug("a client has gone before its body had come")
            except Exception as error:
                raised = self._problem_of(error, scope)
                if not answer.status:
                    answer.reason = raised.problem.reason
                    await raised.problem.response(raised.headers)(scope, receive, answer)
            route = getattr(scope.get("route"), "path", "-")
            span.update_name(f"{scope['method']} {route}")
            span.set_attribute("http.response.status_code", answer.status)
            self._record_denial(scope, answer)

    @asynccontextmanager
    async def _admitted(self, scope: Scope) -> AsyncIterator[None]:
        """The request has its caller, and a slot where it needs one. Raises Unauthorized,
        RegionIsOut, Busy.
        """
        if is_open(str(scope["path"])):
            yield
            return
        identity = await self._identity(scope)
        # until the register has said what they may: a denial names them all the same
        scope[CALLER] = Caller(
            user_id=identity.user_id, region=identity.region, grantees=frozenset()
        )
        if (slots := self._slots) is None:
            scope[CALLER] = await self._context.access.caller(identity, self._context.database)
            yield
            return
        if (outage := self._context.database.policies.out.get(identity.region)) is not None:
            raise RegionIsOut(outage.cause)
        try:
            with slots.one(identity.region, identity.user_id):
                REQUESTS_IN_HAND.labels(self._service).set(slots.taken)
                scope[CALLER] = await self._context.access.caller(identity, self._context.database)
                yield
        except NoSlot as error:
            REFUSED.labels(self._service, identity.region, error.share).inc()
            await self._hold()
            raise Busy(status=429, reason="TOO_MANY_REQUESTS", share=error.share) from None
        finally:
            REQUESTS_IN_HAND.labels(self._service).set(slots.taken)

    async def _hold(self) -> None:
        """Wait with a refusal, so that who asks again at once costs the others little."""
        if self._held >= MAX_HELD:
            return
        self._held += 1
        try:
            await asyncio.sleep(HELD_SECONDS)
        finally:
            self._held -= 1

    async def _identity(self, scope: Scope) -> Identity:
        authorization = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        try:
            return await self._context.authenticator.identity(authorization)
        except OSError as error:
            log.warning("the issuer's keys cannot be read: %s", describe(error))
            raise Busy(status=503, reason="KEYS_UNAVAILABLE") from error

    def _record_denial(self, scope: Scope, answer: "_Answer") -> None:
        why = _DENIED.get(answer.status)
        if why is None or is_open(str(scope["path"])):
            return
        caller: Caller | None = scope.get(CALLER)
        denials.record(
            self._service,
            why,
            act=self._context.access.name_of(scope),
            region=caller.region if caller else None,
            user=caller.user_id if caller else None,
            reason=answer.reason,
        )

    def _count_refusal(self, scope: Scope, answer: "_Answer") -> None:
        reason = answer.reason or scope.get(problems.REASON)
        if reason:
            caller: Caller | None = scope.get(CALLER)
            region = caller.region if caller else None
            refusal_counts.count(self._service, refusal_counts.HTTP, reason, region=region)

    def _problem_of(self, error: Exception, scope: Scope) -> ProblemRaised:
        if isinstance(error, ProblemRaised):
            return error
        if is_lock_trouble(error):
            # A server that is unavailable is no fault of ours: its own metrics show it.
            log.warning("a request came to nothing: %s", describe(error))
            return Busy(status=503, reason="DATABASE_BUSY")
        if isinstance(error, KafkaError) or _is_from_kafka(error):
            log.warning("a request came to nothing: %s", describe(error))
            return Busy(status=503, reason="KAFKA_BUSY")
        log.exception("a request failed", extra={"method": scope["method"]})
        return ProblemRaised(FAULT)


def is_open(path: str) -> bool:
    """True for an address that anybody may ask for: probes, metrics and documentation."""
    return path in _OPEN or path.startswith(_OPEN_BELOW)


def _streamed(routers: Sequence[APIRouter]) -> list[StreamedRoute]:
    """Each route that streams its body."""
    routes = [route for router in routers for route in router.routes]
    return [route for route in routes if isinstance(route, StreamedRoute)]


def _leads_to(route: StreamedRoute, scope: Scope) -> bool:
    found, _ = route.matches(scope)
    return found is Match.FULL


def _refusal_of(scope: Scope, bound: Bound) -> Problem | None:
    # Twice decoded: what a proxy has encoded once more is a number all the same.
    query = scope["query_string"].decode("latin-1").replace("+", " ")
    address = unquote(unquote(f"{scope['path']}?{query}"))
    if holds_personal_number(address):
        return PERSONAL_NUMBER_IN_URL
    headers = dict(scope["headers"])
    # decision 0523: what two servers in a row may read in two ways is no request
    if b"content-length" in headers and b"transfer-encoding" in headers:
        return NOT_HTTP
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > bound.bytes:
        return TOO_LARGE
    return None


_SAID = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))
_SAID_OF_DATA = (
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
)
"""Headers of every answer, and of those that are no page of documentation: nobody on the way keeps
what is said of a person, and no browser takes it for a page.
"""


class _Answer:
    def __init__(self, send: Send, *, is_open: bool) -> None:
        self._send = send
        self._said = _SAID if is_open else (*_SAID, *_SAID_OF_DATA)
        self.status = 0
        self.reason: str | None = None  # where the guard itself has answered

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._said:
                headers.setdefault(name, value)
        await self._send(message)


def _is_from_kafka(error: Exception) -> bool:
    ours = ("aiokafka", "kvitt_chassis.relaying", "kvitt_chassis.consuming")
    return isinstance(error, TimeoutError) and is_from(error, *ours)


def _document_problems(app: FastAPI) -> None:
    build = app.openapi

    def openapi() -> dict[str, object]:
        if app.openapi_schema is None:
            app.openapi_schema = completed(build())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
