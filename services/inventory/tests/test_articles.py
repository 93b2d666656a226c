"""INV-1, INV-2: the catalogue, its prices and the search."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given as given_values
from hypothesis import strategies as st
from inventory.app import service
from inventory.articles import domain
from kvitt_contracts.inventory import ArticleListed, ArticlePriced
from kvitt_contracts.policy import Policies, RegionPolicy
from kvitt_contracts.regions import ArticlePriceStated
from kvitt_contracts.types import ArticleType, Money, RegionCode
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_in_store_stated,
    an_article_price_stated,
    an_article_stated,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import CUSHION, ROLLATOR
from services.inventory.tests.builders import an_article
from services.inventory.tests.worlds import refusal


@pytest.fixture
def policy(policies: Policies) -> RegionPolicy:
    """Västerbotten's."""
    return policies.of(RegionCode("ac")).versions[-1]


def a_price(
    net_ore: int = 12500, *, valid_from: date = date(2026, 1, 1), number: str = ROLLATOR
) -> ArticlePriceStated:
    """A price from a day on."""
    return an_article_price_stated(number, valid_from=valid_from, net_ore=net_ore)


@pytest.mark.rule("INV-2b")
@given_values(
    st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 10**6))),
)
def test_an_article_has_the_last_told_price_of_each_day_in_the_order_of_the_days(
    prices: list[tuple[date, int]],
) -> None:
    article = an_article()
    for valid_from, net_ore in prices:
        for event in domain.price_article(a_price(net_ore, valid_from=valid_from), known=article):
            article = domain.evolve(article, event)

    expected = [(day, Money(net_ore=net_ore)) for day, net_ore in sorted(dict(prices).items())]
    assert [(point.valid_from, point.price) for point in article.prices] == expected


def test_a_price_of_an_article_that_is_not_there_is_refused() -> None:
    with pytest.raises(domain.ArticleRefused) as refused:
        domain.price_article(a_price(), known=None)

    assert (refused.value.reason, refused.value.field) == ("UNKNOWN_ARTICLE", "article_number")


def test_a_service_is_never_marked(policy: RegionPolicy) -> None:
    with pytest.raises(domain.ArticleRefused) as refused:
        domain.list_article(
            an_article_stated(type="service", marked=True), known=None, policy=policy
        )

    assert refused.value.reason == "SERVICE_IS_NEVER_MARKED"


@pytest.mark.parametrize(
    "changes",
    [
        {"marked": False, "charging": "sale"},
        {"marked": False, "charging": "sale", "type": ArticleType.SERVICE},
    ],
)
def test_how_an_article_is_counted_does_not_change(
    policy: RegionPolicy, changes: dict[str, Any]
) -> None:
    with pytest.raises(domain.ArticleRefused) as refused:
        domain.list_article(an_article_stated(**changes), known=an_article(), policy=policy)

    assert refused.value.reason == "WAY_OF_COUNTING_IS_FIXED"


@pytest.mark.rule("INV-1a")
def test_a_search_needs_three_characters() -> None:
    assert domain.search_words("sit") == ("sit",)
    with pytest.raises(domain.ArticleRefused):
        domain.search_words(" si ")


def test_swedish_letters_sort_after_z() -> None:
    names = ["Ögonskydd", "Zon", "Ärmstöd", "Arm", "Åkpåse"]

    ordered = sorted(names, key=domain.swedish_order)
    assert ordered == ["Arm", "Zon", "Åkpåse", "Ärmstöd", "Ögonskydd"]


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The catalogue and the stores."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue())
        yield world


@pytest.mark.rule("INV-2b")
async def test_an_article_and_its_price_are_told(world: World) -> None:
    await world.handle(a_price())

    listed = await world.events(ArticleListed)
    assert {event.article_number for event in listed} >= {ROLLATOR, CUSHION}
    (priced,) = await world.events(ArticlePriced)
    assert (priced.price.net_ore, priced.valid_from) == (12500, date(2026, 1, 1))
    await assert_rows_are_folds(world)


async def test_what_is_told_again_is_said_once(world: World) -> None:
    before = len(await world.events(ArticleListed))

    await world.handle_all(an_article_stated(), a_price(), a_price())

    assert len(await world.events(ArticleListed)) == before
    assert len(await world.events(ArticlePriced)) == 1


async def test_a_price_before_its_article_is_refused(world: World) -> None:
    refused = await refusal(world.handle(a_price(number="99999")))

    assert (refused.reason, refused.rule) == ("UNKNOWN_ARTICLE", "INV-2")


