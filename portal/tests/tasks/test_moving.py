"""Patienten flyttar: T-58, and what goes wrong on the way."""

from pathlib import Path

import pytest

from portal.tests.beside import silent
from portal.tests.browser import Actor, MakeActor
from portal.tests.fetching import CLERK
from portal.tests.hostile import HOSTILE, is_text
from portal.tests.leaving import Leaving, a_leaving
from portal.tests.scene import Scene

SEARCH = "Sök personnummer"
WHERE_TO = "Till den andra regionen"
LETTER = "Region Uppsala, Box 602, 751 25 Uppsala. Kontakt: Kim Hjälpmedel, 018-611 00 00."


async def at_page(actor: MakeActor, leaving: Leaving, *, script: bool = True) -> Actor:
    """The prescriber at the page of who leaves."""
    return await actor(leaving.user, at=leaving.page, script=script)


def choice(number: str) -> str:
    """What the choice of a line is called."""
    return f"Vad som görs med {number}"


@pytest.mark.task("T-58")
@pytest.mark.rule("CAS-1j", "INV-7a", "INV-7d")
async def test_what_a_patient_who_leaves_has_is_offered_taken_back_and_scrapped(
    actor: MakeActor, leaving: Leaving
) -> None:
    anna = await actor(leaving.user)

    await anna.fill(SEARCH, leaving.patient.number)
    await anna.press("Enter")
    await anna.click("Patienten flyttar")
    await anna.sees("Skrotas: huvudhjälpmedel under regionens gräns.", within=leaving.cheap)
    await anna.sees("Omärkt, och skrotas inte: återtas.", within=leaving.accessory)
    await anna.has(choice(leaving.bed), "offer")
    await anna.sees("2 erbjuds regionen dit patienten flyttar, i ett ärende till kundtjänst")
    await anna.picture("moving-new")
    await anna.accessible()
    await anna.fill(WHERE_TO, LETTER)
    await anna.click("Genomför")
    await anna.sees("Allt är gjort.")
    await anna.sees("Återtaget och skrotat.", within=leaving.cheap)
    await anna.sees(f"Återtaget till förråd {leaving.place.store}.", within=leaving.accessory)
    await anna.picture("moving-done")
    await anna.accessible()
    await leaving.system.settle()

    kim = await actor(CLERK)
    await kim.click("Nytt ärende")
    await kim.sees(LETTER)
    await kim.sees(leaving.bed)
    await kim.picture("case-moving-answering")
    await kim.accessible()
    await kim.click("Gjort")
    await kim.sees("Svaret är lämnat.")
    anna.counts("T-58", kim)
    assert await leaving.left() == []
    await anna.goes(leaving.page)
    await anna.sees("Köpet är överenskommet med den andra regionen.", within=leaving.bed)
    await anna.has(choice(leaving.bed), "stay")
    await anna.picture("moving-agreed")
    await anna.accessible()


@pytest.mark.rule("CAS-1j", "INV-7a")
async def test_what_is_not_bought_is_taken_back_or_sent_where_its_area_says_so(
    actor: MakeActor, leaving: Leaving
) -> None:
    case = await leaving.offered(leaving.bed, leaving.aid)
    kim = await actor(CLERK, at=f"/arenden/{case['case_id']}")
    await kim.fill("Svar", "Regionen har egna.")
    await kim.click("Neka")
    await kim.sees("Svaret är lämnat.")
    anna = await actor(leaving.user, at=f"/arenden/{case['case_id']}")
    await anna.picture("case-moving-refused")
    await anna.accessible()

    await anna.click("Ta tillbaka hjälpmedlen")
    await anna.has(choice(leaving.bed), "store")
    await anna.has(choice(leaving.aid), "pickup:sent_by_post")
    await anna.picture("moving-back")
    await anna.accessible()
    await anna.click("Genomför")

    await anna.sees("Allt är gjort.")
    await anna.sees("Hämtas", within=leaving.aid)
    assert not await leaving.has(leaving.bed)


@pytest.mark.rule("INV-7a")
async def test_a_unit_without_a_store_has_it_fetched(actor: MakeActor, scene: Scene) -> None:
    leaving = await a_leaving(scene, with_store=False)
    anna = await at_page(actor, leaving)

    await anna.choose(choice(leaving.bed), "Hämtas till centrallagret")
    await anna.choose(choice(leaving.aid), "Inget nu")
    await anna.click("Genomför")
    await anna.sees("Inget är gjort än.")
    await anna.sees("1 hämtas eller skickas till centrallagret, med en hämtorder")
    await anna.picture("moving-changed")
    await anna.accessible()
    await anna.click("Genomför")

    await anna.sees("Allt är gjort.")
    await anna.goes(f"/mottagare/{leaving.person}")
    await anna.sees("Ska hämtas", within=leaving.bed)


