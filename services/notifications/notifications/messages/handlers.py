"""Handlers of a user's commands: open a message, remove it."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction

from notifications.messages import domain
from notifications.messages.commands import OpenMessage, RemoveMessage
from notifications.messages.models import MessageRow

messages = Handlers()


@messages.command(OpenMessage, of=MessageRow, rule="NTF-1")
async def open_message(row: MessageRow, command: OpenMessage, tx: Transaction) -> None:
    """The message is read from now on (NTF-1).

    Refused: UNKNOWN_MESSAGE (NTF-1): none, removed, or another reader's.
    """
    tx.record(row, *domain.read(row.state(), by=_holder(command)))


@messages.command(RemoveMessage, of=MessageRow, rule="NTF-1")
async def remove_message(row: MessageRow, command: RemoveMessage, tx: Transaction) -> None:
    """Remove the message from every list (NTF-1).

    Refused: UNKNOWN_MESSAGE (NTF-1): none, or another reader's.
    """
    tx.record(row, *domain.remove(row.state(), by=_holder(command)))


def _holder(command: OpenMessage | RemoveMessage) -> domain.Holder:
    return domain.Holder(user_id=command.by, service_points=frozenset(command.service_points))
