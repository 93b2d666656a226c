"""A line that its supplier cannot deliver is voided and ordered anew in one go: T-31."""

import pytest

from portal.tests.browser import MakeActor
from portal.tests.purchasing import a_purchase
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import Ward


@pytest.mark.task("T-31")
@pytest.mark.rule("ORD-14d", "ORD-14e")
async def test_what_cannot_be_delivered_is_voided_and_ordered_anew(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    bought = await a_purchase(scene, ward)
    anna = await actor(ward.user)
    await anna.click("Direktleveranser att ta emot")
    await anna.click(f"Ta emot {bought.number}")
    await anna.click("Kan inte levereras: Ramp Älv")
    await anna.sees("2 st Ramp Älv")
    await anna.picture("bestall-pa-nytt")
    await anna.accessible()
    await anna.click("Makulera och beställ på nytt")

    await anna.sees("Raden är makulerad.")
    anna.counts("T-31")
    await anna.is_at("/bestallningar/*")
    assert anna.path != bought.order.page
    await anna.sees("2 st Ramp Älv")
    await anna.sees("Skapa inköpsorder")
    await anna.picture("bestalld-pa-nytt")
    await anna.goes(bought.purchase_page)
    await anna.sees("Makulerad", within="Ramp Älv")
    await anna.sees("Väntas", within="1 st Gåstol Älv")


@pytest.mark.rule("ORD-14d")
async def test_nothing_is_voided_where_the_new_order_is_refused(
    scene: Scene, portal_system: PortalSystem, ward: Ward
) -> None:
    bought = await a_purchase(scene, ward)
    page = f"{bought.purchase_page}/bestall-pa-nytt"
    async with portal_system.visiting(ward.user) as client:
        nowhere = await client.get(f"{page}?line=9")
        unknown = await client.post(page, data={"line": "2", "article": "finns-inte"})
        still = await client.get(bought.purchase_page)

    assert (nowhere.status_code, unknown.status_code) == (404, 422)
    assert "f-article" in unknown.text
    assert "Makulerad" not in still.text
