"""A line that its supplier cannot deliver is voided and ordered anew in one go: T-31."""

from typing import Any

import pytest

from portal.tests.browser import MakeActor
from portal.tests.purchasing import a_purchase, a_want, at_delivery
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import Ward
from portal.tests.working import Working

ONE_OFF = {
    "kind": "one_off",
    "address": {"street": "Provgatan 1", "postal_code": "90325", "city": "Umeå"},
}


async def all_bought(system: PortalSystem, user: str, order: str) -> str:
    """Buy what an order offers of one supplier: the address of the purchase order's page."""
    async with system.api("orders", user) as client:
        (offer,) = (await client.get(f"/orders/{order}")).json()["to_purchase"]
    body: dict[str, Any] = {"order_id": order, **offer}
    bought = await system.done(user, "/purchase-orders", body)
    return f"/inkopsordrar/{bought['purchase_order_id']}"


@pytest.mark.task("T-31")
@pytest.mark.rule("ORD-14d", "ORD-14e")
async def test_what_cannot_be_delivered_is_voided_and_ordered_anew(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    bought = await a_purchase(scene, ward)
    anna = await at_delivery(actor, ward.user, bought)
    await anna.click("Kan inte levereras: Ramp Älv")
    await anna.sees("2 st Ramp Älv")
    await anna.picture("bestall-pa-nytt")
    await anna.accessible()
    await anna.click("Makulera och beställ på nytt")

    await anna.sees("Raden är makulerad.")
    anna.counts("T-31")
    await anna.is_at("/bestallningar/*")
    assert anna.path != bought.order.page
    await anna.sees("2 st Ramp Älv")
    await anna.sees("Skapa inköpsorder")
    await anna.picture("bestalld-pa-nytt")
    await anna.goes(bought.purchase_page)
    await anna.sees("Makulerad", within="Ramp Älv")
    await anna.sees("Väntas", within="1 st Gåstol Älv")


@pytest.mark.rule("ORD-14d")
async def test_nothing_is_voided_where_the_new_order_is_refused(
    scene: Scene, portal_system: PortalSystem, ward: Ward
) -> None:
    bought = await a_purchase(scene, ward)
    page = f"{bought.purchase_page}/bestall-pa-nytt"
    async with portal_system.visiting(ward.user) as client:
        nowhere = await client.get(f"{page}?line=9")
        unknown = await client.post(page, data={"line": "2", "article": "finns-inte"})
        still = await client.get(bought.purchase_page)

    assert (nowhere.status_code, unknown.status_code) == (404, 422)
    assert "f-article" in unknown.text
    assert "Makulerad" not in still.text


@pytest.mark.rule("ORD-14d")
async def test_a_line_that_is_voided_is_not_ordered_anew_once_more(
    scene: Scene, portal_system: PortalSystem, ward: Ward
) -> None:
    bought = await a_purchase(scene, ward)
    page = f"{bought.purchase_page}/bestall-pa-nytt"
    async with portal_system.visiting(ward.user) as client:
        first = await client.post(page, data={"line": "2"})
        again = await client.post(page, data={"line": "2"})
        shown = await client.get(f"{page}?line=2")
        said = await client.get(bought.purchase_page)

    assert first.headers["location"].startswith("/bestallningar/")
    assert again.headers["location"] == shown.headers["location"] == bought.purchase_page
    assert "Raden är redan makulerad." in said.text
    assert await ward.total("orders", "orders") == 2


@pytest.mark.rule("ORD-14d", "ORD-3b")
async def test_the_article_that_is_written_goes_along_where_the_order_is_filled_in(
    scene: Scene, portal_system: PortalSystem, ward: Ward
) -> None:
    order = await a_want(scene, ward, delivery={"to": ONE_OFF})
    bought = await all_bought(portal_system, ward.user, order.page.rpartition("/")[2])
    async with portal_system.visiting(ward.user) as client:
        wanted = {"line": "1", "article": ward.cushion}
        voided = await client.post(f"{bought}/bestall-pa-nytt", data=wanted)
        form = await client.get(voided.headers["location"])

    assert "se efter vem som betalar" in form.text
    assert f'name="article-1" type="text" value="{ward.cushion}"' in form.text


@pytest.mark.rule("ORD-14d", "ACT-5f")
async def test_what_was_approved_is_ordered_anew_by_its_application(
    scene: Scene, working: Working
) -> None:
    supplier = scene.supplier()
    direct: dict[str, Any] = {"is_kept_in_central": False, "supplier_id": supplier}
    article = scene.article("Specialstol", in_assortment=False, **direct)
    await scene.set()
    applied = await working.application()
    await working.done(applied, "decide", {"outcome": "approved", "article_number": article})
    wanted = {
        "recipient": {"kind": "patient", "person": working.home.person},
        "prescriber": working.user,
        "service_point": working.place.id,
        "lines": [{"article_number": article, "application": applied["work_order_id"]}],
        "delivery": {"to": {"kind": "unit"}},
    }
    order = await working.system.done(working.user, "/orders", wanted)
    bought = await all_bought(working.system, working.user, str(order["order_id"]))
    async with working.system.visiting(working.user) as client:
        anew = await client.post(f"{bought}/bestall-pa-nytt", data={"line": "1"})

    assert anew.status_code == 303, anew.text
    assert anew.headers["location"].startswith("/bestallningar/")


@pytest.mark.rule("REF-12b")
async def test_what_is_wrong_with_another_form_makes_no_order_less_urgent(
    scene: Scene, portal_system: PortalSystem, ward: Ward
) -> None:
    page = (await a_purchase(scene, ward)).order.page
    async with portal_system.visiting("kundtjanst1") as client:
        urgent = await client.post(
            f"{page}/leverans", data={"urgent": "1", "parts": "1", "asked_by": ward.user}
        )
        refused = await client.post(f"{page}/makulera", data={"_key": "k"})

    assert (urgent.status_code, refused.status_code) == (303, 422)
    assert 'name="urgent" value="1" checked' in refused.text
    assert 'name="parts" value="1" checked' in refused.text
