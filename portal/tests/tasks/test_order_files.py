"""Bilagor and Beställningsguide: what an order goes with, and what a main device comes with."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
from kvitt_contracts.types import ArticleNumber, Goods

from portal.tests.browser import Actor, MakeActor
from portal.tests.scene import Scene
from portal.tests.ward import PRESCRIBER, Ward

PAGE = "/bestallningar/ny"
SEND = "Skicka beställning"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file on somebody's computer."""
    file = tmp_path / "Läkarintyg.pdf"
    file.write_bytes(PDF)
    return file


async def read_by(somebody: Actor, name: str) -> bytes:
    """What is in a file that somebody reads."""
    async with somebody.page.expect_download() as downloading:
        await somebody.click(name)
    saved = await (await downloading.value).path()
    return await asyncio.to_thread(saved.read_bytes)


@pytest.mark.rule("ORD-24a")
async def test_an_article_is_ordered_with_the_attachment_that_it_demands(
    actor: MakeActor, ward: Ward, scene: Scene, certificate: Path
) -> None:
    chair = scene.article(f"Elrullstol {uuid4().hex[:8]}", is_attachment_needed=True)
    await scene.set()
    anna = await actor(ward.user, at=f"{PAGE}?article={chair}")
    await anna.sees("Kräver en bilaga")
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees("Så blir beställningen")
    await anna.click(SEND)
    await anna.sees("Artikeln kräver en bilaga.")
    await anna.accessible()
    await anna.picture("order-attachment-missing")

    await anna.attach("Fil", certificate)
    await anna.sees("Bilagan som artikeln kräver är bifogad.")
    await anna.accessible()
    await anna.picture("order-attached")
    await anna.sees("Så blir beställningen")
    await anna.click(SEND)

    await anna.sees("är skickad.")
    await anna.sees("Läkarintyg.pdf")
    await anna.accessible()
    await anna.picture("order-with-attachment")
    async with anna.page.expect_download() as downloading:
        await anna.click("Läkarintyg.pdf")
    assert (await downloading.value).suggested_filename == "Läkarintyg.pdf"


@pytest.mark.rule("ORD-24a")
async def test_a_file_is_attached_and_taken_away_without_script(
    actor: MakeActor, ward: Ward, certificate: Path
) -> None:
    anna = await actor(ward.user, at=f"{PAGE}?article={ward.cushion}", script=False)

    await anna.click("Bifoga filen")
    await anna.sees("Välj en fil.")
    await anna.attach("Fil", certificate)
    await anna.click("Bifoga filen")
    await anna.click("Ta bort bilagan Läkarintyg.pdf")
    await anna.sees_no("Läkarintyg.pdf")
    await anna.attach("Fil", certificate)
    await anna.fill("Personnummer", ward.patient.number)
    await anna.click(SEND)

    await anna.sees("Filen är inte bifogad än")


@pytest.mark.rule("ORD-1i")
async def test_a_draft_keeps_its_file_and_work_and_a_colleague_sees_them(
    actor: MakeActor, ward: Ward, scene: Scene, certificate: Path
) -> None:
    colleague = scene.user(ward.place, name="Bo Kollega")
    await scene.set()
    anna = await actor(ward.user, at=f"{PAGE}?article={ward.cushion}")
    await anna.fill("Personnummer", ward.patient.number)
    await anna.attach("Fil", certificate)
    await anna.sees("Läkarintyg.pdf")
    await anna.click("Arbete som hör till beställningen")
    await anna.fill("Arbetsorder", "Sätt upp en ramp.")
    await anna.click("Spara utkast")
    await anna.sees("Utkastet är sparat. Ingenting är beställt än.")

    async with ward.system.api("orders", colleague) as client:
        (draft,) = (await client.get("/order-drafts")).json()["items"]
    bo = await actor(colleague, at=f"{PAGE}?utkast={draft['draft_id']}")
    await bo.sees("Läkarintyg.pdf")
    await bo.has("Arbetsorder", "Sätt upp en ramp.")
    await bo.accessible()
    await bo.picture("order-draft-with-file")
    await anna.goes(f"{PAGE}?utkast={draft['draft_id']}")
    await anna.sees("Så blir beställningen")
    await anna.click(SEND)
    await anna.sees("Ange ett telefonnummer: den som gör arbetet ringer först.")
    await anna.fill("Telefon", "070-174 06 05")
    await anna.sees("Så blir beställningen")
    await anna.click(SEND)

    await anna.sees("är registrerad.")
    assert await read_by(anna, "Läkarintyg.pdf") == PDF


