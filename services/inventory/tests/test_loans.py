"""What inventory says of a change of custody beside it: its number, and how a loan is charged that
begins with it.
"""

from collections.abc import Sequence
from datetime import date

import pytest
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import CustodyChanged, DeviceStatedOnLoan, LineDelivered
from kvitt_contracts.types import Charging
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_requested,
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_in_store_stated,
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_sent_line,
    an_article_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import CENTRAL, CUSHION, OWN, ROLLATOR, a_patient, device_id

RENT, SALE = Charging.RENT, Charging.SALE


async def changes(
    world: World, number: str | None = None
) -> list[CustodyChanged | DeviceStatedOnLoan]:
    """The changes of custody, of all devices or of one, in their order."""
    key = None if number is None else device_id(number)
    emitted: Sequence[Event] = await world.events(key=key)
    return [one for one in emitted if isinstance(one, CustodyChanged | DeviceStatedOnLoan)]


async def charged(world: World, number: str) -> list[Charging | None]:
    """What each of a device's changes of custody says of how it is charged."""
    return [change.charging for change in await changes(world, number)]


@pytest.mark.rule("BIL-9g")
async def test_each_change_of_custody_has_the_next_number_of_its_region(world: World) -> None:
    await world.handle_all(a_device_on_loan_stated("170001"), a_device_on_loan_stated("170002"))
    await world.handle(a_device_returned("170001", on=date(2026, 3, 2)))
    await world.handle_all(*the_stores(), *the_catalogue(), region="bd")
    await world.handle(a_device_in_store_stated("170001"), region="bd")
    await world.handle(a_device_returned("170002", on=date(2026, 3, 2)))

    assert [change.number for change in await changes(world)] == [1, 2, 3, 4]


@pytest.mark.rule("BIL-1f")
async def test_a_loan_says_how_it_is_charged_where_it_begins_and_nowhere_else(
    world: World,
) -> None:
    await world.handle_all(
        rollators_received("170001"),
        a_withdrawal_placed(a_device_line("170001")),
        an_article_stated(version=2, charging="sale"),
        a_transfer_requested("170001"),
        a_transfer_accepted("170001"),
        a_device_returned("170001", on=date(2026, 3, 2)),
        a_withdrawal_placed(a_device_line("170001", order="O-2"), reference="O-2"),
    )

    assert await charged(world, "170001") == [RENT, None, None, SALE]


@pytest.mark.rule("BIL-1f")
async def test_a_transfer_out_of_a_store_begins_a_loan(world: World) -> None:
    await world.handle_all(
        rollators_received("170001"),
        an_article_stated(version=2, charging="sale"),
        a_transfer_requested_from_store("170001", store=OWN),
        a_transfer_accepted("170001", new_recipient=a_patient()),
    )

    assert await charged(world, "170001") == [SALE]


@pytest.mark.rule("BIL-1f")
async def test_a_loan_of_the_old_stock_is_charged_as_its_article_is_at_the_cut_over(
    world: World,
) -> None:
    await world.handle_all(
        a_device_on_loan_stated("170001"),
        an_article_stated(version=2, charging="sale"),
        a_device_on_loan_stated("170002"),
    )

    assert [await charged(world, number) for number in ("170001", "170002")] == [[RENT], [SALE]]


@pytest.mark.rule("BIL-1f")
async def test_a_corrected_return_begins_no_loan(world: World) -> None:
    await world.handle(a_device_on_loan_stated("170001"))
    await world.advance(stockholm("2026-03-09 08:00"))
    await world.handle_all(
        a_device_returned("170001", on=date(2026, 3, 5)),
        an_article_stated(version=2, charging="sale"),
        a_device_returned("170001", on=date(2026, 3, 7)),
    )

    assert await charged(world, "170001") == [RENT, None, None, None]


@pytest.mark.rule("BIL-1f")
async def test_a_delivery_says_what_the_custody_of_its_devices_says(world: World) -> None:
    await world.handle_all(
        rollators_received("170001", store=CENTRAL),
        a_balance_stated(CUSHION, 5),
        an_order_placed(a_device_line(None), a_line(CUSHION, number=2)),
        an_article_stated(version=2, charging="sale"),
        a_dispatch(a_sent_line(1, 1, "170001"), a_sent_line(2, 1), arrives_on="2026-03-04"),
        an_article_stated(version=3, charging="rent"),
    )
    await world.advance(stockholm("2026-03-04 08:00"))

    delivered = {one.article_number: one.charging for one in await world.events(LineDelivered)}
    assert delivered == {ROLLATOR: RENT, CUSHION: SALE}  # as it is on the day of arrival
    assert await charged(world, "170001") == [RENT]
