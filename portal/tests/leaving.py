"""A patient who leaves the region, with devices and unmarked goods at home."""

from dataclasses import dataclass
from typing import Any

from portal.tests.fetching import PHONE
from portal.tests.scene import Patient, Place, Scene
from portal.tests.system import HEARING, HOME_PAYER, PortalSystem


@dataclass(frozen=True, slots=True)
class Leaving:
    """A prescriber's patient with a bed and a hearing aid, a thing that is cheap, and an
    accessory of it.
    """

    system: PortalSystem
    user: str
    place: Place
    patient: Patient
    person: str
    bed: str
    aid: str
    cheap: str
    """The number of an unmarked article that the rule scraps."""
    accessory: str
    """The number of one that it does not."""

    @property
    def page(self) -> str:
        """The page where it is dealt with."""
        return f"/mottagare/{self.person}/flyttar"

    async def offered(self, *devices: str) -> dict[str, Any]:
        """A case in which these devices are offered, by default the bed."""
        body = {
            "kind": "patient_moves",
            "about": {"kind": "person", "id": self.person},
            "devices": devices or (self.bed,),
            "service_point": self.place.id,
            "text": "Flyttar till Region Uppsala.",
        }
        return await self.system.done(self.user, "/cases", body)

    async def sold(self, *devices: str) -> str:
        """A sale of these devices to another region, by default of the bed: its page."""
        body = {
            "payer_id": HOME_PAYER,
            "person": self.person,
            "service_point": self.place.id,
            "devices": devices or (self.bed,),
        }
        made = await self.system.done(self.user, "/region-sales", body, service="billing")
        return f"/forsaljningar/{made['id']}"

    async def has(self, number: str) -> bool:
        """Whether the patient has a device."""
        async with self.system.api("inventory", self.user) as client:
            answer = await client.get("/devices", params={"device_number": number})
            answer.raise_for_status()
        (one,) = answer.json()["items"]
        return bool(one["holder"]["kind"] == "patient")

    async def left(self) -> list[str]:
        """The articles of the unmarked goods that the patient has."""
        async with self.system.api("inventory", self.user) as client:
            answer = await client.get("/returns:choices", params={"person": self.person})
            answer.raise_for_status()
        return sorted(one["article_number"] for one in answer.json()["lines"])

    async def cases(self) -> list[dict[str, Any]]:
        """The cases about the patient, the latest first."""
        async with self.system.api("orders", self.user) as client:
            asked = {"about_id": self.person, "status": ["waiting", "answered", "withdrawn"]}
            answer = await client.get("/cases", params={**asked, "sort": "-asked_on"})
            answer.raise_for_status()
        return list(answer.json()["items"])


async def a_leaving(
    scene: Scene,
    *,
    at: Place | None = None,
    with_store: bool = True,
    phone: str | None = PHONE,
) -> Leaving:
    """A patient who leaves, of a service point of their own, or `at` another. The unit may have no
    store: then nothing unmarked was withdrawn.
    """
    place = at or scene.place("Hälsocentralen Ängen", with_store=with_store)
    user = scene.user(place, name="Anna Förskrivare")
    patient = scene.person("Tess Testsson-Långtnamn af Norrbacka", phone=phone)
    bed = scene.article("Vårdsäng Höjdin, med ett ovanligt långt namn")
    hearing = scene.article("Hörapparat Lyssna", product_area=HEARING)
    cheap = scene.article("Griptång 65 cm", marked=False)
    accessory = scene.article("Bricka till rollator", marked=False, type="accessory")
    lent: dict[str, Any] = {"patient": patient, "payer": place.payer, "prescriber": user}
    devices = [scene.device(bed, **lent), scene.device(hearing, **lent)]
    if place.store:
        scene.stock(cheap, 3, store=place.store)
        scene.stock(accessory, 3, store=place.store)
    await scene.set()
    person = await scene.ref(patient, opened_to=user)
    if place.store:
        lines = [
            {"article_number": cheap, "quantity": 2},
            {"article_number": accessory, "quantity": 1},
        ]
        body = {
            "recipient": {"kind": "patient", "person": person},
            "prescriber": user,
            "service_point": place.id,
            "store": place.store,
            "lines": lines,
        }
        await scene.system.done(user, "/withdrawals", body)
    return Leaving(
        system=scene.system,
        user=user,
        place=place,
        patient=patient,
        person=person,
        bed=devices[0],
        aid=devices[1],
        cheap=cheap,
        accessory=accessory,
    )
