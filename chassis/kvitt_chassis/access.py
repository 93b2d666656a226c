"""Who calls and how far they reach: what a token says, what the register of users says, and the row
of the table of access that an act stands in (REF-18).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from kvitt_contracts.access import IN_TOKENS, Act, Grantee, Reach, grantees_of
from kvitt_contracts.envelope import Command
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import RegionCode, ServicePointId, UserId, identify
from starlette.types import Scope as Connection

from kvitt_chassis.auth import Forbidden, Identity, way_must_be_theirs
from kvitt_chassis.database import Database
from kvitt_chassis.denials import NotGranted
from kvitt_chassis.handlers import Handlers, MessageRoute, RowKey
from kvitt_chassis.models import Aggregate
from kvitt_chassis.row_keys import key_column
from kvitt_chassis.rows import reader_of

if TYPE_CHECKING:
    from kvitt_chassis.transaction import Transaction

CALLER = "kvitt.caller"
"""Where the guard puts the caller of a request (ASGI scope)."""
GRANT = "kvitt.grant"
"""Where a route puts what its caller may do (ASGI scope)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls: an internal user id, never a name. `region` scopes all that they read and write.

    `grantees` are the roles of the register for a user who is active, or what the token says of a
    system; `service_points` are the register's.
    """

    user_id: UserId
    region: RegionCode
    grantees: frozenset[Grantee]
    service_points: frozenset[ServicePointId] = frozenset()
    default_service_point: ServicePointId | None = None

    def has(self, *grantees: Grantee) -> bool:
        """True when the caller is at least one of them."""
        return not self.grantees.isdisjoint(grantees)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What the table grants a caller: the act, and how far they reach with it."""

    caller: Caller
    act: Act
    reach: Reach

    @property
    def is_region_wide(self) -> bool:
        """True when every row of the region is within reach."""
        return self.reach in (Reach.REGION, Reach.PLATFORM)


