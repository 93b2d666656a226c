"""Part `portal`: how long pages take while twenty people work, in a client's eyes and Chromium's,
what they weigh, and what the portal costs at rest.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from time import monotonic

import httpx
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem
from kvitt.story.barrier import Barrier
from kvitt.story.files import read_regions
from kvitt.story.month import publish_month
from kvitt.story.region_client import RegionClient
from kvitt.story.services import Services
from playwright.async_api import Browser, async_playwright

from portal.tests.browser import (
    FLAGS,
    HOW_TO_GET_CHROMIUM,
    WIDE,
    Visitor,
    chromium,
    logged_in,
)
from portal.tests.crawling import WebPage, crawl
from portal.tests.visiting import visiting, weight
from tests.bench.machine import Processes, percentile, tell
from tests.bench.report import Section, Table

REGION = "ac"
USERS = [f"f{101 + number}" for number in range(20)]
PAUSE_SECONDS = 2.0
_LIVED_UNTIL = date(2026, 5, 8)
_EXAMPLES = Path(__file__).parents[2] / "examples"
_GOAL_MS, _PAINT_MS, _BYTES, _IDLE = 100, 300, 150_000, 0.01
_SETTLE_SECONDS = 5.0
_PAINTED = """() => new Promise((done) => {
  const seen = () => performance.getEntriesByName("first-contentful-paint")[0];
  if (seen()) return done(seen().startTime);
  new PerformanceObserver(() => seen() && done(seen().startTime)).observe({type: "paint"});
})"""


@dataclass(frozen=True, slots=True)
class Opened:
    """One page that somebody opened: its shape, and seconds until its answer began."""

    name: str
    seconds: float
    status: int


async def measure(*, quick: bool) -> Section:
    """The system with the first days of a month; a pause; twenty people; Chromium among them."""
    seconds = 10.0 if quick else 60.0
    section = Section("portal", "The portal")
    async with _running() as system, AsyncExitStack() as stack:
        assert system.portal is not None
        assert system.portal.child is not None
        url = system.portal.url
        clients = [
            await stack.enter_async_context(visiting(url, one, region=REGION)) for one in USERS
        ]
        found = [await crawl(one, ["/"]) for one in clients]
        pages = {name: page for name, page in found[0].items() if page.status == 200}
        weights = {name: await _weights(clients[0], page) for name, page in pages.items()}
        tell("portal: at rest")
        processes = Processes({"portal": system.portal.child.pid})
        await asyncio.sleep(_SETTLE_SECONDS)
        processes.begin()
        await asyncio.sleep(seconds)
        idle = processes.used().shares["portal"]
        tell(f"portal: {len(clients)} people")
        processes.begin()
        working = asyncio.gather(
            *(_work(one, mine, seconds) for one, mine in zip(clients, found, strict=True))
        )
        painted = await _paint(url, pages, seconds)
        opened = [one for several in await working for one in several]
        used = processes.used().shares["portal"]
    section.tables += [_pages(opened, painted, weights), _sums(opened, painted, used, idle)]
    return section


def _pages(
    opened: Sequence[Opened],
    painted: Mapping[str, Sequence[float]],
    weights: Mapping[str, tuple[int, int]],
) -> Table:
    rows = []
    for name, (first, again) in weights.items():
        took = [1000 * one.seconds for one in opened if one.name == name]
        paints = painted.get(name, [])
        rows.append(
            [
                f"`{name}`",
                str(len(took)),
                f"{percentile(took, 0.5):.0f}, {percentile(took, 0.95):.0f}",
                ", ".join(f"{one:.0f}" for one in sorted(paints)) or "–",
                f"{first / 1000:.0f}",
                f"{again / 1000:.1f}",
            ]
        )
    return Table(
        f"Each page while {len(USERS)} people open one every {PAUSE_SECONDS:.0f} s after the last",
        ["page", "opened", "answer p50, p95 ms", "first paint ms", "kB at first", "kB then"],
        rows,
        "*Answer*: until its first byte, in the client's eyes, which shares the cores. *First "
        "paint*: first contentful paint in a Chromium that has nothing kept. *At first*: with "
        "style and scripts, compressed; *then* without, since they are kept.",
    )


def _sums(
    opened: Sequence[Opened],
    painted: Mapping[str, Sequence[float]],
    used: float,
    idle: float,
) -> Table:
    took = [1000 * one.seconds for one in opened]
    paints = [one for several in painted.values() for one in several]
    failed = sum(one.status >= 400 for one in opened)
    return Table(
        f"All of it (goals: p95 ≤ {_GOAL_MS} ms, first paint ≤ {_PAINT_MS} ms, a page ≤ "
        f"{_BYTES // 1000} kB, idle ≤ {_IDLE:.0%} of a core)",
        ["opened", "failed", "p50, p95, max ms", "paint p50, max ms", "CPU then", "CPU idle"],
        [
            [
                str(len(took)),
                str(failed),
                ", ".join(f"{percentile(took, share):.0f}" for share in (0.5, 0.95, 1)),
                ", ".join(f"{percentile(paints, share):.0f}" for share in (0.5, 1)),
                f"{used:.0%}",
                f"{idle:.1%}",
            ]
        ],
    )


async def _work(
    client: httpx.AsyncClient, pages: Mapping[str, WebPage], seconds: float
) -> list[Opened]:
    """One person opens pages of theirs, one after the other."""
    random = Random(str(client.cookies))
    until = monotonic() + seconds
    names = [name for name, page in pages.items() if page.status == 200]
    found = []
    while monotonic() < until:
        await asyncio.sleep(random.uniform(0.5, 1.5) * PAUSE_SECONDS)
        name = random.choice(names)
        begun = monotonic()
        async with client.stream("GET", pages[name].path, follow_redirects=True) as answer:
            found.append(Opened(name, monotonic() - begun, answer.status_code))
            await answer.aread()
    return found


async def _paint(url: str, pages: Mapping[str, WebPage], seconds: float) -> dict[str, list[float]]:
    """Milliseconds until each page's first paint, each time in a browser that has nothing kept."""
    program = chromium()
    if program is None:
        raise LocalProblem("The portal is not painted.", remedy=HOW_TO_GET_CHROMIUM)
    until = monotonic() + seconds
    found: dict[str, list[float]] = {name: [] for name in pages}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        while monotonic() < until:
            for name, page in pages.items():
                found[name].append(await _first_paint(browser, url, page.path))
                await asyncio.sleep(0.5)
        await browser.close()
    return found


