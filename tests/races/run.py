"""One run: chance chooses what people, clocks, regions and the post do, one thing after the other;
then all trouble ends, and what waits comes to its end. The same seed, the same run.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid5

from bmb.domain import HOLDING, Status, Transfer
from kvitt_chassis.consuming.faults import describe
from kvitt_contracts.calendar import start_of_day, stockholm_day
from kvitt_contracts.types import DeviceId
from orders.pickups import domain as pickups

from tests.races import acts, pickup_acts, store_acts, waits
from tests.races.course import ROUNDS, Course
from tests.races.overlap import Work
from tests.races.post import Post
from tests.races.record import Violation
from tests.races.setting import (
    TROUBLED_UNTIL,
    Stated,
)
from tests.races.system import MOMENT, System

_TRANSFERS: Final = 6
_PICKUPS: Final = 3
_RUNS: Final = UUID("6a0e6d0c-4a0b-5c55-9d39-5d2f1f5f7a51")


def _held(transfer: Transfer) -> Sequence[DeviceId]:
    is_held = transfer.status is Status.REQUESTED or transfer.status in HOLDING
    return transfer.remaining if is_held else ()


class Run(Course):
    """A seed's run, or that of a tape in its place."""

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
            (0.36, self._hand_over),
            (0.12, self._send),
            (0.04, self._send_rivals),
            (0.13, self._answer),
            (0.105, self._move_clock),
            (0.03, self._return),
            (0.05, self._fetch),
            (0.02, self._tend),
            (0.02, self._in_a_store),
            (0.03, self._count),
            (0.015, self._miss),
            (0.02, self._hand_out),
            (0.06, self._overlap),
            (1.0, self._drain),
        ):
            if drawn < share:
                await act()
                return
            drawn -= share

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
        """Two want the same device, one of them perhaps to fetch it, and inventory reads both at
        once.
        """
        if len(self.transfers) + 1 >= _TRANSFERS:
            return
        device = self.devices[self._chance.below(len(self.devices))]
        before = set(self._post.waiting)
        await self._send_one_of([device])
        if len(self.pickups) < _PICKUPS and self._chance.happens(0.5):
            await self._fetch_one_of([device])
        else:
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

    async def _fetch(self) -> None:
        if len(self.pickups) < _PICKUPS:
            await self._fetch_one_of(self.devices)

    async def _fetch_one_of(self, devices: Sequence[Stated]) -> None:
        target = uuid5(_RUNS, f"{self.label}/pickup/{len(self.pickups)}")
        asked = pickup_acts.fetch(self._chance, devices, self.custody, self.people, self.moment.now)
        await self._command(asked, target, of="orders")

    async def _tend(self) -> None:
        open_ones = [one for one in self.pickups.values() if one.status in pickups.OPEN]
        among = open_ones or list(self.pickups.values())
        if among:
            pickup = among[self._chance.below(len(among))]
            await self._command(pickup_acts.tend(self._chance, pickup), pickup.id, of="orders")

    async def _in_a_store(self) -> None:
        """Somebody takes a device back into their store, or has one that is there scrapped."""
        act = pickup_acts.scrap if self._chance.happens(0.25) else pickup_acts.take_back
        asked = act(self._chance, self.devices, self.custody, self.moment.now)
        if asked is not None:
            number = sum(self.counts.values())  # tells it from all that was done before
            target = uuid5(_RUNS, f"{self.label}/store/{number}")
            await self._command(asked, target, of="inventory")

    async def _count(self) -> None:
        asked = store_acts.count(
            self._chance, self.devices, self.custody, self.moment.now, opened_at=self.opened_at
        )
        await self._command(asked, self.stocktaking, of="inventory")

    async def _hand_out(self) -> None:
        asked = store_acts.hand_out(self._chance, self.devices, self.custody)
        if asked is not None:
            target = uuid5(_RUNS, f"{self.label}/order/{len(self.orders)}")
            self.orders.append(target)
            await self._command(asked, target, of="orders")

    async def _miss(self) -> None:
        """Somebody tells that a device is missing, or that one is found."""
        act = store_acts.report if self._chance.happens(0.5) else store_acts.find
        asked = act(self._chance, self.devices, self.custody, self.moment.now)
        number = sum(self.counts.values())
        await self._command(asked, uuid5(_RUNS, f"{self.label}/missing/{number}"), of="inventory")

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

    def _works(self) -> Mapping[str, list[tuple[str, Work]]]:
        """What may be done at the same time, by service: two answers to one transfer, or
        two acts with one pickup too.
        """
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
                what = f"{asked.by} {asked.what} {str(transfer.id)[:6]}"
                works["bmb"].append((what, self._work(asked, transfer.id, of="bmb")))
        waiting = [one for one in self.pickups.values() if one.status in pickups.OPEN]
        for pickup in waiting[:1]:
            for _ in range(2):
                asked = pickup_acts.tend(self._chance, pickup)
                what = f"{asked.by} {asked.what} {str(pickup.id)[:6]}"
                works["orders"].append((what, self._work(asked, pickup.id, of="orders")))
        if self.opened_at is not None:
            asked = store_acts.post(self.devices)
            what = f"{asked.by} {asked.what}"
            works["inventory"].append((what, self._work(asked, self.stocktaking, of="inventory")))
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
        waits.each_has_a_deadline(
            self.transfers, self.pickups, self.moment, log=self.log, region=self.region
        )
        for _ in range(ROUNDS):
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
        waits.each_has_ended(self.transfers, self.pickups)

    async def _come_to_rest(self) -> None:
        for _ in range(ROUNDS):
            if not self._post.waiting and not self._post.parked:
                return
            await self._surely(self._post.hand_over_all)
        raise Violation("it ends", f"{self._post.waiting + self._post.parked} do not end")

    # -- what it learns ----------------------------------------------------------------------------
