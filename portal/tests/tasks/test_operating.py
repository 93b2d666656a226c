"""Drift: who operates a region sees what is parked and why, tries it again, mends it with a second
person, and finds what has happened with a thing.
"""

from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio
from kvitt.story.files import Outgoing
from kvitt_contracts.access import Grantee
from kvitt_contracts.envelope import Message
from kvitt_testkit.world import wait_for

from contracts.tests.builders.regions import a_customer_stated, a_payer_stated
from portal.tests.browser import Actor, MakeActor
from portal.tests.handover import a_handover
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem, outgoing

PAGE = "/drift"
OPS = Grantee.OPS.value
UNREADABLE = "Går inte att läsa"


@dataclass(frozen=True, slots=True)
class Ill:
    """Messages of the region that orders cannot read, of the test's own."""

    system: PortalSystem
    scene: Scene

    async def unreadable(self, *, behind: int = 0) -> str:
        """A payer is stated without the message's id, and again so many times; answers its code."""
        code = str(19_000 + next(self.system.numbers))
        bad = self._without_id(code, a_payer_stated(code))
        good = [
            outgoing(a_payer_stated(code, version=2 + n, name=f"Betalare {n}"), code, "ac")
            for n in range(behind)
        ]
        await self._send([bad, *good])
        return code

    async def waiting(self) -> tuple[str, str]:
        """A customer is stated whose payer is not known; answers the customer, and a payer that is
        known.
        """
        payer = self.scene.payer()
        await self.scene.set()
        code = str(69_000 + next(self.system.numbers))
        stated = a_customer_stated(code, payer=str(99_000 + next(self.system.numbers)), store=None)
        await self._send([outgoing(stated, code, "ac")])
        return code, payer

    async def entry(self, key: str) -> dict[str, Any]:
        """What orders has parked of a key."""
        service = self.system.services["orders"]
        async with service.admin(user="drift9", roles=(OPS,)) as client:
            parked = (await client.get("/admin/parked", params={"limit": 1000})).json()
        return dict(next(one for one in parked if one["key"].endswith(f" {key}")))

    async def _send(self, messages: list[Outgoing]) -> None:
        await self.system.regions["ac"].publish(messages)

    def _without_id(self, subject: str, message: Message) -> Outgoing:
        made = outgoing(message, subject, "ac")
        return replace(made, headers=tuple(one for one in made.headers if one[0] != "ce_id"))


@pytest_asyncio.fixture(loop_scope="session")
async def ill(portal_system: PortalSystem, scene: Scene) -> Ill:
    """What a test parks itself."""
    return Ill(portal_system, scene)


async def parked(ill: Ill, key: str) -> dict[str, Any]:
    """The entry of a key, once it is parked."""

    async def is_there() -> bool:
        try:
            await ill.entry(key)
        except StopIteration:
            return False
        return True

    await wait_for(is_there, within=60)
    return await ill.entry(key)


async def says_why(one: Actor, why: str) -> None:
    """Fill in the reason of the form that is open."""
    await one.page.locator("textarea[name=why]:visible").fill(why)


@pytest.mark.rule("REF-18h")
async def test_who_operates_sees_what_is_parked_and_tries_one_again(
    actor: MakeActor, ill: Ill
) -> None:
    key = await ill.unreadable(behind=1)
    found = await parked(ill, key)
    drift = await actor("drift1", operates=OPS)
    await drift.is_at(PAGE)  # nothing else is theirs
    await drift.sees("Tjänster")
    await drift.sees("I drift", within="Lager och hjälpmedel")
    await drift.sees(UNREADABLE)
    await drift.picture("operating")
    await drift.accessible()

    await drift.page.get_by_role("link", name=UNREADABLE).first.click()
    await drift.sees(key)
    await drift.picture("operating-parked")
    await drift.accessible()
    await drift.page.get_by_role("link", name=key).click()
    await drift.sees("Bakom det")
    await drift.sees_no(f"Betalare {key}")
    await drift.picture("operating-entry")
    await drift.accessible()
    await drift.click("Pröva igen")
    await says_why(drift, "Avsändaren har rättat det")
    await drift.page.get_by_role("button", name="Pröva igen").click()
    await drift.sees("Det prövas igen nu.")
    await parked(ill, key)
    assert found["messages"] == 2


