"""Topic `inventory.refills`, one aggregate kind: a store's refill proposal (INV-9). Reserved."""

from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import Goods, OrderId, ProposalId, ServicePointId, StoreId, UserId


class RefillProposed(Event, type="inventory.refill.proposed.v1"):
    """In the night, available and incoming were below the safety level of these articles (INV-9).

    Orders may follow it once, by ReplenishmentPlaced with its id.
    """

    proposal_id: ProposalId
    store: StoreId
    service_point: ServicePointId
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
