"""Fees that are paid later: when they are due, what is paused, what a return ends (BIL-3, BIL-4).

Each raises No with the reason and the rule when it is refused.
"""

from datetime import date, timedelta

from kvitt_contracts.billing import PauseCharge
from kvitt_contracts.calendar import is_working_day

from examples.generator.model.state import Delayed, No, World
from examples.generator.model.trade import Charge


def delay(world: World, device: str, fee: Charge) -> None:
    """A device was received: its fee waits for 90 whole days, then for a month's first working
    day.
    """
    due = _begins(fee.day + timedelta(days=91))
    world.delayed[device] = Delayed(fee=fee, due_on=due)


def fall_due(world: World) -> None:
    """What is due by today is charged."""
    for one in world.delayed.values():
        if one.status == "deferred" and one.due_on <= world.today:
            one.status = "raised"
            world.charges.append(one.charged())


def came_back(world: World, device: str, on: date) -> None:
    """A device is in a store again: before its day it costs its patient nothing."""
    one = world.delayed.get(device)
    if one is not None and on < one.due_on:
        one.status = "cancelled"


def pause(world: World, subject: str, command: PauseCharge) -> None:
    """Customer service puts a fee off, two weeks before at the latest (BIL-4)."""
    if command.device_number not in world.devices:
        raise No("UNKNOWN_DEVICE", "BIL-4")
    one = world.delayed.get(command.device_number)
    if one is None:
        raise No("NOT_DEFERRED", "BIL-4")
    world.user(command.asked_by)
    if one.status == "raised":
        raise No("ALREADY_CHARGED", "BIL-4")
    if one.status == "cancelled":
        raise No("CHARGE_CANCELLED", "BIL-4")
    notice = timedelta(days=world.policy.fees.pause_notice_days)
    if world.today > one.due_on - notice:
        raise No("PAUSE_TOO_LATE", "BIL-4")
    due = _begins(command.until_on)
    if due <= one.due_on:
        raise No("NOT_LATER", "BIL-4")
    one.due_on, one.until_on = due, command.until_on


def _begins(day: date) -> date:
    """The first day from this one on that is the first working day of its month."""
    while not is_working_day(day) or any(
        is_working_day(day.replace(day=before)) for before in range(1, day.day)
    ):
        day += timedelta(days=1)
    return day
