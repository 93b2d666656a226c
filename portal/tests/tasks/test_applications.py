"""Enskild förskrivning: T-64, and what goes wrong on the way."""

from uuid import uuid4

import pytest

from contracts.tests.builders.regions import a_user_stated
from portal.tests.browser import Actor, MakeActor
from portal.tests.crawling import read_page
from portal.tests.fetching import CLERK
from portal.tests.hostile import is_text, wrong_answers
from portal.tests.scene import Scene
from portal.tests.working import APPLIED, Working

SEARCH = "Sök personnummer"


async def write(anna: Actor) -> None:
    """Every point of an application."""
    await anna.fill("Leverantör", "Hörtech AB")
    await anna.fill("Leverantörens artikelnummer", "HT-77")
    await anna.fill("Leverantörens artikelbenämning", "Streamer X")
    await anna.tick("Ja, CE-märkt")
    await anna.fill("Behovet", "Hör inte läraren.")
    await anna.fill("Vad som har provats eller övervägts", "Streamer ur sortimentet.")
    await anna.tick("Jag försäkrar att förskrivarens ansvar")


@pytest.mark.task("T-64")
@pytest.mark.rule("ACT-5a", "ACT-5b", "ORD-5a")
async def test_what_the_assortment_does_not_have_is_applied_for_and_decided(
    actor: MakeActor, scene: Scene, working: Working
) -> None:
    article = scene.article("Streamer X", marked=False, in_assortment=False)
    await scene.set()
    anna = await actor(working.user)
    await anna.fill(SEARCH, working.home.patient.number)
    await anna.press("Enter")
    await anna.click("Enskild förskrivning")
    await anna.picture("application-new")
    await anna.accessible()
    await write(anna)
    await anna.click("Ansök")
    await anna.is_at("/arbetsordrar/*")
    await anna.sees("är registrerad.")
    anna.counts("T-64")
    await anna.picture("application-registered")
    await anna.accessible()
    number = anna.path

    kim = await actor(CLERK)
    await kim.click("Ansökningar att besluta")
    await kim.picture("applications")
    await kim.accessible()
    await kim.goes(number)
    await kim.click("Besluta")
    await kim.sees("Välj beslutet.")
    await kim.tick("Ej godkänd")
    await kim.click("Besluta")
    await kim.sees("Skriv skälet, så att den som ansökte vet varför.")
    await kim.picture("application-decide-error")
    await kim.accessible()
    await kim.tick("Godkänd")
    await kim.fill("Artikel som får beställas", article)
    await kim.click("Besluta")
    await kim.sees("Ansökan är beslutad.")

    await anna.reload()
    await anna.sees(f"Artikel {article} får beställas till mottagaren.")
    await anna.picture("application-approved")
    await anna.accessible()


@pytest.mark.rule("ACT-5f", "ORD-1e")
async def test_what_was_approved_is_ordered_by_its_application_also_by_a_draft(
    actor: MakeActor, working: Working, scene: Scene
) -> None:
    article = scene.article("Specialstol", in_assortment=False)
    await scene.set()
    applied = await working.application()
    await working.done(applied, "decide", {"outcome": "approved", "article_number": article})
    anna = await actor(working.user, at=f"/arbetsordrar/{applied['work_order_id']}")

    await anna.click("Beställ den")
    await anna.sees("Så blir beställningen")
    await anna.click("Spara utkast")
    await anna.sees("Utkastet är sparat")
    await anna.page.locator("a[href*='utkast=']").click()
    await anna.sees("Så blir beställningen")
    await anna.sees(article, within="Specialstol")
    await anna.click("Skicka beställning")

    await anna.sees("är skickad.")


@pytest.mark.rule("ACT-5d")
async def test_all_that_is_missing_is_said_beside_each_field(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user, at=f"/arbetsordrar/ansokan?person={working.home.person}")

    await anna.fill("Leverantör", "Hörtech AB")
    await anna.click("Ansök")

    await anna.sees("Skriv leverantörens artikelnummer.")
    await anna.sees("Svara om produkten är CE-märkt.")
    await anna.sees("Beskriv behovet.")
    await anna.sees("Skriv vad som har provats")
    await anna.sees("Försäkra att förskrivarens ansvar är uppfyllt.")
    await anna.has("Leverantör", "Hörtech AB")
    await anna.picture("application-errors")
    await anna.accessible()


