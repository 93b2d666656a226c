"""Försäljningar: what a patient who moves has is sold to the region where they go (BIL-7)."""

import pytest
import pytest_asyncio

from portal.tests.browser import MakeActor
from portal.tests.fetching import CLERK
from portal.tests.hostile import HOSTILE
from portal.tests.leaving import Leaving, a_leaving
from portal.tests.scene import Scene
from portal.tests.system import HOME_PAYER

SELL = "Sälj till annan region"
BUYER = "Region som köper"
HOME = f"{HOME_PAYER} Hälsocentralen {HOME_PAYER}"


@pytest_asyncio.fixture(loop_scope="session")
async def leaving(scene: Scene) -> Leaving:
    """A patient who leaves the region, with devices at home."""
    return await a_leaving(scene)


def price_of(number: str) -> str:
    """What the field of a device's price is called."""
    return f"Pris i kronor för {number}"


@pytest.mark.rule("BIL-7a", "BIL-7b")
async def test_a_device_is_sold_from_the_recipients_page(
    actor: MakeActor, leaving: Leaving
) -> None:
    anna = await actor(leaving.user, at=f"/mottagare/{leaving.person}")
    await anna.tick(f"Välj {leaving.bed}")
    await anna.click(SELL)
    await anna.sees(leaving.bed)
    await anna.picture("region-sale-new")
    await anna.accessible()
    await anna.click("Begär försäljning")
    await anna.sees("Välj regionen som ska köpa.")
    await anna.choose(BUYER, HOME)
    await anna.click("Begär försäljning")
    await anna.is_at("/forsaljningar/*")
    await leaving.system.settle()
    await anna.reload()
    await anna.sees("Väntar på: Kundtjänst: prisförslag")
    await anna.sees_no("Föreslå priser")
    await anna.picture("region-sale-asked")
    await anna.accessible()
    page = anna.path
    await anna.goes(f"/mottagare/{leaving.person}")
    await anna.sees("Säljs", within=leaving.bed)

    kim = await actor(CLERK)
    await kim.click("Försäljningar")
    await kim.sees(leaving.place.id)
    await kim.picture("region-sales")
    await kim.accessible()
    await kim.goes(page)
    await kim.fill(price_of(leaving.bed), "2 500,50")
    await kim.picture("region-sale-pricing")
    await kim.accessible()
    await kim.click("Föreslå priser")
    await kim.sees("Prisförslaget är registrerat.")
    await kim.sees("2 500,50 kr utan moms")
    await kim.picture("region-sale-proposed")
    await kim.accessible()
    await kim.click("Godkänd")
    await kim.sees("Försäljningen är godkänd.")
    await leaving.system.settle()
    await kim.reload()
    await kim.sees("Debiterad")
    await kim.click("Vad som har hänt")
    await kim.sees("Den andra regionen köpte")
    await kim.picture("region-sale-approved")
    await kim.accessible()

    assert await leaving.has(leaving.aid)
    await kim.click(leaving.bed)
    await kim.sees("Såld till en annan region")


@pytest.mark.rule("BIL-7c")
async def test_what_is_not_bought_is_to_come_back(actor: MakeActor, leaving: Leaving) -> None:
    page = await leaving.sold(leaving.bed, leaving.aid)
    kim = await actor(CLERK, at=page)
    await kim.fill(price_of(leaving.bed), "2500")
    await kim.fill(price_of(leaving.aid), "1000")
    await kim.click("Föreslå priser")
    await kim.sees("Prisförslaget är registrerat.")

    await kim.click("Ej godkänd")
    await kim.sees("Kryssa i att den andra regionen inte köper.")
    await kim.picture("region-sale-not-approved-asks")
    await kim.accessible()
    await kim.tick("Den andra regionen köper inte")
    await kim.click("Ej godkänd")

    await kim.sees("Försäljningen är inte godkänd.")
    anna = await actor(leaving.user, at=page)
    await anna.sees("Enheten: hjälpmedlen ska återlämnas")
    await anna.picture("region-sale-not-approved")
    await anna.accessible()


