"""Billing's values for tests, with only what matters to say."""

from datetime import date

from billing.rents.domain import ChangePoint, PricePoint
from kvitt_contracts.inventory import CustodyChanged, DeviceRegistered
from kvitt_contracts.orders import OrderPlaced
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.policy_parts import InvoicePolicy, Seller
from kvitt_contracts.types import Account, Charging, Money, PayerId, RegionCode, Word
from kvitt_testkit.world import World

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_custody_changed_by_return,
    a_custody_changed_by_transfer,
    a_day_closed,
    a_device_registered,
    a_loan_that_lasted,
)
from contracts.tests.builders.orders import a_device_line, a_line, an_order_placed
from contracts.tests.builders.story import CENTRAL, CUSHION, ROLLATOR

ACCOUNTS = {
    Word(key): Account(account)
    for key, account in {
        "receivable": "1510",
        "accrued": "1790",
        "vat_standard": "2611",
        "vat_reduced": "2621",
        "vat_low": "2631",
        "revenue_rent": "3010",
        "revenue_sale": "3020",
        "revenue_other": "3990",
    }.items()
}
SELLER = Seller.model_validate(
    {
        "name": 'Region Västerbotten, "hjälpmedel"',
        "organisation_number": "232100-0222",
        "vat_number": "SE232100022201",
        "address": {"street": "Köksvägen 11", "postal_code": "901 89", "city": "Umeå"},
        "endpoint": {"scheme": "0007", "id": "2321000222"},
        "bankgiro": "123-4567",
    }
)


def with_accounts(policies: Policies, *, seller: Seller | None = None) -> Policies:
    """Region ac enters what it earns in its accounts."""
    region = RegionCode("ac")
    invoice = {"invoice": InvoicePolicy(accounts=ACCOUNTS, seller=seller)}
    changed = [one.model_copy(update=invoice) for one in policies.of(region).versions]
    return Policies({region: PolicyHistory(versions=tuple(changed))})


def a_point(
    day: str, payer: str | None, *, charging: Charging | None = Charging.RENT
) -> ChangePoint:
    """From `day` on, `payer` pays; in a store nobody does."""
    return ChangePoint(
        effective_on=date.fromisoformat(day),
        payer_id=None if payer is None else PayerId(payer),
        charging=None if payer is None else charging,
    )


def a_price(day: str, net_ore: int) -> PricePoint:
    """From `day` on, the price in öre."""
    return PricePoint(valid_from=date.fromisoformat(day), price=Money(net_ore=net_ore))


def a_fee(net_ore: int) -> Money:
    """A patient fee: no VAT on it."""
    return Money(net_ore=net_ore, vat_percent=0)


def an_order(*, quantity: int = 1, fee: Money | None = None) -> OrderPlaced:
    """An order of what is sold."""
    return an_order_placed(a_line(CUSHION, quantity, fee=fee))


def an_order_to_rent(*, fee: Money | None = None) -> OrderPlaced:
    """An order of a device that is rented."""
    return an_order_placed(a_device_line(None, fee=fee))


def a_device(number: str = "75082", *, article: str = ROLLATOR) -> DeviceRegistered:
    """A marked device in the central store."""
    return a_device_registered(number, article=article, store=CENTRAL)


def lent(
    device: DeviceRegistered, *, payer: str, since: str, charging: str = "rent"
) -> CustodyChanged:
    """From `since` on a patient has the device by an order, and `payer` pays."""
    return a_custody_changed_by_order(
        device.device_number,
        to=a_custody(payer=payer, since=since),
        article=device.article_number,
        charging=charging,
    )


def handed_over(device: DeviceRegistered, *, payer: str, since: str) -> CustodyChanged:
    """From `since` on `payer` pays for the device by a transfer."""
    return a_custody_changed_by_transfer(
        device.device_number, to=a_custody(payer=payer, since=since)
    )


def returned(device: DeviceRegistered, *, since: str) -> CustodyChanged:
    """From `since` on the device is in the store again."""
    return a_custody_changed_by_return(device.device_number, store=CENTRAL, since=since)


def lasted(device: DeviceRegistered, *, payer: str, since: str) -> CustodyChanged:
    """The return on `since` is corrected to a later day: `payer` still pays from then."""
    return a_loan_that_lasted(device.device_number, to=a_custody(payer=payer, since=since))


async def close_may(world: World, *, custody_changes: int) -> None:
    """Inventory has closed the last day of May, after so many custody changes."""
    await world.handle(a_day_closed(date(2026, 5, 31), custody_changes=custody_changes))
    await world.fire_timers()
