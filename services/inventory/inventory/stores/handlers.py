"""The projection of customers as they were stated last (REF-7). Stores: see stocktakings."""

from kvitt_chassis.handlers import Handlers
from kvitt_contracts.orders import CustomerRegistered

from inventory.stores.models import CustomerRow

messages = Handlers()

messages.project(CustomerRegistered, CustomerRow)
