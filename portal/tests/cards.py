"""A device's card in the portal: how one comes to it, and what billing says of the device."""

from typing import Any

from portal.tests.browser import Actor, MakeActor
from portal.tests.fetching import CLERK
from portal.tests.system import PortalSystem

SEARCH = "Sök personnummer, individ, order eller artikel"


async def at_card(actor: MakeActor, user: str, device: str, *, script: bool = True) -> Actor:
    """Somebody at the device's card, by the search for its number."""
    somebody = await actor(user, script=script)
    await somebody.fill(SEARCH, device)
    await somebody.press("Enter")
    await somebody.is_at("/individ/*")
    return somebody


async def charges_of(system: PortalSystem, device: str) -> list[dict[str, Any]]:
    """What billing says is charged for the device."""
    device_id = await system.device_id(CLERK, device)
    async with system.api("billing", CLERK) as client:
        answer = await client.get("/charges", params={"device_id": device_id})
        answer.raise_for_status()
    return list(answer.json()["items"])
