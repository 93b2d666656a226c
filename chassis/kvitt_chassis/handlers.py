"""Which function handles which message or timer. A table and its decorators; nothing runs here."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from kvitt_contracts.envelope import Command, Message

if TYPE_CHECKING:
    from datetime import datetime

    from kvitt_chassis.models import Regional
    from kvitt_chassis.transaction import Transaction

M = TypeVar("M", bound=Message)
C = TypeVar("C", bound=Command)

RowKey = tuple[Any, Any]
"""A mapped class and the value of its key beside the region; or, to read, one of its columns that
finds a single row, `(DeviceRow.device_number, number)`, and its value: see `tx.search`.
"""

Names = Callable[[Any, "Transaction"], Iterable[RowKey]]
"""Which rows a message concerns. It must not raise: what is wrong with a message its handler says.
"""
MessageHandler = Callable[[Any, "Transaction"], Awaitable[None]]
TimerHandler = Callable[[Any, "datetime", "Transaction"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that becomes due for one row: `DEADLINE = Timer("transfer_deadline", TransferRow)`.

    The row's key is a UUID; it is an aggregate, or another row with `locked_when_loaded`.
    """

    name: str
    locks: "type[Regional]"


# decision 0162: handlers name their rows ahead
@dataclass(frozen=True, slots=True)
class MessageRoute:
    """A handler with what it wants fetched ahead: `loads` locked, `reads` not."""

    handler: MessageHandler
    loads: Names | None = None
    reads: Names | None = None


class Handlers:
    """The messages and timers that a module of a service handles."""

    def __init__(self) -> None:
        self.messages: dict[type[Message], MessageRoute] = {}
        self.timers: dict[str, tuple[Timer, TimerHandler]] = {}

    def on(
        self,
        *types: type[M],
        loads: Callable[[M, "Transaction"], Iterable[RowKey]] | None = None,
        reads: Callable[[M, "Transaction"], Iterable[RowKey]] | None = None,
    ) -> Callable[
        [Callable[[M, "Transaction"], Awaitable[None]]],
        Callable[[M, "Transaction"], Awaitable[None]],
    ]:
        """Handle events or facts.

        `loads(message, tx)` and `reads(message, tx)` name the rows to fetch for a whole batch, in
        one statement per table: what the handler changes is locked, what it only reads is not. They
        are asked again as long as they name something new, so that a row that `tx.fetched` gives
        may name the next. They must not raise.
        """

        def register(
            handler: Callable[[M, "Transaction"], Awaitable[None]],
        ) -> Callable[[M, "Transaction"], Awaitable[None]]:
            for message_type in types:
                self._add(message_type, MessageRoute(handler, loads, reads))
            return handler

        return register

    def command(
        self,
        command: type[C],
        *,
        loads: Callable[[C, "Transaction"], Iterable[RowKey]] | None = None,
        reads: Callable[[C, "Transaction"], Iterable[RowKey]] | None = None,
    ) -> Callable[
        [Callable[[C, "Transaction"], Awaitable[None]]],
        Callable[[C, "Transaction"], Awaitable[None]],
    ]:
        """Handle a command, from a region's topic and over HTTP alike."""
        return self.on(command, loads=loads, reads=reads)

    def timer(self, timer: Timer) -> Callable[[TimerHandler], TimerHandler]:
        """Handle a timer: `async def expire(row, due, tx)`; the row is locked and the timer already
        removed.
        """

        def register(handler: TimerHandler) -> TimerHandler:
            if timer.name in self.timers:
                raise ValueError(f"timer {timer.name} has two handlers")
            self.timers[timer.name] = (timer, handler)
            return handler

        return register

    def include(self, other: "Handlers") -> None:
        """Take over the handlers of another module of the same service."""
        for message_type, route in other.messages.items():
            self._add(message_type, route)
        for timer, handler in other.timers.values():
            self.timer(timer)(handler)

    def _add(self, message_type: type[Message], route: MessageRoute) -> None:
        if message_type in self.messages:
            raise ValueError(f"{message_type.__name__} has two handlers")
        self.messages[message_type] = route
