"""Lists and their pages: what is shown while rows come and go, and what a cursor must not do."""

import base64
import json
import re
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import parse_qs, quote, unquote_plus, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kvitt_chassis.access import Caller, Grant
from kvitt_chassis.filters import (
    Contains,
    Eq,
    ForTheView,
    From,
    In,
    StartsWith,
    To,
    Where,
    WhereLookedUp,
)
from kvitt_chassis.operating.masking import holds_personal_number
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.web import cursors, lists
from kvitt_chassis.web.cursors import MAX_CURSOR_LENGTH, Cursor
from kvitt_chassis.web.lists import MAX_TOTAL, ListOf, ListQuery, Page, named
from kvitt_chassis.web.problems import ProblemRaised
from kvitt_chassis.web.reader import RegionReader
from kvitt_chassis.web.scopes import RegionWide, Scope
from kvitt_contracts.access import Act, Grantee, Reach
from kvitt_contracts.types import RegionCode, UserId
from kvitt_testkit.world import World
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select, text
from starlette.datastructures import URL

from chassis.tests.toy import LETTERS, LetterQuery, LetterRow, PaperRow, Status

READERS = ["cecilia", "anna", "bert", "anna", "david"]
A_KEY = "d65bae86-9377-4220-99af-242a65ba0fa7"
SEALER = Sealer(Fernet.generate_key().decode())


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.http() as client:
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


# Pages while rows come and go. The papers' list is sorted by what may be nothing, and by what many
# have alike.


@pytest.fixture
async def papers(world: World) -> World:
    """60 papers: a third without a day, the others three to a day."""
    async with world.worker.autocommit() as connection:
        await connection.execute(text("DELETE FROM papers"))
    await put(world, *range(60))
    return world


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

    async def pages(few: int) -> tuple[list[UUID], bool]:
        monkeypatch.setattr(lists, "FEW", few)
        with papers.statements() as sent:
            keys = await follow(papers, sort=sort, limit=7)
        return keys, any("ORDER BY coalesce(" in one for one in sent)

    sorted_after, is_sorted = await pages(60)
    walked, is_walked_sorted = await pages(59)

    assert (is_sorted, is_walked_sorted) == (True, False)
    assert sorted_after == walked


# Cursors.


async def test_a_cursor_says_nothing_to_who_holds_it(papers: World) -> None:
    page = await a_page(papers, ListQuery(limit=1, sort="subject"))

    assert page.next is not None
    subject = page.items[0].subject
    assert subject not in unquote_plus(page.next)
    assert subject.encode() not in base64.urlsafe_b64decode(cursor_of(page) + "==")


async def test_next_is_the_address_that_was_asked_with_a_cursor(papers: World) -> None:
    url = URL("http://elsewhere:8000/papers?limit=1&sort=-day&unknown=x")
    page = await PAPERS.page(ListQuery(limit=1, sort="-day"), a_reader(papers, url=url))

    assert page.next is not None
    asked = urlsplit(page.next)
    assert (asked.scheme, asked.netloc, asked.path) == ("", "", "/papers")
    assert {"limit": ["1"], "sort": ["-day"], "unknown": ["x"]}.items() <= parse_qs(
        asked.query
    ).items()


async def test_a_cursor_is_of_its_list_filters_order_and_region(client: httpx.AsyncClient) -> None:
    first = (await client.get("/letters?limit=1")).json()["next"]
    assert (await client.get(f"{first}&limit=3")).status_code == 200

    for changed in ("&status=unread", "&sort=-reader", "&sort=status"):
        answer = await client.get(first + changed)
        assert_says_start_again(answer, "CURSOR_OF_ANOTHER_LIST")


async def test_another_regions_cursor_is_of_no_use(world: World) -> None:
    async with world.http(region="bd") as other, world.http() as client:
        for _ in range(2):
            await other.post("/letters", json={"reader": "zoe", "about": str(uuid4())})
        theirs = (await other.get("/letters?limit=1")).json()["next"]
        assert_says_start_again(await client.get(theirs), "CURSOR_OF_ANOTHER_LIST")


