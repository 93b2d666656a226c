"""One service on real PostgreSQL, as its tests see it: handlers, rows, events, timers and HTTP,
without Kafka. `given` (given.py) makes one.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any, Protocol, TypeVar, overload
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography.fernet import Fernet
from kvitt_chassis.auth import Authenticator, Identity, Unauthorized
from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.refusals import record_refusal
from kvitt_chassis.database import Database
from kvitt_chassis.http import ApiContext
from kvitt_chassis.models import Aggregate
from kvitt_chassis.operating.row_comparison import differences, read_event
from kvitt_chassis.sealing import Sealer, record_of
from kvitt_chassis.service import Service
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_chassis.web.entrance import Entrance
from kvitt_contracts.access import IN_TOKENS, OF_DUTIES, Grantee
from kvitt_contracts.calendar import STOCKHOLM
from kvitt_contracts.envelope import Command, Envelope, Event, Kind, Message
from kvitt_contracts.policy import Policies
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import RegionCode, Role, ServicePointId, UserId, Word, identify
from sqlalchemy import select, text

from kvitt_testkit import engines
from kvitt_testkit.sent import Sent, sent

R = TypeVar("R")
T = TypeVar("T")
E = TypeVar("E", bound=Event)

REGION = RegionCode("ac")
STAFF = (Role.PRESCRIBER, Role.REQUESTER, Role.CUSTOMER_SERVICE)
"""Every role that the register of users gives."""
_SEALER = Sealer(Fernet.generate_key().decode())
_OFFSETS = count()
_NO_KAFKA = {"bootstrap_servers": "127.0.0.1:1"}
_KEEP = ("alembic_version", "clock", "relay")


class ServiceUrls(Protocol):
    """The database URLs of a service's three roles."""

    owner: str
    api: str
    worker: str


class Servers(Protocol):
    """What this plugin needs of the fixture `platform` (the local servers, or those named)."""

    database_admin_url: str

    def database(self, service: str, prefix: str = "", *, migrate: bool = True) -> ServiceUrls:
        """A migrated database, copied from a template."""


