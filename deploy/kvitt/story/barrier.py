"""Where the month stands still: nothing is in hand anywhere; only then business time is moved."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from time import monotonic

import httpx

from kvitt.local.problems import LocalProblem
from kvitt.story.services import Caller, Json, Services

STILL_SECONDS = 60.0
"""So long nothing may have moved; a slow machine may take its time."""
LONGEST_SECONDS = 600.0
_PAUSE_SECONDS = 0.03
_NOT_WORK = {"recorded", "quarantined"}
_PROGRESS = ("recorded", "lag", "unsent", "parked_waiting")
_WORDS = {
    "lag": "messages to read",
    "unsent": "events to send",
    "parked_waiting": "keys that wait",
    "due_timers": "timers that are due",
    "in_hand": "a batch in hand, or not reading yet",
}


class Barrier:
    """All services together: do they rest, and what time is it for them."""

    def __init__(self, services: Services) -> None:
        self._names = services.names
        self._operator: Caller = services.as_operator()

    async def reach(self, *, still: float = STILL_SECONDS) -> None:
        """Wait until two looks in a row find every service at rest, and nothing recorded between.

        Raises LocalProblem that says who has what in hand, when nothing has moved for `still`
        seconds, or some of it goes on and on.
        """
        begun = moved = monotonic()
        before: list[int] | None = None
        latest: list[tuple[int, ...]] = []
        while True:
            looks = await asyncio.gather(*(self._look(name) for name in self._names))
            # A key that is tried again and again in vain is no progress.
            counts = [tuple(look.get(what, 0) for what in _PROGRESS) for look in looks]
            if counts != latest:
                moved, latest = monotonic(), counts
            working = {name: _still(look) for name, look in zip(self._names, looks, strict=True)}
            recorded = [look.get("recorded", -1) for look in looks]
            rests = not any(working.values())
            if rests and recorded == before:
                return
            before = recorded if rests else None
            if monotonic() > min(moved + still, begun + LONGEST_SECONDS):
                raise _not_at_rest(working, monotonic() - begun)
            await asyncio.sleep(0 if rests else _PAUSE_SECONDS)

    async def move_clock(self, to: datetime) -> None:
        """Move every service to one business time: `to`, or where they are when that has passed.

        An instant in the past is reached too while nothing has been recorded.
        """
        first, *others = self._names
        moved = await self._advance(first, {"to": to.isoformat()})
        if moved is None:
            moved = await self._operator.get(first, "/admin/clock")
        offset = {"offset_seconds": moved["offset_seconds"]}
        await asyncio.gather(*(self._advance(name, offset) for name in others))

    async def now(self) -> datetime:
        """Business time."""
        clock = await self._operator.get(self._names[0], "/admin/clock")
        return datetime.fromisoformat(clock["now"])

    async def _look(self, name: str) -> Json:
        try:
            answer = await self._operator.try_to("GET", name, "/admin/idle")
        except httpx.TransportError as error:
            return {type(error).__name__: 1}
        found: Json = answer.json() if answer.is_success else {f"HTTP {answer.status_code}": 1}
        return found

    async def _advance(self, name: str, body: Json) -> Json | None:
        """None when its time is further on already."""
        answer = await self._operator.try_to("POST", name, "/admin/clock:advance", json=body)
        said: Json = answer.json()
        if answer.is_success:
            return said
        if said.get("reason") == "CLOCK_GOES_BACK":
            return None
        raise LocalProblem(
            f"{name} does not move its business time: {said.get('detail', answer.status_code)}",
            remedy=f"kvitt logs {name} may say why.",
        )


def _still(look: Json) -> dict[str, int]:
    return {what: count for what, count in look.items() if count and what not in _NOT_WORK}


def _not_at_rest(working: Mapping[str, Mapping[str, int]], seconds: float) -> LocalProblem:
    told = "; ".join(
        f"{name}: " + ", ".join(f"{count} {_WORDS.get(what, what)}" for what, count in one.items())
        for name, one in working.items()
        if one
    )
    named = next((name for name, one in working.items() if one), "")
    return LocalProblem(
        f"After {seconds:.0f} s something moves still. {told or 'Somebody records on and on.'}",
        remedy=f"Look with kvitt logs {named}; after kvitt up kvitt parked and kvitt idle.",
    )
