"""Topic `inventory.claims` (key: the claimant's id): claims by pickups, sales and fault reports.

A device has at most one open claim (BMB-12). A transfer's claim is published on `inventory.holds`,
a basket's on `inventory.reservations`.
"""

from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import Claimant, DeviceId, ReasonCode, RefusedDevice


class ClaimGranted(Event, type="inventory.claim.granted.v1"):
    """All devices are claimed: nothing else may claim them until the claim has ended."""

    claimant: Claimant
    devices: Annotated[tuple[DeviceId, ...], Field(min_length=1)]


class ClaimRefused(Event, type="inventory.claim.refused.v1"):
    """None of the devices is claimed (all or none). `refused` names which and why.

    A fault report claims nothing: it is refused where the device cannot be given a prescriber
    (ACT-6).
    """

    claimant: Claimant
    refused: Annotated[tuple[RefusedDevice, ...], Field(min_length=1)]


class ClaimBroken(Event, type="inventory.claim.broken.v1"):
    """A physical fact took one device out of the claim: RETURNED, LOST or SCRAPPED."""

    claimant: Claimant
    device_id: DeviceId
    reason: ReasonCode


class ClaimReleased(Event, type="inventory.claim.released.v1"):
    """These devices are free again: the claimant gave them back."""

    claimant: Claimant
    devices: Annotated[tuple[DeviceId, ...], Field(min_length=1)]


ClaimEvent = ClaimGranted | ClaimRefused | ClaimBroken | ClaimReleased
"""Every event of a claim."""
