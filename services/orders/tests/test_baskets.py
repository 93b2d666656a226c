"""ORD-10, ORD-18: basket loans, on real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from kvitt_contracts.orders import (
    BasketLoanActDeclined,
    BasketLoanActRequested,
    BasketLoanDeclined,
    BasketLoanFeeDelivered,
    BasketLoanLineEnded,
    BasketLoanOpened,
    BasketLoanOverdue,
    BasketLoanRequested,
)
from kvitt_contracts.personnummer import PersonalNumber
from kvitt_contracts.types import Money, Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.baskets.domain import Status

from contracts.tests.builders.baskets import (
    a_basket_act_refused,
    a_basket_line_broken,
    a_basket_line_put_back,
    a_basket_reserved,
)
from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.regions import (
    CHILD,
    a_customer_stated,
    a_person_stated,
    a_user_stated,
)
from contracts.tests.builders.reservations import (
    a_line_delivered,
    a_reservation_declined,
    a_reservation_released,
)
from contracts.tests.builders.story import (
    OTHER,
    OUTSIDER,
    PAYER,
    SENDER,
    SENDING,
    SUBSTITUTE,
    basket_id,
    line_id,
)
from services.orders.tests.baskets import (
    KIT,
    a_device,
    a_fee,
    a_loan,
    a_unit_that_lends,
    an_act,
    basket,
    goods,
    lent,
    refusal,
)
from services.orders.tests.worlds import MONDAY, patient


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit whose store lends baskets, on a Monday."""
    async with given(service, at=MONDAY) as world:
        await a_unit_that_lends(world)
        yield world


def line(number: int = 1, reference: str = "V-1") -> Any:
    """The id of a line."""
    return line_id(basket_id(reference), number)


@pytest.mark.rule("ORD-10a", "ORD-10c")
async def test_a_loan_has_a_number_and_five_working_days_and_no_recipient(world: World) -> None:
    await world.handle(a_loan(a_device(), goods()), subject="V-1")

    (asked,) = await world.events(BasketLoanRequested)
    assert asked.order_number == "26100001"
    assert (asked.lent_on, asked.due_on) == (date(2026, 3, 2), date(2026, 3, 9))
    assert [one.number for one in asked.lines] == [1, 2]
    assert (await basket(world)).status is Status.REQUESTED
    await world.handle(a_basket_reserved("170098", None, lines=(1, 2)))
    assert len(await world.events(BasketLoanOpened)) == 1
    assert (await basket(world)).status is Status.OPEN
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-10b")
async def test_a_store_that_the_policy_does_not_name_lends_no_baskets(world: World) -> None:
    await world.handle(a_customer_stated(SENDING, store="403", version=2), subject=SENDING)

    assert await refusal(world, a_loan(store="403")) == (
        "STORE_LENDS_NO_BASKETS",
        "ORD-10",
        "store",
    )


@pytest.mark.rule("ORD-10b")
async def test_what_a_withdrawal_may_not_take_is_not_lent(world: World) -> None:
    assert await refusal(world, a_loan(store="602")) == (
        "STORE_NOT_OF_SERVICE_POINT",
        "ORD-8",
        "store",
    )
    assert await refusal(world, a_loan(goods("30012"))) == (
        "DEVICE_NUMBER_MISSING",
        "ORD-8",
        "lines.0.device_number",
    )
    assert await refusal(world, a_loan(a_device(), a_device())) == (
        "DEVICE_NUMBER_TWICE",
        "ORD-8",
        "lines.1.device_number",
    )
    assert await world.events(BasketLoanRequested) == []


@pytest.mark.rule("INV-16a")
async def test_a_contribution_is_not_lent(world: World) -> None:
    await world.handle(an_article_listed(KIT, marked=False, is_contribution=True))

    assert await refusal(world, a_loan(goods(KIT))) == (
        "CONTRIBUTION_IS_NEVER_STOCKED",
        "INV-16",
        "lines.0.article_number",
    )


@pytest.mark.rule("ORD-22b")
async def test_what_never_comes_from_own_stores_is_not_lent(world: World) -> None:
    never = an_article_listed(KIT, marked=False, never_from=("own_store",))
    await world.handle(never)

    assert await refusal(world, a_loan(goods(KIT))) == (
        "SOURCE_NOT_OF_ARTICLE",
        "ORD-22",
        "lines.0.article_number",
    )


