"""Older articles instead of the one that is asked for: what may be taken, what is had of them, and
which is proposed (ORD-6).
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.orders import LineToOrder
from kvitt_contracts.types import ArticleStatus

from examples.generator.model.state import No, Order, World


def must_be_older(world: World, line: LineToOrder) -> None:
    """What is taken instead of another is of its group, and purchased no more. Raises No."""
    if line.instead_of is None:
        return
    if line.instead_of not in world.articles:
        raise No("UNKNOWN_ARTICLE", "ORD-1")
    is_older = line.article_number in _older(world, line.instead_of)
    if not is_older:
        raise No("NOT_AN_EQUIVALENT", "ORD-6")


def is_never_had(world: World, order: Order) -> bool:
    """True where there is less than is ordered of what nobody purchases: it is not waited for."""
    return any(
        not _is_purchased(world, line.article)
        and world.balances[order.store, line.article].available < line.quantity
        for line in order.lines
    )


def proposed(world: World, path: str) -> dict[str, Any]:
    """What is proposed to a unit instead of the articles that a look asks for, the first first: of
    each older one what the central store and the unit's own have, and when the new one leaves.
    """
    asked = parse_qs(urlsplit(path).query)
    (unit,) = asked["service_point"]
    own = world.customers[unit].store
    found: dict[str, Any] = {}
    for number in asked["number"]:
        had = {
            one: (_free(world, world.policy.stores.central, one), _free(world, own, one))
            for one in (number, *_older(world, number))
        }
        of_asked = had.pop(number)
        older = {one: of_it for one, of_it in had.items() if any(of_it)}
        if not older or (not _is_purchased(world, number) and any(of_asked)):
            continue
        wait = 1 if of_asked[0] else world.articles[number].lead_time_days
        found[number] = {
            "case": "both" if any(of_asked) else "only_old",
            "leaves_on": working_days_after(world.today, max(wait, 1)).isoformat(),
            "older": [
                {"article": one, "central": of_it[0], "own": of_it[1]}
                for one, of_it in sorted(older.items(), key=lambda one: (-sum(one[1]), one[0]))
            ],
        }
    return found


def _older(world: World, number: str) -> list[str]:
    group = world.articles[number].replacement_group
    return [
        other
        for other, one in world.articles.items()
        if other != number
        and group is not None
        and one.replacement_group == group
        and not _is_purchased(world, other)
    ]


def _free(world: World, store: str | None, article: str) -> int:
    return 0 if store is None else world.balances[store, article].available


def _is_purchased(world: World, number: str) -> bool:
    return world.articles[number].status is ArticleStatus.ACTIVE
