"""Part `inventory`: the search for articles with 200 000 of them, a stocktaking of 20 000 rows
while orders go on, returns at the desk, and what was so on a past day.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from functools import cache
from time import monotonic
from typing import TypeVar

from kvitt.local.tokens import TokenIssuer
from kvitt_contracts.types import RegionCode, identify

from tests.bench.listing import ask_all, columns_of
from tests.bench.load import REGION
from tests.bench.machine import percentile, tell
from tests.bench.report import Section, Table
from tests.bench.system import World, running

T = TypeVar("T")

ARTICLES, ROWS, RETURNS = 200_000, 20_000, 2_000
_STORE, _STAFF, _BY = "500", "kundtjanst1", "f120"
_BATCH = 500
_DESKS, _AT_A_DESK = 8, 20
_DIFFERS_EACH = 20
_SEARCH_MS, _POSTED_SECONDS, _SCANS = 40, 60, 100
_ORDERS_A_SECOND = 5.0
_PAST_MS = 50
_MOVES_EACH, _CHANGES = 20, 200
_QUERIES = ("rul", "kud", "hyl", "stö", "999", "rul lät")
_WORDS = [
    "Rullstol",
    "Kudde",
    "Hylla",
    "Stödhandtag",
    "Gåbord",
    "Madrass",
    "Lyft",
    "Ramp",
    "Brits",
    "Sele",
]
_MORE = ["lätt", "bred", "smal", "hög", "låg", "barn", "vuxen", "vänster", "höger", "hopfällbar"]

_TEMPLATE = """
    SELECT article_number FROM articles
    WHERE region = %s AND NOT marked AND in_assortment AND type = 'accessory' ORDER BY 1 LIMIT 1
"""
_COPIED = """
    INSERT INTO articles ({names})
    SELECT {values} FROM articles,
        unnest(%s::uuid[], %s::text[], %s::text[]) AS new (id, number, name)
    WHERE articles.region = %s AND articles.article_number = %s
"""
_BALANCES = """
    INSERT INTO balances (region, id, seq, article_number, store, available, reserved, on_order)
    SELECT %s, id, 1, number, %s, 10, 0, 0 FROM unnest(%s::uuid[], %s::text[]) AS new (id, number)
"""
_MOVES = """
    INSERT INTO stock_moves (region, id, article_number, store, kind, moved_on, recorded_at,
        available, reserved, on_order)
    SELECT %s, gen_random_uuid(), number, %s, 'stated', '2026-01-01', '2026-01-01', 10, 0, 0
    FROM unnest(%s::text[]) AS number
"""
_MORE_MOVES = """
    INSERT INTO stock_moves (region, id, article_number, store, kind, moved_on, recorded_at,
        available, reserved, on_order)
    SELECT %s, gen_random_uuid(), number, %s, 'received', on_day, on_day, 0, 0, 0
    FROM unnest(%s::text[]) AS number, generate_series(1, %s) AS turn,
        LATERAL (SELECT timestamptz '2026-01-02 12:00+01' + turn * interval '1 day') AS d (on_day)
"""
_LIVED = """
    SELECT d.id, c.since FROM devices d JOIN custody_changes c
        ON c.region = d.region AND c.device_id = d.id
    WHERE d.region = %s AND d.holder_kind <> 'store' ORDER BY d.id LIMIT 1
"""
_LONGER = """
    INSERT INTO custody_changes ({names})
    SELECT {values} FROM (
        SELECT c.*, turn, c.since - {changes} + turn AS on_day FROM custody_changes c,
            generate_series(1, {changes} - 1) AS turn
        WHERE c.region = %s AND c.device_id = %s AND c.number = 1
    ) AS lived
