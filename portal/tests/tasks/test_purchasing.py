"""Inköpsordrar: made of what an order lacks by one press, printed, and marked as sent: T-34."""

from typing import Any

import pytest

from portal.tests.browser import MakeActor
from portal.tests.purchasing import SUPPLIER, a_want
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import PRESCRIBER, Ward


@pytest.mark.task("T-34")
@pytest.mark.rule("ORD-11a", "ORD-11b", "ORD-11c")
async def test_a_purchase_order_is_made_from_the_start_page_printed_and_marked_as_sent(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    order = await a_want(scene, ward)
    anna = await actor(ward.user)
    await anna.sees(SUPPLIER, within=order.number)
    await anna.picture("start-saknar-inkopsorder")
    await anna.accessible()
    await anna.click(f"Skapa inköpsorder till {order.number}")

    await anna.sees("är skapad.")
    anna.counts("T-34")
    await anna.is_at("/inkopsordrar/*")
    await anna.sees("Inte skickad")
    await anna.sees("1 st Gåstol Älv")
    await anna.picture("inkopsorder-skapad")
    await anna.accessible()
    document = await anna.page.context.request.get(f"{anna.path}/utskrift")
    assert document.headers["content-type"] == "application/pdf"
    await anna.click("Den är skickad")
    await anna.sees("Välj hur leverantören fick den.")
    await anna.picture("inkopsorder-hur")
    await anna.accessible()
    await anna.tick("E-post")
    await anna.click("Den är skickad")
    await anna.sees("Inköpsordern är markerad som skickad.")
    await anna.sees(f"e-post, av {PRESCRIBER}")
    await anna.picture("inkopsorder-skickad")
    await anna.goes("/inkopsordrar/saknas")
    await anna.sees_no(order.number)


@pytest.mark.task("T-35")
@pytest.mark.rule("ORD-11e", "ORD-11g")
async def test_a_service_says_what_it_is_for_and_its_purchase_order_is_made_with_it(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    supplier = scene.supplier(name=SUPPLIER)
    fitting = scene.article(
        "Formgjutning Älv",
        marked=False,
        type="service",
        is_kept_in_central=False,
        supplier_id=supplier,
    )
    await scene.set()
    anna = await actor(ward.user)
    await anna.click("Beställ")
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)
    await anna.fill("Artikel", fitting)
    await anna.click("Skicka beställning")
    await anna.sees("Skriv vad tjänsten avser: leverantören får veta det.")
    await anna.picture("tjanstekop")
    await anna.accessible()
    await anna.fill("Vad tjänsten avser", "Formgjuten sits efter mått")
    await anna.click("Skicka beställning")

    await anna.sees("tjänsten har en inköpsorder")
    anna.counts("T-35")
    await anna.is_at("/inkopsordrar/*")
    await anna.sees("Till leverantören: Formgjuten sits efter mått")
    await anna.sees("följer med hjälpmedlet")
    await anna.picture("tjanstekop-inkopsorder")
    await anna.accessible()


@pytest.mark.rule("ORD-21b", "ORD-11a", "ORD-11i")
async def test_an_order_offers_what_it_lacks_one_for_each_supplier(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    order = await a_want(scene, ward, suppliers=2)
    anna = await actor(ward.user, at="/inkopsordrar/saknas")
    await anna.picture("inkopsordrar-saknas")
    await anna.accessible()
    await anna.click(order.number)
    await anna.sees("Saknar inköpsorder")
    await anna.picture("bestallning-saknar-inkopsorder")
    await anna.accessible()
    await anna.click("Skapa 2 inköpsordrar")

    await anna.sees("2 inköpsordrar är skapade.")
    await anna.is_at(order.page)
    await anna.sees_no("Saknar inköpsorder")
    await anna.sees("Inte skickad", within="Inköpsorder 2")
    await anna.picture("bestallning-inkopsordrar")
    await anna.accessible()


@pytest.mark.rule("ORD-11c")
async def test_what_is_another_units_is_made_by_nobody_else_and_a_wrong_day_is_said(
    scene: Scene, portal_system: PortalSystem, ward: Ward
) -> None:
    order = await a_want(scene, ward)
    id_ = order.page.rpartition("/")[2]
    stranger = scene.user(scene.place(with_store=False))
    await scene.set()

    async with portal_system.visiting(stranger) as client:
        theirs = await client.post("/inkopsordrar/skapa", data={"order": id_})
        nothing = await client.post("/inkopsordrar/skapa", data={"order": "x"})
    async with portal_system.visiting(ward.user) as client:
        made = await client.post("/inkopsordrar/skapa", data={"order": id_})
        again = await client.post("/inkopsordrar/skapa", data={"order": id_}, follow_redirects=True)
        page = made.headers["location"]
        early = await client.post(f"{page}/skickad", data={"how": "email", "sent_on": "2025-01-01"})

    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert made.status_code == 303
    assert "Ingen rad saknar inköpsorder." in again.text
    assert early.status_code == 422
    assert "kan inte ha skickats innan den gjordes" in early.text


@pytest.mark.rule("ORD-11f")
async def test_training_is_counted_in_hours(
    scene: Scene, portal_system: PortalSystem, ward: Ward
) -> None:
    direct: dict[str, Any] = {"is_kept_in_central": False, "supplier_id": scene.supplier()}
    course = scene.article("Utbildning Älv", marked=False, type="service", is_hourly=True, **direct)
    await scene.set()
    line = {"article_number": course, "quantity": 3, "comment": "Lyftteknik"}
    order = await ward.order(lines=[line])
    async with portal_system.visiting(ward.user) as client:
        lacking = await client.get(order.page)
        data = {"order": order.page.rpartition("/")[2]}
        made = await client.post("/inkopsordrar/skapa", data=data)
        page = made.headers["location"]
        pages = [await client.get(page), await client.get(f"{page}/bestall-pa-nytt?line=1")]

    assert all("3 tim Utbildning Älv" in one.text for one in (lacking, *pages))
