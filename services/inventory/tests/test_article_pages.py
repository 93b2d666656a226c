"""INV-2a: pictures, documents and the supplier's words, over real HTTP, in a real folder."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from inventory.app import service
from inventory.article_files.models import ArticleFileRow
from inventory.article_files.store import settings
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.regions import the_catalogue, the_stores
from contracts.tests.builders.story import CUSHION, SENDER, SENDING, SERVICE

MONDAY: Final = stockholm("2026-03-02 08:00")
PDF: Final = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"
JPEG: Final = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"
STAFF: Final[dict[str, Any]] = {"user": SERVICE, "roles": ["customer_service"]}
UNIT: Final[dict[str, Any]] = {
    "user": SENDER,
    "roles": ["prescriber"],
    "service_points": [SENDING],
}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The catalogue, on a Monday."""
    async with given(service, at=MONDAY) as world:
        await world.handle_all(*the_stores(), *the_catalogue())
        yield world


async def sent_in(
    client: httpx.AsyncClient,
    content: Any = PNG,
    *,
    name: str = "Dyna åäö.png",
    media_type: str = "image/png",
    article: str = CUSHION,
    **headers: str,
) -> httpx.Response:
    """What is answered to who sends a file of an article."""
    said = {"Content-Type": media_type, "X-Filename": quote(name), **headers}
    return await client.post(f"/articles/{article}/files", content=content, headers=said)


async def shown(client: httpx.AsyncClient, file: str, text: str = "Dynan från sidan") -> Any:
    """What is answered to who shows a file on its article's page."""
    return await client.post(f"/article-files/{file}:show", json={"description": text})


async def page(client: httpx.AsyncClient) -> dict[str, Any]:
    """The article's page."""
    answer: dict[str, Any] = (await client.get(f"/articles/{CUSHION}")).json()
    return answer


def stored(tmp_path: Path) -> list[Path]:
    """The files that are kept."""
    return [one for one in (tmp_path / "files").rglob("*") if one.is_file()]


@pytest.mark.rule("INV-2a")
@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "Bruksanvisning.pdf", "application/pdf"),
        (PNG, "Dyna åäö.PNG", "image/png"),
        (JPEG, "dyna.jpeg", "image/jpeg"),
    ],
)
async def test_a_file_is_on_its_articles_page_as_it_was_sent(
    world: World, content: bytes, name: str, media_type: str
) -> None:
    async with world.http(**STAFF) as client:
        made = (await sent_in(client, content, name=name, media_type=media_type)).json()
        before = await page(client)
        answer = await shown(client, made["file_id"])
    async with world.http(**UNIT) as client:
        (told,) = (await page(client))["files"]
        read = await client.get(f"/article-files/{made['file_id']}")

    assert before["files"] == []
    assert answer.status_code == 200, answer.text
    assert told == answer.json()
    assert (told["name"], told["media_type"], told["size"]) == (name, media_type, len(content))
    assert (told["description"], told["by"]) == ("Dynan från sidan", SERVICE)
    assert read.content == content
    headers = read.headers
    assert headers["content-type"].split(";")[0] == media_type
    assert headers["content-disposition"] == f"inline; filename*=UTF-8''{quote(name)}"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.rule("INV-2a")
async def test_a_file_that_is_taken_away_may_be_shown_again_within_a_day(
    world: World, tmp_path: Path
) -> None:
    async with world.http(**STAFF) as client:
        file = (await sent_in(client)).json()["file_id"]
        await shown(client, file)
        hidden = (await client.post(f"/article-files/{file}:hide")).json()
        without = await page(client)
        gone = await client.get(f"/article-files/{file}")
        await world.advance(to=MONDAY + timedelta(hours=23))
        again = await client.post(f"/article-files/{file}:show", json={})
        await world.advance(to=MONDAY + timedelta(days=3))
        (told,) = (await page(client))["files"]

        await client.post(f"/article-files/{file}:hide")
        await world.advance(to=MONDAY + timedelta(days=5))
        late = await shown(client, file)

    assert (hidden["is_shown"], without["files"], gone.status_code) == (False, [], 404)
    assert (again.status_code, told["description"]) == (200, "Dynan från sidan")
    assert (late.status_code, late.json()["reason"]) == (404, "UNKNOWN_ARTICLE_FILE")
    assert await world.rows(ArticleFileRow) == []
    assert stored(tmp_path) == []


@pytest.mark.rule("INV-2a")
@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"media_type": "text/plain", "name": "dyna.txt"}, ("TYPE_NOT_TAKEN", "Content-Type")),
        ({"media_type": "image/svg+xml"}, ("TYPE_NOT_TAKEN", "Content-Type")),
        ({"content": PDF}, ("NOT_WHAT_IT_SAYS", "body")),
        ({"content": b"<html>"}, ("NOT_WHAT_IT_SAYS", "body")),
        ({"content": b""}, ("EMPTY", "body")),
        ({"name": "../../etc/passwd.png"}, ("NAME_NOT_USABLE", "X-Filename")),
        ({"name": "dyna.png.exe"}, ("NAME_SAYS_OTHER_TYPE", "X-Filename")),
        ({"name": "19121212-9819.png"}, ("PERSONAL_NUMBER_IN_NAME", "X-Filename")),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_its_field_and_the_way_on(
    world: World, tmp_path: Path, file: dict[str, Any], said: tuple[str, str]
) -> None:
    async with world.http(**STAFF) as client:
        answer = await sent_in(client, **file)

    told = answer.json()
    assert answer.status_code == 422, told
    assert (told["reason"], told["field"], told["rule"]) == (*said, "INV-2")
    assert told["way_on"]
    assert stored(tmp_path) == []