async def test_a_reference_names_one_loan(world: World) -> None:
    await world.handle(a_loan(), subject="V-1")

    assert await refusal(world, a_loan()) == ("ALREADY_LENT", "ORD-10", "ce_subject")


@pytest.mark.rule("ORD-18d", "ORD-10f")
async def test_a_fee_gets_a_line_of_its_own_and_nobody_chooses_it(world: World) -> None:
    await world.handle(a_loan(goods(KIT, 2), a_device()), subject="V-1")

    (asked,) = await world.events(BasketLoanRequested)
    fee = asked.lines[2]
    assert [one.fee_of for one in asked.lines] == [None, None, line(1)]
    assert (fee.number, fee.fee_group, fee.article_number, fee.quantity) == (
        3,
        "charge_kit",
        KIT,
        2,
    )


@pytest.mark.rule("ORD-10d", "ORD-10j")
async def test_what_the_store_has_not_is_declined_whole(world: World) -> None:
    await world.handle(a_loan(), subject="V-1")

    await world.handle(a_reservation_declined(basket_id()))

    (declined,) = await world.events(BasketLoanDeclined)
    assert (declined.reason, declined.prescriber) == ("NO_BALANCE", SENDER)
    assert (await basket(world)).status is Status.DECLINED
    assert (await basket(world)).due_on is None
    assert await refusal(world, an_act(1)) == ("DECLINED", "ORD-10", None)
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-10j")
async def test_without_an_answer_in_a_day_it_is_declined_and_a_late_grant_changes_nothing(
    world: World,
) -> None:
    await world.handle(a_loan(), subject="V-1")
    assert await refusal(world, an_act(1)) == ("WAITING", "ORD-10", None)

    await world.advance(to=MONDAY + timedelta(hours=25))

    (declined,) = await world.events(BasketLoanDeclined)
    assert declined.reason == "NOT_ANSWERED"
    await world.handle(a_basket_reserved())
    await world.handle(a_reservation_released(basket_id()))
    assert (await basket(world)).status is Status.DECLINED
    assert await world.events(BasketLoanOpened) == []


@pytest.mark.rule("ORD-10e")
async def test_each_act_delivers_to_one_recipient_and_puts_back(world: World) -> None:
    await lent(world, a_device(), a_device("170099"), goods())

    await world.handle(an_act(1, put_back=(2,)), subject="V-1")

    (asked,) = await world.events(BasketLoanActRequested)
    assert [(one.line_id, one.payer_id) for one in asked.deliver] == [(line(1), PAYER)]
    assert (asked.put_back, asked.acted_on) == ((line(2),), date(2026, 3, 2))
    assert str(asked.recipient.person) == await patient(world)  # type: ignore[union-attr]
    await world.handle(a_line_delivered(basket_id(), devices=("170098",), on="2026-03-02"))
    await world.handle(a_basket_line_put_back(2))
    ended = await world.events(BasketLoanLineEnded)
    assert [(one.line_id, one.outcome) for one in ended] == [
        (line(1), "delivered"),
        (line(2), "put_back"),
    ]
    assert (await basket(world)).status is Status.OPEN
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-10g")
async def test_it_stays_open_until_every_line_is_over(world: World) -> None:
    await lent(world, a_device(), goods())
    await world.handle(an_act(1), subject="V-1")
    await world.handle(a_line_delivered(basket_id(), devices=("170098",)))
    assert (await basket(world)).status is Status.OPEN

    await world.handle(an_act(put_back=(2,)), subject="V-1")
    await world.handle(a_basket_line_put_back(2))

    assert (await basket(world)).status is Status.CLOSED
    assert (await basket(world)).due_on is None
    assert await refusal(world, an_act(put_back=(2,))) == ("CLOSED", "ORD-10", None)
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-10e", "ORD-10k")
async def test_a_line_is_in_one_act_and_ends_once(world: World) -> None:
    await lent(world, a_device(), goods())
    await world.handle(an_act(1), subject="V-1")

    assert await refusal(world, an_act(put_back=(1,))) == (
        "LINE_IN_ANOTHER_ACT",
        "ORD-10",
        "put_back.0",
    )
    await world.handle(a_line_delivered(basket_id(), devices=("170098",)))
    assert await refusal(world, an_act(2, put_back=(1,))) == ("LINE_ENDED", "ORD-10", "put_back.0")
    assert await refusal(world, an_act(2, put_back=(2,))) == (
        "LINE_NAMED_TWICE",
        "ORD-10",
        "put_back.0",
    )
    assert await refusal(world, an_act(7)) == ("UNKNOWN_LINE", "ORD-10", "deliver.0")


