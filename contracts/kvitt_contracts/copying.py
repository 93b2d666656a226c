"""Copies values between two classes by the names of their fields."""

from collections.abc import Collection
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel


def same_fields(
    source: Any, target_type: type[Any], *, without: Collection[str] = ()
) -> dict[str, Any]:
    """The values of those fields of `source` that `target_type` has by the same name too:
    `Order(**same_fields(event, Order), id=event.order_id, status=Status.REGISTERED)`.

    Both are dataclasses or pydantic models. `without` names fields that are not copied, since the
    caller gives them another value. Raises TypeError for any other class, and where a name in
    `without` is no such field.
    """
    classes: tuple[Any, Any] = (type(source), target_type)
    names = _same(*classes)
    if not names.issuperset(without):
        raise TypeError(f"{sorted(set(without) - names)} would not be copied")
    return {name: getattr(source, name) for name in names if name not in without}


@cache
def _same(source_type: Any, target_type: Any) -> frozenset[str]:
    return _names(source_type) & _names(target_type)


def _names(of: type[Any]) -> frozenset[str]:
    if is_dataclass(of):
        return frozenset(field.name for field in fields(of))
    if issubclass(of, BaseModel):
        return frozenset(of.model_fields)
    raise TypeError(f"{of.__name__} is neither a dataclass nor a pydantic model")
