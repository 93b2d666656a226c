"""What a cursor must not do."""

import base64
import json
from urllib.parse import parse_qs, quote, unquote_plus, urlsplit
from uuid import uuid4

import httpx
import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kvitt_chassis.operating.masking import holds_personal_number
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.web import cursors
from kvitt_chassis.web.cursors import MAX_CURSOR_LENGTH, Cursor
from kvitt_chassis.web.lists import ListQuery
from kvitt_chassis.web.problems import ProblemRaised
from kvitt_testkit.world import World
from starlette.datastructures import URL

from chassis.tests.listing.papers import (
    PAPERS,
    SEALER,
    PaperQuery,
    a_page,
    a_reader,
    assert_says_start_again,
    cursor_of,
)

A_KEY = "d65bae86-9377-4220-99af-242a65ba0fa7"


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


async def test_a_cursor_is_of_all_that_was_asked_whatever_is_done_with_it(papers: World) -> None:
    first = await PAPERS.page(PaperQuery(limit=1), a_reader(papers))
    asked = PaperQuery(limit=1, cursor=cursor_of(first), with_more=True)

    with pytest.raises(ProblemRaised) as raised:
        await PAPERS.page(asked, a_reader(papers))

    assert raised.value.problem.reason == "CURSOR_OF_ANOTHER_LIST"


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


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
