"""Rekonditionering: the device service makes fit again what has come back, in the region bd."""

import pytest

from contracts.tests.builders.regions import a_device_returned
from portal.tests.browser import MakeActor
from portal.tests.fetching import CLERK
from portal.tests.handover import Handover, a_handover
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem

PAGE = "/rekonditionering"


async def come_back(system: PortalSystem, *, devices: int = 1) -> Handover:
    """A patient's devices have come back to the device service today."""
    scene = Scene(system, "bd")
    patient_had = await a_handover(scene, devices=devices)
    today = await system.today()
    returned = [
        (number, a_device_returned(number, store="500", on=today)) for number in patient_had.devices
    ]
    await system.state(returned, region="bd")
    await system.settle()
    return patient_had


@pytest.mark.rule("INV-13a", "INV-13c", "INV-13d")
async def test_a_technician_scans_a_device_and_approves_it_stage_by_stage(
    actor: MakeActor, portal_system: PortalSystem
) -> None:
    back = await come_back(portal_system)
    (number,) = back.devices
    kim = await actor(CLERK, region="bd")
    await kim.click("Rekonditionering")
    await kim.fill("Individnummer", number)
    await kim.press("Enter")
    await kim.sees("Kontrollerat", within=number)
    await kim.sees_no("Godkänn", within=number)
    await kim.picture("reconditioning-waits")
    await kim.accessible()

    await kim.click(f"Kontrollerat: {number}")
    await kim.sees(f"{number} är kontrollerat.")
    await kim.click(f"Rengjort: {number}")
    await kim.click(f"Reparerat: {number}")
    await kim.picture("reconditioning-ready")
    await kim.accessible()
    await kim.click(f"Godkänn: {number}")

    await kim.sees(f"{number} är godkänt, och disponibelt igen.")
    await kim.goes(f"{PAGE}?device={number}&status=all")
    await kim.sees("Godkänt", within=number)
    await kim.goes("/individ")
    await portal_system.settle()
    async with portal_system.as_region("inventory", region="bd") as client:
        held = (await client.get("/devices", params={"device_number": number})).json()["items"]
    assert [(one["device_number"], one["claim"]) for one in held] == [(number, None)]


@pytest.mark.rule("INV-13e")
async def test_what_is_not_worth_it_is_scrapped_with_its_reason(
    actor: MakeActor, portal_system: PortalSystem
) -> None:
    back = await come_back(portal_system, devices=2)
    number, other = back.devices
    async with portal_system.as_region("inventory", region="bd") as client:
        asked = {"device_number": number}
        (work,) = (await client.get("/reconditionings", params=asked)).json()["items"]
    kim = await actor(CLERK, region="bd")
    await kim.goes(f"{PAGE}/{work['reconditioning_id']}")  # as the message leads to it
    await kim.sees(number)
    await kim.sees_no(other)
    await kim.goes(PAGE)
    await kim.sees(other)
    await kim.click(f"Kontrollerat: {number}")
    await kim.click(f"Skrota: {number}")
    await kim.sees("Välj varför det skrotas.")
    await kim.picture("reconditioning-no-reason")
    await kim.accessible()

    await kim.choose(f"Varför skrotas {number}", "Delar saknas")
    await kim.click(f"Skrota: {number}")

    await kim.sees(f"{number} är skrotat.")
    await kim.goes(f"{PAGE}?status=scrapped&device={number}")
    await kim.sees("Delar saknas", within=number)
    await kim.picture("reconditioning-scrapped")
    await kim.accessible()


@pytest.mark.rule("INV-13f")
async def test_it_is_the_device_services_page_alone(
    actor: MakeActor, portal_system: PortalSystem
) -> None:
    back = await a_handover(Scene(portal_system, "bd"))
    sven = await actor(back.sender, region="bd")

    assert await sven.goes(PAGE) == 403

    await sven.sees("Fråga hjälpmedelsservice när hjälpmedlet är klart.")
