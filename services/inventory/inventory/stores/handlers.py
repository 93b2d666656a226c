"""Projections of stores and customers as they were stated last (INV-4, REF-7)."""

from kvitt_chassis.handlers import Handlers
from kvitt_contracts.orders import CustomerRegistered
from kvitt_contracts.regions import StoreStated

from inventory.stores import domain
from inventory.stores.models import CustomerRow, StoreRow

messages = Handlers()

messages.project(StoreStated, StoreRow, kind=lambda fact: domain.StoreKind(fact.kind))
messages.project(CustomerRegistered, CustomerRow)
