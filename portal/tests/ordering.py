"""An order that is written but for what a task is about."""

from portal.tests.browser import Actor, MakeActor
from portal.tests.scene import Scene
from portal.tests.ward import Ward


async def written(
    actor: MakeActor, ward: Ward, scene: Scene, *, user: str = "", script: bool = True
) -> Actor:
    """Somebody, the ward's prescriber unless told, who has come from the start page to a new order
    of the cushion for the patient.
    """
    who = user or ward.user
    ref = await scene.ref(ward.patient, opened_to=who)
    anna = await actor(who, script=script)
    await anna.goes(f"/bestallningar/ny?article={ward.cushion}&person={ref}")
    await anna.sees(ward.patient.name)
    return anna