async def test_each_line_that_is_refused_says_why_and_the_way_on(
    actor: MakeActor, scene: Scene
) -> None:
    leaving = await a_leaving(scene, phone=None)
    anna = await at_page(actor, leaving)
    await anna.choose(choice(leaving.bed), "Hämtas till centrallagret")
    await anna.choose(choice(leaving.aid), "Inget nu")
    await anna.click("Genomför")
    await anna.click("Genomför")

    await anna.sees("1 av 3 blev inte gjort. Resten är gjort.")
    await anna.sees("Återtaget och skrotat.", within=leaving.cheap)
    await anna.picture("moving-partly")
    await anna.accessible()
    await anna.click("Beställ hämtning", within=leaving.bed)

    await anna.is_at("/hamtordrar/ny")


@pytest.mark.rule("CAS-1j")
async def test_what_is_taken_back_and_offered_is_that_once_however_often_it_is_sent(
    actor: MakeActor, leaving: Leaving
) -> None:
    anna = await at_page(actor, leaving, script=False)
    await anna.fill(WHERE_TO, HOSTILE["script"])

    await anna.double_click("Genomför")
    await anna.sees("Allt är gjort.")
    await anna.accessible()
    await anna.goes(leaving.page)
    await anna.sees("Erbjuds redan: ärendet väntar på svar.", within=leaving.bed)
    await anna.sees_no("Genomför")

    (case,) = await leaving.cases()
    assert len(case["devices"]) == 2
    assert await leaving.left() == []
    await anna.click("Ärendet", within=leaving.bed)
    await anna.sees(HOSTILE["script"])


@pytest.mark.rule("CAS-1j")
async def test_the_list_of_what_is_offered_is_printed_from_the_case(leaving: Leaving) -> None:
    case = await leaving.offered()

    async with leaving.system.visiting(leaving.user) as anna:
        page = await anna.get(f"/arenden/{case['case_id']}")
        printed = await anna.get(f"/arenden/{case['case_id']}/lista")

    assert f"/arenden/{case['case_id']}/lista" in page.text
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.content.startswith(b"%PDF")


async def test_what_is_missing_is_said_before_anything_is_done(
    actor: MakeActor, leaving: Leaving
) -> None:
    anna = await at_page(actor, leaving)

    await anna.reach("Genomför")
    await anna.press("Enter")
    await anna.sees("Skriv vart patienten flyttar, fakturaadressen och kontaktpersonen.")
    await anna.picture("moving-error")
    await anna.accessible()

    assert await leaving.left() == sorted([leaving.accessory, leaving.cheap])
    assert await leaving.cases() == []


async def test_what_was_claimed_meanwhile_is_refused_and_the_rest_is_done(
    actor: MakeActor, leaving: Leaving
) -> None:
    anna = await at_page(actor, leaving)
    await leaving.offered(leaving.bed)

    await anna.fill(WHERE_TO, LETTER)
    await anna.click("Genomför")

    await anna.sees("Hjälpmedlet erbjuds redan", within=leaving.bed)
    await anna.sees("Återtaget och skrotat.", within=leaving.cheap)
    await anna.accessible()
    assert len(await leaving.cases()) == 1


async def test_what_no_page_writes_does_nothing(leaving: Leaving) -> None:
    async with leaving.system.visiting(leaving.user) as anna:
        for sent in (
            {"d-../x": "offer", "u-1.x.1": "store", "text": LETTER},
            {f"d-{leaving.bed}": "sell"},
            {f"u-{leaving.bed}.1.1": "offer"},
            {f"d-{leaving.bed}": HOSTILE["script"], "text": HOSTILE["image"]},
        ):
            answer = await anna.post(leaving.page, data=sent)

            assert answer.status_code == 422, sent
            assert is_text(answer.text)
    assert await leaving.has(leaving.bed)
    assert await leaving.cases() == []


async def test_another_units_patient_is_a_page_that_does_not_exist(
    scene: Scene, leaving: Leaving
) -> None:
    other = scene.user(scene.place())
    await scene.set()

    async with leaving.system.visiting(other) as bo:
        answers = [await bo.get(leaving.page), await bo.post(leaving.page, data={"text": "x"})]

    assert [one.status_code for one in answers] == [404, 404]


async def test_a_silent_store_leaves_what_is_done_and_is_asked_again(
    leaving: Leaving, tmp_path: Path
) -> None:
    async with silent(leaving.system, "inventory", leaving.user, tmp_path) as anna:
        page = await anna.get(leaving.page)

    assert page.status_code == 200
    assert "Lager och hjälpmedel svarar inte just nu" in page.text
