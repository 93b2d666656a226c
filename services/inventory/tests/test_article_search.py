"""INV-1: the search for articles, held to reading all of them (decision 0489)."""

import random
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest
from inventory.app import service
from inventory.articles import domain, queries
from kvitt_contracts.folding import folded
from kvitt_contracts.regions import ArticleStated
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.regions import an_article_stated, the_stores

_PIECES = ("rull", "stol", "Stöd", "dyna", "å", "ä-b", "Café", "öga", "XL", "a", "Gå-bord", "rulle")
_SEED = 489


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The stores, and no article."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores())
        yield world


def a_catalogue(chance: random.Random, *, articles: int) -> list[ArticleStated]:
    """Articles whose words are put together from few pieces, so that they are much alike."""

    def text(most: int) -> str:
        words = ("".join(chance.choices(_PIECES, k=chance.randint(1, 3))) for _ in range(most))
        return " ".join(words)

    return [
        an_article_stated(
            str(30_000 + n),
            marked=False,
            name=text(3),
            type=chance.choice(["accessory", "spare_part"]),
            supplier=text(1),
            supplier_article_number=chance.choice([None, f"NH-{n}"]),
            product=chance.choice([None, text(1)]),
            in_assortment=chance.random() < 0.7,
        )
        for n in range(articles)
    ]


def a_query(chance: random.Random) -> str:
    """Parts of words, long and short, as they might be written."""
    words = ("".join(chance.choices(_PIECES, k=2)) for _ in range(chance.randint(1, 3)))
    parts = (word[chance.randint(0, 2) :][: chance.randint(1, 7)] for word in words)
    written = " ".join(parts)
    return chance.choice([written, written.upper(), written.replace("é", "e"), f"{written} 30"])


def found_by_reading_all(catalogue: Sequence[ArticleStated], query: str) -> list[str]:
    """The articles that have every word of the query somewhere, in the order of their names."""

    def text(one: ArticleStated) -> str:
        said = (
            one.article_number,
            one.name,
            one.supplier,
            one.iso_code,
            one.supplier_article_number,
            one.product,
        )
        return folded(" ".join(part for part in said if part))

    words = folded(query).split()
    hits = [one for one in catalogue if all(word in text(one) for word in words)]
    ordered = sorted(hits, key=lambda one: domain.swedish_order(one.name).encode())
    return [str(one.article_number) for one in ordered]


async def all_pages(client: httpx.AsyncClient, params: dict[str, Any]) -> tuple[list[str], int]:
    """What a search shows, page by page, and what it counts."""
    page = (await client.get("/articles", params=params)).json()
    shown, total = [line["article_number"] for line in page["items"]], page["total"]
    while page["next"]:
        page = (await client.get(page["next"])).json()
        shown += [line["article_number"] for line in page["items"]]
    return shown, total


@pytest.mark.rule("INV-1b", "INV-1c", "INV-1d", "INV-1e", "INV-1g")
async def test_a_search_finds_what_reading_every_article_finds(world: World) -> None:
    chance = random.Random(_SEED)  # the same each time
    catalogue = a_catalogue(chance, articles=120)
    await world.handle_all(*catalogue)
    renamed = [one.model_copy(update={"name": f"Ny {one.name[:9]}"}) for one in catalogue[:20]]
    await world.handle_all(*renamed)
    catalogue = [*renamed, *catalogue[20:]]
    kinds: list[tuple[dict[str, Any], list[ArticleStated]]] = [
        ({}, catalogue),
        ({"type": "accessory"}, [one for one in catalogue if one.type == "accessory"]),
        ({"in_assortment": True}, [one for one in catalogue if one.in_assortment]),
    ]
    queries = [query for _ in range(150) if len(query := a_query(chance)) >= 3]
    hits = 0

    async with world.http() as client:
        for number, query in enumerate(queries):
            asked, within = kinds[number % len(kinds)]
            if len(folded(query).strip()) < domain.SHORTEST_QUERY:
                continue
            expected = found_by_reading_all(within, query)
            shown, total = await all_pages(client, {"query": query, "limit": 7, **asked})
            assert (sorted(shown), total) == (sorted(expected), len(expected)), query
            names = {str(one.article_number): one.name for one in within}
            order = [domain.swedish_order(names[one]).encode() for one in shown]
            assert order == sorted(order), query
            hits += len(expected)

    assert hits > 100


@pytest.mark.rule("INV-1c")
@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("cafe", True),
        ("CAFÉ", True),
        ("rull-stol", True),
        ("rullstol", True),
        ("nh77", True),
        ("nh-77", True),
        ("NH 77", True),
        ("dra", False),
        ("hojd", False),
        ("höjd", True),
        ("ho\N{COMBINING DIAERESIS}jd", True),
        ("---", None),
        ("a-b", None),
    ],
)
async def test_letters_are_as_swedes_expect_and_hyphens_make_no_difference(
    world: World, query: str, is_found: bool | None
) -> None:
    await world.handle(
        an_article_stated(
            "30001",
            name="Rull-stol Café för höjd, drän",
            supplier_article_number="NH-77",
        )
    )

    async with world.http() as client:
        answer = await client.get("/articles", params={"query": query})

    if is_found is None:
        assert (answer.status_code, answer.json()["reason"]) == (422, "QUERY_TOO_SHORT")
    else:
        assert answer.json()["total"] == int(is_found)


@pytest.mark.rule("INV-1e")
async def test_a_search_counts_to_a_thousand_and_says_so(world: World) -> None:
    listed = [an_article_stated(str(30_000 + n), name=f"Kudde {n}") for n in range(1_001)]
    await world.handle_all(*listed[:1_000])

    async with world.http() as client:
        exact = (await client.get("/articles?query=kud&limit=1")).json()
        await world.handle(listed[1_000])
        more = (await client.get("/articles?query=kud&limit=1")).json()

    assert (exact["total"], exact["total_is_exact"]) == (1_000, True)
    assert (more["total"], more["total_is_exact"]) == (1_000, False)


@pytest.mark.rule("INV-1b")
async def test_two_frequent_words_are_both_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_RARE", 2)
    await world.handle_all(
        *[an_article_stated(str(30_000 + n), name=f"Kudde lätt {n}") for n in range(3)],
        *[an_article_stated(str(31_000 + n), name=f"Kudde tung {n}") for n in range(3)],
        *[an_article_stated(str(32_000 + n), name=f"Brits lätt {n}") for n in range(3)],
    )

    async with world.http() as client:
        both = (await client.get("/articles?query=kud lät")).json()
        long = (await client.get("/articles?query=kudde lätt")).json()

    expected = ["30000", "30001", "30002"]
    assert [line["article_number"] for line in both["items"]] == expected
    assert [line["article_number"] for line in long["items"]] == expected
