"""Another region that goes on stating users beside an attack, and how long each takes to its
effect.
"""

import time
from itertools import count
from typing import Self

from contracts.tests.builders.regions import a_user_stated
from tests.attack.setting import THEIRS, Attack
from tests.faults.registry import REGIONS

_EVERY_SECONDS = 0.25
_LAST_SECONDS = 30.0
_KNOWN = "SELECT user_id FROM users WHERE region = %s AND user_id = ANY (%s)"


class Beside:
    """A context manager: what was sent within has come to its effect afterwards, or is missing."""

    _numbers = count()

    def __init__(self, on: Attack) -> None:
        self._on = on
        self._sent: dict[str, float] = {}
        self._seconds: list[float] = []
        self._due = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        limit = time.monotonic() + _LAST_SECONDS
        while self._sent and time.monotonic() < limit:
            self._look()
            time.sleep(0.05)

    def go_on(self) -> None:
        """Send one if it is time, and look what has come."""
        now = time.monotonic()
        if now >= self._due:
            self._due = now + _EVERY_SECONDS
            user = f"granne{next(self._numbers)}"
            fact = a_user_stated(user, REGIONS[1].service_points[0])
            self._on.world.load.send(THEIRS, "orders", user, fact)
            self._sent[user] = now
        self._look()

    def go_on_for(self, seconds: float) -> None:
        """Nothing else, for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.go_on()
            time.sleep(0.05)

    def at(self, share: float) -> float:
        """The seconds below which this share of them lies."""
        told = sorted(self._seconds)
        return told[min(len(told) - 1, int(len(told) * share))] if told else 0.0

    def judge(self, what: str, limit: float) -> None:
        """Nothing of the other region is lost, and nineteen of twenty come within the limit."""
        self._on.figures[f"messages beside {what}"] = (
            f"{len(self._seconds)}, p50 {self.at(0.5):.2f} s, p95 {self.at(0.95):.2f} s,"
            f" longest {self.at(1.0):.2f} s"
        )
        if self._sent:
            self._on.find(f"another region's messages are lost beside {what}", n=len(self._sent))
        if self.at(0.95) > limit:
            self._on.find(
                f"another region's messages wait beside {what}",
                p95=f"{self.at(0.95):.1f} s",
                limit=f"{limit:.1f} s",
            )

    def _look(self) -> None:
        with self._on.world.database("orders") as database:
            known = database.execute(_KNOWN, (THEIRS, list(self._sent))).fetchall()
        now = time.monotonic()
        self._seconds += [now - self._sent.pop(str(user)) for (user,) in known]
