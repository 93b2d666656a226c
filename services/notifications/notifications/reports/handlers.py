"""Every report of a thing to its region."""

from kvitt_chassis.handlers import Handlers

from notifications.reports.devices import messages as devices

messages = Handlers()
for _noun in (devices,):
    messages.include(_noun)
