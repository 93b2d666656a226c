"""Which function handles which message or timer: a registry and its decorators. Nothing is executed
here.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, overload

from kvitt_contracts.day_bounds import check_days, has_bounds
from kvitt_contracts.envelope import Command, Fact, Message

from kvitt_chassis import projections
from kvitt_chassis.row_keys import KeyOf, key_of

if TYPE_CHECKING:
    from datetime import datetime

    from kvitt_chassis.models import Regional
    from kvitt_chassis.transaction import Transaction

M = TypeVar("M", bound=Message)
M2 = TypeVar("M2", bound=Message)
M3 = TypeVar("M3", bound=Message)
C = TypeVar("C", bound=Command)
R = TypeVar("R", bound="Regional")
H = TypeVar("H")

RowKey = tuple[Any, Any]
"""A mapped class and the value of its key beside the region; or, to read, one of its columns that
finds a single row, `(DeviceRow.device_number, number)`, and its value: see `tx.search`.
"""

Names = Callable[[Any, "Transaction"], Iterable[RowKey]]
"""Which rows a message concerns. It must not raise: what is wrong with a message its handler says.
"""
NamesOf = Callable[[M, "Transaction"], Iterable[RowKey]]
Handler = Callable[[M, "Transaction"], Awaitable[None]]
RowHandler = Callable[[R, M, "Transaction"], Awaitable[None]]
Decorator = Callable[[H], H]
MessageHandler = Handler[Any]
TimerHandler = Callable[[Any, "datetime", "Transaction"], Awaitable[None]]
FaultHandler = Callable[[Any, "Fault", "Transaction"], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that becomes due for one row: `DEADLINE = Timer("transfer_deadline", TransferRow)`.

    The row's key is a UUID; it is an aggregate, or another row with `locked_when_loaded`.
    `loads(key, tx)` and `reads(key, tx)` name further rows, as a message's handler does. One that
    is `slow` is fired in a transaction of its own, beside the others: however many slow ones are
    due, and however long they take, nothing else waits for them. One that is `set_ahead` may
    be set before its row is there: without one there is nothing to do.
    """

    name: str
    locks: "type[Regional]"
    loads: Names | None = None
    reads: Names | None = None
    slow: bool = False
    set_ahead: bool = False

    @property
    def route(self) -> "TimerRoute":
        """What is fetched ahead for a key: its row locked, and what else is named."""
        return TimerRoute(_loading(self.locks, lambda key, _: key, self.loads), self.reads)


@dataclass(frozen=True, slots=True)
class Fault:
    """What made a timer's handler fail: the exception's type and place, never its text, and how
    often it has failed by now without anything having been changed.
    """

    reason: str
    attempts: int


@dataclass(frozen=True, slots=True)
class TimerRoute:
    """What a timer wants fetched ahead for its key: `loads` locked, `reads` not."""

    loads: Names
    reads: Names | None = None


# decision 0162: handlers name their rows ahead
@dataclass(frozen=True, slots=True)
class MessageRoute:
    """A handler with the rows to fetch ahead for it: `loads` locked, `reads` not.

    The row of a handler with `of=` is among `loads`, and `handler` passes it to the function:
    callers always call `route.handler(message, tx)`.
    """

    handler: MessageHandler
    loads: Names | None = None
    reads: Names | None = None


