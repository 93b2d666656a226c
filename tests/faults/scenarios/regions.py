"""Faults of one region: it sends what it should not, while the others go on."""

from random import Random

from tests.faults.checker.evidence import Violation
from tests.faults.flooding import FLOODS, Flooding, Round
from tests.faults.scenario import Fault, scenario
from tests.faults.world import World

ROUND_SECONDS = 6.0
# decision 0191: a ratio in the bench, a floor in the faults
SLOWER = 6.0
FLOOR_SECONDS = 3.0
"""What is judged here: more than so many times as slow, and slower than the floor. One short round
on a busy machine says no more; the bench measures the ratio.
"""
OWN_SECONDS = 30.0
SETTLED_SECONDS = 120.0
"""What the flooding region's own good messages may take, and all of a flood until it is settled."""


@scenario("one-bad-region", "one region floods a service in four ways, in turn")
def one_bad_region(world: World, chance: Random) -> Fault:
    """The other region's good messages stay as fast; each message of the flood is answered."""
    flooding = Flooding(world, chance)
    flooding.round("", seconds=2.0)  # the first of each kind of message takes longer
    alone = flooding.round("", seconds=ROUND_SECONDS)
    world.say(f"  alone: p50 {alone.good.at(0.5):.2f}, p99 {alone.good.at(0.99):.2f} s")
    rounds = []
    for flood in FLOODS:
        rounds.append(flooding.round(flood, seconds=ROUND_SECONDS))
        world.say(f"  {flood}: {_told(rounds[-1], alone)}")
    return Fault(
        found=tuple(one for each in (alone, *rounds) for one in judged(each, alone)),
        explained=(
            r"^kvitt_chassis\.consuming\.inbox: a message of region\.ac\.orders .*is parked: ",
        ),
        figures={"p99 alone": f"{alone.good.at(0.99):.2f} s"}
        | {one.flood: _told(one, alone) for one in rounds},
    )


def judged(one: Round, alone: Round) -> list[Violation]:
    """What a round shows that must not be, beside the round without a flood."""
    name = one.flood or "alone"
    found = []
    if one.good.unseen or one.own.unseen or one.unanswered:
        told = f"{one.good.unseen} of bd, {one.own.unseen} of ac, {one.unanswered} of the flood"
        found.append(Violation("I1", name, f"nothing came of {told}"))
    if one.good.at(0.99) > max(SLOWER * alone.good.at(0.99), FLOOR_SECONDS):
        found.append(Violation("I7", name, f"bd's messages take {_told(one, alone)}"))
    if one.own.at(0.99) > OWN_SECONDS:
        told = f"ac's good messages take {one.own.at(0.99):.1f} s"
        found.append(Violation("I7", name, told))
    if one.settled > SETTLED_SECONDS:
        told = f"gone after {one.settled:.0f} s, not {SETTLED_SECONDS:.0f}"
        found.append(Violation("I8", name, told))
    return found


def _told(one: Round, alone: Round) -> str:
    p99 = one.good.at(0.99)
    return (
        f"p99 {p99:.2f} s ({p99 / alone.good.at(0.99):.1f} ×), ac's own {one.own.at(0.99):.2f} s,"
        f" settled in {one.settled:.1f} s"
    )
