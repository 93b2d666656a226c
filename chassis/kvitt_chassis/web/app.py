"""The HTTP application of a service: its routes, documentation, and the guard in front of them. A
service's routes are in its `api.py`.
"""

import asyncio
import logging
from collections.abc import Sequence
from time import perf_counter
from urllib.parse import unquote

from aiokafka.errors import KafkaError
from fastapi import APIRouter, FastAPI, Request
from fastapi_offline import FastAPIOffline
from opentelemetry.trace import SpanKind
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kvitt_chassis import metrics
from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.database import is_lock_trouble
from kvitt_chassis.http import ApiContext, Replayed
from kvitt_chassis.operating.masking import holds_personal_number
from kvitt_chassis.operating.telemetry import Telemetry
from kvitt_chassis.origins import is_from
from kvitt_chassis.web import problems
from kvitt_chassis.web.problems import FAULT, PERSONAL_NUMBER_IN_URL, TOO_LARGE, Busy, Problem

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024 * 1024
MAX_IN_HAND = 64
"""How many requests a service works on at once; more get 429 at once, so that memory is bounded."""

_UNLIMITED = ("/health/", "/metrics", "/admin/")

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
)


def build_app(
    context: ApiContext,
    routers: Sequence[APIRouter],
    *,
    telemetry: Telemetry,
    title: str,
    description: str = "",
) -> FastAPI:
    """The application with `/docs` that opens without internet. Routes find `context` by
    themselves.
    """
    app: FastAPI = FastAPIOffline(title=title, description=description, version="1", redoc_url=None)
    app.state.context = context
    for router in routers:
        app.include_router(router)
    problems.install(app)

    async def replayed(request: Request, error: Exception) -> Response:
        assert isinstance(error, Replayed)
        return error.response()

    app.add_exception_handler(Replayed, replayed)
    app.add_middleware(Guard, service=context.service, telemetry=telemetry)
    _document_problems(app)
    return app


class Guard:
    """In front of every route: limits on bodies and on concurrent requests, no personal number in
    an address, a span, a metric, and a problem document for whatever goes wrong.
    """

    def __init__(self, app: ASGIApp, *, service: str, telemetry: Telemetry) -> None:
        self._app = app
        self._service = service
        self._telemetry = telemetry
        self._in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        limited = not str(scope["path"]).startswith(_UNLIMITED)
        refusal = self._refusal(scope, limited=limited)
        started = perf_counter()
        self._in_hand += limited
        REQUESTS_IN_HAND.labels(self._service).set(self._in_hand)
        try:
            if refusal is not None:
                await refusal.response(_RETRY if refusal.status == 429 else None)(
                    scope, receive, answer
                )
            else:
                await self._pass_on(scope, receive, answer)
        finally:
            self._in_hand -= limited
            REQUESTS_IN_HAND.labels(self._service).set(self._in_hand)
            route = getattr(scope.get("route"), "path", "-")
            REQUEST_SECONDS.labels(
                self._service, scope["method"], route, str(answer.status)
            ).observe(perf_counter() - started)

    def _refusal(self, scope: Scope, *, limited: bool) -> Problem | None:
        # Twice decoded: what a proxy has encoded once more is a number all the same.
        query = scope["query_string"].decode("latin-1").replace("+", " ")
        address = unquote(unquote(f"{scope['path']}?{query}"))
        if holds_personal_number(address):
            return PERSONAL_NUMBER_IN_URL
        if limited and self._in_hand >= MAX_IN_HAND:
            return Busy(status=429, reason="TOO_MANY_REQUESTS").problem
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return TOO_LARGE
        return None

    async def _pass_on(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        parent = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1") or None
        with self._telemetry.span("http", kind=SpanKind.SERVER, parent=parent) as span:
            try:
                await self._app(scope, _Bounded(receive), answer)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                problem = FAULT
                if is_lock_trouble(error) or isinstance(error, PoolTimeout):
                    # A server that is unavailable is no fault of ours: its own metrics show it.
                    problem = Busy(status=503, reason="DATABASE_BUSY").problem
                    log.warning("a request came to nothing: %s", describe(error))
                elif isinstance(error, KafkaError) or _is_from_kafka(error):
                    problem = Busy(status=503, reason="KAFKA_BUSY").problem
                    log.warning("a request came to nothing: %s", describe(error))
                else:
                    log.exception("a request failed", extra={"method": scope["method"]})
                if not answer.status:
                    await problem.response()(scope, receive, answer)
            route = getattr(scope.get("route"), "path", "-")
            span.update_name(f"{scope['method']} {route}")
            span.set_attribute("http.response.status_code", answer.status)


class _Bounded:
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._seen = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > MAX_BODY_BYTES:
            # FastAPI hides every other exception of a body behind a 400
            raise HTTPException(413)
        return message


class _Answer:
    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def _is_from_kafka(error: Exception) -> bool:
    ours = ("aiokafka", "kvitt_chassis.relaying", "kvitt_chassis.consuming")
    return isinstance(error, TimeoutError) and is_from(error, *ours)


_RETRY = {"Retry-After": "1"}


def _document_problems(app: FastAPI) -> None:
    build = app.openapi

    def openapi() -> dict[str, object]:
        if app.openapi_schema is None:
            document = build()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            made = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(made.pop("$defs", {}))
            schemas["Problem"] = made
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
