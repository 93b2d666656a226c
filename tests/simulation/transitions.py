"""What there is to go through: every transition of the machines, found by asking the machines
themselves with every answer that their actions may get.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from kvitt_chassis.consuming.machine import (
    FROM_PARK,
    Apply,
    ConsumerMachine,
    Done,
    Failed,
    Failure,
    Finish,
    Input,
    Park,
    Partition,
    Pause,
    Received,
    RecordPosition,
    Refuse,
)
from kvitt_chassis.consuming.machine import Action as ConsumerAction
from kvitt_chassis.relaying.machine import RelayMachine
from kvitt_chassis.relaying.steps import Action as RelayAction
from kvitt_chassis.relaying.steps import (
    Cursor,
    DatabaseFailed,
    Happened,
    InRecovery,
    LeaseBusy,
    LeaseLost,
    LeaseRenewed,
    LeaseTaken,
    Leave,
    Left,
    Look,
    Looked,
    Origin,
    PageRead,
    Publish,
    Published,
    PublishFailed,
    Read,
    RenewLease,
    Survey,
    Surveyed,
    TakeLease,
    Waited,
)
from kvitt_chassis.relaying.steps import Pause as RelayPause

from tests.simulation.consuming import FAIRNESS, LIMITS, named, told

Transition = tuple[str, str, str]
"""What was being done (with one message or several), what came of it, what is done next."""

RELAY_ANSWERS: Mapping[type, tuple[type, ...]] = {
    TakeLease: (LeaseTaken, LeaseBusy, InRecovery, DatabaseFailed),
    Survey: (Surveyed, PublishFailed, DatabaseFailed),
    RenewLease: (LeaseRenewed, LeaseLost, DatabaseFailed),
    Look: (Looked, DatabaseFailed),
    Read: (PageRead, DatabaseFailed),
    Publish: (Published, PublishFailed),
    RelayPause: (Waited,),
    Leave: (Left, DatabaseFailed),
}
"""What the shell may answer to each action, as the machine's docstrings say."""

_BY_ITSELF = (Failure.LOCK_TROUBLE, Failure.FAULT)
CONSUMER_ANSWERS: Mapping[type, tuple[Failure, ...]] = {
    Apply: tuple(Failure),
    Refuse: _BY_ITSELF,
    Park: _BY_ITSELF,
    Pause: _BY_ITSELF,
}
"""How each action may fail. A batch is refused only where it is one message from outside."""

_HERE = Origin("7", "00000001", "kafka")
_SIZE = 2
_WALKS = 12_000
_LENGTH = 40


def relay_transitions(seed: int = 0) -> set[Transition]:
    """What a relay's machine can go through."""
    chance = random.Random(seed)
    found: set[Transition] = set()
    for _ in range(_WALKS):
        machine, now = RelayMachine(page=_SIZE), 0.0
        action: RelayAction | None = machine.begin(now)
        for _ in range(_LENGTH):
            assert action is not None
            if chance.random() < 0.02:
                machine.drain()
            now += chance.choice((0.001, 0.001, 0.05, 0.15, 0.7))
            # Trouble comes seldom enough to get somewhere.
            kinds = RELAY_ANSWERS[type(action)]
            kind = kinds[0] if chance.random() < 0.8 else chance.choice(kinds)
            after = machine.next(_relay_answer(kind, action, chance), now)
            found.add((type(action).__name__, kind.__name__, type(after).__name__))
            action = after
            if action is None:
                break
    return found


def _relay_answer(kind: type, action: RelayAction, chance: random.Random) -> Happened:
    if kind is LeaseTaken:
        return LeaseTaken(1)
    if kind is Surveyed:
        known = chance.choice((None, _HERE, _HERE, _HERE, replace(_HERE, timeline="2")))
        cursor = Cursor(s1="10:10:", base_id=chance.choice((0, 0, 3)))
        return Surveyed(cursor=cursor, known=known, found=_HERE, cursor_xmax=10, xmax=20)
    if kind is Looked:
        return Looked(chance.choice(("10:10:", "20:20:", "30:30:")), _a_page(chance))
    if kind is PageRead:
        return _a_page(chance)
    if kind is Published:
        assert isinstance(action, Publish)
        return Published(_a_page(chance) if action.ahead and chance.random() < 0.8 else None)
    made: Happened = kind()
    return made


def _a_page(chance: random.Random) -> PageRead:
    rows = range(1, 1 + chance.randrange(_SIZE + 1))
    return PageRead(rows, rows[-1] if rows else 0, _SIZE)


def consumer_transitions(seed: int = 0) -> set[Transition]:
    """What a consumer's machine can go through."""
    chance = random.Random(seed)
    found: set[Transition] = set()
    for _ in range(_WALKS // 2):
        machine = ConsumerMachine(LIMITS, FAIRNESS)
        for _ in range(4):
            partitions: list[Partition] = [("one", 0), ("one", 1)]
            places = tuple(
                RecordPosition(partitions[chance.randrange(2)], offset)
                for offset in range(1 + chance.randrange(6))
            )
            _settle(machine, places, chance, found)
    return found


def drain_transitions(seed: int = 0) -> set[Transition]:
    """What a consumer's machine can go through with one message from the park."""
    chance = random.Random(seed)
    found: set[Transition] = set()
    for _ in range(_WALKS // 12):
        machine = ConsumerMachine(limits=FROM_PARK)
        _settle(machine, (RecordPosition(("one", 0), 0),), chance, found)
    return found


def _settle(
    machine: ConsumerMachine,
    places: tuple[RecordPosition, ...],
    chance: random.Random,
    found: set[Transition],
) -> None:
    happened: Input = Received(places)
    before, worst, usual = "", chance.random(), chance.choice(tuple(Failure))
    while True:
        action = machine.step(happened)
        found.add((before, told(happened), type(action).__name__))
        if isinstance(action, Finish):
            return
        if chance.random() < 0.05 and machine.limits is not FROM_PARK:
            machine.revoke([("one", number) for number in range(1 + chance.randrange(2))])
        before = named(action)
        failures = _failures_of(action)
        failure = usual if usual in failures else chance.choice(failures)
        if chance.random() < 0.2:
            failure = chance.choice(failures)
        seconds = chance.choice((0.0, 0.0, 0.3))
        if chance.random() > worst:
            happened = Done(seconds)
        else:
            happened = Failed(failure, _at(action, chance), seconds)


def _failures_of(action: ConsumerAction) -> Sequence[Failure]:
    failures = list(CONSUMER_ANSWERS[type(action)])
    if isinstance(action, Apply) and len(action.indexes) > 1:
        failures.remove(Failure.REFUSED)
    return failures


def _at(action: ConsumerAction, chance: random.Random) -> int | None:
    if not isinstance(action, Apply) or chance.random() < 0.3:
        return None
    return chance.choice(action.indexes)


def missing(there_is: Collection[Transition], seen: Collection[Transition]) -> list[Transition]:
    """The transitions that there are and that were not seen, in order."""
    return sorted(set(there_is) - set(seen))
