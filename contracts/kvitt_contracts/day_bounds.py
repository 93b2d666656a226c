"""How near to today a day that somebody outside has written must lie, by what it is the day of.

Pure: today is an argument. What a day may not be before (its order, its loan) is a service's rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Annotated, Any, get_args

from pydantic import AwareDatetime, BaseModel, Field

from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Day
from kvitt_contracts.types.birth_numbers import EARLIEST_BIRTH, possible_births


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How many years before and after today a day may lie. `rule` is one of docs/domain.md."""

    rule: str
    back: int
    ahead: int
    way_on: str


# decision 0208: each day is bounded by what it is about
HAPPENED = Bound(
    rule="DAY-1",
    back=10,
    ahead=0,
    way_on="Ange dagen då det hände: i dag eller tidigare, och högst tio år tillbaka.",
)
BEGAN = Bound(
    rule="DAY-1",
    back=50,
    ahead=0,
    way_on="Ange dagen då det hände: i dag eller tidigare, och högst femtio år tillbaka.",
)
PLANNED = Bound(
    rule="DAY-2",
    back=10,
    ahead=2,
    way_on="Ange en dag högst två år fram och tio år tillbaka.",
)
VALID = Bound(
    rule="DAY-3",
    back=50,
    ahead=5,
    way_on="Ange en dag högst fem år fram och femtio år tillbaka.",
)
BORN = Bound(
    rule="DAY-4",
    back=150,
    ahead=0,
    way_on="Kontrollera födelsetiden: ingen är född i framtiden eller före 1880.",
)

HappenedOn = Annotated[Day, HAPPENED]
"""The day of something physical or decided that has happened: a return, a delivery, a count."""

HappenedAt = Annotated[AwareDatetime, HAPPENED]
"""The instant of such a thing."""

BeganOn = Annotated[Day, BEGAN]
"""The day of something that has happened and may be as old as a device: bought, last maintained."""

PlannedOn = Annotated[Day, PLANNED]
"""A day that was planned, agreed or expected: an arrival, a transfer date, a time limit."""

ValidOn = Annotated[Day, VALID]
"""The day from which something is valid: a price."""

BornOn = Annotated[date, Field(ge=EARLIEST_BIRTH, le=date(2199, 12, 31)), BORN]
"""A day of birth."""


def check_days(message: BaseModel, *, today: date) -> None:
    """Check every bounded day in a message against the Stockholm day on which it is handled.

    Raises Refused naming the field: DAY_IN_THE_FUTURE, DAY_TOO_FAR_AHEAD, DAY_TOO_LONG_AGO (DAY-1
    to DAY-4).
    """
    for path, value, bound in bounded_days(message):
        day = _day_of(value)
        if day is not None and (reason := _refusal_to(day, bound, today)):
            raise Refused(reason, rule=bound.rule, field=path, way_on=bound.way_on)


def bounded_days(message: BaseModel, path: str = "") -> Iterator[tuple[str, Any, Bound]]:
    """Path, value and bound of every day that is given in a message, within its parts too."""
    for name, bound in bounds_of(type(message)).items():
        value = getattr(message, name)
        if bound is not None and value is not None:
            yield f"{path}{name}", value, bound
        elif isinstance(value, BaseModel):
            yield from bounded_days(value, f"{path}{name}.")
        elif isinstance(value, tuple):
            for place, one in enumerate(value):
                if isinstance(one, BaseModel):
                    yield from bounded_days(one, f"{path}{name}.{place}.")


def has_bounds(model: type[BaseModel]) -> bool:
    """True when a message of this class may name a day with a bound, itself or in its parts."""
    return bool(bounds_of(model))


@cache
def bounds_of(model: type[BaseModel]) -> dict[str, Bound | None]:
    """The bound of each field of a model that is a day with one or may have such within (None)."""
    found: dict[str, Bound | None] = {}
    for name, field in model.model_fields.items():
        marks = [*field.metadata, *_marks(field.annotation)]
        bound = next((mark for mark in marks if isinstance(mark, Bound)), None)
        if bound is not None or _has_models(field.annotation):
            found[name] = bound
    return found


def _marks(annotation: Any) -> Iterator[Any]:
    for inner in get_args(annotation):
        yield inner
        if inner is not NoneType:
            yield from _marks(inner)


def _has_models(annotation: Any) -> bool:
    inner = [annotation, *_marks(annotation)]
    return any(isinstance(one, type) and issubclass(one, BaseModel) for one in inner)


def _day_of(value: Any) -> date | None:
    if isinstance(value, datetime):
        return stockholm_day(value)
    if isinstance(value, date):
        return value
    births = possible_births(str(value))
    return None if births is None else births[0]


def _refusal_to(day: date, bound: Bound, today: date) -> str | None:
    if day > _moved(today, bound.ahead):
        return "DAY_TOO_FAR_AHEAD" if bound.ahead else "DAY_IN_THE_FUTURE"
    return "DAY_TOO_LONG_AGO" if day < _moved(today, -bound.back) else None


def _moved(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # most years have no 29 February
        return day.replace(year=day.year + years, day=28)
