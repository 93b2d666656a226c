"""The rules of what work orders and urgent pickups cost, and of postage. No clock, no database."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from kvitt_contracts.billing import ChargeCause, ChargeRaisedV2
from kvitt_contracts.orders import PickupClosed, WorkOrderFinished
from kvitt_contracts.types import ArticleNumber, ChargeId, Money, PayerId, UnitPayer, Word

SERVICE: Final = Word("service")
URGENT_PICKUP: Final = Word("urgent_pickup")
POSTAGE: Final = Word("postage")
REGION_SALE: Final = Word("region_sale")
LOST_DEVICE: Final = Word("lost_device")
DAMAGED_DEVICE: Final = Word("damaged_device")
STOLEN_DEVICE: Final = Word("stolen_device")
MISSING_DEVICE: Final = Word("missing_device")
DAMAGES: Final = frozenset({DAMAGED_DEVICE, STOLEN_DEVICE, MISSING_DEVICE})
"""What is charged as customer service has decided (BIL-8)."""
GONE_DEVICES: Final = frozenset({REGION_SALE, LOST_DEVICE, STOLEN_DEVICE, MISSING_DEVICE})
"""What is charged for a device that is gone, and not when it was not after all."""

WARRANTY_REPAIR: Final = Word("warranty_repair")
NOT_WARRANTY: Final = Word("not_warranty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is done, and who pays for it."""

    kind: Word
    service_article: ArticleNumber | None
    payer_id: PayerId


def charged_article(work: Work) -> ArticleNumber | None:
    """The service that finished work is charged by (BIL-2); None where nothing is charged: no
    service is named, or the supplier's warranty pays for it (ACT-1).
    """
    return None if work.kind == WARRANTY_REPAIR else work.service_article


def charge_service(
    charge_id: ChargeId,
    work: Work,
    finished: WorkOrderFinished,
    *,
    article_number: ArticleNumber,
    unit_price: Money,
) -> ChargeRaisedV2:
    """Charge finished work to its payer (BIL-2). `unit_price` is the one valid on the day on which
    it was finished, in öre without VAT.
    """
    return ChargeRaisedV2(
        charge_id=charge_id,
        kind=SERVICE,
        payer=UnitPayer(payer_id=work.payer_id),
        cause=ChargeCause(work_order_id=finished.work_order_id),
        article_number=article_number,
        quantity=finished.quantity,
        amount=Money(
            net_ore=unit_price.net_ore * finished.quantity, vat_percent=unit_price.vat_percent
        ),
        charged_on=finished.finished_on,
    )


def earns_postage(work: Work, finished: WorkOrderFinished) -> bool:
    """True of a warranty repair that was one, and whose closing records the supplier's action
    (ACT-4, BIL-12).
    """
    was_warranty = work.kind == WARRANTY_REPAIR and finished.outcome != NOT_WARRANTY
    return was_warranty and finished.has_action


def compensate_postage(
    charge_id: ChargeId,
    work: Work,
    finished: WorkOrderFinished,
    *,
    is_contracted: bool,
    postage: Money | None,
) -> tuple[ChargeRaisedV2, ...]:
    """Compensate a contracted unit for the postage of a warranty repair (BIL-12).

    Returns no event for what does not earn it, for the region's own units, or where the policy
    names no `postage`.
    """
    is_due = earns_postage(work, finished) and is_contracted
    if not is_due or postage is None:
        return ()
    return (
        ChargeRaisedV2(
            charge_id=charge_id,
            kind=POSTAGE,
            payer=UnitPayer(payer_id=work.payer_id),
            cause=ChargeCause(work_order_id=finished.work_order_id),
            quantity=1,
            amount=Money(net_ore=-postage.net_ore, vat_percent=postage.vat_percent),
            charged_on=finished.finished_on,
        ),
    )


def charge_urgent_pickup(
    charge_id: ChargeId, closed: PickupClosed, *, on: date
) -> tuple[ChargeRaisedV2, ...]:
    """Charge an urgent pickup when it is closed (BIL-8): orders has pinned the fee when it was made
    urgent, and tells it where anything was done.

    Returns no event for a pickup that is not urgent.
    """
    if closed.fee is None or closed.payer_id is None:
        return ()
    return (
        ChargeRaisedV2(
            charge_id=charge_id,
            kind=URGENT_PICKUP,
            payer=UnitPayer(payer_id=closed.payer_id),
            cause=ChargeCause(pickup_id=closed.pickup_id),
            quantity=1,
            amount=closed.fee,
            charged_on=on,
        ),
    )
