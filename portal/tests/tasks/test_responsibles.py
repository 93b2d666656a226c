"""Kvitteringsansvariga and Frånvaro: T-12, T-13, what others then see, and what goes wrong."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import pytest_asyncio

from contracts.tests.builders.regions import a_responsibles_stated, a_user_stated
from portal.tests.browser import MakeActor
from portal.tests.handover import Handover, a_handover
from portal.tests.hostile import HOSTILE, wrong_answers
from portal.tests.scene import Place, Scene
from portal.tests.system import PortalSystem

CLERK = "kundtjanst1"
PAGE = "/kvitteringsansvariga"
SAVED = "Kvitteringsansvariga är sparade."
SUMMARY = "Det här behöver rättas"


@dataclass(frozen=True, slots=True)
class Team:
    """Three who work at a service point that has said nothing of who answers its transfers."""

    scene: Scene
    place: Place
    anna: str
    bo: str
    cia: str

    @property
    def page(self) -> str:
        """Their service point's page."""
        return f"{PAGE}/{self.place.id}"

    async def has(self, **said: object) -> None:
        """The region states who answers here."""
        stated = a_responsibles_stated(self.place.id, **said)
        await self.scene.system.state([(self.place.id, stated)], region=self.scene.region)

    async def said(self) -> dict[str, object]:
        """What bmb knows of it."""
        system = self.scene.system
        async with system.api("bmb", self.cia, region=self.scene.region) as client:
            answer = await client.get(f"/responsibles/{self.place.id}")
            answer.raise_for_status()
            found: dict[str, object] = answer.json()
        return found

    async def leaves(self, user: str) -> None:
        """The region states that somebody has left."""
        gone = a_user_stated(user, self.place.id, active=False, version=2)
        await self.scene.system.state([(user, gone)], region=self.scene.region)


async def a_team(scene: Scene) -> Team:
    """A team of the test's own."""
    place = scene.place("Rehabiliteringen")
    found = Team(
        scene=scene,
        place=place,
        anna=scene.user(place, name="Anna Ansvarig"),
        bo=scene.user(place, name="Bo Behjälplig"),
        cia=scene.user(place, name="Cia Kollega", roles=("requester",)),
    )
    await scene.set()
    return found


@pytest_asyncio.fixture(loop_scope="session")
async def team(scene: Scene) -> Team:
    """A team, and its service point."""
    return await a_team(scene)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A transfer that waits for a team."""

    team: Team
    handover: Handover
    transfer: str

    @property
    def page(self) -> str:
        """Its page."""
        return f"/bmb/{self.transfer}"


@pytest_asyncio.fixture(loop_scope="session")
async def waiting(team: Team) -> AsyncIterator[Waiting]:
    """A transfer to Anna's team, whose new prescriber is a fourth colleague."""
    handover = await a_handover(team.scene, there=team.place)
    yield Waiting(team, handover, await handover.send(handover.devices[0]))


@pytest.mark.task("T-12")
@pytest.mark.rule("BMB-9b")
async def test_a_unit_says_who_answers_its_transfers_first(actor: MakeActor, team: Team) -> None:
    anna = await actor(team.anna)

    await anna.click("Kvitteringsansvariga")
    await anna.sees("Alla som arbetar här")
    await anna.picture("responsibles-none")
    await anna.accessible()
    await anna.tick("Huvudansvarig", within="Bo Behjälplig")
    await anna.click("Spara")

    await anna.sees(SAVED)
    anna.counts("T-12")
    assert (await team.said())["main"] == team.bo
    await anna.sees("Bara den som är huvudansvarig, eller kundtjänst, ändrar det här.")
    await anna.sees_no("Borta från och med")
    await anna.picture("responsibles-others")
    await anna.accessible()


@pytest.mark.task("T-13")
@pytest.mark.rule("BMB-10a")
async def test_who_is_away_has_a_stand_in_for_those_days(actor: MakeActor, team: Team) -> None:
    await team.has(main=team.anna, substitutes=(team.cia,))
    today = await team.scene.system.today()
    first, last = today + timedelta(days=1), today + timedelta(days=14)
    anna = await actor(team.anna)

    await anna.click("Kvitteringsansvariga")
    await anna.tick("Vikarie vid frånvaro", within="Bo Behjälplig")
    await anna.fill("Borta från och med", first.isoformat())
    await anna.fill("Borta till och med", last.isoformat())
    await anna.picture("responsibles-filled")
    await anna.click("Spara")

    await anna.sees(SAVED)
    await anna.sees("Bo Behjälplig är vikarie från och med")
    anna.counts("T-13")
    await anna.picture("responsibles-absence")
    await anna.accessible()
    known = await team.said()
    assert (known["main"], known["substitutes"]) == (team.anna, [team.cia])
    assert (known["stand_in"], known["absent_from_on"]) == (team.bo, first.isoformat())
    assert known["absent_to_on"] == last.isoformat()
    assert set(_acts(known)) == {team.anna, team.cia}


