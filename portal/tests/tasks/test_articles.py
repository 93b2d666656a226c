"""Artiklar: T-67 to T-69."""

from uuid import uuid4

import pytest
from playwright.async_api import FilePayload, expect

from portal.tests.browser import MakeActor
from portal.tests.scene import Scene
from portal.tests.ward import Ward, a_ward

SEARCH = "Sök artikel"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def a_file(name: str, media_type: str, content: bytes) -> FilePayload:
    """A file that somebody picks."""
    return {"name": name, "mimeType": media_type, "buffer": content}


@pytest.mark.task("T-67")
@pytest.mark.rule("INV-1b")
async def test_an_article_is_found_by_words_in_any_order_with_its_balance(
    actor: MakeActor, scene: Scene
) -> None:
    ward = await a_ward(scene, cushions=7)
    anna = await actor(ward.user)

    await anna.click("Artiklar")
    await anna.fill(SEARCH, " ".join(reversed(ward.cushion_name.lower().split())))

    await expect(anna.page.locator(".pages span")).to_have_text("1 träff")
    assert (await anna.text_of("tbody .code"))[0].endswith(ward.cushion)
    assert (await anna.text_of("tbody .amount"))[0].strip() == "7"
    anna.counts("T-67")
    await anna.picture("articles-hits")
    await anna.accessible()


@pytest.mark.task("T-68")
@pytest.mark.rule("INV-2b")
async def test_all_of_an_article_stands_on_one_page(actor: MakeActor, scene: Scene) -> None:
    ward = await a_ward(scene, cushions=2)
    anna = await actor(ward.user)

    await anna.fill("Sök personnummer", ward.cushion)
    await anna.press("Enter")

    await anna.is_at(f"/artiklar/{ward.cushion}")
    await anna.sees(ward.cushion_name)
    await anna.sees(ward.place.store)
    anna.counts("T-68")
    await anna.picture("article")
    await anna.accessible()


