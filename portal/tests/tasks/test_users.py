"""Användare: T-75, what others see of it, and what goes wrong."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from kvitt_contracts.types import Word

from portal.tests.browser import MakeActor
from portal.tests.hostile import wrong_answers
from portal.tests.scene import Place, Scene

CLERK = "kundtjanst1"
PAGE = "/anvandare"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its head, and a colleague whose access was refused once."""

    scene: Scene
    place: Place
    head: str
    colleague: str
    other: str

    async def access_of(self, user: str) -> dict[str, Any]:
        """What the register says of a user."""
        system = self.scene.system
        async with system.api("orders", self.head, region=self.scene.region) as client:
            answer = await client.get(f"/users/{user}")
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
        return found


async def _post(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    answer = await client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
    answer.raise_for_status()


@pytest_asyncio.fixture(loop_scope="session")
async def unit(scene: Scene) -> AsyncIterator[Unit]:
    """The test's own unit."""
    place, elsewhere = scene.place("Arbetsterapin"), scene.place("Logopedin")
    head = scene.user(place, name="Hedda Chef", roles=("requester",), duties=(Word("unit_head"),))
    other = scene.user(elsewhere, name="Olle Annanstans")
    await scene.set()
    colleague = f"ny-{uuid4().hex[:8]}"
    system, region = scene.system, scene.region
    async with system.api("orders", head, region=region) as client:
        body = {"user_id": colleague, "roles": ["prescriber"], "service_point": place.id}
        await _post(client, "/users", body)
    async with system.api("orders", CLERK, region=region) as client:
        await _post(client, f"/users/{colleague}:refuse", {"asked_by": head})
    yield Unit(scene=scene, place=place, head=head, colleague=colleague, other=other)


@pytest.mark.task("T-75")
@pytest.mark.rule("REF-5a")
async def test_the_head_of_a_unit_applies_and_customer_service_grants(
    actor: MakeActor, unit: Unit
) -> None:
    hedda = await actor(unit.head)
    await hedda.click("Användare")
    await hedda.sees("Har upphört", within=unit.colleague)
    await hedda.sees_no(unit.other)
    await hedda.sees_no("Bevilja")
    await hedda.picture("users-of-the-unit")
    await hedda.accessible()
    await hedda.click("Ansök", within=unit.colleague)
    await hedda.sees("Ansökan är skickad till kundtjänst.")
    assert (await unit.access_of(unit.colleague))["access"] == "applied"

    kim = await actor(CLERK)
    await kim.click("Behörigheter att besluta")
    await kim.sees("ansökt av Hedda Chef", within=unit.colleague)
    await kim.picture("users-applied")
    await kim.accessible()
    await kim.click("Bevilja", within=unit.colleague)
    await kim.sees("Behörigheten är beviljad.")

    kim.counts("T-75", hedda)
    granted = await unit.access_of(unit.colleague)
    assert (granted["access"], granted["active"]) == ("granted", True)


@pytest.mark.rule("REF-5d")
async def test_somebody_new_is_applied_for_and_refused(actor: MakeActor, unit: Unit) -> None:
    new = f"ny-{uuid4().hex[:8]}"
    hedda = await actor(unit.head, at=PAGE)
    await hedda.click("Ansök för någon som saknas")
    await hedda.fill("Användarnamn", new)
    await hedda.picture("users-new")
    await hedda.click("Ansök", within="Det som personen loggar in med")
    await hedda.sees("Väntar på beslut", within=new)

    kim = await actor(CLERK, at=f"{PAGE}?state=applied")
    await kim.click("Neka", within=new)
    await kim.sees("Behörigheten är nekad.")
    assert (await unit.access_of(new))["active"] is False


@pytest.mark.rule("REF-12g")
async def test_customer_service_chooses_a_users_default_service_point(
    actor: MakeActor, scene: Scene
) -> None:
    first, second = scene.place("Dagcentralen"), scene.place("Nattcentralen")
    user = scene.user(first, second, name="Tove Tvåställen")
    await scene.set()
    kim = await actor(CLERK, at=f"{PAGE}?service_point={first.id}")
    await kim.click("Byt förvalt", within=user)
    await kim.picture("users-default")
    await kim.click("Spara förvalet", within=user)

    await kim.sees("Det förvalda tjänstestället är bytt.")
    await kim.sees("Nattcentralen (förvalt)", within=user)


async def test_who_heads_no_unit_is_led_to_their_own_page(actor: MakeActor, unit: Unit) -> None:
    olle = await actor(unit.other, at=PAGE)

    await olle.is_at("/mina-uppgifter")
    await olle.sees_no("Ansök för någon som saknas")


@pytest.mark.rule("REF-5f")
async def test_who_logs_in_has_been_active_today(unit: Unit) -> None:
    system = unit.scene.system
    async with system.visiting(unit.other, region=unit.scene.region) as client:
        assert (await client.get("/")).status_code == 200
    today = (await system.today()).isoformat()

    async with system.api("orders", CLERK, region=unit.scene.region) as client:
        asked = {"service_point": (await unit.access_of(unit.other))["default_service_point"]}
        (found,) = (await client.get("/users:access", params=asked)).json()["items"]
    assert found["last_active_on"] == today


async def test_what_is_wrong_is_said_beside_the_field(unit: Unit) -> None:
    system = unit.scene.system
    async with system.visiting(unit.head, region=unit.scene.region) as client:
        answer = await client.post(f"{PAGE}/ny", data={"user": "", "at": unit.place.id})
        role = await client.post(f"{PAGE}/ny", data={"user": "ny-x", "at": unit.place.id})
        whole = {"user": "ny-y", "role": "prescriber", "at": "00000", "asked_by": ""}
        wrong = await wrong_answers(client, f"{PAGE}/ny", whole, whole)

    assert answer.status_code == 422
    assert "Ange användarnamnet." in answer.text
    assert "Ange om användaren ska förskriva" in role.text
    assert wrong == []