@pytest.mark.rule("BMB-10a")
async def test_an_absence_is_taken_away_and_the_rest_stays(actor: MakeActor, team: Team) -> None:
    today = await team.scene.system.today()
    await team.has(main=team.anna, substitutes=(team.cia,), stand_in=team.bo, **_days(today, today))
    anna = await actor(team.anna, at=PAGE)
    await anna.sees("Bo Behjälplig", within="Kvitterar i dag")

    await anna.click("Ta bort frånvaron")

    await anna.sees(SAVED)
    await anna.sees_no("är vikarie")
    known = await team.said()
    assert (known["stand_in"], known["main"], known["substitutes"]) == (
        None,
        team.anna,
        [team.cia],
    )


@pytest.mark.rule("BMB-9a")
async def test_several_share_it_and_who_is_none_of_them_is_told_who_is(
    actor: MakeActor, waiting: Waiting
) -> None:
    team = waiting.team
    await team.has(main=team.anna, substitutes=(team.bo,))
    cia = await actor(team.cia, at="/bmb/att-gora")

    await cia.sees("Anna Ansvarig, Bo Behjälplig")
    await cia.sees_no("Avslå")
    await cia.sees_no("Godkänn markerade")
    await cia.picture("bmb-to-do-of-others")
    await cia.accessible()
    await cia.goes(waiting.page)
    await cia.sees_no("Svara")
    await cia.picture("bmb-transfer-of-others")
    await cia.accessible()

    bo = await actor(team.bo, at="/bmb/att-gora")
    await bo.click("Godkänn")
    await bo.sees("Bytet är godkänt.")


@pytest.mark.rule("BMB-9c", "BMB-10a")
async def test_who_sent_sees_whom_to_reach_and_the_stand_in_while_he_is_away(
    actor: MakeActor, waiting: Waiting
) -> None:
    team, handover = waiting.team, waiting.handover
    today = await team.scene.system.today()
    await team.has(main=team.anna, substitutes=(team.cia,))
    sven = await actor(handover.sender, at="/bmb/obesvarade")
    await sven.sees("Anna Ansvarig", within=handover.patient.name)

    await team.has(
        main=team.anna, substitutes=(team.cia,), stand_in=team.bo, version=2, **_days(today, today)
    )
    await sven.reload()

    await sven.sees("Bo Behjälplig", within=handover.patient.name)
    await sven.sees_no("Anna Ansvarig")
    await sven.picture("bmb-unanswered-stand-in")
    await sven.goes(waiting.page)
    assert (await sven.text_of("dt:text-is('Kontakt') + dd"))[0].startswith("Bo Behjälplig")
    await sven.sees("Anna Ansvarig", within="Kvitteras av")
    await sven.accessible()


async def test_customer_service_finds_what_nobody_answers_for_and_names_somebody(
    actor: MakeActor, waiting: Waiting
) -> None:
    team = waiting.team
    await team.has(main=team.anna)
    await team.leaves(team.anna)
    kim = await actor(CLERK)

    await kim.click("Utan huvudansvarig")
    await kim.sees("1", within=team.place.id)
    await kim.picture("responsibles-vacant")
    await kim.accessible()
    await kim.click(f"{team.place.id} Rehabiliteringen")
    await kim.sees("Ingen är huvudansvarig.")
    await kim.tick("Huvudansvarig", within="Bo Behjälplig")
    await kim.fill("Vem bad om det", team.bo)
    await kim.picture("responsibles-staff")
    await kim.accessible()
    await kim.click("Spara")

    await kim.sees(SAVED)
    await kim.is_at(PAGE)
    await kim.sees_no(team.place.id)
    await kim.goes(team.page)
    await kim.click("Varför är det så?")
    await kim.sees("Emil Lundmark")
    await kim.picture("responsibles-story")
    await kim.accessible()
    assert (await team.said())["main"] == team.bo


async def test_customer_service_searches_by_code_and_by_name(actor: MakeActor, team: Team) -> None:
    other = team.scene.place(f"Ögonmottagningen {team.place.id}")
    await team.scene.set()
    kim = await actor(CLERK, at=PAGE)
    for query in (other.id, f"ögonmottagningen {team.place.id}"):
        await kim.fill("Kund/leveransadress", query)
        await kim.click("Visa")
        await kim.sees(f"{other.id} Ögonmottagningen")
    await kim.picture("responsibles-search")
    await kim.accessible()
    await kim.fill("Kund/leveransadress", HOSTILE["script"])
    await kim.click("Visa")
    await kim.sees("Ingen träff.")


