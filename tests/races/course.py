"""How a run does a thing, and what it learns from it: it may fail by chance, be refused, or overlap
with another.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from bmb.domain import Transfer, evolve
from kvitt_chassis.database import is_lock_trouble
from kvitt_chassis.operating.row_comparison import read_event
from kvitt_contracts.bmb import TransferEvent
from kvitt_contracts.inventory import (
    Custody,
    CustodyChanged,
    StocktakingCancelled,
    StocktakingOpened,
    StocktakingPosted,
)
from kvitt_contracts.orders import PickupEvent
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceId, PersonRef
from orders.pickups import domain as pickups
from orders.pickups.domain import Pickup

from tests.races import acts
from tests.races.overlap import Work, overlap
from tests.races.post import Post
from tests.races.record import Told, Violation
from tests.races.setting import BEGINS_AT, REGIONS, Stated, devices_of, stocktaking_of
from tests.races.system import Failed, Moment, Said, System
from tests.simulation.chance import Chance, Tape

STEPS: Final = 26
FAILS: Final = 0.06
ROUNDS: Final = 60
_TOLD: Final = (
    *("bmb.transfers", "inventory.holds", "inventory.devices"),
    *("orders.pickups", "inventory.claims", "inventory.stocktakings"),
    *("orders.customer-orders", "inventory.reservations"),
)


class Course:
    """What is known of a seed's run, or of that of a tape in its place. `violations` are what did
    not hold.
    """

    _system: System
    _post: Post

    def __init__(
        self,
        seed: int,
        *,
        label: str,
        partition: int,
        steps: int = STEPS,
        tape: Sequence[float] | None = None,
        is_told: bool = False,
    ) -> None:
        self.seed, self.steps, self.label = seed, steps, label
        self.region = REGIONS[seed % len(REGIONS)]
        self.devices: Sequence[Stated] = devices_of(self.region, label)
        self.stocktaking = stocktaking_of(self.region, self.devices[0].shelf)
        self.opened_at: datetime | None = None
        self.partition = partition
        self.moment = Moment(BEGINS_AT)
        self.transfers: dict[UUID, Transfer] = {}
        self.pickups: dict[UUID, Pickup] = {}
        self.orders: list[UUID] = []
        self.people: dict[PersonRef, str] = {}
        self.stated: dict[DeviceId, Custody] = {}
        self.custody: dict[DeviceId, Custody] = {}
        self.log: list[Told] = []
        self.returns: list[acts.Return] = []
        self.violations: list[Violation] = []
        self.story: list[str] = []
        self.counts: dict[str, int] = {}
        self._chance = Chance(seed, tape)
        self._is_told = is_told

    @property
    def tape(self) -> Tape:
        """What chance has drawn."""
        return self._chance.drawn

    def begin(self, device: DeviceId, custody: Custody) -> None:
        """A device of the run, as it was stated before the run."""
        self.stated[device] = self.custody[device] = custody

    async def _attempt(self, what: str, work: Work) -> bool:
        """Do what may fail by chance, or be refused. True when it is done."""
        self.moment.fails = self._chance.happens(FAILS)
        try:
            await _despite_others(work)
        except Failed:
            self._note(f"{what}: fails")
            return False
        except Refused as refused:
            self._note(f"{what}: {refused.reason}")
            return False
        finally:
            self.moment.fails = False
        self._note(what)
        self._learn(self.moment.take())
        return True

    async def _do_both(self, service: str, what: str, first: Work, second: Work) -> None:
        self._note(f"{service}: {what}")
        for outcome in await overlap(self._system[service], first, second):
            if isinstance(outcome, Refused):
                self._note(f"one of them: {outcome.reason}")
            elif outcome is not None and not is_lock_trouble(outcome):
                raise outcome
        self._learn(self.moment.take())

    async def _command(self, asked: acts.Asked, target: UUID, *, of: str = "bmb") -> None:
        self.counts[asked.what] = self.counts.get(asked.what, 0) + 1
        await self._attempt(
            f"{asked.by} {asked.what} {str(target)[:6]}", self._work(asked, target, of=of)
        )

    def _work(self, asked: acts.Asked, target: UUID, *, of: str) -> Work:
        return partial(
            self._system[of].command,
            asked.command,
            region=self.region,
            target=target,
            actor=asked.by,
        )

    async def _surely(self, work: Work) -> None:
        await _despite_others(work)
        self._learn(self.moment.take())

    def _learn(self, new: Sequence[Said]) -> None:
        self._post.put(new)
        for said in new:
            if said.event.topic not in _TOLD:
                continue
            event: Any = read_event(said.event.type, said.event.payload)
            self.log.append(Told(said.order, said.event.time, event))
            if self._is_told:
                self._note(f"    {event!r}")
            if isinstance(event, CustodyChanged):
                self.custody[event.device_id] = event.custody
            elif isinstance(event, StocktakingOpened):
                self.opened_at = event.basis_at
            elif isinstance(event, StocktakingPosted | StocktakingCancelled):
                self.opened_at = None
            elif said.event.topic == "bmb.transfers":
                self._evolve(event)
            elif said.event.topic == "orders.pickups":
                self._evolve_pickup(event)

    def _evolve(self, event: TransferEvent) -> None:
        known = self.transfers.get(event.transfer_id)
        self.transfers[event.transfer_id] = evolve(known, event)

    def _evolve_pickup(self, event: PickupEvent) -> None:
        known = self.pickups.get(event.pickup_id)
        self.pickups[event.pickup_id] = pickups.evolve(known, event)

    def _note(self, what: str) -> None:
        if self._is_told:
            self.story.append(what)


async def _despite_others(work: Work) -> None:
    """Do it. A run does one thing at a time: what is in its way is another run's lock, of which it
    knows nothing.
    """
    for _ in range(ROUNDS):
        try:
            return await work()
        except Exception as error:
            if not is_lock_trouble(error):
                raise
    await work()
    return None
