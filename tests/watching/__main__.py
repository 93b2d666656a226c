"""`make alarms`: asks every expression on a running system, then strikes it with eight faults: each
one's alarm is to come through Alertmanager within 90 seconds, and to go when its page is followed.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from kvitt.local.prometheus import find_prometheus

from tests.telling import say
from tests.watching.alertmanager import find_alertmanager
from tests.watching.expressions import every_expression, unanswered
from tests.watching.faults import FAULTS, RATE, Fault
from tests.watching.world import WatchedWorld

MOST_SECONDS = 90.0
_OVER_SECONDS = 600.0
_READ_SECONDS = 180.0
_PAUSE_SECONDS = 5.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives the exit code: 1 where something was empty, late, or did not end."""
    parser = argparse.ArgumentParser(prog="python -m tests.watching", description=__doc__)
    parser.add_argument("--alarm", default="", help="names, with commas between; none: all")
    named = [name for name in parser.parse_args(arguments).alarm.split(",") if name]
    chosen = [one for one in FAULTS if not named or one.alarm in named]
    programs = find_prometheus(), find_alertmanager()
    if not all(programs):
        say(
            "Prometheus and Alertmanager are needed: apt-get install prometheus"
            " prometheus-alertmanager"
        )
        return 1
    directory = Path(tempfile.mkdtemp(prefix="kvitt-alarms-"))
    say(f"logs are in {directory}")
    world = WatchedWorld(directory, seed=1, say=lambda text: None)
    world.programs = str(programs[0]), str(programs[1])
    with world:
        wrong = [*_ask(world)]
        for fault in chosen:
            wrong += _try(world, fault)
    for line in wrong:
        say(f"NOT: {line}")
    return 1 if wrong else 0


def _ask(world: WatchedWorld) -> list[str]:
    """What is empty though it may not be, after the system has been used for some seconds."""
    limit = time.monotonic() + _READ_SECONDS
    with world.loaded(RATE):
        while (found := unanswered(world.prometheus.url)) and time.monotonic() < limit:
            time.sleep(_PAUSE_SECONDS)
    say(f"{sum(1 for _ in every_expression())} expressions asked, {len(found)} empty")
    return [f"empty: {one}" for one in found]


def _try(world: WatchedWorld, fault: Fault) -> list[str]:
    labels = {"alertname": fault.alarm, **fault.labels}
    world.load.rate = RATE if fault.is_loaded else 0.0
    begun = time.monotonic()
    try:
        fault.strike(world)
        struck = time.monotonic()
        took = world.received.wait_for(labels, "firing", since=begun, timeout=300.0)
    except TimeoutError as error:
        fault.mend(world)
        return [f"{fault.alarm} ({fault.told}): {error}"]
    finally:
        world.load.rate = 0.0
    took -= min(took, struck - begun)  # the fault is there when it has been made
    mended = time.monotonic()
    try:
        fault.mend(world)
        over = world.received.wait_for(labels, "resolved", since=mended, timeout=_OVER_SECONDS)
    except TimeoutError as error:
        return [f"{fault.alarm} ({fault.told}) does not end: {error}"]
    say(f"{fault.alarm:16} {fault.told}: alarm after {took:.0f} s, over {over:.0f} s after mending")
    return [] if took <= MOST_SECONDS else [f"{fault.alarm} came after {took:.0f} s"]


if __name__ == "__main__":
    sys.exit(main())
