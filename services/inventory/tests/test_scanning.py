"""INV-5n: what a scanned code says, and which device it finds."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from inventory.app import service
from inventory.scanning import domain
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.regions import (
    a_card_set,
    a_renumbering,
    an_article_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import ROLLATOR, SENDER, SENDING, SERVICE
from services.inventory.tests.test_cards import CARE

GTIN = "07350053850019"
SERIAL = "SN-4471"
FIRST, SECOND = "170098", "170099"


def refusal_of(answer: httpx.Response) -> tuple[str, str, str]:
    """Why a request was refused, by which rule, and of which field."""
    said = answer.json()
    return said["reason"], said["rule"], said["field"]


@dataclass
class Article:
    """An article by its two numbers."""

    article_number: str
    supplier_article_number: str | None
    gtin: str | None = None


@pytest.mark.rule("INV-5n")
@pytest.mark.parametrize(
    "code",
    [
        f"01{GTIN}21{SERIAL}",
        f"]C101{GTIN}21{SERIAL}",
        f"]d201{GTIN}10LOT7\x1d21{SERIAL}",
        f"01{GTIN}10LOT7\u241d21{SERIAL}\r\n",
        f"(01){GTIN}(21){SERIAL}",
        f"https://id.gs1.org/01/{GTIN}/21/{SERIAL}",
        f"https://hjalpmedel.example/x/01/{GTIN}/21/{SERIAL}?17=291231",
    ],
)
def test_a_gs1_code_has_a_serial_number_and_a_gtin(code: str) -> None:
    found = domain.read(code)

    assert (found.serial, found.gtin) == (SERIAL, GTIN)
    assert SERIAL in found.numbers


@pytest.mark.rule("INV-5n")
@pytest.mark.parametrize("code", ["R100417", " R100417\r\n", "]C0R100417", "]Q0r100417"])
def test_what_is_no_gs1_code_is_a_number_as_it_stands(code: str) -> None:
    found = domain.read(code)

    assert "R100417" in found.numbers
    assert (found.serial, found.gtin) == (None, None)


@pytest.mark.parametrize("code", [f"(01){GTIN}", f"]C101{GTIN}10LOT7", f"01{GTIN}10LOT(7)"])
def test_a_code_without_a_serial_number_is_its_articles(code: str) -> None:
    with pytest.raises(domain.ScanRefused) as refused:
        domain.read(code)

    assert (refused.value.reason, refused.value.field) == ("CODE_NAMES_AN_ARTICLE", "code")


@pytest.mark.parametrize(
    "code",
    [
        "",
        "\x1d",
        "(01)07350053850018(21)SN-1",
        "https://example.com/?q=1",
        "åäö",
        "x" * 31,
        "(21)",
        "]C1",
        "://",
        "'; DROP TABLE devices; --",
        f"(01){GTIN}(21){SERIAL}" * 9,
    ],
)
def test_what_says_nothing_is_refused_with_the_way_on(code: str) -> None:
    with pytest.raises(domain.ScanRefused) as refused:
        domain.read(code)

    assert refused.value.reason == "UNREADABLE_CODE"
    assert "skanna den igen" in refused.value.way_on


@pytest.mark.rule("INV-5n")
def test_of_several_with_a_serial_number_that_of_the_gtin_is_meant() -> None:
    of_it = ("a", "R-1", Article("30012", "7350053850019"))
    another = ("b", "R-2", Article("30013", "7350053850026"))
    unknown = ("c", "R-3", Article("30014", None))

    said = domain.read(f"(01){GTIN}(21){SERIAL}")

    assert domain.narrowed(said, [of_it, another, unknown]) == [of_it]
    assert domain.narrowed(said, [another, unknown]) == [another, unknown]


@pytest.mark.rule("INV-5o")
def test_what_is_of_an_article_with_another_gtin_is_not_meant() -> None:
    stated = ("a", "R-1", Article("30012", None, GTIN))
    another = ("b", SERIAL, Article("30013", "7350053850019", "07350053850026"))
    unknown = ("c", "R-3", Article("30014", None))

    said = domain.read(f"(01){GTIN}(21){SERIAL}")

    assert domain.narrowed(said, [stated, another, unknown]) == [stated]
    assert domain.narrowed(said, [another, unknown]) == [unknown]
    assert domain.narrowed(said, [another]) == []
    assert domain.narrowed(domain.read(SERIAL), [another]) == [another]


@pytest.mark.rule("INV-5o")
@pytest.mark.parametrize(
    ("code", "gtin"),
    [
        (f"(01){GTIN}", GTIN),
        (f"]C101{GTIN}10LOT7", GTIN),
        ("7350053850019", GTIN),
        ("]E07350053850019", GTIN),
        ("73500535", None),
        ("7350053850018", None),
        ("R100417", None),
    ],
)
def test_what_names_no_device_names_the_article(code: str, gtin: str | None) -> None:
    assert domain.read_of_goods(code).article_gtin == gtin


def test_a_code_may_say_the_order_that_goods_come_of() -> None:
    assert domain.read_of_goods("(400)26470001").order == "26470001"
    with pytest.raises(domain.ScanRefused):
        domain.read_of_goods("(00)373500538500000019"[:6])


@pytest.mark.rule("INV-5n")
def test_who_bears_the_number_comes_before_whose_serial_number_it_is() -> None:
    bears = ("a", "R-1", Article("30012", None))
    serial = ("b", "R-2", Article("30012", None))

    assert domain.narrowed(domain.read("r-1"), [serial, bears]) == [bears]


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two rollators in the unit's store, of which the first has a serial number."""
    async with given(service, at=stockholm("2026-03-20 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue())
        await world.handle_all(
            an_article_stated(ROLLATOR, supplier_article_number="7350053850019"),
            rollators_received(FIRST, SECOND),
        )
        await world.register(SENDER, roles=CARE, service_points=[SENDING])
        await world.register(SERVICE)
        await world.handle(a_card_set(FIRST, serial_number=SERIAL, by=SERVICE, asked_by=SENDER))
        yield world


@pytest.mark.rule("INV-5n")
async def test_a_scanned_code_finds_the_device_that_it_names(world: World) -> None:
    await world.handle(a_renumbering(SECOND, "170500"))

    async def found(code: str) -> list[str]:
        async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
            answer = await client.post("/devices:find", json={"code": code})
            assert answer.status_code == 200, answer.text
            return [one["device_number"] for one in answer.json()["items"]]

    assert await found(FIRST) == [FIRST]
    assert await found(SERIAL.lower()) == [FIRST]
    assert await found(f"(01){GTIN}(21){SERIAL}") == [FIRST]
    assert await found(f"01{GTIN}10LOT\x1d21{SERIAL}") == [FIRST]
    assert await found(f"https://id.gs1.org/01/{GTIN}/21/{SERIAL}") == [FIRST]
    assert await found(SECOND) == ["170500"]
    assert await found("17009") == []
    assert await found(f"(01){GTIN}(21)SN-4472") == []


@pytest.mark.rule("INV-5o")
async def test_a_scanned_code_finds_the_article_whose_gtin_it_says(world: World) -> None:
    async def found(code: str) -> dict[str, object]:
        async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
            answer = await client.post("/articles:find", json={"code": code})
            assert answer.status_code == 200, answer.text
            said: dict[str, object] = answer.json()
            return said | {"items": [one["article_number"] for one in answer.json()["items"]]}

    no_more = {"number": None, "serial_number": None, "order_number": None}
    by_supplier = an_article_stated("30099", supplier_article_number="7350053850026")
    await world.handle_all(an_article_stated(version=2, gtin=GTIN), by_supplier)

    assert await found(f"(01){GTIN}") == {"items": [ROLLATOR], **no_more}
    assert await found(f"01{GTIN}21{SERIAL}") == {
        "items": [ROLLATOR],
        **no_more,
        "serial_number": SERIAL,
    }
    assert (await found("7350053850019"))["items"] == [ROLLATOR]
    assert (await found("(01)07350053850026(21)1"))["items"] == ["30099"]
    assert (await found("(01)07350053850033(21)1"))["items"] == []
    assert await found(ROLLATOR) == {"items": [ROLLATOR], **no_more, "number": ROLLATOR}
    assert await found("(400)26470001") == {"items": [], **no_more, "order_number": "26470001"}


@pytest.mark.rule("INV-5o")
async def test_a_serial_number_of_another_gtin_finds_no_device(world: World) -> None:
    await world.handle(an_article_stated(version=2, gtin="07350053850026"))

    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        other = await client.post("/devices:find", json={"code": f"(01){GTIN}(21){SERIAL}"})
        its = await client.post("/devices:find", json={"code": f"(01)07350053850026(21){SERIAL}"})

    assert other.json()["items"] == []
    assert [one["device_number"] for one in its.json()["items"]] == [FIRST]


async def test_a_code_that_cannot_be_read_is_refused_by_field_and_way_on(world: World) -> None:
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        bad = await client.post("/devices:find", json={"code": "\u2603"})
        article = await client.post("/devices:find", json={"code": f"(01){GTIN}"})
        both = await client.post("/devices:find", json={"code": "1", "sip_number": "0900-980 01"})
        long = await client.post("/devices:find", json={"code": "1" * 301})

    assert refusal_of(bad) == ("UNREADABLE_CODE", "INV-5", "code")
    assert refusal_of(article) == ("CODE_NAMES_AN_ARTICLE", "INV-5", "code")
    assert refusal_of(both) == ("EITHER_NUMBER_OR_CODE", "INV-5", "code")
    assert long.status_code == 422


async def test_anothers_device_is_found_by_no_code(world: World) -> None:
    await world.register("k999", roles=CARE, service_points=["40999"])

    async with world.http(user="k999", roles=CARE, service_points=["40999"]) as client:
        answer = await client.post("/devices:find", json={"code": FIRST})

    assert answer.json()["items"] == []
