"""A transfer between two units of a test's own, for who answers it, or does not."""

from dataclasses import dataclass
from typing import Any

from portal.tests.scene import Patient, Place, Scene
from portal.tests.system import PortalSystem


@dataclass(frozen=True, slots=True)
class Handover:
    """A prescriber hands the responsibility for a patient's devices over to a colleague's unit."""

    system: PortalSystem
    region: str
    sender: str
    receiver: str
    there: Place
    patient: Patient
    devices: tuple[str, ...]

    async def send(self, device: str, **more: Any) -> str:
        """The transfer's id, once it has reached the receiver."""
        body = {"devices": [device], "new_prescriber": self.receiver, "execute": True, **more}
        async with self.system.api("bmb", self.sender, region=self.region) as client:
            answer = await client.post("/transfers", json=body)
            assert answer.is_success, answer.text
        await self.system.settle()
        return str(answer.json()["id"])


async def a_handover(scene: Scene, *, devices: int = 1) -> Handover:
    """Everything that a transfer needs, of the test's own."""
    here, there = scene.place(), scene.place("Nya mottagningen")
    sender = scene.user(here, name="Sven Avsändare")
    patient = scene.person("Tess Testsson")
    article = scene.article("Rollator Björk")
    found = Handover(
        system=scene.system,
        region=scene.region,
        sender=sender,
        receiver=scene.user(there, name="Anna Mottagare"),
        there=there,
        patient=patient,
        devices=tuple(
            scene.device(article, patient=patient, payer=here.payer, prescriber=sender)
            for _ in range(devices)
        ),
    )
    await scene.set()
    return found