@pytest.mark.rule("ORD-10e", "ORD-10k")
async def test_an_act_that_the_store_refuses_leaves_its_lines_open(world: World) -> None:
    await lent(world, a_device(), goods())
    await world.handle(an_act(1, put_back=(2,)), subject="V-1")
    (asked,) = await world.events(BasketLoanActRequested)

    await world.handle(a_basket_act_refused(act_id=asked.act_id))

    (declined,) = await world.events(BasketLoanActDeclined)
    assert (declined.act_id, declined.by, declined.reason) == (asked.act_id, SENDER, "LINE_ENDED")
    assert [one.outcome for one in (await basket(world)).lines] == [None, None]
    assert (await basket(world)).persons == ()
    await world.handle(an_act(put_back=(2,)), subject="V-1")
    await world.handle(a_basket_act_refused(act="unknown"))
    assert len(await world.events(BasketLoanActDeclined)) == 1
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-10e")
async def test_what_is_returned_or_lost_first_is_over(world: World) -> None:
    await lent(world, a_device(), a_device("170099"))

    await world.handle(a_basket_line_put_back(1, act=None))
    await world.handle(a_basket_line_broken(2))

    assert [one.outcome for one in (await basket(world)).lines] == ["put_back", "lost"]
    assert (await basket(world)).status is Status.CLOSED
    await assert_rows_are_folds(world)


async def test_recipient_and_payer_are_known_and_active(world: World) -> None:
    await lent(world, a_device())

    assert await refusal(world, an_act(1, payer="99999")) == (
        "UNKNOWN_PAYER",
        "REF-4",
        "deliver.0.payer_id",
    )
    await world.handle(a_person_stated(version=4, active=False), subject="ac-person-1")
    assert (await refusal(world, an_act(1)))[:2] == ("RECIPIENT_INACTIVE", "REF-14")
    assert await world.events(BasketLoanActRequested) == []


@pytest.mark.rule("ORD-10f", "ORD-18d")
async def test_a_fee_is_delivered_in_an_act_of_its_own_to_who_has_the_goods(world: World) -> None:
    await lent(world, goods(KIT, 2))
    assert await refusal(world, an_act(2)) == ("FEE_IN_ITS_OWN_ACT", "ORD-10", "deliver.0")
    assert await refusal(world, a_fee()) == ("DEVICE_NOT_DELIVERED", "ORD-10", "line")
    await world.handle(an_act(1), subject="V-1")
    await world.handle(a_line_delivered(basket_id(), article=KIT, quantity=2, on="2026-03-02"))
    assert (await basket(world)).status is Status.OPEN
    assert await refusal(world, a_fee(1)) == ("LINE_ENDED", "ORD-10", "line")

    await world.handle(a_fee(), subject="V-1")

    (fee,) = await world.events(BasketLoanFeeDelivered)
    assert (fee.line_id, fee.fee_of, fee.quantity, fee.timing) == (line(2), line(1), 2, "immediate")
    assert fee.fee == Money(net_ore=50_000, vat_percent=0)
    assert str(fee.recipient.person) == await patient(world)  # type: ignore[union-attr]
    assert fee.received_on == date(2026, 3, 2)
    assert (await basket(world)).status is Status.CLOSED
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-18d", "ORD-18f")
async def test_who_is_to_pay_nothing_gets_no_fee(world: World) -> None:
    child = a_person_stated(PersonalNumber(number=CHILD), version=2)
    await world.handle(child, subject="ac-person-1")
    await lent(world, goods(KIT))
    await world.handle(an_act(1), subject="V-1")

    await world.handle(a_line_delivered(basket_id(), article=KIT))

    ended = await world.events(BasketLoanLineEnded)
    assert [(one.line_id, one.outcome) for one in ended] == [
        (line(1), "delivered"),
        (line(2), "not_due"),
    ]
    assert (await basket(world)).status is Status.CLOSED