@pytest.mark.rule("INV-2a")
async def test_what_is_too_large_is_refused_with_the_limit_and_leaves_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KVITT_FILES_MAX_BYTES", str(2 * 1024 * 1024))
    settings.cache_clear()

    async def large() -> AsyncIterator[bytes]:
        yield PNG
        for _ in range(3):
            yield bytes(1024 * 1024)

    async with world.http(**STAFF) as client:
        told = (await sent_in(client, large())).json()
        left = stored(tmp_path)
        fits = await sent_in(client, PNG + bytes(1024 * 1024 + 1))

    assert (told["reason"], told["field"], told["rule"]) == ("TOO_LARGE", "body", "INV-2")
    assert "2 MB" in told["way_on"]
    assert left == []
    assert fits.status_code == 201, fits.text


@pytest.mark.rule("INV-2a")
async def test_what_is_never_shown_is_forgotten_after_a_day(world: World, tmp_path: Path) -> None:
    async with world.http(**STAFF) as client:
        await sent_in(client)
        kept = stored(tmp_path)
        await world.advance(to=MONDAY + timedelta(hours=25))

    assert len(kept) == 1
    assert await world.rows(ArticleFileRow) == []
    assert stored(tmp_path) == []


@pytest.mark.rule("INV-2a")
async def test_a_file_is_not_shown_without_a_text_that_says_what_it_shows(world: World) -> None:
    async with world.http(**STAFF) as client:
        file = (await sent_in(client)).json()["file_id"]
        refused = await client.post(f"/article-files/{file}:show", json={})

    told = refused.json()
    assert (told["reason"], told["field"]) == ("DESCRIPTION_MISSING", "description")


@pytest.mark.rule("INV-2a")
async def test_a_page_shows_so_many_files_and_no_more(world: World) -> None:
    async with world.http(**STAFF) as client:
        files = [(await sent_in(client)).json()["file_id"] for _ in range(31)]
        answers = [await shown(client, file) for file in files]
        again = await shown(client, files[0], "Dynan framifrån")

    assert [one.status_code for one in answers] == [200] * 30 + [409]
    assert answers[-1].json()["reason"] == "TOO_MANY"
    assert again.status_code == 200


@pytest.mark.rule("INV-2a", "REF-18c")
async def test_customer_service_alone_writes_an_articles_page(world: World) -> None:
    async with world.http(**STAFF) as client:
        file = (await sent_in(client)).json()["file_id"]
        unknown = await sent_in(client, article="99999")
    async with world.http(**UNIT) as client:
        answers = [
            await sent_in(client),
            await shown(client, file),
            await client.post(f"/article-files/{file}:hide"),
            await client.put(f"/articles/{CUSHION}/information", json={"text": "Bra."}),
        ]

    assert [(one.status_code, one.json()["reason"]) for one in answers] == [(403, "FORBIDDEN")] * 4
    assert (unknown.status_code, unknown.json()["reason"]) == (404, "UNKNOWN_ARTICLE")


@pytest.mark.rule("INV-2a")
async def test_the_suppliers_words_are_what_was_written_last(world: World) -> None:
    link = "https://www.nordhjalp.example/dynor"
    async with world.http(**STAFF) as client:
        path = f"/articles/{CUSHION}/information"
        first = await client.put(path, json={"text": "Tvättas i 60 °C.", "link": link})
        told = (await page(client))["information"]
        await client.put(path, json={"text": "Tvättas i 40 °C."})
        changed = (await page(client))["information"]
        bad = await client.put(path, json={"link": "javascript:alert(1)"})
        person = await client.put(path, json={"text": "Ring 19121212-9819 om dynan"})
        unknown = await client.put("/articles/99999/information", json={"text": "Bra."})

    assert first.json() == told == {"text": "Tvättas i 60 °C.", "link": link}
    assert changed == {"text": "Tvättas i 40 °C.", "link": None}
    assert (bad.json()["reason"], bad.json()["field"]) == ("LINK_NOT_USABLE", "link")
    assert (person.json()["reason"], person.json()["field"]) == ("PERSONAL_NUMBER_IN_TEXT", "text")
    assert unknown.status_code == 404


async def test_the_same_key_has_one_effect(world: World) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    async with world.http(**STAFF) as client:
        first = await sent_in(client, **key)
        again = await sent_in(client, **key)
        other = await sent_in(client, PNG + b"\n", **key)

    assert again.json() == first.json()
    assert other.json()["reason"] == "IDEMPOTENCY_KEY_REUSED"
