"""ORD-16: files that go along with orders, on real PostgreSQL, over real HTTP, in a real folder."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from kvitt_contracts.envelope import Event
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.attachments.models import AttachmentRow
from orders.attachments.store import settings
from orders.people.models import PersonAccessRow

from contracts.tests.builders.story import OUTSIDER, SENDER, SENDING
from services.orders.tests.builders import registry
from services.orders.tests.worlds import CLERK, MONDAY, placed_over_http

PDF: Final = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"
JPEG: Final = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"
UNIT: Final[dict[str, Any]] = {
    "user": SENDER,
    "roles": ["prescriber"],
    "service_points": [SENDING],
}
STRANGER: Final[dict[str, Any]] = {
    "user": OUTSIDER,
    "roles": ["prescriber"],
    "service_points": ["61202"],
}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The registry, on a Monday."""
    async with given(service, at=MONDAY) as world:
        await registry(world)
        yield world


async def sent_in(
    client: httpx.AsyncClient,
    content: Any = PDF,
    *,
    name: str = "Läkarintyg.pdf",
    media_type: str = "application/pdf",
    **headers: str,
) -> httpx.Response:
    """What is answered to who sends a file."""
    said = {"Content-Type": media_type, "X-Filename": quote(name), **headers}
    return await client.post("/attachments", content=content, headers=said)


async def attached(client: httpx.AsyncClient, order: str, **file: Any) -> dict[str, Any]:
    """A file that goes along with an order."""
    made = (await sent_in(client, **file)).json()
    answer = await put_to(client, made["attachment_id"], order)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def put_to(client: httpx.AsyncClient, attachment: str, order: str) -> httpx.Response:
    """What is answered to who puts a file to an order."""
    about = {"kind": "order", "id": order}
    return await client.post(f"/attachments/{attachment}:attach", json={"about": about})


async def an_order(world: World) -> str:
    """A unit's order for a patient."""
    async with world.http(**UNIT) as client:
        return str((await placed_over_http(world, client))["order_id"])


def stored(tmp_path: Path) -> list[Path]:
    """The files that are kept."""
    return [one for one in (tmp_path / "files").rglob("*") if one.is_file()]


@pytest.mark.rule("ORD-16a")
@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "Läkarintyg åäö.pdf", "application/pdf"),
        (PNG, "Trappan.PNG", "image/png"),
        (JPEG, "hall.jpeg", "image/jpeg"),
        ("Måtten är 80 × 200.\n".encode(), "mått.txt", "text/plain"),
    ],
)
async def test_a_file_goes_along_with_an_order_as_it_was_sent(
    world: World, content: bytes, name: str, media_type: str
) -> None:
    order = await an_order(world)

    async with world.http(**UNIT) as client:
        shown = await attached(client, order, content=content, name=name, media_type=media_type)
        listed = (await client.get(f"/orders/{order}/attachments")).json()["attachments"]
        read = await client.get(f"/attachments/{shown['attachment_id']}")

    assert [one["attachment_id"] for one in listed] == [shown["attachment_id"]]
    assert (shown["name"], shown["media_type"]) == (name, media_type)
    assert (shown["size"], shown["by"]) == (len(content), SENDER)
    assert shown["about"] == {"kind": "order", "id": order}
    assert read.content == content
    headers = read.headers
    assert headers["content-type"].split(";")[0] == media_type
    assert headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote(name)}"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.rule("ORD-16b")
async def test_both_sides_read_what_goes_along_and_nobody_else(world: World) -> None:
    order = await an_order(world)
    async with world.http(**UNIT) as client:
        shown = await attached(client, order)
    paths = (f"/attachments/{shown['attachment_id']}", f"/orders/{order}/attachments")

    for path in paths:
        for caller, status in ((UNIT, 200), (CLERK, 200), (STRANGER, 404)):
            async with world.http(**caller) as client:
                answer = await client.get(path)
            assert answer.status_code == status, (path, caller)


@pytest.mark.rule("ORD-16b")
async def test_what_goes_along_with_nothing_yet_is_its_senders_alone(world: World) -> None:
    order = await an_order(world)
    async with world.http(**UNIT) as client:
        made = (await sent_in(client)).json()
        mine = await client.get(f"/attachments/{made['attachment_id']}")
    async with world.http(**CLERK) as client:
        theirs = await client.get(f"/attachments/{made['attachment_id']}")
        taken = await put_to(client, made["attachment_id"], order)

    assert mine.content == PDF
    assert theirs.status_code == 404
    assert taken.json()["reason"] == "UNKNOWN_ATTACHMENT"