@pytest.mark.rule("ACT-5c")
async def test_a_type_that_is_missing_goes_to_the_assortment_manager_without_script(
    actor: MakeActor, working: Working
) -> None:
    anna = await actor(working.user, at="/arbetsordrar/ansokan", script=False)
    await anna.click("Fortsätt")
    await anna.sees("Skriv personnumret med 12 siffror")
    await anna.fill("Personnummer", working.home.patient.hyphenated)
    await anna.click("Fortsätt")
    await anna.sees(working.home.patient.name)
    await write(anna)
    await anna.tick("Sortimentet har ingen sådan typ")
    await anna.click("Ansök")
    await anna.sees("Väntar på beslut")

    kim = await actor(CLERK, at=anna.path)
    await kim.tick("Godkänd")
    await kim.fill("Artikel som får beställas", working.home.article)
    await kim.click("Besluta")
    await kim.sees("Sortimentet har ingen sådan typ: lämna över till sortimentsansvarig")
    await kim.tick("Lämnad till sortimentsansvarig")
    await kim.fill("Artikel som får beställas", "")
    await kim.fill("Skäl", "Typen prövas i vår.")
    await kim.click("Besluta")

    await kim.sees("Typen prövas i vår.")
    await kim.picture("application-referred")
    await kim.accessible()


@pytest.mark.rule("ACT-5g")
async def test_a_draft_is_kept_and_a_colleague_goes_on_with_it_and_applies(
    actor: MakeActor, scene: Scene, working: Working
) -> None:
    colleague = scene.user(working.place)
    await scene.set()
    anna = await actor(working.user, at=f"/arbetsordrar/ansokan?person={working.home.person}")
    await anna.fill("Leverantörens artikelbenämning", "Streamer X")
    await anna.click("Spara utkast")
    await anna.is_at("/arbetsordrar/ansokan/*")
    await anna.sees("Utkastet är sparat. Inget är sökt ännu. Det saknar: leverantör,")
    await anna.sees("Tas bort den")
    await anna.has("Leverantörens artikelbenämning", "Streamer X")
    await anna.picture("application-draft")
    await anna.accessible()
    await anna.goes(f"/mottagare/{working.home.person}?flik=arbetsordrar")
    await anna.sees("Utkast till ansökningar")
    await anna.accessible()
    await anna.picture("application-drafts-recipient")

    bo = await actor(colleague, at="/arbetsordrar")
    await bo.sees("Utkast till ansökningar")
    await bo.picture("application-drafts")
    await bo.accessible()
    await bo.click("Streamer X")
    await bo.click("Ansök")
    await bo.sees("Skriv leverantören.")
    await write(bo)
    await bo.click("Ansök")
    await bo.is_at("/arbetsordrar/*")
    await bo.sees("är registrerad.")

    await anna.goes("/arbetsordrar")
    await anna.sees_no("Utkast till ansökningar")
    await anna.sees("1 träff")


@pytest.mark.rule("ACT-5g")
async def test_two_tabs_that_save_the_same_draft(actor: MakeActor, working: Working) -> None:
    kept = await working.draft(supplier="Hörtech AB")
    page = f"/arbetsordrar/ansokan/{kept['draft_id']}"
    anna = await actor(working.user, at=page)
    other = await actor(working.user, at=page, script=False)
    await other.fill("Leverantör", "Först AB")
    await other.click("Spara utkast")
    await other.sees("Utkastet är sparat.")

    await anna.fill("Leverantör", "Sist AB")
    await anna.click("Spara utkast")
    await anna.sees("Utkastet har ändrats sedan du öppnade det.")
    await anna.sees("Det du har skrivit står kvar här, men är inte sparat.")
    await anna.has("Leverantör", "Sist AB")
    await anna.picture("application-draft-changed")
    await anna.accessible()
    await anna.click("Spara mitt i stället")
    await anna.sees("Utkastet är sparat.")

    await other.reload()
    await other.has("Leverantör", "Sist AB")


