"""Topic `inventory.reconditioning`, one aggregate kind: the work on what came back to the device
service (INV-13). Reserved.
"""

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    Quantity,
    ReasonCode,
    ReconditioningId,
    ReturnId,
    StoreId,
    UserId,
    Word,
)


class ReconditioningOpened(Event, type="inventory.reconditioning.opened.v1"):
    """Goods are back in the central store and not available yet; a device is claimed (INV-13)."""

    reconditioning_id: ReconditioningId
    device_id: DeviceId | None = None
    article_number: ArticleNumber
    quantity: Quantity
    store: StoreId
    return_id: ReturnId


class ReconditioningStageDone(Event, type="inventory.reconditioning.stage-done.v1"):
    """A technician has done a stage: `inspected`, `cleaned`, `repaired` (INV-13)."""

    reconditioning_id: ReconditioningId
    stage: Word
    technician: UserId


class ReconditioningApproved(Event, type="inventory.reconditioning.approved.v1"):
    """It is as good as needed: available again, and who has waited longest gets it."""

    reconditioning_id: ReconditioningId
    technician: UserId


class ReconditioningScrapped(Event, type="inventory.reconditioning.scrapped.v1"):
    """It is not worth it: the goods are gone from the balance, the device is scrapped."""

    reconditioning_id: ReconditioningId
    reason: ReasonCode
    technician: UserId


ReconditioningEvent = (
    ReconditioningOpened | ReconditioningStageDone | ReconditioningApproved | ReconditioningScrapped
)
"""Every event of a reconditioning."""
