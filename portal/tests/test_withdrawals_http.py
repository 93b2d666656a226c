"""A withdrawal's form and addresses without a browser: what is wrong, long, empty or hostile is
shown as text and refused beside its field.
"""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from portal.tests.scene import Place, Scene
from portal.tests.system import PortalSystem

PAGE = "/uttag/nytt"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' OR 1=1 --",
    "../../etc/passwd",
    "\u202eedoc\u202c 👩🏽‍🦽",
    "a" * 5_000,
    "{{ 7*7 }}",
    "0\x00\x1f",
    "-1",
    "%%%",
)
FIELDS = (
    *("draft", "service_point", "prescriber", "person", "unit", "payer", "number", "q"),
    *("add", "remove", "move", "do", "article-0", "quantity-0", "device-0", "line"),
)


@pytest_asyncio.fixture(loop_scope="session")
async def place(scene: Scene) -> Place:
    """A service point with a store."""
    return scene.place()


@pytest_asyncio.fixture(loop_scope="session")
async def anna(
    portal_system: PortalSystem, scene: Scene, place: Place
) -> AsyncIterator[httpx.AsyncClient]:
    """A prescriber there, who is logged in."""
    user = scene.user(place)
    await scene.set()
    headers = {"Origin": portal_system.url, "Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(
        base_url=portal_system.url, headers=headers, follow_redirects=True, timeout=20
    ) as client:
        answer = await client.post("/logga-in", data={"user": user, "region": "ac", "till": PAGE})
        assert answer.status_code == 200
        yield client


@pytest.mark.parametrize(
    ("field", "text"), [(one, HOSTILE[n % 10]) for n, one in enumerate(FIELDS)]
)
async def test_hostile_text_in_a_field_is_text_and_breaks_nothing(
    anna: httpx.AsyncClient, scene: Scene, field: str, text: str
) -> None:
    patient, article = scene.person(), scene.article(marked=False)
    await scene.set()
    whole = {
        "person": await scene.ref(patient),
        "line": "0",
        "article-0": article,
        "quantity-0": "1",
        "do": "deliver",
    }
    for one in (HOSTILE[0], text):
        answer = await anna.post(PAGE, data={**whole, field: one})

        assert answer.status_code in (200, 400, 422)
        assert_is_text(answer)
        assert "Uttaget är levererat" not in answer.text


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_in_the_address_is_text(anna: httpx.AsyncClient, text: str) -> None:
    names = ("draft", "service_point", "prescriber", "person", "unit", "payer", "q", "line")

    answer = await anna.get(PAGE, params=dict.fromkeys(names, text[:900]))
    added = await anna.get(PAGE, params={"article": text[:900]})

    assert answer.status_code in (200, 422)
    assert_is_text(answer)
    assert added.status_code in (200, 422)
    assert_is_text(added)


@pytest.mark.parametrize(
    ("quantity", "said"), [("0", "1"), ("tre", "heltal"), ("", "1"), ("99999", "10")]
)
async def test_a_wrong_quantity_is_refused_beside_it(
    anna: httpx.AsyncClient, scene: Scene, place: Place, quantity: str, said: str
) -> None:
    patient, article = scene.person(), scene.article(marked=False)
    await scene.set()
    body = {
        "person": await scene.ref(patient),
        "line": "0",
        "article-0": article,
        "quantity-0": quantity,
        "do": "deliver",
    }

    answer = await anna.post(PAGE, data=body)

    assert answer.status_code == 422
    assert said in answer.text
    if quantity:
        assert f'value="{quantity}"' in answer.text
        assert 'id="e-quantity-0"' in answer.text


async def test_an_empty_withdrawal_says_what_it_lacks(anna: httpx.AsyncClient) -> None:
    answer = await anna.post(PAGE, data={"do": "deliver"})

    assert answer.status_code == 422
    assert "Ange vem uttaget är till" in answer.text
    assert "Skanna ett hjälpmedel" in answer.text


@pytest.mark.parametrize("number", ["19890230-9802", "1234567", "198901019803", "åäö", "0" * 12])
async def test_a_number_that_nobody_has_is_refused_beside_it_and_in_no_address(
    anna: httpx.AsyncClient, number: str
) -> None:
    answer = await anna.post(PAGE, data={"number": number})

    assert answer.status_code == 422
    assert 'id="e-number"' in answer.text
    assert number not in str(answer.url)


@pytest.mark.rule("REF-18c")
async def test_a_foreign_regions_device_and_person_are_not_there(
    anna: httpx.AsyncClient, portal_system: PortalSystem, scene: Scene
) -> None:
    foreign = Scene(portal_system, "bd")
    there = foreign.place()
    foreign.device(foreign.article(), store=there.store)
    patient = foreign.person("Frej Främmande")
    await foreign.set()
    async with portal_system.as_region("inventory", region="bd") as client:
        devices = (await client.get(f"/devices?store={there.store}")).json()["items"]

    by_device = await anna.get(f"{PAGE}?device={devices[0]['device_id']}")
    by_person = await anna.get(f"{PAGE}?person={await foreign.ref(patient)}")
    unknown = await anna.get(f"{PAGE}?device={uuid4()}")

    assert by_device.status_code == unknown.status_code == 404
    assert "Mottagaren visas inte för dig" in by_person.text
    assert "Frej" not in by_person.text


@pytest.mark.parametrize("path", ["/lager", "/artiklar", "/sortiment"])
@pytest.mark.parametrize("text", [HOSTILE[0], HOSTILE[4], HOSTILE[5], HOSTILE[7]])
async def test_hostile_text_in_a_lists_filters_is_text(
    anna: httpx.AsyncClient, path: str, text: str
) -> None:
    names = ("store", "query", "type", "with_balance", "iso_code", "tab", "sort", "cursor")

    answer = await anna.get(path, params=dict.fromkeys(names, text[:900]))
    searched = await anna.get(path, params={"query": text[:900]})

    assert answer.status_code == searched.status_code == 200
    assert_is_text(answer)
    assert_is_text(searched)


def assert_is_text(answer: httpx.Response) -> None:
    """What was written stands on the page as text, if at all."""
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
