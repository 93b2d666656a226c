"""What is sent to a database: for tests that count statements, or look at what they lock."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kvitt_chassis import driver
from sqlalchemy import Engine, event


class Sent(str):
    """A statement, with the values that it was sent with."""

    values: Sequence[Any]

    def __new__(cls, statement: str, values: Sequence[Any]) -> "Sent":
        made = super().__new__(cls, statement)
        made.values = values
        return made


@contextmanager
def sent(engine: Engine) -> Iterator[list[Sent]]:
    """Inside, collects what is sent by an engine, and by the driver itself."""
    found: list[Sent] = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, *others: Any) -> None:
        found.append(Sent(statement, values))

    def note_of_driver(statement: str, values: Sequence[object]) -> None:
        found.append(Sent(statement, values))

    event.listen(engine, "before_cursor_execute", note)
    driver.listeners.append(note_of_driver)
    try:
        yield found
    finally:
        driver.listeners.remove(note_of_driver)
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def transactions() -> Iterator[Counter[str]]:
    """Inside, counts how many transactions are `committed` and `rolled back`."""
    counted: Counter[str] = Counter()

    def note(statement: str, values: Sequence[object]) -> None:
        if statement in _ENDS:
            counted[_ENDS[statement]] += 1

    driver.listeners.append(note)
    try:
        yield counted
    finally:
        driver.listeners.remove(note)


_ENDS = {"COMMIT": "committed", "ROLLBACK": "rolled back"}
