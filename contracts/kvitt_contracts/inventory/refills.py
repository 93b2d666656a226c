"""Topic `inventory.refills`, one aggregate kind: a store's refill proposal (INV-9)."""

from datetime import date
from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import Goods, OrderId, ProposalId, ServicePointId, StoreId, UserId


class RefillProposed(Event, type="inventory.refill.proposed.v1"):
    """On the morning of `proposed_on`, what is available in the store and on its way to it was
    below the safety level of these articles (INV-9); each line fills up to the level.

    Orders may follow it once, by ReplenishmentPlaced with its id. A store has one open at most, but
    what is said of two is read in any order: the one of the latest day is open.
    """

    proposal_id: ProposalId
    store: StoreId
    service_point: ServicePointId
    proposed_on: date
    lines: Annotated[tuple[Goods, ...], Field(min_length=1)]


class RefillOrdered(Event, type="inventory.refill.ordered.v1"):
    """A replenishment follows it, even where it had been dropped (INV-9)."""

    proposal_id: ProposalId
    order_id: OrderId


class RefillDropped(Event, type="inventory.refill.dropped.v1"):
    """A user does not want it, or the next night's proposal takes its place."""

    proposal_id: ProposalId
    by: UserId | None = None


RefillEvent = RefillProposed | RefillOrdered | RefillDropped
"""Every event of a refill proposal."""


class DropRefill(Command, type="inventory.refill.drop.v1"):
    """Drop the night's proposal. Subject: the store, which has one at most."""

    store: StoreId
    by: UserId
