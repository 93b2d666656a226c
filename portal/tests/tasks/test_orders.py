"""Kundordrar: orders are found, read and voided (T-30, T-36)."""

from typing import Any
from uuid import uuid4

import pytest

from contracts.tests.builders.regions import a_picking_begun
from portal.tests.browser import MakeActor
from portal.tests.scene import Scene
from portal.tests.ward import PRESCRIBER, Ward

LIST = "/bestallningar"
MENU = "Kundordrar"
"""What the region ac calls orders."""


@pytest.mark.task("T-30")
@pytest.mark.rule("ORD-14a")
async def test_an_order_is_voided(actor: MakeActor, ward: Ward) -> None:
    order = await ward.order()
    anna = await actor(ward.user)

    await anna.click(MENU)
    await anna.click(order.number)
    await anna.click("Makulera beställning")
    await anna.accessible()
    await anna.picture("order-void")
    await anna.click("Ja, makulera")

    await anna.sees("Makulerad")
    anna.counts("T-30")
    await anna.sees_no("Makulera beställning")
    await anna.accessible()
    await anna.picture("order-voided")


@pytest.mark.rule("ORD-14a")
async def test_what_the_warehouse_has_begun_says_why_it_is_not_voided(
    actor: MakeActor, ward: Ward
) -> None:
    reference = f"T-O-{uuid4().hex[:8]}"
    order = await ward.order(reference=reference)
    await ward.system.state([(reference, a_picking_begun(reference))])
    anna = await actor(ward.user, at=order.page)

    await anna.sees("Plocket har börjat.")
    await anna.sees("Regel ORD-14")
    await anna.sees_no("Ja, makulera")
    await anna.accessible()
    await anna.picture("order-picking-begun")


@pytest.mark.task("T-36")
@pytest.mark.rule("ORD-15a")
async def test_an_order_is_found_by_part_of_its_number(actor: MakeActor, ward: Ward) -> None:
    order = await ward.order()
    anna = await actor(ward.user)

    await anna.click(MENU)
    await anna.fill("Nummer", order.number[:6])

    await anna.sees(order.number)
    anna.counts("T-36")
    await anna.sees(ward.patient.name)
    await anna.accessible()
    await anna.picture("orders")
    await anna.fill("Nummer", "999999999")
    await anna.sees_no(order.number)


