"""Named places where a test may kill, stop or fail the process. Unarmed, they do nothing."""

import os
import signal
from collections.abc import Callable

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
"""Every failpoint with the moment that it stands for. Other chassis modules add theirs on import.
"""


class FailpointHit(Exception):
    """What a failpoint armed with `raise` throws: a fault like any other."""


def failpoint(name: str) -> None:
    """Pass a named moment. Costs one look at an empty table unless something is armed."""
    if _armed:
        _hit(name)


def declare(name: str, meaning: str) -> None:
    """Add a failpoint of another module, so that it is listed."""
    FAILPOINTS[name] = meaning


def arm(name: str, action: Callable[[], None], *, on_hit: int = 1) -> None:
    """Do `action` at the `on_hit`-th passing of a failpoint, and at that one alone."""
    if name not in FAILPOINTS:
        raise KeyError(f"no failpoint is called {name}")
    _armed[name] = (on_hit, action)


def disarm(name: str | None = None) -> None:
    """Forget what was armed at one failpoint, or at all."""
    if name is None:
        _armed.clear()
    else:
        _armed.pop(name, None)


def arm_from(specification: str | None) -> None:
    """Arm what KVITT_FAILPOINTS says: `relay.after_send=kill@3;unit.before_commit=raise`.

    Actions: `kill` (SIGKILL), `stop` (SIGSTOP), `raise`; `@n` is the passing at which it happens.
    Raises KeyError for an unknown failpoint or action.
    """
    for part in filter(None, (specification or "").split(";")):
        name, _, what = part.strip().partition("=")
        action, _, on_hit = what.partition("@")
        arm(name, _ACTIONS[action], on_hit=int(on_hit or 1))


def _hit(name: str) -> None:
    waiting = _armed.get(name)
    if waiting is None:
        return
    left, action = waiting
    if left > 1:
        _armed[name] = (left - 1, action)
        return
    del _armed[name]
    action()


def _fail() -> None:
    raise FailpointHit


def _signal(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


_armed: dict[str, tuple[int, Callable[[], None]]] = {}
_ACTIONS: dict[str, Callable[[], None]] = {
    "kill": _signal(signal.SIGKILL),
    "stop": _signal(signal.SIGSTOP),
    "raise": _fail,
}
