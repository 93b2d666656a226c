"""Clients that cost without asking: slow ones, idle ones by the ten thousand, requests with two
meanings, lines broken into headers, packed and deep bodies. All of it is refused cheaply, and
others go on.
"""

import asyncio
import gzip
import json
import resource
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from tests.attack.probe import limit_beside, probing
from tests.attack.setting import PRESCRIBER, SERVICE_DESK, Attack
from tests.attack.wire import Wire, read_answer

IDLE = 10_000
SLOW = 300
_OPENING_SECONDS = 12.0
_ALONE_SECONDS = 2.0  # of a probe, before anything is attacked
_SLOW_SECONDS = 40.0  # twice the deadlines of a head and a body, and more
_CALM_SECONDS = 20.0
MOST_MEGABYTES = 150.0


def attack(on: Attack) -> None:
    """Each kind in its turn, the slow ones beside the bodies."""
    asyncio.run(_attack(on))


async def _attack(on: Attack) -> None:
    with probing(on, "no attack", of=None) as alone:
        await asyncio.sleep(_ALONE_SECONDS)
    limit = limit_beside(alone)
    await _two_meanings(on)
    await _broken_lines(on)
    bodies = _bodies_of()  # packing takes seconds, in which nothing else goes on here
    with probing(on, "slow clients, deep and packed bodies", of=limit):
        await asyncio.gather(_slow(on), _bodies(on, bodies, limit))
    with probing(on, "ten thousand idle connections", of=limit):
        await _idle(on)
        await _until_new_ones_are_answered(on)


# -- requests with two meanings -------------------------------------------------------------------

_HIDDEN = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
SHAPES = {
    "length and chunks": "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
    "a list of lengths": "Content-Length: 0, 44\r\n\r\n",
    "a signed length": "Content-Length: +0\r\n\r\n",
    "a negative length": "Content-Length: -1\r\n\r\n",
    "a length in hex": "Content-Length: 0x0\r\n\r\n",
    "a length of other digits": "Content-Length: \xb2\r\n\r\n",
    "a space before the colon": "Content-Length : 44\r\n\r\n",
    "chunks, twice": "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunks of another name": "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks with a tab": "Transfer-Encoding:\tchunked\x0b\r\n\r\n0\r\n\r\n",
    "a folded header": "X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a bare line feed": "X-A: b\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a bare return": "X-A: b\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a zero byte": "X-A: b\0c\r\n\r\n",
    "a chunk of no size": "Transfer-Encoding: chunked\r\n\r\n\r\n",
    "a chunk of much size": "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
    "a chunk with a tail": "Transfer-Encoding: chunked\r\n\r\n0;a=\nb\r\n\r\n",
}
"""What two servers in a row might read in two ways. Behind each stands a hidden request."""


async def _two_meanings(on: Attack) -> None:
    """What hides behind such a request is answered by nobody."""

    async def attempt(base: str, name: str, rest: str) -> None:
        head = f"POST /orders HTTP/1.1\r\nHost: {urlsplit(base).netloc}\r\n"
        answers = await _sent(base, f"{head}{rest}{_HIDDEN}".encode("latin-1"))
        on.count("requests with two meanings")
        if answers and answers[0] >= 500:
            on.find(f"{name} is answered {answers[0]}", base=base)
        if 200 in answers[1:]:
            on.find(f"what hides behind {name} is answered", base=base, answers=answers)

    places = (on.world.services["orders"].url, on.world.portal_url)
    await asyncio.gather(*(attempt(at, *shape) for at in places for shape in SHAPES.items()))


async def _sent(base: str, raw: bytes) -> list[int]:
    """The statuses of all that is answered on one connection."""
    place = urlsplit(base)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    found: list[int] = []
    with suppress(OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError):
        writer.write(raw)
        await writer.drain()
        while True:
            async with asyncio.timeout(3.0):
                found.append((await read_answer(reader, time.monotonic())).status)
    writer.close()
    return found


