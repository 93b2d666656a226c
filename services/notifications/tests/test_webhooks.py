"""NTF-4b: what is said on a region's feed comes to its own systems, signed, in each key's order,
and no receiver harms another. Real receivers, a real database.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from kvitt_chassis.profiles import Profile
from kvitt_testkit import world as worlds
from kvitt_testkit.world import Given, World, wait_for
from notifications.app import service
from notifications.webhooks.models import WebhookRow
from notifications.webhooks.sending import WebhookSender
from notifications.webhooks.settings import WebhookSettings
from sqlalchemy import text
from standardwebhooks import Webhook

from services.notifications.tests.receivers import Receiver, a_certificate, receiving
from services.notifications.tests.test_feed_http import SAID, SYSTEM, note, place, said
from services.notifications.tests.worlds import AT

HERE = WebhookSettings(profile=Profile.LOCAL, webhooks_loopback=True)
ELSEWHERE = WebhookSettings()


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.webhooks.api.allows_loopback", lambda: True)


@asynccontextmanager
async def sending(
    world: World, *, settings: WebhookSettings = HERE, **changes: Any
) -> AsyncIterator[WebhookSender]:
    """Who sends to the webhooks of this database; a failure is tried again at once."""
    values: dict[str, Any] = {"pauses": (0.0,), "sealer": worlds._SEALER} | changes
    sender = WebhookSender(world.worker, settings, **values)
    yield sender
    await sender.close()


async def hook(world: World, url: str, *, region: str = "ac", **body: Any) -> Any:
    """A new webhook of the region, with its secret."""
    async with world.http(**SYSTEM, region=region) as client:
        answer = await client.post("/webhooks", json={"url": url, **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def asked(world: World, made: Any, verb: str = "", **body: Any) -> Any:
    """A webhook as it is, or when it has been done something with."""
    address = f"/webhooks/{made['webhook_id']}"
    async with world.http(**SYSTEM) as client:
        answer = await (client.post(address + verb, json=body) if verb else client.get(address))
    assert answer.status_code in (200, 202), answer.text
    return answer.json()


async def sent_all(world: World, sender: WebhookSender, made: Any) -> None:
    """Send until the receiver has all: on a slow machine a call may be tried again."""
    while (await asked(world, made))["behind"]:
        await sender.send_due()


def verified(receiver: Receiver, secret: str) -> list[Any]:
    """What a receiver has got, as it verifies it."""
    return [Webhook(secret).verify(one.body, one.headers) for one in receiver.got]


def told(receiver: Receiver) -> list[tuple[str, int]]:
    """Key and number of all that a receiver has got, in order."""
    bodies = [json.loads(one.body) for one in receiver.got]
    return [(one["subject"], int(one["sequence"])) for one in bodies]


@pytest.mark.rule("NTF-4b")
async def test_a_regions_system_gets_its_feed_signed_and_nobody_elses(given: Given) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            made = await hook(world, receiver.url)
            await said(world)
            await said(world, region="bd")
            await place(world)
            await sender.send_due()
            await sender.send_due()
            async with world.http(**SYSTEM) as client:
                page = (await client.get("/feed")).json()
            shown = await asked(world, made)

    got = sorted(verified(receiver, made["secret"]), key=itemgetter("id"))  # of two keys at once
    assert got == sorted(page["events"], key=itemgetter("id"))
    assert sorted(receiver.ids()) == [one["id"] for one in got]
    assert receiver.got[0].headers["content-type"].startswith("application/cloudevents+json")
    assert (shown["behind"], shown["cursor"]) == (0, page["next"])
    assert shown["delivered_at"] is not None
    assert "secret" not in shown


@pytest.mark.rule("NTF-4b")
async def test_a_failure_is_tried_again_and_nothing_is_lost_or_out_of_its_keys_order(
    given: Given,
) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            receiver.answers = [204, 500, 204, 503, 204]
            made = await hook(world, receiver.url)
            for number in range(20):
                await note(world, f"k{number % 3}", number // 3 + 1)
            await place(world)
            await sent_all(world, sender, made)
            shown = await asked(world, made)

    by_key: dict[str, list[int]] = {}
    for key, number in told(receiver):
        if number not in by_key.setdefault(key, []):  # at least once
            by_key[key].append(number)
    assert by_key == {f"k{one}": list(range(1, (20 - one - 1) // 3 + 2)) for one in range(3)}
    assert (shown["failure"], shown["failing_since"]) == (None, None)


@pytest.mark.rule("NTF-4b")
async def test_who_hangs_redirects_or_fails_all_day_harms_nobody_else(given: Given) -> None:
    async with given(service, at=AT) as world, sending(world, call_seconds=120.0) as sender:
        with receiving() as good, receiving() as hangs, receiving() as leads, receiving() as fails:
            hangs.answers, leads.answers, fails.answers = [0], [307], [500]
            leads.headers = {"location": good.url}
            bad = [await hook(world, one.url) for one in (hangs, leads, fails)]
            await hook(world, good.url)
            await note(world, "key", 1)
            await place(world)
            turn = asyncio.create_task(sender.send_due())
            await wait_for(lambda: good.got and hangs.calls)  # while that one hangs
            hangs.ends.set()
            await turn
            failures = [(await asked(world, one))["failure"] for one in bad]

    assert told(good) == [("key", 1)]  # once: no redirect was followed
    assert failures == ["NO_ANSWER", "REDIRECT", "HTTP_500"]


@pytest.mark.rule("NTF-4b")
async def test_who_hangs_is_hung_up_on(given: Given) -> None:
    async with given(service, at=AT) as world, sending(world, call_seconds=0.5) as sender:
        with receiving() as receiver:
            receiver.answers = [0]
            made = await hook(world, receiver.url)
            await note(world, "key", 1)
            await place(world)
            await sender.send_due()
            shown = await asked(world, made)

    assert (shown["failure"], shown["behind"]) == ("TIMEOUT", 1)


@pytest.mark.rule("NTF-4b")
async def test_a_wrong_certificate_gets_nothing_and_a_known_ones_does(
    given: Given, tmp_path: Path
) -> None:
    right, wrong = a_certificate(tmp_path, "localhost"), a_certificate(tmp_path, "other.example")
    known = HERE.model_copy(update={"webhooks_ca_file": right})
    async with given(service, at=AT) as world, sending(world, settings=known) as sender:
        with (
            receiving(certificate=right, host="localhost") as good,
            receiving(certificate=wrong, host="localhost") as bad,
        ):
            made, other = await hook(world, bad.url), await hook(world, good.url)
            await note(world, "key", 1)
            await place(world)
            await sender.send_due()
            shown, fine = await asked(world, made), await asked(world, other)

    assert (shown["failure"], shown["behind"], bad.calls) == ("CERTIFICATE", 1, 0)
    assert (fine["failure"], told(good)) == (None, [("key", 1)])


@pytest.mark.rule("NTF-4b")
@pytest.mark.parametrize(
    "leads_to",
    [("127.0.0.1",), ("10.1.2.3",), ("169.254.169.254",), ("::ffff:10.0.0.1",), ("fd00:ec2::254",)],
)
async def test_a_name_that_leads_into_a_private_network_is_not_called(
    given: Given, leads_to: Sequence[str]
) -> None:
    async with given(service, at=AT) as world:
        with receiving() as receiver:
            port = receiver.url.rsplit(":", 1)[1]
            made = await hook(world, f"https://harmless.example:{port}")
            await note(world, "key", 1)
            await place(world)
            resolve = lambda host, port: leads_to  # noqa: E731
            async with sending(world, settings=ELSEWHERE, resolve=resolve) as sender:
                await sender.send_due()
            shown = await asked(world, made)

    assert (shown["failure"], receiver.calls) == ("ADDRESS_NOT_PUBLIC", 0)


@pytest.mark.rule("NTF-4b")
async def test_the_address_that_was_looked_at_is_the_one_that_is_called(given: Given) -> None:
    asked_for: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked_for.append(host)
        return ["127.0.0.1"] if len(asked_for) == 1 else ["10.0.0.1"]

    async with given(service, at=AT) as world, sending(world, resolve=resolve) as sender:
        with receiving(host="rebinds.invalid") as receiver:
            url = receiver.url.replace("rebinds.invalid", "127.0.0.1")
            made = await hook(world, url)
            async with world.worker.unit() as unit:
                await unit.session.execute(
                    text("UPDATE webhooks SET url = :url"), {"url": receiver.url}
                )
            await note(world, "key", 1)
            await place(world)
            await sender.send_due()
            shown = await asked(world, made)

    assert (shown["failure"], told(receiver)) == (None, [("key", 1)])
    assert asked_for == ["rebinds.invalid"]  # no second look, which would lead elsewhere


@pytest.mark.rule("NTF-4b")
async def test_after_three_days_of_failures_it_is_paused_by_itself_and_goes_on_where_it_was(
    given: Given,
) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            receiver.answers = [500]
            made = await hook(world, receiver.url)
            await note(world, "key", 1)
            await place(world)
            await sender.send_due()
            still = await asked(world, made)
            await _long_ago(world, "failing_since", days=3)
            await sender.send_due()
            await sender.send_due()
            paused, remark = await asked(world, made), sender.remark()
            receiver.answers = [204]
            await asked(world, made, ":resume")
            await sender.send_due()

    assert still["status"] == "active"
    assert (paused["status"], paused["why_paused"], paused["behind"]) == ("paused", "failing", 1)
    assert remark == f"paused by itself: ac {made['webhook_id']}"
    assert receiver.calls == 3
    assert told(receiver) == [("key", 1)]


@pytest.mark.rule("NTF-4b")
async def test_who_says_that_it_is_gone_is_paused_at_once(given: Given) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            receiver.answers = [410]
            made = await hook(world, receiver.url)
            await note(world, "key", 1)
            await place(world)
            await sender.send_due()
            shown = await asked(world, made)

    assert (shown["status"], shown["why_paused"]) == ("paused", "gone")


@pytest.mark.rule("NTF-4b")
async def test_a_failing_receiver_is_tried_ever_more_seldom(given: Given) -> None:
    async with given(service, at=AT) as world, sending(world, pauses=(6000.0, 60000.0)) as sender:
        with receiving() as receiver:
            receiver.answers = [500]
            await hook(world, receiver.url)
            await note(world, "key", 1)
            await place(world)
            pauses = []
            for _ in range(3):
                await sender.send_due()
                await sender.send_due()  # not due
                async with world.worker.unit() as unit:
                    pauses.append(float((await unit.session.execute(_PAUSE)).scalar_one()))
                    await unit.session.execute(_DUE)

    assert receiver.calls == 3
    assert [4000 < pauses[0] < 7500, *(40000 < one < 75000 for one in pauses[1:])] == [True] * 3


_PAUSE = text("SELECT extract(epoch FROM next_try_at - clock_timestamp()) FROM webhooks")
_DUE = text("UPDATE webhooks SET next_try_at = clock_timestamp()")


@pytest.mark.rule("NTF-4b")
async def test_a_secret_is_replaced_without_a_gap_and_stands_nowhere_in_plain_text(
    given: Given,
) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            made = await hook(world, receiver.url)
            newer = await asked(world, made, ":rotate-secret")
            await note(world, "key", 1)
            await place(world)
            await sent_all(world, sender, made)
            both = [verified(receiver, one["secret"]) for one in (made, newer)]
            leaked = await asked(world, made, ":rotate-secret", overlap_hours=0)
            await note(world, "key", 2)
            await place(world)
            await sent_all(world, sender, made)
            (row,) = await world.rows(WebhookRow)

    assert both[0] == both[1] != []
    assert (newer["secrets"], leaked["secrets"]) == (2, 1)
    assert newer["older_secrets_until"] is not None
    last = receiver.got[-1]
    assert told(receiver)[-1] == ("key", 2)
    Webhook(leaked["secret"]).verify(last.body, last.headers)
    assert len(last.headers["webhook-signature"].split()) == 1
    stored = json.dumps([one.sealed for one in row.secrets])
    assert not any(one["secret"][6:] in stored for one in (made, newer, leaked))


@pytest.mark.rule("NTF-4b")
async def test_it_is_sent_again_from_a_day_or_goes_on_after_a_place(given: Given) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            await said(world)
            await place(world)
            made = await hook(world, receiver.url)
            await sender.send_due()
            before = list(receiver.got)
            again = await asked(world, made, ":replay", **{"from": "2026-05-07"})
            await sender.send_due()
            first = receiver.ids()
            async with world.http(**SYSTEM) as client:
                one = (await client.get("/feed?limit=1")).json()
            await asked(world, made, ":replay", after=one["next"])
            await sender.send_due()

    assert (before, again["behind"], len(first)) == ([], SAID, SAID)
    behind_it = set(first) - {one["events"][0]["id"]}
    assert sorted(receiver.ids()[SAID:]) == sorted(behind_it)


@pytest.mark.rule("NTF-4b")
async def test_one_that_begins_at_a_day_and_wants_some_types_gets_those(given: Given) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as all_of_it, receiving() as some:
            await said(world)
            await place(world)
            await hook(world, all_of_it.url, **{"from": "2026-05-07"})
            chosen = await hook(world, some.url, types=["region.transfer.reported.v1"], **_FROM)
            await sender.send_due()
            shown = await asked(world, chosen)

    assert len(all_of_it.got) == SAID
    assert (some.got, shown["behind"], shown["delivered_at"]) == ([], 0, None)


_FROM = {"from": "2026-05-07"}


@pytest.mark.rule("NTF-4b")
async def test_what_is_paused_waits_and_what_is_deleted_is_gone(given: Given) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            made = await hook(world, receiver.url)
            await asked(world, made, ":pause")
            await note(world, "key", 1)
            await place(world)
            await sender.send_due()
            waiting = list(receiver.got)
            await asked(world, made, ":resume")
            await sender.send_due()
            gone = await asked(world, made, ":delete")
            await note(world, "key", 2)
            await place(world)
            await sender.send_due()
            async with world.http(**SYSTEM) as client:
                left = (await client.get("/webhooks")).json()

    assert (waiting, told(receiver), left) == ([], [("key", 1)], [])
    assert gone == {"webhook_id": made["webhook_id"]}


@pytest.mark.rule("NTF-4b")
async def test_several_processes_send_to_each_webhook_once(given: Given) -> None:
    async with given(service, at=AT) as world:
        with receiving() as receiver:
            await hook(world, receiver.url)
            for number in range(30):
                await note(world, f"k{number}", 1)
            await place(world)
            async with sending(world) as one, sending(world) as other:
                await asyncio.gather(one.send_due(), other.send_due())

    assert sorted(told(receiver)) == sorted((f"k{number}", 1) for number in range(30))


@pytest.mark.rule("NTF-4b")
async def test_who_was_ended_between_taking_and_recording_is_followed_by_another(
    given: Given,
) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            await hook(world, receiver.url)
            await note(world, "key", 1)
            await place(world)
            await sender._take()  # and is ended
            held = await sender.send_due()
            await _long_ago(world, "held_until", days=0)
            await sender.send_due()

    assert (held, told(receiver)) == (0, [("key", 1)])


@pytest.mark.rule("NTF-4b")
async def test_a_test_is_answered_while_the_caller_waits_also_where_it_is_paused(
    given: Given,
) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            receiver.answers = [500, 204]
            made = await hook(world, receiver.url)
            await asked(world, made, ":pause")
            asks = await asked(world, made, ":test")
            works = asyncio.create_task(sender.work())
            answers = []
            for _ in range(2):
                async with world.http(**SYSTEM) as client:
                    answer = await client.post(
                        f"/webhooks/{made['webhook_id']}:test",
                        json={},
                        headers={"Prefer": "wait=10"},
                    )
                answers.append((answer.status_code, answer.json()["answer"]))
            works.cancel()
            with pytest.raises(asyncio.CancelledError):
                await works

    assert (asks["pending"], asks["answer"]) == (True, None)
    assert answers[-1] == (200, "OK")
    (*_, got) = verified(receiver, made["secret"])
    assert got["type"] == "kvitt.webhook.test.v1"


@pytest.mark.rule("NTF-4b")
async def test_an_endless_answer_is_not_read_to_its_end(given: Given) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            receiver.answers, receiver.body = [200], b"x" * 50_000_000
            made = await hook(world, receiver.url)
            await note(world, "key", 1)
            await note(world, "key", 2)
            await place(world)
            await sender.send_due()
            shown = await asked(world, made)

    assert (shown["behind"], told(receiver)) == (0, [("key", 1), ("key", 2)])


@pytest.mark.rule("NTF-4b")
async def test_a_region_has_ten_webhooks_and_no_more(given: Given) -> None:
    async with given(service, at=AT) as world:
        for number in range(10):
            await hook(world, f"https://region.example/{number}")
        await hook(world, "https://region.example/", region="bd")
        async with world.http(**SYSTEM) as client:
            refused = await client.post("/webhooks", json={"url": "https://region.example/11"})

    assert (refused.status_code, refused.json()["reason"]) == (409, "TOO_MANY_WEBHOOKS")


async def _long_ago(world: World, column: str, *, days: int) -> None:
    when = f"clock_timestamp() - make_interval(days => {days}, secs => 1)"
    async with world.worker.unit() as unit:
        await unit.session.execute(text(f"UPDATE webhooks SET {column} = {when}"))
