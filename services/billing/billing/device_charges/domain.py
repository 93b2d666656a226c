"""The rules of what a device that is gone costs: sold to another region (BIL-7), or lost at a
private clinic (BIL-8). No clock, no database.
"""

from collections.abc import Mapping
from typing import Final

from kvitt_contracts.billing import ChargeCancelled, ChargeCause, ChargeRaisedV2
from kvitt_contracts.inventory import DeviceStatusChanged
from kvitt_contracts.types import (
    ArticleNumber,
    ChargeId,
    Money,
    PayerId,
    ReasonCode,
    SaleId,
    UnitPayer,
)

from billing.domain import Charge, ChargeStatus
from billing.services.domain import GONE_DEVICES, LOST_DEVICE, REGION_SALE

_BACK: Final = ReasonCode("CAME_BACK")


def charge_sold(
    key: ChargeId,
    sold: DeviceStatusChanged,
    *,
    sale_id: SaleId,
    payer: PayerId,
    price: Money,
    article_number: ArticleNumber,
) -> ChargeRaisedV2:
    """Charge a device to the region that has bought it, at the price that it was asked (BIL-7)."""
    return ChargeRaisedV2(
        charge_id=key,
        kind=REGION_SALE,
        payer=UnitPayer(payer_id=payer),
        cause=ChargeCause(sale_id=sale_id, device_id=sold.device_id),
        article_number=article_number,
        quantity=1,
        amount=price,
        charged_on=sold.since_on,
    )


def charge_lost(
    key: ChargeId, lost: DeviceStatusChanged, *, article_number: ArticleNumber
) -> tuple[ChargeRaisedV2, ...]:
    """Charge a device that is lost to who pays for that, at its value (BIL-8). No event: nobody is
    to pay, or its value is not known.
    """
    if lost.payer_id is None or lost.value is None:
        return ()
    raised = ChargeRaisedV2(
        charge_id=key,
        kind=LOST_DEVICE,
        payer=UnitPayer(payer_id=lost.payer_id),
        cause=ChargeCause(device_id=lost.device_id),
        article_number=article_number,
        quantity=1,
        amount=lost.value,
        charged_on=lost.since_on,
    )
    return (raised,)


def to_cancel(charges: Mapping[ChargeId, Charge]) -> dict[ChargeId, ChargeCancelled]:
    """What is not owed, of a device's charges, since it is in use after all (BIL-7, BIL-8)."""
    return {
        key: ChargeCancelled(charge_id=key, reason=_BACK)
        for key, charge in charges.items()
        if charge.kind in GONE_DEVICES and charge.status is ChargeStatus.RAISED
    }