class Access:
    """The table's rows of one service, with its register of users.

    `users` is the row class of the register, with the columns `user_id`, `roles`, `duties`,
    `employer_kind`, `service_points` and `active`.
    """

    def __init__(self, service: str, acts: Iterable[Act], users: type[Any]) -> None:
        self.service = service
        self.users = users
        self.acts = tuple(acts)
        self._by_route = {act.route: act for act in self.acts if act.route is not None}
        self._by_command = {act.message.command: act for act in self.acts if act.message}

    def check(self, routers: Iterable[APIRouter]) -> None:
        """Raises LookupError for a route without a row: nobody may call it, so nothing starts."""
        for route in (route for router in routers for route in router.routes):
            if not getattr(route, "is_guarded", False):
                raise LookupError(f"{route} of {self.service} is no route of an ApiRouter")
            assert isinstance(route, APIRoute)
            for method in route.methods or ():
                self.act_of_route(f"{method} {route.path}")

    def act_of_route(self, route: str) -> Act:
        """The row of a route, `POST /orders`. Raises LookupError."""
        if route not in self._by_route:
            raise LookupError(f"{route} of {self.service} is in no row of the table of access")
        return self._by_route[route]

    def name_of(self, connection: Connection) -> str:
        """What the log calls the act of a request: its row's name, `-` where it has no route."""
        path = getattr(connection.get("route"), "path", None)
        act = self._by_route.get(f"{connection['method']} {path}")
        return act.name if act else "-"

    def act_of_command(self, command: type[Any]) -> Act:
        """The row of a command that travels on a topic. Raises LookupError."""
        if command not in self._by_command:
            raise LookupError(f"{command.__name__} is in no row of the table of access")
        return self._by_command[command]

    def user_key(self, region: RegionCode, user_id: UserId) -> Any:
        """The key of a user's row in the register, by which handlers name it ahead too: then who
        acts costs no statement of its own.
        """
        users = self.users
        return identify(region, users.noun, user_id) if issubclass(users, Aggregate) else user_id

    # decision 0270: the table judges the role, the rule the part
    def guarding(self, handlers: Handlers) -> Handlers:
        """The same handlers, where each command from a region's topic is refused before its handler
        begins when the user whom it names is unknown (UNKNOWN_USER, REF-3), or is granted nothing
        of it. Over HTTP the route has asked.

        Raises LookupError for a command that travels and is in no row.
        """
        guarded = Handlers()
        guarded.include(handlers)
        for message_type, route in handlers.messages.items():
            if issubclass(message_type, Command) and message_type.wire_type:
                guarded.messages[message_type] = self._guarded(message_type, route)
        return guarded

    def _guarded(self, command: type[Command], route: MessageRoute) -> MessageRoute:
        act = self.act_of_command(command)
        names = act.message
        assert names is not None
        reads = route.reads

        def name_actor(message: Any, tx: "Transaction") -> Iterable[RowKey]:
            if tx.message is not None:
                yield self.users, self.user_key(tx.region, names.actor(message))
            if reads is not None:
                yield from reads(message, tx)

        @wraps(route.handler)
        async def ask_first(message: Any, tx: "Transaction") -> None:
            if tx.message is not None:
                await self._must_be_granted(act, message, tx)
                tx.actor = names.actor(message)  # REF-6: what follows is theirs
                tx.act, tx.place = act.name, await self._place_of(names.actor(message), tx)
            await route.handler(message, tx)

        return replace(route, handler=ask_first, reads=name_actor)

    async def _must_be_granted(self, act: Act, message: Command, tx: "Transaction") -> None:
        assert act.message is not None
        actor, field = act.message.actor(message), act.message.field(message)
        row = await tx.look_up(self.users, self.user_key(tx.region, actor))
        if row is None:
            raise Refused(
                "UNKNOWN_USER",
                rule="REF-3",
                field=field,
                way_on="Skicka användaren till Kvitt först, och försök igen.",
            )
        if act.reach_of(_granted(row)) is None:
            raise NotGranted(act, actor=actor, field=field)

    async def _place_of(self, user: UserId, tx: "Transaction") -> ServicePointId | None:
        row = await tx.look_up(self.users, self.user_key(tx.region, user))
        return None if row is None else row.default_service_point

    async def caller(self, identity: Identity, database: Database) -> Caller:
        """Who calls, by the token and, unless it is a system's, by the register as it is now.

        A user who is not in the register, or is not active, is nobody there: nothing is granted.
        Raises Unauthorized (401, REF-16) where the token is not of the way that is theirs.
        """
        if identity.said:
            return Caller(user_id=identity.user_id, region=identity.region, grantees=identity.said)
        user, region = identity.user_id, identity.region
        users: Any = self.users
        register = reader_of(users, key_column(users))
        async with database.reading(region) as session:
            keys = [self.user_key(region, user)]
            found = await register.fetch(session, region, keys, locks=False)
        row = found[0] if found else None
        way_must_be_theirs(identity, row.employer_kind if row else None)
        return Caller(
            user_id=user,
            region=region,
            grantees=_granted(row) if row else frozenset(),
            service_points=frozenset(row.service_points) if row else frozenset(),
            default_service_point=row.default_service_point if row else None,
        )

    def grant(self, connection: Connection) -> Grant:
        """What the caller of a request may do with its route. Raises Forbidden (403, REF-18)."""
        act = self.act_of_route(f"{connection['method']} {connection['route'].path}")
        return _grant(act, connection[CALLER])

    async def grant_anew(self, grant: Grant, database: Database) -> Grant:
        """The grant by the register as it is now: a body may have taken its time since it was
        given. Raises Forbidden (403, REF-18).
        """
        caller = grant.caller
        if caller.has(*IN_TOKENS):
            return grant
        identity = Identity(user_id=caller.user_id, region=caller.region)
        return _grant(grant.act, await self.caller(identity, database))


def _grant(act: Act, caller: Caller) -> Grant:
    reach = act.reach_of(caller.grantees)
    if reach is None:
        raise Forbidden(act)
    return Grant(caller=caller, act=act, reach=reach)


def _granted(user: Any) -> frozenset[Grantee]:
    """What a user of the register is, by role and by duty; one who is not active is nothing."""
    if not user.active:
        return frozenset()
    return grantees_of(user.roles, user.duties)
