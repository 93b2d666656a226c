"""REF-9, architecture §3: where people write freely is known, column by column."""

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from kvitt_contracts.types import PayerId, Value
from pydantic import Field

from tests.privacy.columns import holds_text, sealed_columns, with_room_for_text
from tests.privacy.free_text import FREE_TEXT, NO_FREE_TEXT, NOT_SEALED, SEALED


@pytest.mark.rule("REF-9a")
def test_every_column_with_room_for_any_text_is_known() -> None:
    """A new one stands in FREE_TEXT, where people write in it, or else in NO_FREE_TEXT."""
    known = FREE_TEXT | NO_FREE_TEXT

    assert with_room_for_text() == set(known)
    assert len(known) == len(FREE_TEXT) + len(NO_FREE_TEXT)


@pytest.mark.rule("REF-22d")
def test_of_every_column_where_people_write_it_is_decided_whether_it_is_sealed() -> None:
    """A new one stands in SEALED, and is, or in NOT_SEALED, with why."""
    assert sealed_columns() == SEALED
    assert SEALED | set(NOT_SEALED) == set(FREE_TEXT)
    assert not SEALED & set(NOT_SEALED)


@dataclass
class _Noted:
    note: str | None


class _Coded(Value):
    payer_id: PayerId


class _Told(Value):
    told: tuple[_Noted, ...]


@pytest.mark.parametrize(
    ("kind", "has_room"),
    [
        (str, True),
        (str | None, True),
        (Annotated[str, Field(max_length=500)], True),
        (dict[int, str], True),
        (Any, True),
        (tuple[_Noted, ...], True),
        (_Told, True),
        (_Coded, False),
        (PayerId | None, False),
        (Annotated[int, Field(description="no text")], False),
    ],
)
def test_what_has_room_for_text_is_found_however_deep_it_stands(kind: Any, has_room: bool) -> None:
    assert holds_text(kind) is has_room