"""


async def measure(*, quick: bool) -> Section:
    """All of it on one system. Raises RuntimeError when something did not end as it should."""
    share = 10 if quick else 1
    section = Section("inventory", "Inventory")
    async with running() as world:
        await world.stock(deliveries=1)
        section.tables.append(await _return(world, returns=RETURNS // share))
        numbers = _list_articles(world, articles=ARTICLES // share)
        section.tables.append(await _search(world, behind=len(numbers), samples=200 // share))
        _fill_store(world, numbers[: ROWS // share])
        _fill_ledger(world, numbers[: ROWS // share])
        section.tables.append(await _past(world, samples=200 // share))
        section.tables.append(await _count(world, numbers[: ROWS // share]))
    return section


# -- the search ------------------------------------------------------------------------------------


def _list_articles(world: World, *, articles: int) -> list[str]:
    """So many articles more, of one kind and with names of their own; their numbers."""
    tell(f"{articles:,} articles")
    numbers = [f"9{number:07}" for number in range(articles)]
    names = [
        f"{_WORDS[n % 10]} {_MORE[n // 10 % 10]} {_MORE[n // 100 % 10]} {n:06}"
        for n in range(articles)
    ]
    ids = [_id("article", number) for number in numbers]
    with world.connect("inventory") as inventory:
        inventory.autocommit = True
        template = inventory.execute(_TEMPLATE, [REGION]).fetchone()
        if template is None:
            raise RuntimeError("inventory has no article to copy")
        own = {
            "id": "new.id",
            "article_number": "new.number",
            "name": "new.name",
            "search_text": "lower(new.name || ' ' || new.number)",
            "sort_name": "lower(new.name)",
        }
        columns = columns_of(inventory, "articles")
        statement = _COPIED.format(
            names=", ".join(columns),
            values=", ".join(own.get(name, f"articles.{name}") for name in columns),
        )
        inventory.execute(statement, [ids, numbers, names, REGION, template[0]])
        inventory.execute("VACUUM ANALYZE articles")
    return numbers


async def _search(world: World, *, behind: int, samples: int) -> Table:
    questions = [(f"/articles?query={query}&limit=50", _BY) for query in _QUERIES]
    found = await ask_all(world, "inventory", questions, samples=samples)
    return Table(
        f"The search for articles (INV-1) among {behind:,}, {samples} answers each, one after the "
        f"other, telemetry on (goal: p99 ≤ {_SEARCH_MS} ms)",
        ["query", "hits", "p50 ms", "p99 ms", "max ms"],
        [
            [
                f"`{one.path.split('query=')[1].split('&')[0]}`",
                one.total,
                *(f"{1000 * percentile(one.seconds, share):.1f}" for share in (0.5, 0.99, 1)),
            ]
            for one in found
        ],
        "Fifty rows with their balances, in the client's eyes.",
    )


# -- a past day ------------------------------------------------------------------------------------


def _fill_ledger(world: World, numbers: Sequence[str]) -> None:
    """Some moves more of each article, a day apart."""
    tell(f"{len(numbers) * _MOVES_EACH:,} moves")
    with world.connect("inventory") as inventory:
        inventory.autocommit = True
        inventory.execute(_MORE_MOVES, [REGION, _STORE, list(numbers), _MOVES_EACH])
        inventory.execute("VACUUM ANALYZE stock_moves")


async def _past(world: World, *, samples: int) -> Table:
    """A store's balances and a device's life, at any moment."""
    device, day = _long_lived(world)
    paths = (
        (f"/stores/{_STORE}/balances?limit=50", "the balances now"),
        (f"/stores/{_STORE}/balances?limit=50&on=2026-01-12", "the balances on a past day"),
        (f"/devices/{device}/custody?on={day}", "who had a device on a day"),
        (f"/devices/{device}/custody", "its whole life"),
        (f"/devices/{device}", "its card"),
        (f"/devices/{device}/story", "its story"),
    )
    lines: list[list[str]] = []
    for path, what in paths:
        took = await _answers(world, path, samples=samples)
        shares = (f"{1000 * percentile(took, share):.1f}" for share in (0.5, 0.99, 1))
        lines.append([what, *shares])
    return Table(
        f"What is and was so, with {_MOVES_EACH + 1} moves of each of the store's articles and "
        f"{_CHANGES} changes of custody of the device (INV-4g, INV-5m), {samples} answers each, "
        f"one after the other, telemetry on (goal: p99 ≤ {_PAST_MS} ms)",
        ["", "p50 ms", "p99 ms", "max ms"],
        lines,
        "Fifty rows of balances, by customer service, in the client's eyes. The changes are rows "
        "of the table alone, so the story, which is told from events, is short.",
    )


def _long_lived(world: World) -> tuple[str, str]:
    """A device on loan that has changed hands each day for months, and a day in the middle."""
    with world.connect("inventory") as inventory:
        inventory.autocommit = True
        found = inventory.execute(_LIVED, [REGION]).fetchone()
        if found is None:
            raise RuntimeError("inventory has no device on loan")
        device, since = found
        own = {
            "id": "gen_random_uuid()",
            "number": "turn + 1",
            "since": "on_day",
            "custody": "jsonb_set(lived.custody, '{since}', to_jsonb(on_day))",
        }
        columns = columns_of(inventory, "custody_changes")
        statement = _LONGER.format(
            names=", ".join(columns),
            values=", ".join(own.get(name, f"lived.{name}") for name in columns),
            changes=_CHANGES,
        )
        inventory.execute(statement, [REGION, device])
        inventory.execute("VACUUM ANALYZE custody_changes")
    return str(device), (since - timedelta(days=_CHANGES // 2)).isoformat()


async def _answers(world: World, path: str, *, samples: int) -> list[float]:
    token = world.system.tokens.issue(_STAFF, region=REGION)
    took = []
    for _ in range(samples + 1):
        begun = monotonic()
        answer = await world.services.request("GET", "inventory", path, token=token)
        took.append(monotonic() - begun)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answers {answer.status_code}: {answer.text[:300]}")
    return took[1:]


# -- a stocktaking ---------------------------------------------------------------------------------


def _fill_store(world: World, numbers: Sequence[str]) -> None:
    """Ten of each article in the store, by a move of yesterday."""
    tell(f"{len(numbers):,} balances")
    ids = [_id("balance", f"{_STORE}/{number}") for number in numbers]
    with world.connect("inventory") as inventory:
        inventory.autocommit = True
        inventory.execute(_BALANCES, [REGION, _STORE, ids, list(numbers)])
        inventory.execute(_MOVES, [REGION, _STORE, list(numbers)])
        inventory.execute("VACUUM ANALYZE balances")
        inventory.execute("VACUUM ANALYZE stock_moves")


async def _count(world: World, numbers: Sequence[str]) -> Table:
    """Every row is counted, one of twenty otherwise than the list says, and posted."""
    place = f"/stores/{_STORE}/stocktaking"
    answer = await _act(world, f"{place}:open", {})
    at = answer["basis_at"]
    tell(f"{len(numbers):,} rows are counted")
    begun = monotonic()
    for batch in _batches(numbers, _BATCH):
        lines = [
            {"article_number": number, "counted": 9 if int(number) % _DIFFERS_EACH == 0 else 10}
            for number in batch
        ]
        await _act(world, f"{place}:count", {"counted_at": at, "lines": lines})
    counted = monotonic() - begun
    tell("it is posted while orders go on")
    going_on = asyncio.create_task(_order(world))
    begun = monotonic()
    try:
        await _act(world, f"{place}:post", {})
        posted = monotonic() - begun
    finally:
        going_on.cancel()
        waited = await going_on
    slowest = f"{max(waited, default=0):.1f}"
    return Table(
        f"A stocktaking of {len(numbers):,} rows (INV-10), one of {_DIFFERS_EACH} differs (goal: "
        f"posted ≤ {_POSTED_SECONDS} s)",
        ["", "seconds"],
        [
            [f"counted, {_BATCH} rows at a time", f"{counted:.1f}"],
            ["posted", f"{posted:.1f}"],
            [f"the slowest of {len(waited)} orders meanwhile, until it is reserved", slowest],
        ],
        f"{_ORDERS_A_SECOND:g} orders a second of articles of the same store go on meanwhile.",
    )


async def _order(world: World) -> list[float]:
    """Orders, one after the other, each until nothing waits any more; how long each took."""
    waited: list[float] = []
    try:
        while True:
            begun = monotonic()
            await world.publish([world.business.order()])
            await world.rest()
            waited.append(monotonic() - begun)
            await asyncio.sleep(1 / _ORDERS_A_SECOND)
    except asyncio.CancelledError:
        return waited


# -- returns ---------------------------------------------------------------------------------------


async def _return(world: World, *, returns: int) -> Table:
    """Devices come back at several desks at once: what a scan tells, a return of each device, and
    of many that were scanned one after the other.
    """
    loans = [world.business.loan() for _ in range(2 * returns)]
    await world.settle(loans)
    numbers = [loan.key.decode() for loan in loans]
    each, together = numbers[:returns], list(_batches(numbers[returns:], _AT_A_DESK))
    day = world.business.files.cut_over.isoformat()

    async def scan(number: str) -> None:
        await _act(world, "/devices:find", {"code": number})

    async def come_back(devices: Sequence[str]) -> None:
        body: dict[str, object] = {"store": _STORE, "devices": list(devices), "returned_on": day}
        await _act(world, "/returns", body, key=f"return-{devices[0]}")

    tell(f"{returns:,} scans, returns of one device and of {_AT_A_DESK}")
    rows = [
        ["a scan tells its device", *await _at_desks(each, scan, devices=1)],
        ["a device is returned", *await _at_desks([[one] for one in each], come_back, devices=1)],
        [f"{_AT_A_DESK} are", *await _at_desks(together, come_back, devices=_AT_A_DESK)],
    ]
    return Table(
        f"The return desk (INV-7), {_DESKS} desks, {returns:,} devices each (goal: ≥ {_SCANS} "
        "scans a second)",
        ["", "devices a second", "p50 ms", "p99 ms"],
        rows,
        "By customer service into the central store, in the client's eyes.",
    )


async def _at_desks(
    things: Sequence[T], act: Callable[[T], Awaitable[None]], *, devices: int
) -> list[str]:
    """Every desk does one after the other: devices a second, and how long one act takes."""
    took: list[float] = []
    waiting = iter(things)

    async def desk() -> None:
        for one in waiting:
            asked = monotonic()
            await act(one)
            took.append(monotonic() - asked)

    begun = monotonic()
    await asyncio.gather(*(desk() for _ in range(_DESKS)))
    seconds = monotonic() - begun
    shares = (f"{1000 * percentile(took, share):.1f}" for share in (0.5, 0.99))
    return [f"{devices * len(took) / seconds:.0f}", *shares]


async def _act(
    world: World, path: str, body: dict[str, object], *, key: str | None = None
) -> dict[str, object]:
    token = _token(world.system.tokens)
    headers = {"Idempotency-Key": key or f"{path}-{monotonic()}"}
    answer = await world.services.request(
        "POST", "inventory", path, token=token, headers=headers, json=body, timeout=120
    )
    if answer.status_code >= 300:
        raise RuntimeError(f"{path} answers {answer.status_code}: {answer.text[:300]}")
    said: dict[str, object] = answer.json()
    return said


@cache
def _token(tokens: TokenIssuer) -> str:
    return tokens.issue(_STAFF, region=REGION)


def _batches(things: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    for first in range(0, len(things), most):
        yield things[first : first + most]


def _id(noun: str, name: str) -> str:
    return str(identify(RegionCode(REGION), noun, name))