@pytest.mark.rule("INV-1b", "INV-1c", "INV-1d")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("query=brukare rollator", [ROLLATOR]),
        ("query=NORDHJÄLP", ["39001", "30999", "30012", "30457"]),
        ("query=304", [CUSHION]),
        ("query=dyna ängs", [CUSHION]),
        ("query=finns inte", []),
        ("type=service", ["39001"]),
        ("marked=true", [ROLLATOR]),
        ("in_assortment=true&type=spare_part", ["30999"]),
        ("in_assortment=false", []),
        ("store=500", [CUSHION]),
        ("iso_code=12&query=dyna", [CUSHION]),
        ("supplier=NORDHJÄ&type=service", ["39001"]),
        ("supplier=%25", []),
        ("product_area=beds", []),
        ("in_stock=true", [CUSHION]),
        ("in_stock=false&type=spare_part", ["30999"]),
    ],
)
async def test_articles_are_found_by_words_in_any_order_and_by_filters(
    world: World, query: str, found: list[str]
) -> None:
    await world.handle(a_balance_stated(CUSHION, 4))

    async with world.http() as client:
        page = (await client.get(f"/articles?{query}")).json()

    assert [line["article_number"] for line in page["items"]] == found
    assert page["total"] == len(found)


@pytest.mark.rule("INV-1f")
@pytest.mark.parametrize(("hits", "at_once"), [(49, 1), (50, None)])
async def test_balances_are_computed_at_once_below_fifty_hits_and_on_request_from_fifty_on(
    world: World, hits: int, at_once: int | None
) -> None:
    numbers = [str(31_000 + number) for number in range(hits)]
    listed = [an_article_stated(number, name=f"Kudde {number}") for number in numbers]
    await world.handle_all(*listed, a_device_in_store_stated(article_number=numbers[0]))

    async with world.http() as client:
        first = (await client.get("/articles?query=kudde&limit=1")).json()
        asked = (await client.get("/articles?query=kudde&limit=1&with_balance=true")).json()

    assert first["total"] == asked["total"] == hits
    assert first["items"][0]["available"] == at_once
    assert asked["items"][0]["available"] == 1


@pytest.mark.rule("INV-1e")
async def test_all_hits_are_counted_and_at_most_two_hundred_are_shown(world: World) -> None:
    async with world.http() as client:
        page = (await client.get("/articles?limit=1")).json()
        most = await client.get("/articles?limit=200")
        too_many = await client.get("/articles?limit=201")

    assert (len(page["items"]), page["total"]) == (1, 4)
    assert most.status_code == 200
    assert (too_many.status_code, too_many.json()["field"]) == (422, "limit")


@pytest.mark.rule("INV-1a")
async def test_a_search_of_two_characters_is_a_problem_with_the_rule(world: World) -> None:
    async with world.http() as client:
        answer = await client.get("/articles?query=si")

    assert answer.status_code == 422
    assert (answer.json()["rule"], answer.json()["field"]) == ("INV-1", "query")


@pytest.mark.rule("INV-2b", "INV-2c", "INV-2d", "INV-2g")
async def test_an_article_page_has_price_unit_lead_time_and_status(world: World) -> None:
    stated = an_article_stated(CUSHION, marked=False, unit="pair", lead_time_days=7)
    await world.handle_all(stated, a_price(34900, number=CUSHION))
    pages = []
    async with world.http() as client:
        for status in ("active", "phase_out", "discontinued"):
            await world.handle(
                an_article_stated(
                    CUSHION, marked=False, unit="pair", lead_time_days=7, status=status
                )
            )
            pages.append((await client.get(f"/articles/{CUSHION}")).json())

    assert {(page["unit"], page["lead_time_days"]) for page in pages} == {("pair", 7)}
    assert {page["prices"][0]["net_ore"] for page in pages} == {34900}
    assert [page["status"] for page in pages] == ["active", "phase_out", "discontinued"]


@pytest.mark.rule("INV-1g", "INV-2e", "INV-2h", "INV-3c")
async def test_an_article_is_of_a_product_and_found_by_that_and_by_its_suppliers_number(
    world: World,
) -> None:
    await world.handle_all(
        an_article_stated(
            CUSHION,
            marked=False,
            name="Sittdyna Ängsull",
            type="accessory",
            product="Rullstol Åra",
            supplier_article_number="NH-77",
            package_size=6,
            replacement_group="sittdyna",
        ),
        an_article_stated(product="Rullstol Åra"),
    )

    async with world.http() as client:
        page = (await client.get(f"/articles/{CUSHION}")).json()
        found = {
            query: [
                one["article_number"]
                for one in (await client.get(f"/articles?{query}")).json()["items"]
            ]
            for query in ("query=nh-77", "query=åra dyna", "product=Rullstol Åra&type=accessory")
        }

    assert (page["package_size"], page["replacement_group"]) == (6, "sittdyna")
    assert (page["product"], page["supplier_article_number"]) == ("Rullstol Åra", "NH-77")
    assert list(found.values()) == [[CUSHION]] * 3


