"""REF-22d, e, f and REF-23g: what is written of what concerns a person, and files, are sealed."""

import json
from collections.abc import AsyncIterable, AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from kvitt_contracts.types import (
    NamedPatient,
    PersonRef,
    RegionCode,
    RegionPersonId,
    Role,
    ServicePointId,
    Thing,
    UserId,
    Word,
)
from kvitt_testkit.upgrades import migration
from kvitt_testkit.world import REGION, Given, World
from orders.app import service
from orders.attachments.sealing import PIECE, NotSealedSo, sealed, unsealed
from orders.cases.commands import AskCaseInWords
from orders.cases.models import CaseRow
from orders.order_drafts.commands import SaveOrderDraft
from orders.order_drafts.domain import WrittenLine, WrittenOrder
from orders.people.keys.models import PersonKeyRow
from orders.people.keys.sealing import ERASED, NOBODY, is_sealed, new_key
from sqlalchemy import text

from contracts.tests.builders.regions import a_person_joined, a_person_stated
from contracts.tests.builders.story import SENDER, SENDING
from services.orders.tests.builders import a_reserve_number, registry
from services.orders.tests.test_attachments import UNIT, attached, sent_in, stored
from services.orders.tests.worlds import CLERK, placed_over_http, ref_of

LATER: Final = datetime.now(UTC) + timedelta(days=1)
WORDS: Final = ("Ylvahilda", "Anhörigholm", "Nyckelskåp", "Utkastord")
FILE: Final = "Ylvahilda kan inte gå i trappor.\n".encode()
CASE: Final = UUID(int=7)
_TABLES: Final = (
    *("order_details", "order_drafts", "cases", "attachments", "idempotency_keys"),
    *("work_orders", "work_order_details", "fault_reports", "pickup_details"),
)


async def sql(world: World, statement: str, **values: Any) -> Any:
    """What the database itself has."""
    async with world.worker.unit(RegionCode(REGION)) as unit:
        found = await unit.session.execute(text(statement), values)
        return found.all() if statement.startswith("SELECT") else None


