"""NTF-4b: what an evil region names, and what an evil receiver answers. Nothing private is called,
and nobody else waits.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from threading import Event
from typing import Any

import pytest
from cryptography.fernet import Fernet
from kvitt_chassis.metrics import REGISTRY
from kvitt_chassis.sealing import Sealer
from kvitt_contracts.refusals import Refused
from kvitt_testkit.world import Given, World, wait_for
from notifications.app import service
from notifications.webhooks.addresses import GuardedNetwork, Names
from notifications.webhooks.calling import CallFailed
from notifications.webhooks.domain import Address, must_be_callable
from notifications.webhooks.models import WebhookRow
from notifications.webhooks.sending import WebhookSender
from notifications.webhooks.urls import read_address
from prometheus_client import generate_latest

from services.notifications.tests.receivers import Receiver, receiving
from services.notifications.tests.test_feed_http import note, place
from services.notifications.tests.test_webhooks import asked, hook, sending, told, verified
from services.notifications.tests.worlds import AT

pytestmark = pytest.mark.rule("NTF-4b")


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.webhooks.api.allows_loopback", lambda: True)


GUISES = (
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "localhost",
    "localhost.",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:ffff:7f00:0001",
)


@pytest.mark.parametrize("host", GUISES)
async def test_this_machine_is_called_by_none_of_its_names(host: str) -> None:
    names = Names()
    network = GuardedNetwork(names, of="ac", allows_loopback=False)
    with receiving() as receiver:
        port = int(receiver.url.rsplit(":", 1)[1].split("/")[0])
        with pytest.raises((OSError, ValueError)):
            await network.connect_tcp(host, port, timeout=10.0)
    names.close()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://2130706433/", "ADDRESS_UNUSABLE"),
        ("https://0x7f000001/", "ADDRESS_UNUSABLE"),
        ("https://0177.0.0.1/", "ADDRESS_UNUSABLE"),
        ("https://127.1/", "ADDRESS_UNUSABLE"),
        ("https://127.0.0.1./", "ADDRESS_UNUSABLE"),
        ("https://LOCALHOST/", "ADDRESS_NOT_PUBLIC"),
        ("https://[::ffff:7f00:1]/", "ADDRESS_NOT_PUBLIC"),
        ("https://[fe80::1%25eth0]/", "ADDRESS_NOT_PUBLIC"),
        ("https://region.example@10.0.0.1/", "ADDRESS_UNUSABLE"),
        ("https://10.0.0.1#@region.example/", "ADDRESS_UNUSABLE"),
        ("https://region.example\\@10.0.0.1/", "ADDRESS_UNUSABLE"),
        ("https://region.example:99999/", "ADDRESS_UNUSABLE"),
        ("https:///kvitt", "ADDRESS_UNUSABLE"),
        ("https://region.example/\r\nX: y", "ADDRESS_UNUSABLE"),
        ("https://région.example/", "ADDRESS_UNUSABLE"),
        ("https://region.example/189001019802", "ADDRESS_UNUSABLE"),
        ("https://region.example/%31%38900101%39802", "ADDRESS_UNUSABLE"),
    ],
)
def test_no_guise_of_an_address_is_taken(url: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        must_be_callable(read_address(url), allows_loopback=False)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "url", ["https://region.example/kvitt", "https://a1.b2.example:8443/x?y=z"]
)
def test_a_name_on_the_internet_is_taken(url: str) -> None:
    named = read_address(url)

    must_be_callable(named, allows_loopback=False)
    assert isinstance(named, Address)


async def test_names_that_hang_are_waited_for_by_their_own_region_alone() -> None:
    ends, looked = Event(), list[str]()

    def resolve(host: str, port: int) -> Sequence[str]:
        looked.append(host)
        if host.startswith("hangs"):
            ends.wait(60)
        return ["1.1.1.1"]

    names = Names(resolve)
    hanging = [
        asyncio.create_task(names.addresses(f"hangs{number}.example", 443, of="ac"))
        for number in range(30)
    ]
    await wait_for(lambda: len(looked) > 1)
    try:
        async with asyncio.timeout(30):
            found = await names.addresses("region.example", 443, of="bd")
        at_once = len(looked)
    finally:
        ends.set()
    every = await asyncio.gather(*hanging)
    names.close()

    assert found == [ip_address("1.1.1.1")]
    assert at_once < 10
    assert every == [found] * 30


@pytest.mark.parametrize(
    ("said", "goes_on"),
    [
        (b"", False),
        (b"220 smtp.region.example ESMTP\r\n", False),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2_000_000, False),
        (b"HTTP/1.1 100 Continue\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello", False),
        (b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n", False),
    ],
    ids=["nothing", "no http", "endless header", "endless 100", "two lengths", "another protocol"],
)
async def test_what_is_no_answer_is_a_failure_and_soon(
    given: Given, said: bytes, goes_on: bool
) -> None:
    async with (
        given(service, at=AT) as world,
        sending(world, call_seconds=3.0) as sender,
        _saying(said, goes_on=goes_on) as url,
    ):
        good, made = await _two(world, sender, url)
        shown = await asked(world, made)

    assert shown["failure"] in ("NO_ANSWER", "TIMEOUT", "HTTP_101")
    assert (shown["behind"], shown["status"]) == (1, "active")
    assert told(good) == [("key", 1)]


async def test_a_secret_that_has_leaked_signs_no_further_page(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.webhooks.sending.PAGE", 1)
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            made = await hook(world, receiver.url)
            await note(world, "key", 1)
            await note(world, "key", 2)
            await place(world)
            (taken,) = await sender._take()
            newer = await asked(world, made, ":rotate-secret", overlap_hours=0)
            going_on = await sender._send_page(taken)  # was taken before
            assert going_on is not None
            await sender._send_page(going_on)

    (first, last) = receiver.got
    receiver.got = [first]
    verified(receiver, made["secret"])
    receiver.got = [last]
    verified(receiver, newer["secret"])


async def test_nothing_is_sent_unsigned(given: Given) -> None:
    other = Sealer(Fernet.generate_key().decode())
    async with given(service, at=AT) as world, sending(world, sealer=other) as sender:
        with receiving() as receiver:
            made = await hook(world, receiver.url)
            await asked(world, made, ":test")
            await note(world, "key", 1)
            await place(world)
            await sender.send_due()
            shown = await asked(world, made)
            (answer,) = await _answers(world)

    assert (receiver.calls, answer, shown["failure"]) == (0, "NO_SECRET", "NO_SECRET")


async def test_what_is_deleted_is_measured_no_more(given: Given) -> None:
    async with given(service, at=AT) as world, sending(world) as sender:
        with receiving() as receiver:
            receiver.answers = [503, 204]
            made = await hook(world, receiver.url)
            await note(world, "key", 1)
            await place(world)
            await sender.send_due()
            await sender.send_due()
            before = generate_latest(REGISTRY).decode()
            await asked(world, made, ":delete")
            await sender.send_due()
            after = generate_latest(REGISTRY).decode()

    assert made["webhook_id"] in before
    assert made["webhook_id"] not in after


def test_a_receiver_does_not_say_how_many_series_there_are() -> None:
    assert {CallFailed(f"HTTP_{status}").sort for status in range(500, 600)} == {"HTTP_5XX"}
    assert CallFailed("CERTIFICATE").sort == "CERTIFICATE"


async def _two(world: World, sender: WebhookSender, url: str) -> tuple[Receiver, Any]:
    """Send one event to a good receiver and to this one; answers the good one and the other's
    webhook.
    """
    with receiving() as good:
        made = await hook(world, url)
        await hook(world, good.url)
        await note(world, "key", 1)
        await place(world)
        async with asyncio.timeout(60):
            await sender.send_due()
    return good, made


async def _answers(world: World) -> list[str | None]:
    return [row.test_answer for row in await world.rows(WebhookRow)]


@asynccontextmanager
async def _saying(said: bytes, *, goes_on: bool) -> AsyncIterator[str]:
    """A receiver that says this when it is called, again and again where it goes on."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.read(1)
            writer.write(said)
            await writer.drain()
            while goes_on:
                writer.write(said * 100)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/kvitt"
    finally:
        server.close()
