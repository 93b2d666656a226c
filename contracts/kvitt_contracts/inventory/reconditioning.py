"""Topic `inventory.reconditioning`, one aggregate kind: the work on what came back to the device
service (INV-13).
"""

from datetime import date

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
    """Goods are back in the central store and not available yet; a device is claimed (INV-13).

    `opened_on`: the day of their return. `return_id` where a user registered it; a region's own
    fact has none.
    """

    reconditioning_id: ReconditioningId
    device_id: DeviceId | None = None
    article_number: ArticleNumber
    quantity: Quantity
    store: StoreId
    return_id: ReturnId | None = None
    opened_on: date


class ReconditioningRedated(Event, type="inventory.reconditioning.redated.v1"):
    """The return that it came by was on another day than was told first (PHY-1)."""

    reconditioning_id: ReconditioningId
    opened_on: date


class ReconditioningStageDone(Event, type="inventory.reconditioning.stage-done.v1"):
    """A technician has done a stage: `inspected`, `cleaned`, `repaired` (INV-13)."""

    reconditioning_id: ReconditioningId
    stage: Word
    done_on: date
    technician: UserId


class ReconditioningOverdue(Event, type="inventory.reconditioning.overdue.v1"):
    """It is not over, and late from `overdue_on` on (INV-13): said once each time it becomes so."""

    reconditioning_id: ReconditioningId
    overdue_on: date


class ReconditioningApproved(Event, type="inventory.reconditioning.approved.v1"):
    """It is as good as needed: available again, and who has waited longest gets it."""

    reconditioning_id: ReconditioningId
    done_on: date
    technician: UserId


class ReconditioningScrapped(Event, type="inventory.reconditioning.scrapped.v1"):
    """It is not worth it: the goods are gone from the balance, the device is scrapped."""

    reconditioning_id: ReconditioningId
    reason: ReasonCode
    done_on: date
    technician: UserId


class ReconditioningBroken(Event, type="inventory.reconditioning.broken.v1"):
    """A physical fact has ended it: the device is `LOST`, or has been `RETURNED` from elsewhere."""

    reconditioning_id: ReconditioningId
    reason: ReasonCode


ReconditioningEvent = (
    ReconditioningOpened
    | ReconditioningRedated
    | ReconditioningStageDone
    | ReconditioningOverdue
    | ReconditioningApproved
    | ReconditioningScrapped
    | ReconditioningBroken
)
"""Every event of a reconditioning."""
