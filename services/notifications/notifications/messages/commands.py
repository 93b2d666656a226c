"""What a user does with a message. Over HTTP alone: neither is ever sent as a message."""

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import UserId


class OpenMessage(Command):
    """Open a message."""

    by: UserId


class RemoveMessage(Command):
    """Remove a message from the list."""

    by: UserId
