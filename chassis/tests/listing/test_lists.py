"""What a list shows, and what one is made of."""

from typing import Annotated, Any
from uuid import uuid4

import httpx
import pytest
from kvitt_chassis.filters import (
    Eq,
    ForTheView,
)
from kvitt_chassis.web.lists import ListOf, ListQuery, named
from kvitt_chassis.web.scopes import RegionWide, Scope
from kvitt_testkit.world import World
from pydantic import ValidationError
from sqlalchemy import select

from chassis.tests.listing.papers import A_DAY, PAPERS, READERS, PaperQuery, a_reader
from chassis.tests.toy import LETTERS, LetterQuery, LetterRow, PaperRow


async def readers(client: httpx.AsyncClient, query: str) -> list[str]:
    answer = await client.get(f"/letters?{query}")
    assert answer.status_code == 200, answer.text
    return [item["reader"] for item in answer.json()["items"]]


async def test_a_list_counts_all_of_the_region_and_shows_a_page(client: httpx.AsyncClient) -> None:
    page = (await client.get("/letters?limit=2")).json()

    assert (page["total"], page["total_is_exact"], len(page["items"])) == (5, True, 2)


async def test_following_the_pages_shows_everything_once(client: httpx.AsyncClient) -> None:
    seen, address = [], "/letters?limit=2&sort=reader"
    while address:
        page = (await client.get(address)).json()
        seen += [item["id"] for item in page["items"]]
        address = page["next"]

    assert len(seen) == len(set(seen)) == 5


async def test_the_last_page_has_no_next_when_it_is_full(client: httpx.AsyncClient) -> None:
    assert (await client.get("/letters?limit=5")).json()["next"] is None


async def test_a_list_is_sorted_as_asked(client: httpx.AsyncClient) -> None:
    assert await readers(client, "") == sorted(READERS)
    assert await readers(client, "sort=-reader") == sorted(READERS, reverse=True)


async def test_what_sorts_alike_is_in_the_order_of_the_key(client: httpx.AsyncClient) -> None:
    rising = (await client.get("/letters?sort=status")).json()
    falling = (await client.get("/letters?sort=-status")).json()

    ids = [item["id"] for item in rising["items"]]
    assert ids == sorted(ids)
    assert [item["id"] for item in falling["items"]] == ids[::-1]


async def test_an_unknown_sort_names_those_that_there_are(client: httpx.AsyncClient) -> None:
    answer = await client.get("/letters?sort=secret")

    assert answer.status_code == 422
    assert answer.json()["field"] == "sort"
    assert answer.json()["values"] == {"allowed": ["reader", "status"]}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "status=burnt", "cursor=", "offset=50"]
)
async def test_a_query_has_bounds(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/letters?{query}")

    assert answer.status_code == 422
    assert answer.json()["field"] == query.split("=")[0]


async def test_a_filter_narrows_the_count_too(client: httpx.AsyncClient) -> None:
    assert (await client.get("/letters?status=read")).json() == {
        "items": [],
        "total": 0,
        "total_is_exact": True,
        "next": None,
    }


async def test_a_reader_reads_one_region_without_row_security_too(world: World) -> None:
    for region in ("ac", "bd"):
        async with world.http(region=region) as client:
            await client.post("/letters", json={"reader": "anna", "about": str(uuid4())})
    reader = a_reader(world, region="bd")  # the worker's role sees all regions

    page = await LETTERS.page(LetterQuery(), reader)
    every = await reader.all(select(LetterRow))

    assert (len(page.items), page.total) == (1, 1)
    assert [row.region for row in every] == ["bd"]


async def test_each_comparison_finds_what_it_says(papers: World) -> None:
    async def found(**asked: Any) -> set[int]:
        page = await PAPERS.page(PaperQuery(limit=200, **asked), a_reader(papers))
        return {int(one.subject.split()[1]) for one in page.items}

    with_day = {n for n in range(60) if n % 3}
    assert await found() == set(range(60))
    assert await found(subject="Paper 5") == {5}
    assert await found(numbers=[1, 2]) == {n for n in range(60) if n % 7 in (1, 2)}
    assert await found(numbers=[]) == set(range(60))
    assert await found(from_day=A_DAY, to_day=A_DAY) == {n for n in with_day if n // 10 == 2}
    assert await found(begins="Paper 1") == {1, *range(10, 20)}
    assert await found(begins="paper 1") == set()
    assert await found(begins="Paper %") == set()
    assert await found(begins_any="paPER 1") == {1, *range(10, 20)}
    assert await found(tag="odd") == {n for n in range(60) if n % 2}
    assert await found(line="30001") == {n for n in range(60) if n % 5 == 1}
    assert await found(dated=False) == set(range(60)) - with_day
    assert await found(looked_up=4) == {4}
    assert await found(with_more=True) == set(range(60))


def test_a_list_says_whose_its_rows_are() -> None:
    parts: dict[str, Any] = {
        "sorts": named(PaperRow.number),
        "default": "number",
        "view": lambda row: row,
    }

    with pytest.raises(TypeError, match="scope"):
        ListOf(select(PaperRow), **parts)
    with pytest.raises(TypeError, match="unit"):
        Scope(PaperRow.region)
    with pytest.raises(TypeError, match="because"):
        RegionWide(PaperRow.region)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="region"):
        ListOf(select(PaperRow), scope=Scope(LetterRow.region, users=[LetterRow.reader]), **parts)
    with pytest.raises(TypeError, match="region"):
        ListOf(select(PaperRow), scope=Scope(PaperRow.subject, users=[PaperRow.subject]), **parts)
    with pytest.raises(TypeError, match=r"LetterRow\.reader"):
        ListOf(select(PaperRow), scope=Scope(PaperRow.region, users=[LetterRow.reader]), **parts)
    scoped = ListOf(
        select(PaperRow), scope=Scope(PaperRow.region, users=[PaperRow.subject]), **parts
    )
    assert scoped.scope.columns == (PaperRow.subject,)


@pytest.mark.parametrize(
    ("sorts", "default"),
    [
        (named(LetterRow.reader), "reader"),
        (named(PaperRow.tags), "tags"),
        (named(PaperRow.number), "subject"),
    ],
)
def test_a_list_is_sorted_by_what_it_has_and_what_has_an_order(sorts: Any, default: str) -> None:
    with pytest.raises(TypeError):
        ListOf(
            select(PaperRow),
            scope=Scope(PaperRow.region, users=[PaperRow.subject]),
            sorts=sorts,
            default=default,
            view=lambda row: row,
        )


@pytest.mark.parametrize("given", [{"subject": "a\x00"}, {"begins": "\x00"}, {"sort": "\x00"}])
def test_no_filter_takes_what_the_database_cannot_store(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as raised:
        PaperQuery.model_validate(given)

    assert [one["loc"] for one in raised.value.errors()] == [tuple(given)]


def test_a_field_of_a_lists_query_does_something() -> None:
    with pytest.raises(TypeError, match=r"Idle\.name"):

        class Idle(ListQuery):
            name: str | None = None

    with pytest.raises(TypeError, match=r"Twice\.name"):

        class Twice(ListQuery):
            name: Annotated[str | None, Eq(PaperRow.subject), ForTheView()] = None


async def test_a_filter_on_what_the_list_does_not_select_is_a_fault(papers: World) -> None:
    with pytest.raises(TypeError, match=r"LetterRow\.status"):
        await PAPERS.page(LetterQuery(), a_reader(papers))