@pytest.mark.rule("REF-18h")
async def test_a_correction_is_refused_in_the_schemas_words_and_done_by_two(
    actor: MakeActor, ill: Ill
) -> None:
    customer, payer = await ill.waiting()
    found = await parked(ill, customer)
    path = f"{PAGE}/orders/parkerat/{found['id']}"
    one = await actor("drift1", at=path, operates=OPS)
    await one.sees("Nämner något som inte är känt än")
    await one.click("Rätta fält")
    await one.fill("Fält och nya värden", "payer_id = 7")
    await says_why(one, "Regionen skrev fel betalare")
    await one.click("Se vad som följer")
    await one.sees("payer_id: ska vara text")
    await one.picture("operating-refused")
    await one.accessible()

    await one.fill("Fält och nya värden", f'payer_id = "{payer}"')
    await says_why(one, "Regionen skrev fel betalare")
    await one.click("Se vad som följer")
    await one.sees("det här följer")
    await one.sees(payer)
    await one.picture("operating-preview")
    await one.accessible()
    await one.click("Föreslå")
    await one.sees("Du har föreslagit det själv")
    await one.accessible()

    two = await actor("drift2", operates=OPS)
    await two.sees("föreslaget av drift1")
    await two.goes(path)
    await two.page.locator("#why-confirm").fill("Stämmer med regionens lista")
    await two.click("Bekräfta")
    await two.sees("Det är bekräftat och gjort.")
    await ill.system.settle()
    async with ill.system.as_region("orders") as client:
        known = (await client.get(f"/customers/{customer}")).json()
    assert known["payer_id"] == payer


async def test_what_is_watched_comes_by_itself_and_a_cause_is_tried_again_in_the_background(
    actor: MakeActor, ill: Ill
) -> None:
    drift = await actor("drift1", at=PAGE, operates=OPS)
    await drift.sees("Pausa uppdateringen")
    key = await ill.unreadable()
    await parked(ill, key)
    await drift.sees(UNREADABLE)

    await drift.page.get_by_role("link", name=UNREADABLE).first.click()
    await drift.click("Pröva alla igen")
    await drift.fill("Varför", "Avsändaren har rättat det")
    await drift.page.get_by_role("button", name="Pröva alla igen").click()
    await drift.sees("prövas igen i bakgrunden")
    await drift.sees("Klart")
    await drift.picture("operating-retries")
    await drift.accessible()


async def test_what_has_happened_with_a_transfer_is_found_across_the_services(
    actor: MakeActor, ill: Ill
) -> None:
    handover = await a_handover(ill.scene)
    transfer = await handover.send(handover.devices[0])
    drift = await actor("drift1", at=f"{PAGE}/sok", operates=OPS)
    await drift.accessible()
    await drift.fill("Nummer, referens eller id", handover.devices[0])
    await drift.page.get_by_role("main").get_by_role("button", name="Sök").click()
    await drift.sees("inventory.device.registered.v1")
    await drift.goes(f"{PAGE}/sok?q={transfer}")
    await drift.is_at(f"{PAGE}/saga/*")
    await drift.sees("bmb.transfer.sent.v1")
    await drift.sees("inventory.hold")
    await drift.sees("transfer_deadline")
    await drift.picture("operating-story")
    await drift.accessible()

    await drift.goes(f"{PAGE}/byten?dagar=7")
    await drift.accessible()
    await drift.goes(f"{PAGE}/regler")
    await drift.sees("Gäller")
    await drift.picture("operating-policies")
    await drift.accessible()
    await drift.goes(f"{PAGE}/avstamning")
    await drift.sees("rows")
    await drift.picture("operating-reconciliation")
    await drift.accessible()


async def test_who_does_not_operate_is_told_so_and_another_regions_entry_is_not_there(
    portal_system: PortalSystem, ill: Ill
) -> None:
    key = await ill.unreadable()
    found = await parked(ill, key)
    user = ill.scene.user(ill.scene.place())
    await ill.scene.set()
    async with portal_system.visiting(user) as client:
        own = [await client.get(f"{PAGE}{path}") for path in ("", "/handelser", "/regler")]
    async with portal_system.visiting("drift5", region="bd", operates=OPS) as client:
        others = await client.get(f"{PAGE}/orders/parkerat/{found['id']}")
        listed = await client.get(f"{PAGE}/orders/parkerat")
        nowhere = await client.get(f"{PAGE}/nobody/parkerat")

    assert {one.status_code for one in own} == {403}
    assert (others.status_code, nowhere.status_code) == (404, 404)
    assert key not in listed.text
