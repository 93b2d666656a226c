"""What a user asks of a message over HTTP. No wire type: these never travel on a topic."""

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import ServicePointId, UserId


class OpenMessage(Command):
    """A user opens a message; `service_points` are those of their token. Never sent by message."""

    by: UserId
    service_points: tuple[ServicePointId, ...]


class RemoveMessage(Command):
    """A user removes a message from the list. Never sent by message."""

    by: UserId
    service_points: tuple[ServicePointId, ...]
