"""One region's month while it is made: the day, what is planned, and what may be touched today.

Messages of one day may be handled in any order between keys, so nothing here lets two messages of
a day decide about each other: a device rests for the day on which its custody changed, and goods
are promised only from what a store had the evening before.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from kvitt_contracts.calendar import is_working_day, working_days_after
from kvitt_contracts.envelope import Message
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.regions import CustomerStated, UserStated
from kvitt_contracts.types import Role

from examples.generator.catalogue import Listed
from examples.generator.messages import Act, Line, Pen
from examples.generator.model.counting import Model
from examples.generator.model.state import Device, Order, Transfer
from examples.generator.profiles import Profile
from examples.generator.registry import Units

CUT_OVER: Final = date(2026, 5, 1)
LAST_DAY: Final = date(2026, 5, 31)
END: Final = date(2026, 6, 1)
AFTERWARDS: Final = date(2026, 6, 11)
"""The last day of what is told after the month, when it has been invoiced."""
# decision 0454: a barrier is paid for by what is seen at it
QUIET: Final = frozenset({date(2026, 6, 6), date(2026, 6, 7)})
"""Days of June on which nothing is told, and nothing comes to be seen."""
DUE: Final = date(2026, 8, 31)
"""Time goes on to this day: what is paid later has fallen due, and two more months are over."""
# decision 0476: where a policy begins when all else is told
AUTUMN: Final = (date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 9))
"""Days on which baskets are lent, acted on, and overdue, where a policy begins on the first."""


def may(day: int) -> date:
    """A day of the month."""
    return date(2026, 5, day)


def june(day: int) -> date:
    """A day of the month after it."""
    return date(2026, 6, day)


@dataclass(slots=True, kw_only=True)
class Month:
    """The month of one region. `today` is a Stockholm day."""

    profile: Profile
    policy: RegionPolicy
    units: Units
    listed: list[Listed]
    patients: list[str]
    rng: Random
    pen: Pen
    model: Model
    today: date = CUT_OVER
    lines: list[Line] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    _plans: defaultdict[date, list[Callable[[], object]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _apart: defaultdict[date, list[tuple[Pen, Callable[[], object]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _resting: dict[str, date] = field(default_factory=dict)
    _evening: dict[tuple[str, str], int] = field(default_factory=dict)
    _promised: Counter[tuple[str, str]] = field(default_factory=Counter)
    _names: Counter[str] = field(default_factory=Counter)
    _versions: Counter[tuple[str, str]] = field(default_factory=Counter)

    # -- days --------------------------------------------------------------------------------------

    def begin_day(self, day: date) -> None:
        """Begin a new day; what was due has taken place; yesterday's plans begin."""
        self._evening = {
            place: balance.available for place, balance in self.model.world.balances.items()
        }
        self._promised.clear()
        self.today, self.lines, self.acts = day, [], []
        self.model.begin(day)
        self.model.let_time_pass()
        for plan in self._plans.pop(day, []):
            plan()

    def plan(self, day: date, action: Callable[[], object]) -> None:
        """Do something on a day after today. Raises ValueError for a day that has come already."""
        if day <= self.today:
            raise ValueError(f"{day} has come already")
        self._plans[day].append(action)

    def plan_apart(self, day: date, pen: Pen, action: Callable[[], object]) -> None:
        """Do something on a day when all else of it is said, with a pen of its own: what is told
        besides stays as it is, ids and times too. Raises ValueError for a day that has come.
        """
        if day <= self.today:
            raise ValueError(f"{day} has come already")
        self._apart[day].append((pen, action))

    def end_day(self) -> None:
        """What is told apart comes last."""
        for pen, action in self._apart.pop(self.today, []):
            kept, self.pen = self.pen, pen
            action()
            self.pen = kept

    def drop_plans(self) -> None:
        """What was planned for later days is not done."""
        self._plans.clear()
        self._apart.clear()

    def later(self, least: int, most: int | None = None) -> date:
        """A working day that many days from now, or the first one after it."""
        day = self.today + timedelta(days=self.rng.randint(least, most or least))
        return day if is_working_day(day) else working_days_after(day, 1)

    # -- messages ----------------------------------------------------------------------------------

    def send(self, topic: str, subject: str, body: Message) -> Line:
        """Publish a message today."""
        return self.publish(self.pen.write(topic, subject, body, day=self.today))

    def publish(self, line: Line) -> Line:
        """Publish a line as it is, today."""
        self.lines.append(line)
        self.model.take_all([line])
        return line

    def act(self, act: Act) -> None:
        """Do something as a user over HTTP today, when the day's messages have had their effect."""
        self.acts.append(act)
        self.model.take_act(act)

    def name(self, series: str) -> str:
        """The next reference of a series: `VB-00012`."""
        self._names[series] += 1
        return f"{series}-{self._names[series]:05}"

    def version(self, wire_type: str, subject: str, *, least: int = 1) -> int:
        """The next version of a fact; `least` where the cut-over has stated earlier ones."""
        known = self._versions[wire_type, subject]
        self._versions[wire_type, subject] = max(known + 1, least)
        return self._versions[wire_type, subject]

    # -- what there is -----------------------------------------------------------------------------

    def order(self, reference: str) -> Order:
        """An order as the model has it."""
        return self.model.world.orders[reference]

    def transfer(self, reference: str) -> Transfer:
        """A transfer as the model has it."""
        return self.model.world.transfers[reference]

    def device(self, number: str) -> Device:
        """A device as the model has it."""
        return self.model.world.devices[number]

    def prescribers(self) -> list[UserStated]:
        """The active prescribers."""
        return [one for one in self.units.users if Role.PRESCRIBER in one.roles and one.active]

    def customer(self, customer_id: str) -> CustomerStated:
        """A customer by its id."""
        return next(one for one in self.units.customers if one.customer_id == customer_id)

    def somebody_at(self, service_point: str) -> UserStated:
        """An active user of a service point."""
        return self.rng.choice(
            [one for one in self.units.users if one.active and service_point in one.service_points]
        )

    # -- what may be touched -----------------------------------------------------------------------

    def promise(self, store: str, article: str, quantity: int) -> bool:
        """Promise goods from what the store had the evening before; False where they do not do."""
        place = (store, article)
        if self._evening.get(place, 0) - self._promised[place] < quantity:
            return False
        self._promised[place] += quantity
        return True

    def find_devices(self, fits: Callable[[Device], bool]) -> list[str]:
        """The devices that nothing has touched today and no plan has taken, of those that fit."""
        return [
            number
            for number, device in sorted(self.model.world.devices.items())
            if self._resting.get(number, date.min) < self.today
            and device.claim is None
            and device.now.since < self.today
            and fits(device)
        ]

    def take_device(self, fits: Callable[[Device], bool]) -> str | None:
        """Take such a device for a plan, until `let_go`."""
        found = self.find_devices(fits)
        if not found:
            return None
        chosen = self.rng.choice(found)
        self.keep([chosen])
        return chosen

    def keep(self, numbers: Iterable[str]) -> None:
        """Nothing else takes these devices until `let_go`."""
        for number in numbers:
            self._resting[number] = date.max

    def let_go(self, numbers: Iterable[str], *, after: date | None = None) -> None:
        """From the day after `after` (today) on, these devices may be taken again."""
        for number in numbers:
            self._resting[number] = after or self.today