@pytest.mark.rule("ORD-16e", "REF-19d")
async def test_who_reads_a_file_about_a_patient_has_looked_at_them(world: World) -> None:
    order = await an_order(world)
    async with world.http(**UNIT) as client:
        shown = await attached(client, order)
    async with world.http(**CLERK) as client:
        await client.get(f"/attachments/{shown['attachment_id']}")

    looks = await world.rows(PersonAccessRow)
    (look,) = [one for one in looks if one.purpose == "attachment"]
    assert look.user_id == CLERK["user"]
    assert look.person is not None


@pytest.mark.rule("ORD-16c")
@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"media_type": "application/zip"}, ("TYPE_NOT_TAKEN", "Content-Type")),
        ({"media_type": "text/html"}, ("TYPE_NOT_TAKEN", "Content-Type")),
        ({"content": PNG}, ("NOT_WHAT_IT_SAYS", "body")),
        ({"content": b"MZ\x90\x00\x03\x00\x00\x00\x04\x00"}, ("NOT_WHAT_IT_SAYS", "body")),
        ({"content": b"<html>%PDF-1.7"}, ("NOT_WHAT_IT_SAYS", "body")),
        ({"content": b""}, ("EMPTY", "body")),
        ({"name": "../../etc/passwd.pdf"}, ("NAME_NOT_USABLE", "X-Filename")),
        ({"name": "C:\\intyg.pdf"}, ("NAME_NOT_USABLE", "X-Filename")),
        ({"name": "intyg\r\nSet-Cookie: a.pdf"}, ("NAME_NOT_USABLE", "X-Filename")),
        ({"name": "intyg\u202efdp.exe.pdf"}, ("NAME_NOT_USABLE", "X-Filename")),
        ({"name": "intyg\x00.pdf"}, ("NAME_NOT_USABLE", "X-Filename")),
        ({"name": ".pdf"}, ("NAME_NOT_USABLE", "X-Filename")),
        ({"name": " "}, ("NAME_NOT_USABLE", "X-Filename")),
        ({"name": "a" * 200 + ".pdf"}, ("NAME_NOT_USABLE", "X-Filename")),
        ({"name": "intyg.pdf.exe"}, ("NAME_SAYS_OTHER_TYPE", "X-Filename")),
        ({"name": "19121212-9819 intyg.pdf"}, ("PERSONAL_NUMBER_IN_NAME", "X-Filename")),
        ({"name": "intyg 121212  9819.pdf"}, ("PERSONAL_NUMBER_IN_NAME", "X-Filename")),
        ({"name": "19121212_9819.pdf"}, ("PERSONAL_NUMBER_IN_NAME", "X-Filename")),
        ({"name": "121212\u20139819.pdf"}, ("PERSONAL_NUMBER_IN_NAME", "X-Filename")),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_its_field_and_the_way_on(
    world: World, tmp_path: Path, file: dict[str, Any], said: tuple[str, str]
) -> None:
    async with world.http(**UNIT) as client:
        answer = await sent_in(client, **file)

    told = answer.json()
    assert answer.status_code == 422, told
    assert (told["reason"], told["field"], told["rule"]) == (*said, "ORD-16")
    assert told["way_on"]
    assert stored(tmp_path) == []


@pytest.mark.rule("ORD-16c")
async def test_what_is_too_large_is_refused_with_the_limit_and_leaves_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KVITT_FILES_MAX_BYTES", str(2 * 1024 * 1024))
    settings.cache_clear()

    async def large() -> AsyncIterator[bytes]:
        yield PDF
        for _ in range(3):
            yield bytes(1024 * 1024)

    async with world.http(**UNIT) as client:
        told = (await sent_in(client, large())).json()
        fits = await sent_in(client, PDF + bytes(1024 * 1024 + 1))

    assert (told["reason"], told["field"], told["rule"]) == ("TOO_LARGE", "body", "ORD-16")
    assert "2 MB" in told["way_on"]
    assert fits.status_code == 201, fits.text
    assert len(stored(tmp_path)) == 1


