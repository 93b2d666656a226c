"""What people wrote of what concerns a person, in orders, opened: for the person (REF-24)."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from kvitt_chassis.row_keys import key_column
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_jsonable_python

from orders.erasures import queries
from orders.people.keys.opening import all_opened

_NOT_TOLD: Final = ("file_key",)


class WrittenView(BaseModel):
    """Något som skrevs fritt, eller vad en fil heter."""

    model_config = ConfigDict(frozen=True)

    of: Annotated[str, Field(description="Vad det hör till")]
    id: Annotated[str, Field(description="Dess id")]
    field: Annotated[str, Field(description="Uppgiften")]
    written: Annotated[Any, Field(description="Det som skrevs")]


async def written_of(refs: Sequence[PersonRef], tx: Transaction) -> tuple[WrittenView, ...]:
    """All that was written of a person's, a thousand of each kind at most."""
    rows = await all_opened(await queries.written_of(refs, tx), tx)
    return tuple(one for row in rows for one in _told(row))


def _told(row: Any) -> list[WrittenView]:
    values = {name: getattr(row, name) for name in row.sealed if name not in _NOT_TOLD}
    key = str(getattr(row, key_column(type(row)).key))
    return [
        WrittenView(of=row.__tablename__, id=key, field=name, written=to_jsonable_python(value))
        for name, value in values.items()
        if value not in (None, {})
    ]
