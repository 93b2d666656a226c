"""What is done about persons in other services is logged when it is heard (REF-21): the log of
persons is in one place.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from kvitt_chassis.handlers import Handlers, MessageHandler, Names, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import (
    TransferAccepted,
    TransferDissolved,
    TransferDrafted,
    TransferRejected,
    TransferSent,
    TransferUnlocked,
    TransferVoided,
    TransferWithdrawn,
)
from kvitt_contracts.inventory import CustodyChanged
from kvitt_contracts.types import PersonRef, UserId

from orders.care.models import CareTransferRow
from orders.care.writes import patient_of
from orders.people.done import log_done
from orders.units.models import UserRow
from orders.units.queries import user_key

_OF_TRANSFERS: Final = (
    TransferDrafted,
    TransferSent,
    TransferAccepted,
    TransferRejected,
    TransferWithdrawn,
    TransferVoided,
    TransferUnlocked,
    TransferDissolved,
)


# decision 0512: what is done elsewhere is logged where it is heard
def logging_what_is_done(handlers: Handlers) -> Handlers:
    """The same handlers; what somebody has done about persons elsewhere is logged besides, from the
    unit that they work at by default.
    """
    for message_type in (*_OF_TRANSFERS, CustodyChanged):
        route = handlers.messages[message_type]
        handlers.messages[message_type] = replace(
            route, reads=_who_too(route.reads), handler=_logging(route.handler)
        )
    return handlers


def _who_too(reads: Names | None) -> Names:
    def named(event: Any, tx: Transaction) -> Iterable[RowKey]:
        user = _who(tx)
        if user is not None:
            yield UserRow, user_key(user, tx)
        if reads is not None:
            yield from reads(event, tx)

    return named


def _logging(handler: MessageHandler) -> Callable[[Any, Transaction], Awaitable[None]]:
    async def logged(event: Any, tx: Transaction) -> None:
        await handler(event, tx)
        user = _who(tx)
        if user is None:  # it happened by itself
            return
        row = await tx.look_up(UserRow, user_key(user, tx))
        tx.place = row.default_service_point if row else None
        log_done((event,), await _persons(event, tx), tx)

    return logged


async def _persons(event: Any, tx: Transaction) -> Sequence[PersonRef]:
    if isinstance(event, CustodyChanged):
        holders = (event.before.holder, event.custody.holder)
        return [ref for holder in holders if (ref := patient_of(holder)) is not None]
    row = await tx.look_up(CareTransferRow, event.transfer_id)
    if row is None:
        return ()
    return [ref for ref in (row.current_person, row.new_person) if ref is not None]


def _who(tx: Transaction) -> UserId | None:
    try:
        return UserId(tx.actor) if tx.actor else None
    except ValueError:  # a system that names no user
        return None
