"""Kvittera BMB: T-07, T-08, T-10 and T-11, and what goes wrong on the way."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from portal.tests.browser import MakeActor
from portal.tests.scene import Patient, Place, Scene
from portal.tests.system import PortalSystem

SUMMARY = "Det här behöver rättas"


@dataclass(frozen=True, slots=True)
class Handover:
    """A prescriber hands the responsibility for a patient's devices over to a colleague's unit."""

    system: PortalSystem
    sender: str
    receiver: str
    there: Place
    patient: Patient
    devices: tuple[str, ...]

    async def send(self, device: str, *, region: str = "ac", **more: Any) -> str:
        """The transfer's id, once it has reached the receiver."""
        body = {"devices": [device], "new_prescriber": self.receiver, "execute": True, **more}
        async with self.system.api("bmb", self.sender, region=region) as client:
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


@pytest_asyncio.fixture(loop_scope="session")
async def handover(scene: Scene) -> Handover:
    """A handover of one device."""
    return await a_handover(scene)


@pytest.mark.task("T-07")
@pytest.mark.rule("BMB-4e")
async def test_a_transfer_is_accepted_with_its_cost_in_sight(
    actor: MakeActor, handover: Handover
) -> None:
    transfer = await handover.send(handover.devices[0], message="Enligt överenskommelse.")
    anna = await actor(handover.receiver)

    await anna.click("Kvittera BMB")
    await anna.sees(handover.patient.name)
    await anna.sees("310 kr per månad utan moms")
    await anna.sees("dagar kvar")
    await anna.sees("Sven Avsändare")
    await anna.sees("Enligt överenskommelse.")
    await anna.picture("bmb-to-do")
    await anna.accessible()
    await anna.click("Godkänn")

    await anna.sees("Bytet är godkänt.")
    anna.counts("T-07")
    await handover.system.settle()
    await anna.goes(f"/bmb/{transfer}")
    await anna.sees("Genomförd")
    await anna.click("Varför är det så?")
    await anna.sees("regel BMB-4")
    await anna.picture("bmb-transfer-completed")
    await anna.accessible()


@pytest.mark.task("T-08")
@pytest.mark.rule("BMB-5a")
async def test_a_transfer_is_rejected_with_a_reason(actor: MakeActor, handover: Handover) -> None:
    await handover.send(handover.devices[0])
    anna = await actor(handover.receiver)

    await anna.click("Kvittera BMB")
    await anna.click("Avslå")
    await anna.fill("Varför", "Patienten har flyttat från oss.")
    await anna.accessible()
    await anna.click("Avslå", within="Varför")

    await anna.sees("Avsändaren får veta det.")
    anna.counts("T-08")
    sven = await actor(handover.sender, at="/bmb/avslagna")
    await sven.sees("Patienten har flyttat från oss.")
    await sven.picture("bmb-rejected")
    await sven.accessible()


async def test_without_a_reason_the_rule_is_said_and_nothing_is_lost(
    actor: MakeActor, handover: Handover
) -> None:
    transfer = await handover.send(handover.devices[0])
    anna = await actor(handover.receiver, at=f"/bmb/{transfer}")

    await anna.click("Avslå")

    await anna.sees(SUMMARY)
    await anna.picture("bmb-transfer-error")
    await anna.accessible()


@pytest.mark.task("T-10")
@pytest.mark.rule("BMB-8b")
async def test_who_sent_sees_days_left_and_whom_to_reach(
    actor: MakeActor, handover: Handover
) -> None:
    await handover.send(handover.devices[0])
    sven = await actor(handover.sender)

    await sven.click("Ej besvarad BMB")

    await sven.sees("Anna Mottagare")
    await sven.sees("dagar", within=handover.patient.name)
    await sven.picture("bmb-unanswered")
    await sven.accessible()
    sven.counts("T-10")


async def test_several_are_accepted_at_once(actor: MakeActor, scene: Scene) -> None:
    handover = await a_handover(scene, devices=2)
    for device in handover.devices:
        await handover.send(device)
    anna = await actor(handover.receiver, at="/bmb/att-gora")

    for device in handover.devices:
        await anna.page.locator(f"section:has-text('{device}') [name=transfer]").check()
    await anna.click("Godkänn markerade")

    await anna.sees("2 byten godkända.")
    await anna.sees("Inget väntar på att kvitteras.")


async def test_a_transfer_is_accepted_by_keyboard_alone(
    actor: MakeActor, handover: Handover
) -> None:
    await handover.send(handover.devices[0])
    anna = await actor(handover.receiver, at="/bmb/att-gora")

    await anna.reach("Godkänn")
    await anna.press("Enter")

    await anna.sees("Bytet är godkänt.")


async def test_a_transfer_is_accepted_without_script(actor: MakeActor, handover: Handover) -> None:
    await handover.send(handover.devices[0])
    anna = await actor(handover.receiver, at="/bmb/att-gora", script=False)

    await anna.click("Godkänn")

    await anna.sees("Bytet är godkänt.")


async def test_pressed_twice_it_is_accepted_once(actor: MakeActor, handover: Handover) -> None:
    transfer = await handover.send(handover.devices[0])
    anna = await actor(handover.receiver, at=f"/bmb/{transfer}")

    await anna.double_click("Godkänn")

    await anna.sees("Bytet är godkänt.")


async def test_anothers_transfer_is_not_there(actor: MakeActor, scene: Scene) -> None:
    handover = await a_handover(scene)
    stranger = scene.user(scene.place())
    await scene.set()
    transfer = await handover.send(handover.devices[0])
    eva = await actor(stranger)

    assert await eva.goes(f"/bmb/{transfer}") == 404
    await eva.sees("Sidan finns inte")


@pytest.mark.task("T-11")
@pytest.mark.rule("BMB-7c")
async def test_a_locked_transfer_is_unlocked_by_customer_service(
    actor: MakeActor, portal_system: PortalSystem
) -> None:
    handover = await a_handover(Scene(portal_system, "bd"))
    transfer = await handover.send(handover.devices[0], region="bd")
    await portal_system.advance(await portal_system.now() + timedelta(days=8))
    sven = await actor(handover.sender, at=f"/bmb/{transfer}", region="bd")
    await sven.sees("BMB är låst.")
    await sven.picture("bmb-locked")
    await sven.accessible()
    kim = await actor("kundtjanst1", region="bd")

    await kim.click("Kundtjänst")
    await kim.has("Vem bad om det", handover.sender, within="Sven Avsändare")
    await kim.picture("customer-service-locked")
    await kim.accessible()
    await kim.click("Lås upp", within="Sven Avsändare")

    await kim.sees("Bytet är upplåst.")
    kim.counts("T-11")
    await sven.reload()
    await sven.sees("Skicka ny")
