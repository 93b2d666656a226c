"""What holds for every page that links lead to and every form on it, whoever made them."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import cycle, islice
from pkgutil import iter_modules
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi.routing import APIRoute
from kvitt_portal import pages

from portal.tests.billed import BILLED
from portal.tests.broken import a_broken
from portal.tests.browser import MakeActor
from portal.tests.covered import a_covered
from portal.tests.crawling import WebForm, WebPage, crawl, forms_of, shape
from portal.tests.damaging import damaged
from portal.tests.fetching import a_fetching
from portal.tests.handover import a_handover
from portal.tests.hostile import HOSTILE, is_text
from portal.tests.leaving import a_leaving
from portal.tests.lending import a_lending
from portal.tests.purchasing import a_purchase
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.visiting import weight
from portal.tests.ward import a_ward
from portal.tests.working import a_working

pytestmark = pytest.mark.long(seconds=350)

MOST_BYTES = 150_000
_BY_TURNS = cycle(HOSTILE)
_IN_BRIEF: set[str] = set()
_AT_LENGTH: set[str] = set()
"""The forms that were tried: one that the other role has too is tried once."""
_LOOKED_AT: dict[str, frozenset[str]] = {}
UNKNOWN = ["{}", "not-an-id", "00000000-0000-0000-0000-000000000000", "%00", "%F0%9F"]
UNREACHED = {
    "prescriber": {
        "/anvandare",
        "/behorigheter",
        "/logg",
        "/logg/enheter",
        "/logg/rader/*",
        "/logg/stickprov",
        "/drift",
        "/drift/*/parkerat",
        "/drift/*/parkerat/*",
        "/drift/avstamning",
        "/drift/byten",
        "/drift/handelser",
        "/drift/regler",
        "/drift/saga/*",
        "/drift/sok",
        "/fakturor/utskriftsfil",
        "/felanmalningar/ny",
        "/individ/*/skada/*",
        "/kundtjanst/las-upp",
        "/leverantorsreturer/ny",
        "/leverantorsfakturor/*",
        "/leverantorsfakturor/att-betala.csv",
        "/leverantorsfakturor/ny",
        "/manadens-fakturor",
        "/manadens-fakturor/*",
        "/mottagare/*/overkop",
        "/mottagare/ny",
        "/rekonditionering",
        "/rekonditionering/*",
    },
    "customer_service": {
        "/bestallningar/ny",
        "/logg",
        "/logg/enheter",
        "/logg/rader/*",
        "/logg/stickprov",
        "/bmb/skicka",
        "/uttag/nytt",
        "/lagerpafyllnad",
        "/varukorgar/ny",
        "/mottagare/*/retur",
        "/drift",
        "/drift/*/parkerat",
        "/drift/*/parkerat/*",
        "/drift/avstamning",
        "/drift/byten",
        "/drift/handelser",
        "/drift/regler",
        "/drift/saga/*",
        "/drift/sok",
        "/rekonditionering/*",
    },
}
"""Pages of others, by the role that is led to none of them."""
ROLES = [pytest.param("prescriber", marks=pytest.mark.thorough), "customer_service"]
"""In brief, whom more pages are open to."""
PARTS = {
    "/bestallningar/artiklar",
    "/sok",
    "/lagerpafyllnad/*",
    "/mottagare/*/utskrift",
    "/direktleveranser/kvittens/*",
    "/artiklar/*/filer/*",
    "/bestallningar/*/bilagor/*",
    "/leverantorsreturer/*",
    "/leverantorsreturer/*/foljesedel.pdf",
}
"""What a page asks for itself, what a form leads to, and what leads on to another page."""


Said = tuple[Sequence[str], str]
"""Fields, and the hostile text that is written in each of them."""


@dataclass(frozen=True)
class Seen:
    """What one user has reached."""

    role: str
    user: str
    pages: dict[str, WebPage]


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=ROLES)
async def seen(request: pytest.FixtureRequest, portal_system: PortalSystem) -> AsyncIterator[Seen]:
    """Every page of somebody at a ward with an order, a basket loan, an invoice, a pickup, a work
    order, a draft of an application, and a transfer, a fault report and a case that wait for an
    answer.
    """
    scene = Scene(portal_system)
    ward = await a_ward(scene)
    handover = await a_handover(scene, there=ward.place)
    billed = scene.place(with_store=False, payer=BILLED)
    lending = await a_lending(scene)
    covered = await a_covered(scene, at=ward.place)
    scene.supplier_invoice(scene.supplier())
    user = scene.user(ward.place, billed, lending.place, roles=(request.param,))
    await scene.set()
    ref = await scene.ref(ward.patient)
    order = await ward.order()
    transfer = await handover.send(handover.devices[0])
    await (await a_fetching(scene, at=ward.place)).pickup()
    await (await a_broken(scene, at=ward.place)).reported()
    working = await a_working(scene, at=ward.place)
    await working.work()
    await working.asked()
    await working.draft(need="Hör inte läraren.")
    leaving = await a_leaving(scene, at=ward.place)
    offered = await leaving.offered()
    card = await damaged(ward)
    begin = ["/", card, f"/mottagare/{ref}", order.page, f"/bmb/{transfer}", await lending.lend()]
    begin += [(await a_purchase(scene, ward)).page, covered.page]
    begin.append(await leaving.sold())
    begin.append(f"/arenden/{offered['case_id']}")  # it has a list to print, which others lack
    async with portal_system.visiting(user) as client:
        yield Seen(request.param, user, await crawl(client, begin))


async def test_every_page_of_the_portal_is_among_them(seen: Seen) -> None:
    declared = {shape(one.path.replace("{", "%")) for one in _routes() if one.methods == {"GET"}}

    assert declared - seen.pages.keys() - PARTS == UNREACHED[seen.role]


async def test_every_link_leads_to_a_page(seen: Seen) -> None:
    wrong = {page.path: page.status for page in seen.pages.values() if page.status != 200}

    assert wrong == {}


async def test_every_page_is_accessible_and_fits(seen: Seen, actor: MakeActor) -> None:
    """A page that the other role has too, of the same kinds of parts, is looked at once."""
    anna = await actor(seen.user)
    for name, page in seen.pages.items():
        if not page.is_html or page.parts <= _LOOKED_AT.get(name, frozenset()):
            continue
        _LOOKED_AT[name] = page.parts | _LOOKED_AT.get(name, frozenset())
        assert await anna.goes(page.path) == 200
        await anna.accessible()
        await anna.picture(f"every{name.replace('/', '-').replace('*', 'one')}")


async def test_every_page_weighs_little(seen: Seen, portal_system: PortalSystem) -> None:
    async with portal_system.visiting(seen.user) as client:
        shared = sum([await weight(client, one) for one in seen.pages["/"].assets])
        weights = {
            page.path: shared + await weight(client, page.path)
            for page in seen.pages.values()
            if page.is_html
        }

    assert {path: size for path, size in weights.items() if size > MOST_BYTES} == {}


async def test_hostile_text_is_shown_as_text_or_refused(
    seen: Seen, portal_system: PortalSystem
) -> None:
    """A script in all fields of a form at once, and another text by turns."""

    def say(form: WebForm) -> Iterator[Said]:
        turns = {"script", *islice(_BY_TURNS, 1)}
        if form.method == "get":  # an address has no room for several that are long
            turns.discard("long")
        return ((form.texts, one) for one in HOSTILE if one in turns)

    assert await _wrong(seen, portal_system, say, _IN_BRIEF) == []


@pytest.mark.thorough
async def test_hostile_text_in_one_field_is_shown_as_text_or_refused(
    seen: Seen, portal_system: PortalSystem
) -> None:
    """Each text in all fields of a form at once; a script in each field alone."""

    def say(form: WebForm) -> Iterator[Said]:
        alone = [((name,), "script") for name in form.texts] if len(form.texts) > 1 else []
        together = [one for one in HOSTILE if form.method != "get" or one != "long"]
        yield from (*((form.texts, one) for one in together), *alone)

    assert await _wrong(seen, portal_system, say, _AT_LENGTH) == []


async def test_what_does_not_exist_is_a_plain_404(seen: Seen, portal_system: PortalSystem) -> None:
    wrong = []
    async with portal_system.visiting(seen.user) as client:
        for name in seen.pages:
            if "*" not in name:
                continue
            for unknown in (*UNKNOWN, str(uuid4())):
                answer = await client.get(name.replace("*", unknown))
                if answer.status_code != 404:
                    wrong.append(f"{name} {unknown}: {answer.status_code}")

    assert wrong == []


async def test_a_page_of_another_region_is_a_plain_404(
    seen: Seen, portal_system: PortalSystem
) -> None:
    async with portal_system.visiting("f101", region="bd") as client:
        answers = {
            page.path: (await client.get(page.path)).status_code
            for name, page in seen.pages.items()
            if "*" in name and not name.startswith(("/artiklar", "/manadens-fakturor"))
        }

    assert answers == dict.fromkeys(answers, 404)


async def _wrong(
    seen: Seen,
    portal_system: PortalSystem,
    say: Callable[[WebForm], Iterator[Said]],
    tried: set[str],
) -> list[str]:
    """Which forms answer with a fault, or with more than text."""
    wrong = []
    async with portal_system.visiting(seen.user) as client:
        for form in forms_of(seen.pages.values()):
            if form.name in tried:
                continue
            tried.add(form.name)
            for names, kind in say(form):
                said = form.filled(dict.fromkeys(names, HOSTILE[kind]))
                answer = await _send(client, form.method, form.action, said)
                if answer.status_code >= 500 or not is_text(answer.text):
                    wrong.append(f"{form.name}, {names}, {kind}: {answer.status_code}")
    return wrong


async def _send(
    client: httpx.AsyncClient, method: str, action: str, fields: list[tuple[str, str]]
) -> httpx.Response:
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(value)
    if method == "get":
        return await client.get(action, params=values, follow_redirects=True)
    return await client.post(action, data=values, follow_redirects=True)


def _routes() -> Iterator[APIRoute]:
    for module in iter_modules(pages.__path__):
        router = getattr(import_module(f"{pages.__name__}.{module.name}"), "router", None)
        if router is not None:
            yield from router.routes
