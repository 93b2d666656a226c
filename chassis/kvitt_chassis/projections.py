"""Projections: rows that copy what another service has published; which columns a message gives, as
data.

A projection decides nothing: rules that use it are where the row is read.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from kvitt_contracts.envelope import Message
from sqlalchemy.inspection import inspect

from kvitt_chassis.models import Aggregate
from kvitt_chassis.row_keys import KeyOf, key_column

if TYPE_CHECKING:
    from kvitt_chassis.transaction import Transaction

Writer = Callable[[Any, "Transaction"], Awaitable[None]]


def inserts_or_updates(
    message_type: type[Message], row_type: type[Any], *, key: KeyOf, columns: Mapping[str, Any]
) -> Writer:
    """A handler that inserts or updates the row of a message.

    Raises TypeError where a required column gets no value, or a name in `columns` is no column.
    """
    given = _given(message_type, row_type, columns)
    key_name = str(key_column(row_type).key)
    defaults = _defaults(row_type)
    missing = sorted(_required(row_type) - {*given, *defaults, key_name})
    if missing:
        raise TypeError(
            f"{message_type.__name__} gives no {', '.join(missing)} of {row_type.__name__}: give a"
            " value, or a default in the model, or `amend` the row"
        )

    async def write(message: Any, tx: "Transaction") -> None:
        values = {name: value(message) for name, value in given.items()}
        named = key(message, tx)
        row = await tx.find(row_type, named)
        if row is None:
            tx.put(row_type(**{"region": tx.region, key_name: named, **defaults, **values}))
        else:
            _write(row, values)

    return write


def updates(
    message_type: type[Message], row_type: type[Any], *, key: KeyOf, columns: Mapping[str, Any]
) -> Writer:
    """A handler that updates some columns of the row of a message; without a row the message waits.

    Raises TypeError where a name in `columns` is no column, or nothing would be written.
    """
    given = _given(message_type, row_type, columns)
    if not given:
        raise TypeError(f"{message_type.__name__} gives nothing of {row_type.__name__}")

    async def write(message: Any, tx: "Transaction") -> None:
        row = await tx.lock(row_type, key(message, tx))
        _write(row, {name: value(message) for name, value in given.items()})

    return write


def _write(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _given(
    message_type: type[Message], row_type: type[Any], columns: Mapping[str, Any]
) -> dict[str, Callable[[Any], Any]]:
    """How each column but the key's is computed from a message."""
    if issubclass(row_type, Aggregate):
        raise TypeError(f"{row_type.__name__} is the fold of its events: record them")
    known = set(_columns(row_type))
    unknown = sorted(columns.keys() - known)
    if unknown:
        raise TypeError(f"{row_type.__name__} has no {', '.join(unknown)}")
    by_name = known & message_type.model_fields.keys()
    return {
        **{name: _reader(name) for name in sorted(by_name - columns.keys())},
        **{name: value if callable(value) else _constant(value) for name, value in columns.items()},
    }


def _reader(name: str) -> Callable[[Any], Any]:
    return lambda message: getattr(message, name)


def _constant(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


def _columns(row_type: type[Any]) -> dict[str, Any]:
    """The columns by their attributes' names, without the primary key."""
    return {
        attribute.key: attribute.columns[0]
        for attribute in inspect(row_type).column_attrs
        if not attribute.columns[0].primary_key
    }


def _defaults(row_type: type[Any]) -> dict[str, Any]:
    """Constant defaults of columns, set on a new row at once: the next message of the batch reads
    them.
    """
    return {
        name: column.default.arg
        for name, column in _columns(row_type).items()
        if column.default is not None and column.default.is_scalar
    }


def _required(row_type: type[Any]) -> set[str]:
    return {
        name
        for name, column in _columns(row_type).items()
        if not column.nullable and column.default is None and column.server_default is None
    }
