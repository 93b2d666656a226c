"""Scarce goods: orders that wait, deliveries in parts, receipts that serve the oldest first.

On no day do two messages want the same scarce article: a day decides nothing by speed.
"""

from collections.abc import Callable
from datetime import date
from functools import partial

from examples.generator.month import Month
from examples.generator.ordering import dispatch, line_of, pick, place, receive, scarce_of, void


def plan_shortages(month: Month) -> None:
    """The month's scarce articles, each with a tale of its own."""
    unmarked = [one for one in scarce_of(month) if not one.kind.marked]
    marked = [one for one in scarce_of(month) if one.kind.marked]
    first, second, third = (one.article.article_number for one in unmarked)
    _three_wait(month, first)
    _sent_in_parts(month, second)
    _voided_while_waiting(month, third)
    _devices_wait(month, marked[0].article.article_number)


def _three_wait(month: Month, article: str) -> None:
    orders: dict[str, str] = {}
    _on(month, 5, partial(_place, month, orders, "first", article, 4))
    _on(month, 6, partial(_place, month, orders, "second", article, 3))
    _on(month, 8, partial(_place, month, orders, "third", article, 2))
    _on(month, 11, partial(receive, month, article, 5))
    _on(month, 13, partial(receive, month, article, 6))
    for name, day in (("first", 12), ("second", 18), ("third", 19)):
        _on(month, day, partial(_pick, month, orders, name))
        _on(month, day + 1, partial(_dispatch, month, orders, name))


def _sent_in_parts(month: Month, article: str) -> None:
    orders: dict[str, str] = {}
    _on(month, 4, partial(receive, month, article, 3))
    _on(month, 5, partial(_place, month, orders, "parts", article, 5))
    _on(month, 6, partial(_pick, month, orders, "parts"))
    _on(month, 7, partial(_dispatch, month, orders, "parts", 3))
    _on(month, 12, partial(receive, month, article, 10))
    _on(month, 13, partial(_dispatch, month, orders, "parts", 2))
    _on(month, 26, partial(_place, month, orders, "half", article, 9))
    _on(month, 27, partial(_pick, month, orders, "half"))
    _on(month, 28, partial(_dispatch, month, orders, "half", 8))


def _voided_while_waiting(month: Month, article: str) -> None:
    orders: dict[str, str] = {}
    _on(month, 7, partial(_place, month, orders, "voided", article, 4))
    _on(month, 8, partial(_place, month, orders, "served", article, 2))
    _on(month, 11, partial(receive, month, article, 3))
    _on(month, 12, partial(_void, month, orders, "voided"))
    _on(month, 13, partial(_pick, month, orders, "served"))
    _on(month, 15, partial(_dispatch, month, orders, "served"))


def _devices_wait(month: Month, article: str) -> None:
    orders: dict[str, str] = {}
    for name, day in (("first", 6), ("second", 7), ("third", 8), ("never", 25)):
        _on(month, day, partial(_place, month, orders, name, article, 1))
    _on(month, 12, partial(receive, month, article, 2))
    _on(month, 18, partial(receive, month, article, 1))
    for name, picked, sent in (("first", 13, 15), ("second", 15, 18), ("third", 19, 20)):
        _on(month, picked, partial(_pick, month, orders, name))
        _on(month, sent, partial(_dispatch, month, orders, name))


def _on(month: Month, day: int, action: Callable[[], object]) -> None:
    month.plan(date(2026, 5, day), partial(_do, action))


def _do(action: Callable[[], object]) -> None:
    action()


def _place(month: Month, orders: dict[str, str], name: str, article: str, quantity: int) -> None:
    orders[name] = place(month, [line_of(article, quantity)], consolidated=False)


def _pick(month: Month, orders: dict[str, str], name: str) -> None:
    pick(month, orders[name])


def _dispatch(month: Month, orders: dict[str, str], name: str, quantity: int | None = None) -> None:
    dispatch(month, orders[name], [1], quantity)


def _void(month: Month, orders: dict[str, str], name: str) -> None:
    void(month, orders[name])
