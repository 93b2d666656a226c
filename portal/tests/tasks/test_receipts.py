"""Direktleveranser: found where nobody has received them, and received: T-43, T-44."""

import pytest
import pytest_asyncio

from portal.tests.browser import MakeActor
from portal.tests.purchasing import SUPPLIER, Purchased, a_purchase
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import Ward, a_ward


@pytest_asyncio.fixture(loop_scope="session")
async def ward(scene: Scene) -> Ward:
    """A prescriber at a service point."""
    return await a_ward(scene)


@pytest_asyncio.fixture(loop_scope="session")
async def purchased(scene: Scene, ward: Ward) -> Purchased:
    """What a supplier is to deliver to them."""
    return await a_purchase(scene, ward)


@pytest.mark.task("T-43")
@pytest.mark.task("T-44")
@pytest.mark.rule("ORD-12d", "ORD-12e", "ORD-15d")
async def test_what_nobody_has_received_is_found_and_received(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    bought = await a_purchase(scene, ward, with_ramps=False)
    anna = await actor(ward.user)

    await anna.click("Direktleveranser att ta emot")
    await anna.sees("Gåstol Älv", within=bought.number)
    await anna.sees(SUPPLIER, within=bought.number)
    anna.counts("T-44")
    await anna.picture("direktleveranser")
    await anna.accessible()
    await anna.click(f"Ta emot {bought.number}")
    await anna.fill("Pris", "12 900")
    await anna.fill("Individnummer", f"D{bought.number}")
    await anna.fill("Serienummer", "TRO-24-118820")
    await anna.click("Ta emot", within="Mottaget")

    await anna.sees("Det som kom är levererat")
    anna.counts("T-43")
    await anna.sees(f"D{bought.number}")
    await anna.picture("direktleverans-kvittens")
    await anna.accessible()
    assert await anna.goes(bought.page) == 404


@pytest.mark.rule("INV-5n", "INV-5o")
async def test_what_has_come_is_filled_in_by_scanning_it(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    bought = await a_purchase(scene, ward)
    serial, number = f"SN-{bought.number}", f"E{bought.number}"
    anna = await actor(ward.user, at=bought.page)
    await anna.picture("direktleverans-skanna")
    await anna.accessible()

    await anna.fill("Skanna", f"(01){bought.gtin}(21){serial}")
    await anna.press("Enter")
    await anna.has("Serienummer", serial)
    await anna.has("Individnummer", serial)
    await anna.fill("Skanna", number)
    await anna.press("Enter")
    await anna.has("Individnummer", number)
    await anna.picture("direktleverans-skannad")
    await anna.accessible()
    await anna.fill("Skanna", "(01)07350053850019")
    await anna.press("Enter")
    await anna.sees("Koden säger ingen artikel som finns här")
    await anna.picture("direktleverans-skannat-fel")
    await anna.accessible()
    await anna.fill("Skanna", "")
    await anna.fill("Pris", "12 900", within="Gåstol Älv")
    await anna.click("Ta emot", within="Mottaget")

    await anna.sees("Det som kom är levererat")
    await anna.sees(number)


@pytest.mark.rule("ORD-12b", "ORD-12d")
async def test_only_what_has_arrived_is_received_at_what_the_line_costs(
    actor: MakeActor, ward: Ward, purchased: Purchased
) -> None:
    anna = await actor(ward.user, at=purchased.page)

    await anna.tick("Rad 2 har kommit")
    await anna.fill("Pris för rad 2", "1290,25")
    await anna.choose("Priset gäller", "alla 2")
    await anna.click("Ta emot", within="Mottaget")
    await anna.sees("Beloppet går inte jämnt upp på 2.")
    await anna.picture("direktleverans-pris")
    await anna.accessible()
    await anna.fill("Pris för rad 2", "1 290,50")
    await anna.click("Ta emot", within="Mottaget")
    await anna.sees("645,25 kr")
    await anna.sees("Det som kom är levererat")
    await anna.goes(purchased.page)
    await anna.sees("Gåstol Älv")
    await anna.sees_no("Ramp Älv")


@pytest.mark.rule("ORD-12b")
async def test_what_is_of_another_unit_or_has_not_arrived_is_refused(
    scene: Scene, portal_system: PortalSystem, ward: Ward, purchased: Purchased
) -> None:
    stranger = scene.user(scene.place(with_store=False))
    await scene.set()

    async with portal_system.visiting(stranger) as client:
        others = await client.get(purchased.page)
        their = await client.get("/direktleveranser")
    async with portal_system.visiting(ward.user) as client:
        nothing = await client.post(f"{purchased.page}/ta-emot", data={})
        unmarked = await client.post(f"{purchased.page}/ta-emot", data={"arrived": "1"})
        unpriced = await client.post(f"{purchased.page}/ta-emot", data={"arrived": "2"})
        never = await client.post(
            f"{purchased.page}/ta-emot",
            data={"arrived": "2", "price-2": "100", "received_on": "2031-02-02"},
        )
        wrong = await client.get("/direktleveranser?kind=order&number=x")

    assert (others.status_code, purchased.number in their.text) == (404, False)
    refused = (nothing, unmarked, unpriced, never)
    assert {one.status_code for one in refused} == {422}
    assert "Markera det som har kommit." in nothing.text
    assert "Skriv eller skanna individnumret." in unmarked.text
    assert "Skriv priset i kronor utan moms" in unpriced.text
    assert "Skriv numret med siffror." in wrong.text