class Handlers:
    """The messages and timers that a module of a service handles."""

    def __init__(self) -> None:
        self.messages: dict[type[Message], MessageRoute] = {}
        self.timers: dict[str, tuple[Timer, TimerHandler]] = {}
        self.faults: dict[str, FaultHandler] = {}

    @overload
    def on(
        self,
        only: type[M],
        /,
        *,
        of: type[R],
        key: Callable[[M, "Transaction"], Any] | None = None,
        loads: NamesOf[M] | None = None,
        reads: NamesOf[M] | None = None,
    ) -> Decorator[RowHandler[R, M]]: ...
    @overload
    def on(
        self,
        only: type[M],
        /,
        *,
        loads: NamesOf[M] | None = None,
        reads: NamesOf[M] | None = None,
    ) -> Decorator[Handler[M]]: ...
    @overload
    def on(
        self,
        first: type[M],
        second: type[M2],
        third: type[M3] = ...,
        /,
        *more: type[Any],
        of: type[R],
        key: Callable[[M | M2 | M3, "Transaction"], Any] | None = None,
        loads: NamesOf[M | M2 | M3] | None = None,
        reads: NamesOf[M | M2 | M3] | None = None,
    ) -> Decorator[RowHandler[R, M | M2 | M3]]: ...
    @overload
    def on(
        self,
        first: type[M],
        second: type[M2],
        third: type[M3] = ...,
        /,
        *more: type[Any],
        loads: NamesOf[M | M2 | M3] | None = None,
        reads: NamesOf[M | M2 | M3] | None = None,
    ) -> Decorator[Handler[M | M2 | M3]]: ...
    def on(
        self,
        *types: type[Any],
        of: type[Any] | None = None,
        key: KeyOf | None = None,
        loads: Names | None = None,
        reads: Names | None = None,
    ) -> Any:
        """Register a handler of events or facts, of one type or of several.

        `of=OrderRow`: the row that the message is about is fetched, locked, and passed to the
        handler: `async def on_stock_reserved(row, event, tx)`. The row is found by the message's
        field of the same name as the row's key, or `<noun>_id` for an aggregate's id; where it
        differs, by `key(message, tx)`. An event or a fact about a row that does not exist waits.

        Further rows: `loads(message, tx)` and `reads(message, tx)` name the rows to fetch for a
        whole batch, in one statement per table; `loads` are locked, because the handler changes
        them, `reads` are not. They are called again as long as they name something new, so that a
        row that `tx.fetched` gives may name the next. They must not raise.

        Raises TypeError where a message names no row, ValueError for a second handler of a type.
        """
        return self._register(types, of=of, key=key, rule="contract", loads=loads, reads=reads)

    @overload
    def command(
        self,
        command: type[C],
        *,
        of: type[R],
        key: Callable[[C, "Transaction"], Any] | None = None,
        rule: str = "contract",
        loads: NamesOf[C] | None = None,
        reads: NamesOf[C] | None = None,
    ) -> Decorator[RowHandler[R, C]]: ...
    @overload
    def command(
        self,
        command: type[C],
        *,
        loads: NamesOf[C] | None = None,
        reads: NamesOf[C] | None = None,
    ) -> Decorator[Handler[C]]: ...
    def command(
        self,
        command: type[Any],
        *,
        of: type[Any] | None = None,
        key: KeyOf | None = None,
        rule: str = "contract",
        loads: Names | None = None,
        reads: Names | None = None,
    ) -> Any:
        """Register a handler of a command, from a region's topic and over HTTP alike.

        As `on`; the row `of` a command is its target, and one that does not exist is refused with
        `rule`.
        """
        return self._register([command], of=of, key=key, rule=rule, loads=loads, reads=reads)

    def project(
        self,
        message_type: type[M],
        row_type: "type[Regional]",
        *,
        key: Callable[[M, "Transaction"], Any] | None = None,
        **columns: Any,
    ) -> None:
        """Copy what a message says into a row of a projection, inserted or updated.

        Each column of the same name as a field of the message is copied; `columns` are constants,
        or functions of the message, for those that are not. The row is found as by `of=`. A column
        that gets no value is unchanged, and in a new row has its default, or null. Raises TypeError
        where a new row would lack a required column.
        """
        named = key_of(message_type, row_type, key)
        writes = projections.inserts_or_updates(message_type, row_type, key=named, columns=columns)
        self._add(message_type, MessageRoute(writes, _loading(row_type, named)))

    def amend(
        self,
        message_type: type[M],
        row_type: "type[Regional]",
        *,
        key: Callable[[M, "Transaction"], Any] | None = None,
        **columns: Any,
    ) -> None:
        """Update some columns of a projection's row, as `project` does; without a row the message
        waits. Raises TypeError where nothing would be written.
        """
        named = key_of(message_type, row_type, key)
        writes = projections.updates(message_type, row_type, key=named, columns=columns)
        self._add(message_type, MessageRoute(writes, _loading(row_type, named)))

    def timer(self, timer: Timer) -> Callable[[TimerHandler], TimerHandler]:
        """Register a handler of a timer: `async def expire(row, due, tx)`; the row is locked and
        the timer already deleted.
        """

        def register(handler: TimerHandler) -> TimerHandler:
            if timer.name in self.timers:
                raise ValueError(f"timer {timer.name} has two handlers")
            self.timers[timer.name] = (timer, handler)
            return handler

        return register

    # decision 0245: what fails of many is set aside by who knows what it is made of
    def on_fault(self, timer: Timer) -> Callable[[FaultHandler], FaultHandler]:
        """Register what is done when a timer's handler has failed and is rolled back: `async def
        on_run_failed(row, fault, tx) -> bool`, in a transaction of its own, the row locked.

        True: what it has changed lets the timer be fired again at once. False, or a fault of its
        own: the timer is tried again later.
        """

        def register(handler: FaultHandler) -> FaultHandler:
            if timer.name in self.faults:
                raise ValueError(f"faults of timer {timer.name} have two handlers")
            self.faults[timer.name] = handler
            return handler

        return register

    def include(self, other: "Handlers") -> None:
        """Add the handlers of another module of the same service."""
        for message_type, route in other.messages.items():
            self._include(message_type, route)
        for timer, handler in other.timers.values():
            self.timer(timer)(handler)
        for name, on_fault in other.faults.items():
            self.on_fault(other.timers[name][0])(on_fault)

    # decision 0543: what a region is told is no part of what its users are told
    def beside(self, other: "Handlers") -> None:
        """Add the handlers of another module. A message that both handle is handled by these and
        then by the other's, in one transaction: each names rows of its own.
        """
        for message_type, route in other.messages.items():
            first = self.messages.get(message_type)
            self.messages[message_type] = route if first is None else _both(first, route)

    def _register(
        self,
        types: Iterable[type[Message]],
        *,
        of: type[Any] | None,
        key: KeyOf | None,
        rule: str,
        loads: Names | None,
        reads: Names | None,
    ) -> Callable[[Callable[..., Awaitable[None]]], Any]:
        def register(handler: Callable[..., Awaitable[None]]) -> Any:
            for message_type in types:
                if of is None:
                    route = MessageRoute(handler, loads, reads)
                else:
                    named = key_of(message_type, of, key)
                    given = _given_its_row(handler, of, named, rule=rule)
                    route = MessageRoute(given, _loading(of, named, loads), reads)
                self._add(message_type, route)
            return handler

        return register

    def _add(self, message_type: type[Message], route: MessageRoute) -> None:
        self._include(message_type, _within_bounds(message_type, route))

    def _include(self, message_type: type[Message], route: MessageRoute) -> None:
        if message_type in self.messages:
            raise ValueError(f"{message_type.__name__} has two handlers")
        self.messages[message_type] = route