class World:
    """One service in a test: its database and its handlers, without Kafka."""

    def __init__(
        self,
        service: Service,
        urls: ServiceUrls,
        policies: Policies,
        *,
        hears: Callable[[Message], None] = lambda _: None,
    ) -> None:
        self.service = service
        self._hears = hears
        self.policies = policies
        shared: dict[str, Any] = {
            "policies": policies,
            "lock_order": service.locks(is_checked=True),
            "silent_seconds": 60,  # a test's process may be slow: nobody takes over from it
            "longest_seconds": 60,
        }
        self.worker = Database(urls.worker, service=service.name, role="worker", **shared)
        self.api = Database(urls.api, service=service.name, role="api", **shared)
        engines.take(self.worker)
        engines.take(self.api)
        self._owner = urls.owner

    async def handle(
        self,
        message: Message,
        *,
        region: str = REGION,
        subject: str | None = None,
        actor: str | None = None,
        envelope: Envelope | None = None,
    ) -> Envelope:
        """Handle one message as the consumer does, in its own transaction; answers its envelope.

        Raises what the handler raises (Refused, NotYetKnown): nothing is committed then.
        """
        described = envelope or an_envelope(message, region=region, subject=subject, actor=actor)
        await self.handle_batch((described, message))
        return described

    async def refuse(
        self, message: Message, *, region: str = REGION, subject: str | None = None
    ) -> Refused:
        """Handle a message that the rules refuse; record the answer as the consumer does."""
        described = an_envelope(message, region=region, subject=subject)
        try:
            await self.handle(message, envelope=described)
        except Refused as refused:
            incoming = Incoming(
                record=record_of(
                    topic="", partition=0, offset=next(_OFFSETS), key=None, value=None, headers=()
                ),
                topic="",
                key=described.subject,
                region=described.region,
                is_inbound=True,
                envelope=described,
                message=message,
            )
            async with self.worker.unit() as unit:
                record_refusal(unit, incoming, refused)
            return refused
        raise AssertionError(f"{message.wire_type} is not refused")

    async def handle_all(self, *messages: Message, region: str = REGION) -> None:
        """Handle several messages, one after the other, each in its own transaction."""
        for message in messages:
            await self.handle(message, region=region)

    async def handle_batch(self, *batch: tuple[Envelope, Message]) -> None:
        """Handle several messages in one transaction, as the consumer does with a batch.

        Raises what the fixture `hears` raises of a message that nobody would send.
        """
        for _, message in batch:
            self._hears(message)
        async with self.worker.unit() as unit:
            calls = [
                (
                    self.service.handlers.messages[type(message)],
                    message,
                    unit.begin(
                        region=described.region,
                        message=described,
                        is_command=message.message_kind is Kind.COMMAND,
                    ),
                )
                for described, message in batch
            ]
            await unit.load_ahead(calls)
            for route, message, tx in calls:
                await route.handler(message, tx)

    def statements(self) -> AbstractContextManager[list[Sent]]:
        """Inside, collects the SQL statements that are sent for the worker role."""
        return sent(self.worker.engine.sync_engine)

    def api_statements(self) -> AbstractContextManager[list[Sent]]:
        """Inside, collects the SQL statements that are sent for the api role."""
        return sent(self.api.engine.sync_engine)

    async def command(
        self,
        command: Command,
        *,
        region: str = REGION,
        target: UUID | None = None,
        subject: str | None = None,
        actor: str = "k082lno",
        show: Callable[[Transaction], Awaitable[T]] | None = None,
    ) -> T | None:
        """Run a command as the HTTP API does: as the api role, in its own transaction."""
        route = self.service.handlers.messages[type(command)]
        code = RegionCode(region)
        async with self.api.unit(code) as unit:
            tx = unit.begin(
                region=code, is_command=True, target=target, subject=subject, actor=actor
            )
            await unit.load_ahead([(route, command, tx)])
            await route.handler(command, tx)
            await unit.flush()
            return await show(tx) if show is not None else None

    async def now(self) -> datetime:
        """Business time: an aware datetime in UTC."""
        return await self.worker.now()

    async def advance(self, to: datetime) -> int:
        """Advance business time and fire what becomes due on the way; answers how many timers
        fired.

        Each timer fires at its own instant or later, in the order of their instants, as it does
        when time passes by itself.
        """
        fired = 0
        while (due := await self._next_due(to)) is not None:
            await self._set_time(max(due, await self.now()))
            fired += await self.fire_timers()
        await self._set_time(to)
        return fired

    async def pass_by(self, to: datetime) -> None:
        """Business time passes while the service is down: nothing fires until it is told to."""
        await self._set_time(to)

    async def fire_timers(self) -> int:
        """Fire every timer that is due now, one transaction each; answers how many fired."""
        fired = 0
        while True:
            async with self.worker.unit() as unit:
                if not await self._fire_one(unit):
                    return fired
            fired += 1

    async def timers(self) -> dict[tuple[str, UUID], datetime]:
        """The timers that are set: (name, key) to the instant when they become due."""
        async with self.worker.reading() as session:
            found = await session.execute(text("SELECT timer, key, due FROM timers"))
            return {(row.timer, row.key): row.due for row in found}

    async def events(self, *types: type[E], key: UUID | None = None) -> list[E]:
        """The events that the service has emitted, in order: all, some types, or of one
        aggregate.
        """
        wanted = [kind.wire_type for kind in types]
        async with self.worker.reading() as session:
            found = await session.execute(text("SELECT type, key, payload FROM events ORDER BY id"))
            rows = [row for row in found if not wanted or row.type in wanted]
        mine = [row for row in rows if key is None or row.key == str(key)]
        return [read_event(row.type, row.payload) for row in mine]  # type: ignore[misc]

    async def rows(self, row_type: type[R], *, region: str | None = None) -> list[R]:
        """Every row of a table, of every region or of one."""
        query = select(row_type)
        if region is not None:
            query = query.where(row_type.region == region)  # type: ignore[attr-defined]
        async with self.worker.reading() as session:
            return list((await session.scalars(query)).all())

    async def row(self, row_type: type[R], key: Any, *, region: str = REGION) -> R:
        """One row by its key. Raises AssertionError when it is not there."""
        async with self.worker.reading() as session:
            found = await session.get(row_type, (RegionCode(region), key))
        assert found is not None, f"no {row_type.__name__} {key} in {region}"
        return found

    async def register(
        self,
        user: str,
        *,
        region: str = REGION,
        roles: Sequence[Role | Grantee] = STAFF,
        service_points: Sequence[str] = (),
        active: bool = True,
        employer_kind: str | None = None,
    ) -> None:
        """Let the register have this user with these roles, or duties, and service points."""
        users: Any = self.service.access.users
        code, user_id = RegionCode(region), UserId(user)
        async with self.worker.unit(code) as unit:
            found = await unit.session.execute(
                select(users).where(users.region == code, users.user_id == user_id)
            )
            row = found.scalars().first()
            if row is None:
                row = users(region=code, user_id=user_id)
                row.default_service_point = ServicePointId((*service_points, "40210")[0])
                if issubclass(users, Aggregate):
                    row.id, row.seq, row.acts_for = identify(code, "user", user_id), 0, ()
                unit.session.add(row)
            duties = {grantee: duty for duty, grantee in OF_DUTIES.items()}
            row.roles = tuple(Role(role) for role in roles if role not in duties)
            row.duties = tuple(duties[Grantee(role)] for role in roles if role in duties) or None
            row.service_points = tuple(ServicePointId(point) for point in service_points)
            row.active = active
            row.employer_kind = Word(employer_kind) if employer_kind else None

    @asynccontextmanager
    async def http(
        self,
        *,
        user: str = "k082lno",
        region: str = REGION,
        roles: Sequence[Role | Grantee] = STAFF,
        service_points: Sequence[str] = (),
    ) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the service's HTTP API with a token of this user, whom the register has with
        these roles and service points; with roles of a token alone (`ops`) it is a system's. POST
        brings its own Idempotency-Key unless the call names one.
        """
        said = frozenset(Grantee(role) for role in roles) & IN_TOKENS
        identity = Identity(user_id=UserId(user), region=RegionCode(region), said=said)
        if not said:
            await self.register(user, region=region, roles=roles, service_points=service_points)
        async with self.client(identity) as client:
            yield client

    @asynccontextmanager
    async def client(self, identity: Identity) -> AsyncIterator[httpx.AsyncClient]:
        """A client with a token that says this, whatever the register says of its holder."""
        context = ApiContext(
            service=self.service.name,
            database=self.api,
            handlers=self.service.handlers,
            authenticator=SignedInAs(identity),
            access=self.service.access,
            sealer=_SEALER,
            entrance=Entrance(self.service.name, self.service.handlers, kafka=_NO_KAFKA),
        )
        transport = httpx.ASGITransport(app=self.service.http_app(context))
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://kvitt",
            event_hooks={"request": [_give_key]},
            headers={"Authorization": "Bearer test"},
        ) as client:
            yield client

    async def close(self) -> None:
        """Close every connection."""
        await engines.give_back(self.worker)
        await engines.give_back(self.api)

    async def begin(self, at: datetime) -> None:
        """Have no rows, and this business time."""
        await _empty(self._owner)
        await self._set_time(at)

    async def _next_due(self, until: datetime) -> datetime | None:
        async with self.worker.reading() as session:
            query = text("SELECT min(due) FROM timers WHERE due <= :until")
            due: datetime | None = await session.scalar(query, {"until": until})
            return due

    async def _set_time(self, to: datetime) -> None:
        query = text('UPDATE clock SET "offset" = CAST(:to AS timestamptz) - now()')
        async with self.worker.unit() as unit:
            await unit.session.execute(query, {"to": to})

    async def _fire_one(self, unit: UnitOfWork) -> bool:
        query = text(
            "SELECT timer, region, key, due FROM timers WHERE due <= :now ORDER BY due, key"
        )
        due = (await unit.session.execute(query.bindparams(now=unit.now))).first()
        if due is None:
            return False
        timer, handler = self.service.handlers.timers[due.timer]
        region = RegionCode(due.region)
        tx = unit.begin(region=region, subject=str(due.key), target=due.key)
        await unit.load_ahead([(timer.route, due.key, tx)])
        find = tx.find if timer.set_ahead else tx.lock
        row = await find(timer.locks, due.key)
        gone = text("DELETE FROM timers WHERE timer = :timer AND region = :region AND key = :key")
        await unit.session.execute(gone, {"timer": due.timer, "region": due.region, "key": due.key})
        if row is not None:
            await handler(row, due.due, tx)
        return True


def an_envelope(
    message: Message,
    *,
    region: str = REGION,
    subject: str | None = None,
    source: str | None = None,
    sequence: int | None = None,
    actor: str | None = None,
    time: datetime | None = None,
) -> Envelope:
    """The envelope of a message in a test: an event's from its owner, else the region's."""
    owner = message.wire_type.split(".")[0]
    is_event = message.message_kind is Kind.EVENT
    return Envelope(
        id=uuid4(),
        source=source or (f"urn:kvitt:{owner}" if is_event else f"urn:region:{region}"),
        type=message.wire_type,
        time=time or datetime.now(UTC),
        subject=subject or str(uuid4()),
        region=RegionCode(region),
        sequence=sequence if sequence is not None else (1 if is_event else None),
        actor=actor,
    )


def stockholm(local: str) -> datetime:
    """An aware datetime by the wall clock in Stockholm: `stockholm("2026-03-08 00:00")`."""
    return datetime.fromisoformat(local).replace(tzinfo=STOCKHOLM).astimezone(UTC)


@overload
async def wait_for(
    condition: Callable[[], Awaitable[T]], *, within: float = ..., every: float = ...
) -> T: ...
@overload
async def wait_for(condition: Callable[[], T], *, within: float = ..., every: float = ...) -> T: ...
async def wait_for(
    condition: Callable[[], Any], *, within: float = 30.0, every: float = 0.02
) -> Any:
    """Wait until a condition (plain or async) returns something true, and return it.

    Raises AssertionError with the condition's source when `within` seconds are over.
    """
    until = monotonic() + within
    while True:
        found = condition()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return found
        if monotonic() > until:
            source = inspect.getsource(condition).strip() if inspect.isfunction(condition) else ""
            raise AssertionError(f"not within {within} s: {source}")
        await asyncio.sleep(every)


async def assert_rows_are_folds(world: World) -> None:
    """Assert that every aggregate row of the service equals its events replayed from the log."""
    async with world.worker.reading() as session:
        found = await differences(session, world.service.base)
    assert found == []


Given = Callable[..., AbstractAsyncContextManager[World]]


def regions_dir(config: pytest.Config) -> Path:
    """The directory of the regions' policies."""
    return config.rootpath / "deploy" / "regions"


class SignedInAs(Authenticator):
    """Whoever brings a token is this one, whatever it says."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def identity(self, authorization: str | None) -> Identity:
        if not authorization:
            raise Unauthorized("NO_TOKEN", "Anropet saknar åtkomsttoken.")
        return self._identity


async def _give_key(request: httpx.Request) -> None:
    if request.method == "POST" and "Idempotency-Key" not in request.headers:
        request.headers["Idempotency-Key"] = str(uuid4())


async def _empty(owner_url: str) -> None:
    """Empty the tables that hold anything: to empty one costs as much as to make it."""
    import asyncpg

    connection = await asyncpg.connect(owner_url.replace("+asyncpg", ""))
    try:
        tables = await connection.fetch(
            "SELECT quote_ident(relname) FROM pg_class"
            " WHERE relnamespace = to_regnamespace('public') AND relkind = 'r'"
            " AND relname <> ALL($1) AND pg_relation_size(oid) > 0",
            list(_KEEP),
        )
        if tables:
            names = ", ".join(row[0] for row in tables)
            await connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    finally:
        await connection.close()


__all__ = [
    "REGION",
    "Given",
    "World",
    "an_envelope",
    "assert_rows_are_folds",
    "stockholm",
    "wait_for",
]
