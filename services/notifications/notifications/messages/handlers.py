"""What a user does with a message: opens it, removes it. Over HTTP alone."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import ServicePointId, UserId

from notifications.messages import domain
from notifications.messages.models import MessageRow

messages = Handlers()


class OpenMessage(Command):
    """A user opens a message; `service_points` are those of their token. Never sent by message."""

    by: UserId
    service_points: tuple[ServicePointId, ...]


class RemoveMessage(Command):
    """A user removes a message from the list. Never sent by message."""

    by: UserId
    service_points: tuple[ServicePointId, ...]


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
