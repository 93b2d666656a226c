"""Every message and timer that inventory handles. Each is registered by its noun."""

from kvitt_chassis.handlers import Handlers

from inventory.articles import handlers as articles
from inventory.days import handlers as days
from inventory.dispatches import handlers as dispatches
from inventory.holds import handlers as holds
from inventory.orders import handlers as orders
from inventory.people import handlers as people
from inventory.pickups import handlers as pickups
from inventory.receipts import handlers as receipts
from inventory.returns import handlers as returns
from inventory.stores import handlers as stores
from inventory.transfers import handlers as transfers


def _every_handler() -> Handlers:
    together = Handlers()
    for part in (
        articles,
        stores,
        people,
        transfers,
        receipts,
        returns,
        orders,
        dispatches,
        holds,
        pickups,
        days,
    ):
        together.include(part.messages)
    return days.counting_days(together)


messages = _every_handler()
