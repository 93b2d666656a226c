"""A region that searches for what is missing, and a device that is damaged."""

from typing import Final

from contracts.tests.builders.regions import a_store_stated
from portal.tests.system import PortalSystem
from portal.tests.ward import Ward

INVESTIGATION: Final = "U900"


async def searching(system: PortalSystem) -> None:
    """The region has an investigation store."""
    stated = a_store_stated(INVESTIGATION, "investigation")
    await system.state([(INVESTIGATION, stated)])


async def damaged(ward: Ward, *, note: str = "Ramen är sned efter ett fall.") -> str:
    """The ward's prescriber has reported that the lent rollator is damaged; answers the address of
    its card.
    """
    device = await ward.system.device_id(ward.user, ward.lent)
    today = (await ward.system.today()).isoformat()
    body = {"kind": "damaged", "happened_on": today, "note": note}
    await ward.system.done(ward.user, f"/devices/{device}:report-damage", body, service="inventory")
    return f"/individ/{device}"