@pytest.mark.rule("INV-2a")
async def test_an_articles_pictures_documents_and_suppliers_words_are_on_its_page(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    staff = scene.user(ward.place, roles=("customer_service",))
    number = scene.article(f"Dyna {uuid4().hex[:6]}", marked=False, type="accessory")
    await scene.set()
    page = f"/artiklar/{number}"
    karin = await actor(staff, at=page)
    seen = await karin.page.screenshot(type="jpeg")

    await karin.click("Lägg till")
    await karin.sees("Välj en fil.")
    await karin.sees("Skriv vad bilden visar")
    await karin.accessible()
    await karin.picture("article-page-lacking")
    await karin.attach("Bild eller dokument", a_file("dyna.jpg", "image/jpeg", seen))
    await karin.fill("Vad den visar", "Dynan från sidan")
    await karin.click("Lägg till")
    await karin.sees("Filen visas på artikelns sida.")
    await karin.attach("Bild eller dokument", a_file("a.pdf", "application/pdf", b"<html>"))
    await karin.fill("Vad den visar", "Bruksanvisning")
    await karin.click("Lägg till")
    await karin.sees("inte av den typ som den sägs vara")
    large = PDF + bytes(2 * 1024 * 1024)
    await karin.attach("Bild eller dokument", a_file("a.pdf", "application/pdf", large))
    await karin.click("Lägg till")
    await karin.sees("Filen visas på artikelns sida.")
    await karin.fill("Vad leverantören berättar", "Tvättas i 60 °C.")
    await karin.fill("Leverantörens sida om artikeln", "http://nordhjalp.example")
    await karin.click("Spara")
    await karin.sees("som börjar med https://")
    await karin.fill("Leverantörens sida om artikeln", "https://www.nordhjalp.example/dynor")
    await karin.click("Spara")
    await karin.sees("Sidan är ändrad.")
    await karin.accessible()
    await karin.picture("article-page-staff")

    anna = await actor(ward.user, at=page)
    await anna.sees("Tvättas i 60 °C.")
    await expect(anna.page.get_by_role("img", name="Dynan från sidan")).to_have_js_property(
        "complete", True
    )
    width = await anna.page.get_by_role("img", name="Dynan från sidan").evaluate(
        "async one => { await one.decode(); return one.naturalWidth }"
    )
    assert width > 0
    out = anna.page.get_by_role("link", name="Leverantörens sida om artikeln")
    assert await out.get_attribute("href") == "https://www.nordhjalp.example/dynor"
    document = anna.page.get_by_role("link", name="Bruksanvisning")
    assert await document.get_attribute("target") == "_blank"
    read = await anna.page.request.get(await document.get_attribute("href") or "")
    assert read.headers["content-type"] == "application/pdf"
    assert await read.body() == large
    await anna.sees_no("Ändra sidan")
    await anna.accessible()
    await anna.picture("article-page")

    await karin.click("Ta bort Dynan från sidan")
    await karin.sees("Filen är borttagen.")
    await anna.reload()
    await expect(anna.page.get_by_role("img", name="Dynan från sidan")).to_have_count(0)
    await karin.picture("article-page-taken-away")
    await karin.click("Ångra")
    await karin.sees("Filen visas igen.")
    await anna.reload()
    await expect(anna.page.get_by_role("img", name="Dynan från sidan")).to_have_count(1)


@pytest.mark.rule("INV-1h", "INV-2e", "INV-2h", "INV-3c")
async def test_what_fits_a_product_is_found_from_an_article_and_the_filters_are_kept(
    actor: MakeActor, scene: Scene
) -> None:
    product = f"Rullstol Åra {uuid4().hex[:6]}"
    chair = scene.article(f"{product} hög", product=product)
    cushion = scene.article(
        f"Dyna till {product}",
        marked=False,
        type="accessory",
        product=product,
        package_size=6,
        replacement_group="dynor",
    )
    user = scene.user(scene.place())
    await scene.set()
    anna = await actor(user, at=f"/artiklar/{cushion}")
    await anna.sees("styck, 6 i en förpackning")
    await anna.sees("dynor")
    await anna.accessible()
    await anna.picture("article-of-product")

    await anna.click("Allt till produkten")
    await anna.sees(chair)
    await anna.choose("Artikeltyp", "Tillbehör")
    await anna.click("Sök", within="Artikeltyp")
    await anna.sees_no(chair)
    await anna.sees(f"Bara det som hör till produkten {product}")
    await anna.accessible()
    await anna.goes("/")
    await anna.click("Artiklar")

    await anna.has("Artikeltyp", "accessory")
    await anna.sees(cushion)
    await anna.sees_no(chair)


@pytest.mark.task("T-69")
@pytest.mark.rule("INV-3a")
async def test_the_catalogue_is_a_tree_beside_its_articles(actor: MakeActor, scene: Scene) -> None:
    user = scene.user(scene.place())
    number = scene.article("Sittdyna Tofsmes", iso_code="043303")
    await scene.set()
    anna = await actor(user)

    await anna.click("Artiklar")
    await anna.click("Varukatalog")
    await anna.picture("catalogue")
    await anna.accessible()
    await anna.click("04 Medicinsk behandling")
    await anna.click("0433 Skydd mot trycksår")
    await anna.sees(number)
    anna.counts("T-69")
    await anna.picture("catalogue-class")
    await anna.accessible()


async def test_the_catalogue_and_the_search_work_without_script(
    actor: MakeActor, scene: Scene
) -> None:
    number = scene.article("Ståstöd Lavskrika", marked=False)
    user = scene.user(scene.place())
    await scene.set()
    anna = await actor(user, at="/artiklar", script=False)

    await anna.fill(SEARCH, "lavskrika")
    await anna.click("Sök", within="Artikeltyp")

    await anna.sees(number)
    await anna.accessible()


async def test_nothing_found_says_so_and_too_short_a_word_what_to_do(
    actor: MakeActor,
) -> None:
    anna = await actor("f101", at="/artiklar")

    await anna.fill(SEARCH, "finnsinteallsnågonstans")
    await anna.sees("Ingen träff")
    await anna.picture("articles-none")
    await anna.fill(SEARCH, "ab")
    await anna.sees("tre tecken")
    await anna.accessible()


async def test_the_way_back_from_a_live_search_is_the_whole_page(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user, at="/artiklar")
    words = ward.cushion_name.split()

    await anna.fill(SEARCH, words[2])
    await expect(anna.page.locator(".pages span")).to_have_text("1 träff")
    await anna.fill(SEARCH, "finnsinteallsnågonstans")
    await anna.sees("Ingen träff")
    await anna.back()

    await anna.sees(ward.cushion)
    await anna.sees("Sortimentsartikel")
    await anna.accessible()


async def test_a_part_that_does_not_come_leaves_what_stands_there(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user, at="/artiklar")
    await anna.fill(SEARCH, ward.cushion_name.split()[2])
    await anna.sees(ward.cushion)
    await anna.page.route("**/artiklar?*", lambda route: route.fulfill(status=503, body="<p>x"))

    await anna.fill(SEARCH, "rollator")

    await anna.sees("Det du har skrivit är kvar")
    await anna.sees(ward.cushion)
    await anna.has(SEARCH, "rollator")
    await anna.accessible()
    await anna.click("Stäng")
    await anna.sees_no("Det du har skrivit är kvar")
