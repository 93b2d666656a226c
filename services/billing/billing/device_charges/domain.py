"""The rules of what a device that is gone costs: sold to another region (BIL-7), lost at a private
clinic, or stolen, lost or damaged as was decided (BIL-8). No clock, no database.
"""

from collections.abc import Mapping
from typing import Final

from kvitt_contracts.billing import ChargeCancelled, ChargeCause, ChargeRaisedV2
from kvitt_contracts.inventory import DeviceDamageRecorded, DeviceStatusChanged
from kvitt_contracts.types import (
    ArticleNumber,
    ChargeId,
    Money,
    PayerId,
    ReasonCode,
    SaleId,
    UnitPayer,
    Word,
)

from billing.domain import Charge, ChargeStatus
from billing.services.domain import (
    DAMAGED_DEVICE,
    GONE_DEVICES,
    LOST_DEVICE,
    MISSING_DEVICE,
    REGION_SALE,
    STOLEN_DEVICE,
)

_BACK: Final = ReasonCode("CAME_BACK")
_DECIDED_ANEW: Final = ReasonCode("DECIDED_ANEW")
_KINDS: Final[Mapping[str, Word]] = {
    "damaged": DAMAGED_DEVICE,
    "stolen": STOLEN_DEVICE,
    "lost": MISSING_DEVICE,
}


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


# decision 0440: the charge of a record is the one of its kind and day
def is_of(charge: Charge, recorded: DeviceDamageRecorded) -> bool:
    """True of a charge of the device for what was recorded (BIL-8): one of its kind and day."""
    named = (_KINDS.get(recorded.kind), recorded.happened_on)
    return (charge.kind, charge.charged_on) == named


def charge_damage(
    key: ChargeId,
    recorded: DeviceDamageRecorded,
    *,
    article_number: ArticleNumber,
    charges: Mapping[ChargeId, Charge],
) -> tuple[ChargeRaisedV2, ...]:
    """Charge what was decided of a stolen, lost or damaged device, on the day on which it happened
    (BIL-8). No event: nobody is to pay, or one of the record's `charges` is that already.
    """
    kind = _KINDS.get(recorded.kind)
    if kind is None or recorded.payer is None or recorded.amount is None:
        return ()
    if any(_is_owed_as(recorded, charge) for charge in charges.values()):
        return ()
    return (
        ChargeRaisedV2(
            charge_id=key,
            kind=kind,
            payer=recorded.payer,
            cause=ChargeCause(device_id=recorded.device_id),
            article_number=article_number,
            quantity=1,
            amount=recorded.amount,
            charged_on=recorded.happened_on,
        ),
    )


def decided_anew(
    charges: Mapping[ChargeId, Charge], recorded: DeviceDamageRecorded
) -> dict[ChargeId, ChargeCancelled]:
    """What is not owed any more, of a record's charges, since it was decided otherwise (BIL-8)."""
    return {
        key: ChargeCancelled(charge_id=key, reason=_DECIDED_ANEW)
        for key, charge in charges.items()
        if charge.status is ChargeStatus.RAISED and not _is_owed_as(recorded, charge)
    }


def _is_owed_as(recorded: DeviceDamageRecorded, charge: Charge) -> bool:
    owed = (charge.status, charge.payer, charge.amount)
    return owed == (ChargeStatus.RAISED, recorded.payer, recorded.amount)


def to_cancel(charges: Mapping[ChargeId, Charge]) -> dict[ChargeId, ChargeCancelled]:
    """What is not owed, of a device's charges, since it is in use after all (BIL-7, BIL-8)."""
    return {
        key: ChargeCancelled(charge_id=key, reason=_BACK)
        for key, charge in charges.items()
        if charge.kind in GONE_DEVICES and charge.status is ChargeStatus.RAISED
    }
