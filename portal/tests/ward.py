"""A unit of a test's own with what prescribers work with: a patient, articles, devices."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from portal.tests.scene import Patient, Place, Scene
from portal.tests.system import PortalSystem

PRESCRIBER = "Anna Förskrivare"
UNIT = "Hälsocentralen Ängen"


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order that was placed: its number, and the address of its page."""

    number: str
    page: str


@dataclass(frozen=True, slots=True)
class Ward:
    """A prescriber at a service point with a store. A rollator stands in the store, and another is
    on loan to the patient.
    """

    system: PortalSystem
    region: str
    user: str
    place: Place
    patient: Patient
    cushion: str
    """The number of an article that is not marked."""
    cushion_name: str
    """Nobody else's: three words."""
    rollator: str
    stored: str
    lent: str

    async def order(self, **more: Any) -> Ordered:
        """Have the prescriber order a cushion for the patient; awaits that the order is planned."""
        identity = {"kind": "personal_number", "number": self.patient.number}
        asked = {"identity": identity, "purpose": "new_patient"}
        async with self.system.api("orders", self.user, region=self.region) as client:
            found = await client.post("/persons:find", json=asked)
        body = {
            "recipient": {"kind": "patient", "person": found.json()["person"]},
            "prescriber": self.user,
            "service_point": self.place.id,
            "lines": [{"article_number": self.cushion, "quantity": 1}],
            "delivery": {"to": {"kind": "unit"}},
            **more,
        }
        placed = await self.system.done(self.user, "/orders", body, region=self.region)
        return Ordered(str(placed["order_number"]), f"/bestallningar/{placed['order_id']}")

    async def total(self, service: str, things: str, **query: str) -> int:
        """How many there are in a list of a service, as the prescriber sees it."""
        async with self.system.api(service, self.user, region=self.region) as client:
            answer = await client.get(f"/{things}", params=query)
            answer.raise_for_status()
        return int(answer.json()["total"])


async def a_ward(scene: Scene, *, cushions: int = 0) -> Ward:
    """A ward. `cushions`: how many of the unmarked article stand in its store."""
    place = scene.place(UNIT)
    user = scene.user(place, name=PRESCRIBER)
    patient = scene.person("Tess Testsson-Långtnamn af Norrbacka")
    cushion_name = f"Sittdyna Ängsull {uuid4().hex[:8]}"
    cushion = scene.article(cushion_name, marked=False)
    rollator = scene.article("Rollator Björk")
    if cushions:
        scene.stock(cushion, cushions, store=place.store)
    found = Ward(
        system=scene.system,
        region=scene.region,
        user=user,
        place=place,
        patient=patient,
        cushion=cushion,
        cushion_name=cushion_name,
        rollator=rollator,
        stored=scene.device(rollator, store=place.store),
        lent=scene.device(rollator, patient=patient, payer=place.payer, prescriber=user),
    )
    await scene.set()
    return found
