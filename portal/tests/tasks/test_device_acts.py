"""What is done to a device from its card: T-71, T-72 and T-46."""

import pytest

from documents.tests.reading import pages
from portal.tests.browser import MakeActor
from portal.tests.cards import SEARCH, at_card
from portal.tests.fetching import CLERK
from portal.tests.purchasing import a_gtin
from portal.tests.scene import Scene
from portal.tests.ward import Ward


@pytest.mark.task("T-71")
@pytest.mark.rule("INV-6a")
async def test_a_device_gets_another_number_which_is_confirmed(
    actor: MakeActor, ward: Ward
) -> None:
    new = f"NY-{ward.lent}"
    anna = await at_card(actor, ward.user, ward.lent)

    await anna.click("Byt individnummer")
    await anna.picture("device-renumber")
    await anna.accessible()
    await anna.fill("Nytt individnummer", new)
    await anna.click("Jag bekräftar att detta är den individ som ska byta nummer")

    await anna.sees(f"Individ {ward.lent} heter nu {new}.")
    anna.counts("T-71")
    await anna.picture("device-renumbered")
    await anna.accessible()
    await anna.fill(SEARCH, ward.lent)
    await anna.press("Enter")
    await anna.sees(f"Individ {new}")


async def test_a_number_that_another_has_borne_is_refused_beside_its_field(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await at_card(actor, ward.user, ward.lent, script=False)
    await anna.click("Byt individnummer")
    await anna.fill("Nytt individnummer", ward.stored)
    await anna.click("Jag bekräftar att detta är den individ som ska byta nummer")

    await anna.sees("Ett annat hjälpmedel har eller har haft det numret")
    await anna.has("Nytt individnummer", ward.stored)
    await anna.picture("device-renumber-error")
    await anna.accessible()


@pytest.mark.task("T-72")
@pytest.mark.rule("INV-6c", "INV-5k", "INV-5j")
async def test_a_sip_number_is_set_on_the_card_and_finds_the_device(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    telephone = scene.article("Texttelefon Prata", iso_code="222403")
    device = scene.device(
        telephone, patient=ward.patient, payer=ward.place.payer, prescriber=ward.user
    )
    await scene.set()
    number = f"0900-{int(ward.lent[1:]) % 1000:03} 01"
    anna = await at_card(actor, ward.user, device)

    await anna.fill("SIP-nummer", number)
    await anna.click("Spara SIP-nummer")
    await anna.sees("SIP-numret är sparat.")
    anna.counts("T-72")
    await anna.picture("device-sip")
    await anna.accessible()

    await anna.fill("SIP-nummer", "hörtelefon")
    await anna.click("Spara SIP-nummer")
    await anna.sees("Det här behöver rättas")
    await anna.accessible()
    await anna.fill(SEARCH, number)
    await anna.press("Enter")
    await anna.sees(f"Individ {device}")


@pytest.mark.rule("INV-6b", "INV-5n")
async def test_customer_service_sets_a_serial_number_which_a_scanned_code_then_finds(
    actor: MakeActor, ward: Ward
) -> None:
    serial = f"SN-{ward.stored}"
    kim = await at_card(actor, CLERK, ward.stored)
    await kim.click("Ändra serienummer")
    await kim.fill("Serienummer", serial)
    await kim.click("Spara serienummer")
    await kim.sees("Ange vem som bad om det.")
    await kim.fill("Vem bad om bytet", ward.user)
    await kim.click("Spara serienummer")
    await kim.sees("Serienumret är sparat.")

    await kim.fill(SEARCH, f"(01)07350053850019(21){serial}")
    await kim.press("Enter")
    await kim.sees(f"Individ {ward.stored}")
    await kim.goes("/individ?alla")
    await kim.fill("Individnummer", f"https://id.gs1.org/01/07350053850019/21/{serial}")
    await kim.press("Enter")
    await kim.sees(f"Individ {ward.stored}")
    anna = await actor(ward.user, at="/uttag/nytt")
    await anna.fill("Skanna eller sök", f"(01)07350053850019(21){serial}")
    await anna.press("Enter")
    await anna.has("Individ", ward.stored)
    await kim.fill(SEARCH, "(01)07350053850019")
    await kim.press("Enter")
    await kim.sees("Koden är artikelns")
    await kim.accessible()


@pytest.mark.rule("INV-5n", "INV-5o")
async def test_what_is_scanned_is_taken_wherever_a_number_is_asked_for(
    scene: Scene, ward: Ward
) -> None:
    serial, unknown = f"SN-{ward.stored}", f"(01)07350053850019(21)X-{ward.stored}"
    gtin = a_gtin(next(scene.system.numbers))
    article = scene.article("Rollator Gran", gtin=gtin)
    await scene.set()
    person = await scene.ref(ward.patient, opened_to=CLERK)
    stored, lent = [await scene.system.device_id(CLERK, n) for n in (ward.stored, ward.lent)]
    card = {"serial_number": serial, "asked_by": ward.user}
    await scene.system.done(CLERK, f"/devices/{stored}:set-card", card, service="inventory")
    code = f"(01)07350053850019(21){serial}"

    async with scene.system.visiting(ward.user) as client:
        transfer = await client.post("/bmb/skicka", data={"device": f"{code} {ward.lent}"})
        not_found = await client.post("/bmb/skicka", data={"device": unknown})
        named = {"device_number": f"(01){gtin}(21)NY-{ward.lent}"}
        renamed = await client.post(f"/individ/{lent}/nummer", data=named)
        found = await client.get("/artiklar", params={"query": f"(01){gtin}"})
    async with scene.system.visiting(CLERK) as client:
        invoice = await client.post("/leverantorsfakturor/ny", data={"device": code})
        nothing = await client.post("/leverantorsfakturor/ny", data={"device": unknown})
        waits = await client.get("/rekonditionering", params={"device": code})
        sought = await client.get("/direktleveranser", params={"number": "(400)26470001"})
        set_again = {"serial_number": f"(21){serial}-B", "serial_asked_by": ward.user}
        serial_set = await client.post(f"/individ/{stored}/serienummer", data=set_again)
        brought = {"device_number": f"(01){gtin}(21)B-{ward.stored}"}
        taken = await client.post(f"/mottagare/{person}/overkop", data=brought)
        searched = await client.post("/sok", data={"q": f"(01){gtin}"})
        shown = await client.get(f"/individ/{lent}")
        as_set = await client.get(f"/individ/{stored}")

    assert f'value="{ward.stored} {ward.lent}"' in transfer.text
    said = "Inget hjälpmedel som du ser har den koden."
    assert (not_found.status_code, said in not_found.text) == (422, True)
    assert (renamed.status_code, f"NY-{ward.lent}" in shown.text) == (303, True)
    assert str(found.headers["location"]) == f"/artiklar/{article}"
    assert f'value="{ward.stored}"' in invoice.text
    assert (said in nothing.text, f'value="{ward.stored}"' in waits.text) == (True, True)
    assert 'value="26470001"' in sought.text
    assert (serial_set.status_code, f"{serial}-B" in as_set.text) == (303, True)
    assert taken.text.count(f'value="B-{ward.stored}"') == 2
    assert f'value="{article}"' in taken.text
    assert str(searched.headers["location"]) == f"/artiklar/{article}"


@pytest.mark.task("T-46")
@pytest.mark.rule("INV-8a", "INV-8c", "INV-8d")
async def test_a_device_goes_back_to_its_supplier_with_a_slip(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    name = f"Granberg {ward.lent}"
    supplier = scene.supplier(name=name)
    article = scene.article("Rollator Gran", supplier=name)
    device = scene.device(article, store=ward.place.store)
    await scene.set()
    anna = await at_card(actor, ward.user, device)

    await anna.click("Returnera till leverantör")
    await anna.picture("supplier-return-new")
    await anna.accessible()
    await anna.tick("Leverantören har godkänt returen")
    await anna.click("Returnera till leverantören")
    await anna.sees(f"{device} är registrerat som återlämnat till leverantören.")
    anna.counts("T-46")
    await anna.picture("supplier-return")
    await anna.accessible()

    link = anna.page.get_by_role("link", name="Följesedel (PDF)")
    answer = await anna.page.request.get(str(await link.get_attribute("href")))
    (page,) = pages(await answer.body())
    assert all(one in page for one in (device, article, supplier))
    await anna.click("Returer till leverantör")
    await anna.sees(device)
    await anna.picture("supplier-returns")
    await anna.accessible()


@pytest.mark.rule("INV-8a", "INV-8b")
async def test_what_is_not_agreed_or_not_received_is_not_sent_back(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await at_card(actor, ward.user, ward.stored, script=False)
    await anna.click("Returnera till leverantör")
    await anna.click("Returnera till leverantören")
    await anna.sees("Kontakta leverantören först")
    await anna.picture("supplier-return-error")
    await anna.accessible()

    lent = await ward.system.device_id(ward.user, ward.lent)
    await anna.goes(f"/individ/{lent}")
    await anna.sees_no("Returnera till leverantör")


@pytest.mark.rule("INV-8f")
async def test_customer_service_sends_unmarked_goods_back(actor: MakeActor, ward: Ward) -> None:
    kim = await actor(CLERK, at="/leverantorsreturer")
    await kim.click("Returnera omärkt gods")
    await kim.fill("Artikelnummer", ward.cushion)
    await kim.fill("Förråd", ward.place.store)
    await kim.fill("Vem bad om det", ward.user)
    await kim.tick("Leverantören har godkänt returen")
    await kim.click("Returnera till leverantören")

    await kim.sees("Välj leverantören som har godkänt returen.")
    await kim.accessible()
