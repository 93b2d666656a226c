"""Leverantörer: how one is reached, beside a purchase and a repair, or by its name (T-73)."""

from uuid import uuid4

import pytest

from portal.tests.browser import MakeActor
from portal.tests.purchasing import SUPPLIER, a_purchase
from portal.tests.scene import Scene
from portal.tests.ward import Ward
from portal.tests.working import Working

PHONE = "090-10 20 30"
EMAIL = "order@nordhjalp.example"


@pytest.mark.task("T-73")
@pytest.mark.rule("REF-13a")
async def test_how_a_supplier_is_reached_is_found_beside_a_purchase(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    bought = await a_purchase(scene, ward)
    anna = await actor(ward.user)
    await anna.goes(bought.purchase_page)

    await anna.click(SUPPLIER)
    await anna.is_at(f"/leverantorer/{bought.supplier}")
    await anna.sees(PHONE)
    anna.counts("T-73")
    await anna.sees(EMAIL)
    await anna.sees("Industrigatan 4, 90330 Umeå")
    await anna.accessible()
    await anna.picture("supplier")
    await anna.click("Inköpsordrar hos leverantören")

    await anna.sees(bought.number)


@pytest.mark.rule("REF-13a")
async def test_a_supplier_is_found_by_its_name(actor: MakeActor, ward: Ward, scene: Scene) -> None:
    made = f"Åhjälp {uuid4().hex[:6]}"
    scene.supplier(name=f"{made} norr", phone="090-11 22 33")
    scene.supplier(name=f"{made} söder", is_active=False, phone=None, order_email=None)
    await scene.set()
    anna = await actor(ward.user)

    await anna.click("Leverantörer")
    await anna.fill("Namn", made.lower())
    await anna.press("Enter")
    await anna.sees("090-11 22 33", within=f"{made} norr")
    await anna.sees("Går inte att köpa av", within=f"{made} söder")
    await anna.accessible()
    await anna.picture("suppliers")
    await anna.fill("Namn", "finns inte")
    await anna.press("Enter")
    await anna.sees("Ingen leverantör heter så.")
    await anna.fill("Sök personnummer", made)
    await anna.press("Enter")
    await anna.sees(f"Leverantör {made} söder")
    await anna.sees("090-11 22 33", within=f"{made} norr")
    await anna.accessible()
    await anna.picture("search-suppliers")
    await anna.fill("Sök personnummer", f"{made} norr")
    await anna.press("Enter")

    await anna.sees("E-post för inköpsordrar")


@pytest.mark.rule("REF-13a")
async def test_how_a_supplier_is_reached_is_found_beside_a_repair(
    actor: MakeActor, working: Working, scene: Scene
) -> None:
    scene.supplier(name="Nordhjälp AB")
    await scene.set()
    work = await working.work()
    anna = await actor(working.user, at=f"/arbetsordrar/{work['work_order_id']}")

    await anna.click("Nordhjälp AB")

    await anna.is_at("/leverantorer")
    await anna.sees(PHONE)


@pytest.mark.rule("ORD-15a")
async def test_the_one_search_leads_to_a_purchase_order(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    bought = await a_purchase(scene, ward)
    anna = await actor(ward.user)

    await anna.fill("Sök personnummer", bought.number)
    await anna.press("Enter")

    await anna.sees(f"Inköpsorder {bought.number}")
    await anna.sees(SUPPLIER)
