"""Handlers of a user's commands: open a message, remove it. Whose it is, the route has asked."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction

from notifications.messages import domain
from notifications.messages.commands import OpenMessage, RemoveMessage
from notifications.messages.models import MessageRow

messages = Handlers()


@messages.command(OpenMessage, of=MessageRow, rule="NTF-1")
async def open_message(row: MessageRow, command: OpenMessage, tx: Transaction) -> None:
    """The message is read from now on (NTF-1).

    Refused: UNKNOWN_MESSAGE (NTF-1): none, or removed.
    """
    tx.record(row, *domain.read(row.state(), by=command.by))


@messages.command(RemoveMessage, of=MessageRow, rule="NTF-1")
async def remove_message(row: MessageRow, command: RemoveMessage, tx: Transaction) -> None:
    """Remove the message from every list (NTF-1).

    Refused: UNKNOWN_MESSAGE (NTF-1): none.
    """
    tx.record(row, *domain.remove(row.state(), by=command.by))
