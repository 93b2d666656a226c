"""A projection of what orders emits of users. Nothing is decided."""

from kvitt_chassis.handlers import Handlers
from kvitt_contracts.orders import UserRegistered

from notifications.register.models import UserRow

messages = Handlers()
messages.project(UserRegistered, UserRow)
