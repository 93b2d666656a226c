"""Several people at one computer, and one person in several tabs."""

import re

import httpx

from portal.tests.scene import Scene
from portal.tests.ward import Ward


def _key(page: httpx.Response) -> str:
    return str(re.findall(r'name="_key" value="([^"]+)"', page.text)[0])


async def test_what_stands_on_anothers_page_is_not_done_in_ones_own_name(
    ward: Ward, scene: Scene
) -> None:
    bo = scene.user(ward.place, name="Bo Förskrivare")
    await scene.set()
    ref = await scene.ref(ward.patient)
    async with ward.system.visiting(ward.user) as anna, ward.system.visiting(bo) as other:
        page = await anna.get(f"/bestallningar/ny?person={ref}")
        form = {"person": ref, "article-1": ward.cushion, "quantity-1": "1", "to": "recipient"}
        form |= {"_key": _key(page), "prescriber": bo, "service_point": ward.place.id}

        seen = await other.post("/bestallningar/ny", data=form)
        live = await other.post("/bestallningar/ny/kostnad", data=form)
        own = await anna.post("/bestallningar/ny", data={**form, "prescriber": ward.user})

    assert (seen.status_code, live.status_code, own.status_code) == (409, 409, 200)
    assert "Någon annan har loggat in" in seen.text
    assert await ward.total("orders", "orders", prescriber=bo) == 0


async def test_who_changes_the_service_point_keeps_what_stands_in_the_address(
    ward: Ward, scene: Scene
) -> None:
    both = scene.user(ward.place, scene.place())
    await scene.set()
    address = f"/uttag/nytt?draft=d1&line={ward.cushion}~1~&line={ward.rollator}~1~{ward.stored}"
    async with ward.system.visiting(both) as client:
        page = await client.get(address)

    (till,) = re.findall(r'name="till" value="([^"]+)"', page.text)
    assert till.count("line=") == 2


async def test_a_draft_whose_button_is_pressed_twice_is_saved_once(ward: Ward) -> None:
    async with ward.system.visiting(ward.user) as anna:
        form = {"device": ward.lent, "_key": _key(await anna.get("/bmb/skicka"))}
        looked = await anna.post("/bmb/skicka", data=form)
        (seen,) = re.findall(r'name="seen" value="([^"]+)"', looked.text)
        answers = [
            await anna.post("/bmb/skicka", data={**form, "seen": seen, "do": "save"})
            for _ in range(2)
        ]

    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await ward.total("bmb", "transfers") == 1
