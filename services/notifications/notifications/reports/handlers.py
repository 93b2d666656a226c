"""Every report of a thing to its region."""

from kvitt_chassis.handlers import Handlers

from notifications.reports.baskets import messages as baskets
from notifications.reports.devices import messages as devices
from notifications.reports.money import messages as money
from notifications.reports.orders import messages as orders
from notifications.reports.pickups import messages as pickups
from notifications.reports.purchase_orders import messages as purchase_orders
from notifications.reports.stock import messages as stock
from notifications.reports.work_orders import messages as work_orders

messages = Handlers()
for _noun in (
    orders,
    purchase_orders,
    baskets,
    pickups,
    work_orders,
    devices,
    stock,
    money,
):
    messages.include(_noun)
