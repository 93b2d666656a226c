"""Every cell of the table of access, driven on a service (REF-18).

`assert_roles` asks each route as each grantee, `assert_commands` sends each region's command in the
name of each; `assert_reach` acts upon things that are near the caller, and far. Each raises
AssertionError with every cell that is not as its row says.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from kvitt_chassis.auth import Identity
from kvitt_chassis.denials import NotGranted
from kvitt_chassis.service import Service
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.access import IN_REGISTER, IN_TOKENS, OF_DUTIES, Act, Grantee, Reach
from kvitt_contracts.envelope import Command
from kvitt_contracts.examples import examples
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import RegionCode, ServicePointId, UserId

from kvitt_testkit.world import REGION, World

CALLER: Final = UserId("k082lno")
"""Who acts in every cell."""
POINT: Final = ServicePointId("40210")
"""The one service point of the caller."""

_ROLE_OF: Final[dict[Grantee, str]] = {
    **{grantee: role for role, grantee in IN_REGISTER.items()},
    **{grantee: grantee for grantee in OF_DUTIES.values()},
}
_REACHES: Final = tuple(Reach)
_SOMETHING: Final = "d65bae86-9377-4220-99af-242a65ba0fa7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Things:
    """What stands in an act's address, or in the lines of its list, by how far from the caller it
    is: `own` names CALLER and no unit of theirs, `units` belongs to POINT and does not name them,
    `region` belongs to others of the region REGION, `platform` to another region.
    """

    own: UUID | str | int | None = None
    units: UUID | str | int | None = None
    region: UUID | str | int | None = None
    platform: UUID | str | int | None = None

    def by_distance(self) -> list[tuple[Reach, str]]:
        """Those that there are: the least reach that has one, and what it is called."""
        every = [(reach, getattr(self, reach.value)) for reach in _REACHES]
        return [(reach, str(thing)) for reach, thing in every if thing is not None]


MakeThings = Callable[[], Awaitable[Things]]
"""Makes things anew, for an act that uses them up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upon:
    """How an act is tried: upon which things, with which body and query (`{thing}` stands for a
    thing's id), and what a line of a list calls a thing.
    """

    things: Things | MakeThings
    body: Mapping[str, Any] | None = None
    query: str = ""
    key: str = "id"


def acts_with_routes(service: Service) -> list[Act]:
    """The acts of a service's own routes, in their order: what its operators have is not among
    them.
    """
    served = [
        f"{method} {getattr(route, 'path', '')}"
        for router in service.routers
        for route in router.routes
        for method in sorted(getattr(route, "methods", ()))
    ]
    return [service.access.act_of_route(route) for route in served]


# -- who may do it -------------------------------------------------------------------------------


async def assert_roles(world: World) -> None:
    """Each route is 403 to each grantee that its row does not name, and to who is unknown, inactive
    or without a role; and not to the others.
    """
    acts, wrong = acts_with_routes(world.service), []
    for grantee in (*Grantee, None):
        async with _acting_as(world, grantee) as client:
            for act in acts:
                wrong += await _judged(client, act, grantee in act.granted, f"as {grantee}")
    for name, active in (("unknown", None), ("inactive", False)):
        async with _nobody(world, active=active) as client:
            for act in acts:
                wrong += await _judged(client, act, False, f"as {name}")
    _none(wrong)


async def _judged(client: httpx.AsyncClient, act: Act, granted: bool, who: str) -> list[str]:
    answer = await _call(client, act, _SOMETHING)
    denied = answer.status_code == 403 and answer.json()["reason"] == act.reason
    is_wrong = denied is granted or answer.status_code == 401
    return [f"{act.name} {who}: {answer.status_code}"] if is_wrong else []


async def assert_commands(world: World) -> None:
    """Each command that a region sends in somebody's name is refused, with its row's reason, unless
    the row grants it to who acts; in the name of somebody unknown it is UNKNOWN_USER.
    """
    wrong = []
    for act in world.service.access.acts:
        if act.message is None:
            continue
        for field, command in _in_the_name_of_the_caller(act):
            for grantee in (*_ROLE_OF, None):
                await world.register(CALLER, roles=_roles(grantee))
                refused = await _refusal(world, command)
                if isinstance(refused, NotGranted) is (grantee in act.granted):
                    wrong.append(f"{act.name} by {field} as {grantee}: {refused}")
            await world.register(CALLER, active=False)
            if not isinstance(await _refusal(world, command), NotGranted):
                wrong.append(f"{act.name} by {field} as inactive")
            unknown = command.model_copy(update={field: UserId("unknown")})
            refused = await _refusal(world, unknown)
            if refused is None or (refused.reason, refused.field) != ("UNKNOWN_USER", field):
                wrong.append(f"{act.name} by {field} as unknown: {refused}")
    _none(wrong)


