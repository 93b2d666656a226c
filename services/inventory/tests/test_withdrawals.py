"""ORD-7, ORD-8: what is prescribed from one's own store, decided and delivered at once."""

from collections.abc import AsyncIterator, Mapping
from datetime import date

import pytest
from inventory.app import service
from inventory.articles.domain import Article
from inventory.devices.domain import Claim, ClaimKind
from inventory.reservations.models import ReservationRow
from inventory.withdrawals import domain
from kvitt_contracts.inventory import (
    CustodyChanged,
    LineDelivered,
    ReleaseRefused,
    ReservationDeclined,
)
from kvitt_contracts.orders import PlacedLine
from kvitt_contracts.types import ArticleNumber, ArticleType, DeviceNumber, StoreId
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_withdrawal_placed,
    an_order_void_requested,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    DAY,
    FITTING,
    OWN,
    PAYER,
    ROLLATOR,
    a_patient,
    a_store,
    device_id,
    order_id,
    transfer_id,
)
from services.inventory.tests.builders import a_device, an_article
from services.inventory.tests.worlds import balance, device

ARTICLES: Mapping[ArticleNumber, Article] = {
    ArticleNumber(ROLLATOR): an_article(),
    ArticleNumber(CUSHION): an_article(CUSHION, marked=False),
    ArticleNumber(FITTING): an_article(FITTING, marked=False, type=ArticleType.SERVICE),
}
BUSY = Claim(kind=ClaimKind.TRANSFER, by=transfer_id())


def a_wanted(number: str = "170098", store: str = OWN, **changes: object) -> domain.Wanted:
    """A rollator that a line names; in the own store unless told."""
    claim = changes.pop("claim", None)
    return domain.Wanted(
        device_id=device_id(number),
        device=a_device(a_store(store), **changes),
        claim=claim if isinstance(claim, Claim) else None,
    )


def withdraw(
    *lines: PlacedLine, cushions: int = 5, rollators: int = 5, wanted: domain.Wanted | None = None
) -> tuple[LineDelivered, ...] | ReservationDeclined:
    """Withdraw lines from the own store."""
    shelf = domain.Shelf(
        store=StoreId(OWN),
        articles=ARTICLES,
        available={ArticleNumber(CUSHION): cushions, ArticleNumber(ROLLATOR): rollators},
        devices={DeviceNumber("170098"): wanted} if wanted else {},
    )
    return domain.withdraw(order_id(), lines, shelf=shelf, on=DAY)


@pytest.mark.rule("ORD-7a")
def test_every_line_is_delivered_at_once() -> None:
    delivered = withdraw(a_line(CUSHION, 2), a_device_line(number=2), wanted=a_wanted())

    assert isinstance(delivered, tuple)
    assert [line.quantity for line in delivered] == [2, 1]
    assert delivered[1].devices == (device_id(),)
    assert {line.delivered_on for line in delivered} == {DAY}


@pytest.mark.rule("ORD-7a")
@pytest.mark.parametrize("lines", [(a_line(CUSHION, 6),), (a_line(CUSHION, 3), a_line(CUSHION, 3))])
def test_more_than_the_store_has_is_declined(lines: tuple[PlacedLine, ...]) -> None:
    declined = withdraw(*lines)

    assert declined == ReservationDeclined(order_id=order_id(), reason="NO_BALANCE", rule="ORD-7")


@pytest.mark.rule("ORD-7a")
def test_one_line_that_cannot_be_served_declines_them_all() -> None:
    assert isinstance(withdraw(a_line(CUSHION, 1), a_device_line(number=2)), ReservationDeclined)


@pytest.mark.rule("ORD-8a", "ORD-8c")
@pytest.mark.parametrize(
    ("line", "wanted", "reason"),
    [
        (a_device_line(), None, "DEVICE_NOT_IN_STORE"),
        (a_device_line(), a_wanted(store=CENTRAL), "DEVICE_NOT_IN_STORE"),
        (a_device_line(None), None, "DEVICE_NOT_NAMED"),
        (a_device_line(quantity=2), a_wanted(), "QUANTITY_NOT_ONE"),
        (a_device_line(), a_wanted(claim=BUSY), "DEVICE_CLAIMED"),
        (a_device_line(), a_wanted(article_number=CUSHION), "DEVICE_OF_ANOTHER_ARTICLE"),
    ],
)
def test_a_marked_device_is_prescribed_from_the_store_that_it_stands_in(
    line: PlacedLine, wanted: domain.Wanted | None, reason: str
) -> None:
    declined = withdraw(line, wanted=wanted)

    assert declined == ReservationDeclined(order_id=order_id(), reason=reason, rule="ORD-8")