@pytest.mark.rule("ORD-15b", "ORD-15e")
async def test_the_list_remembers_its_filters_and_sorts_by_its_columns(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    colleague = scene.user(ward.place)
    await scene.set()
    await ward.order()
    anna = await actor(colleague, at=LIST)
    await anna.sees(ward.patient.name)

    await anna.choose("Vilka", "Mina")
    await anna.sees("Ingen träff.")
    await anna.accessible()
    await anna.picture("orders-none")
    await anna.goes(LIST)
    await anna.has("Vilka", "true")
    await anna.click("Rensa")
    await anna.sees(ward.patient.name)
    await anna.click("Ord.datum")

    assert await anna.text_of("th[aria-sort]") == ["Ord.datum"]
    await anna.accessible()


async def test_another_regions_order_is_a_page_that_does_not_exist(
    actor: MakeActor, ward: Ward
) -> None:
    order = await ward.order()
    bo = await actor("f101", region="bd")

    assert await bo.goes(order.page) == 404
    await bo.accessible()


async def test_a_day_that_is_none_is_refused_beside_its_field(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=f"{LIST}?placed_from=igår&order_number=x")

    await anna.sees("Skriv numret med siffror, högst nio.")
    await anna.sees("Skriv en dag som finns.")
    await anna.accessible()
    await anna.picture("orders-refused")


@pytest.mark.rule("ORD-14f")
async def test_customer_service_voids_an_order_of_a_person_whom_they_do_not_see(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    staff = scene.user(scene.place(), roles=("customer_service",))
    await scene.set()
    order = await ward.order()
    cleo = await actor(staff, at=order.page)

    await cleo.sees("Visas inte för dig")
    await cleo.click("Makulera beställning")
    await cleo.click("Ja, makulera")

    await cleo.sees("Makulerad")


async def test_an_order_is_found_and_voided_by_keyboard_alone_and_without_script(
    actor: MakeActor, ward: Ward
) -> None:
    order = await ward.order()
    anna = await actor(ward.user, at=LIST, script=False)

    await anna.reach("Nummer")
    await anna.write(order.number)
    await anna.press("Enter")
    await anna.reach(order.number)
    await anna.press("Enter")
    await anna.is_at("/bestallningar/*")
    await anna.reach("Makulera beställning")
    await anna.press("Enter")
    await anna.reach("Ja, makulera")
    await anna.press("Enter")

    await anna.sees("Makulera")
    await anna.reload()
    await anna.sees("Makulerad")


@pytest.mark.rule("REF-6c")
async def test_an_order_says_why_it_is_so_and_what_comes(actor: MakeActor, ward: Ward) -> None:
    order = await ward.order()
    anna = await actor(ward.user, at=order.page)

    await anna.click("Varför är det så?")

    await anna.sees("regel ORD-1")
    await anna.sees(f"{PRESCRIBER} · ")
    await anna.sees("beräknas lämna centrallagret")
    await anna.accessible()
    await anna.picture("order-explained")


@pytest.mark.task("T-28")
@pytest.mark.rule("ORD-17a")
async def test_the_lines_are_copied_for_the_patient_record(actor: MakeActor, ward: Ward) -> None:
    order = await ward.order()
    anna = await actor(ward.user)
    await anna.page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    await anna.click(MENU)
    await anna.click(order.number)
    await anna.click("Kopiera till journal")

    await anna.sees("Kopierat. Klistra in i journalen.")
    anna.counts("T-28")
    copied = await anna.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"Hjälpmedelsbeställning {order.number}, ")
    assert "1 st, beställt" in copied
    assert ward.patient.name not in copied
    await anna.accessible()
    await anna.picture("order-copied")


@pytest.mark.rule("ORD-17a")
async def test_who_has_no_script_marks_the_lines(actor: MakeActor, ward: Ward) -> None:
    order = await ward.order()
    anna = await actor(ward.user, at=order.page, script=False)

    await anna.click("Rader för journalen")

    await anna.sees(f"Hjälpmedelsbeställning {order.number}")
    await anna.sees_no("Kopiera till journal")


@pytest.mark.rule("ORD-15f")
async def test_what_was_found_is_printed_without_what_only_a_screen_needs(
    actor: MakeActor, ward: Ward
) -> None:
    order = await ward.order()
    anna = await actor(ward.user, at=LIST)
    await anna.sees(order.number)

    await anna.page.emulate_media(media="print")

    await anna.sees(order.number)
    await anna.sees_no("Skriv ut")
    for part in ("nav", ".top", ".actions", "form button"):
        assert await anna.page.locator(part).filter(visible=True).count() == 0, part
    await anna.picture("orders-printed")


@pytest.mark.rule("ORD-1e")
async def test_an_order_is_kept_as_a_draft_and_gone_on_with(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user)

    await anna.click(MENU)
    await anna.click("Ny beställning")
    await anna.fill("Personnummer", ward.patient.number)
    await anna.fill("Artikel", ward.cushion)
    await anna.fill("Antal", "3")
    await anna.click("Spara utkast")
    await anna.sees("Utkastet är sparat. Ingenting är beställt än.")
    await anna.accessible()
    await anna.picture("order-drafts")

    (row,) = await drafts(ward)
    await anna.goes(f"/bestallningar/ny?utkast={row['draft_id']}")
    await anna.has("Artikel", ward.cushion)
    await anna.has("Antal", "3")
    await anna.sees(ward.patient.name)
    await anna.picture("order-draft-resumed")
    await anna.click("Visa betalare och avgift")
    await anna.sees("Så blir beställningen")
    await anna.click("Skicka beställning")
    await anna.sees("är skickad")

    assert await drafts(ward) == []


@pytest.mark.rule("ORD-1e")
async def test_a_draft_that_a_colleague_changed_is_not_written_over_and_is_thrown_away(
    ward: Ward,
) -> None:
    lines = [{"article_number": ward.cushion}]
    body = {"service_point": ward.place.id, "written": {"lines": lines}}
    known = await ward.system.done(ward.user, "/order-drafts", body)
    page = f"/bestallningar/utkast/{known['draft_id']}/kasta"
    written = {
        "do": "draft",
        "draft": known["draft_id"],
        "version": "1",
        "article-1": "sittdyna blå",
    }

    async with ward.system.visiting(ward.user) as client:
        first = await client.post("/bestallningar/ny", data=written)
        (row,) = await drafts(ward)
        second = await client.post("/bestallningar/ny", data=written)
        old = await client.post(page, data={"version": "1"})
        thrown = await client.post(page, data={"version": "2"})
        gone = await client.post("/bestallningar/ny", data=written)

    assert (first.status_code, row["version"]) == (303, 2), first.text
    assert "har ändrats sedan du öppnade det" in second.text
    assert old.status_code == thrown.status_code == 303
    assert await drafts(ward) == []
    assert "finns inte kvar" in gone.text


async def drafts(ward: Ward) -> list[dict[str, Any]]:
    """The user's drafts, as the service lists them."""
    async with ward.system.api("orders", ward.user) as client:
        found: list[dict[str, Any]] = (await client.get("/order-drafts")).json()["items"]
    return found


@pytest.mark.task("T-32")
@pytest.mark.rule("ORD-19a")
async def test_an_earlier_order_is_ordered_again(actor: MakeActor, ward: Ward) -> None:
    order = await ward.order(lines=[{"article_number": ward.cushion, "quantity": 3}])
    anna = await actor(ward.user)

    await anna.click(MENU)
    await anna.click(order.number)
    await anna.click("Beställ likadant")
    await anna.sees(ward.patient.name)
    await anna.has("Antal", "3")
    await anna.sees("Så blir beställningen")
    await anna.accessible()
    await anna.picture("order-again")
    await anna.click("Skicka beställning")

    await anna.sees("är skickad.")
    anna.counts("T-32")
    assert await ward.total("orders", "orders", article_number=ward.cushion) == 2


@pytest.mark.rule("ORD-19a")
async def test_one_line_of_an_earlier_order_is_ordered_again(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    other = scene.article("Bricka", marked=False)
    await scene.set()
    lines = [{"article_number": number, "quantity": 2} for number in (ward.cushion, other)]
    order = await ward.order(lines=lines)
    anna = await actor(ward.user, at=order.page)

    await anna.click("Beställ likadan som rad 2")

    await anna.sees(ward.patient.name)
    await anna.has("Artikel", other)
    await anna.has("Antal", "2")
    assert len(await anna.text_of("fieldset.line")) == 1


@pytest.mark.rule("REF-12b", "REF-12d")
async def test_customer_service_makes_an_order_urgent_for_who_asked(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    order = await ward.order()
    staff = scene.user(ward.place, roles=("customer_service",))
    await scene.set()
    kim = await actor(staff, at=order.page)

    await kim.click("Brådskande leverans, delleverans")
    await kim.tick("Brådskande leverans")
    await kim.tick("Delleverans")
    await kim.click("Ändra leverans")
    await kim.sees("Skriv vem som bad om det.")
    await kim.accessible()
    await kim.picture("order-set-delivery")
    await kim.fill("Vem bad om det?", "k999xyz")
    await kim.click("Ändra leverans")
    await kim.sees("Det här behöver rättas")
    await kim.fill("Vem bad om det?", ward.user)
    await kim.click("Ändra leverans")

    await kim.sees("Leveransen är ändrad.")
    await kim.sees("Brådskande")
    await kim.accessible()
    await kim.picture("order-urgent")
    anna = await actor(ward.user, at=order.page)
    await anna.sees("Brådskande")
    await anna.sees_no("Ändra leverans")