async def test_another_users_cursor_is_of_no_use(world: World) -> None:
    """What a list has may depend on who asks, and a cursor tells the total."""
    async with world.http(user="anna") as anna, world.http(user="bert") as bert:
        for _ in range(2):
            await anna.post("/letters", json={"reader": "zoe", "about": str(uuid4())})
        hers = (await anna.get("/letters?limit=1")).json()["next"]
        assert_says_start_again(await bert.get(hers), "CURSOR_OF_ANOTHER_LIST")


@pytest.mark.parametrize(
    "document",
    [
        "[]",
        "{}",
        "nothing",
        json.dumps([2, "{listed}", "number", 60, True, [1, A_KEY]]),
        json.dumps([1, "{listed}", "number", 60, True, [1]]),
        json.dumps([1, "{listed}", "number", 60, True, ["not a number", A_KEY]]),
        json.dumps([1, "{listed}", "number", 60, True, [1, "not an id"]]),
        json.dumps([1, "{listed}", "day", 60, True, ["2026-02-30", A_KEY]]),
    ],
)
async def test_a_cursor_of_an_earlier_release_is_refused(papers: World, document: str) -> None:
    page = await a_page(papers, ListQuery(limit=1, sort="number"))
    listed = cursors.unseal(cursor_of(page), SEALER).listed
    sort = "day" if '"day"' in document else "number"
    sealed = SEALER.seal_text(document.replace("{listed}", listed)).rstrip("=")

    with pytest.raises(ProblemRaised) as raised:
        await a_page(papers, ListQuery(limit=1, sort=sort, cursor=sealed))

    assert raised.value.problem.field == "cursor"
    assert raised.value.problem.status == 422


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
async def test_whatever_a_cursor_is_the_answer_is_a_page_or_says_what_is_wrong(
    client: httpx.AsyncClient, data: st.DataObject
) -> None:
    first = (await client.get("/letters?limit=1")).json()["next"]
    true = parse_qs(urlsplit(first).query)["cursor"][0]
    cursor = data.draw(
        st.text(max_size=60)
        | st.text(alphabet="abcXYZ019-_=", max_size=400)
        | st.builds(lambda at, by: true[:at] + by + true[at + 1 :], st.integers(0, 250), st.text())
        | st.integers(0, 260).map(lambda at: true[:at])
        | st.text().map(SEALER.seal_text)
        | st.just(true)
        | st.just("x" * (MAX_CURSOR_LENGTH + 1))
    )

    answer = await client.get(f"/letters?limit=1&cursor={quote(cursor)}")

    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        problem = answer.json()
        assert problem.get("field") == "cursor" or problem["reason"] == "PERSONAL_NUMBER_IN_URL"
        assert problem["way_on"]


def test_a_cursor_is_never_taken_for_a_personal_number() -> None:
    class Unlucky(Sealer):
        tries = 0

        def seal_text(self, text: str) -> str:
            self.tries += 1
            sealed = super().seal_text(text)
            return f"{sealed}-9001019802-" if self.tries < 3 else sealed

    sealer = Unlucky(Fernet.generate_key().decode())
    sealed = cursors.seal(Cursor(1, "listed", "number", 1, True, [1]), sealer)

    assert sealer.tries == 3
    assert not holds_personal_number(sealed)


# What a list is made of.


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


A_DAY = date(2026, 3, 3)


async def _looked_up(number: int, reader: RegionReader) -> Any:
    subjects = await reader.all(
        select(PaperRow.subject).where(PaperRow.subject == f"Paper {number}")
    )
    return PaperRow.subject.in_(subjects)


class PaperQuery(ListQuery):
    """One field of each comparison."""

    subject: Annotated[str | None, Eq(PaperRow.subject)] = None
    numbers: Annotated[list[int] | None, In(PaperRow.number)] = None
    from_day: Annotated[date | None, From(PaperRow.day)] = None
    to_day: Annotated[date | None, To(PaperRow.day)] = None
    begins: Annotated[str | None, StartsWith(PaperRow.subject)] = None
    begins_any: Annotated[str | None, StartsWith(PaperRow.subject, ignore_case=True)] = None
    tag: Annotated[str | None, Contains(PaperRow.tags)] = None
    line: Annotated[str | None, Contains(PaperRow.lines, member="article")] = None
    dated: Annotated[bool | None, Where(lambda yes, _: PaperRow.day.is_not(None) == yes)] = None
    looked_up: Annotated[int | None, WhereLookedUp(_looked_up)] = None
    with_more: Annotated[bool, ForTheView()] = False


