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
    receiver_name: str
    """Nobody else's."""
    here: Place
    there: Place
    article: str
    patient: Patient
    devices: tuple[str, ...]

    async def send(self, *devices: str, **more: Any) -> str:
        """The transfer's id, once it has reached the receiver."""
        body = {"devices": devices, "new_prescriber": self.receiver, "execute": True, **more}
        return str((await self._done(self.sender, "/transfers", body))["id"])

    async def reject(self, transfer: str, message: str) -> None:
        """The receiver rejects a transfer, and its sender knows."""
        await self._act(self.receiver, f"{transfer}:reject", {"message": message})

    async def ask_to_unlock(self, transfer: str) -> None:
        """The sender asks customer service to unlock a locked transfer."""
        await self._act(self.sender, f"{transfer}:ask-to-unlock")

    async def unlock(self, transfer: str, *, clerk: str) -> None:
        """Customer service unlocks a locked transfer, as its sender has asked."""
        await self._act(clerk, f"{transfer}:unlock", {"asked_by": self.sender})

    async def _act(self, user: str, act: str, body: Any = None) -> None:
        await self._done(user, f"/transfers/{act}", body)

    async def _done(self, user: str, path: str, body: Any) -> dict[str, Any]:
        return await self.system.done(user, path, body, service="bmb", region=self.region)


async def a_handover(scene: Scene, *, devices: int = 1, there: Place | None = None) -> Handover:
    """Everything that a transfer needs, of the test's own; to somebody at `there`, where it is
    given.
    """
    here = scene.place()
    there = there or scene.place("Nya mottagningen")
    sender = scene.user(here, name="Sven Avsändare")
    receiver_name = f"Anna Mottagare-{next(scene.system.numbers)}"
    patient = scene.person("Tess Testsson")
    article = scene.article("Rollator Björk")
    found = Handover(
        system=scene.system,
        region=scene.region,
        sender=sender,
        receiver=scene.user(there, name=receiver_name),
        receiver_name=receiver_name,
        here=here,
        there=there,
        article=article,
        patient=patient,
        devices=tuple(
            scene.device(article, patient=patient, payer=here.payer, prescriber=sender)
            for _ in range(devices)
        ),
    )
    await scene.set()
    return found
