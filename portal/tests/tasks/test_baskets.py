"""Varukorgar: T-50 to T-53, and what goes wrong on the way."""

import pytest
import pytest_asyncio

from portal.tests.browser import MakeActor
from portal.tests.lending import Lending, a_lending
from portal.tests.scene import Scene

SCAN = "Skanna eller sök"


@pytest_asyncio.fixture(loop_scope="session")
async def lending(scene: Scene) -> Lending:
    """What is lent, by whom."""
    return await a_lending(scene)


@pytest.mark.task("T-50")
@pytest.mark.rule("ORD-10c", "ORD-10d")
async def test_a_scanned_device_is_lent_until_the_day_shown(
    actor: MakeActor, lending: Lending
) -> None:
    anna = await actor(lending.user)

    await anna.click("Låna i varukorg")
    await anna.picture("basket-new")
    await anna.accessible()
    await anna.fill(SCAN, lending.devices[0])
    await anna.click("Låna")

    await anna.is_at("/varukorgar/*")
    await anna.sees("Sista dagen")
    await anna.sees(lending.devices[0])
    await anna.sees("Öppen")
    anna.counts("T-50")


@pytest.mark.task("T-51")
@pytest.mark.rule("ORD-10e")
async def test_lines_are_delivered_to_one_recipient_and_put_back(
    actor: MakeActor, lending: Lending
) -> None:
    page = await lending.lend()
    anna = await actor(lending.user)

    await anna.click("Varukorgar")
    await anna.picture("baskets")
    await anna.accessible()
    number = (await anna.text_of("td.code a"))[0]
    await anna.click(number)
    await anna.is_at(page)
    await anna.fill("Personnummer", lending.patient.number)
    await anna.sees(lending.patient.name)
    await anna.tick("Leverans av rad 1")
    await anna.tick("Ta bort rad 2")
    await anna.picture("basket-act")
    await anna.accessible()
    await anna.click("Verkställ")

    await anna.sees("Levererad")
    await anna.sees("Tillbakalagd")
    await anna.sees("Avslutad")
    anna.counts("T-51")


@pytest.mark.task("T-52")
@pytest.mark.rule("ORD-10f", "ORD-18d")
async def test_the_fee_follows_its_goods_as_an_act_of_its_own(
    actor: MakeActor, lending: Lending
) -> None:
    page = await lending.lend({"article_number": lending.charger, "quantity": 1})
    before = await actor(lending.user, at=page)
    await before.fill("Personnummer", lending.patient.number)
    await before.sees(lending.patient.name)
    await before.tick("Leverans av rad 1")
    await before.click("Verkställ")
    await before.sees("Ska tas ut")
    called = (await before.text_of("h1"))[0].lower()
    await before.picture("basket-fee")
    await before.accessible()
    anna = await actor(lending.user)

    await anna.accessible()
    await anna.click(f"Ta ut egenavgiften i {called}, rad 2")

    await anna.is_at(page)
    await anna.sees("Egenavgiften är uttagen.")
    await anna.sees("Avslutad")
    anna.counts("T-52")
    await lending.system.settle()
    order = page.rsplit("/", 1)[1]
    async with lending.system.api("billing", lending.staff) as client:
        charges = await client.get("/charges", params={"kind": "fee", "order_id": order})
    assert [one["amount"]["net_ore"] for one in charges.json()["items"]] == [50_000]


@pytest.mark.task("T-53")
@pytest.mark.rule("ORD-10h")
async def test_a_colleague_goes_on_with_a_basket(actor: MakeActor, lending: Lending) -> None:
    page = await lending.lend(lending.line(lending.devices[0]))
    kim = await actor(lending.colleague)

    await kim.click("Varukorgar")
    await kim.sees("Anna Förskrivare")
    await kim.click((await kim.text_of("td.code a"))[0])
    await kim.is_at(page)
    await kim.tick("Ta bort rad 1")
    await kim.click("Verkställ")

    await kim.sees("Tillbakalagd")
    kim.counts("T-53")


@pytest.mark.rule("ORD-10b")
async def test_a_store_that_lends_no_baskets_says_which_do(actor: MakeActor, scene: Scene) -> None:
    place = scene.place()
    user = scene.user(place)
    article = scene.article()
    device = scene.device(article, store=place.store)
    await scene.set()
    anna = await actor(user, at="/varukorgar/ny")

    await anna.fill(SCAN, device)
    await anna.click("Låna")

    await anna.sees("Varukorg lånas ur förråd 402 och 602")
    await anna.accessible()


async def test_it_is_acted_on_without_script_and_the_recipient_is_seen_first(
    actor: MakeActor, lending: Lending
) -> None:
    page = await lending.lend(lending.line(lending.devices[0]))
    anna = await actor(lending.user, at=page, script=False)

    await anna.fill("Personnummer", lending.patient.number)
    await anna.tick("Leverans av rad 1")
    await anna.click("Verkställ")
    await anna.sees("Kontrollera mottagaren")
    await anna.sees(lending.patient.name)
    await anna.accessible()
    await anna.click("Verkställ")

    await anna.sees("Levererad")
