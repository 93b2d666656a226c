"""Named places in the code at which a test may kill, stop or fail the process. Unarmed, they do
nothing.
"""

import asyncio
import os
import signal
import zlib
from collections.abc import Callable
from dataclasses import dataclass

# decision 0131: failpoints stay in the product, unarmed
FAILPOINTS: dict[str, str] = {
    "unit.before_commit": "effects, events and timers are written, nothing is committed",
    "unit.after_commit": "committed; nobody has been told",
    "relay.before_send": "a page is read, nothing of it is sent",
    "relay.after_send": "a page is acknowledged by Kafka; the cursor does not know",
    "relay.before_store": "the cursor has moved in memory, the stored one has not",
    "relay.after_store": "the cursor is stored",
    "timers.before_commit": "due timers are removed and handled, nothing is committed",
    "timers.after_commit": "due timers are committed",
}
"""Every failpoint with a description of its place. Other chassis modules add theirs on import.
"""


class FailpointHit(Exception):
    """Raised by a failpoint that is armed with `raise`: a fault like any other."""


def failpoint(name: str) -> None:
    """Pass a named place. Costs one look-up in an empty dict unless something is armed."""
    if _armed:
        _hit(name)


async def failpoint_of(name: str, key: str) -> None:
    """Pass a named place while handling a message of this key: here it may also hang, or fail for
    some keys.
    """
    if not _armed:
        return
    try:
        _hit(name, key)
    except _Hang:
        await asyncio.Event().wait()


def declare(name: str, meaning: str) -> None:
    """Declare a failpoint of another module, so that it is listed."""
    FAILPOINTS[name] = meaning


def arm(
    name: str, action: Callable[[], None], *, on_hit: int = 1, percent: int | None = None
) -> None:
    """Do `action` at the `on_hit`-th passing of a failpoint, and only then; with `percent`, at
    every passing of that share of keys, always the same ones.
    """
    if name not in FAILPOINTS:
        raise KeyError(f"no failpoint is called {name}")
    _armed[name] = _Armed(action, on_hit, percent)


def disarm(name: str | None = None) -> None:
    """Disarm one failpoint, or all."""
    if name is None:
        _armed.clear()
    else:
        _armed.pop(name, None)


def arm_from(specification: str | None) -> None:
    """Arm failpoints as in KVITT_FAILPOINTS: `relay.after_send=kill@3;unit.before_commit=raise`.

    Actions: `kill` (SIGKILL), `stop` (SIGSTOP), `raise`, and where a key is told `hang`; `@n` is
    the passing at which it happens, `%n` the share of keys for which it does every time.
    Raises KeyError for an unknown failpoint or action.
    """
    for part in filter(None, (specification or "").split(";")):
        name, _, what = part.strip().partition("=")
        rest, _, percent = what.partition("%")
        action, _, on_hit = rest.partition("@")
        share = int(percent) if percent else None
        arm(name, _ACTIONS[action], on_hit=int(on_hit or 1), percent=share)


@dataclass(slots=True)
class _Armed:
    action: Callable[[], None]
    left: int
    percent: int | None


class _Hang(Exception):
    """Raised inside for `hang`: the passing does not end."""


def _hit(name: str, key: str = "") -> None:
    waiting = _armed.get(name)
    if waiting is None:
        return
    if waiting.percent is not None:
        if zlib.crc32(key.encode()) % 100 < waiting.percent:
            waiting.action()
        return
    waiting.left -= 1
    if waiting.left == 0:
        del _armed[name]
        waiting.action()


def _fail() -> None:
    raise FailpointHit


def _hang() -> None:
    raise _Hang


def _signal(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


_armed: dict[str, _Armed] = {}
_ACTIONS: dict[str, Callable[[], None]] = {
    "kill": _signal(signal.SIGKILL),
    "stop": _signal(signal.SIGSTOP),
    "raise": _fail,
    "hang": _hang,
}
