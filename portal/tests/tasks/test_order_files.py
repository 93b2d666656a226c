"""Bilagor and Beställningsguide: what an order goes with, and what a main device comes with."""

from pathlib import Path
from uuid import uuid4

import pytest
from kvitt_contracts.types import ArticleNumber, Goods

from portal.tests.browser import MakeActor
from portal.tests.scene import Scene
from portal.tests.ward import Ward

PAGE = "/bestallningar/ny"
SEND = "Skicka beställning"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file on somebody's computer."""
    file = tmp_path / "Läkarintyg.pdf"
    file.write_bytes(PDF)
    return file


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
    await anna.click("Bifoga filen")
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