@pytest.mark.rule("ORD-18d", "ORD-18f")
async def test_what_is_put_back_costs_nothing(world: World) -> None:
    await lent(world, goods(KIT))
    await world.handle(an_act(put_back=(1,)), subject="V-1")

    await world.handle(a_basket_line_put_back(1))

    assert [one.outcome for one in (await basket(world)).lines] == ["put_back", "not_due"]
    assert await world.events(BasketLoanFeeDelivered) == []


@pytest.mark.rule("ORD-10h")
async def test_colleagues_act_on_it_and_outsiders_do_not(world: World) -> None:
    await world.handle(a_customer_stated(OTHER, store=None), subject=OTHER)
    await world.handle(a_user_stated(OUTSIDER, OTHER), subject=OUTSIDER)
    await lent(world, a_device())

    assert await refusal(world, an_act(1, by=OUTSIDER)) == ("NOT_YOUR_BASKET", "ORD-10", "by")
    await world.handle(an_act(1, by=SUBSTITUTE), subject="V-1")

    (asked,) = await world.events(BasketLoanActRequested)
    assert asked.by == SUBSTITUTE


@pytest.mark.rule("ORD-10h")
async def test_colleagues_find_it_by_prescriber_and_number_the_overdue_first(world: World) -> None:
    await lent(world, a_device())
    await world.advance(to=MONDAY + timedelta(days=1))
    await lent(world, goods(), reference="V-2")
    roles = [Role.PRESCRIBER]

    async with world.http(user=SUBSTITUTE, roles=roles, service_points=[SENDING]) as client:
        mine = (await client.get("/basket-loans", params={"prescriber": SENDER})).json()
        part = (await client.get("/basket-loans", params={"order_number": "26100002"})).json()
        first = (await client.get("/basket-loans", params={"limit": 1})).json()
        story = (await client.get(f"/basket-loans/{basket_id()}/story")).json()
    async with world.http(user=OUTSIDER, roles=roles, service_points=[OTHER]) as client:
        hidden = await client.get(f"/basket-loans/{basket_id()}")

    assert [one["reference"] for one in mine["items"]] == ["V-1", "V-2"]
    assert [one["reference"] for one in part["items"]] == ["V-2"]
    assert [one["reference"] for one in first["items"]] == ["V-1"]
    assert len(story["items"]) == 2
    assert hidden.status_code == 404


@pytest.mark.rule("ORD-10i")
async def test_an_overdue_loan_is_told_each_day_until_nothing_is_lent(world: World) -> None:
    await lent(world, a_device(), goods())
    await world.advance(to=MONDAY + timedelta(days=7))
    assert await world.events(BasketLoanOverdue) == []

    await world.advance(to=MONDAY + timedelta(days=9, hours=1))

    assert len(await world.events(BasketLoanOverdue)) == 2
    assert (await basket(world)).is_overdue
    await world.handle(an_act(put_back=(1, 2)), subject="V-1")
    await world.handle(a_basket_line_put_back(1))
    await world.handle(a_basket_line_put_back(2))
    await world.advance(to=MONDAY + timedelta(days=12))
    assert len(await world.events(BasketLoanOverdue)) == 2
    assert not (await basket(world)).is_overdue
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-20a")
async def test_it_waits_for_the_unit_until_its_last_day(world: World) -> None:
    await lent(world, a_device())
    roles = [Role.PRESCRIBER]

    async with world.http(user=SUBSTITUTE, roles=roles, service_points=[SENDING]) as client:
        (wait,) = (await client.get("/waits")).json()["items"]

    assert (wait["kind"], wait["number"], wait["waits"]["on"]) == (
        "basket_loan",
        "26100001",
        "service_point",
    )
    assert (wait["waits"]["until"], wait["waits"]["then"]) == ("2026-03-09", "reminded")
