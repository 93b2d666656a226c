"""How a service's tables are declared: column types for contract values, and the aggregate's row.
No queries.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from kvitt_contracts import types as contract_types
from kvitt_contracts.envelope import Event
from kvitt_contracts.topics import Topic, for_region
from kvitt_contracts.types import Code, RegionCode
from pydantic import TypeAdapter
from sqlalchemy import Enum, MetaData, Text, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

if TYPE_CHECKING:
    from kvitt_chassis.transaction import Transaction

S = TypeVar("S")


class CodeText(TypeDecorator[Code]):
    """A contract's code as text in the database, read back as its own type."""

    impl = Text
    cache_ok = True

    def __init__(self, code: type[Code]) -> None:
        super().__init__()
        self.code = code

    def process_bind_param(self, value: Code | None, dialect: Any) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Any) -> Code | None:
        return None if value is None else str.__new__(self.code, value)


class Json(TypeDecorator[Any]):
    """A contract value, or a tuple of them, as JSON: `mapped_column(Json(tuple[OrderLine, ...]))`.

    The value is frozen: replace it, never change it in place.
    """

    impl = JSONB
    cache_ok = True

    def __init__(self, annotation: Any) -> None:
        super().__init__(none_as_null=True)
        self.annotation = annotation
        self._adapter: TypeAdapter[Any] = TypeAdapter(annotation)

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else self._adapter.validate_python(value)


def _codes(base: type[Code] = Code) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for code in base.__subclasses__():
        found[code] = CodeText(code)
        found |= _codes(code)
    return found


TYPE_MAP: dict[Any, Any] = {
    datetime: TIMESTAMP(timezone=True),
    str: Text(),
    enum.Enum: Enum(
        enum.Enum,
        native_enum=False,
        length=40,
        values_callable=lambda kind: [m.value for m in kind],
    ),
    UUID: Uuid(),
    **{
        value: Uuid()
        for value in vars(contract_types).values()
        if getattr(value, "__supertype__", None) is UUID
    },
    **_codes(),
}
"""What a service's declarative base uses as `type_annotation_map`."""


def new_metadata() -> MetaData:
    """The metadata of a service's declarative base, with names for constraints that a migration can
    refer to.
    """
    return MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Regional:
    """A row that belongs to one region: the region is the first column of its primary key.

    `locked_when_loaded`: `tx.find`, `tx.lock`, `of` and `loads` lock the row. A projection that
    only its own key's messages write needs no lock; one that several messages or timers write sets
    it to True.
    """

    locked_when_loaded: ClassVar[bool] = False

    @declared_attr
    def region(cls) -> Mapped[RegionCode]:  # noqa: N805  # SQLAlchemy calls it with the class
        return mapped_column(CodeText(RegionCode), primary_key=True, sort_order=-20)


class Aggregate(Regional, Generic[S]):
    """The row of an aggregate: the fold of its events, with the number of the last one.

    `class TransferRow(Aggregate[Transfer], Base, noun="transfer", topic=BMB_TRANSFERS,
    state=Transfer, evolve=evolve)`. The noun is what the id names: messages carry it as
    `transfer_id`, and the target of a command is the region's id of that noun. The state is a
    frozen dataclass; each of its fields is a column of the same name (`id` and `region` are given
    here). `evolve(state | None, event) -> state` makes the first state out of None. Further
    columns, for queries, are filled by overriding `apply`.
    """

    locked_when_loaded: ClassVar[bool] = True
    noun: ClassVar[str]
    topic: ClassVar[Topic]
    state_type: ClassVar[type[Any]]
    state_fields: ClassVar[tuple[str, ...]]
    evolve: ClassVar[Callable[..., Any]]

    def __init_subclass__(
        cls,
        *,
        noun: str,
        topic: Topic,
        state: type[Any],
        evolve: Callable[..., Any],
        **kwargs: Any,
    ) -> None:
        cls.noun = noun
        cls.topic = topic
        cls.state_type = state
        cls.state_fields = tuple(field.name for field in fields(state))
        cls.evolve = staticmethod(evolve)
        super().__init_subclass__(**kwargs)

    @declared_attr
    def id(cls) -> Mapped[UUID]:  # noqa: N805  # SQLAlchemy calls it with the class
        return mapped_column(Uuid(), primary_key=True, sort_order=-19)

    @declared_attr
    def seq(cls) -> Mapped[int]:  # noqa: N805  # SQLAlchemy calls it with the class
        return mapped_column(nullable=False, sort_order=-18)

    @classmethod
    def topic_in(cls, region: RegionCode) -> str:
        """The name of the topic that events of this aggregate in `region` are published to."""
        topic = for_region(cls.topic, region) if cls.topic.is_per_region else cls.topic
        return topic.name

    def state(self) -> S:
        """The aggregate's state, as rules take it."""
        state: S = self.state_type(**{name: getattr(self, name) for name in self.state_fields})
        return state

    def apply(self, state: S) -> None:
        """Set the columns from a state."""
        for name in self.state_fields:
            value = getattr(state, name)
            if getattr(self, name, None) != value:
                setattr(self, name, value)

    def recorded(self, events: Sequence[Event], tx: "Transaction") -> None:
        """These events have been recorded on the row: for what is to be logged of it besides."""

    @classmethod
    def fold(cls, events: list[Event]) -> S:
        """The state that results from these events, from the first on. The row must equal it."""
        state: S | None = None
        for event in events:
            state = cls.evolve(state, event)
        if state is None:
            raise ValueError("no events")
        return state
