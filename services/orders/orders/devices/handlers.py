"""The projection of devices' numbers and articles."""

from kvitt_chassis.handlers import Handlers
from kvitt_contracts.inventory import DeviceRegistered

from orders.devices.models import DeviceRow

projections = Handlers()
# A device of the old stock is read with the care that a person is in.
projections.project(DeviceRegistered, DeviceRow)
