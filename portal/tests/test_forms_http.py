"""Forms and lists that are sent with more, or something else, than their pages let one write."""

import re
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from portal.tests.handover import Handover, a_handover
from portal.tests.hostile import HOSTILE, is_text
from portal.tests.scene import Scene
from portal.tests.ward import Ward

PART = {"HX-Request": "true"}


@pytest_asyncio.fixture(loop_scope="session")
async def anna(ward: Ward) -> AsyncIterator[httpx.AsyncClient]:
    """The ward's prescriber."""
    async with ward.system.visiting(ward.user) as client:
        yield client


@pytest.mark.parametrize("page", ["/bestallningar/ny", "/uttag/nytt"])
async def test_it_is_for_a_patient_or_a_unit_and_never_for_one_of_them_in_silence(
    anna: httpx.AsyncClient, ward: Ward, page: str
) -> None:
    form = {"number": ward.patient.number, "unit": "30110", "article-1": ward.cushion}

    answer = await anna.post(page, data=form)

    assert answer.status_code == 422
    assert "Ange antingen patient eller vårdenhet." in answer.text
    assert f'value="{ward.patient.number}"' in answer.text


async def test_digits_of_other_scripts_are_no_numbers(anna: httpx.AsyncClient) -> None:
    for digits in ("²", "٣", "9" * 4_000):
        for name in ("remove", "quantity-1", "pick", "line"):
            for page in ("/bestallningar/ny", "/uttag/nytt"):
                answer = await anna.post(page, data={"article-1": "x", name: digits})

                assert answer.status_code in (200, 303, 422), (page, name, digits[:9])


async def test_what_is_no_number_of_a_line_and_no_draft_is_said_to_be_none(
    anna: httpx.AsyncClient, ward: Ward
) -> None:
    nothing = f"/inkopsordrar/{UUID(int=0)}/avvikelse"
    deviation = await anna.post(nothing, data={"kind": "short", "line": "²"})
    draft = await anna.get("/bestallningar/ny?utkast=x")
    async with ward.system.visiting("kundtjanst1") as client:
        invoice = {"do": "x", "shown": "²", "price-1": "1", "rate-1": "²"}
        wrong = await client.post("/leverantorsfakturor/ny", data=invoice)

    assert (deviation.status_code, draft.status_code, wrong.status_code) == (404, 404, 422)


async def test_every_field_at_once_is_as_long_as_it_can_be(anna: httpx.AsyncClient) -> None:
    lines = range(1, 8)
    names = {
        "/bestallningar/ny": [f"payer-{n}" for n in lines],
        "/bmb/skicka": ["device", "unit", "receiver", "prescriber", "receiving", "store", "date"],
        "/uttag/nytt": ["prescriber", "service_point", "unit", "payer", "person", "draft"],
    }
    for page, fields in names.items():
        whole = {f"article-{n}": "x" for n in lines}
        answer = await anna.post(page, data=whole | dict.fromkeys(fields, "å" * 3_900))

        assert answer.status_code in (200, 303, 422), page
        assert len(answer.headers.get("location", "")) < 4_000, page


async def test_a_whole_articles_number_leads_to_it_and_back_to_the_search(
    anna: httpx.AsyncClient, ward: Ward
) -> None:
    found = await anna.get(f"/artiklar?query={ward.cushion}")
    back = await anna.get("/artiklar")
    typed = await anna.get(f"/artiklar?query={ward.cushion}", headers=PART)

    assert found.headers["location"] == f"/artiklar/{ward.cushion}"
    assert (back.status_code, typed.status_code) == (200, 200)
    assert "<h1>" not in typed.text


async def test_the_proposed_customer_is_the_one_that_is_chosen(scene: Scene) -> None:
    here, there, third = scene.place(), scene.place(), scene.place()
    sender = scene.user(here)
    receiver = scene.user(there, third)
    patient = scene.person()
    device = scene.device(scene.article(), patient=patient, payer=there.payer, prescriber=sender)
    await scene.set()
    body = {"devices": [device], "execute": True}
    async with scene.system.api("bmb", sender) as client:
        sent = await client.post("/transfers", json=body)
        assert sent.is_success, sent.text
    await scene.system.settle()
    transfer = sent.json()["id"]

    async with scene.system.visiting(receiver) as client:
        page = await client.get(f"/bmb/{transfer}")
        listed = await client.get("/bmb/att-gora")

    for shown in (page, listed):
        assert re.findall(r'<option value="(\d+)" selected', shown.text) == [here.id]


@pytest.mark.rule("BMB-8b")
async def test_a_rejected_transfer_is_listed_with_its_date_and_prescriber(
    handover: Handover,
) -> None:
    transfer = await handover.send(handover.devices[0])
    await handover.reject(transfer, "Fel enhet.")

    async with handover.system.visiting(handover.sender) as client:
        page = await client.get("/bmb/avslagna")

    assert "<dt>BMB-datum</dt><dd>" in page.text
    assert f"<dt>Förskrivare</dt><dd>{handover.receiver_name}</dd>" in page.text


async def test_a_large_transfer_is_shown_whole(scene: Scene) -> None:
    handover = await a_handover(scene, devices=40)
    transfer = await handover.send(*handover.devices)

    async with handover.system.visiting(handover.receiver) as client:
        page = await client.get(f"/bmb/{transfer}")

    assert page.text.count("Rollator Björk") == 40
    assert "Hyran är inte känd" not in page.text


async def test_what_is_refused_is_said_without_its_code(
    anna: httpx.AsyncClient, ward: Ward
) -> None:
    live = await anna.post("/bmb/skicka/forhand", data={"device": "T99999"})

    assert live.status_code == 200
    assert "säger nej" not in live.text


async def test_hostile_names_and_words_are_text_everywhere(scene: Scene) -> None:
    evil = HOSTILE["script"]
    place = scene.place(evil[:60])
    user = scene.user(place, name=evil)
    patient = scene.person(evil)
    article = scene.article(evil[:60])
    scene.device(article, store=place.store)
    device = scene.device(article, patient=patient, payer=place.payer, prescriber=user)
    await scene.set()
    ref = await scene.ref(patient)
    async with scene.system.visiting(user) as client:
        await client.post("/sok", data={"q": patient.number})
        pages = [
            await client.get(path, follow_redirects=True)
            for path in (
                "/",
                "/mina-uppgifter",
                f"/mottagare/{ref}",
                f"/artiklar/{article}",
                f"/individ?nummer={device}",
                f"/lager?store={place.store}&tab=individer",
                f"/bestallningar/ny?person={ref}",
                f"/uttag/nytt?person={ref}&line={article}~1~",
                f"/bmb/skicka?device={device}",
            )
        ]

    assert [(one.url.path, one.status_code) for one in pages if one.status_code != 200] == []
    assert [one.url.path for one in pages if not is_text(one.text)] == []
    assert sum("&lt;script&gt;" in one.text for one in pages) == len(pages)
