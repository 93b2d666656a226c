"""Topic `orders.blocks`, one aggregate kind: the block that a patient asks a unit for (REF-25). Who
the patient is, and why somebody opened it, is in no event.
"""

from datetime import datetime

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import BlockId, BlockOpeningId, PersonRef, ServicePointId, UserId


class BlockRegistered(Event, type="orders.block.registered.v1"):
    """What the unit has of the person is out of other units' reach from now on (REF-25)."""

    block_id: BlockId
    person: PersonRef
    service_point: ServicePointId
    by: UserId


class BlockLifted(Event, type="orders.block.lifted.v1"):
    """The patient wants no block any more: it is as if there had been none (REF-25)."""

    block_id: BlockId
    by: UserId


class BlockOpened(Event, type="orders.block.opened.v1"):
    """A user of another unit has opened the block in an emergency, until then (REF-25): they see
    what the unit has of the person, and the unit is told.
    """

    block_id: BlockId
    opening_id: BlockOpeningId
    person: PersonRef
    service_point: ServicePointId
    until: datetime
    by: UserId


class BlockOpeningEnded(Event, type="orders.block.opening-ended.v1"):
    """The hours have passed: who opened it sees what they saw before (REF-25)."""

    block_id: BlockId
    opening_id: BlockOpeningId


BlockEvent = BlockRegistered | BlockLifted | BlockOpened | BlockOpeningEnded
"""Every event of a block."""
