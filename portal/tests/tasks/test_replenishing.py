"""Lagerpåfyllnad: T-29, T-40, T-41, T-42; Lagersaldo: T-47; and what goes wrong on the way."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from kvitt_contracts.calendar import start_of_day, stockholm_day

from portal.tests.browser import MakeActor
from portal.tests.scene import Scene
from portal.tests.ward import Ward, a_ward

PAGE = "/lagerpafyllnad"


@pytest_asyncio.fixture(loop_scope="session")
async def ward(scene: Scene) -> Ward:
    """A ward with two cushions in its store."""
    return await a_ward(scene, cushions=2)


@dataclass(frozen=True, slots=True)
class Template:
    """A template that is there: its name."""

    name: str


@pytest_asyncio.fixture(loop_scope="session")
async def template(ward: Ward) -> Template:
    """A template of four cushions."""
    name = f"Mall {uuid4().hex[:8]}"
    body = {
        "name": name,
        "store": "500",
        "lines": [{"article_number": ward.cushion, "quantity": 4}],
    }
    async with ward.system.api("orders", ward.user) as client:
        answer = await client.post("/templates", json=body)
        answer.raise_for_status()
    return Template(name)


@pytest.mark.task("T-29")
@pytest.mark.rule("ORD-9e")
async def test_a_quantity_is_changed_in_its_line(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    await propose(scene, ward)
    anna = await actor(ward.user)

    await anna.click("Lagerpåfyllnad")
    await anna.fill("Föreslaget antal", "2")

    anna.counts("T-29")


@pytest.mark.rule("ORD-9e")
async def test_a_line_is_taken_out(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=f"{PAGE}?line={ward.cushion}~3")

    await anna.has("Antal", "3")
    await anna.click(f"Ta bort {ward.cushion_name}")

    assert await anna.text_of("fieldset") == []


@pytest.mark.task("T-40")
@pytest.mark.rule("INV-9b", "ORD-9a")
async def test_what_was_proposed_in_the_night_is_ordered_with_another_quantity(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    await propose(scene, ward)
    anna = await actor(ward.user)

    await anna.click("Lagerpåfyllnad")
    await anna.sees(f"Förslag för förråd {ward.place.store}")
    await anna.has("Föreslaget antal", "4")
    await anna.picture("replenishing-proposal")
    await anna.accessible()
    await anna.fill("Föreslaget antal", "5")
    await anna.click("Beställ förslaget")

    await anna.is_at("/bestallningar/*")
    await anna.sees("Lagerpåfyllnaden är beställd.")
    anna.counts("T-40")


@pytest.mark.rule("INV-9c")
async def test_a_message_leads_to_a_proposal_which_is_dropped(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    await propose(scene, ward)
    anna = await actor(ward.user, at="/meddelanden")

    await anna.click("Oläst: Förslag att fylla på förrådet")
    await anna.sees(f"Förslag för förråd {ward.place.store}")
    await anna.click("Ta bort förslaget")

    await anna.sees("Förslaget är borttaget.")
    await anna.sees_no("Beställ förslaget")


@pytest.mark.task("T-41")
@pytest.mark.rule("ORD-9c")
async def test_lines_are_saved_as_a_template(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user)
    name = f"Mall {uuid4().hex[:8]}"

    await anna.click("Lagerpåfyllnad")
    await anna.picture("replenishing-empty")
    await anna.accessible()
    await anna.fill("Sök artikel", ward.cushion)
    await anna.fill("Mallens namn", name)
    await anna.click("Spara som mall")

    await anna.sees(f"Mallen {name} är sparad.")
    await anna.sees(f"Mall: {name}")
    await anna.picture("replenishing-template")
    await anna.accessible()
    anna.counts("T-41")


@pytest.mark.task("T-42")
@pytest.mark.rule("ORD-9e")
async def test_a_template_is_ordered(actor: MakeActor, ward: Ward, template: Template) -> None:
    anna = await actor(ward.user)

    await anna.click("Lagerpåfyllnad")
    await anna.click(template.name)
    await anna.has("Antal", "4")
    await anna.click("Beställ")

    await anna.is_at("/bestallningar/*")
    await anna.sees("Lagerpåfyllnaden är beställd.")
    await anna.sees(f"Förråd {ward.place.store}")
    await anna.picture("replenishing-ordered")
    await anna.accessible()
    anna.counts("T-42")

    order = anna.path.rpartition("/")[2]
    assert await anna.goes(f"/arbetsordrar/ny?about=order:{order}") == 409  # it has no recipient
    assert await anna.goes(f"/bestallningar/ny?lik={order}") == 200
    await anna.goes(f"/bestallningar/{order}")
    await anna.click("Beställ likadant")
    await anna.is_at("/lagerpafyllnad")
    await anna.has("Antal", "4")


@pytest.mark.rule("ORD-9f")
async def test_a_template_is_removed(actor: MakeActor, ward: Ward, template: Template) -> None:
    anna = await actor(ward.user, at=PAGE)

    await anna.click(f"Ta bort mallen {template.name}")

    await anna.sees(f"Mallen {template.name} är borttagen.")


@pytest.mark.task("T-47")
@pytest.mark.rule("INV-11a", "INV-14a")
async def test_ones_own_stores_balances_are_printed(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user)

    await anna.click("Lager")
    await anna.sees(ward.cushion_name)
    await anna.sees("Saldorapport (PDF)")
    await anna.picture("store-report")
    await anna.accessible()

    async with anna.page.context.expect_page():
        await anna.click("Saldorapport (PDF)")
    anna.counts("T-47")

    async with ward.system.visiting(ward.user) as client:
        printed = await client.get(f"/lager/{ward.place.store}/saldo.pdf")
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF-")


@pytest.mark.rule("ORD-9a")
async def test_articles_are_searched_and_ordered_without_script(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user, at=PAGE, script=False)

    await anna.fill("Sök artikel", ward.cushion_name)
    await anna.click("Sök", within="Sök artikel")
    await anna.click(f"Lägg till {ward.cushion_name}")
    await anna.fill("Antal", "3")
    await anna.click("Beställ")

    await anna.sees("Lagerpåfyllnaden är beställd.")


@pytest.mark.rule("ORD-9a")
async def test_nothing_is_ordered_without_a_line(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=PAGE)

    await anna.click("Beställ")

    await anna.sees("Sök en artikel och lägg till den.")
    await anna.accessible()


@pytest.mark.rule("REF-7a")
async def test_who_has_no_store_is_told_what_to_do_instead(actor: MakeActor, scene: Scene) -> None:
    user = scene.user(scene.place(with_store=False))
    await scene.set()

    anna = await actor(user, at=PAGE)

    await anna.sees("har inget eget förråd")
    await anna.picture("replenishing-no-store")
    await anna.accessible()


async def propose(scene: Scene, ward: Ward) -> None:
    """The night has gone in which the ward's store had fewer cushions than it wants."""
    scene.safety_level(ward.cushion, 6, store=ward.place.store)
    await scene.set()
    tomorrow = stockholm_day(await ward.system.now()) + timedelta(days=1)
    await ward.system.advance(start_of_day(tomorrow) + timedelta(hours=6))