async def test_what_is_refused_stands_beside_its_field_and_nothing_is_lost(
    actor: MakeActor, team: Team
) -> None:
    await team.has(main=team.anna)
    today = await team.scene.system.today()
    anna = await actor(team.anna, at=PAGE)

    await anna.tick("Ersättare", within="Cia Kollega")
    await anna.tick("Vikarie vid frånvaro", within="Bo Behjälplig")
    await anna.fill("Borta från och med", (today + timedelta(days=9)).isoformat())
    await anna.fill("Borta till och med", (today + timedelta(days=2)).isoformat())
    await anna.click("Spara")

    await anna.sees(SUMMARY)
    await anna.picture("responsibles-error")
    await anna.accessible()
    await anna.has("Borta från och med", (today + timedelta(days=9)).isoformat())
    assert await anna.page.locator(f"[name=substitute][value={team.cia}]").is_checked()
    assert (await team.said())["stand_in"] is None
    await anna.fill("Borta till och med", (today + timedelta(days=20)).isoformat())
    await anna.click("Spara")
    await anna.sees(SAVED)


async def test_it_is_said_by_keyboard_alone(actor: MakeActor, team: Team) -> None:
    anna = await actor(team.anna, at=PAGE)

    await anna.reach("Huvudansvarig: Anna Ansvarig")
    await anna.press("Space")
    await anna.reach("Spara")
    await anna.press("Enter")

    await anna.sees(SAVED)
    assert (await team.said())["main"] == team.anna


async def test_it_is_said_without_script_and_twice_does_it_once(
    actor: MakeActor, team: Team
) -> None:
    anna = await actor(team.anna, at=PAGE, script=False)

    await anna.tick("Huvudansvarig", within="Anna Ansvarig")
    await anna.double_click("Spara")

    await anna.sees(SAVED)
    await anna.sees_no(SUMMARY)


async def test_who_works_at_several_units_says_it_of_each(actor: MakeActor, scene: Scene) -> None:
    here, there = scene.place("Rehabiliteringen"), scene.place("Hörselcentralen")
    user = scene.user(here, there, name="Anna Ansvarig")
    await scene.set()
    anna = await actor(user, at=PAGE)

    await anna.click(f"{there.id} Hörselcentralen")
    await anna.tick("Huvudansvarig", within="Anna Ansvarig")
    await anna.picture("responsibles-two-units")
    await anna.accessible()
    await anna.click("Spara")

    await anna.sees(SAVED)
    await anna.is_at(f"{PAGE}/{there.id}")
    await anna.sees("Hörselcentralen")


async def test_what_nobody_typed_is_refused_or_shown_as_text(
    portal_system: PortalSystem, team: Team
) -> None:
    today = await portal_system.today()
    whole = {
        "main": team.anna,
        "substitute": team.bo,
        "stand_in": team.cia,
        "absent_from_on": today.isoformat(),
        "absent_to_on": today.isoformat(),
        "asked_by": team.anna,
    }
    async with portal_system.visiting(team.anna) as client:
        assert await wrong_answers(client, team.page, whole, whole) == []
    async with portal_system.visiting(CLERK) as client:
        assert await wrong_answers(client, team.page, whole, whole) == []


async def test_a_foreign_unit_is_not_there_and_a_strangers_word_changes_nothing(
    portal_system: PortalSystem, scene: Scene, team: Team
) -> None:
    stranger = scene.user(scene.place())
    await scene.set()
    await team.has(main=team.anna)
    said = {"main": stranger}
    async with portal_system.visiting(stranger) as client:
        shown = await client.get(team.page)
        told = await client.post(team.page, data=said)
    async with portal_system.visiting("f101", region="bd") as client:
        foreign = await client.get(team.page)
        foreign_told = await client.post(team.page, data=said)

    assert (shown.status_code, told.status_code) == (404, 404)
    assert (foreign.status_code, foreign_told.status_code) == (404, 404)
    assert (await team.said())["main"] == team.anna


async def test_without_the_register_one_still_sees_who_answers(
    actor: MakeActor, team: Team, portal_system: PortalSystem
) -> None:
    await team.has(main=team.anna)
    anna = await actor(team.anna)
    async with portal_system.without("orders"):
        await anna.goes(PAGE)
        await anna.sees("Beställningar svarar inte just nu")
        await anna.sees(team.anna, within="Kvitterar i dag")
        await anna.accessible()


def _days(first: date, last: date) -> dict[str, object]:
    return {"absent_from_on": first, "absent_to_on": last}


def _acts(known: dict[str, object]) -> list[str]:
    acts = known["acts_today"]
    assert isinstance(acts, list)
    return acts
