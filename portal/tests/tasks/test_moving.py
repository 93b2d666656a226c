"""Patienten flyttar: T-58, and what goes wrong on the way."""

from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from kvitt_portal.forms import Form
from kvitt_portal.pages import moving_plan
from kvitt_portal.pages.registering import digest_of

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


async def test_what_was_claimed_meanwhile_is_said_at_its_line_before_the_rest_is_done(
    actor: MakeActor, leaving: Leaving
) -> None:
    anna = await at_page(actor, leaving)
    await leaving.offered(leaving.bed)

    await anna.fill(WHERE_TO, LETTER)
    await anna.click("Genomför")

    await anna.sees("Hjälpmedlet erbjuds redan", within=leaving.bed)
    await anna.has(WHERE_TO, LETTER)
    await anna.picture("moving-refused")
    await anna.accessible()
    assert len(await leaving.cases()) == 1
    assert len(await leaving.left()) == 2
    await anna.click("Genomför")
    await anna.sees("Allt är gjort.")
    await anna.sees("Erbjuds: kundtjänst har fått ärendet.", within=leaving.aid)
    await anna.sees("Återtaget och skrotat.", within=leaving.cheap)


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


async def test_a_page_of_another_day_is_shown_anew_and_does_nothing(leaving: Leaving) -> None:
    async with leaving.system.visiting(leaving.user) as anna:
        sent = fields_of(await anna.get(leaving.page)) | {"text": LETTER, "on": "2026-05-04"}
        shown = await anna.post(leaving.page, data=seen(sent))
        again = await anna.post(leaving.page, data=seen(sent) | {"again": "1"})

    assert "Inget är gjort än." in shown.text
    assert "Returdag: " in shown.text
    now = fields_of(shown)
    assert (now["on"] != sent["on"], now["_key"] != sent["_key"]) == (True, True)
    assert "Vad som gjordes" in again.text  # what was begun is done on its own day


@pytest.mark.rule("INV-7a")
async def test_what_comes_back_goes_to_the_store_of_the_service_point_that_is_written(
    scene: Scene, leaving: Leaving
) -> None:
    other, without = scene.place(), scene.place(with_store=False)
    await scene.set()
    async with leaving.system.visiting(CLERK) as kim:
        await kim.post("/sok", data={"q": leaving.patient.number})  # opens the person
        sent = fields_of(await kim.get(leaving.page)) | {"text": LETTER}
        moved = await kim.post(leaving.page, data=sent | {"service_point": other.id})
        central = await kim.post(leaving.page, data=sent | {"service_point": without.id})

    assert sent["store"] == leaving.place.store
    assert "Inget är gjort än." in moved.text
    assert f"Återta till förråd {other.store}" in moved.text
    assert fields_of(moved)["store"] == other.store
    assert fields_of(central)["store"] not in ("", other.store, leaving.place.store)
    assert len(await leaving.left()) == 2


@pytest.mark.rule("REF-7c")
async def test_a_unit_without_a_store_is_proposed_no_other_units(scene: Scene) -> None:
    leaving = await a_leaving(scene, with_store=False)
    shop = scene.place()
    both = scene.user(leaving.place, shop)
    await scene.set()
    await scene.ref(leaving.patient, opened_to=both)

    async with leaving.system.visiting(both) as anna:
        page = await anna.get(leaving.page)

    assert fields_of(page)["service_point"] == leaving.place.id
    assert shop.store not in page.text
    assert "Återta till förråd" not in page.text


async def test_a_silent_store_is_sent_one_line_and_keeps_what_was_written(
    leaving: Leaving, tmp_path: Path
) -> None:
    devices = {f"d-{one}": "store" for one in (leaving.bed, leaving.aid)}
    async with leaving.system.visiting(leaving.user) as anna:
        sent = seen(fields_of(await anna.get(leaving.page)) | devices)
    async with silent(leaving.system, "inventory", leaving.user, tmp_path) as anna:
        before = (tmp_path / "portal.log").read_text().count("inventory does not answer")
        done = await anna.post(leaving.page, data=sent)
        after = (tmp_path / "portal.log").read_text().count("inventory does not answer")
        shown = await anna.post(leaving.page, data=sent | {"text": LETTER, "seen": ""})
    async with leaving.system.visiting(leaving.user) as anna:
        again = await anna.post(leaving.page, data=fields_of(done))

    assert "4 av 4 har inte fått svar än." in done.text
    for said in ("Nekat", "Resten är gjort", "Allt är gjort"):
        assert said not in done.text
    assert after - before == 1
    assert LETTER in shown.text
    assert "Lager och hjälpmedel svarar inte just nu" in shown.text
    assert "som du ser" not in shown.text
    assert fields_of(shown)[f"d-{leaving.bed}"] == "store"
    assert await leaving.left() == []
    assert "Återtaget och skrotat." in again.text


def fields_of(page: httpx.Response) -> dict[str, str]:
    """The form that a page has, as it would be sent."""
    form = _Fields()
    form.feed(page.text.partition('action="/mottagare')[2])
    return form.found


def seen(sent: dict[str, str]) -> dict[str, str]:
    """The same, as though the page had shown it so."""
    form = Form(list(sent.items()))
    return sent | {"seen": digest_of(moving_plan.seen_of(form, moving_plan.chosen_of(form)))}


class _Fields(HTMLParser):
    """Reads the fields of the first form of a text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._choice = ""
        self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a field, or the option of a choice that is chosen."""
        has = {name: value or "" for name, value in attrs}
        if self._is_over:
            return
        if tag in ("input", "textarea") and "name" in has:
            self.found[has["name"]] = has.get("value", "")
        elif tag == "select":
            self._choice = has["name"]
        elif tag == "option" and ("selected" in has or self._choice not in self.found):
            self.found[self._choice] = has["value"]

    def handle_endtag(self, tag: str) -> None:
        """The first form alone is read."""
        self._is_over = self._is_over or tag == "form"
