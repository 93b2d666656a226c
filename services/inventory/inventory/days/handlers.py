"""How days are opened with a region's first message, and closed one after the other."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from kvitt_chassis.handlers import Handlers, MessageHandler, Timer
from kvitt_chassis.transaction import Transaction

from inventory.days import domain
from inventory.days.models import CountRow, DaysRow
from inventory.days.queries import is_another_due
from inventory.days.writes import days_id
from inventory.metrics import DAY_ENDS_DELAYED, count

DAY_ENDS = Timer("day_ends", CountRow)

messages = Handlers()


@messages.timer(DAY_ENDS)
async def close_day(counted: CountRow, due: datetime, tx: Transaction) -> None:
    """Close the day once all that was due by its end has taken effect."""
    row = await tx.find(DaysRow, counted.id)
    day = domain.day_to_close(row.state() if row else None, first_day=counted.first_day)
    ended = domain.ends_at(day)
    if await is_another_due(tx, DAY_ENDS, by=ended):
        count(tx, DAY_ENDS_DELAYED)
        tx.schedule(DAY_ENDS, key=counted.id, due=_after_others(due, ended=ended, now=tx.now))
        return
    closed = domain.close(day, custody_changes_so_far=counted.custody_changes)
    if row is None:
        row = tx.start(DaysRow, counted.id, closed)
    else:
        tx.record(row, closed)
    following = domain.day_to_close(row.state(), first_day=counted.first_day)
    tx.schedule(DAY_ENDS, key=counted.id, due=domain.ends_at(following))


def counting_days(handlers: Handlers) -> Handlers:
    """The same handlers; each first opens the region's days where no message has come before."""
    counted = Handlers()
    counted.timers.update(handlers.timers)
    counted.faults.update(handlers.faults)
    for message_type, route in handlers.messages.items():
        opening = _opening(route.handler)
        counted.on(message_type, loads=route.loads, reads=route.reads)(opening)
    return counted


# decision 0045: a day is closed behind what is due by its end
def _after_others(due: datetime, *, ended: datetime, now: datetime) -> datetime:
    """When to look again: behind what is due by the day's end, and then without haste, since what
    is left has a handler that fails.
    """
    return ended + timedelta(microseconds=1) if due <= ended else now + timedelta(seconds=1)


def _opening(handler: MessageHandler) -> Callable[[Any, Transaction], Awaitable[None]]:
    @wraps(handler)
    async def open_then_handle(message: Any, tx: Transaction) -> None:
        await open_days(tx)
        await handler(message, tx)

    return open_then_handle


async def open_days(tx: Transaction) -> None:
    """Begin to count the region's days with today, where that has not been done."""
    if await tx.look_up(CountRow, days_id(tx)) is not None:
        return
    tx.put(CountRow(region=tx.region, id=days_id(tx), first_day=tx.today, custody_changes=0))
    tx.schedule(DAY_ENDS, key=days_id(tx), due=domain.ends_at(tx.today))
