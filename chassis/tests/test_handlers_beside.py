"""A message that two modules handle is handled by both, each with rows of its own."""

from typing import Any

from kvitt_chassis.handlers import Handlers
from kvitt_contracts.orders import OrderDelivered, OrderVoided

from contracts.tests.builders.orders import an_order_delivered

ROWS = {"first": (dict, "1"), "second": (dict, "2")}


def module(name: str, called: list[str], *types: type[Any], is_locking: bool) -> Handlers:
    """A module that notes that it was called, and names a row."""
    messages = Handlers()
    named: dict[str, Any] = {"loads" if is_locking else "reads": lambda event, tx: [ROWS[name]]}
    for kind in types:

        @messages.on(kind, **named)
        async def note(event: Any, tx: Any) -> None:
            called.append(name)

    return messages


async def test_a_message_of_both_is_handled_by_one_and_then_by_the_other() -> None:
    called: list[str] = []
    first = module("first", called, OrderDelivered, is_locking=True)
    first.beside(module("second", called, OrderDelivered, OrderVoided, is_locking=False))

    route, tx = first.messages[OrderDelivered], _tx()
    await route.handler(an_order_delivered(), tx)

    assert called == ["first", "second"]
    assert [*(route.loads or _none)(None, tx)] == [ROWS["first"]]
    assert [*(route.reads or _none)(None, tx)] == [ROWS["second"]]
    assert set(first.messages) == {OrderDelivered, OrderVoided}


def _tx() -> Any:
    return None


def _none(event: Any, tx: Any) -> list[Any]:
    return []
