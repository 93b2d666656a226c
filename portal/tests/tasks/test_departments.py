"""The region's own departments: what a technician, finance and who keeps the assortment find when
they log in, and a whole task of each.
"""

from uuid import uuid4

import pytest
from kvitt_contracts.access.asked import may
from kvitt_contracts.types import Word
from kvitt_portal.menu import MENU

from portal.tests.browser import MakeActor
from portal.tests.crawling import crawl, read_page
from portal.tests.fetching import a_fetching
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.working import Working

DUTIES = ("technician", "finance", "assortment_manager")


async def employed(scene: Scene, duty: str, name: str = "") -> str:
    """Who has a duty, and no role."""
    user = scene.user(scene.place(with_store=False), name=name, roles=(), duties=(Word(duty),))
    await scene.set()
    return user


@pytest.mark.rule("REF-18o")
@pytest.mark.parametrize("duty", DUTIES)
async def test_the_menu_is_what_the_table_grants(
    scene: Scene, portal_system: PortalSystem, duty: str
) -> None:
    user = await employed(scene, duty)

    async with portal_system.visiting(user) as client:
        start = read_page("/", await client.get("/"))
        opened = {one.address: (await client.get(one.address)).status_code for one in MENU}

    granted = {
        one.address for one in MENU if not one.acts or any(may(act, [duty]) for act in one.acts)
    }
    assert {one.address for one in MENU} & set(start.links) >= granted - {"/"}
    assert {one: status for one, status in opened.items() if one in granted and status >= 400} == {}
    assert set(start.links) & {one.address for one in MENU} <= granted


@pytest.mark.rule("REF-18o")
@pytest.mark.parametrize("duty", DUTIES)
async def test_each_page_that_a_department_is_led_to_is_theirs(
    scene: Scene, portal_system: PortalSystem, working: Working, duty: str
) -> None:
    await working.work()
    user = await employed(scene, duty)

    async with portal_system.visiting(user) as client:
        pages = await crawl(client, ["/"])

    assert {page.path: page.status for page in pages.values() if page.status != 200} == {}


@pytest.mark.rule("REF-18k")
async def test_a_technician_plans_begins_and_ends_a_visit_and_sees_where_it_goes(
    actor: MakeActor, scene: Scene, working: Working
) -> None:
    user = await employed(scene, "technician", "Tova Tekniker")
    known = await working.work("maintenance")
    number = known["work_order_number"]
    tova = await actor(user)
    await tova.picture("start-department-technician")
    await tova.accessible()
    await tova.sees_no("Mottagare")

    await tova.click("Att planera")
    await tova.click("Planera", within=number)
    await tova.is_at(f"/arbetsordrar/{known['work_order_id']}")
    await tova.fill("Väntas bli gjort", "2026-06-01")
    await tova.click("Planera", within="Väntas bli gjort")
    await tova.click("Visa adress och telefon")
    await tova.picture("work-order-technician")
    await tova.goes("/")
    await tova.click("Börja", within=number)
    await tova.fill("Utförd åtgärd", "Smort och justerat.")
    await tova.click("Avsluta")

    await tova.sees("Arbetet är avslutat.")


@pytest.mark.rule("REF-18k", "REF-18o")
async def test_a_technician_is_offered_what_is_theirs_at_a_pickup_of_their_own_service_point(
    actor: MakeActor, scene: Scene
) -> None:
    place = scene.place("Hjälpmedelsverkstaden")
    user = scene.user(place, name="Tova Tekniker", roles=(), duties=(Word("technician"),))
    home = await a_fetching(scene, at=place)
    known = await home.pickup(*home.devices[:2])
    tova = await actor(user, at=f"/hamtordrar/{known['pickup_id']}")

    await tova.sees("Lämna rapport")
    await tova.sees_no("Avbeställ allt")
    await tova.sees_no("Gör brådskande")
    await tova.click(home.devices[0])
    await tova.sees("Ändra serienummer")


@pytest.mark.rule("REF-18l")
async def test_finance_releases_a_suppliers_invoice_that_waits(
    actor: MakeActor, scene: Scene
) -> None:
    supplier = scene.supplier(name="Testhjälpmedel Nio AB")
    number = scene.supplier_invoice(supplier)
    user = await employed(scene, "finance", "Eva Ekonom")
    eva = await actor(user)
    await eva.picture("start-department-finance")
    await eva.accessible()
    await eva.sees_no("Beställningar")

    await eva.click("Leverantörsfakturor som väntar")
    await eva.click(number)
    await eva.choose("Varför den betalas ändå", "Överenskommet med leverantören")
    await eva.tick("Jag har läst varför den väntar")
    await eva.click("Släpp till betalning")

    await eva.sees("Fakturan är släppt till betalning.")


@pytest.mark.rule("REF-18m")
async def test_who_keeps_the_assortment_publishes_news(actor: MakeActor, scene: Scene) -> None:
    user = await employed(scene, "assortment_manager", "Sara Sortiment")
    title = f"Ny rollator {uuid4().hex[:6]}"
    sara = await actor(user)
    await sara.picture("start-department-assortment")
    await sara.accessible()
    await sara.sees("Inget väntar på dig.")

    await sara.click("Nyheter")
    await sara.fill("Rubrik", title)
    await sara.fill("Text", "Den kan beställas från och med måndag.")
    await sara.click("Publicera")

    await sara.sees("Nyheten är publicerad.")
    await sara.click(f"Dra in {title}")
    await sara.sees("Nyheten är indragen.")
