"""Hämtordrar: T-54, T-55 and T-56, and what goes wrong on the way."""

from pathlib import Path

import pytest

from portal.tests.beside import silent
from portal.tests.browser import Actor, MakeActor
from portal.tests.fetching import PHONE, Fetching, a_fetching
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene
from portal.tests.system import HEARING

SEARCH = "Sök personnummer"


async def at_form(actor: MakeActor, home: Fetching, *, script: bool = True) -> Actor:
    """The prescriber at the form, with the first device ticked."""
    address = f"/hamtordrar/ny?person={home.person}&device={home.devices[0]}"
    return await actor(home.user, at=address, script=script)


@pytest.mark.task("T-54")
@pytest.mark.rule("PCK-1a", "PCK-1b", "PCK-1e", "PCK-1f", "PCK-1g", "PCK-2c", "ORD-20d")
async def test_what_is_ticked_at_the_patient_is_fetched(actor: MakeActor, home: Fetching) -> None:
    anna = await actor(home.user)

    await anna.fill(SEARCH, home.patient.number)
    await anna.press("Enter")
    await anna.tick(f"Välj {home.devices[0]}")
    await anna.click("Beställ hämtning")
    await anna.has("Telefon", PHONE)
    await anna.picture("pickup-new")
    await anna.accessible()
    await anna.tick("Behövs inte längre")
    await anna.click("Beställ hämtning")

    await anna.is_at("/hamtordrar/*")
    await anna.sees("är beställd.")
    await anna.sees("Registrerad")
    anna.counts("T-54")
    await anna.picture("pickup-ordered")
    await anna.accessible()
    await anna.goes(f"/mottagare/{home.person}")
    await anna.sees("Ska hämtas", within=home.devices[0])
    await anna.sees("Hämtordrar (1)")
    await anna.picture("recipient-pickup-mark")
    await anna.accessible()
    await anna.click("Hämtordrar (1)")
    await anna.sees("Behövs inte längre")
    await anna.picture("recipient-pickups")
    await anna.accessible()


@pytest.mark.task("T-55")
@pytest.mark.rule("PCK-4b", "PCK-4c", "PCK-4d")
async def test_what_is_sent_by_post_has_one_cause_and_the_units_address(
    actor: MakeActor, scene: Scene
) -> None:
    home = await a_fetching(scene, area=HEARING)
    anna = await actor(home.user)

    await anna.fill(SEARCH, home.patient.number)
    await anna.press("Enter")
    await anna.tick(f"Välj {home.devices[0]}")
    await anna.click("Beställ hämtning")
    await anna.sees("Skickas till centrallager med post")
    await anna.sees("enheten packar och skickar själv.")
    await anna.picture("pickup-new-by-post")
    await anna.accessible()
    await anna.tick("Fungerar inte")
    await anna.click("Beställ hämtning")

    await anna.sees("är beställd.")
    await anna.sees("Tjänsteställets")
    await anna.sees("Returen orsakades av: fungerar inte")
    anna.counts("T-55")
    await anna.picture("pickup-by-post")
    await anna.accessible()


@pytest.mark.rule("PCK-4b")
async def test_what_has_different_causes_is_not_fetched_together(
    actor: MakeActor, scene: Scene, home: Fetching
) -> None:
    hearing = scene.article("Hörapparat Lyssna", product_area=HEARING)
    aid = scene.device(hearing, patient=home.patient, payer=home.place.payer, prescriber=home.user)
    await scene.set()
    anna = await at_form(actor, home)

    await anna.tick(aid)
    await anna.tick("Trasigt")
    await anna.click("Beställ hämtning")

    await anna.sees("Det som är markerat hämtas av olika orsaker.")
    await anna.picture("pickup-new-different-causes")
    await anna.accessible()
    await anna.tick(home.devices[0])
    await anna.click("Beställ hämtning")
    await anna.sees("Skickas till centrallager med post")
    await anna.accessible()


@pytest.mark.rule("PCK-5a")
async def test_a_pickup_is_found_by_its_number_in_the_one_search(
    actor: MakeActor, home: Fetching
) -> None:
    known = await home.pickup()
    await home.void(known)
    anna = await actor(home.user)

    await anna.fill(SEARCH, known["pickup_number"])
    await anna.press("Enter")

    await anna.is_at(f"/hamtordrar/{known['pickup_id']}")