@pytest.mark.rule("ORD-8a")
def test_a_device_is_prescribed_once() -> None:
    declined = withdraw(a_device_line(), a_device_line(number=2), wanted=a_wanted())

    assert isinstance(declined, ReservationDeclined)
    assert declined.reason == "DEVICE_NAMED_TWICE"


@pytest.mark.rule("ORD-8a", "INV-6a")
def test_a_device_is_prescribed_once_by_whichever_of_its_numbers() -> None:
    shelf = domain.Shelf(
        store=StoreId(OWN),
        articles=ARTICLES,
        available={ArticleNumber(ROLLATOR): 5},
        devices={DeviceNumber(one): a_wanted() for one in ("170098", "170500")},
    )

    lines = (a_device_line(), a_device_line("170500", number=2))
    declined = domain.withdraw(order_id(), lines, shelf=shelf, on=DAY)

    assert isinstance(declined, ReservationDeclined)
    assert declined.reason == "DEVICE_NAMED_TWICE"


def test_a_service_does_not_stand_in_a_store() -> None:
    declined = withdraw(a_line(FITTING))

    assert isinstance(declined, ReservationDeclined)
    assert (declined.reason, declined.rule) == ("SERVICE_IS_NOT_STOCKED", "INV-4")


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two rollators and five cushions in the own store, on a Monday."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue())
        await world.handle_all(
            rollators_received("170098", "170099"), a_balance_stated(CUSHION, 5, store=OWN)
        )
        yield world


@pytest.mark.rule("ORD-7a")
async def test_a_withdrawal_lowers_the_balance_and_hands_the_device_over(world: World) -> None:
    await world.handle(a_withdrawal_placed(a_device_line(), a_line(CUSHION, 2, number=2)))

    assert len(await world.events(LineDelivered)) == 2
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    assert await balance(world, CUSHION, OWN) == (3, 0, 0)
    (changed,) = await world.events(CustodyChanged)
    assert changed.custody.holder == a_patient()
    assert (changed.custody.payer_id, changed.custody.since) == (PAYER, DAY)
    assert (await device(world)).order_id == order_id()
    assert (await world.row(ReservationRow, order_id())).status == "delivered"
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-7a")
async def test_a_declined_withdrawal_moves_nothing(world: World) -> None:
    await world.handle(a_withdrawal_placed(a_device_line(), a_line(CUSHION, 6, number=2)))

    (declined,) = await world.events(ReservationDeclined)
    assert (declined.reason, declined.rule) == ("NO_BALANCE", "ORD-7")
    assert await world.events(CustodyChanged, LineDelivered) == []
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-8a")
async def test_a_device_goes_to_the_first_who_asks(world: World) -> None:
    await world.handle(a_withdrawal_placed(a_device_line(), reference="O-1"))
    await world.handle(a_withdrawal_placed(a_device_line(order="O-2"), reference="O-2"))

    (declined,) = await world.events(ReservationDeclined)
    assert (declined.order_id, declined.reason) == (order_id("O-2"), "DEVICE_NOT_IN_STORE")


@pytest.mark.rule("ORD-7b", "ORD-14b")
async def test_a_withdrawal_is_never_voided(world: World) -> None:
    await world.handle(a_withdrawal_placed(a_line(CUSHION)))

    await world.handle(an_order_void_requested())

    (refused,) = await world.events(ReleaseRefused)
    assert refused.reason == "DELIVERED"


@pytest.mark.rule("ORD-7a")
async def test_a_withdrawal_is_delivered_on_the_day_that_it_was_placed(world: World) -> None:
    await world.advance(stockholm("2026-03-03 08:00"))

    await world.handle(a_withdrawal_placed(a_device_line(), placed_on=date(2026, 3, 2)))

    (delivered,) = await world.events(LineDelivered)
    assert delivered.delivered_on == date(2026, 3, 2)
