"""Which row a message is about: read once from the classes, when a handler is registered."""

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from kvitt_contracts.envelope import Command, Message
from sqlalchemy.inspection import inspect

from kvitt_chassis.models import Aggregate

if TYPE_CHECKING:
    from kvitt_chassis.transaction import Transaction

KeyOf = Callable[[Any, "Transaction"], Any]
"""Gives the key of the row that a message is about."""


def key_column(row_type: type[Any]) -> Any:
    """The one column of the primary key beside the region. Raises TypeError where there is none, or
    more.
    """
    names = [column.key for column in inspect(row_type).primary_key if column.key != "region"]
    if len(names) != 1:
        raise TypeError(f"{row_type.__name__} needs a primary key of the region and one column")
    return getattr(row_type, str(names[0]))


def key_of(message_type: type[Message], row_type: type[Any], told: KeyOf | None = None) -> KeyOf:
    """How the key of a row is read from a message: as `told`, or by the name of the row's key.

    A command names its aggregate by its target; an event or a fact by a field, `article_number` for
    a row with that key, `order_id` for an aggregate with the noun `order`. Raises TypeError, when
    the handler is registered, where the message has no such field.
    """
    if told is not None:
        return told
    column = str(key_column(row_type).key)
    if issubclass(message_type, Command):
        noun = _noun(message_type, row_type)
        return lambda _, tx: tx.target(noun)
    if column == "id":
        column = f"{_noun(message_type, row_type).replace('-', '_')}_id"
    if column not in message_type.model_fields:
        raise TypeError(
            f"{message_type.__name__} has no {column}: say which {row_type.__name__} by `key=`"
        )
    read = attrgetter(column)
    return lambda message, _: read(message)


def _noun(message_type: type[Message], row_type: type[Any]) -> str:
    if not issubclass(row_type, Aggregate):
        raise TypeError(
            f"{row_type.__name__} is no aggregate: say which one {message_type.__name__} is about"
            " by `key=`"
        )
    return row_type.noun
