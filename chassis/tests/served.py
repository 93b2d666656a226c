"""A service's HTTP application behind its guard on a real socket, without a database."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from kvitt_chassis.access import Access
from kvitt_chassis.auth import Authenticator, Identity, no_token
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.http import ApiContext, ApiRouter, SignedIn
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.web.app import build_app
from kvitt_chassis.web.connections import Connections, bounded
from kvitt_contracts.access import Act, Grantee, Reach
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import RegionCode, UserId

from chassis.tests import toy

SERVICE = "notifications"
NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"


class Named(Authenticator):
    """Takes `Bearer <user>.<region>` for a token of a region's system, whom no register is asked
    about; counts how often it is asked.
    """

    def __init__(self) -> None:
        self.asked = 0

    async def identity(self, authorization: str | None) -> Identity:
        self.asked += 1
        scheme, _, token = (authorization or "").partition(" ")
        user, _, region = token.partition(".")
        if scheme != "Bearer" or not region:
            raise no_token()
        return Identity(
            user_id=UserId(user),
            region=RegionCode(region),
            said=frozenset({Grantee.REGION_SYSTEM}),
        )


@dataclass(slots=True)
class Held:
    """Requests to `/held` are in hand until `let_go` is set."""

    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    count: int = 0


@dataclass(slots=True, kw_only=True)
class Served:
    """The running server."""

    url: str
    port: int
    connections: Connections
    authenticator: Named
    held: Held

    async def open(self, sent: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which some bytes are sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(sent)
        await writer.drain()
        return reader, writer


def token(user: str = "anna", region: str = "ac") -> dict[str, str]:
    """The headers of a caller."""
    return {"Authorization": f"Bearer {user}.{region}"}


def an_access(routers: Sequence[APIRouter]) -> Access:
    """A table that grants every route to a region's system."""
    granted = {Grantee.REGION_SYSTEM: Reach.REGION}
    routes = [
        f"{method} {one.path}"
        for router in routers
        for one in router.routes
        if isinstance(one, APIRoute)
        for method in one.methods or ()
    ]
    acts = [Act(name=one, service=SERVICE, route=one, granted=granted) for one in routes]
    return Access(SERVICE, acts, toy.UserRow)


def a_context(
    authenticator: Authenticator,
    policies: Policies | None = None,
    *,
    access: Access = toy.service.access,
) -> ApiContext:
    """The context of an application whose database does not answer."""
    database = Database(NOWHERE, service=SERVICE, role="api", policies=policies or Policies({}))
    return ApiContext(
        service=SERVICE,
        database=database,
        handlers=Handlers(),
        authenticator=authenticator,
        access=access,
        sealer=Sealer("A" * 43 + "="),
    )


def routes(held: Held) -> APIRouter:
    """A few routes that need no database."""
    router = ApiRouter()

    @router.get("/quick")
    async def quick(caller: SignedIn) -> str:
        return caller.user_id

    @router.post("/body")
    async def body(request: Request) -> int:
        return len(await request.body())

    @router.get("/held")
    async def hold(caller: SignedIn) -> None:
        held.count += 1
        await held.let_go.wait()

    @router.get("/large")
    async def large() -> str:
        return "x" * 30_000_000

    return router


def an_app(*routers: APIRouter, authenticator: Authenticator) -> FastAPI:
    """An application with these routes, each of which a region's system may use."""
    context = a_context(authenticator, access=an_access(routers))
    return build_app(context, routers, telemetry=toy.TELEMETRY, title="test")


@contextlib.asynccontextmanager
async def served(
    *, limit: int = 500, routers: Sequence[APIRouter] = (), **seconds: float
) -> AsyncIterator[Served]:
    """The server, inside. `seconds`: other deadlines of its connections."""
    held, authenticator, connections = Held(), Named(), Connections(SERVICE, limit=limit)
    app: Any = an_app(routes(held), *routers, authenticator=authenticator)
    server = _Server(
        uvicorn.Config(
            app,
            port=0,
            lifespan="off",
            log_config=None,
            access_log=False,
            http=bounded(connections, **seconds),
            timeout_graceful_shutdown=1,
        )
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done(), "the server has ended"
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(
        url=f"http://127.0.0.1:{port}",
        port=port,
        connections=connections,
        authenticator=authenticator,
        held=held,
    )
    held.let_go.set()
    server.should_exit = True
    await task


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield
