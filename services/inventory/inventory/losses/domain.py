"""The rules of devices that a private clinic has lost: who pays what, until they are found (INV-10,
BIL-8). No clock, no database.
"""

from datetime import date
from typing import Final
from uuid import UUID

from kvitt_contracts.inventory import CustodyCause, DeviceStatusChanged
from kvitt_contracts.types import Charging, DeviceId, Money, PayerId, StocktakingId, Word

from inventory.articles.domain import Article
from inventory.devices.domain import (
    Device,
    DeviceStatus,
)
from inventory.devices.records.domain import (
    DAMAGE,
    Outcome,
)

STOCKTAKING: Final = Word("stocktaking")


def price_of_sale(article: Article, *, on: date) -> Money | None:
    """What one of a sold article costs on a day, in öre without VAT; None of one that is rented, or
    has no price yet.
    """
    if article.charging is not Charging.SALE:
        return None
    valid = [point.price for point in article.prices if point.valid_from <= on]
    return valid[-1] if valid else None


# decision 0437: what is lost costs what the region paid for it, whatever its age
def lose(
    device_id: DeviceId,
    device: Device,
    key: StocktakingId,
    *,
    payer_id: PayerId,
    sold_at: Money | None,
    on: date,
) -> DeviceStatusChanged:
    """A private clinic's device is missing: the clinic's payer pays its value (INV-10, BIL-8).

    The value is the card's, where that is not known the article's price of the day if it is sold
    (`sold_at`), in öre without VAT; where nothing is known none is told.
    """
    return DeviceStatusChanged(
        device_id=device_id,
        kind=Word(DeviceStatus.LOST),
        since_on=on,
        cause=STOCKTAKING,
        cause_id=key,
        payer_id=payer_id,
        value=device.value or sold_at,
    )


def find_lost(
    device_id: DeviceId, device: Device, key: UUID | None, *, on: date
) -> tuple[DeviceStatusChanged, ...]:
    """What was lost is found: it is in use again (INV-10, INV-15). `key`: the stocktaking that
    missed it, None where somebody had told of that. No event: it was only searched for.
    """
    if device.status is not DeviceStatus.LOST:
        return ()
    found = DeviceStatusChanged(
        device_id=device_id,
        kind=Word(DeviceStatus.IN_USE),
        since_on=on,
        cause=STOCKTAKING if key else DAMAGE,
        cause_id=key,
    )
    return (found,)


def cause_of_find(key: UUID | None) -> CustodyCause:
    """What puts a found device into a store again: the stocktaking that missed it, if one did."""
    if key is None:
        return CustodyCause(damage=Word(Outcome.FOUND))
    return CustodyCause(stocktaking_id=StocktakingId(key))
