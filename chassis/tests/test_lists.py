from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from fastapi import Request
from kvitt_chassis.auth import Caller
from kvitt_chassis.web.lists import ListingQuery, RegionReader
from kvitt_contracts.types import RegionCode, UserId
from kvitt_testkit.world import Given, Servers, World
from sqlalchemy import select

from chassis.tests import toy

READERS = ["cecilia", "anna", "bert", "anna", "david"]


@pytest.fixture(scope="module")
def toy_urls(platform: Servers, prefix: str) -> object:
    urls = platform.database("notifications", prefix, migrate=False)
    toy.make_tables(urls.owner)
    return urls


@pytest.fixture
async def client(given: Given, toy_urls: object) -> AsyncIterator[httpx.AsyncClient]:
    async with given(toy.service, urls=toy_urls) as world, world.http() as client:
        for reader in READERS:
            await client.post("/letters", json={"reader": reader, "about": str(uuid4())})
        async with world.http(region="bd") as other:
            await other.post("/letters", json={"reader": "zoe", "about": str(uuid4())})
        yield client


async def readers(client: httpx.AsyncClient, query: str) -> list[str]:
    answer = await client.get(f"/letters?{query}")
    assert answer.status_code == 200, answer.text
    return [item["reader"] for item in answer.json()["items"]]


async def test_a_list_counts_all_of_the_region_and_shows_a_page(client: httpx.AsyncClient) -> None:
    page = (await client.get("/letters?limit=2")).json()

    assert (page["total"], len(page["items"])) == (5, 2)


async def test_following_the_pages_shows_everything_once(client: httpx.AsyncClient) -> None:
    seen, address = [], "/letters?limit=2&sort=reader"
    while address:
        page = (await client.get(address)).json()
        seen += [item["id"] for item in page["items"]]
        address = page.get("next")

    assert len(seen) == len(set(seen)) == 5


async def test_a_list_is_sorted_as_asked(client: httpx.AsyncClient) -> None:
    assert await readers(client, "") == sorted(READERS)
    assert await readers(client, "sort=-reader") == sorted(READERS, reverse=True)


async def test_what_sorts_alike_keeps_one_order_from_page_to_page(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/letters?sort=-status")).json()

    ids = [item["id"] for item in page["items"]]
    assert ids == sorted(ids)


async def test_an_unknown_sort_names_those_that_there_are(client: httpx.AsyncClient) -> None:
    answer = await client.get("/letters?sort=secret")

    assert answer.status_code == 422
    assert answer.json()["field"] == "sort"
    assert answer.json()["values"] == {"allowed": ["reader", "status"]}


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "offset=-1", "limit=x"])
async def test_a_page_has_bounds(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/letters?{query}")

    assert answer.status_code == 422
    assert answer.json()["field"] == query.split("=")[0]


async def test_a_filter_narrows_the_count_too(client: httpx.AsyncClient) -> None:
    assert (await client.get("/letters?status=read")).json() == {
        "items": [],
        "total": 0,
        "next": None,
    }


async def test_a_reader_reads_one_region_without_row_security_too(
    given: Given, toy_urls: object
) -> None:
    world: World
    async with given(toy.service, urls=toy_urls) as world:
        for region in ("ac", "bd"):
            async with world.http(region=region) as client:
                await client.post("/letters", json={"reader": "anna", "about": str(uuid4())})
        # The worker's role sees all regions.
        reader = RegionReader(world.worker, a_caller("bd"))
        query = select(toy.LetterRow)
        page = await reader.page(
            query,
            ListingQuery(
                Request({"type": "http", "path": "/", "headers": [], "query_string": b""})
            ),
            view=lambda row: row.region,
            sorts={"reader": toy.LetterRow.reader},
            default="reader",
        )
        every = await reader.all(query)

    assert (page.items, page.total) == (["bd"], 1)
    assert [row.region for row in every] == ["bd"]


def a_caller(region: str) -> Caller:
    return Caller(
        user_id=UserId("k082lno"),
        region=RegionCode(region),
        roles=frozenset(),
        service_points=frozenset(),
    )
