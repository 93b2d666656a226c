"""A patient who has devices that are to be fetched, for who orders that, sees it, or reports it."""

from dataclasses import dataclass
from typing import Any

from portal.tests.scene import Patient, Place, Scene
from portal.tests.system import PortalSystem

CLERK, OTHER_CLERK = "kundtjanst1", "kundtjanst2"
PHONE = "070-174 06 05"


@dataclass(frozen=True, slots=True)
class Fetching:
    """A prescriber's patient with three devices at home, and a phone."""

    system: PortalSystem
    user: str
    place: Place
    patient: Patient
    person: str
    article: str
    devices: tuple[str, ...]

    async def pickup(self, *devices: str, by: str = "", **more: Any) -> dict[str, Any]:
        """A pickup of these devices, by default the first, once it stands."""
        body = {
            "recipient": {"kind": "patient", "person": self.person},
            "service_point": self.place.id,
            "cause": "not_needed",
            "devices": devices or self.devices[:1],
            "delivery": {"to": {"kind": "recipient"}},
            **more,
        }
        return await self.system.done(by or self.user, "/pickups", body)

    async def void(self, pickup: dict[str, Any]) -> None:
        """The prescriber takes all of a pickup back."""
        await self.system.done(self.user, f"/pickups/{pickup['pickup_id']}:void", {})

    async def relatives(self, *devices: str, **more: Any) -> dict[str, Any]:
        """A pickup that a relative has ordered through customer service."""
        return await self.pickup(*devices, by=CLERK, ordered_by="relative", **more)

    async def shown(self, pickup: dict[str, Any]) -> dict[str, Any]:
        """The pickup as it is now."""
        async with self.system.api("orders", self.user) as client:
            answer = await client.get(f"/pickups/{pickup['pickup_id']}")
            answer.raise_for_status()
        return dict(answer.json())


async def a_fetching(
    scene: Scene,
    *,
    at: Place | None = None,
    area: str | None = None,
    return_at_once: bool = False,
    **patient: Any,
) -> Fetching:
    """A patient with three devices of one article at home, which may be of a product area, and may
    be to be returned at once; of a service point of their own, or `at` another.
    """
    place = at or scene.place("Hälsocentralen Ängen")
    user = scene.user(place, name="Anna Förskrivare")
    known = {"phone": PHONE, **patient}
    found = scene.person("Tess Testsson-Långtnamn af Norrbacka", **known)
    of_area: dict[str, Any] = {"product_area": area} if area else {}
    of_area |= {"return_at_once": True} if return_at_once else {}
    article = scene.article("Vårdsäng Höjdin, med ett ovanligt långt namn", **of_area)
    devices = tuple(
        scene.device(article, patient=found, payer=place.payer, prescriber=user) for _ in range(3)
    )
    await scene.set()
    return Fetching(
        system=scene.system,
        user=user,
        place=place,
        patient=found,
        person=await scene.ref(found, opened_to=user),
        article=article,
        devices=devices,
    )
