"""ORD-12: a direct delivery through the real orders, inventory, billing and notifications: ordered,
bought, received; its device in the patient's hands, its rent begun, its supplier to be paid.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from billing.app import service as billing
from billing.models import ChargeRow
from billing.models import DeviceRow as BilledDeviceRow
from inventory.app import service as inventory
from inventory.devices.models import DeviceRow
from inventory.stock.models import BalanceRow
from kvitt_contracts.envelope import Event, Message
from kvitt_contracts.inventory import CustodyChanged, DeviceRegistered
from kvitt_contracts.notifications import MessagePostedV2
from kvitt_contracts.orders import (
    OrderLineDiverted,
    OrderReceiptRefused,
    PurchaseOrderLineReceived,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Charging, PatientRecipient
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service as notifications
from orders.app import service as orders
from orders.people.models import PersonIdRow

from contracts.tests.builders.purchases import (
    RAMP,
    SUPPLIER,
    WALKER,
    a_supplier_stated,
    with_purchasing_store,
)
from contracts.tests.builders.regions import (
    a_customer_stated,
    a_payer_stated,
    a_person_stated,
    a_user_stated,
    an_article_price_stated,
    an_article_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    DAY,
    OWN,
    PAYER,
    SENDER,
    SENDING,
    a_store,
    device_id,
)
from services.notifications.tests.worlds import whom
from services.orders.tests.purchases import a_purchase, an_order_of
from services.orders.tests.receiving import a_report_of
from services.orders.tests.vault import give_vault_keys

MONDAY = stockholm("2026-03-02 08:00")
HER = "ac-person-1"


class Platform:
    """Four services, and what one says to the others in the order in which it was said."""

    def __init__(self, **worlds: World) -> None:
        self.orders, self.inventory = worlds["orders"], worlds["inventory"]
        self.billing, self.notifications = worlds["billing"], worlds["notifications"]
        self._worlds = worlds
        self._heard = dict.fromkeys(worlds, 0)

    async def say(self, world: World, message: Message, subject: str) -> None:
        """A region says something to one service, and the others hear what follows."""
        await world.handle(message, subject=subject)
        await self.rest()

    async def rest(self) -> None:
        """Everybody has heard everything."""
        while await self._pass_on():
            pass

    async def _pass_on(self) -> bool:
        some = False
        for name, world in self._worlds.items():
            said: list[Event] = await world.events()
            new, self._heard[name] = said[self._heard[name] :], len(said)
            for event in new:
                some = True
                for other in self._worlds.values():
                    if other is not world and type(event) in other.service.handlers.messages:
                        await other.handle(event)
        return some


@pytest.fixture
async def platform_of_four(
    given: Given, policies: Policies, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Platform]:
    """A region that buys over a purchasing store: a walker that is rented, a ramp that is sold and
    has no price, both of a supplier; a prescriber and a patient.
    """
    give_vault_keys(monkeypatch, tmp_path)
    policed = with_purchasing_store(policies)
    async with AsyncExitStack() as stack:
        worlds = {
            one.name: await stack.enter_async_context(given(one, at=MONDAY, policies=policed))
            for one in (orders, inventory, billing, notifications)
        }
        platform = Platform(**worlds)
        for fact, subject in _facts_of_orders():
            await platform.say(platform.orders, fact, subject)
        for stated in (*the_stores(), *the_catalogue(), *_bought_articles()):
            await platform.inventory.handle(stated)
        await platform.rest()
        yield platform


def _facts_of_orders() -> Sequence[tuple[Message, str]]:
    return (
        (a_payer_stated(), PAYER),
        (a_customer_stated(SENDING, store=OWN), SENDING),
        (a_user_stated(), SENDER),
        (a_person_stated(), HER),
        (a_supplier_stated(), SUPPLIER),
    )


def _bought_articles() -> Sequence[Message]:
    direct: dict[str, Any] = {"is_kept_in_central": False, "supplier_id": SUPPLIER}
    return (
        an_article_stated(WALKER, **direct),
        an_article_price_stated(WALKER),
        an_article_stated(RAMP, marked=False, name="Ramp", **direct),
    )


async def bought(platform: Platform, reference: str = "O-1") -> None:
    """A walker and a ramp are ordered for the patient, and bought of their supplier."""
    await platform.say(platform.orders, an_order_of(WALKER, RAMP), reference)
    await platform.say(platform.orders, a_purchase(1, 2, order=reference), f"I-{reference}")


async def received(platform: Platform, device: str, *, receipt: str, order: str = "O-1") -> None:
    """Both have come: the unit receives them."""
    report = await a_report_of(platform.orders, order, device, price=3_335)
    await platform.say(platform.orders, report, receipt)


async def patient(platform: Platform) -> PatientRecipient:
    """The patient by their reference."""
    row = await platform.orders.row(PersonIdRow, HER)
    return PatientRecipient(person=row.person)


@pytest.mark.rule("ORD-12b", "ORD-12g", "ORD-1d")
async def test_what_came_direct_is_with_its_patient_rented_and_sold_and_clears_its_invoice(
    platform_of_four: Platform,
) -> None:
    platform = platform_of_four
    await bought(platform)

    await received(platform, "R-1", receipt="K-1")

    walker = await platform.inventory.row(DeviceRow, device_id("R-1"))
    assert (walker.custody.holder, walker.custody.since) == (await patient(platform), DAY)
    rented = await platform.billing.row(BilledDeviceRow, device_id("R-1"))
    (point,) = rented.points
    assert (point.payer_id, point.effective_on) == (PAYER, DAY)
    assert point.charging is Charging.RENT
    (sale,) = await platform.billing.rows(ChargeRow)
    assert (sale.article_number, sale.amount.net_ore) == (RAMP, 3_335)
    cleared = await platform.orders.events(PurchaseOrderLineReceived)
    assert [(one.item.article_number, one.price.net_ore) for one in cleared] == [
        (WALKER, 3_335),
        (RAMP, 3_335),
    ]
    assert all(not one.available for one in await platform.inventory.rows(BalanceRow))
    for world in (platform.orders, platform.inventory, platform.billing, platform.notifications):
        await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-12k", "ORD-12e")
async def test_with_a_number_in_use_nothing_is_booked_and_with_the_right_one_all(
    platform_of_four: Platform,
) -> None:
    platform = platform_of_four
    await platform.say(platform.inventory, rollators_received("R-9", store=CENTRAL), "G-1")
    await bought(platform)

    await received(platform, "R-9", receipt="K-1")

    (refused,) = await platform.orders.events(OrderReceiptRefused)
    assert [one.reason for one in refused.refused] == ["DEVICE_NUMBER_TAKEN"]
    told = await platform.notifications.events(MessagePostedV2)
    assert [(one.message, whom(one.to)) for one in told] == [("receipt_refused", SENDER)]
    assert await platform.billing.rows(ChargeRow) == []
    assert len(await platform.inventory.events(DeviceRegistered)) == 1

    await received(platform, "R-1", receipt="K-2")
    assert len(await platform.orders.events(PurchaseOrderLineReceived)) == 2
    assert len(await platform.billing.rows(ChargeRow)) == 1


@pytest.mark.rule("REF-14e", "REF-14f")
async def test_what_comes_after_the_patient_has_died_is_in_the_units_store_and_nobody_pays(
    platform_of_four: Platform,
) -> None:
    platform = platform_of_four
    await bought(platform)
    died = a_person_stated(version=2, deceased=True)
    await platform.say(platform.orders, died, HER)

    await received(platform, "R-1", receipt="K-1")

    assert len(await platform.orders.events(OrderLineDiverted)) == 2
    walker = await platform.inventory.row(DeviceRow, device_id("R-1"))
    assert walker.custody.holder == a_store(OWN)
    balances = {
        (one.store, one.article_number): one.available
        for one in await platform.inventory.rows(BalanceRow)
        if one.available
    }
    assert balances == {(OWN, WALKER): 1, (OWN, RAMP): 1}
    assert await platform.billing.rows(ChargeRow) == []
    (changed,) = await platform.inventory.events(CustodyChanged)
    assert changed.custody.payer_id is None
    told = await platform.notifications.events(MessagePostedV2)
    assert [(one.message, whom(one.to)) for one in told] == [
        ("line_diverted", "customer_service"),
        ("line_diverted", "customer_service"),
    ]
    assert len(await platform.orders.events(PurchaseOrderLineReceived)) == 2
