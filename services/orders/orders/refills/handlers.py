"""The projection of refill proposals."""

from kvitt_chassis.handlers import Handlers
from kvitt_contracts.inventory import RefillDropped, RefillOrdered, RefillProposed

from orders.refills.models import RefillRow

projections = Handlers()
projections.project(RefillProposed, RefillRow, is_open=True, order_id=None)
projections.amend(RefillOrdered, RefillRow, is_open=False)
projections.amend(RefillDropped, RefillRow, is_open=False)
