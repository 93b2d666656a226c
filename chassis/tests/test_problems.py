"""Every error is a problem document that names field, rule and way on, and repeats nothing."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from kvitt_chassis.web.app import MAX_BODY_BYTES
from kvitt_testkit.world import World

from chassis.tests import toy

BODY = {"reader": "k082lno", "about": str(uuid4())}
NUMBER = "189001019802"


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.http() as client:
        yield client


def is_problem(answer: httpx.Response, status: int, reason: str) -> bool:
    document = answer.json()
    return (
        answer.headers["content-type"] == "application/problem+json"
        and answer.status_code == document["status"] == status
        and document["reason"] == reason
        and document["type"] == "urn:kvitt:problem:" + reason.lower().replace("_", "-")
        and bool(document["title"] and document["detail"] and document["way_on"])
    )


async def test_a_refusal_carries_rule_reason_values_and_way_on(
    world: World, client: httpx.AsyncClient
) -> None:
    letter = (await client.post("/letters", json=BODY)).json()["id"]
    await world.advance(await world.now() + toy.A_DAY * 2)

    answer = await client.post(f"/letters/{letter}:read")

    assert is_problem(answer, 409, "REMOVED")
    assert answer.json()["rule"] == "NTF-1"
    assert answer.json()["values"] == {"status": "removed"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**BODY, "about": "no-uuid"}, "about"),
        ({**BODY, "reader": "A B"}, "reader"),
        ({"about": BODY["about"]}, "reader"),
        ({**BODY, "copies": 0}, "copies"),
        ({**BODY, "copies": "x"}, "copies"),
    ],
)
async def test_a_wrong_field_is_named(
    client: httpx.AsyncClient, body: dict[str, object], field: str
) -> None:
    answer = await client.post("/letters", json=body)

    assert is_problem(answer, 422, "INVALID_FIELD")
    assert answer.json()["field"] == field


async def test_a_wrong_field_is_not_repeated(client: httpx.AsyncClient) -> None:
    answer = await client.post("/letters", json={**BODY, "reader": f"X{NUMBER}"})

    assert answer.status_code == 422
    assert NUMBER not in answer.text


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b""])
async def test_a_body_that_is_no_json_is_told_so(client: httpx.AsyncClient, content: bytes) -> None:
    headers = {"content-type": "application/json"}

    answer = await client.post("/letters", content=content, headers=headers)

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_does_not_exist_is_404(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.get(f"/letters/{uuid4()}"), 404, "UNKNOWN_LETTER")
    assert is_problem(await client.get("/nothing"), 404, "NOT_FOUND")
    assert is_problem(await client.post(f"/letters/{uuid4()}:read"), 404, "UNKNOWN_LETTER")


async def test_a_wrong_method_is_405(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.delete("/letters"), 405, "METHOD_NOT_ALLOWED")


async def test_a_body_over_the_limit_is_413(client: httpx.AsyncClient) -> None:
    body = b"x" * (MAX_BODY_BYTES + 1)

    assert is_problem(await client.post("/letters", content=body), 413, "TOO_LARGE")


async def test_a_body_that_hides_its_length_is_413_too(world: World) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * (MAX_BODY_BYTES // 2)

    async with world.http() as client:
        answer = await client.post("/letters", content=chunks())

    assert is_problem(answer, 413, "TOO_LARGE")


@pytest.mark.parametrize(
    "address",
    [
        f"/letters/{NUMBER}",
        "/letters?status=18900101-9802",
        "/letters?status=900101%2B9802",
        "/letters?status=9001019802",
        "/letters?status=18900161-9802",
        "/letters/1890%2530101-9802",
        "/letters?status=1890%2530101-9802",
    ],
)
async def test_a_personal_number_in_an_address_is_refused(
    client: httpx.AsyncClient, address: str
) -> None:
    answer = await client.get(address)

    assert is_problem(answer, 422, "PERSONAL_NUMBER_IN_URL")
    assert "9802" not in answer.text


async def test_ids_of_digits_alone_are_no_personal_numbers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/letters/90010198-0212-4000-8000-900101980212")

    assert is_problem(answer, 404, "UNKNOWN_LETTER")


async def test_a_fault_is_500_and_tells_nothing(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await client.get("/fault")

    assert is_problem(answer, 500, "FAULT")
    assert NUMBER not in answer.text


async def test_the_documentation_opens_without_internet(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    document = (await client.get("/openapi.json")).json()

    assert "https://" not in page.text
    assert "Problem" in document["components"]["schemas"]
    said = document["paths"]["/letters"]["post"]["responses"]["422"]["content"]
    assert list(said) == ["application/problem+json"]