async def test_it_is_taken_back_at_once(actor: MakeActor, home: Fetching) -> None:
    anna = await at_form(actor, home)
    await anna.tick("Trasigt")
    await anna.click("Beställ hämtning")

    await anna.click("Avbeställ")

    await anna.sees("Avbeställt")
    await anna.click("Beställ på nytt")
    await anna.is_at("/hamtordrar/ny")
    await anna.sees(home.patient.name)


@pytest.mark.rule("PCK-2b")
async def test_an_open_pickup_is_warned_of_with_the_way_to_it(
    actor: MakeActor, home: Fetching
) -> None:
    known = await home.pickup(home.devices[1])
    anna = await at_form(actor, home)

    await anna.sees("Det finns en öppen hämtorder.")
    await anna.picture("pickup-new-open")
    await anna.accessible()
    await anna.click(f"Hämtorder {known['pickup_number']}")

    await anna.is_at(f"/hamtordrar/{known['pickup_id']}")


@pytest.mark.rule("PCK-2b")
async def test_what_was_opened_meanwhile_is_seen_before_another_is_ordered(
    actor: MakeActor, home: Fetching
) -> None:
    anna = await at_form(actor, home)
    await home.pickup(home.devices[1])

    await anna.tick("Trasigt")
    await anna.click("Beställ hämtning")
    await anna.sees("Inget är beställt än.")
    await anna.sees("Det finns en öppen hämtorder.")
    await anna.accessible()
    await anna.click("Beställ hämtning")

    await anna.sees("är beställd.")
    await anna.sees("Det finns en öppen hämtorder till.")
    await anna.picture("pickup-beside-another")
    await anna.accessible()


@pytest.mark.rule("PCK-1c")
async def test_a_phone_is_asked_for_beside_its_field(actor: MakeActor, scene: Scene) -> None:
    home = await a_fetching(scene, phone=None)
    anna = await at_form(actor, home)

    await anna.tick("Trasigt")
    await anna.click("Beställ hämtning")
    await anna.sees("Ange ett telefonnummer: den som hämtar ringer först.")
    await anna.picture("pickup-new-error")
    await anna.accessible()
    await anna.fill("Telefon", PHONE)
    await anna.click("Beställ hämtning")

    await anna.sees("är beställd.")


async def test_what_is_missing_is_said_beside_each_field_and_what_is_written_stays(
    actor: MakeActor, home: Fetching
) -> None:
    anna = await actor(home.user, at=f"/hamtordrar/ny?person={home.person}")

    await anna.click("Annan adress, portkod, instruktioner")
    await anna.fill("Hämtorderinformation", HOSTILE["script"])
    await anna.fill("Gatuadress", "Stigen 1")
    await anna.click("Beställ hämtning")

    await anna.sees("Markera det som ska hämtas.")
    await anna.sees("Välj varför det ska hämtas.")
    await anna.sees("Välj Annan adress för adressen som är skriven")
    await anna.has("Hämtorderinformation", HOSTILE["script"])
    await anna.picture("pickup-new-errors")
    await anna.accessible()


@pytest.mark.rule("PCK-1b")
async def test_it_is_fetched_from_an_address_of_its_own_without_script(
    actor: MakeActor, home: Fetching
) -> None:
    anna = await at_form(actor, home, script=False)

    await anna.tick("Trasigt")
    await anna.tick("Annan adress")
    await anna.click("Annan adress, portkod, instruktioner")
    await anna.fill("Gatuadress", "Stigen 1")
    await anna.fill("Postnummer", "903 27")
    await anna.fill("Ort", "Umeå")
    await anna.double_click("Beställ hämtning")

    await anna.sees("En annan, bara den här gången")
    async with home.system.api("orders", home.user) as client:
        listed = (await client.get("/pickups", params={"recipient": home.person})).json()
    assert listed["total"] == 1


async def test_a_device_that_is_taken_meanwhile_is_named_beside_its_tick(
    actor: MakeActor, home: Fetching
) -> None:
    anna = await at_form(actor, home)
    await home.pickup(home.devices[0])

    await anna.tick("Trasigt")
    await anna.click("Beställ hämtning")
    await anna.sees("Det finns en öppen hämtorder.")
    await anna.sees("Ska hämtas", within="Det som ska hämtas")
    await anna.accessible()


