"""How often a log line may be written: an outage or a flood must not fill the disk."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from kvitt_chassis import metrics

LEFT_OUT = metrics.declare(
    "counter",
    "log_lines_left_out_total",
    "Log lines that were not written since their like came too often, by logger and level.",
    "Growing: look at the line that was written; it has the number of those left out before it.",
    ("logger", "level"),
    silent="no line was left out since the process began",
)

_MOST_TEMPLATES = 1_000


@dataclass(slots=True)
class _Window:
    since: float
    written: int = 0
    left_out: int = 0


# decision 0225: a line is known by its template, and only so many of it are written
class Limit(logging.Filter):
    """Passes at most `burst` records of the same logger, level and template within `seconds`; the
    first one of the next window carries `left_out`, the number that did not pass.

    Of warnings and errors alone: what is lower is written once for what it tells, and a critical
    line ends a process.
    """

    def __init__(
        self,
        service: str,
        *,
        burst: int = 10,
        seconds: float = 10.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__()
        self._service = service
        self._burst = burst
        self._seconds = seconds
        self._clock = clock
        self._windows: dict[tuple[str, int, str], _Window] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """False for a record that is left out, which is counted."""
        if not logging.WARNING <= record.levelno < logging.CRITICAL:
            return True
        window = self._window(record)
        if window.written >= self._burst:
            window.left_out += 1
            LEFT_OUT.labels(self._service, record.name, record.levelname).inc()
            return False
        window.written += 1
        return True

    def _window(self, record: logging.LogRecord) -> _Window:
        now = self._clock()
        place = (record.name, record.levelno, str(record.msg))
        window = self._windows.get(place)
        if window is not None and now - window.since < self._seconds:
            return window
        if window is not None and window.left_out:
            record.left_out = window.left_out
        if len(self._windows) >= _MOST_TEMPLATES:
            self._windows.clear()  # made with values instead of placeholders: forget them
        window = self._windows[place] = _Window(now)
        return window
