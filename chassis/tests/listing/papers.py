"""Papers, and the list of them: sorted by what may be nothing, and by what many have alike."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

import httpx
from cryptography.fernet import Fernet
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
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.web.lists import ListOf, ListQuery, Page, named
from kvitt_chassis.web.reader import RegionReader
from kvitt_chassis.web.scopes import Scope
from kvitt_contracts.access import Act, Grantee, Reach
from kvitt_contracts.types import RegionCode, ServicePointId, UserId
from kvitt_testkit.world import World
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, text
from starlette.datastructures import URL

from chassis.tests.toy import PaperRow, Status

READERS = ["cecilia", "anna", "bert", "anna", "david"]
SEALER = Sealer(Fernet.generate_key().decode())


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
    then=PaperRow.number,
)


def paper(number: int) -> UUID:
    """The id of the paper of this number."""
    return UUID(int=(number * 7919) % 10_007 * 2**64 + number)


async def put(world: World, *numbers: int) -> None:
    """Write papers of these numbers."""
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
    """Delete these papers."""
    async with world.worker.autocommit() as connection:
        await connection.execute(
            text("DELETE FROM papers WHERE paper_id = ANY(:keys)"), {"keys": list(keys)}
        )


async def fill(world: World, rows: int) -> None:
    """Write this many more papers."""
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
    """What the list shows of what is asked."""
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
    """The cursor of the next page."""
    assert page.next is not None
    found = re.search(r"cursor=([^&]+)", page.next)
    assert found is not None
    return found[1]


def assert_says_start_again(answer: httpx.Response, reason: str) -> None:
    """The answer refuses a cursor, for this reason, and says the way on."""
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert (problem["field"], problem["rule"], problem["reason"]) == ("cursor", "contract", reason)
    assert "utan cursor" in problem["way_on"]


def a_reader(
    world: World,
    *,
    region: str = "ac",
    url: URL | None = None,
    reach: Reach = Reach.REGION,
    units: Iterable[str] = (),
) -> RegionReader:
    """A reader of all papers of a region, with every part, or as far as their units reach."""
    caller = Caller(
        user_id=UserId("k082lno"),
        region=RegionCode(region),
        grantees=frozenset(Grantee),
        service_points=frozenset(map(ServicePointId, units)),
    )
    act = Act(name="papers.list", service="notifications", granted={Grantee.OPS: reach})
    grant = Grant(caller=caller, act=act, reach=reach)
    return RegionReader(world.worker, grant, sealer=SEALER, url=url or URL("/papers"))
