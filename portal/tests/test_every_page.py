"""What holds for every page that links lead to and every form on it, whoever made them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from portal.tests.browser import MakeActor
from portal.tests.crawling import WebPage, crawl, forms_of
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem

pytestmark = pytest.mark.long(seconds=60)

MOST_BYTES = 150_000
HOSTILE = {
    "script": "<script>alert('hostile')</script><b onclick=x>\"'",
    "rtl": "\u202e\u05d0\u0628\u062a \u200f\ufffd",
    "emoji": "\U0001f9d1\U0001f3fd\u200d\U0001f9bd e\u0301 \U0001f469\u200d\U0001f467",
    "long": "å" * 5_000,
    "empty": "",
    "blank": " \t \u00a0 ",
    "control": "a\x00b\x07\r\nc",
    "number": "-99999999999999999999",
    "path": "../../admin/idle?x=%00#",
}
"""What people, and others, write where something else is asked for."""
UNKNOWN = ["{}", "not-an-id", "00000000-0000-0000-0000-000000000000", "%00", "%F0%9F"]
ROLES = ["prescriber", "customer_service"]


@dataclass(frozen=True)
class Seen:
    """What one user has reached."""

    user: str
    pages: dict[str, WebPage]


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=ROLES)
async def seen(request: pytest.FixtureRequest, portal_system: PortalSystem) -> AsyncIterator[Seen]:
    """Every page of a user with a patient, a device on loan and one in the own store."""
    scene = Scene(portal_system)
    place = scene.place("Rehabiliteringen vid Exempelsjöns hälso- och sjukvårdscentrum")
    user = scene.user(place, roles=(request.param,))
    patient = scene.person("Anna-Karin Testdotter von Exempelstierna")
    article = scene.article("Rollator, gång ute, sitthöjd 54 cm")
    lent_by = scene.user(place)
    scene.device(article, patient=patient, payer=place.payer, prescriber=lent_by)
    scene.device(article, store=place.store)
    await scene.set()
    ref = await scene.ref(patient)
    async with portal_system.visiting(user) as client:
        yield Seen(user, await crawl(client, ["/", f"/mottagare/{ref}", "/artiklar?q=rollator"]))


async def test_every_link_leads_to_a_page(seen: Seen) -> None:
    wrong = {page.path: page.status for page in seen.pages.values() if page.status != 200}

    assert wrong == {}


async def test_every_page_is_accessible_and_fits(seen: Seen, actor: MakeActor) -> None:
    anna = await actor(seen.user)
    for name, page in seen.pages.items():
        assert await anna.goes(page.path) == 200
        await anna.accessible()
        await anna.picture(f"every{name.replace('/', '-').replace('*', 'one')}")


async def test_every_page_weighs_little(seen: Seen, portal_system: PortalSystem) -> None:
    async with portal_system.visiting(seen.user) as client:
        shared = sum([await _weight(client, one) for one in seen.pages["/"].assets])
        weights = {
            page.path: shared + await _weight(client, page.path) for page in seen.pages.values()
        }

    assert {path: size for path, size in weights.items() if size > MOST_BYTES} == {}


async def test_hostile_text_is_shown_as_text_or_refused(
    seen: Seen, portal_system: PortalSystem
) -> None:
    wrong = []
    async with portal_system.visiting(seen.user) as client:
        for form in forms_of(seen.pages.values()):
            for name in form.texts:
                for kind, text in HOSTILE.items():
                    answer = await _send(client, form.method, form.action, form.filled(name, text))
                    if answer.status_code >= 500 or "<script>alert" in answer.text:
                        wrong.append(f"{form.name}, {name}, {kind}: {answer.status_code}")

    assert wrong == []


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
            if "*" in name and not name.startswith("/artiklar")
        }

    assert answers == dict.fromkeys(answers, 404)


async def _send(
    client: httpx.AsyncClient, method: str, action: str, fields: list[tuple[str, str]]
) -> httpx.Response:
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(value)
    if method == "get":
        return await client.get(action, params=values, follow_redirects=True)
    return await client.post(action, data=values, follow_redirects=True)


async def _weight(client: httpx.AsyncClient, path: str) -> int:
    async with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        return sum([len(piece) async for piece in answer.aiter_raw()])
