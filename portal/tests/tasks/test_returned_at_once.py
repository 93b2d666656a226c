"""What the central store is to have back at once (PCK-7): pages say so, and lead to a pickup."""

import pytest

from contracts.tests.builders.regions import a_device_returned
from portal.tests.browser import MakeActor
from portal.tests.fetching import a_fetching
from portal.tests.scene import Scene

MARK = "Skickas tillbaka direkt"


@pytest.mark.rule("PCK-7a")
async def test_each_page_says_what_is_sent_back_at_once_and_leads_to_the_pickup(
    actor: MakeActor, scene: Scene
) -> None:
    home = await a_fetching(scene, return_at_once=True)
    anna = await actor(home.user, at=f"/artiklar/{home.article}")

    await anna.sees(MARK)
    await anna.accessible()
    await anna.goes(f"/mottagare/{home.person}")
    await anna.sees(MARK, within=home.devices[0])
    await anna.sees("markera det och beställ hämtning.")
    await anna.picture("recipient-returned-at-once")
    await anna.accessible()
    await anna.tick(f"Välj {home.devices[0]}")
    await anna.click("Återta till eget förråd")
    await anna.sees(f"{home.devices[0]} ska genast till centrallagret: beställ hämtning.")
    await anna.picture("sending-returned-at-once")
    await anna.accessible()
    await anna.goes(f"/mottagare/{home.person}")
    await anna.tick(f"Välj {home.devices[0]}")
    await anna.click("Beställ hämtning")
    await anna.tick("Behövs inte längre")
    await anna.click("Beställ hämtning")

    await anna.sees("är beställd.")
    await anna.sees(MARK, within=home.devices[0])
    await anna.sees("Sedan påminns enheten, tills det är tillbaka.")
    await anna.picture("pickup-returned-at-once")
    await anna.accessible()


@pytest.mark.rule("PCK-7a", "PCK-7b")
async def test_what_stands_in_the_own_store_is_sent_on_from_its_card(
    actor: MakeActor, scene: Scene
) -> None:
    home = await a_fetching(scene, return_at_once=True)
    number, today = home.devices[0], await home.system.today()
    returned = a_device_returned(number, store=home.place.store, on=today)
    await home.system.state([(number, returned)])
    async with home.system.api("inventory", home.user) as client:
        (device,) = (await client.get("/devices", params={"device_number": number})).json()["items"]
    async with home.system.api("orders", home.user) as client:
        units = (await client.get("/care-units", params={"sort": "name"})).json()["items"]
    anna = await actor(home.user, at=f"/individ/{device['device_id']}")

    await anna.sees(MARK)
    await anna.sees("Hjälpmedlet ska genast till centrallagret.")
    await anna.picture("device-returned-at-once")
    await anna.accessible()
    await anna.click("Skapa en hämtorder")
    await anna.sees("Ange vårdenheten där det hämtas.")
    await anna.picture("pickup-new-from-store")
    await anna.accessible()
    await anna.click("Fortsätt")
    await anna.sees("Välj vårdenheten där det hämtas.")
    await anna.choose("Vårdenhet", f"{units[0]['name']} ({units[0]['unit']})")
    await anna.click("Fortsätt")
    await anna.click("Byt mottagare")
    await anna.sees("Ange vårdenheten där det hämtas.")
    await anna.choose("Vårdenhet", f"{units[0]['name']} ({units[0]['unit']})")
    await anna.click("Fortsätt")
    await anna.tick("Behövs inte längre")
    await anna.fill("Telefon", "090-785 00 00")
    await anna.picture("pickup-new-from-store-ticked")
    await anna.accessible()
    await anna.click("Beställ hämtning")

    await anna.sees("är beställd.")
    await anna.sees(MARK, within=number)
    await anna.goes(f"/individ/{device['device_id']}")
    await anna.sees("Ska hämtas")
    async with home.system.api("inventory", home.user) as client:
        claimed = (await client.get(f"/devices/{device['device_id']}")).json()
    back = a_device_returned(number, store="500", on=today, version=2)
    await home.system.state([(number, back)])
    await anna.goes(f"/hamtordrar/{claimed['claim']['by']}")
    await anna.sees("Hämtat", within=MARK)


@pytest.mark.rule("PCK-7a")
async def test_what_never_was_lent_is_stock_to_lend_and_may_be_sent_on(
    actor: MakeActor, scene: Scene
) -> None:
    home = await a_fetching(scene, return_at_once=True)
    number = scene.device(home.article, store=home.place.store)
    await scene.set()
    async with home.system.api("inventory", home.user) as client:
        (device,) = (await client.get("/devices", params={"device_number": number})).json()["items"]
    async with home.system.api("orders", home.user) as client:
        units = (await client.get("/care-units", params={"sort": "name"})).json()["items"]
    anna = await actor(home.user, at=f"/individ/{device['device_id']}")

    await anna.sees("Hjälpmedlet har inte varit utlånat: det kan stå här och lånas ut.")
    await anna.picture("device-never-lent")
    await anna.accessible()
    await anna.click("Skapa en hämtorder")
    await anna.choose("Vårdenhet", f"{units[0]['name']} ({units[0]['unit']})")
    await anna.click("Fortsätt")
    await anna.tick("Behövs inte längre")
    await anna.fill("Telefon", "090-785 00 00")
    await anna.click("Beställ hämtning")

    await anna.sees("är beställd.")
    await anna.sees(MARK, within=number)