async def test_it_begins_with_a_personal_number_by_keyboard_alone(
    actor: MakeActor, home: Fetching
) -> None:
    anna = await actor(home.user, at="/hamtordrar/ny")
    await anna.picture("pickup-new-empty")
    await anna.accessible()

    await anna.reach("Personnummer")
    await anna.write(home.patient.hyphenated)
    await anna.reach("Fortsätt")
    await anna.press("Enter")

    await anna.sees(home.devices[2])
    assert home.patient.number not in anna.page.url


@pytest.mark.rule("PCK-5a", "PCK-5b")
async def test_colleagues_find_it_and_what_is_over_is_shown_on_request(
    actor: MakeActor, scene: Scene, home: Fetching
) -> None:
    colleague = scene.user(home.place)
    await scene.set()
    known = await home.pickup(home.devices[0])
    bo = await actor(colleague)

    await bo.click("Hämtordrar")
    await bo.sees(known["pickup_number"])
    await bo.picture("pickups")
    await bo.accessible()
    await home.void(known)
    await bo.reload()
    await bo.sees("Ingen träff.")
    await bo.picture("pickups-none")
    await bo.accessible()
    await bo.choose("Status", "Alla, också avslutade")
    await bo.click("Sök", within="Status")

    await bo.sees("Avbeställd", within=known["pickup_number"])
    await bo.picture("pickups-over")
    await bo.accessible()


@pytest.mark.task("T-56")
@pytest.mark.rule("PCK-4a", "PCK-5a")
async def test_it_is_found_and_its_slip_is_printed_again(actor: MakeActor, home: Fetching) -> None:
    known = await home.pickup(home.devices[0])
    anna = await actor(home.user)

    await anna.click("Hämtordrar")
    await anna.sees(known["pickup_number"])
    await anna.picture("pickups-with-slip")
    async with anna.page.context.expect_page():
        await anna.click(f"Skriv ut {known['pickup_number']}")
    anna.counts("T-56")

    async with home.system.visiting(home.user) as client:
        printed = await client.get(f"/hamtordrar/{known['pickup_id']}/sedel")
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.headers["cache-control"] == "no-store"
    assert printed.content.startswith(b"%PDF-")


async def test_a_silent_store_leaves_the_rest_of_the_page(home: Fetching, tmp_path: Path) -> None:
    known = await home.pickup(home.devices[0])
    async with silent(home.system, "inventory", home.user, tmp_path) as anna:
        page = await anna.get(f"/hamtordrar/{known['pickup_id']}")
        listed = await anna.get("/hamtordrar")
        form = await anna.get(f"/hamtordrar/ny?person={home.person}")

    assert (page.status_code, listed.status_code, form.status_code) == (200, 200, 200)
    assert "Registrerad" in page.text
    assert known["pickup_number"] in listed.text
    assert "Lager och hjälpmedel svarar inte just nu" in form.text


async def test_silent_orders_are_said_on_the_start_page_and_in_the_list(
    home: Fetching, tmp_path: Path
) -> None:
    async with silent(home.system, "orders", home.user, tmp_path) as anna:
        listed = await anna.get("/hamtordrar")
        faults = await anna.get("/felanmalningar")

    assert "Beställningar svarar inte just nu" in listed.text
    assert "Beställningar svarar inte just nu" in faults.text


async def test_another_units_pickup_is_a_page_that_does_not_exist(
    scene: Scene, home: Fetching
) -> None:
    known = await home.pickup(home.devices[0])
    other = scene.user(scene.place())
    await scene.set()
    page = f"/hamtordrar/{known['pickup_id']}"

    async with home.system.visiting(other) as bo:
        answers = [
            await bo.get(page),
            await bo.post(f"{page}/avbestall", data={}),
            await bo.post(f"{page}/adress", data={}),
            await bo.get(f"{page}/sedel"),
            await bo.get(f"/hamtordrar/ny?person={home.person}"),
        ]

    assert [one.status_code for one in answers[:4]] == [404, 404, 403, 404]
    assert "visas inte för dig" in answers[4].text
    assert home.patient.name not in answers[4].text
