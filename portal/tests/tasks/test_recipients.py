"""Mottagare: T-16 to T-19."""

from datetime import date

import pytest
from kvitt_portal.rendering import day

from documents.tests.reading import pages
from portal.tests.browser import MakeActor
from portal.tests.fetching import CLERK
from portal.tests.scene import Scene
from portal.tests.ward import Ward

SEARCH = "Sök personnummer"


@pytest.mark.task("T-16")
@pytest.mark.rule("ORD-20a")
async def test_what_a_patient_has_is_two_actions_away(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user)

    await anna.fill(SEARCH, ward.patient.hyphenated)
    await anna.press("Enter")

    await anna.is_at("/mottagare/*")
    await anna.sees(ward.lent)
    await anna.sees("Rollator Björk")
    await anna.picture("recipient-devices")
    await anna.accessible()
    anna.counts("T-16")
    for tab in ("Beställt", "Återlämnat", "BMB"):
        await anna.click(f"{tab} (0)")
        await anna.sees("Inget att visa.")
        await anna.accessible()
    await anna.picture("recipient-nothing")


@pytest.mark.task("T-17")
@pytest.mark.rule("REF-1e")
async def test_phone_and_door_code_are_kept_in_place(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user)

    await anna.fill(SEARCH, ward.patient.number)
    await anna.press("Enter")
    await anna.fill("Telefon", "070-174 06 05")
    await anna.click("Spara")

    await anna.sees("Kontaktuppgifterna är sparade")
    await anna.has("Telefon", "070-174 06 05")
    anna.counts("T-17")


async def test_a_phone_that_is_none_is_refused_beside_its_field(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user, at="/")
    await anna.fill(SEARCH, ward.patient.number)
    await anna.press("Enter")

    await anna.fill("Telefon", "ring på dörren ☎")
    await anna.fill("Portkod", "1789")
    await anna.click("Spara")

    await anna.sees("Det här behöver rättas")
    await anna.has("Telefon", "ring på dörren ☎")
    await anna.has("Portkod", "1789")
    await anna.picture("recipient-error")
    await anna.accessible()


@pytest.mark.task("T-18")
@pytest.mark.rule("REF-2b")
async def test_a_person_is_found_in_the_register_and_the_deceased_are_marked(
    actor: MakeActor, scene: Scene
) -> None:
    user = scene.user(scene.place())
    gone = scene.person("Tore Testsson", deceased=True)
    await scene.set()
    anna = await actor(user)

    await anna.fill(SEARCH, gone.number)
    await anna.press("Enter")

    await anna.sees("Tore Testsson (avliden)")
    await anna.picture("recipient-deceased")
    await anna.accessible()
    anna.counts("T-18")


@pytest.mark.rule("REF-2a", "REF-2d", "REF-19h")
async def test_a_person_is_found_by_what_is_known_and_opened_from_the_hits(
    actor: MakeActor, scene: Scene
) -> None:
    user = scene.user(scene.place())
    scene.person("Rakel Ringstrand", deceased=True)
    sought = scene.person("Ragnhild Ringstrand")
    await scene.set()
    anna = await actor(user, at="/mottagare")
    await anna.picture("recipient-search")
    await anna.accessible()

    await anna.fill("Namn, födelsedag", "Rin 199")
    await anna.press("Enter")
    await anna.sees("Det här behöver rättas")
    await anna.has("Namn, födelsedag", "Rin 199")
    await anna.picture("recipient-search-refused")
    await anna.accessible()
    await anna.fill("Namn, födelsedag", "ringstr")
    await anna.press("Enter")
    await anna.sees("Rakel Ringstrand (avliden)")
    await anna.picture("recipient-search-hits")
    await anna.accessible()
    await anna.fill("Namn, födelsedag", "Ringstrand Ragnhild")
    await anna.press("Enter")
    await anna.sees("1 träff")
    born = date.fromisoformat(sought.hyphenated[:8])
    await anna.click(f"Öppna Ragnhild Ringstrand, född {day(born)}")

    await anna.is_at("/mottagare/*")
    await anna.sees(sought.hyphenated)
    assert "ring" not in anna.page.url.lower()


@pytest.mark.rule("REF-8b")
async def test_who_is_not_found_is_added_by_hand(actor: MakeActor, scene: Scene) -> None:
    user = scene.user(scene.place())
    await scene.set()
    anna = await actor(user, at="/mottagare")
    await anna.fill("Namn, födelsedag", "Finnsinte Någonstans")
    await anna.press("Enter")
    await anna.sees("Ingen träff")
    await anna.sees("Be kundtjänst lägga till mottagaren")
    await anna.accessible()

    kim = await actor(CLERK, at="/mottagare")
    await kim.click("Lägg till för hand")
    await kim.fill("Personnummer", "18900101-9802")
    await kim.fill("Namn", "Finnsinte Någonstans")
    await kim.fill("Länstillhörighet", "1")
    await kim.fill("Vem som bad om det", user)
    await kim.click("Lägg till")
    await kim.sees("Det här behöver rättas")
    await kim.picture("recipient-new-error")
    await kim.accessible()


async def test_a_number_that_nobody_has_says_what_to_do(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at="/")

    await anna.fill(SEARCH, "18900101-9802")
    await anna.press("Enter")

    await anna.sees("Sök på personnummer, individnummer, ordernummer, artikel eller leverantör.")
    await anna.accessible()
    assert "1890" not in anna.page.url


async def test_a_person_is_found_by_keyboard_alone_and_without_script(
    actor: MakeActor, ward: Ward
) -> None:
    for script in (True, False):
        anna = await actor(ward.user, at="/", script=script)
        await anna.reach("Sök personnummer, individ, order eller artikel")
        await anna.write(ward.patient.number)
        await anna.press("Enter")
        await anna.sees(ward.lent)


@pytest.mark.task("T-19")
@pytest.mark.rule("ORD-17b")
async def test_a_loan_agreement_is_printed_for_what_is_marked(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user)

    await anna.fill(SEARCH, ward.patient.number)
    await anna.press("Enter")
    await anna.tick(f"Välj {ward.lent}")
    await anna.picture("recipient-printing")
    await anna.accessible()
    async with anna.page.context.expect_page():
        await anna.click("Låneförbindelse")
    anna.counts("T-19")

    page = f"{anna.path}/utskrift"
    async with ward.system.visiting(ward.user) as client:
        agreement = await client.get(page, params={"slag": "loan_agreement", "device": ward.lent})
        nothing = await client.get(page, params={"slag": "loan_agreement"})
        unknown = await client.get(page, params={"slag": "poem", "device": ward.lent})
        receipt = await client.get(page, params={"slag": "return_receipt", "device": ward.lent})
    assert agreement.headers["content-type"] == "application/pdf"
    (printed,) = pages(agreement.content)
    assert printed.startswith(f"Låneförbindelse Mottagare {ward.patient.name}")
    assert ward.lent in printed
    assert "Markera hjälpmedlen" in nothing.text
    assert (nothing.status_code, unknown.status_code) == (422, 404)
    assert "registrera returen först" in receipt.text
