"""Inventering: a store is counted, what differs is posted, what was missing is found (T-48)."""

from pathlib import Path

import pytest

from portal.tests.browser import MakeActor
from portal.tests.cards import at_card
from portal.tests.damaging import searching
from portal.tests.fetching import CLERK
from portal.tests.scene import Scene
from portal.tests.ward import Ward, a_ward


def page(ward: Ward) -> str:
    """Where the ward's store is counted."""
    return f"/lager/{ward.place.store}/inventering"


async def missed(ward: Ward) -> None:
    """The ward's rollator was not found, and is searched for."""
    await searching(ward.system)
    at = f"/stores/{ward.place.store}/stocktaking"
    lines = [{"article_number": ward.rollator, "counted": 0}]
    await ward.system.done(ward.user, f"{at}:open", service="inventory")
    await ward.system.done(ward.user, f"{at}:count", {"lines": lines}, service="inventory")
    await ward.system.done(CLERK, f"{at}:post", service="inventory")


@pytest.mark.rule("INV-10i", "INV-5n")
async def test_a_store_is_counted_by_scanner_from_the_start_page(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user)

    await anna.sees("Returer till leverantör")
    await anna.picture("start-forrad")
    await anna.accessible()
    await anna.click("Inventering")
    await anna.is_at(page(ward))
    await anna.picture("stocktaking-planned")
    await anna.accessible()
    await anna.fill("Skanna", ward.stored)
    await anna.press("Enter")
    await anna.sees("1 räknade")
    await anna.sees("Räknad", within=ward.stored)
    await anna.sees("Pågår")
    await anna.picture("stocktaking-scanned")
    await anna.accessible()

    await anna.fill("Skanna", ward.stored)
    await anna.press("Enter")
    await anna.sees("Redan räknad", within=ward.stored)
    await anna.sees("Inget skiljer sig av det som är räknat.")


@pytest.mark.rule("INV-10i")
async def test_each_line_of_a_file_gets_its_answer_and_the_good_ones_count(
    actor: MakeActor, ward: Ward, tmp_path: Path
) -> None:
    file = tmp_path / "skannat.txt"
    file.write_text(f"{ward.stored}\r\nZZ-999\n(01)07350053850019\n\n{ward.lent}\n", "utf-8")
    anna = await actor(ward.user, at=page(ward))

    await anna.click("Flera på en gång")
    await anna.attach("Eller en fil", file)
    await anna.click("Räkna alla")

    await anna.sees("1 räknade, 3 gick inte att räkna.")
    await anna.sees("Okänd", within="ZZ-999")
    await anna.sees("Koden är artikelns", within="(01)07350053850019")
    await anna.sees("Står inte här", within=ward.lent)
    await anna.picture("stocktaking-file")
    await anna.accessible()


@pytest.mark.rule("INV-10d", "INV-10e", "INV-10h")
async def test_two_count_by_hand_and_what_differs_is_seen_before_it_is_posted(
    actor: MakeActor, scene: Scene
) -> None:
    ward = await a_ward(scene, cushions=5)
    await searching(ward.system)
    anna = await actor(ward.user, at=page(ward), script=False)
    await anna.fill(f"Antal av {ward.cushion}", "fem")
    await anna.click("Spara antalen")
    await anna.sees("Skriv ett helt antal, högst 100000.")
    await anna.fill(f"Antal av {ward.cushion}", "3")
    await anna.tick(f"Inget av {ward.rollator} på hyllan")
    await anna.click("Spara antalen")
    await anna.sees("2 artiklar är räknade.")
    await anna.sees("bokför kundtjänst skillnaderna")

    kim = await actor(CLERK, at=page(ward))
    await kim.fill(f"Antal av {ward.cushion}", "4")
    await kim.click("Spara antalen")
    await kim.sees("Räknas om", within=ward.cushion)
    await kim.picture("stocktaking-apart")
    await kim.accessible()
    await kim.click("Bokför skillnaderna")
    await kim.sees("Två har räknat olika")
    await kim.fill(f"Antal av {ward.cushion}", "3")
    await kim.click("Spara antalen")
    await kim.sees("Saldot ändras med -2")
    await kim.sees(f"Saknas och söks: {ward.stored}")
    await kim.picture("stocktaking-preview")
    await kim.accessible()
    await kim.click("Bokför skillnaderna")

    await kim.sees("Inventeringen är bokförd: 2 artiklar skilde sig. 1 individer saknas och söks.")
    await kim.picture("stocktaking-posted")
    await kim.accessible()


async def test_a_round_is_opened_and_cancelled_and_nothing_is_posted(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user, at=page(ward))
    await anna.click("Öppna inventeringen")
    await anna.sees("Inventeringen är öppnad. Räkna på.")
    await anna.click("Räkna")
    await anna.sees("Skanna ett individnummer, eller klistra in flera.")
    await anna.picture("stocktaking-error")
    await anna.accessible()

    await anna.click("Avbryt inventeringen")

    await anna.sees("Inventeringen är avbruten. Inget är bokfört.")
    assert await anna.goes("/lager/500/inventering") == 404


@pytest.mark.task("T-48")
@pytest.mark.rule("INV-10g", "REF-12k")
async def test_what_was_missing_is_found_again(actor: MakeActor, ward: Ward) -> None:
    await missed(ward)
    kim = await at_card(actor, CLERK, ward.stored)
    await kim.sees("Söks")
    await kim.has("Förråd där det står", ward.place.store)
    await kim.picture("device-missing")
    await kim.accessible()
    await kim.fill("Vem bad om det", ward.user)
    await kim.click("Hittad")

    await kim.sees(f"{ward.stored} är hittad och står i förråd {ward.place.store}.")
    kim.counts("T-48")
    await kim.sees("På lager")
    await kim.picture("device-found")
    await kim.accessible()
