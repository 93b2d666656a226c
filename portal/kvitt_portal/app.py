"""The portal's process: its pages, what stands in front of them, and how it starts and ends."""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import asyncpg
import uvicorn
import uvloop
from cryptography.fernet import Fernet
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from kvitt_chassis.operating import health, logs
from kvitt_chassis.operating.health import Health
from kvitt_chassis.policy_files import region_files
from kvitt_chassis.web.certificates import Certificates
from kvitt_chassis.web.connections import Connections, bounded
from kvitt_chassis.web.problems import Problem
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kvitt_portal import log_in
from kvitt_portal.database import keep_new, pool_of
from kvitt_portal.here import NotLoggedIn, PageProblem, Portal, Visit
from kvitt_portal.pages import ROUTERS
from kvitt_portal.providers import read_providers
from kvitt_portal.rendering import environment
from kvitt_portal.security import Guarded
from kvitt_portal.services import Services
from kvitt_portal.sessions import Sessions
from kvitt_portal.settings import PortalSettings
from kvitt_portal.words import read_words

log = logging.getLogger(__name__)

NAME = "portal"
_TIDY_SECONDS = 600.0
_STOP_SECONDS = 4
_KEEP_ALIVE_SECONDS = 8

_TITLES = {
    403: "Du får inte göra det här",
    404: "Sidan finns inte",
    405: "Sidan finns inte",
    408: "Det tog för lång tid att komma hit",
    409: "Det går inte i detta läge",
    422: "Det går inte",
    429: "Det blev för mycket på en gång",
    500: "Något gick fel hos oss",
    503: "Tjänsten svarar inte just nu",
}
_WAYS_ON = {408: "Kontrollera uppkopplingen, gå tillbaka och skicka en gång till."}
"""What to do about what is no address's fault."""


def build(portal: Portal, settings: PortalSettings, checks: Health) -> ASGIApp:
    """The portal as an application."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.portal = portal
    app.mount("/static", StaticFiles(packages=[("kvitt_portal", "static")]), name="static")
    app.include_router(health.routes(checks))
    if settings.portal_local_key is not None:
        regions = tuple(file.stem for file in region_files(settings.regions_dir))
        users = log_in.LocalUsers(settings.portal_local_key, portal, regions)
        app.include_router(log_in.local_routes(users))
    app.state.providers = None
    if settings.portal_providers is not None:
        app.state.providers = log_in.Providers(
            read_providers(settings.portal_providers), address=settings.portal_address
        )
        app.include_router(log_in.provider_routes(app.state.providers))
    app.include_router(log_in.router)
    for router in ROUTERS:
        app.include_router(router)
    _answer_errors(app)
    app.add_middleware(_Kept)
    app.add_middleware(GZipMiddleware, minimum_size=500)
    return Guarded(app, address=settings.portal_address)


class _Kept:
    """What a page has changed of its session is stored before its answer begins; a page that fails
    is logged once, and answered.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI)."""
        begun = False

        async def when_kept(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                visit: Visit | None = scope.get("state", {}).get("visit")
                if visit is not None:
                    await visit.end()
                begun = True
            await send(message)

        try:
            await self._app(scope, receive, when_kept)
        except ClientDisconnect:  # whoever asked has gone, or asks anew: nobody reads an answer
            return
        except Exception as error:  # the last one who sees it
            log.exception("a page failed", extra={"method": scope.get("method")})
            if begun:
                raise error from None
            await _error_page(Request(scope), 500)(scope, receive, send)


def _answer_errors(app: FastAPI) -> None:
    async def not_logged_in(request: Request, error: Exception) -> Response:
        return await log_in.first(request)

    async def page_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, PageProblem)
        status, problem = error.problem.status, error.problem
        # an address that is written wrong is none; what a rule refuses says why
        is_no_address = status == 422 and problem.rule in (None, "contract")
        return _error_page(request, 404 if is_no_address else status, problem)

    async def http_error(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return _error_page(request, 404)
        answer = _error_page(request, error.status_code)
        answer.headers.update(error.headers or {})
        return answer

    app.add_exception_handler(NotLoggedIn, not_logged_in)
    app.add_exception_handler(PageProblem, page_problem)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, http_error)


def _error_page(request: Request, status: int, problem: Problem | None = None) -> HTMLResponse:
    """What is wrong, and what to do. A foreign thing is as one that does not exist."""
    shown = status if status in _TITLES else (500 if status >= 500 else 404)
    visit: Visit | None = getattr(request.state, "visit", None)
    said = problem if problem is not None and shown != 404 else None
    portal: Portal = request.app.state.portal
    text = portal.render(
        "error.html",
        here=visit,
        word=visit.word if visit else portal.word,
        notices=[],
        title=_TITLES[shown],
        problem=said,
        way_on=_WAYS_ON.get(shown),
    )
    return HTMLResponse(text, shown)


@asynccontextmanager
async def opened(settings: PortalSettings) -> AsyncIterator[ASGIApp]:
    """The application with its database and connections, inside."""
    address = settings.live_database()
    pool = pool_of(address)
    async with pool, _services(settings) as services:
        sessions = Sessions(pool, key=settings.live("portal_key", check=Fernet))
        portal = Portal(
            services=services,
            sessions=sessions,
            templates=environment(),
            words=read_words(settings.regions_dir),
            is_secure=settings.is_secure,
        )

        async def database() -> None:
            await pool.fetchval("SELECT 1 FROM sessions LIMIT 1")

        checks = Health(NAME, {"database": database})
        lasting = (checks.beat(), _tidy(sessions), keep_new(pool, address))
        tasks = [asyncio.create_task(one) for one in lasting]
        try:
            yield build(portal, settings, checks)
        finally:
            checks.stop()
            for task in tasks:
                task.cancel()


def _services(settings: PortalSettings) -> Services:
    return Services(settings.portal_services, admin=settings.portal_admin_services)


async def _tidy(sessions: Sessions) -> None:
    while True:
        await asyncio.sleep(_TIDY_SECONDS)
        with suppress(OSError, asyncpg.PostgresError):
            await sessions.forget_old()


async def _serve(settings: PortalSettings) -> None:
    async with opened(settings) as app:
        server = _Server(
            uvicorn.Config(
                app,
                host=settings.http_host,
                port=settings.http_port,
                log_config=None,
                access_log=False,  # addresses are in no log
                server_header=False,
                lifespan="off",
                http=bounded(Connections(NAME)),
                **settings.tls,
                timeout_graceful_shutdown=_STOP_SECONDS,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            )
        )
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.leave)
        kept: asyncio.Task[None] | None = None
        if settings.tls_cert_file is not None and settings.tls_key_file is not None:
            contexts = lambda: [server.config.ssl] if server.config.ssl else []  # noqa: E731
            shown = Certificates(settings.tls_cert_file, settings.tls_key_file, contexts)
            kept = asyncio.create_task(shown.keep_at())
        try:
            await server.serve()
        finally:
            if kept is not None:
                kept.cancel()


class _Server(uvicorn.Server):
    """Leaves signals to `_serve`, which ends all parts in order."""

    def leave(self) -> None:
        """Begin to end."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def main() -> None:
    """Run the portal as its environment configures it, until SIGTERM or SIGINT. Exit code 1 where
    the configuration is wrong, after one line that says what is.
    """
    logs.set_up(NAME, "INFO")
    try:
        settings = PortalSettings()
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        named = (f"{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in faults)
        log.critical("cannot start: %s", "; ".join(named))
        sys.exit(1)
    logs.set_up(NAME, settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))


if __name__ == "__main__":
    main()
