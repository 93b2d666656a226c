"""BMB-8: what a transfer's page says of each device, what of it is answered by itself, and what a
new transfer is filled in with afterwards.
"""

import html
import re
from datetime import date
from typing import Any

import httpx
import pytest
import pytest_asyncio
from kvitt_portal.pages.transfer_form import given_of

from portal.tests.handover import Handover, a_handover
from portal.tests.scene import Scene
from portal.tests.system import BY_LINE, PortalSystem


@pytest_asyncio.fixture(loop_scope="session")
async def by_line(portal_system: PortalSystem) -> Handover:
    """A handover of three devices in the region where each is answered by itself."""
    return await a_handover(Scene(portal_system, BY_LINE), devices=3)


@pytest.mark.rule("BMB-8d")
async def test_each_line_has_article_name_payer_device_type_count_and_price(
    by_line: Handover,
) -> None:
    transfer = await by_line.send(*by_line.devices)

    page = await _page(by_line, by_line.receiver, f"/bmb/{transfer}")

    assert _lines(page) == {
        device: {
            "Individ": device,
            "Artikel": by_line.article,
            "Benämning": "Rollator Björk",
            "Nuvar. betalare": by_line.here.payer,
            "Antal": "1",
            "Typ": "Huvudhjälpmedel",
            "Hyra per månad": "310 kr",
        }
        for device in by_line.devices
    }


@pytest.mark.rule("BMB-5e")
async def test_each_of_several_is_ticked_by_itself_where_the_policy_lets_it(
    by_line: Handover,
) -> None:
    several = await by_line.send(*by_line.devices[:2])
    alone = await by_line.send(by_line.devices[2])

    page = await _page(by_line, by_line.receiver, f"/bmb/{several}")

    assert set(_ticked(page)) == set(by_line.devices[:2])
    page = await _page(by_line, by_line.receiver, f"/bmb/{alone}")
    assert "/godkann" in page
    assert _ticked(page) == {}


@pytest.mark.rule("BMB-5e")
async def test_a_bundle_that_is_one_is_answered_as_a_whole(scene: Scene) -> None:
    whole = await a_handover(scene, devices=2)
    transfer = await whole.send(*whole.devices)

    page = await _page(whole, whole.receiver, f"/bmb/{transfer}")

    assert "/godkann" in page
    assert _ticked(page) == {}


@pytest.mark.rule("BMB-5f", "BMB-6c")
async def test_each_line_says_how_it_ended_and_what_went_goes_back_and_the_rejected_again(
    by_line: Handover,
) -> None:
    *kept, rejected = by_line.devices
    transfer = await by_line.send(*by_line.devices)
    await _accept(by_line, transfer, kept)

    page = await _page(by_line, by_line.sender, f"/bmb/{transfer}")
    back = await _page(by_line, by_line.sender, f"/bmb/skicka?som={transfer}")
    again = await _page(by_line, by_line.sender, f"/bmb/skicka?som={transfer}&bara=avslagna")

    ends = {device: line["Utfall"] for device, line in _lines(page).items()}
    assert ends == {**dict.fromkeys(kept, "Bytt"), rejected: "Ej godkänt"}
    theirs = await _page(by_line, by_line.receiver, f"/bmb/{transfer}")
    assert "620 kr per månad utan moms" in _text(theirs)
    assert _filled_in(back) == set(kept)
    assert _filled_in(again) == {rejected}


@pytest.mark.rule("BMB-6c")
@pytest.mark.parametrize(
    ("only_rejected", "numbers"), [(False, "170098"), (True, "157792")], ids=["back", "again"]
)
def test_what_dropped_out_goes_neither_back_nor_again(*, only_rejected: bool, numbers: str) -> None:
    ends = {"170098": "changed_hands", "157792": "rejected", "157793": "dropped"}
    view: dict[str, Any] = {
        "status": "completed",
        "devices": [{"device_number": number, "end": end} for number, end in ends.items()],
        "recipient": None,
        "current_recipient": None,
        "new_store": None,
        "current_store": "402",
        "sender": "k082lno",
        "prescriber": None,
        "transfer_date": "2026-05-04",
        "message": None,
    }

    given = given_of(view, today=date(2026, 5, 4), only_rejected=only_rejected)

    assert given["device"] == numbers


async def _page(handover: Handover, user: str, path: str) -> str:
    async with handover.system.visiting(user, region=handover.region) as client:
        answer = await client.get(path)
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer.text


async def _accept(handover: Handover, transfer: str, kept: list[str]) -> None:
    """The receiver accepts these, by the page's own form, and rejects the others."""
    ids = _ticked(await _page(handover, handover.receiver, f"/bmb/{transfer}"))
    body = {
        "customer": handover.there.id,
        "line": list(ids.values()),
        "accepted": [ids[device] for device in kept],
        "message": "Den står redan hos oss.",
    }
    async with handover.system.visiting(handover.receiver, region=handover.region) as client:
        answer = await client.post(f"/bmb/{transfer}/godkann", data=body)
    assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
    await handover.system.settle()


def _lines(page: str) -> dict[str, dict[str, str]]:
    """What the table of devices says of each, by its number: each cell by its column's heading."""
    (table,) = re.findall(r"Hjälpmedel i bytet</caption>(.*?)</table>", page, re.DOTALL)
    heads = [_text(one) for one in re.findall(r"<th [^>]*>(.*?)</th>", table)]
    rows = [
        [_text(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in re.findall(r"<tr>(<td.*?)</tr>", table, re.DOTALL)
    ]
    return {row[0]: dict(zip(heads, row, strict=True)) for row in rows}


def _ticked(page: str) -> dict[str, str]:
    """The devices that are ticked, each by itself: their ids by their numbers."""
    boxes = r'name="accepted" value="([^"]+)" checked><label[^>]*>(\S+) '
    return {number: device for device, number in re.findall(boxes, page)}


def _filled_in(page: str) -> set[str]:
    """The device numbers in the form of a new transfer."""
    return set(re.findall(r"\bT\d{5}\b", _field(page)))


def _field(page: str) -> str:
    (field,) = re.findall(r'<(?:textarea|input)[^>]*name="device"[^>]*>[^<]*', page)
    return str(field)


def _text(part: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", part)).split())