async def _first_paint(browser: Browser, url: str, path: str) -> float:
    visitor = Visitor(user=USERS[0], region=REGION, at=path, has_script=True, width=WIDE)
    page = (await logged_in(browser, url, visitor)).page
    painted: float = await page.evaluate(_PAINTED)
    await page.context.close()
    return painted


async def _weights(client: httpx.AsyncClient, page: WebPage) -> tuple[int, int]:
    """Bytes on the wire at the first visit, with style and scripts, and at the next."""
    again = await weight(client, page.path)
    return again + sum([await weight(client, one) for one in page.assets]), again


@asynccontextmanager
async def _running() -> AsyncIterator[LocalSystem]:
    directory = Path(tempfile.mkdtemp(prefix="kvitt-bench-"))
    system = LocalSystem(State.open(directory), with_portal=True)
    try:
        await asyncio.to_thread(system.__enter__)
        try:
            await _live_through(system)
            yield system
        finally:
            await asyncio.to_thread(system.__exit__, None, None, None)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


async def _live_through(system: LocalSystem) -> None:
    tell("portal: the first days of a month")
    client = RegionClient(
        REGION,
        bootstrap=system.bootstrap,
        credentials=system.credentials(f"region-{REGION}"),
    )
    async with client, Services(system.urls, system.admin_urls, system.tokens) as services:
        await publish_month(
            read_regions(_EXAMPLES, [REGION]),
            clients=[client],
            barrier=Barrier(services),
            until=_LIVED_UNTIL,
        )
