"""Handlers of a user's commands: open a message, remove it."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ServicePointId

from notifications.messages import domain
from notifications.messages.commands import OpenMessage, RemoveMessage
from notifications.messages.models import MessageRow
from notifications.register.models import UserRow

messages = Handlers()


def _who(command: OpenMessage | RemoveMessage, _: Transaction) -> Iterable[RowKey]:
    yield UserRow, command.by


@messages.command(OpenMessage, of=MessageRow, rule="NTF-1", reads=_who)
async def open_message(row: MessageRow, command: OpenMessage, tx: Transaction) -> None:
    """The message is read from now on (NTF-1).

    Refused: UNKNOWN_MESSAGE (NTF-1): none, removed, or another reader's.
    """
    tx.record(row, *domain.read(row.state(), by=await _holder(command, tx)))


@messages.command(RemoveMessage, of=MessageRow, rule="NTF-1", reads=_who)
async def remove_message(row: MessageRow, command: RemoveMessage, tx: Transaction) -> None:
    """Remove the message from every list (NTF-1).

    Refused: UNKNOWN_MESSAGE (NTF-1): none, or another reader's.
    """
    tx.record(row, *domain.remove(row.state(), by=await _holder(command, tx)))


async def _holder(command: OpenMessage | RemoveMessage, tx: Transaction) -> domain.Holder:
    user = await tx.look_up(UserRow, command.by)
    service_points = frozenset(user.service_points) if user else frozenset[ServicePointId]()
    return domain.Holder(user_id=command.by, service_points=service_points)
