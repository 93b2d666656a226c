"""BIL-9r: what payers without electronic invoice get on paper, as one file."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator

import httpx
import pytest
from billing import documents
from billing.app import service
from billing.models import InvoiceRow
from billing.print_files import queries
from billing.print_files.models import PrintFileFetchRow
from kvitt_contracts.access import Grantee
from kvitt_contracts.types import Role
from kvitt_documents.rendering import Document, DocumentError
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.inventory import an_article_listed, an_article_priced, numbered
from contracts.tests.builders.orders import (
    a_payer_registered,
    a_person_protection_changed,
    a_person_registered,
)
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.story import CUSHION, ELECTRONIC, PAYER, ROLLATOR, SERVICE, person
from services.billing.tests.builders import a_device, a_fee, an_order, close_may, lent

pytestmark = [pytest.mark.long(seconds=40)]

JUNE_1 = stockholm("2026-06-01 06:00")
ON_PAPER = ("20499", "20498", "20497")
ADDRESS = "/invoices:print-file?month=2026-05"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """In May a payer with an electronic address and three without each rent a device; a patient
    pays a fee. The month is over.
    """
    async with given(service, at=JUNE_1) as world:
        payers = (PAYER, *ON_PAPER)
        devices = [a_device(f"7{payer}") for payer in payers]
        await world.handle_all(
            a_payer_registered(PAYER, **ELECTRONIC),
            *(a_payer_registered(one, name="Enheten Åsa Ek") for one in ON_PAPER),
            a_person_registered(),
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            an_article_listed(CUSHION, marked=False),
            an_article_priced(CUSHION, 12_000),
            an_order(fee=a_fee(10_000)),
            a_line_delivered(payer=PAYER, on="2026-05-05"),
            *devices,
            *numbered(
                *(
                    lent(device, payer=payer, since="2026-05-01")
                    for device, payer in zip(devices, payers, strict=True)
                )
            ),
        )
        yield world


async def fetch(
    world: World, query: str = "", *, role: Role | Grantee = Role.CUSTOMER_SERVICE
) -> httpx.Response:
    """The file, as customer service gets it unless told."""
    async with world.http(user=SERVICE, roles=[role]) as client:
        return await client.get(ADDRESS + query)


def unpacked(answer: httpx.Response) -> dict[str, bytes]:
    """What the file has, by name, in its order."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def listed(files: dict[str, bytes]) -> list[dict[str, str]]:
    """The rows of its list."""
    return list(csv.DictReader(io.StringIO(files["list.csv"].decode()), delimiter=";"))


async def issued(world: World) -> dict[str, InvoiceRow]:
    """What was issued, by the payer's key."""
    await close_may(world, custody_changes=4)
    return {row.payer_key: row for row in await world.rows(InvoiceRow)}


@pytest.mark.rule("BIL-9r")
async def test_a_print_file_has_the_documents_of_payers_without_electronic_invoice(
    world: World,
) -> None:
    rows = await issued(world)
    mine = sorted((rows[f"unit/{payer}"] for payer in ON_PAPER), key=lambda row: row.number)

    answer = await fetch(world)

    files = unpacked(answer)
    assert list(files) == ["list.csv", *(f"{row.number}.pdf" for row in mine)]
    assert listed(files) == [
        {
            "number": row.number,
            "payer": row.payer_key.removeprefix("unit/"),
            "kind": "invoice",
            "gross_ore": "38750",
            "due_on": "" if row.due_on is None else row.due_on.isoformat(),
            "file": f"{row.number}.pdf",
        }
        for row in mine
    ]
    async with world.http() as client:
        for row in mine:
            pdf = (await client.get(f"/invoices/{row.id}/pdf")).content
            assert files[f"{row.number}.pdf"] == pdf
    assert answer.headers["content-disposition"] == 'attachment; filename="ac-2026-05-units.zip"'
    assert (await fetch(world)).content == answer.content


@pytest.mark.rule("BIL-9r")
async def test_patients_documents_are_fetched_by_themselves_and_it_is_logged(world: World) -> None:
    row = (await issued(world))[f"patient/{person()}"]

    files = unpacked(await fetch(world, "&payers=patients"))

    assert list(files) == ["list.csv", f"{row.number}.pdf"]
    assert [(one["payer"], one["gross_ore"]) for one in listed(files)] == [
        (str(person()), str(row.gross_ore))
    ]
    (logged,) = await world.rows(PrintFileFetchRow)
    assert (logged.user_id, logged.month, logged.payers) == (SERVICE, "2026-05", "patients")
    assert (logged.documents, logged.first_number, logged.last_number) == (
        1,
        row.number,
        row.number,
    )
    async with world.http(roles=[Grantee.OPS]) as client:
        (shown,) = (await client.get("/print-file-fetches?month=2026-05")).json()["items"]
    assert (shown["user_id"], shown["payers"]) == (SERVICE, "patients")


@pytest.mark.rule("BIL-9r", "REF-19e")
async def test_a_protected_persons_document_is_the_regions_systems_alone(world: World) -> None:
    await issued(world)
    await world.handle(a_person_protection_changed())

    assert list(unpacked(await fetch(world, "&payers=patients"))) == ["list.csv"]
    for_system = await fetch(world, "&payers=patients", role=Grantee.REGION_SYSTEM)
    assert len(unpacked(for_system)) == 2


@pytest.mark.rule("BIL-9r")
async def test_a_month_that_is_not_invoiced_has_no_print_file(world: World) -> None:
    refused = (await fetch(world)).json()

    assert (refused["reason"], refused["field"]) == ("RUN_NOT_FINISHED", "month")
    assert refused["way_on"]
    assert await world.rows(PrintFileFetchRow) == []


@pytest.mark.rule("BIL-9r")
async def test_nobody_prints_a_part_while_documents_are_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(document: Document) -> bytes:
        raise DocumentError("out of order")

    monkeypatch.setattr(documents, "print_document", fails)
    with pytest.raises(DocumentError):
        await issued(world)

    refused = (await fetch(world)).json()

    assert refused["reason"] == "NOT_MADE_YET"
    assert "3 av 3 dokument" in refused["way_on"]
    monkeypatch.undo()
    await world.fire_timers()
    assert len(unpacked(await fetch(world))) == 4


@pytest.mark.rule("BIL-9r")
async def test_what_does_not_fit_is_in_the_next_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await issued(world)
    whole = unpacked(await fetch(world))
    monkeypatch.setattr(queries, "DOCUMENTS_AT_ONCE", 1)

    first = await fetch(world, "&limit=2")

    following = first.links["next"]["url"]
    assert following.startswith("/invoices:print-file?month=2026-05")
    async with world.http(user=SERVICE, roles=[Role.CUSTOMER_SERVICE]) as client:
        second = await client.get(following)
    assert "next" not in second.links
    parts = [*list(unpacked(first))[1:], *list(unpacked(second))[1:]]
    assert parts == list(whole)[1:]
    assert unpacked(first)[parts[0]] == whole[parts[0]]


async def test_whoever_prescribes_prints_nothing(world: World) -> None:
    await issued(world)

    answer = await fetch(world, role=Role.PRESCRIBER)

    assert answer.status_code == 403


@pytest.mark.rule("BIL-9r")
@pytest.mark.parametrize("after", ["%00", "AC%00", "x%1F"])
async def test_a_number_to_begin_after_that_is_none_is_refused_by_its_name(
    world: World, after: str
) -> None:
    answer = await fetch(world, f"&after={after}")

    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == "after", answer.text