@pytest.mark.rule("BIL-7a")
@pytest.mark.parametrize("text", ["", "tolv", "-5", HOSTILE["script"]])
async def test_a_price_that_is_none_is_refused_beside_its_device(
    actor: MakeActor, leaving: Leaving, text: str
) -> None:
    kim = await actor(CLERK, at=await leaving.sold(), script=False)
    await kim.fill(price_of(leaving.bed), text)

    await kim.click("Föreslå priser")

    await kim.sees("Skriv priset i kronor, till exempel 2500 eller 2500,50.")
    await kim.has(price_of(leaving.bed), text)
    await kim.picture("region-sale-refused")
    await kim.accessible()


@pytest.mark.rule("BIL-7a")
async def test_what_something_else_has_says_why_it_is_not_sold(
    actor: MakeActor, leaving: Leaving
) -> None:
    first = await leaving.sold()
    second = await leaving.sold()
    assert first != second

    anna = await actor(leaving.user, at=second)

    await anna.sees("Kunde inte säljas")
    await anna.sees("Hjälpmedlet är i en försäljning till en annan region.")
    await anna.picture("region-sale-hindered")
    await anna.accessible()
    await anna.goes(f"/individ/{await leaving.system.device_id(leaving.user, leaving.bed)}")
    await anna.click("Försäljning till en annan region")
    await anna.is_at(first)


@pytest.mark.rule("BIL-7a", "CAS-1j")
async def test_what_the_regions_agree_on_is_sold_from_the_page_of_who_moves(
    actor: MakeActor, leaving: Leaving
) -> None:
    case = await leaving.offered(leaving.bed)
    await leaving.system.done(CLERK, f"/cases/{case['case_id']}:answer", {"outcome": "done"})

    anna = await actor(leaving.user, at=leaving.page)
    await anna.sees(f"Köpet är överenskommet för {leaving.bed}.")
    await anna.click("Begär försäljning")
    await anna.is_at("/forsaljningar/ny")
    await anna.choose(BUYER, HOME)
    await anna.click("Begär försäljning")

    await anna.sees("Försäljningen är begärd.")
    await anna.sees(leaving.bed)
    await anna.sees_no(leaving.aid)
    sale = anna.path
    await leaving.system.settle()
    await anna.goes(f"/arenden/{case['case_id']}")
    await anna.sees_no("Begär försäljning")
    await anna.picture("arende-forsaljning-begard")
    await anna.click("Försäljningen är begärd")
    await anna.is_at(sale)


@pytest.mark.rule("BIL-7a")
async def test_nothing_is_ticked_that_nobody_has_chosen(actor: MakeActor, leaving: Leaving) -> None:
    anna = await actor(leaving.user, at=f"/forsaljningar/ny?person={leaving.person}")
    await anna.sees(leaving.bed)

    assert await anna.page.locator("input[name=device]:checked").count() == 0


@pytest.mark.rule("BIL-7a")
async def test_a_sale_of_nothing_is_refused_and_another_units_is_none(
    scene: Scene, leaving: Leaving
) -> None:
    other = scene.user(scene.place())
    await scene.set()
    page = await leaving.sold()

    async with leaving.system.visiting(leaving.user) as anna:
        empty = await anna.post("/forsaljningar/ny", data={"person": leaving.person})
    async with leaving.system.visiting(other) as bo:
        foreign = await bo.post("/forsaljningar/ny", data={"person": leaving.person})
        shown = await bo.get(page)
        priced = await bo.post(f"{page}/ej-godkand", data={"not_bought": "1"})

    assert empty.status_code == 422
    assert "Välj minst ett hjälpmedel." in empty.text
    assert (foreign.status_code, shown.status_code, priced.status_code) == (404, 404, 403)