def _in_the_name_of_the_caller(act: Act) -> Iterable[tuple[str, Command]]:
    """The example of an act's command, once for each field that may say who acts."""
    assert act.message is not None
    example = examples(act.message.command.wire_type)[0].message
    assert isinstance(example, Command)
    for place, field in enumerate(act.message.actors):
        others: dict[str, Any] = dict.fromkeys(act.message.actors[:place])
        yield field, example.model_copy(update={**others, field: CALLER})


async def _refusal(world: World, command: Command) -> Refused | None:
    try:
        await world.handle(command)
    except Refused as refused:
        return refused
    except NotYetKnown:
        return None
    return None


# -- how far it reaches --------------------------------------------------------------------------


async def assert_reach(
    world: World, tried: Mapping[str, Upon], *, reaching_nothing: Collection[str] = ()
) -> None:
    """Each act, by name, as each grantee of its row: what is within the role's reach is found, and
    what is farther is 404, or in no line of the list; so is, to an act upon something, what is not
    there at all.

    Every act of the service's routes whose row has a reach less than the region must be tried, and
    every other one upon something that its address names; or be named as one that reaches for
    nothing there is (it makes something new).
    """
    acts = {act.name: act for act in acts_with_routes(world.service)}
    narrow = {
        name
        for name, act in acts.items()
        if {Reach.OWN, Reach.UNITS} & {*act.granted.values()} or _acts_upon(act)
    }
    assert set(tried) <= set(acts), f"no route of the service: {sorted(set(tried) - set(acts))}"
    left = narrow - set(tried) - set(reaching_nothing)
    assert not left, f"whose things these reach is not tried: {sorted(left)}"
    wrong = []
    for name, upon in tried.items():
        for grantee, reach in acts[name].granted.items():
            things = upon.things if isinstance(upon.things, Things) else await upon.things()
            async with _acting_as(world, grantee) as client:
                for distance, thing in things.by_distance():
                    is_within = _REACHES.index(distance) <= _REACHES.index(reach)
                    found = await _finds(client, acts[name], upon, thing)
                    if found is not is_within:
                        wrong.append(f"{name} as {grantee} ({reach}) upon {distance}: {found}")
                if _acts_upon(acts[name]):
                    found = await _finds(client, acts[name], upon, _nothing_like(things))
                    if found is not False:
                        wrong.append(f"{name} as {grantee} upon nothing: {found}")
    _none(wrong)


def _acts_upon(act: Act) -> bool:
    """True for what changes a thing that its address names."""
    method, path = (act.route or " ").split(" ", 1)
    return method != "GET" and "{" in path


def _nothing_like(things: Things) -> str:
    """An id, or a code, that nothing has."""
    every = [thing for _, thing in things.by_distance()]
    try:
        UUID(every[0])
    except ValueError:
        return "99899"
    return str(uuid4())


async def _finds(client: httpx.AsyncClient, act: Act, upon: Upon, thing: str) -> bool | int:
    """True when it is found, False when it is not there for the caller; else the status."""
    answer = await _call(client, act, thing, body=upon.body, query=upon.query)
    if "{" in (act.route or ""):
        status = answer.status_code
        return False if status == 404 else (True if status in _FOUND else status)
    if answer.status_code != 200:
        return answer.status_code
    read = answer.json()
    lines = read if isinstance(read, list) else read["items"]
    return any(str(line[upon.key]) == thing for line in lines)


_FOUND: Final = (200, 201, 202, 204, 409)
"""What the handler answers when it has begun: 409 is a rule's no, 422 may be the body's."""


# -- how a cell calls ----------------------------------------------------------------------------


def _roles(grantee: Grantee | None) -> list[Any]:
    return [] if grantee is None else [_ROLE_OF.get(grantee, grantee)]


@asynccontextmanager
async def _acting_as(world: World, grantee: Grantee | None) -> AsyncIterator[httpx.AsyncClient]:
    points = [POINT] if grantee not in IN_TOKENS else []
    async with world.http(user=CALLER, roles=_roles(grantee), service_points=points) as client:
        yield client


@asynccontextmanager
async def _nobody(world: World, *, active: bool | None) -> AsyncIterator[httpx.AsyncClient]:
    user = UserId("nobody")
    if active is not None:
        await world.register(user, service_points=[POINT], active=active)
    async with world.client(Identity(user_id=user, region=RegionCode(REGION))) as client:
        yield client


async def _call(
    client: httpx.AsyncClient,
    act: Act,
    thing: str,
    *,
    body: Mapping[str, Any] | None = None,
    query: str = "",
) -> httpx.Response:
    assert act.route is not None
    method, path = act.route.split(" ", 1)
    before, brace, rest = path.partition("{")
    after = _FURTHER.sub("1", rest.partition("}")[2])
    address = f"{before}{thing}{after}" if brace else path
    url = f"{address}?{query.format(thing=thing)}" if query else address
    return await client.request(method, url, json=body)


_FURTHER: Final = re.compile(r"\{\w+\}")
"""What an address names within its thing: the first of them."""


def _none(wrong: list[str]) -> None:
    assert not wrong, "not as the table says:\n" + "\n".join(wrong)
