"""Nyheter: what customer service publishes is read from the start page, and withdrawn (T-78)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from portal.tests.browser import MakeActor
from portal.tests.scene import Scene
from portal.tests.ward import Ward


@pytest.mark.rule("NTF-5a")
async def test_news_is_published_read_and_withdrawn(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    staff = scene.user(ward.place, roles=("customer_service",))
    await scene.set()
    title = f"Nya rollatorer {uuid4().hex[:6]}"
    karin = await actor(staff, at="/nyheter")
    await karin.click("Publicera")
    await karin.sees("Skriv en rubrik.")
    await karin.accessible()
    await karin.picture("news-lacking")
    await karin.fill("Rubrik", title)
    await karin.fill("Text", "Två nya modeller kan beställas från och med måndag.")
    await karin.click("Publicera")
    await karin.sees("Nyheten är publicerad.")
    await karin.accessible()
    await karin.picture("news-staff")

    anna = await actor(ward.user)
    await anna.sees(title)
    await anna.picture("start-news")
    await anna.click(title)
    await anna.is_at("/nyheter")
    await anna.sees("Två nya modeller")
    await anna.accessible()
    await anna.picture("news")

    await karin.click(f"Dra in {title}")
    await karin.sees("Nyheten är indragen.")
    await anna.goes("/nyheter")
    await anna.sees_no(title)


@pytest.mark.rule("NTF-5a")
async def test_news_that_comes_later_is_seen_by_customer_service_alone(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    staff = scene.user(ward.place, roles=("customer_service",))
    await scene.set()
    title = f"Sommarens öppettider {uuid4().hex[:6]}"
    today = await scene.system.today()
    first, last = (str(today + timedelta(days=days)) for days in (30, 60))
    karin = await actor(staff, at="/nyheter")
    await karin.fill("Rubrik", title)
    await karin.fill("Text", "Stängt vecka 29.")
    await karin.fill("Visas från", last)
    await karin.fill("Till och med", first)
    await karin.click("Publicera")
    await karin.sees("Det här behöver rättas")
    await karin.fill("Visas från", first)
    await karin.fill("Till och med", last)
    await karin.click("Publicera")
    await karin.sees("visas inte än", within=title)

    anna = await actor(ward.user, at="/nyheter")

    await anna.sees_no(title)