@pytest.mark.rule("ACT-5g")
async def test_a_draft_is_thrown_away_when_one_has_been_asked(
    actor: MakeActor, working: Working
) -> None:
    kept = await working.draft(supplier_article_name="Streamer X")
    page = f"/arbetsordrar/ansokan/{kept['draft_id']}"
    late = await actor(working.user, at=page)
    anna = await actor(working.user, at=page, script=False)
    await anna.click("Kasta utkastet")
    await anna.sees("Det går inte att få tillbaka.")
    await anna.picture("application-draft-discard")
    await anna.accessible()
    await anna.click("Behåll det")
    await anna.click("Kasta utkastet")
    await anna.click("Kasta utkastet")
    await anna.sees("Utkastet är kastat.")

    assert await anna.goes(page) == 404
    await late.click("Spara utkast")
    await late.sees("Utkastet finns inte kvar")
    await late.has("Leverantörens artikelbenämning", "Streamer X")
    await late.click("Spara utkast")
    await late.sees("Utkastet är sparat.")


@pytest.mark.rule("ACT-5g")
async def test_a_draft_takes_whatever_is_written_as_text(working: Working) -> None:
    kept = await working.draft()
    whole = {
        "do": "keep",
        "person": working.home.person,
        "service_point": working.place.id,
        "draft": kept["draft_id"],
        "version": "1",
        "need": "Hör inte läraren.",
    }
    fields = ["need", "supplier", "version", "draft", "person", "service_point", "do", "tried"]

    async with working.system.visiting(working.user) as client:
        wrong = await wrong_answers(client, "/arbetsordrar/ansokan", whole, fields)
        listed = await client.get("/arbetsordrar")
        discarded = await client.post(
            f"/arbetsordrar/ansokan/{kept['draft_id']}/kasta", data={"version": "x"}
        )

    assert wrong == []
    assert is_text(listed.text)
    assert discarded.status_code == 422


@pytest.mark.rule("ACT-5g")
async def test_nobody_elsewhere_sees_a_draft(
    actor: MakeActor, scene: Scene, working: Working
) -> None:
    elsewhere = scene.user(scene.place())
    await scene.set()
    kept = await working.draft(need="Hör inte läraren.")

    for user in (elsewhere, CLERK):
        anna = await actor(user)
        assert await anna.goes(f"/arbetsordrar/ansokan/{kept['draft_id']}") == 404
        assert await anna.goes(f"/arbetsordrar/ansokan/{kept['draft_id']}/kasta") == 404


WRITTEN = {
    "supplier": "Hörtech AB",
    "supplier_article_number": "HT-77",
    "supplier_article_name": "Streamer X",
    "is_ce_marked": "nej",
    "need": "Hör inte läraren.\nInte heller kamraterna.",
    "tried": "Streamer ur sortimentet.",
    "why_not_tried": "Annat finns inte.",
    "is_type_missing": "1",
    "attests_responsibility": "1",
    "requester": "k082lno",
}
"""Every field of an application."""


@pytest.mark.rule("ACT-5g")
@pytest.mark.parametrize("do", ["other", "keep", "apply", "find"])
async def test_what_is_written_is_not_lost_where_the_recipient_is(
    working: Working, do: str
) -> None:
    kept = await working.draft(need="Det som är sparat.")
    nobody = {"other": working.home.person}.get(do, str(uuid4()))
    whole = WRITTEN | {"service_point": working.place.id, "draft": kept["draft_id"], "version": "1"}

    async with working.system.visiting(working.user) as client:
        address = "/arbetsordrar/ansokan"
        answer = await client.post(address, data={**whole, "person": nobody, "do": do})
        page = read_page(address, answer)
        (form,) = [one for one in page.forms if one.action == address]
        asked = dict(form.fields) | {"number": working.home.patient.number, "do": "find"}
        found = read_page(address, await client.post(address, data=asked))

    assert working.home.patient.name not in answer.text
    assert whole.items() <= dict(form.fields).items()
    assert working.home.patient.name in found.text
    assert {one for one in whole.values() if one not in found.text} == set()
    assert found.text.count(" checked>") == 3


@pytest.mark.rule("ACT-5g")
async def test_who_has_moved_goes_on_with_a_draft_where_they_are_now(
    actor: MakeActor, scene: Scene, working: Working
) -> None:
    there = scene.place("Hälsocentralen Dalen")
    await scene.set()
    kept = await working.draft(**APPLIED)
    stated = a_user_stated(working.user, there.id, version=2)
    await working.system.state([(working.user, stated)])

    anna = await actor(working.user, at=f"/arbetsordrar/ansokan/{kept['draft_id']}")
    await anna.sees("Hälsocentralen Dalen")
    await anna.click("Spara utkast")
    await anna.sees("Utkastet är sparat.")
    await anna.click("Ansök")
    await anna.sees("är registrerad.")


