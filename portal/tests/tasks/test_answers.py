"""Kvittera BMB: T-07, T-08 and T-10, and what goes wrong on the way."""

import pytest

from portal.tests.browser import MakeActor
from portal.tests.handover import Handover, a_handover
from portal.tests.scene import Scene
from portal.tests.system import BY_LINE

SUMMARY = "Det här behöver rättas"


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


@pytest.mark.rule("BMB-5e", "BMB-5f")
async def test_one_device_is_rejected_and_the_others_accepted(
    actor: MakeActor, by_line: Handover
) -> None:
    transfer = await by_line.send(*by_line.devices)
    anna = await actor(by_line.receiver, region=BY_LINE)

    await anna.click("Kvittera BMB")
    await anna.click("Svara för varje hjälpmedel")
    await anna.tick(f"{by_line.devices[1]} Rollator Björk")
    await anna.fill("Meddelande", "Den står redan hos oss.")
    await anna.picture("bmb-transfer-lines")
    await anna.accessible()
    await anna.click("Godkänn")

    await anna.sees("Bytet är godkänt, utom 1 hjälpmedel.")
    await by_line.system.settle()
    sven = await actor(by_line.sender, region=BY_LINE, at=f"/bmb/{transfer}")
    await sven.sees("Bytt", within=by_line.devices[0])
    await sven.sees("Ej godkänt", within=by_line.devices[1])
    await sven.picture("bmb-transfer-lines-ended")
    await sven.accessible()
    await sven.goes("/bmb/avslagna")
    await sven.sees("Den står redan hos oss.")
    await sven.sees(by_line.devices[1])
    await sven.sees_no(by_line.devices[0])
    await sven.click("Skicka ny")
    await sven.has("Individnummer", by_line.devices[1])


@pytest.mark.rule("BMB-4d", "BMB-4l")
async def test_where_the_region_lets_it_another_than_the_customers_payer_is_chosen(
    actor: MakeActor, by_line: Handover
) -> None:
    payer = f"{by_line.here.payer} Hälsocentralen {by_line.here.payer}"
    transfer = await by_line.send(by_line.devices[0])
    anna = await actor(by_line.receiver, region=BY_LINE)

    await anna.click("Kvittera BMB")
    await anna.click("Välj betalare")
    await anna.has("Betalare", "")
    await anna.choose("Betalare", payer)
    await anna.picture("bmb-transfer-payer")
    await anna.accessible()
    await anna.click("Godkänn")

    await anna.sees("Bytet är godkänt.")
    await by_line.system.settle()
    await anna.goes(f"/bmb/{transfer}")
    await anna.sees("Genomförd")
    await anna.sees(payer)
    await anna.sees(by_line.there.id)


async def test_where_the_payer_follows_the_customer_there_is_none_to_choose(
    actor: MakeActor, handover: Handover
) -> None:
    transfer = await handover.send(handover.devices[0])
    anna = await actor(handover.receiver, at=f"/bmb/{transfer}")

    await anna.sees("Godkänn")
    assert await anna.page.locator("[name=payer]").count() == 0


async def test_none_of_the_devices_accepted_is_a_rejection(
    actor: MakeActor, by_line: Handover
) -> None:
    transfer = await by_line.send(*by_line.devices)
    anna = await actor(by_line.receiver, region=BY_LINE, at=f"/bmb/{transfer}", script=False)

    for device in by_line.devices:
        await anna.tick(f"{device} Rollator Björk")
    await anna.click("Godkänn")

    await anna.sees("Bytet är inte godkänt.")


async def test_what_was_unticked_is_so_still_where_the_answer_was_refused(
    actor: MakeActor, by_line: Handover
) -> None:
    transfer = await by_line.send(*by_line.devices)
    first = await actor(by_line.receiver, region=BY_LINE, at=f"/bmb/{transfer}")
    await first.tick(f"{by_line.devices[1]} Rollator Björk")
    await first.fill("Meddelande", "x" * 1001)

    await first.click("Godkänn")

    await first.sees(SUMMARY)
    await first.accessible()
    ticked = first.page.locator("[name=accepted]")
    assert [await ticked.nth(at).is_checked() for at in range(2)] == [True, False]


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

    await sven.sees(handover.receiver_name)
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
    await anna.sees_no(SUMMARY)


async def test_anothers_transfer_is_not_there(
    actor: MakeActor, scene: Scene, handover: Handover
) -> None:
    stranger = scene.user(scene.place())
    await scene.set()
    transfer = await handover.send(handover.devices[0])
    eva = await actor(stranger)

    assert await eva.goes(f"/bmb/{transfer}") == 404
    await eva.sees("Sidan finns inte")
