"""NTF-4: what docs/integrators/webhooks.md shows and names is what the running service answers."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from kvitt_testkit.world import Given, World
from notifications.app import service
from notifications.feed.api import LONGEST_WAIT, MOST
from notifications.feed.cursors import Place
from notifications.webhooks import domain
from notifications.webhooks.calling import CALL_SECONDS
from notifications.webhooks.sending import PAUSES

from services.notifications.tests.receivers import a_certificate, receiving
from services.notifications.tests.test_feed_http import SYSTEM, note, place, said
from services.notifications.tests.test_webhooks import HERE, asked, hook, sending
from services.notifications.tests.worlds import AT

pytestmark = pytest.mark.rule("NTF-4b")

PAGE = (Path(__file__).parents[3] / "docs/integrators/webhooks.md").read_text(encoding="utf-8")
ASKED = {"CURSOR_OF_ANOTHER_FEED", "HTTP_500", "TIMEOUT", "CERTIFICATE", "ADDRESS_NOT_PUBLIC"}
"""What the page says that one is answered: each is asked for below."""


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.webhooks.api.allows_loopback", lambda: True)


def test_every_answer_that_the_page_names_is_asked_for() -> None:
    assert set(re.findall(r"`([A-Z]{2,}(?:_[A-Z0-9]+)+|TIMEOUT|CERTIFICATE)`", PAGE)) == ASKED


def test_the_page_says_the_figures_that_are_kept() -> None:
    assert f"| 1–{MOST}, annars 100 |" in PAGE
    assert f"| 0–{LONGEST_WAIT}: " in PAGE
    assert domain.MOST == 10 and "högst tio webhookar" in PAGE  # noqa: PT018
    assert CALL_SECONDS == 10.0 and "inom tio sekunder" in PAGE  # noqa: PT018
    assert PAUSES == (1.0, 5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
    assert "efter 1, 5 och 30 s, 2, 10 och 30 minuter, och sedan varje timme" in PAGE
    assert domain.TRIED_FOR.days == 3 and "fel i tre dygn" in PAGE  # noqa: PT018


async def test_the_feed_is_answered_as_the_page_shows_it(given: Given) -> None:
    (shown,) = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    (event,) = shown["events"]
    async with given(service, at=AT) as world:
        await said(world)
        await place(world)
        async with world.http(**SYSTEM) as client:
            (query,) = re.findall(r'\$NOTIFICATIONS/feed\?([^"]+)"', PAGE)
            page = (await client.get(f"/feed?{query}")).json()

    answered = next(one for one in page["events"] if one["type"] == event["type"])
    assert page.keys() == shown.keys()
    assert event.keys() <= answered.keys()
    assert event["data"].keys() <= answered["data"].keys()
    same = ("specversion", "source", "region")
    assert [answered[name] for name in same] == [event[name] for name in same]
    assert len(shown["next"]) == len(page["next"])


async def test_a_cursor_of_another_feed_is_answered_as_the_page_says(given: Given) -> None:
    async with given(service, at=AT) as world, world.http(**SYSTEM) as client:
        refused = await client.get("/feed", params={"after": Place(9, "0" * 8).text})

    problem = refused.json()
    assert (refused.status_code, problem["reason"]) == (422, "CURSOR_OF_ANOTHER_FEED")
    assert "börja om med `from` från en dag före" in PAGE
    assert "from=<dag>" in problem["way_on"]


async def test_each_call_that_the_page_shows_is_taken(given: Given) -> None:
    (body,) = [json.loads(one) for one in re.findall(r"-d '(\{.*?\})'", PAGE)]
    verbs = re.findall(r"^\| ((?:`:[a-z-]+`(?:, )?)+) \| (.*) \|$", PAGE, re.MULTILINE)
    async with given(service, at=AT) as world, world.http(**SYSTEM) as client:
        made = await client.post("/webhooks", json=body)
        address = f"/webhooks/{made.json()['webhook_id']}"
        shown = (await client.get(address)).json()
        taken = []
        for one, called in verbs:
            taken += await _tried(client, address, one, called)

    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert {"behind", "failure", "next_try_at", "cursor"} <= shown.keys()
    assert taken == [200] * 6
    names = re.findall(r"`(:[a-z-]+)`", " ".join(one for one, _ in verbs))
    assert names == [":pause", ":resume", ":replay", ":rotate-secret", ":delete"]


async def test_each_failure_that_the_page_names_is_shown(given: Given, tmp_path: Path) -> None:
    wrong = a_certificate(tmp_path, "other.example")
    async with given(service, at=AT) as world:
        with (
            receiving() as fails,
            receiving() as hangs,
            receiving(certificate=wrong, host="localhost") as bad,
        ):
            fails.answers, hangs.answers = [500], [0]
            made = [await hook(world, one.url) for one in (fails, hangs, bad)]
            private = await hook(world, "https://privat.example/")
            found = await _failures(world, [*made, private])

    assert found == ["HTTP_500", "TIMEOUT", "CERTIFICATE", "ADDRESS_NOT_PUBLIC"]


async def test_a_test_is_answered_as_the_page_says(given: Given) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            made = await hook(world, receiver.url)
            works = asyncio.create_task(sender.work())
            async with world.http(**SYSTEM) as client:
                answer = await client.post(
                    f"/webhooks/{made['webhook_id']}:test", json={}, headers={"Prefer": "wait=10"}
                )
            works.cancel()
            with pytest.raises(asyncio.CancelledError):
                await works

    (got,) = receiver.got
    assert (answer.status_code, answer.json()["answer"]) == (200, "OK")
    assert json.loads(got.body)["type"] == "kvitt.webhook.test.v1"
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= got.headers.keys()


async def _tried(client: httpx.AsyncClient, address: str, verbs: str, told: str) -> list[int]:
    """The statuses of each verb with each body that stands beside it."""
    place = (await client.get(address)).json()["cursor"]
    bodies = [one.replace("<plats>", place) for one in re.findall(r"`(\{.*?\})`", told)]
    return [
        (await client.post(f"{address}{verb}", json=json.loads(body))).status_code
        for verb in re.findall(r"`(:[a-z-]+)`", verbs)
        for body in bodies
    ]


async def _failures(world: World, made: list[Any]) -> list[str]:
    """What each webhook shows when its one event was sent."""
    await note(world, "key", 1)
    await place(world)

    def resolve(host: str, port: int) -> list[str]:
        return ["10.0.0.1"] if host == "privat.example" else ["127.0.0.1"]

    async with sending(world, settings=HERE, call_seconds=2.0, resolve=resolve) as sender:
        await sender.send_due()
    return [(await asked(world, one))["failure"] for one in made]
