"""Every route with every wrong credential: who is unknown gets 401, who may not gets 403; never an
error of ours, and never a thing of anybody's.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kvitt_contracts.access import Grantee, acts_of

from tests.attack import credentials
from tests.attack.routes import LOG_IN, Route, of_services, of_the_portal
from tests.attack.setting import Attack
from tests.attack.wire import Wire

_AT_ONCE = 12
_LEAST_SECONDS = 10.0  # however long it takes to make ready


@dataclass(frozen=True, slots=True)
class _Cell:
    route: Route
    credential: str
    headers: tuple[tuple[str, str], ...]
    may_be: frozenset[int]


def attack(on: Attack) -> None:
    """Each cell once, those of services and of the portal; as far as there is time, in an order of
    chance.
    """
    cells = [*_of_services(on), *_of_the_portal(on)]
    on.chance.shuffle(cells)
    on.take(_LEAST_SECONDS)
    asyncio.run(_try(on, cells))


def _of_services(on: Attack) -> Iterator[_Cell]:
    unknown, denied = frozenset({401}), frozenset({403})
    strangers = list(credentials.strangers(on.world))
    denied_ones = list(credentials.unauthorized(on.world))
    operator = f"Bearer {on.world.token('operator', roles=('ops',))}"
    system = f"Bearer {on.world.region_token()}"
    for route in of_services(on.world):
        for name, value in strangers:
            headers = () if value is None else (("Authorization", value),)
            yield _Cell(route, name, headers, unknown)
        for name, token in denied_ones:
            yield _Cell(route, name, (("Authorization", token),), denied)
        is_admins = route.of.endswith(".admin")
        if is_admins or not _is_granted_to_operators(route):
            who, token = ("a region's system", system) if is_admins else ("an operator", operator)
            own = (("Authorization", token),)
            yield _Cell(route, f"{who} on the other port", own, denied)
        long = (("Authorization", credentials.too_long()),)
        yield _Cell(route, "over-long", long, frozenset({400, 401, 431}))


def _is_granted_to_operators(route: Route) -> bool:
    name = f"{route.method} {route.path}"
    return any(Grantee.OPS in one.granted for one in acts_of(route.of) if one.route == name)


def _of_the_portal(on: Attack) -> Iterator[_Cell]:
    """Nobody is logged in: a page leads to the log-in, a form from elsewhere is refused."""
    ours = on.world.portal_url
    cookies = ("", "kvitt=x", "kvitt=" + "a" * 5000, "kvitt=%00%ff", "kvitt=gAAAAABm; kvitt=y")
    for route in of_the_portal(on.world):
        if route.path in LOG_IN:
            continue
        for cookie in cookies:
            headers = (("Cookie", cookie),) if cookie else ()
            if route.method == "GET":
                yield _Cell(
                    route, f"cookie {cookie[:12]}", headers, frozenset({200, 303, 307, 404})
                )
                continue
            forms = (*headers, ("Origin", ours), ("Sec-Fetch-Site", "same-origin"))
            may = frozenset({200, 303, 307, 403, 404, 413, 422})
            yield _Cell(route, f"form, cookie {cookie[:12]}", forms, may)
            foreign = (
                *headers,
                ("Origin", "https://elak.example"),
                ("Sec-Fetch-Site", "cross-site"),
            )
            yield _Cell(route, "form from elsewhere", foreign, frozenset({403}))


async def _try(on: Attack, cells: Sequence[_Cell]) -> None:
    waiting = iter(cells)

    async def worker() -> None:
        async with Wire() as wire:
            for cell in waiting:
                if not on.has_time:
                    return
                on.note(f"{cell.route} {cell.credential}")
                await _one(on, wire, cell)

    async with asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(worker())
    on.figures["cells"] = f"{on.tried.get('cells', 0)} of {len(cells)}"


async def _one(on: Attack, wire: Wire, cell: _Cell) -> None:
    on.count("cells")
    method = cell.route.method
    body = None if method in ("GET", "HEAD") else b"{}"
    kind = () if cell.route.of == "portal" else (("Content-Type", "application/json"),)
    try:
        answer = await wire.ask(method, cell.route.url, (*cell.headers, *kind), body)
    except (OSError, EOFError, TimeoutError) as error:
        if cell.credential != "over-long":  # of which the end may meet a closed connection
            on.find(f"no answer to {cell.credential}", route=cell.route, error=repr(error))
        return
    on.count(str(answer.status))
    if answer.status not in cell.may_be:
        on.find(
            f"{cell.credential} is answered {answer.status}",
            route=cell.route,
            wanted="/".join(map(str, sorted(cell.may_be))),
            said=answer.text[:120],
        )
    head = answer.head.lower()
    if b"cache-control: no-store" not in head or b"nosniff" not in head:
        on.find(f"{cell.route.of} answers without no-store or nosniff", route=cell.route)
    if cell.route.of == "portal" and "Logga ut" in answer.text:
        on.find(f"{cell.credential} is somebody in the portal", route=cell.route)