async def everything(world: World) -> str:
    """All that the tables have in them."""
    found = [await sql(world, f"SELECT to_jsonb(t) FROM {table} t") for table in _TABLES]
    return json.dumps([[row[0] for row in rows] for rows in found], ensure_ascii=False)


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The registry."""
    async with given(service, at=LATER) as world:
        await registry(world)
        yield world


async def written(world: World, client: httpx.AsyncClient) -> tuple[str, str]:
    """An order with words in it, a draft, and a case about the person: the order's and the draft's
    ids.
    """
    order = await placed_over_http(
        world,
        client,
        delivery={"to": {"kind": "recipient"}, "contact_person": WORDS[1], "information": WORDS[2]},
        lines=[{"article_number": "30457", "comment": WORDS[0]}],
    )
    person = await ref_of(world)
    answer = await client.post(
        "/order-drafts",
        json={
            "recipient": {"kind": "patient", "person": str(person)},
            "service_point": SENDING,
            "written": {"lines": [{"comment": WORDS[3]}]},
        },
    )
    assert answer.status_code == 201, answer.text
    await asked(world, person)
    return str(order["order_id"]), str(answer.json()["draft_id"])


async def asked(world: World, person: PersonRef, case_id: UUID = CASE) -> None:
    """A case about a person."""
    about = Thing(kind=Word("person"), id=person)
    command = AskCaseInWords(
        kind=Word("other"),
        about=about,
        service_point=ServicePointId(SENDING),
        by=UserId(SENDER),
        text=WORDS[0],
    )
    await world.command(command, target=case_id)


async def shown(client: httpx.AsyncClient, order: str, draft: str) -> tuple[str, str, str]:
    """What the order's line, the draft's, and the case say."""
    answers = [
        await client.get(path)
        for path in (f"/orders/{order}", f"/order-drafts/{draft}", f"/cases/{CASE}")
    ]
    assert [one.status_code for one in answers] == [200] * 3, [one.text for one in answers]
    told, drafted, case = (one.json() for one in answers)
    lines = drafted["written"]["lines"]
    return told["lines"][0]["comment"], lines[0]["comment"] if lines else "", case["text"]


async def contacts_of(client: httpx.AsyncClient, order: str) -> str:
    """What who delivers an order is told beside the address."""
    return (await client.post(f"/orders/{order}:resolve-delivery")).text


@pytest.mark.rule("REF-22d")
async def test_what_is_written_of_a_persons_stands_in_no_column_and_is_read(world: World) -> None:
    async with world.http(**UNIT) as client:
        order, draft = await written(world, client)

        found = await everything(world)

        assert not [one for one in WORDS if one in found]
        assert await shown(client, order, draft) == (WORDS[0], WORDS[3], WORDS[0])
    async with world.http(**CLERK) as client:
        assert WORDS[1] in await contacts_of(client, order)


@pytest.mark.rule("REF-22d")
async def test_it_is_sealed_with_the_persons_own_key(world: World) -> None:
    async with world.http(**UNIT) as client:
        order, draft = await written(world, client)
        await sql(world, "DELETE FROM person_keys WHERE person <> :one", one=await ref_of(world))

        assert await shown(client, order, draft) == (WORDS[0], WORDS[3], WORDS[0])


@pytest.mark.rule("REF-22d")
async def test_a_draft_that_becomes_another_persons_is_sealed_with_that_ones_key(
    world: World,
) -> None:
    await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-2")
    other = await ref_of(world, "ac-person-2")
    async with world.http(**UNIT) as client:
        _, draft = await written(world, client)
        command = SaveOrderDraft(
            recipient=NamedPatient(person=RegionPersonId("ac-person-2")),
            service_point=ServicePointId(SENDING),
            written=WrittenOrder(lines=(WrittenLine(comment=WORDS[3]),)),
            by=UserId(SENDER),
            version=1,
        )
        await world.command(command, target=UUID(draft))
        await sql(world, "DELETE FROM person_keys WHERE person <> :other", other=other)
        read = await client.get(f"/order-drafts/{draft}")

    assert read.json()["written"]["lines"][0]["comment"] == WORDS[3]


@pytest.mark.rule("REF-22d")
async def test_what_was_written_of_an_alias_opens_when_it_is_the_other_one(world: World) -> None:
    await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-2")
    await asked(world, await ref_of(world))

    await world.handle(a_person_joined("ac-person-1"), subject="ac-person-2")

    async with world.http(**CLERK) as client:
        assert (await client.get(f"/cases/{CASE}")).json()["text"] == WORDS[0]


@pytest.mark.rule("REF-22d")
async def test_what_concerns_nobody_is_sealed_with_nobodys_key_which_is_replaced_too(
    world: World,
) -> None:
    command = AskCaseInWords(
        kind=Word("person_missing"),
        service_point=ServicePointId(SENDING),
        by=UserId(SENDER),
        text=WORDS[0],
    )
    await world.command(command, target=CASE)
    async with world.http(user="ac-system", roles=[Role.REGION_SYSTEM]) as client:
        turned = await client.post("/person-keys:rotate")

    assert WORDS[0] not in await everything(world)
    (nobodys,) = [one for one in await world.rows(PersonKeyRow) if one.person == NOBODY]
    assert nobodys.version == 2, turned.text
    async with world.http(**CLERK) as client:
        assert (await client.get(f"/cases/{CASE}")).json()["text"] == WORDS[0]


@pytest.mark.rule("REF-22e")
async def test_a_file_and_its_name_are_sealed_and_read_as_they_were(
    world: World, tmp_path: Path
) -> None:
    async with world.http(**UNIT) as client:
        order, _ = await written(world, client)
        file = {"content": FILE, "name": "Ylvahilda.txt", "media_type": "text/plain"}
        made = await attached(client, order, **file)
        await sql(world, "DELETE FROM person_keys WHERE person <> :one", one=await ref_of(world))
        read = await client.get(f"/attachments/{made['attachment_id']}")
        listed = (await client.get(f"/orders/{order}/attachments")).json()["attachments"]

    assert not [one for one in stored(tmp_path) if b"Ylvahilda" in one.read_bytes()]
    assert "Ylvahilda" not in await everything(world)
    assert (read.content, read.headers["content-length"]) == (FILE, str(len(FILE)))
    assert [one["name"] for one in listed] == ["Ylvahilda.txt"]


@pytest.mark.rule("REF-22e")
@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
async def test_a_sealed_file_opens_whole_and_nowhere_else(size: int) -> None:
    key, plain = new_key(), bytes(range(256)) * (size // 256 + 1)
    token = await _whole(sealed(_pieces(plain[:size]), key, at="ac/1"))

    assert await _whole(unsealed(_pieces(token), key, at="ac/1")) == plain[:size]
    for given_key, at, content in (
        (new_key(), "ac/1", token),
        (key, "ac/2", token),
        (key, "ac/1", token[: len(token) // 2]),
        (key, "ac/1", token[:-1]),
        *([(key, "ac/1", token[: PIECE + 28])] if size > PIECE else []),  # whole pieces of it
    ):
        with pytest.raises(NotSealedSo):
            await _whole(unsealed(_pieces(content[: len(content)]), given_key, at=at))


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 700_000):
        yield content[start : start + 700_000]


async def _whole(pieces: AsyncIterable[bytes]) -> bytes:
    return b"".join([one async for one in pieces])


@pytest.mark.rule("REF-22f")
async def test_what_an_earlier_release_stored_is_read_and_sealed_meanwhile(
    world: World, tmp_path: Path
) -> None:
    async with world.http(**UNIT) as client:
        order, draft = await written(world, client)
        made = await attached(
            client, order, content=FILE, name="Ylvahilda.txt", media_type="text/plain"
        )
        file = f"/attachments/{made['attachment_id']}"
        await _store_in_clear(world, tmp_path, made["attachment_id"])

        assert await shown(client, order, draft) == (WORDS[0], WORDS[3], WORDS[0])
        assert (await client.get(file)).content == FILE
        for statement in migration("orders", "0058").SEAL_WHAT_IS_CLEAR:
            await sql(world, statement)
        while await world.fire_timers():
            pass

        found = await everything(world)
        assert not [one for one in WORDS if one in found]
        assert not [one for one in stored(tmp_path) if b"Ylvahilda" in one.read_bytes()]
        await sql(world, "DELETE FROM person_keys WHERE person <> :one", one=await ref_of(world))
        assert await shown(client, order, draft) == (WORDS[0], WORDS[3], WORDS[0])
        assert (await client.get(file)).content == FILE


async def _store_in_clear(world: World, tmp_path: Path, attachment: str) -> None:
    delivery = {"to": {"kind": "recipient"}, "contact_person": WORDS[1]}
    await sql(
        world,
        "UPDATE order_details SET person = NULL, delivery = cast(:delivery AS jsonb),"
        " comments = cast(:comments AS jsonb)",
        delivery=json.dumps(delivery),
        comments=json.dumps({"1": WORDS[0]}),
    )
    await sql(
        world,
        "UPDATE order_drafts SET written = cast(:written AS jsonb)",
        written=json.dumps({"lines": [{"comment": WORDS[3]}]}),
    )
    await sql(world, "UPDATE cases SET person = NULL, text = :said", said=WORDS[0])
    await sql(
        world,
        "UPDATE attachments SET person = NULL, file_key = NULL, name = 'Ylvahilda.txt'",
    )
    for one in stored(tmp_path):
        one.unlink()
    (tmp_path / "files" / "ac" / attachment).write_bytes(FILE)


@pytest.mark.rule("REF-23g")
async def test_what_nobody_can_open_any_more_is_shown_as_erased(world: World) -> None:
    async with world.http(**UNIT) as client:
        order, draft = await written(world, client)
        made = await attached(client, order)
        await sql(world, "DELETE FROM person_keys")

        case = await client.get(f"/cases/{CASE}")
        lists = [
            await client.get(path)
            for path in (f"/orders/{order}", "/order-drafts", f"/order-drafts/{draft}", "/cases")
        ]
        listed = await client.get(f"/orders/{order}/attachments")
        file = await client.get(f"/attachments/{made['attachment_id']}")

    assert case.json()["text"] == ERASED
    assert [one.status_code for one in lists] == [200] * 4
    assert listed.json()["attachments"][0]["name"] == ERASED
    assert (file.status_code, file.json()["reason"]) == (409, "FILE_GONE")


@pytest.mark.rule("REF-23g")
async def test_an_erased_persons_texts_say_so_where_they_were(world: World) -> None:
    async with world.http(**UNIT) as client:
        order, _ = await written(world, client)
    person = await ref_of(world)
    async with world.http(**CLERK) as client:
        body = {"why": "Begäran enligt artikel 17", "is_ordered": True}
        answer = await client.post(f"/persons/{person}:erase", json=body)
        assert answer.status_code == 200, answer.text
        told = (await client.get(f"/orders/{order}")).json()
        case = (await client.get(f"/cases/{CASE}")).json()

    assert (told["lines"][0]["comment"], case["text"]) == (ERASED, ERASED)
    assert not [one for one in WORDS if one in await everything(world)]


@pytest.mark.rule("REF-23g")
async def test_what_is_written_of_who_is_erased_is_read_by_nobody(world: World) -> None:
    person = await ref_of(world)
    async with world.http(**CLERK) as client:
        body = {"why": "Begäran enligt artikel 17", "is_ordered": True}
        await client.post(f"/persons/{person}:erase", json=body)

    async with world.http(**UNIT) as client:
        answer = await client.post(
            "/cases",
            json={
                "kind": "other",
                "about": {"kind": "person", "id": str(person)},
                "service_point": SENDING,
                "text": WORDS[0],
            },
        )

    found = [one for one in await world.rows(PersonKeyRow) if one.person == person]
    assert found == [], answer.text
    assert WORDS[0] not in await everything(world)


@pytest.mark.rule("REF-24a")
async def test_who_asks_what_is_stored_is_told_what_was_written(world: World) -> None:
    async with world.http(**UNIT) as client:
        await written(world, client)
    person = await ref_of(world)

    async with world.http(user="ac-system", roles=[Role.REGION_SYSTEM]) as client:
        told = (await client.post(f"/persons/{person}:export")).json()["written"]

    assert not [one for one in WORDS if one not in json.dumps(told, ensure_ascii=False)]
    assert {one["of"] for one in told} >= {"order_details", "order_drafts", "cases"}


async def test_a_columns_texts_are_sealed_whatever_row_they_stand_in(world: World) -> None:
    async with world.http(**UNIT) as client:
        await written(world, client)
        await sent_in(client)

    (row,) = await world.rows(CaseRow)
    assert is_sealed(row.text_stored)  # type: ignore[attr-defined]
