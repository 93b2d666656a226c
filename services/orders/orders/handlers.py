"""Every message and timer of orders in one table; the functions stand with their nouns."""

from kvitt_chassis.handlers import Handlers

from orders.customer_orders import handlers as customer_orders
from orders.people import handlers as people
from orders.units import handlers as units

messages = Handlers()
messages.include(people.messages)
messages.include(units.messages)
messages.include(customer_orders.messages)
