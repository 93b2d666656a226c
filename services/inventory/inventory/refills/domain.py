"""The rules of refill proposals (INV-9). No clock, no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import RefillDropped, RefillEvent, RefillOrdered, RefillProposed
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    ArticleNumber,
    Goods,
    OrderId,
    ProposalId,
    ServicePointId,
    StoreId,
    UserId,
)

from inventory.stock.domain import Balance

MOST_LINES = 200
"""So many lines a replenishment has at most; what is left is proposed when these are on the way."""
MOST_OF_A_LINE = 10_000


class Status(StrEnum):
    """Where a proposal is."""

    PROPOSED = "proposed"
    ORDERED = "ordered"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refill:
    """A proposal to fill up a store; `order_id`: the replenishment that follows it."""

    store: StoreId
    service_point: ServicePointId
    proposed_on: date
    lines: tuple[Goods, ...]
    status: Status = Status.PROPOSED
    order_id: OrderId | None = None


class RefillRefused(Refused):
    """A proposal cannot be dropped."""


def lacking(
    balances: Iterable[Balance], *, incoming: Mapping[ArticleNumber, int]
) -> tuple[Goods, ...]:
    """What fills up each article to its safety level where available and incoming are below it, in
    the order of the articles' numbers (INV-9). `balances`: those of articles that are purchased.
    """
    lines = []
    for balance in sorted(balances, key=lambda one: one.article_number):
        number = balance.article_number
        less = balance.safety_level - balance.available - incoming.get(number, 0)
        if less > 0:
            lines.append(Goods(article_number=number, quantity=min(less, MOST_OF_A_LINE)))
    return tuple(lines[:MOST_LINES])


# decision 0428: a proposal that would say the same again stays
def is_still_so(refill: Refill, lines: tuple[Goods, ...]) -> bool:
    """True where tonight's proposal would be the one that is open: it stays, and nobody is told
    again.
    """
    return refill.status is Status.PROPOSED and refill.lines == lines


def replace_by_next(proposal_id: ProposalId, refill: Refill) -> tuple[RefillDropped, ...]:
    """The next night's takes the place of a proposal that nobody has answered (INV-9)."""
    if refill.status is not Status.PROPOSED:
        return ()
    return (RefillDropped(proposal_id=proposal_id),)


def drop(
    proposal_id: ProposalId, refill: Refill, *, by: UserId, is_own: bool
) -> tuple[RefillDropped, ...]:
    """Drop a proposal that somebody at the unit does not want (INV-9). No event: it is dropped.

    Raises RefillRefused: STORE_ELSEWHERE, ALREADY_ORDERED (INV-9).
    """
    if not is_own:
        raise RefillRefused(
            "STORE_ELSEWHERE",
            rule="INV-9",
            field="by",
            way_on="Förrådet hör till ett annat tjänsteställe: be någon där, eller kundtjänst.",
        )
    if refill.status is Status.ORDERED:
        raise RefillRefused(
            "ALREADY_ORDERED",
            rule="INV-9",
            way_on="Förslaget är beställt. Makulera lagerpåfyllnaden om den inte behövs.",
        )
    if refill.status is Status.DROPPED:
        return ()
    return (RefillDropped(proposal_id=proposal_id, by=by),)


def order(
    proposal_id: ProposalId, refill: Refill, *, order_id: OrderId
) -> tuple[RefillOrdered, ...]:
    """A replenishment follows it, also where it had been dropped meanwhile (INV-9). No event: one
    follows it already.
    """
    if refill.status is Status.ORDERED:
        return ()
    return (RefillOrdered(proposal_id=proposal_id, order_id=order_id),)


def evolve(refill: Refill | None, event: RefillEvent) -> Refill:
    """Returns the state after an event. Raises ValueError for any before the proposal."""
    if isinstance(event, RefillProposed):
        return Refill(**same_fields(event, Refill))
    if refill is None:
        raise ValueError(f"{event.wire_type} before the refill is proposed")
    match event:
        case RefillOrdered():
            return replace(refill, status=Status.ORDERED, order_id=event.order_id)
        case RefillDropped():
            return replace(refill, status=Status.DROPPED)