async def _broken_lines(on: Attack) -> None:
    """What stands in an address breaks no line of an answer's head."""
    lines = ("%0d%0aX-Injected:%201", "%0aX-Injected:%201", "%E5%98%8D%E5%98%8AX-Injected:1")
    orders, portal = on.world.services["orders"].url, on.world.portal_url
    headers = (("Authorization", f"Bearer {on.world.region_token()}"),)
    paths = (
        "/orders/{}",
        "/orders?after={}",
        "/logga-in?till={}",
        "/{}",
        "/sok?q={}",
        "/static/{}",
    )
    async with Wire() as wire:
        for base in (orders, portal):
            for path in paths:
                for line in lines:
                    answer = await wire.ask("GET", base + path.format("/x" + line), headers)
                    on.count("broken lines")
                    if b"\nx-injected" in answer.head.lower():
                        on.find("an address writes a header", base=base, path=path)
                    if answer.status >= 500:
                        on.find(f"a broken line is answered {answer.status}", base=base, path=path)


# -- bodies ---------------------------------------------------------------------------------------


Bodies = Mapping[str, tuple[bytes, Sequence[tuple[str, str]]]]
"""What is sent, with its headers, by its name."""


def _bodies_of() -> Bodies:
    json_kind = ("Content-Type", "application/json")
    packed = gzip.compress(b" " * (200 << 20))
    return {
        "deep lists": (b"[" * 1_000_000, [json_kind]),
        "deep objects": (b'{"a":' * 200_000, [json_kind]),
        "deep and closed": (b"[" * 100_000 + b"]" * 100_000, [json_kind]),
        "deep in a field": (b'{"lines":' + b"[" * 50_000 + b"]" * 50_000 + b"}", [json_kind]),
        "many names": (
            json.dumps({f"n{number}": number for number in range(60_000)}).encode(),
            [json_kind],
        ),
        "a long number": (b'{"lines": ' + b"9" * 900_000 + b"}", [json_kind]),
        "a long text": (b'{"prescriber": "' + b"a" * 900_000 + b'"}', [json_kind]),
        "many lines": (
            json.dumps({"lines": [{"article_number": "X"}] * 30_000}).encode(),
            [json_kind],
        ),
        "packed": (packed, [json_kind, ("Content-Encoding", "gzip")]),
        "packed twice": (gzip.compress(packed), [json_kind, ("Content-Encoding", "gzip, gzip")]),
        "too large": (b"x" * (2 << 20), [json_kind]),
        "not text": (b"\xff\xfe" * 1000, [json_kind]),
        "parts without end": (
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" * 10_000,
            [("Content-Type", "multipart/form-data; boundary=x")],
        ),
        "a form of many fields": (
            b"&".join(b"a%d=1" % number for number in range(100_000)),
            [("Content-Type", "application/x-www-form-urlencoded")],
        ),
    }


async def _bodies(on: Attack, bodies: Bodies, limit: float) -> None:
    """Each is refused, within the time that others may wait, and within memory."""
    before = on.world.megabytes()
    token = ("Authorization", f"Bearer {on.world.token(PRESCRIBER)}")
    forms = (("Origin", on.world.portal_url), ("Sec-Fetch-Site", "same-origin"))
    targets = {
        f"{on.world.services['orders'].url}/orders": (token,),
        f"{on.world.services['inventory'].url}/devices:find": (token,),
        f"{on.world.portal_url}/logga-in": forms,
    }
    async with Wire() as wire:
        for name, (body, headers) in bodies.items():
            for url, own in targets.items():
                begun = time.monotonic()
                try:
                    answer = await wire.ask("POST", url, (*own, *headers), body)
                except (OSError, EOFError, TimeoutError) as error:
                    if name != "too large":  # it is answered before it has come, and closed
                        on.find(f"a body of {name} gets no answer", url=url, error=repr(error))
                    continue
                on.count("bodies")
                if not 400 <= answer.status < 500:
                    said = answer.text[:100]
                    on.find(f"a body of {name} is answered {answer.status}", url=url, said=said)
                if (took := time.monotonic() - begun) > limit:
                    on.find(f"a body of {name} is dear", url=url, seconds=f"{took:.1f}")
    grown = max(now - before[name] for name, now in on.world.megabytes().items())
    on.figures["memory for bodies"] = f"{grown:.0f} MiB"
    if grown > MOST_MEGABYTES:
        on.find("bodies fill memory", grown=f"{grown:.0f} MiB")


