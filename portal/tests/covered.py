"""A patient of another region, for whom a prescriber orders what that region pays."""

from dataclasses import dataclass, replace
from typing import Any

from portal.tests.scene import Patient, Place, Scene
from portal.tests.system import HOME_REGION, PortalSystem


@dataclass(frozen=True, slots=True)
class Covered:
    """A prescriber's patient, and the order of a cushion for them, where one was placed."""

    system: PortalSystem
    user: str
    patient: Patient
    person: str
    article: str
    order: str = ""
    number: str = ""

    @property
    def page(self) -> str:
        """The page of the order's case."""
        return f"/hemregionsarenden/{self.order}"

    async def cases(self) -> list[dict[str, Any]]:
        """The cases that the prescriber sees."""
        async with self.system.api("billing", self.user) as client:
            answer = await client.get("/home-region-cases")
            answer.raise_for_status()
        return list(answer.json()["items"])


async def a_covered(
    scene: Scene,
    *,
    at: Place | None = None,
    cover: dict[str, str] | None = None,
    is_ordered: bool = True,
    is_delivered: bool = False,
) -> Covered:
    """A patient of another region, with an order that the region pays, unless told; what is
    delivered is withdrawn from the unit's own store. The unit is a new one, or `at`.
    """
    place = at or scene.place("Hälsocentralen Gränsen")
    user = scene.user(place, name="Anna Förskrivare")
    patient = scene.person("Tess Testsson från Norrbotten", home_region=HOME_REGION)
    article = scene.article("Sittdyna Gränsull", marked=False, charging="sale")
    scene.stock(article, 5, store=place.store)
    await scene.set()
    person = await scene.ref(patient, opened_to=user)
    found = Covered(scene.system, user, patient, person, article)
    if not is_ordered:
        return found
    body = {
        "recipient": {"kind": "patient", "person": person},
        "prescriber": user,
        "service_point": place.id,
        "cover": cover or {"kind": "home_region", "region": HOME_REGION},
        "lines": [{"article_number": article, "quantity": 1}],
    }
    if is_delivered:
        placed = await scene.system.done(user, "/withdrawals", {**body, "store": place.store})
    else:
        body["delivery"] = {"to": {"kind": "unit"}}
        placed = await scene.system.done(user, "/orders", body)
    return replace(found, order=placed["order_id"], number=str(placed["order_number"]))
