"""INV-16 on real PostgreSQL: a contribution is ordered, and never stocked, returned or rented."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from inventory.app import service
from inventory.articles import domain
from inventory.registered_returns.models import ReturnRow
from inventory.stock.models import BalanceRow, StockMoveRow
from kvitt_contracts.envelope import Message
from kvitt_contracts.inventory import (
    LineDelivered,
    OpenStocktaking,
    ReservationDeclined,
    ReturnedLine,
    StockReserved,
)
from kvitt_contracts.orders import OrderPlaced
from kvitt_contracts.policy import Policies, RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Reference, RegionCode, Role, StoreId, UserId
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.baskets import a_basket_loan_requested, a_lent_line
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_line,
    a_person_registered,
    a_replenishment_line,
    a_replenishment_placed,
    a_withdrawal_placed,
    an_order_placed,
    an_order_void_requested,
)
from contracts.tests.builders.receipts import (
    a_direct_line,
    a_direct_order_placed,
    a_receipt_reported,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_delivery_received,
    a_device_in_store_stated,
    a_dispatch,
    a_goods_return_stated,
    a_return_registered,
    a_safety_level_stated,
    a_sent_line,
    a_shelf_counted,
    a_supplier_return,
    a_take_over,
    an_article_stated,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import OWN, SENDER, SENDING, SERVICE
from services.inventory.tests.builders import an_article
from services.inventory.tests.worlds import refusal

TABLET = "31900"
NEVER_STOCKED = "CONTRIBUTION_IS_NEVER_STOCKED"


@pytest.fixture
def policy(policies: Policies) -> RegionPolicy:
    """Västerbotten's."""
    return policies.of(RegionCode("ac")).versions[-1]


def a_contribution(**changes: Any) -> Any:
    """A region states a contribution to a tablet."""
    values = {"marked": False, "charging": "sale", "name": "Bidrag", "is_contribution": True}
    return an_article_stated(TABLET, **{**values, **changes})


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A contribution in the catalogue, on a Monday. No store has any balance, then or after."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
        await world.register(SERVICE, roles=(Role.CUSTOMER_SERVICE,))
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(a_customer_registered(SENDING, store=OWN), a_contribution())
        yield world
        assert await world.rows(StockMoveRow) == []
        assert await world.rows(BalanceRow) == []
        await assert_rows_are_folds(world)


@pytest.mark.rule("INV-16a")
@pytest.mark.parametrize(
    ("said", "field"),
    [
        (a_delivery_received(TABLET, 1), "article_number"),
        (a_balance_stated(TABLET, 1), "article_number"),
        (a_safety_level_stated(TABLET), "article_number"),
        (a_take_over(article_number=TABLET), "article_number"),
        (
            a_supplier_return(None, article_number=TABLET, quantity=1, by=SERVICE, asked_by=SENDER),
            "article_number",
        ),
    ],
)
async def test_no_store_takes_a_contribution_in_or_sends_it_back(
    world: World, said: Message, field: str
) -> None:
    refused = await refusal(world.handle(said, subject="X"))

    assert (refused.reason, refused.rule, refused.field) == (NEVER_STOCKED, "INV-16", field)
    assert "Bidrag" in refused.way_on


@pytest.mark.rule("INV-16a")
async def test_a_contribution_is_not_counted(world: World) -> None:
    opening = OpenStocktaking(store=StoreId(OWN), by=UserId(SENDER))
    await world.handle(opening, subject=OWN)
    await world.advance(stockholm("2026-03-02 09:00"))

    refused = await refusal(world.handle(a_shelf_counted((TABLET, 2, ()), at=await world.now())))

    assert (refused.reason, refused.rule) == ("CONTRIBUTION_IS_NOT_COUNTED", "INV-16")
    assert refused.field == "lines.0.article_number"


@pytest.mark.rule("INV-16a")
@pytest.mark.parametrize(
    "asked",
    [
        a_withdrawal_placed(a_line(TABLET)),
        a_basket_loan_requested(a_lent_line(1, article=TABLET)),
        a_replenishment_placed(a_replenishment_line(TABLET)),
    ],
)
async def test_no_store_is_drawn_from_or_filled_with_a_contribution(
    world: World, asked: Message
) -> None:
    await world.handle(asked)

    (declined,) = await world.events(ReservationDeclined)
    assert (declined.reason, declined.rule) == (NEVER_STOCKED, "INV-16")


