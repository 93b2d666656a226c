"""A payer who has an invoice: before the month of the others begins, a device was on loan for the
last days of April, which is invoiced when the month begins.
"""

from datetime import date
from typing import Final

from kvitt.story.month import morning_of

from portal.tests.scene import Scene
from portal.tests.system import HOME_PAYER, STATE_PAYER, PortalSystem

BILLED: Final = "19999"
"""Who pays: no test's own payer is among those from here (`scene`)."""
DEVICE: Final = "F00001"
"""What it is billed for: on loan for two days."""
_LENT_ON: Final = date(2026, 4, 29)


async def bill(system: PortalSystem) -> None:
    """Have the device lent, before anything else of the system's life."""
    await system.barrier.move_clock(morning_of(_LENT_ON))
    scene = Scene(system)
    for payer in (BILLED, HOME_PAYER, STATE_PAYER):
        scene.payer(payer)
    place = scene.place("Habiliteringen Lärkan", payer=BILLED)
    article = scene.article("Rollator Lärk")
    prescriber = scene.user(place)
    patient = scene.person()
    scene.device(
        article,
        patient=patient,
        payer=BILLED,
        prescriber=prescriber,
        number=DEVICE,
        since=_LENT_ON,
    )
    await scene.set()
