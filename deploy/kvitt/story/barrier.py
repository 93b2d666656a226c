"""Barriers of the month: business time is advanced only when no service has anything left to do."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from time import monotonic

import httpx

from kvitt.local.problems import LocalProblem
from kvitt.story.services import Caller, Json, Services
from kvitt.troubles import of_answer, reason_of

STILL_SECONDS = 60.0
"""So long nothing may have moved; a slow machine may take its time."""
LONGEST_SECONDS = 600.0
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.15
_LOOK_EVERY_SECONDS = 2.0
_NOT_WORK = {"recorded", "quarantined"}
_TROUBLE = "trouble"
_PROGRESS = ("recorded", "lag", "unsent", "parked_waiting")
_WORDS = {
    "lag": "messages to read",
    "unsent": "events to send",
    "parked_waiting": "keys that wait",
    "due_timers": "timers that are due",
    "in_hand": "a batch in hand, or not reading yet",
}


# decision 0090: a barrier is two looks that say the same
class Barrier:
    """All services together: whether they are idle, and their business time.

    `dead` gives the parts that do not run at an instant, with the reason.
    """

    def __init__(self, services: Services, *, dead: Callable[[], Mapping[str, str]] = dict) -> None:
        self._dead = dead
        self._names = services.names
        self._operator: Caller = services.as_operator()

    async def reach(self, *, still: float = STILL_SECONDS) -> None:
        """Wait until two looks in a row find every service idle, and nothing recorded between.

        Raises LocalProblem that names what each still has to do, when nothing has changed for
        `still` seconds, or some of it never ends.
        """
        patience = _Patience(still)
        while True:
            # One after the other: to ask all of them again and again would cost what they work.
            first = [await self._until_at_rest(name, patience) for name in self._names]
            second = await self._look_at_all()
            patience.note(second)
            if not any(map(_still, second)) and list(map(_recorded, second)) == first:
                return

    async def move_clock(self, to: datetime) -> None:
        """Advance every service to one business time: `to`, or the latest of theirs when that is
        later.

        A past instant can be set only while nothing has been recorded.
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

    async def _until_at_rest(self, name: str, patience: "_Patience") -> int:
        """The service's last recorded number, once it is idle."""
        pause = _FIRST_PAUSE_SECONDS
        while _still(look := await self._look(name)):
            if patience.wants_a_look():
                patience.note(looks := await self._look_at_all())
                if patience.is_over():
                    named = dict(zip(self._names, looks, strict=True))
                    raise not_at_rest(named, patience.lasted, dead=self._dead())
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
        return _recorded(look)

    async def _look_at_all(self) -> list[Json]:
        return list(await asyncio.gather(*(self._look(name) for name in self._names)))

    async def _look(self, name: str) -> Json:
        try:
            answer = await self._operator.try_to("GET", name, "/admin/idle")
        except httpx.TransportError as error:
            return {_TROUBLE: f"does not answer ({type(error).__name__})"}
        found: Json = answer.json() if answer.is_success else {_TROUBLE: _said(answer)}
        return found

    async def _advance(self, name: str, body: Json) -> Json | None:
        """The new offset; None when the service's time is later already."""
        answer = await self._operator.try_to("POST", name, "/admin/clock:advance", json=body)
        if answer.is_success:
            said: Json = answer.json()
            return said
        if reason_of(answer) == "CLOCK_GOES_BACK":
            return None
        problem = of_answer(name, answer)
        raise LocalProblem(
            f"{name} does not move its business time. {problem.what}", remedy=problem.remedy
        )


class _Patience:
    """How long we have waited, and since when nothing has changed."""

    def __init__(self, still: float) -> None:
        self._still = still
        self._begun = self._moved = self._looked = monotonic()
        self._latest: list[tuple[int, ...]] = []

    @property
    def lasted(self) -> float:
        return monotonic() - self._begun

    def wants_a_look(self) -> bool:
        return monotonic() - self._looked > _LOOK_EVERY_SECONDS

    def note(self, looks: Sequence[Json]) -> None:
        self._looked = monotonic()
        # A key that is tried again and again in vain is no progress.
        counts = [tuple(look.get(what, 0) for what in _PROGRESS) for look in looks]
        if counts != self._latest:
            self._moved, self._latest = self._looked, counts

    def is_over(self) -> bool:
        return monotonic() > min(self._moved + self._still, self._begun + LONGEST_SECONDS)


def _recorded(look: Json) -> int:
    return int(look.get("recorded", -1))


def _still(look: Json) -> Json:
    return {what: count for what, count in look.items() if count and what not in _NOT_WORK}


def _said(answer: httpx.Response) -> str:
    return f"answers {answer.status_code}"


def not_at_rest(
    looks: Mapping[str, Json], seconds: float, *, dead: Mapping[str, str]
) -> LocalProblem:
    """What each service still has to do, and first of all which parts are dead."""
    working = {name: found for name, look in looks.items() if (found := _still(look))}
    told = [f"{part}: {why}" for part, why in dead.items()]
    told += [
        f"{name}: " + ", ".join(_told(what, count) for what, count in one.items())
        for name, one in working.items()
    ]
    named = next(iter((*dead, *working)), "")
    return LocalProblem(
        f"After {seconds:.0f} s something moves still. "
        + ("; ".join(told) or "Somebody records on and on."),
        remedy=f"Look with kvitt logs {named}; after kvitt up with kvitt parked and kvitt idle.",
    )


def _told(what: str, count: object) -> str:
    return str(count) if what == _TROUBLE else f"{count} {_WORDS.get(what, what)}"