def _within_bounds(message_type: type[Message], route: MessageRoute) -> MessageRoute:
    """What comes from outside is refused for a day out of bounds before its handler has begun."""
    if not (issubclass(message_type, Fact | Command) and has_bounds(message_type)):
        return route

    @wraps(route.handler)
    async def check_first(message: Any, tx: "Transaction") -> None:
        check_days(message, today=tx.today)
        await route.handler(message, tx)

    return replace(route, handler=check_first)


def _both(first: MessageRoute, second: MessageRoute) -> MessageRoute:
    async def handle_both(message: Any, tx: "Transaction") -> None:
        await first.handler(message, tx)
        await second.handler(message, tx)

    return MessageRoute(
        handle_both,
        loads=_naming_both(first.loads, second.loads),
        reads=_naming_both(first.reads, second.reads),
    )


def _naming_both(first: Names | None, second: Names | None) -> Names | None:
    if first is None or second is None:
        return first or second
    return lambda message, tx: (*first(message, tx), *second(message, tx))


def _given_its_row(
    handler: Callable[..., Awaitable[None]], row_type: type[Any], key: KeyOf, *, rule: str
) -> MessageHandler:
    @wraps(handler)
    async def give_row(message: Any, tx: "Transaction") -> None:
        named = key(message, tx)
        if named is None:
            raise ValueError(
                f"{type(message).__name__} names no {row_type.__name__}: name rows that a message"
                " may lack in `loads`"
            )
        await handler(await tx.lock(row_type, named, rule=rule), message, tx)

    return give_row


def _loading(row_type: type[Any], key: KeyOf, others: Names | None = None) -> Names:
    if others is None:
        return lambda message, tx: ((row_type, key(message, tx)),)
    return lambda message, tx: ((row_type, key(message, tx)), *others(message, tx))
