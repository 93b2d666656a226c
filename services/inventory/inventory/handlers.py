"""Every message and timer that inventory handles. Each stands with its noun."""

from kvitt_chassis.handlers import Handlers

from inventory.articles import handlers as articles
from inventory.days import handlers as days
from inventory.devices import handlers as devices
from inventory.dispatches import handlers as dispatches
from inventory.holds import handlers as holds
from inventory.people import handlers as people
from inventory.reservations import handlers as reservations
from inventory.stock import handlers as stock
from inventory.stores import handlers as stores


def _every_handler() -> Handlers:
    together = Handlers()
    for part in (articles, stores, stock, devices, people, reservations, dispatches, holds, days):
        together.include(part.messages)
    return days.counting_days(together)


messages = _every_handler()