@pytest.mark.rule("INV-16a")
async def test_an_ordered_contribution_is_never_missing_and_takes_nothing(world: World) -> None:
    await world.handle_all(an_order_placed(a_line(TABLET, 2)), a_dispatch(a_sent_line(1, 2)))
    await world.advance(stockholm("2026-03-20 08:00"))

    assert len(await world.events(StockReserved)) == 1
    (delivered,) = await world.events(LineDelivered)
    assert (delivered.article_number, delivered.quantity) == (TABLET, 2)
    assert delivered.charging == "sale"


@pytest.mark.rule("INV-16a")
async def test_a_voided_contribution_frees_nothing(world: World) -> None:
    await world.handle(an_order_placed(a_line(TABLET, 2)))

    await world.handle(an_order_void_requested())


@pytest.mark.rule("INV-16a")
async def test_a_contribution_that_comes_direct_enters_no_books(world: World) -> None:
    await world.handle(a_direct_order_placed(a_direct_line(TABLET)))

    await world.handle(a_receipt_reported())

    assert [one.article_number for one in await world.events(LineDelivered)] == [TABLET]


def delivered() -> tuple[OrderPlaced, Message]:
    """A patient has had a contribution since the 4th."""
    return an_order_placed(a_line(TABLET, 2)), a_dispatch(a_sent_line(1, 2))


@pytest.mark.rule("INV-16b")
@pytest.mark.parametrize("changes", [{}, {"leaves_region": True}])
async def test_no_user_returns_a_contribution(world: World, changes: Any) -> None:
    await world.handle_all(*delivered())
    await world.advance(stockholm("2026-03-20 08:00"))
    line = ReturnedLine(order=Reference("O-1"), line=1, quantity=1)
    back = a_return_registered(lines=[line], store=OWN, on="2026-03-18", by=SENDER, **changes)

    refused = await refusal(world.handle(back))

    assert (refused.reason, refused.rule) == ("CONTRIBUTION_IS_NEVER_RETURNED", "INV-16")
    assert refused.field == "lines.0.line"
    assert await world.rows(ReturnRow) == []


@pytest.mark.rule("INV-16b")
@pytest.mark.parametrize("is_scrapped", [False, True])
async def test_no_region_states_a_contribution_back(world: World, is_scrapped: bool) -> None:
    await world.handle_all(*delivered())
    await world.advance(stockholm("2026-03-20 08:00"))
    back = a_goods_return_stated("O-1", on="2026-03-18", is_scrapped=is_scrapped)

    refused = await refusal(world.handle(back, subject="VB-R-1"))

    assert (refused.reason, refused.rule) == ("CONTRIBUTION_IS_NEVER_RETURNED", "INV-16")
    assert refused.field == "line"
    assert "utelämna raden" in refused.way_on


@pytest.mark.rule("INV-16a", "INV-16b")
async def test_no_contribution_is_a_device_that_could_come_back(world: World) -> None:
    refused = await refusal(world.handle(a_device_in_store_stated(article_number=TABLET)))

    assert (refused.reason, refused.rule) == ("ARTICLE_IS_NOT_MARKED", "INV-5")


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        pytest.param(
            {"charging": "rent", "marked": True},
            "CONTRIBUTION_IS_NEVER_RENTED",
            "charging",
            marks=pytest.mark.rule("INV-16c"),
        ),
        pytest.param(
            {"marked": True},
            "CONTRIBUTION_IS_NEVER_MARKED",
            "marked",
            marks=pytest.mark.rule("INV-16a", "INV-16b"),
        ),
    ],
)
def test_a_contribution_is_neither_rented_nor_marked(
    policy: RegionPolicy, changes: Any, reason: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        domain.list_article(a_contribution(**changes), known=None, policy=policy)

    assert (refused.value.reason, refused.value.rule) == (reason, "INV-16")
    assert refused.value.field == field
    assert refused.value.way_on


@pytest.mark.rule("INV-16a")
def test_what_is_stocked_does_not_become_a_contribution(policy: RegionPolicy) -> None:
    known = an_article(TABLET, marked=False, charging="sale")

    with pytest.raises(Refused) as refused:
        domain.list_article(a_contribution(version=2), known=known, policy=policy)

    assert refused.value.reason == "WAY_OF_COUNTING_IS_FIXED"
