"""What a user does with a message: opens it, removes it. Over HTTP alone."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction

from notifications.messages import domain
from notifications.messages.commands import OpenMessage, RemoveMessage
from notifications.messages.models import MessageRow

messages = Handlers()


@messages.command(OpenMessage, loads=lambda _, tx: [(MessageRow, tx.target("message"))])
async def open_message(command: OpenMessage, tx: Transaction) -> None:
    """The message is read from now on (NTF-1)."""
    row = await tx.lock(MessageRow, tx.target("message"), rule="NTF-1")
    tx.record(row, *domain.read(row.state(), by=_holder(command)))


@messages.command(RemoveMessage, loads=lambda _, tx: [(MessageRow, tx.target("message"))])
async def remove_message(command: RemoveMessage, tx: Transaction) -> None:
    """The message stands in no list any more (NTF-1)."""
    row = await tx.lock(MessageRow, tx.target("message"), rule="NTF-1")
    tx.record(row, *domain.remove(row.state(), by=_holder(command)))


def _holder(command: OpenMessage | RemoveMessage) -> domain.Holder:
    return domain.Holder(user_id=command.by, service_points=frozenset(command.service_points))
