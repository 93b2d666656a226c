"""Pickups: ordered by the unit, and by patients and relatives through customer service; taken back,
reported, late, refused by what claims a device, and over when the devices are back in a store.

The tales are about devices of their own. No day both fetches a device and decides anything else of
its pickup.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.bmb import AcceptTransfer, SaveTransfer
from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import MakePickupUrgent, ReportPickup, RequestPickup, VoidPickup
from kvitt_contracts.regions import DeviceStated
from kvitt_contracts.types import CustomerId, DeviceNumber, LineNumber, UserId, Word

from examples.generator.catalogue import Listed
from examples.generator.model.state import Person
from examples.generator.month import Month, may
from examples.generator.ordering import give_back, patient
from examples.generator.own_devices import AT, lent, numbered, reachable
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import service_point_at, team

STAFF: Final = UserId("kundtjanst1")
TECHNICIAN: Final = UserId("kundtjanst2")
_FIRST: Final = 49201
_SENT_ON_TO: Final = 5
_SIZES: Final = {
    "unit": 2,
    "not_found": 3,
    "relative": 2,
    "patient": 1,
    "overdue": 1,
    "window": 1,
    "in_transfer": 2,
    "twice": 1,
    "brought": 1,
    "open": 2,
}
"""How many devices each tale is about; all of a tale's are one patient's."""


def devices(
    profile: Profile, units: Units, listed: list[Listed], people: dict[str, Person]
) -> Iterator[DeviceStated]:
    """What the pickups are of."""
    prescriber, *_ = team(units, AT)
    for numbers, name in zip(_tales(profile).values(), reachable(people), strict=False):
        yield from lent(numbers, name, units=units, listed=listed, prescriber=prescriber)


def plan_pickups(month: Month) -> None:
    """Each tale on days of its own."""
    month.keep(number for numbers in _tales(month.profile).values() for number in numbers)
    _fetched(month)
    _taken_back(month)
    _late(month)
    _hindered(month)
    _refused(month)


# -- what becomes of them ------------------------------------------------------------------------


def _fetched(month: Month) -> None:
    central, own = month.profile.central, month.profile.own_stores[0]
    first, second = devices_of(month, "unit")
    _request(month, "unit", may(5))
    colleague = team(month.units, AT)[1]
    _plan(month, reference(month, "unit"), MakePickupUrgent(by=colleague), may(6))
    _report(month, "unit", may(7))
    _back(month, first, central, may(8))
    _back(month, second, own, may(8))
    _request(month, "brought", may(12))
    month.plan(may(13), partial(give_back, month, devices_of(month, "brought")[0], own, days=1))
    _request(month, "open", may(28), ordered_by="relative", by=STAFF)


def _taken_back(month: Month) -> None:
    """In part, and altogether; what a technician did not find is taken back at last."""
    first, second, _ = devices_of(month, "not_found")
    _request(month, "not_found", may(6))
    _report(month, "not_found", may(8), not_found=(3,))
    for number in (first, second):
        _back(month, number, month.profile.central, may(11))
    _void(month, "not_found", may(13), lines=(3,))
    _request(month, "relative", may(7), ordered_by="relative", by=STAFF)
    _void(month, "relative", may(8), lines=(2,))
    _back(month, devices_of(month, "relative")[0], month.profile.central, may(12))
    _request(month, "patient", may(7), ordered_by="patient", by=STAFF)
    _void(month, "patient", may(8))


def _late(month: Month) -> None:
    """By the policy's days, and by the window that the unit asked for."""
    _request(month, "overdue", may(4))
    _request(month, "window", may(11), earliest_on=may(12), latest_on=may(15))
    _back(month, devices_of(month, "window")[0], month.profile.central, may(18))


def _hindered(month: Month) -> None:
    """A device is in a transfer, or in another pickup: all are fetched, or none (BMB-12)."""
    sender, *_ = team(month.units, AT)
    receiver, accepts, _ = team(month.units, _SENT_ON_TO)
    first, second = devices_of(month, "in_transfer")
    send = partial(SaveTransfer, sender=sender, new_prescriber=receiver, execute=True)
    _transfer(month, first, send(devices=(first,)), may(5))
    _request(month, "in_transfer", may(6))
    place = CustomerId(service_point_at(month.units, _SENT_ON_TO))
    _transfer(month, first, AcceptTransfer(by=accepts, customer_id=place), may(8))
    _request(month, "in_transfer", may(11), again=True)
    for number in (first, second):
        _back(month, number, month.profile.own_stores[1], may(13))
    (number,) = devices_of(month, "twice")
    _request(month, "twice", may(6))
    _request(month, "twice", may(7), by=STAFF, again=True)
    _transfer(month, number, send(devices=(number,)), may(8))
    _back(month, number, month.profile.own_stores[0], may(12))


