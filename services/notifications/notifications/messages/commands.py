"""What a user does with a message. Over HTTP alone: neither is ever sent as a message."""

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import ServicePointId, UserId


class OpenMessage(Command):
    """Open a message; `service_points` are those of the user's token."""

    by: UserId
    service_points: tuple[ServicePointId, ...]


class RemoveMessage(Command):
    """Remove a message from the list."""

    by: UserId
    service_points: tuple[ServicePointId, ...]
