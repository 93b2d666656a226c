"""A withdrawal's form and addresses without a browser: what is wrong, long, empty or hostile is
shown as text and refused beside its field.
"""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from portal.tests.hostile import HOSTILE, is_text, wrong_answers
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import Ward, a_ward

PAGE = "/uttag/nytt"
FIELDS = (
    *("draft", "service_point", "prescriber", "person", "unit", "payer", "number", "q"),
    *("add", "remove", "move", "do", "article-0", "quantity-0", "device-0", "line"),
)


@pytest_asyncio.fixture(loop_scope="session")
async def ward(scene: Scene) -> Ward:
    """A ward with five cushions in its store."""
    return await a_ward(scene, cushions=5)


@pytest_asyncio.fixture(loop_scope="session")
async def anna(ward: Ward) -> AsyncIterator[httpx.AsyncClient]:
    """The ward's prescriber, led on by the portal."""
    async with ward.system.visiting(ward.user) as client:
        client.follow_redirects = True
        yield client


async def test_hostile_text_in_a_field_is_text_and_breaks_nothing(
    anna: httpx.AsyncClient, scene: Scene, ward: Ward
) -> None:
    whole = await _whole(scene, ward)

    assert await wrong_answers(anna, PAGE, whole, FIELDS) == []


async def test_hostile_text_in_the_address_is_text(anna: httpx.AsyncClient) -> None:
    names = ("draft", "service_point", "prescriber", "person", "unit", "payer", "q", "line")
    for kind, text in HOSTILE.items():
        for asked in (dict.fromkeys(names, text[:900]), {"article": text[:900]}):
            answer = await anna.get(PAGE, params=asked)

            assert answer.status_code in (200, 400, 422), kind
            assert is_text(answer.text), kind


@pytest.mark.parametrize(("quantity", "said"), [("0", "1"), ("tre", "heltal"), ("99999", "10")])
async def test_a_wrong_quantity_is_refused_beside_it(
    anna: httpx.AsyncClient, scene: Scene, ward: Ward, quantity: str, said: str
) -> None:
    body = {**await _whole(scene, ward), "quantity-0": quantity}

    answer = await anna.post(PAGE, data=body)

    assert answer.status_code == 422
    assert f'value="{quantity}"' in answer.text
    (wrong,) = re.findall(r'id="e-quantity-0">([^<]*)<', answer.text)
    assert said in wrong


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
async def test_hostile_text_in_a_lists_filters_is_text(anna: httpx.AsyncClient, path: str) -> None:
    names = ("store", "query", "type", "with_balance", "iso_code", "tab", "sort", "cursor")
    for kind, text in HOSTILE.items():
        for asked in (dict.fromkeys(names, text[:900]), {"query": text[:900]}):
            answer = await anna.get(path, params=asked)

            assert answer.status_code == 200, kind
            assert is_text(answer.text), kind


async def _whole(scene: Scene, ward: Ward) -> dict[str, str]:
    """A form that delivers a cushion to the patient."""
    return {
        "person": await scene.ref(ward.patient),
        "line": "0",
        "article-0": ward.cushion,
        "quantity-0": "1",
        "do": "deliver",
    }