def _refused(month: Month) -> None:
    """What a rule refuses."""
    people = month.model.world.people
    no_phone = next(n for n in month.patients if people[n].has_address and not people[n].has_phone)
    no_address = next(n for n in month.patients if not people[n].has_address)
    first, *_ = devices_of(month, "unit")
    stranger, *_ = team(month.units, _SENT_ON_TO)
    request = partial(_refuse, month, "open")
    request(may(5), cause=Word("helst_snart"))
    request(may(6), ordered_by=Word("relative"))
    request(may(6), ordered_by=Word("relative"), by=STAFF, earliest_on=may(7))
    request(may(7), recipient=patient(no_phone))
    request(may(7), recipient=patient(no_address))
    request(may(8), devices=(DeviceNumber("X1"),))
    request(may(8), devices=(first, first))
    request(may(11), service_point=service_point_at(month.units, _SENT_ON_TO))
    _request(month, "unit", may(11))  # by a reference that names one already
    _void(month, "overdue", may(7), by=stranger)
    _plan(month, reference(month, "patient"), MakePickupUrgent(by=STAFF), may(11))  # it is voided
    _void(month, "unit", may(12))  # fetched already
    _void(month, "in_transfer", may(8))  # the store refused it
    _report(month, "overdue", may(8), not_found=(9,))
    _report(month, "overdue", may(11), technician=stranger)


# -- what is said --------------------------------------------------------------------------------


def _request(
    month: Month,
    tale: str,
    on: date,
    *,
    ordered_by: str = "unit",
    by: UserId | None = None,
    earliest_on: date | None = None,
    latest_on: date | None = None,
    again: bool = False,
) -> None:
    command = _wish(month, tale).model_copy(
        update={"ordered_by": Word(ordered_by), "earliest_on": earliest_on, "latest_on": latest_on}
    )
    if by is not None:
        command = command.model_copy(update={"by": by})
    _plan(month, reference(month, tale) + ("-2" if again else ""), command, on)


def _refuse(month: Month, tale: str, on: date, **said: object) -> None:
    """A request with something in it that a rule refuses; nothing comes of its reference."""
    command = _wish(month, tale).model_copy(update=said)
    _plan(month, month.name("FEL"), command, on)


def _wish(month: Month, tale: str) -> RequestPickup:
    by, *_ = team(month.units, AT)
    numbers = devices_of(month, tale)
    holder = month.device(numbers[0]).now.holder[1]
    return RequestPickup(
        recipient=patient(holder),
        service_point=service_point_at(month.units, AT),
        cause=Word("not_needed"),
        devices=numbers,
        by=by,
    )


def _void(
    month: Month, tale: str, on: date, *, lines: Sequence[int] = (), by: UserId | None = None
) -> None:
    colleague = team(month.units, AT)[1]
    numbers = tuple(LineNumber(one) for one in lines)
    _plan(month, reference(month, tale), VoidPickup(numbers=numbers, by=by or colleague), on)


def _report(
    month: Month,
    tale: str,
    on: date,
    *,
    not_found: Sequence[int] = (),
    technician: UserId = TECHNICIAN,
) -> None:
    numbers = tuple(LineNumber(one) for one in not_found)
    command = ReportPickup(technician=technician, not_found=numbers)
    _plan(month, reference(month, tale), command, on)


def _back(month: Month, number: str, store: str, on: date) -> None:
    month.plan(on, partial(give_back, month, number, store))


def _transfer(month: Month, number: str, command: Command, on: date) -> None:
    reference = f"{month.profile.sends_transfer}-{number}"
    month.plan(on, partial(month.send, "bmb", reference, command))


def _plan(month: Month, reference: str, command: Command, on: date) -> None:
    month.plan(on, partial(month.send, "orders", reference, command))


def reference(month: Month, tale: str) -> str:
    """What the region calls the pickup: `VB-HO-03`."""
    return f"{month.profile.sends_order}-HO-{list(_SIZES).index(tale) + 1:02}"


def devices_of(month: Month, tale: str) -> tuple[DeviceNumber, ...]:
    """The devices of a tale."""
    return _tales(month.profile)[tale]


def _tales(profile: Profile) -> dict[str, tuple[DeviceNumber, ...]]:
    numbers = iter(numbered(profile, _FIRST, sum(_SIZES.values())))
    return {tale: tuple(next(numbers) for _ in range(size)) for tale, size in _SIZES.items()}
