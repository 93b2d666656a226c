"""Topic `inventory.holds` (key: the transfer's id): claims by transfers."""

from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import DeviceId, RefusedDevice, TransferId


class HoldGranted(Event, type="inventory.hold.granted.v1"):
    """All devices of the transfer are claimed for it: nothing else may claim them until it has
    ended (BMB-12).
    """

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]


class HoldRefused(Event, type="inventory.hold.refused.v1"):
    """None of the devices is claimed (all or none). `refused` names which and why (BMB-12)."""

    transfer_id: TransferId
    refused: Annotated[tuple[RefusedDevice, ...], Field(min_length=1)]


class HoldBroken(Event, type="inventory.hold.broken.v1"):
    """A physical fact (return, dispatch, scrap, loss) took one device out of the hold, or whom or
    what it was to go to has ended by the effective day: `INACTIVE_RECIPIENT` (REF-14),
    `STORE_HOLDS_NO_STOCK` (INV-4, REF-7).
    """

    transfer_id: TransferId
    device_id: DeviceId
    reason: str


class HoldReleased(Event, type="inventory.hold.released.v1"):
    """The transfer has ended; its devices are free."""

    transfer_id: TransferId


class HoldReduced(Event, type="inventory.hold.reduced.v1"):
    """The receiver rejected these devices: they are free, the others stay held (BMB-5). Answers
    TransferLinesRejected; a device that had left the hold already is not named.
    """

    transfer_id: TransferId
    devices: Annotated[tuple[DeviceId, ...], Field(min_length=1)]


HoldEvent = HoldGranted | HoldRefused | HoldBroken | HoldReduced | HoldReleased
"""Every event of a transfer's hold."""
