"""One region sends far more than its quota, over HTTP and to Kafka at once. Another is answered
within a stated time meanwhile, and nothing of it is lost or refused.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from kvitt_contracts.quotas import region_quota

from contracts.tests.builders.regions import a_user_stated
from tests.attack.beside import Beside
from tests.attack.probe import probing
from tests.attack.records import unreadable
from tests.attack.sending import Edge
from tests.attack.setting import OURS, Attack
from tests.attack.wire import Wire
from tests.faults.registry import REGIONS

FLOOR_SECONDS, SLOWER = 2.0, 4.0
"""Nineteen of twenty of the other region's answers, and of its messages' effects, come within the
floor, or within so many times what they take alone: attacker and attacked share two cores.
"""
FLOODING = 80
"""Requests that are in hand at once: a region has 32 slots of a service, one caller 16."""
_BESIDE = 24
"""So many more of the feed and of region's messages."""
_UNSAID = "region.invoice.reported.v1"
"""Of which nothing is said during an attack: who asks for it waits."""
_Request = tuple[str, str, bytes | None]
_USERS = 6
_LARGE = 64 * 1024
_LARGE_A_SECOND, _SMALL_A_SECOND = 160, 80
"""Ten times the bytes that the quota lets through, and more messages than a service settles."""
_SAMPLES_SECONDS = 11.0
"""Kafka measures a rate over so many seconds: as much of the quota may come at once."""
_ALONE_SECONDS, _LEAST_SECONDS, _LONGEST_SECONDS = 2.0, 8.0, 15.0
"""A longer flood would fill the region's part of the quarantine, and be read no further."""
_REST_SECONDS = 75.0


def attack(on: Attack) -> None:
    """First nobody floods, then both floods come until the end."""
    with probing(on, "no flood", of=None) as alone, Beside(on) as before:
        before.go_on_for(_ALONE_SECONDS)
    on.until = time.monotonic() + min(max(on.left, _LEAST_SECONDS), _LONGEST_SECONDS)
    edge, begun = Edge(on), time.monotonic()
    limit = max(FLOOR_SECONDS, SLOWER * alone.at(0.95))
    with (
        ThreadPoolExecutor(2, "flood") as pool,
        probing(on, "a flooding region", of=limit),
        Beside(on) as beside,
    ):
        floods = [
            pool.submit(lambda: asyncio.run(_ask(on))),
            pool.submit(_send, on, edge),
        ]
        beside.go_on_for(on.left)
        for flood in floods:
            flood.result()  # what breaks a flood off is found
    _judge_quota(on, edge, time.monotonic() - begun)
    beside.judge("a flooding region", max(FLOOR_SECONDS, SLOWER * before.at(0.95)))
    edge.judge(_REST_SECONDS)


async def _ask(on: Attack) -> None:
    """Ask without a pause, far more at once than a region's share: lists, the feed, and to wait for
    what it has not said yet; and send events that are none.
    """
    orders, notifications = (on.world.services[name].url for name in ("orders", "notifications"))
    lists: list[_Request] = [("GET", f"{orders}/orders?limit=200", None)]
    others: list[_Request] = [
        ("POST", f"{orders}/region-messages", b"[" + b"{}," * 400 + b"{}]"),
        ("GET", f"{notifications}/feed?limit=500", None),
        ("GET", f"{notifications}/feed?type={_UNSAID}&wait_seconds=2", None),
    ]
    asked = lists * FLOODING + others * (_BESIDE // len(others))
    tokens = [
        on.world.token(f"flod{number}", region=OURS, roles=("region_system",))
        for number in range(_USERS)
    ]

    async def ask(number: int) -> None:
        method, url, body = asked[number]
        headers = (
            ("Authorization", f"Bearer {tokens[number % _USERS]}"),
            ("Content-Type", "application/cloudevents-batch+json"),
        )
        async with Wire() as wire:
            while on.has_time:
                with suppress(OSError, EOFError, TimeoutError):
                    answer = await wire.ask(method, url, headers, body)
                    on.count("requests of a flood")
                    on.count(f"flood {answer.status}")
                    wrong = method == "POST" and answer.status == 422  # no event is let in
                    if not wrong and answer.status not in (200, 429, 503):  # 503: busy
                        on.find(f"a flood is answered {answer.status}", said=answer.text[:100])

    await asyncio.gather(*(ask(number) for number in range(len(asked))))
    if "requests of a flood" not in on.tried:
        on.find("a flooding region is not answered at all")
    elif "flood 429" not in on.tried:
        on.find("a flooding region is held back by nothing")


def _send(on: Attack, edge: Edge) -> None:
    """Large records that say nothing, and small right ones, ten times as much as the quota."""
    begun, number, topic = time.monotonic(), 0, f"region.{OURS}.orders"
    while on.has_time:
        due = (time.monotonic() - begun) * (_LARGE_A_SECOND + _SMALL_A_SECOND)
        while number < due and on.has_time:
            number += 1
            if number % 3:
                edge.send("large", topic, *unreadable(on.chance, _LARGE))
            else:
                user = f"flod{number}"
                fact = a_user_stated(user, REGIONS[0].service_points[0])
                edge.send_fact("small", topic, user, fact)
        time.sleep(0.01)
    edge.drop_unsent()


def _judge_quota(on: Attack, edge: Edge, seconds: float) -> None:
    """Kafka has let no more through than the region's quota."""
    most = region_quota(OURS).producer_byte_rate * (seconds + _SAMPLES_SECONDS)
    on.figures["let through by Kafka"] = (
        f"{edge.taken_bytes / 2**20:.1f} MiB of {edge.sent_bytes / 2**20:.1f} in {seconds:.0f} s"
    )
    if edge.taken_bytes > most:
        on.find("Kafka lets more through than the quota", most=f"{most / 2**20:.1f} MiB")
