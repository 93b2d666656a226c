"""Refill proposals over HTTP (INV-9). No rule here."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from kvitt_chassis.filters import Eq
from kvitt_chassis.http import (
    ApiRouter,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    Scope,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import Goods, OrderId, ProposalId, ServicePointId, StoreId
from pydantic import ConfigDict, Field
from sqlalchemy import select

from inventory.refills import domain
from inventory.refills.commands import DropProposal
from inventory.refills.models import RefillRow
from inventory.stores.queries import own_stores
from inventory.tables import is_among
from inventory.views import FromRow

router = ApiRouter(tags=["Påfyllnadsförslag"])

SCOPE = Scope(RefillRow.region, also=lambda caller: is_among(RefillRow.store, own_stores(caller)))


class RefillView(FromRow):
    """Ett förslag att fylla på ett eget förråd (INV-9)."""

    model_config = ConfigDict(
        from_attributes=True,
        populate_by_name=True,
        json_schema_extra={
            "examples": [
                {
                    "proposal_id": "acdf0a82-c62f-50ed-8cf2-85b0c22a37f9",
                    "store": "402",
                    "service_point": "40210",
                    "proposed_on": "2026-05-04",
                    "status": "proposed",
                    "lines": [{"article_number": "30457", "quantity": 6}],
                    "order_id": None,
                }
            ]
        },
    )

    proposal_id: Annotated[ProposalId, Field(validation_alias="id")]
    store: StoreId
    service_point: ServicePointId
    proposed_on: Annotated[date, Field(description="Dagen vars natt det föreslogs")]
    status: Annotated[domain.Status, Field(description="Föreslaget, beställt eller borttaget")]
    lines: Annotated[tuple[Goods, ...], Field(description="Det som fyller på till lägsta saldo")]
    order_id: Annotated[OrderId | None, Field(description="Lagerpåfyllnaden som följde det")]


class RefillQuery(ListQuery):
    """Which proposals."""

    store: Annotated[StoreId | None, Eq(RefillRow.store, "Förråd")] = None
    status: Annotated[domain.Status | None, Eq(RefillRow.status, "Läge")] = None


REFILLS = ListOf(
    select(RefillRow),
    scope=SCOPE,
    sorts=named(RefillRow.proposed_on),
    default="-proposed_on",
    view=RefillView.of,
)


@router.get("/refills")
async def list_refills(reader: Reader, asked: Annotated[RefillQuery, Query()]) -> Page[RefillView]:
    """Påfyllnadsförslag för de egna förråden, för kundtjänst för alla (INV-9). Ett förråd har högst
    ett obesvarat.
    """
    return await REFILLS.page(asked, reader)


@router.get("/refills/{proposal_id}")
async def show_refill(proposal_id: UUID, reader: Reader) -> RefillView:
    """Ett påfyllnadsförslag."""
    return RefillView.of(await reader.get(RefillRow, proposal_id, scope=SCOPE, rule="INV-9"))


@router.post("/refills/{proposal_id}:drop")
async def drop_refill(proposal_id: UUID, commands: Commands) -> RefillView:
    """Ta bort ett förslag som inte behövs (INV-9). Nästa natt föreslås det som då saknas.

    Nekas: UNKNOWN_PROPOSAL, STORE_ELSEWHERE, ALREADY_ORDERED (INV-9), UNKNOWN_USER (REF-3).
    """

    async def show(tx: Transaction) -> RefillView:
        return RefillView.of(await tx.get(RefillRow, proposal_id))

    command = DropProposal(by=commands.caller.user_id)
    return await commands.run(command, target=proposal_id, scope=SCOPE, rule="INV-9", show=show)
