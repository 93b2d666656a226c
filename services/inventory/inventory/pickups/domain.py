"""The rules of a pickup's claim (BMB-12, PCK-1): which devices it fetches from where. How it claims
them, all or none, is in `claiming`.
"""

from typing import Final

from kvitt_contracts.types import CareUnitRecipient, Claimant, PickupId, Recipient, Word

from inventory.articles.domain import Article
from inventory.devices.domain import Device

# decision 0354: a pickup claims marked devices alone
PICKUP: Final = Word("pickup")
"""What a pickup is called among claimants."""


# decision 0382: what stands in a unit's own store is sent on by a pickup
def is_sent_back(device: Device, article: Article, *, to: Recipient, is_own_store: bool) -> bool:
    """True of a device in the own store of the service point that orders the pickup, fetched from a
    care unit, where the central store is to have it back at once (PCK-7).
    """
    is_kept = is_own_store and not device.is_gone and device.meant_for is None
    return article.return_at_once and is_kept and isinstance(to, CareUnitRecipient)


def claimant(pickup_id: PickupId) -> Claimant:
    """The pickup as a claimant."""
    return Claimant(kind=PICKUP, id=pickup_id)
