"""One run: chance chooses what people, clocks, regions and the post do, one thing after the other;
then all trouble ends, and what waits comes to its end. The same seed, the same run.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid5

from bmb.domain import HOLDING, TAKING_EFFECT, Status, Transfer, evolve
from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.database import is_lock_trouble
from kvitt_chassis.operating.row_comparison import read_event
from kvitt_contracts.bmb import TransferEvent
from kvitt_contracts.calendar import start_of_day, stockholm_day
from kvitt_contracts.inventory import Custody, CustodyChanged
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceId

from tests.races import acts
from tests.races.overlap import Work, overlap
from tests.races.post import Post
from tests.races.record import ENDED, Told, Violation
from tests.races.setting import (
    BEGINS_AT,
    REGIONS,
    TROUBLED_UNTIL,
    Stated,
    devices_of,
)
from tests.races.system import MOMENT, Failed, Moment, Said, System
from tests.simulation.chance import Chance, Tape

STEPS: Final = 26
FAILS: Final = 0.06
_ROUNDS: Final = 60
_TRANSFERS: Final = 6
_TOLD: Final = ("bmb.transfers", "inventory.holds", "inventory.devices")
_RUNS: Final = UUID("6a0e6d0c-4a0b-5c55-9d39-5d2f1f5f7a51")


def _held(transfer: Transfer) -> Sequence[DeviceId]:
    is_held = transfer.status is Status.REQUESTED or transfer.status in HOLDING
    return transfer.remaining if is_held else ()


class Run:
    """A seed's run, or that of a tape in its place. `violations` are what did not hold."""

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
        self.devices: tuple[Stated, ...] = devices_of(self.region, label)
        self.partition = partition
        self.moment = Moment(BEGINS_AT)
        self.transfers: dict[UUID, Transfer] = {}
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

    async def go(self, system: System) -> None:
        """Live through the run; what does not hold on the way is kept in `violations`."""
        MOMENT.set(self.moment)
        self._system = system
        self._post = Post(system, partition=self.partition)
        try:
            for _ in range(self.steps):
                await self._step()
            await self._come_to_an_end()
        except Violation as found:
            self.violations.append(found)
        except Exception as error:  # noqa: BLE001  # whatever a handler raises is a finding
            self.violations.append(Violation("fault", describe(error)))

    # -- trouble -----------------------------------------------------------------------------------

    async def _step(self) -> None:
        drawn = self._chance.draw()
        for share, act in (
            (0.40, self._hand_over),
            (0.15, self._send),
            (0.04, self._send_rivals),
            (0.16, self._answer),
            (0.13, self._move_clock),
            (0.03, self._return),
            (0.06, self._overlap),
            (1.0, self._drain),
        ):
            if drawn < share:
                await act()
                return
            drawn -= share

    async def _attempt(self, what: str, work: Work) -> bool:
        """Do what may fail by chance, or be refused. True when it is done."""
        self.moment.fails = self._chance.happens(FAILS)
        try:
            await work()
        except Failed:
            self._note(f"{what}: fails")
            return False
        except Refused as refused:
            self._note(f"{what}: {refused.reason}")
            return False
        except Exception as error:
            if not is_lock_trouble(error):
                raise
            self._note(f"{what}: lock trouble")
            return False
        finally:
            self.moment.fails = False
        self._note(what)
        self._learn(self.moment.take())
        return True

    async def _hand_over(self) -> None:
        waiting = self._post.waiting
        if not waiting:
            await self._hand_over_again()
            return
        first = waiting[self._chance.below(len(waiting))]
        places = [first]
        if not first[1].startswith("region."):
            others = [one for one in waiting if one[0] == first[0] and one[1][:7] != "region."]
            places = list(dict.fromkeys([first, *others[: self._chance.below(4)]]))
        most = 1 if first[1].startswith("region.") else 1 + self._chance.below(3)
        again = 1 if self._chance.happens(0.1) and len(places) > 1 else 0
        is_told = not self._chance.happens(0.08)
        is_done = await self._attempt(
            f"{first[0]} reads {', '.join(f'{topic} {key[-6:]}' for _, topic, key in places)}"
            f"{' again too' if again else ''}{'' if is_told else ', and forgets that it has'}",
            lambda: self._post.hand_over(places, most=most, again=again, is_told=is_told),
        )
        if not is_done and self._chance.happens(0.25):
            await self._attempt(f"{first[0]} parks {first[2]}", lambda: self._post.park(first))

    async def _hand_over_again(self) -> None:
        begun = [one for one in self._post.begun if not one[1].startswith("region.")]
        if begun and self._chance.happens(0.3):
            place = begun[self._chance.below(len(begun))]
            await self._attempt(
                f"{place[0]} reads {place[1]} {place[2][-6:]} again",
                lambda: self._post.hand_over([place], most=0, again=2),
            )

    async def _send(self) -> None:
        if len(self.transfers) >= _TRANSFERS:
            return
        held = {device for one in self.transfers.values() for device in _held(one)}
        free = [one for one in self.devices if one.id not in held]
        if not free or self._chance.happens(0.15):
            free = list(self.devices)
        await self._send_one_of(free)

    async def _send_one_of(self, devices: Sequence[Stated]) -> None:
        target = uuid5(_RUNS, f"{self.label}/{len(self.transfers)}")
        await self._command(acts.wish(self._chance, devices, self.custody, self.moment.now), target)

    async def _send_rivals(self) -> None:
        """Two want the same device, and inventory reads both at once."""
        if len(self.transfers) + 1 >= _TRANSFERS:
            return
        device = self.devices[self._chance.below(len(self.devices))]
        before = set(self._post.waiting)
        await self._send_one_of([device])
        await self._send_one_of([device])
        asked = [one for one in self._post.waiting if one not in before and one[0] == "inventory"]
        if len(asked) == 2:
            works = [partial(self._post.hand_over, [one], most=3) for one in asked]
            await self._do_both("inventory", "it reads rivals", *works)

    async def _answer(self) -> None:
        ripe = [one for one in self.transfers.values() if one.status in acts.RIPE]
        among = ripe or list(self.transfers.values())
        if not among:
            return
        transfer = among[self._chance.below(len(among))]
        await self._command(acts.answer(self._chance, transfer), transfer.id)

    async def _command(self, asked: acts.Asked, target: UUID) -> None:
        self.counts[asked.what] = self.counts.get(asked.what, 0) + 1
        await self._attempt(
            f"{asked.by} {asked.what} {str(target)[:6]}",
            lambda: self._system["bmb"].command(
                asked.command, region=self.region, target=target, actor=asked.by
            ),
        )

    async def _return(self) -> None:
        told = acts.come_back(
            self._chance, self.devices, self.custody, self.moment.now, len(self.returns)
        )
        if told is not None:
            self.returns.append(told)
            self._post.put_record("inventory", *told.posted(self.partition))
            self._note(f"the region states that {told.device.number} came back on {told.on}")

    async def _drain(self) -> None:
        if self._post.parked:
            place = self._post.parked[self._chance.below(len(self._post.parked))]
            await self._attempt(f"{place[0]} tries {place[2]}", lambda: self._post.drain(place))

    async def _overlap(self) -> None:
        """Two things that one service does at the same time."""
        works = self._works()
        services = [name for name, found in works.items() if len(found) > 1]
        if not services:
            return
        service = services[self._chance.below(len(services))]
        among = works[service]
        first = among.pop(self._chance.below(len(among)))
        second = among[self._chance.below(len(among))]
        await self._do_both(service, f"{first[0]} while {second[0]}", first[1], second[1])

    async def _do_both(self, service: str, what: str, first: Work, second: Work) -> None:
        self._note(f"{service}: {what}")
        for outcome in await overlap(self._system[service], first, second):
            if isinstance(outcome, Refused):
                self._note(f"one of them: {outcome.reason}")
            elif outcome is not None and not is_lock_trouble(outcome):
                raise outcome
        self._learn(self.moment.take())

    def _works(self) -> Mapping[str, list[tuple[str, Work]]]:
        """What may be done at the same time, by service: two answers to one transfer too."""
        works: dict[str, list[tuple[str, Work]]] = defaultdict(list)
        for place in self._post.waiting:
            what = f"it reads {place[1]} {place[2][-6:]}"
            works[place[0]].append((what, partial(self._post.hand_over, [place], most=1)))
        for (service, timer, key), due in self.moment.timers.items():
            if due <= self.moment.now:
                fires = partial(self._system[service].fire, timer, self.region, key)
                works[service].append((f"{timer} of {str(key)[:6]} fires", fires))
        sent = [one for one in self.transfers.values() if one.status is Status.SENT]
        for transfer in sent[:1]:
            for asked in (acts.answer(self._chance, transfer), acts.answer(self._chance, transfer)):
                command = partial(
                    self._system["bmb"].command,
                    asked.command,
                    region=self.region,
                    target=transfer.id,
                    actor=asked.by,
                )
                works["bmb"].append((f"{asked.by} {asked.what} {str(transfer.id)[:6]}", command))
        return works

    async def _move_clock(self) -> None:
        now = self.moment.now
        sent = (one for one in self.transfers.values() if one.status is Status.SENT)
        deadlines = [one.deadline for one in sent if one.deadline and one.deadline > now]
        ahead = sorted(due for due in self.moment.timers.values() if due > now)
        second = timedelta(seconds=1)
        first = min(deadlines, default=now + timedelta(hours=20))
        to = (
            now + timedelta(hours=self._chance.between(1, 20)),
            ahead[0] if ahead else now + timedelta(hours=6),
            first - second,
            first + second,
            start_of_day(stockholm_day(now) + timedelta(days=1)),
        )[self._chance.below(5)]
        if to > TROUBLED_UNTIL:
            return
        self.moment.now = max(now, to)
        self._note(f"it is {self.moment.now:%d %B %H:%M:%S}")
        if self._chance.happens(0.2):
            await self._answer()  # before what is due has been noticed
        if not self._chance.happens(0.2):
            await self._fire_due()

    async def _fire_due(self) -> None:
        due = sorted((at, key) for key, at in self.moment.timers.items() if at <= self.moment.now)
        for _, (service, timer, key) in due:
            if (service, timer, key) in self.moment.timers:  # another has not cancelled it
                running = self._system[service]
                await self._attempt(
                    f"{timer} of {str(key)[:6]} fires",
                    partial(running.fire, timer, self.region, key),
                )

    # -- healing -----------------------------------------------------------------------------------

    async def _come_to_an_end(self) -> None:
        """All that waits is handed over; then time passes until nothing is due any more."""
        self._note("the trouble ends")
        await self._come_to_rest()
        self._each_waits_with_a_deadline()
        for _ in range(_ROUNDS):
            if not self.moment.timers:
                break
            self.moment.now = max(self.moment.now, min(self.moment.timers.values()))
            self._note(f"it is {self.moment.now:%d %B %H:%M:%S}")
            for _, (service, timer, key) in sorted(
                (at, key) for key, at in self.moment.timers.items() if at <= self.moment.now
            ):
                if (service, timer, key) in self.moment.timers:
                    self._note(f"{timer} of {str(key)[:6]} fires")
                    fire = partial(self._system[service].fire, timer, self.region, key)
                    await self._surely(fire)
            await self._come_to_rest()
        for transfer in self.transfers.values():
            if transfer.status not in ENDED | {Status.DRAFT, Status.LOCKED}:
                raise Violation("it ends", f"{transfer.id} is {transfer.status} for ever")

    async def _come_to_rest(self) -> None:
        for _ in range(_ROUNDS):
            if not self._post.waiting and not self._post.parked:
                return
            await self._surely(self._post.hand_over_all)
        raise Violation("it ends", f"{self._post.waiting + self._post.parked} do not end")

    async def _surely(self, work: Work) -> None:
        """Do it; another run's locks may be in the way."""
        for _ in range(_ROUNDS):
            try:
                await work()
            except Exception as error:
                if not is_lock_trouble(error):
                    raise
            else:
                break
        self._learn(self.moment.take())

    def _each_waits_with_a_deadline(self) -> None:
        for transfer in self.transfers.values():
            match transfer.status:
                case Status.SENT:
                    due, wanted = self._due("bmb", "transfer_deadline", transfer), transfer.deadline
                case status if status in TAKING_EFFECT:
                    assert transfer.effective_on is not None
                    due = self._due("inventory", "transfer_takes_effect", transfer)
                    wanted = start_of_day(transfer.effective_on)
                case Status.REQUESTED:
                    due, wanted = None, self.moment.now
                case _:
                    continue
            if due != wanted:
                told = f"{transfer.id} is {transfer.status} until {due}, not {wanted}"
                raise Violation("it waits with a deadline", told)

    def _due(self, service: str, timer: str, transfer: Transfer) -> datetime | None:
        return self.moment.timers.get((service, timer, transfer.id))

    # -- what it learns ----------------------------------------------------------------------------

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
            elif said.event.topic == "bmb.transfers":
                self._evolve(event)

    def _evolve(self, event: TransferEvent) -> None:
        known = self.transfers.get(event.transfer_id)
        self.transfers[event.transfer_id] = evolve(known, event)

    def _note(self, what: str) -> None:
        if self._is_told:
            self.story.append(what)
