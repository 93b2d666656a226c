"""Projections of what orders and inventory emit: rows are written anew, nothing is decided.

The key waits where an event names what its own topic has not introduced yet.
"""

from kvitt_chassis.handlers import Handlers
from kvitt_contracts.inventory import DeviceRegistered, DeviceStatedOnLoan
from kvitt_contracts.orders import (
    CareUnitRegistered,
    CustomerRegistered,
    PayerRegistered,
    PersonInactivated,
    PersonReactivated,
    PersonRegistered,
    PersonsMerged,
    UserRegistered,
)
from kvitt_contracts.types import StoreHolder

from bmb.register.models import (
    CareUnitRow,
    CustomerRow,
    DeviceRow,
    PayerRow,
    PersonRow,
    UserRow,
)

projections = Handlers()
projections.project(PersonRegistered, PersonRow, merged_into=None)
projections.project(PersonInactivated, PersonRow, active=False)
projections.project(PersonReactivated, PersonRow, active=True)
projections.project(
    PersonsMerged, PersonRow, active=False, values=lambda event: {"merged_into": event.into}
)
projections.project(PayerRegistered, PayerRow)
projections.project(CustomerRegistered, CustomerRow)
projections.project(CareUnitRegistered, CareUnitRow)
projections.project(UserRegistered, UserRow)
projections.project(
    DeviceRegistered,
    DeviceRow,
    payer_id=None,
    customer_id=None,
    prescriber=None,
    values=lambda event: {
        "holder": StoreHolder(store=event.store),
        "since": event.registered_on,
    },
)
projections.project(DeviceStatedOnLoan, DeviceRow, values=lambda event: dict(event.custody))