@pytest.mark.rule("ACT-5g")
async def test_whom_customer_service_writes_for_stays_when_a_colleague_saves(
    scene: Scene, working: Working
) -> None:
    other = scene.user(working.place)
    await scene.set()
    identity = {"kind": "personal_number", "number": working.home.patient.number}
    sought = {"identity": identity, "purpose": "case"}
    await working.system.done(CLERK, "/persons:find", sought)
    kept = await working.system.done(
        CLERK,
        "/application-drafts",
        {
            "recipient": {"kind": "patient", "person": working.home.person},
            "service_point": working.place.id,
            "requester": other,
            "application": APPLIED,
        },
    )
    address = "/arbetsordrar/ansokan"
    page = f"{address}/{kept['draft_id']}"
    texts = {name: one for name, one in WRITTEN.items() if name != "requester"}

    async with (
        working.system.visiting(working.user) as client,
        working.system.api("orders", working.user) as orders,
    ):
        form = dict(read_page(page, await client.get(page)).forms[-1].fields)
        saved = await client.post(address, data={**form, **texts, "do": "keep"})
        view = (await orders.get(f"/application-drafts/{kept['draft_id']}")).json()
        form = dict(read_page(page, await client.get(page)).forms[-1].fields)
        sent = await client.post(address, data={**form, **texts, "do": "apply"})

    assert (saved.status_code, sent.status_code) == (303, 303)
    assert (view["version"], view["requester"]) == (2, other)


@pytest.mark.rule("ACT-5g")
async def test_what_was_gone_back_to_and_sent_again_is_said_in_words(working: Working) -> None:
    whole = {"do": "keep", "person": working.home.person, "_key": str(uuid4())}

    async with working.system.visiting(working.user) as client:
        await client.post("/arbetsordrar/ansokan", data={**whole, "need": "Först."})
        again = await client.post("/arbetsordrar/ansokan", data={**whole, "need": "Sedan."})

    assert again.status_code == 422
    assert "Sidan har redan skickats, med andra uppgifter" in again.text
    assert "Idempotency-Key" not in again.text
    assert "Sedan." in again.text


@pytest.mark.rule("ACT-5g")
async def test_every_draft_is_reached_and_no_list_says_for_whom(
    actor: MakeActor, scene: Scene, working: Working
) -> None:
    colleague = scene.user(working.place)
    await scene.set()
    for number in range(21):
        await working.draft(supplier_article_name=f"Streamer nummer {number}.")

    bo = await actor(colleague, at="/arbetsordrar")
    await bo.sees_no("Streamer nummer 0.")
    await bo.sees_no(working.home.patient.name)
    await bo.click("Alla utkast")
    await bo.sees("Streamer nummer 0.")
    await bo.picture("application-drafts-all")
    await bo.accessible()
    await bo.click("Visa bara mina")
    await bo.sees("Inga utkast.")


async def test_it_begins_from_nobody_by_keyboard_alone(actor: MakeActor, working: Working) -> None:
    anna = await actor(working.user, at="/arbetsordrar/ansokan")
    await anna.picture("application-empty")
    await anna.accessible()

    await anna.reach("Personnummer")
    await anna.write(working.home.patient.number)
    await anna.press("Enter")

    await anna.sees(working.home.patient.name)
    assert working.home.patient.number not in anna.page.url


@pytest.mark.rule("ORD-19a", "ACT-5f")
async def test_what_was_approved_is_ordered_again_by_its_application(
    actor: MakeActor, scene: Scene, working: Working
) -> None:
    article = scene.article("Specialstol", in_assortment=False)
    await scene.set()
    applied = await working.application()
    decision = {"outcome": "approved", "article_number": article}
    await working.done(applied, "decide", decision)
    first = {
        "recipient": {"kind": "patient", "person": working.home.person},
        "prescriber": working.user,
        "service_point": working.place.id,
        "lines": [{"article_number": article, "application": applied["work_order_id"]}],
        "delivery": {"to": {"kind": "unit"}},
    }
    order = await working.system.done(working.user, "/orders", first)
    anna = await actor(working.user, at=f"/bestallningar/{order['order_id']}")

    await anna.click("Beställ likadant")
    await anna.sees("Så blir beställningen")
    await anna.click("Skicka beställning")

    await anna.sees("är skickad.")
