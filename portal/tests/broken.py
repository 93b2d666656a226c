"""A device that is broken and nobody prescribes any more, for who reports it, or answers."""

from dataclasses import dataclass
from typing import Any

from portal.tests.fetching import CLERK
from portal.tests.scene import Patient, Place, Scene
from portal.tests.system import PortalSystem

ANSWERS = "Hedda Huvudansvarig"


@dataclass(frozen=True, slots=True)
class Broken:
    """A patient's device whose prescriber has left, at a service point with a main responsible."""

    system: PortalSystem
    main: str
    """Who answers."""
    colleague: str
    colleague_name: str
    """A prescriber who works there too; nobody else is called so."""
    place: Place
    patient: Patient
    device: str

    async def reported(self, **more: Any) -> str:
        """A report of its fault, which the main responsible is told of; answers its id."""
        body = {
            "device_number": self.device,
            "service_point": self.place.id,
            "text": "Bromsen tar inte.",
            **more,
        }
        reported = await self.system.done(CLERK, "/fault-reports", body)
        return str(reported["fault_report_id"])

    async def act(self, user: str, report: str, act: str, body: Any) -> dict[str, Any]:
        """Somebody does something with a report, and it is done."""
        return await self.system.done(user, f"/fault-reports/{report}:{act}", body)


async def a_broken(scene: Scene, *, at: Place | None = None) -> Broken:
    """A rollator that somebody rents whose prescriber has left; `at` a service point where whoever
    works answers, or at one of its own.
    """
    place = at or scene.place("Hälsocentralen Ängen")
    main = scene.user(place, name=ANSWERS)
    colleague_name = f"Kim Kollega-{next(scene.system.numbers)}"
    colleague = scene.user(place, name=colleague_name)
    gone = scene.user(place, name="Gunnar Gången", roles=("requester",))
    patient = scene.person("Tess Testsson-Långtnamn af Norrbacka")
    article = scene.article("Rollator Björk")
    device = scene.device(article, patient=patient, payer=place.payer, prescriber=gone)
    await scene.set()
    if at is None:
        await _answers_first(scene, place, main)
    return Broken(
        system=scene.system,
        main=main,
        colleague=colleague,
        colleague_name=colleague_name,
        place=place,
        patient=patient,
        device=device,
    )


async def _answers_first(scene: Scene, place: Place, main: str) -> None:
    async with scene.system.api("bmb", CLERK) as client:
        body = {"main": main, "substitutes": [], "asked_by": main}
        answer = await client.put(f"/responsibles/{place.id}", json=body)
        assert answer.is_success, answer.text
    await scene.system.settle()
