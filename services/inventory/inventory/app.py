"""The service: what it handles, what it serves, which tables are its own."""

from kvitt_chassis.operating.process import run
from kvitt_chassis.service import Service

from inventory.articles import api as articles
from inventory.devices import api as devices
from inventory.handlers import messages
from inventory.holds import api as holds
from inventory.models import Base
from inventory.reservations import api as reservations
from inventory.stock import api as stock

service = Service(
    "inventory",
    handlers=messages,
    routers=[articles.router, stock.router, devices.router, reservations.router, holds.router],
    base=Base,
    title="Kvitt lager",
)

if __name__ == "__main__":
    run(service)
