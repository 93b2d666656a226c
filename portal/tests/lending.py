"""A unit that lends baskets, as the region ac has it: for tests that lend."""

from dataclasses import dataclass
from uuid import uuid4

from portal.tests.scene import Patient, Place, Scene
from portal.tests.system import PortalSystem

LENDS = "402"
"""A store that the region lends baskets from."""


@dataclass(frozen=True, slots=True)
class Lending:
    """A unit that lends baskets, with two devices in its store, and an article with a fee."""

    system: PortalSystem
    place: Place
    user: str
    colleague: str
    patient: Patient
    rollator: str
    devices: tuple[str, str]
    charger: str
    staff: str

    async def lend(self, *lines: dict[str, object]) -> str:
        """Lend; answers the path of the basket's page."""
        body = {
            "prescriber": self.user,
            "service_point": self.place.id,
            "store": LENDS,
            "lines": lines or [self.line(one) for one in self.devices],
        }
        lent = await self.system.done(self.user, "/basket-loans", body)
        return f"/varukorgar/{lent['order_id']}"

    def line(self, device: str) -> dict[str, object]:
        """A device to lend."""
        return {"article_number": self.rollator, "device_number": device}


async def a_lending(scene: Scene) -> Lending:
    """What is lent, by whom, at a new place."""
    place = scene.place("Hälsocentralen Ängen", draws_from=LENDS)
    user = scene.user(place, name="Anna Förskrivare")
    rollator = scene.article("Rollator Björk")
    charger = scene.article(f"Laddkit {uuid4().hex[:8]}", marked=False, fee_group="charge_kit")
    scene.stock(charger, 3, store=LENDS)
    found = Lending(
        system=scene.system,
        place=place,
        user=user,
        colleague=scene.user(place, name="Kim Kollega"),
        patient=scene.person("Tess Testsson-Långtnamn af Norrbacka"),
        rollator=rollator,
        devices=(scene.device(rollator, store=LENDS), scene.device(rollator, store=LENDS)),
        charger=charger,
        staff=scene.user(place, roles=("customer_service",)),
    )
    await scene.set()
    return found