@pytest.mark.rule("ORD-16a")
async def test_a_file_of_25_megabytes_is_taken_in(world: World) -> None:
    piece = 1024 * 1024

    async def largest() -> AsyncIterator[bytes]:
        yield PDF
        for _ in range(24):
            yield bytes(piece)
        yield bytes(piece - len(PDF))

    async with world.http(**UNIT) as client:
        answer = await sent_in(client, largest())

    assert answer.json()["size"] == 25 * piece


async def test_the_same_key_has_one_effect_and_another_file_by_it_is_refused(
    world: World,
) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    async with world.http(**UNIT) as client:
        first = await sent_in(client, **key)
        again = await sent_in(client, **key)
        other = await sent_in(client, PDF + b"\n", **key)
        without = await sent_in(client, **{"Idempotency-Key": ""})

    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert other.json()["reason"] == "IDEMPOTENCY_KEY_REUSED"
    assert without.json()["reason"] == "IDEMPOTENCY_KEY_REQUIRED"


@pytest.mark.rule("ORD-16d")
async def test_what_is_put_to_nothing_is_deleted_after_a_day(world: World, tmp_path: Path) -> None:
    order = await an_order(world)
    async with world.http(**UNIT) as client:
        kept = await attached(client, order)
        orphan = (await sent_in(client)).json()

    await world.advance(to=MONDAY + timedelta(hours=23))
    assert len(stored(tmp_path)) == 2
    await world.advance(to=MONDAY + timedelta(hours=25))

    (left,) = await world.rows(AttachmentRow)
    assert str(left.attachment_id) == kept["attachment_id"]
    assert [one.stem for one in stored(tmp_path)] == [kept["attachment_id"]]
    async with world.http(**UNIT) as client:
        late = await put_to(client, orphan["attachment_id"], order)
    assert (late.json()["reason"], late.json()["rule"]) == ("UNKNOWN_ATTACHMENT", "ORD-16")


@pytest.mark.rule("ORD-16a")
async def test_a_file_goes_along_with_one_thing_and_may_be_put_there_again(world: World) -> None:
    first, second = await an_order(world), await an_order(world)
    async with world.http(**UNIT) as client:
        shown = await attached(client, first)
        again = await put_to(client, shown["attachment_id"], first)
        elsewhere = await put_to(client, shown["attachment_id"], second)

    assert again.status_code == 200
    assert (elsewhere.status_code, elsewhere.json()["reason"]) == (409, "ALREADY_ATTACHED")


async def test_so_many_files_go_along_with_an_order_and_no_more(world: World) -> None:
    order = await an_order(world)
    async with world.http(**UNIT) as client:
        for _ in range(20):
            await attached(client, order)
        made = (await sent_in(client)).json()
        answer = await put_to(client, made["attachment_id"], order)

    assert (answer.status_code, answer.json()["reason"]) == (409, "TOO_MANY")


@pytest.mark.rule("REF-18c")
async def test_nothing_is_put_to_an_order_that_one_does_not_see(world: World) -> None:
    order = await an_order(world)
    async with world.http(**STRANGER) as client:
        made = (await sent_in(client)).json()
        answers = [
            await put_to(client, made["attachment_id"], one) for one in (order, str(uuid4()))
        ]

    assert [(one.status_code, one.json()["reason"]) for one in answers] == [
        (404, "UNKNOWN_ORDER")
    ] * 2


async def test_a_file_that_is_not_where_it_was_kept_is_told_with_the_way_on(
    world: World, tmp_path: Path
) -> None:
    async with world.http(**UNIT) as client:
        made = (await sent_in(client)).json()
        for one in stored(tmp_path):
            one.unlink()
        answer = await client.get(f"/attachments/{made['attachment_id']}")

    assert (answer.status_code, answer.json()["reason"]) == (409, "FILE_GONE")
    assert "kundservice" in answer.json()["way_on"]


async def test_a_store_that_does_not_answer_is_told_and_nothing_is_kept(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "files").mkdir(exist_ok=True)
    (tmp_path / "files" / "ac").write_text("where a folder should be")

    async with world.http(**UNIT) as client:
        answer = await sent_in(client)

    assert (answer.status_code, answer.json()["reason"]) == (503, "FILES_UNAVAILABLE")
    assert not any(one.is_kept for one in await world.rows(AttachmentRow))


@pytest.mark.rule("ORD-16a")
async def test_a_files_name_and_content_are_in_no_event(world: World) -> None:
    order = await an_order(world)
    before: list[Event] = await world.events()
    async with world.http(**UNIT) as client:
        await attached(client, order, name="Hemlig.pdf")

    assert await world.events() == before