_FORM = "Content-Type: application/x-www-form-urlencoded"

# -- connections ----------------------------------------------------------------------------------


async def _slow(on: Attack) -> None:
    """Heads and bodies that come a byte at a time are cut, each within its deadline."""
    token = on.world.token(SERVICE_DESK)
    body = "Content-Length: 1000\r\n\r\n"
    form = f"Origin: {on.world.portal_url}\r\nSec-Fetch-Site: same-origin\r\n"
    orders, portal = urlsplit(on.world.services["orders"].url), urlsplit(on.world.portal_url)
    slow = (
        (orders, "GET /orders HTTP/1.1\r\nHost: x\r\nX-A: "),
        (orders, f"POST /orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{body}"),
        (portal, "GET / HTTP/1.1\r\nHost: x\r\nX-A: "),
        (portal, f"POST /logga-in HTTP/1.1\r\nHost: x\r\n{form}{_FORM}\r\n{body}"),
    )
    ended = dict.fromkeys(range(len(slow)), 0)

    async def drip(number: int) -> None:
        place, head = slow[number]
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            writer.write(head.encode())
            while not reader.at_eof() and not writer.is_closing():
                writer.write(b"a")
                await writer.drain()
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.5):
                        if not await reader.read(4096):
                            break
            writer.close()
        ended[number] += 1

    on.count("slow clients", SLOW)
    tasks = [asyncio.create_task(drip(number % len(slow))) for number in range(SLOW)]
    await asyncio.wait(tasks, timeout=_SLOW_SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for number, (place, head) in enumerate(slow):
        if (still := SLOW // len(slow) - ended[number]) > 0:
            name = "the portal" if place is portal else "orders"
            on.find(f"{name} lets slow clients go on: {head.partition(' HTTP')[0]}", still=still)


async def _idle(on: Attack) -> None:
    """Ten thousand connections of which none asks for anything, to a service and to the portal."""
    before = on.world.megabytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    places = [urlsplit(on.world.services["orders"].url), urlsplit(on.world.portal_url)]
    opened: list[asyncio.StreamWriter] = []
    most = IDLE if hard == resource.RLIM_INFINITY else min(IDLE, hard - 2_000)
    until = time.monotonic() + _OPENING_SECONDS
    try:
        while len(opened) < most and time.monotonic() < until:
            found = await asyncio.gather(
                *(
                    asyncio.open_connection(place.hostname, place.port)
                    for place in places
                    for _ in range(50)
                ),
                return_exceptions=True,
            )
            opened += [one[1] for one in found if isinstance(one, tuple)]
            on.count("idle connections", len(found))
        grown = max(now - before[name] for name, now in on.world.megabytes().items())
        on.figures["memory for idle connections"] = f"{grown:.0f} MiB"
        if grown > MOST_MEGABYTES:
            on.find("idle connections fill memory", grown=f"{grown:.0f} MiB")
    finally:
        for writer in opened:
            writer.transport.abort()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def _until_new_ones_are_answered(on: Attack) -> None:
    """The ten thousand have gone: how long until somebody new is answered."""
    begun = time.monotonic()
    while time.monotonic() - begun < _CALM_SECONDS:
        async with Wire() as wire:
            with suppress(OSError, EOFError, TimeoutError):
                await wire.ask("GET", f"{on.world.services['orders'].url}/health/live")
                on.figures["somebody new after them"] = f"{time.monotonic() - begun:.1f} s"
                return
    on.find("somebody new is not answered after the idle ones", seconds=_CALM_SECONDS)
