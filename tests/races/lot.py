"""Runs together in one set of databases, emptied before: each with an article and devices of its
own, and its own time. When all are over, the month's days are closed and invoiced, and everything
is judged.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from kvitt_chassis.operating.row_comparison import read_event
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.envelope import Envelope, Message
from kvitt_contracts.inventory import Custody, DeviceRegistered
from kvitt_contracts.orders import PersonRegistered
from kvitt_testkit.world import an_envelope
from sqlalchemy import text

from contracts.tests.builders.inventory import a_store_custody
from tests.races import checks
from tests.races.course import STEPS
from tests.races.evidence import gather
from tests.races.post import Post
from tests.races.record import Violation
from tests.races.run import Run
from tests.races.setting import (
    LAST,
    REGIONS,
    STATED_AT,
    Stated,
    the_catalogue,
    the_prices,
    the_registry,
)
from tests.races.system import MOMENT, Moment, Said, System
from tests.simulation.chance import Tape

AT_ONCE: Final = 4
"""So many runs go on beside each other, so that no core waits for the other."""
_STATED_TOGETHER: Final = 100
_INVOICED_WITHIN: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A run to be made: of a seed, or of a tape in its place. `name` tells it from its like."""

    seed: int
    name: str = ""
    steps: int = STEPS
    tape: Tape | None = None


def seeds(numbers: Iterable[int], *, steps: int = STEPS) -> list[Wanted]:
    """Runs of these seeds."""
    return [Wanted(seed=number, steps=steps) for number in numbers]


async def explore(
    system: System, wanted: Sequence[Wanted], *, is_told: bool = False
) -> Sequence[Run]:
    """Make the runs, and judge them: each has its `violations` then."""
    runs = [
        Run(
            one.seed,
            label=f"{one.seed}{one.name}",
            partition=number,
            steps=one.steps,
            tape=one.tape,
            is_told=is_told,
        )
        for number, one in enumerate(wanted, start=1)
    ]
    month = Moment(STATED_AT)
    MOMENT.set(month)
    post = Post(system, partition=0)
    await _prepare(system, post, month, [device for run in runs for device in run.devices])
    _hand_out(month.said, runs)
    await _live(system, runs)
    is_invoiced = await _close(system, post, month)
    if not is_invoiced and not any(run.violations for run in runs):
        raise Violation("money", "the month is not invoiced, and no run says why")
    evidence = await gather(system, month, runs)
    evidence.is_invoiced = is_invoiced
    for run in runs:
        run.violations += checks.violations(run, evidence)
    return runs


async def broken(system: System, numbers: Iterable[int]) -> list[str]:
    """Of the runs of these seeds those that do not hold, each with how to repeat it."""
    runs = await explore(system, seeds(numbers))
    return [f"make races SEED={run.seed}: {run.violations[0]}" for run in runs if run.violations]


async def _live(system: System, runs: Sequence[Run]) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def live(run: Run) -> None:
        async with places:
            await run.go(system)
            if run.violations:
                await _leave(system, run)

    await asyncio.gather(*(live(run) for run in runs))


async def _leave(system: System, run: Run) -> None:
    """What a run that has broken off was still to do holds up no other run's month."""
    keys = [*run.transfers, *run.pickups]
    for running in system:
        async with running.worker.unit() as unit:
            await unit.session.execute(_FORGET_TIMERS, {"keys": keys})


_FORGET_TIMERS = text("DELETE FROM timers WHERE key = ANY(CAST(:keys AS uuid[]))")


async def _prepare(system: System, post: Post, month: Moment, devices: Sequence[Stated]) -> None:
    for running in system:
        await running.empty()
    for region in REGIONS:
        for subject, fact in the_registry():
            envelope = an_envelope(fact, region=region, subject=subject)
            await system["orders"].handle([(envelope, fact)])
    post.put(month.take())
    await post.hand_over_all()
    for region in REGIONS:
        mine = [one for one in devices if one.region == region]
        articles = dict.fromkeys(one.article for one in mine)
        for stage in (
            *_pieces(the_catalogue(articles, dict.fromkeys(one.shelf for one in mine))),
            *_pieces(the_prices(articles)),
            *_pieces([one.fact() for one in mine]),
        ):
            for running in system:
                known = running.service.handlers.messages
                read = [_from(region, message) for message in stage if type(message) in known]
                if read:
                    await running.handle(read)
    post.put(month.take())
    await post.hand_over_all()


def _from(region: str, message: Message) -> tuple[Envelope, Message]:
    subject = getattr(message, "device_number", None) or getattr(message, "store", None)
    return an_envelope(message, region=region, subject=subject), message


def _pieces(facts: Sequence[Message]) -> list[tuple[Message, ...]]:
    rest = iter(facts)
    return list(iter(lambda: tuple(islice(rest, _STATED_TOGETHER)), ()))


def _hand_out(said: Sequence[Said], runs: Sequence[Run]) -> None:
    """Each run knows its devices as they were stated, and what the region calls its persons."""
    for one in said:
        if one.event.type == PersonRegistered.wire_type:
            told: Any = read_event(one.event.type, one.event.payload)
            for run in runs:
                run.people[told.person] = told.region_person_id
    of = {str(device.id): (run, device.id) for run in runs for device in run.devices}
    for one in said:
        if one.event.topic == "inventory.devices":
            run, device_id = of[one.event.key]
            run.begin(device_id, _stated(read_event(one.event.type, one.event.payload)))


def _stated(event: Any) -> Custody:
    if isinstance(event, DeviceRegistered):
        return a_store_custody(event.store, since=event.registered_on)
    custody: Custody = event.custody
    return custody


async def _close(system: System, post: Post, month: Moment) -> bool:
    """Close every day of the month in every region, and invoice it. False where billing waits for
    changes that a run which has broken off has left behind.
    """
    MOMENT.set(month)
    inventory, billing = system["inventory"], system["billing"]
    ends = start_of_day(LAST + timedelta(days=1))
    for key in [key for _, name, key in month.timers if name == "day_ends"]:
        while month.timers["inventory", "day_ends", key] <= ends:
            month.now = max(STATED_AT, month.timers["inventory", "day_ends", key])
            await inventory.fire("day_ends", month.regions[key], key)
    month.now = ends
    post.put(month.take())
    try:
        await post.hand_over_all()
    except NotYetKnown:
        return False
    for _ in range(_INVOICED_WITHIN):
        due = [key for _, name, key in month.timers if name == "invoice_run"]
        if not due:
            return True
        await billing.fire("invoice_run", month.regions[due[0]], due[0])
    raise Violation("money", "the month's run does not end")


def counted(runs: Iterable[Run]) -> Mapping[str, int]:
    """How often each thing was done, and how each transfer and pickup ended."""
    total: dict[str, int] = defaultdict(int)
    for run in runs:
        for what, number in run.counts.items():
            total[what] += number
        for transfer in run.transfers.values():
            total[f"is {transfer.status}"] += 1
        for pickup in run.pickups.values():
            total[f"pickup is {pickup.status}"] += 1
    return total