class PaperView(BaseModel):
    """A paper."""

    model_config = ConfigDict(from_attributes=True)

    paper_id: UUID
    subject: str


PAPERS = ListOf(
    select(PaperRow),
    scope=Scope(PaperRow.region, users=[PaperRow.subject]),
    sorts=named(
        PaperRow.day,
        PaperRow.subject,
        PaperRow.number,
        PaperRow.is_odd,
        PaperRow.is_signed,
        PaperRow.status,
        key=PaperRow.paper_id,
    ),
    default="number",
    view=PaperView.model_validate,
)


def paper(number: int) -> UUID:
    return UUID(int=(number * 7919) % 10_007 * 2**64 + number)


async def put(world: World, *numbers: int) -> None:
    async with world.worker.unit() as unit:
        for n in numbers:
            unit.session.add(
                PaperRow(
                    region=RegionCode("ac"),
                    paper_id=paper(n),
                    subject=f"Paper {n}",
                    number=n % 7,
                    day=A_DAY + timedelta(days=n // 10 - 2) if n % 3 else None,
                    is_odd=bool(n % 2),
                    is_signed=n % 3 == 1 if n % 4 else None,
                    status=(Status.UNREAD, Status.READ)[n % 2],
                    tags=("odd",) if n % 2 else (),
                    lines=({"article": f"3000{n % 5}", "more": "1"},),
                )
            )


async def take(world: World, *keys: UUID) -> None:
    async with world.worker.autocommit() as connection:
        await connection.execute(
            text("DELETE FROM papers WHERE paper_id = ANY(:keys)"), {"keys": list(keys)}
        )


async def fill(world: World, rows: int) -> None:
    async with world.worker.autocommit() as connection:
        await connection.execute(
            text(
                """
                INSERT INTO papers
                    (region, paper_id, subject, number, is_odd, status, tags, lines)
                SELECT 'ac', gen_random_uuid(), 'more', n, false, 'read', '[]', '[]'
                FROM generate_series(1, :rows) AS n
                """
            ),
            {"rows": rows},
        )


async def a_page(world: World, asked: ListQuery) -> Page[PaperView]:
    return await PAPERS.page(asked, a_reader(world))


async def follow(
    world: World,
    *,
    sort: str,
    limit: int,
    meanwhile: Callable[[list[UUID]], Any] | None = None,
) -> list[UUID]:
    """The keys of a whole list, page by page; `meanwhile` is awaited between two pages."""
    seen: list[UUID] = []
    page = await a_page(world, ListQuery(sort=sort, limit=limit))
    while True:
        seen += [row.paper_id for row in page.items]
        if page.next is None or len(seen) > 300:
            return seen
        if meanwhile is not None:
            await meanwhile(seen)
        page = await a_page(world, ListQuery(sort=sort, limit=limit, cursor=cursor_of(page)))


def cursor_of(page: Page[Any]) -> str:
    assert page.next is not None
    found = re.search(r"cursor=([^&]+)", page.next)
    assert found is not None
    return found[1]


def assert_says_start_again(answer: httpx.Response, reason: str) -> None:
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert (problem["field"], problem["rule"], problem["reason"]) == ("cursor", "contract", reason)
    assert "utan cursor" in problem["way_on"]


def a_reader(world: World, *, region: str = "ac", url: URL | None = None) -> RegionReader:
    caller = Caller(
        user_id=UserId("k082lno"), region=RegionCode(region), grantees=frozenset(Grantee)
    )
    act = Act(name="papers.list", service="notifications", granted={Grantee.OPS: Reach.REGION})
    grant = Grant(caller=caller, act=act, reach=Reach.REGION)
    return RegionReader(world.worker, grant, sealer=SEALER, url=url or URL("/papers"))