@pytest.mark.task("T-27")
@pytest.mark.rule("ORD-16a", "ORD-16b")
async def test_a_file_is_dropped_on_an_order_and_read_by_both_sides(
    actor: MakeActor, ward: Ward, scene: Scene, certificate: Path
) -> None:
    staff = scene.user(ward.place, name="Kim Kundtjänst", roles=("customer_service",))
    await scene.set()
    order = await ward.order()
    anna = await actor(ward.user)
    await anna.goes(order.page)
    await anna.accessible()
    await anna.picture("order-files-none")

    await anna.drop(certificate)
    await anna.sees("Läkarintyg.pdf är bifogad.")
    assert await read_by(anna, "Läkarintyg.pdf") == PDF
    anna.counts("T-27")
    await anna.sees(PRESCRIBER, within="Läkarintyg.pdf")
    await anna.accessible()
    await anna.picture("order-files")

    kim = await actor(staff, at=order.page)
    assert await read_by(kim, "Läkarintyg.pdf") == PDF


@pytest.mark.rule("ORD-16a", "ORD-16c")
async def test_a_file_is_put_to_an_order_without_script_or_refused(
    actor: MakeActor, ward: Ward, certificate: Path, tmp_path: Path
) -> None:
    order = await ward.order()
    anna = await actor(ward.user, at=order.page, script=False)
    empty = tmp_path / "Tom.pdf"
    empty.touch()

    await anna.click("Bifoga filen")
    await anna.sees("Välj en fil.")
    await anna.attach("Fil", empty)
    await anna.click("Bifoga filen")
    await anna.sees("Det här behöver rättas")
    await anna.accessible()
    await anna.picture("order-file-refused")
    await anna.attach("Fil", certificate)
    await anna.double_click("Bifoga filen")

    await anna.sees("Läkarintyg.pdf är bifogad.")
    assert await anna.text_of("main a[href*=bilagor]") == ["Läkarintyg.pdf"]


@pytest.mark.rule("ORD-16a")
async def test_files_are_dropped_one_at_a_time(
    actor: MakeActor, ward: Ward, certificate: Path, tmp_path: Path
) -> None:
    other = tmp_path / "Mått.txt"
    other.write_text("Höjd 40 cm", encoding="utf-8")
    anna = await actor(ward.user, at=f"{PAGE}?article={ward.cushion}")

    await anna.drop(certificate, other)
    await anna.sees("Släpp en fil i taget.")
    await anna.drop(certificate)
    await anna.sees("Läkarintyg.pdf")
    await anna.drop(other)

    await anna.sees("Mått.txt")
    await anna.sees("Läkarintyg.pdf")


@pytest.mark.rule("ORD-23a", "ORD-23b")
async def test_a_main_device_is_ordered_by_its_guide(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    made = uuid4().hex[:8]
    belt = scene.article(f"Bälte {made}", marked=False, type="accessory")
    tray = scene.article(f"Bricka {made}", marked=False, type="accessory")
    guide = [Goods(article_number=ArticleNumber(one), quantity=2) for one in (belt, tray)]
    chair = scene.article(f"Rullstol {made}", order_guide=guide)
    await scene.set()
    anna = await actor(ward.user, at=f"{PAGE}?article={chair}")
    await anna.fill("Personnummer", ward.patient.number)

    await anna.sees(f"Beställningsguide: Rullstol {made}")
    await anna.sees("Så blir beställningen")
    await anna.accessible()
    await anna.picture("order-guide")
    await anna.tick(f"2 Bricka {made}")
    await anna.click("Lägg till raderna")
    await anna.sees("Så blir beställningen")
    assert len(await anna.text_of("#kostnad tbody tr")) == 2
    await anna.sees_no("Beställningsguide")
    await anna.click(SEND)

    await anna.sees("är skickad.")
    await anna.sees(f"Bälte {made}")
    await anna.sees_no(f"Bricka {made}")


@pytest.mark.rule("ORD-23a")
async def test_a_guide_is_put_aside(actor: MakeActor, ward: Ward, scene: Scene) -> None:
    made = uuid4().hex[:8]
    belt = scene.article(f"Bälte {made}", marked=False, type="accessory")
    guide = [Goods(article_number=ArticleNumber(belt), quantity=1)]
    chair = scene.article(f"Rullstol {made}", order_guide=guide)
    await scene.set()
    anna = await actor(ward.user, at=f"{PAGE}?article={chair}", script=False)
    await anna.fill("Personnummer", ward.patient.number)

    await anna.click(f"Bara Rullstol {made}")
    await anna.sees_no("Beställningsguide")
    await anna.click(SEND)
    await anna.sees("Kontrollera beställningen.")
    await anna.click(SEND)

    await anna.sees("är skickad.")
    await anna.sees_no(f"Bälte {made}")
