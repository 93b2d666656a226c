"""Stores what a device is called, as inventory emits it."""

from typing import Final

from kvitt_chassis.projections import inserts_or_updates
from kvitt_contracts.inventory import DeviceStatedOnLoan

from orders.devices.models import DeviceRow

note_device: Final = inserts_or_updates(
    DeviceStatedOnLoan, DeviceRow, key=lambda event, _: event.device_id, columns={}
)
"""Store the number and the article of a device of the old stock."""