@pytest.mark.rule("INV-2b", "INV-2f")
async def test_an_article_page_has_prices_and_balances_per_store(world: World) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 4), a_price(34900, number=CUSHION))

    async with world.http() as client:
        page = (await client.get(f"/articles/{CUSHION}")).json()
        unknown = await client.get("/articles/99999")

    assert page["prices"] == [{"valid_from": "2026-01-01", "net_ore": 34900, "vat_percent": 25}]
    assert [(b["store"], b["available"], b["colour"]) for b in page["balances"]] == [
        ("500", 4, "green")
    ]
    assert unknown.status_code == 404


async def test_several_articles_are_read_at_once_as_each_is_read_by_itself(world: World) -> None:
    await world.handle_all(
        a_balance_stated(CUSHION, 4), a_price(34900, number=CUSHION), an_article_stated("90001")
    )

    async with world.http() as client:
        asked = {"number": ["90001", "99999", CUSHION]}
        named = (await client.get("/articles:named", params=asked)).json()["items"]
        by_themselves = [
            (await client.get(f"/articles/{one}")).json() for one in ("90001", CUSHION)
        ]

    assert named == by_themselves


@pytest.mark.rule("INV-3a")
@pytest.mark.rule("INV-3b")
async def test_the_catalogue_is_a_tree_of_classes_with_all_suppliers_articles(
    world: World,
) -> None:
    for stated in (
        an_article_stated("90001", iso_code="122706", supplier="Nordhjälp AB"),
        an_article_stated("90002", iso_code="122706", supplier="Sydhjälp AB"),
        an_article_stated("90003", iso_code="122703"),
        an_article_stated("90004", iso_code="043303", in_assortment=False),
    ):
        await world.handle(stated)
    async with world.http() as client:
        classes = (await client.get("/articles:classes")).json()["items"]
        listed = (await client.get("/articles:classes", params={"in_assortment": True})).json()[
            "items"
        ]
        under = (await client.get("/articles", params={"iso_code": "122706"})).json()

    counted = {one["iso_code"]: one["articles"] for one in classes}
    assert counted == {
        "1206": 4,
        "120606": 4,
        "04": 1, "0433": 1, "043303": 1, "12": 7, "1227": 3, "122703": 1, "122706": 2,
    }  # fmt: skip
    assert [one["iso_code"] for one in classes] == sorted(counted)
    assert "04" not in {one["iso_code"] for one in listed}
    assert {one["supplier"] for one in under["items"]} == {"Nordhjälp AB", "Sydhjälp AB"}


GTIN = "07350053850019"


@pytest.mark.rule("INV-2i")
@pytest.mark.parametrize("digits", ["7350053850019", "07350053850019"])
async def test_an_article_has_a_gtin_of_fourteen_digits(world: World, digits: str) -> None:
    await world.handle(an_article_stated(version=2, gtin=digits))

    listed = [one for one in await world.events(ArticleListed) if one.article_number == ROLLATOR]
    assert [one.gtin for one in listed] == [None, GTIN]
    async with world.http() as client:
        shown = (await client.get(f"/articles/{ROLLATOR}")).json()
    assert shown["gtin"] == GTIN
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-2i")
async def test_no_other_article_of_the_region_has_the_gtin(world: World) -> None:
    await world.handle(an_article_stated(version=2, gtin=GTIN))
    taken = an_article_stated(CUSHION, version=2, marked=False, name="Sittdyna", gtin=GTIN)

    said = await refusal(world.handle(taken))

    assert (said.reason, said.rule, said.field) == ("GTIN_TAKEN", "INV-2", "gtin")
    assert "utan gtin" in (said.way_on or "")
    await world.handle(an_article_stated(version=3))
    await world.handle(
        an_article_stated(CUSHION, version=3, marked=False, name="Sittdyna", gtin=GTIN)
    )
    async with world.http() as client:
        shown = (await client.get(f"/articles/{CUSHION}")).json()
    assert shown["gtin"] == GTIN


@pytest.mark.rule("INV-2i")
async def test_an_article_is_found_by_its_whole_gtin(world: World) -> None:
    await world.handle(an_article_stated(version=2, gtin=GTIN))

    async def found(query: str) -> list[str]:
        async with world.http() as client:
            page = (await client.get("/articles", params={"query": query})).json()
        return [one["article_number"] for one in page["items"]]

    assert await found("7350053850019") == [ROLLATOR]
    assert await found(f" {GTIN} ") == [ROLLATOR]
    assert await found("735") == []
    assert await found("7350053850026") == []
