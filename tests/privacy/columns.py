"""Every column of every service that has room for any text: by what its row's class says."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from kvitt_chassis.models import Json, Regional
from kvitt_contracts.topics import SERVICES
from orders.people.keys.sealing import Sealed
from pydantic import BaseModel
from sqlalchemy.orm import Mapped, Mapper, configure_mappers


def with_room_for_text() -> set[str]:
    """`service.table.column` of each that holds a plain text, or a value with one in it; not of
    those that hold codes, which have a form of their own.
    """
    return _columns(_texts_of)


def sealed_columns() -> set[str]:
    """`service.table.column` of each that is sealed with a person's key."""
    return _columns(_sealed_of)


def _columns(of: Callable[[Mapper[Any]], Iterable[str]]) -> set[str]:
    for service in SERVICES:
        import_module(f"{service}.app")
    configure_mappers()
    return {
        f"{service}.{mapper.local_table}.{column}"
        for mapper in _mappers()
        if (service := mapper.class_.__module__.partition(".")[0]) in SERVICES
        for column in of(mapper)
    }


def _sealed_of(mapper: Mapper[Any]) -> Iterator[str]:
    """What its row's class seals, but keys."""
    names = vars(mapper.class_).items()
    return (name for name, one in names if isinstance(one, Sealed) and name != "file_key")


def _mappers() -> Iterator[Mapper[Any]]:
    registries = {id(one.registry): one.registry for one in _rows(Regional)}
    for registry in registries.values():
        yield from registry.mappers


def _rows(base: type[Any]) -> Iterator[type[Any]]:
    """The classes of tables; all are of some region."""
    for one in base.__subclasses__():
        if hasattr(one, "__mapper__"):
            yield one
        yield from _rows(one)


def _texts_of(mapper: Mapper[Any]) -> Iterator[str]:
    said = get_type_hints(mapper.class_, include_extras=True)
    for found in mapper.column_attrs:
        column = found.columns[0]
        sealed = vars(mapper.class_).get(column.name)
        if isinstance(sealed, Sealed):
            has_room = holds_text(sealed.annotation)
        elif isinstance(column.type, Json):
            has_room = holds_text(column.type.annotation)
        else:
            has_room = holds_text(said.get(found.key))
        if has_room:
            yield column.name


def holds_text(kind: Any, beside: frozenset[Any] = frozenset()) -> bool:
    """True of a type that is a text of any form, or has one in it."""
    if kind is str or kind is Any:
        return True
    args = get_args(kind)
    if args:
        parts = args[:1] if get_origin(kind) in (Annotated, Mapped) else args
        return any(holds_text(one, beside) for one in parts)
    if not isinstance(kind, type) or kind in beside:
        return False
    if issubclass(kind, BaseModel):
        fields = [one.annotation for one in kind.model_fields.values()]
    elif dataclasses.is_dataclass(kind):
        fields = list(get_type_hints(kind).values())
    else:
        return False
    return any(holds_text(one, beside | {kind}) for one in fields)
