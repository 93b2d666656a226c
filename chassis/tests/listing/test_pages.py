"""Pages, while rows come and go."""

from dataclasses import replace
from uuid import UUID

import pytest
from kvitt_chassis.web import lists
from kvitt_chassis.web.lists import MAX_TOTAL, ListQuery
from kvitt_chassis.web.scopes import Scope
from kvitt_contracts.access import Reach
from kvitt_testkit.world import World
from sqlalchemy import text

from chassis.tests.listing.papers import (
    PAPERS,
    a_page,
    a_reader,
    cursor_of,
    fill,
    follow,
    paper,
    put,
    take,
)
from chassis.tests.toy import PaperRow

COLUMNS = ["day", "subject", "number", "is_odd", "is_signed", "status", "key"]


SORTS = [f"{turned}{column}" for column in COLUMNS for turned in ("", "-")]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 7, 60])
async def test_a_list_that_rests_is_paged_in_its_whole_order(
    papers: World, sort: str, limit: int
) -> None:
    one_page = await follow(papers, sort=sort, limit=200)
    pages = await follow(papers, sort=sort, limit=limit)

    assert pages == one_page
    assert sorted(pages) == sorted(paper(n) for n in range(60))
    turned = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    assert await follow(papers, sort=turned, limit=limit) == pages[::-1]


async def test_what_has_no_value_comes_last_and_first_when_the_order_falls(papers: World) -> None:
    rising = await follow(papers, sort="day", limit=9)
    falling = await follow(papers, sort="-day", limit=9)

    without = {paper(n) for n in range(60) if n % 3 == 0}
    assert set(rising[-20:]) == set(falling[:20]) == without


@pytest.mark.parametrize("sort", SORTS)
async def test_each_row_that_stays_is_seen_once_while_others_come_and_go(
    papers: World, sort: str
) -> None:
    """Between any two pages rows are put in all over the list, and some are taken away: among them,
    every other time, the one that the next page begins after.
    """
    coming = iter(range(60, 10_000))
    gone: set[UUID] = set()

    async def meanwhile(seen: list[UUID]) -> None:
        await put(papers, *(next(coming) for _ in range(5)))
        last = {seen[-1]} if len(seen) // 6 % 2 else set()
        taken = ({seen[0], *(paper(n) for n in range(0, 60, 20))} | last) - gone
        gone.update(taken)
        await take(papers, *taken)

    seen = await follow(papers, sort=sort, limit=6, meanwhile=meanwhile)

    staying = {paper(n) for n in range(60)} - gone
    assert len(gone) > 8
    assert len(seen) == len(set(seen))
    assert staying <= set(seen)


async def test_the_total_is_counted_at_the_first_page(papers: World) -> None:
    first = await a_page(papers, ListQuery(limit=10))
    await put(papers, *range(60, 80))

    second = await a_page(papers, ListQuery(limit=10, cursor=cursor_of(first)))
    assert (first.total, second.total) == (60, 60)
    assert (await a_page(papers, ListQuery(limit=10))).total == 80


@pytest.mark.parametrize(
    ("rows", "total", "is_exact"),
    [(MAX_TOTAL, MAX_TOTAL, True), (MAX_TOTAL + 1, MAX_TOTAL, False)],
)
async def test_a_total_is_exact_to_ten_thousand_and_then_over(
    papers: World, rows: int, total: int, is_exact: bool
) -> None:
    await fill(papers, rows - 60)

    page = await a_page(papers, ListQuery(limit=1))
    following = await a_page(papers, ListQuery(limit=1, cursor=cursor_of(page)))

    assert (page.total, page.total_is_exact) == (total, is_exact)
    assert (following.total, following.total_is_exact) == (total, is_exact)


@pytest.mark.parametrize("sort", ["number", "-day"])
async def test_few_rows_are_found_and_then_sorted_and_many_are_walked_to_in_the_same_order(
    papers: World, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    """Else PostgreSQL walks an index of the order to its end for what a caller has few of."""

    async def pages(counted: int) -> tuple[list[UUID], bool]:
        monkeypatch.setattr(lists, "MAX_TOTAL", counted)
        with papers.statements() as sent:
            keys = await follow(papers, sort=sort, limit=7)
        return keys, any("ORDER BY coalesce(" in one for one in sent)

    sorted_after, is_sorted = await pages(60)
    walked, is_walked_sorted = await pages(59)

    assert (is_sorted, is_walked_sorted) == (True, False)
    assert sorted_after == walked


async def test_rows_that_are_equal_are_in_the_order_that_the_list_has_then(papers: World) -> None:
    rising = await follow(papers, sort="is_odd", limit=7)

    assert rising == sorted(rising, key=lambda key: (number(key) % 2, number(key) % 7, key))


@pytest.mark.parametrize(
    ("sort", "reach", "is_walked"),
    [
        ("subject", Reach.UNITS, False),
        ("number", Reach.UNITS, True),
        ("subject", Reach.REGION, True),
    ],
)
async def test_rows_of_some_units_are_never_walked_to_in_the_order_of_units(
    papers: World, monkeypatch: pytest.MonkeyPatch, sort: str, reach: Reach, is_walked: bool
) -> None:
    """Those of one unit stand together there, after everybody else's before them."""
    monkeypatch.setattr(lists, "MAX_TOTAL", 1)
    of_units = replace(PAPERS, scope=Scope(PaperRow.region, service_points=[PaperRow.subject]))
    async with papers.worker.autocommit() as connection:
        await connection.execute(text("UPDATE papers SET subject = 'P' || number"))
    reader = a_reader(papers, reach=reach, units=["P5", "P6"])

    with papers.statements() as sent:
        page = await of_units.page(ListQuery(sort=sort, limit=3), reader)

    assert len(page.items) == 3
    assert any("ORDER BY coalesce(" in one for one in sent) != is_walked


async def test_rows_of_a_user_are_never_walked_to_in_the_order_of_users(
    papers: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MAX_TOTAL", 1)
    async with papers.worker.autocommit() as connection:
        await connection.execute(text("UPDATE papers SET subject = 'k082lno'"))

    with papers.statements() as sent:
        page = await PAPERS.page(
            ListQuery(sort="subject", limit=3), a_reader(papers, reach=Reach.OWN)
        )

    assert len(page.items) == 3
    assert any("ORDER BY coalesce(" in one for one in sent)


def number(key: UUID) -> int:
    """Which paper it is."""
    return next(n for n in range(60) if paper(n) == key)
