"""What is proposed instead of an article that is to be ordered, over HTTP (ORD-6). No rule here."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final

from fastapi import Query
from kvitt_chassis.http import ApiRouter, Reader, RegionReader
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.copying import same_fields
from kvitt_contracts.types import ArticleNumber, ArticleStatus, CustomerId, ServicePointId
from pydantic import BaseModel, ConfigDict, Field

from inventory.alternatives import domain
from inventory.alternatives.queries import available_in, own_store_of, with_their_groups
from inventory.articles.models import ArticleRow
from inventory.articles.queries import within_areas
from inventory.stores.models import CustomerRow

router = ApiRouter(tags=["Artiklar"])

_OLD: Final[dict[str, Any]] = {
    "article_number": "30456",
    "name": "Sittdyna Ängsull, äldre modell",
    "marked": False,
    "status": "phase_out",
    "central": 2,
    "own": 1,
    "planned_dispatch_on": "2026-05-05",
}
_NEW: Final[dict[str, Any]] = {
    "article_number": "30457",
    "name": "Sittdyna Ängsull",
    "marked": False,
    "status": "active",
    "central": 0,
    "own": 0,
    "planned_dispatch_on": "2026-05-18",
}


class OfferView(BaseModel):
    """En artikel, med vad som kan fås av den utan inköp."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [_OLD]})

    article_number: ArticleNumber
    name: str
    marked: Annotated[bool, Field(description="Individmärkt: ett uttag namnger individen (ORD-8)")]
    status: ArticleStatus
    central: Annotated[int, Field(description="Disponibelt i centrallagret, där det räknas")]
    own: Annotated[int, Field(description="Disponibelt i eget förråd, där det räknas")]
    planned_dispatch_on: Annotated[
        date | None,
        Field(
            description="När en beställd i dag väntas lämna centrallagret eller leverantören"
            " (ORD-4); saknas för det som bara finns i eget förråd"
        ),
    ]

    @classmethod
    def of(cls, offer: domain.Offer) -> "OfferView":
        """The view of an offer."""
        return cls(
            **same_fields(offer.article, OfferView),
            central=offer.central,
            own=offer.own,
            planned_dispatch_on=offer.planned_dispatch_on,
        )


class ProposalView(BaseModel):
    """Det som föreslås i stället för en artikel (ORD-6)."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={"examples": [{"asked": _NEW, "case": "only_old", "older": [_OLD]}]},
    )

    asked: Annotated[OfferView, Field(description="Artikeln som ska beställas")]
    case: Annotated[
        domain.Case,
        Field(description="Båda har saldo, eller bara den äldre: den nya köps in, och dröjer"),
    ]
    older: Annotated[
        list[OfferView],
        Field(description="Äldre artiklar med saldo: den första föreslås, alla kan väljas"),
    ]


class Proposals(BaseModel):
    """Förslag, i den ordning som artiklarna nämndes. Den som inget föreslås för utelämnas."""

    items: list[ProposalView]


class ProposalsQuery(BaseModel):
    """Vilka artiklar, och för vem."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[
        list[ArticleNumber], Field(min_length=1, max_length=50, description="Artikelnummer")
    ]
    service_point: Annotated[ServicePointId, Field(description="Tjänstestället som beställer")]


@router.get("/articles:alternatives")
async def list_alternatives(
    reader: Reader, tx: ReadTransaction, asked: Annotated[ProposalsQuery, Query()]
) -> Proposals:
    """Äldre artiklar som föreslås i stället för dem som ska beställas (ORD-6): ur samma
    utbytesgrupp, utgående eller utgångna, med saldo i de förråd som policyn räknar. Den som väljs
    beställs med `instead_of`. Saldot är av nu: lagret avgör när ordern kommer.

    Nekas: UNKNOWN_CUSTOMER (ORD-6).
    """
    customer = CustomerId(asked.service_point)
    unit = await tx.get(CustomerRow, customer, rule="ORD-6", field="service_point")
    rows = await with_their_groups(reader, asked.number, *await within_areas(reader))
    offers = await _offers(rows, unit, reader, tx)
    found = []
    for number in dict.fromkeys(asked.number):
        if number not in offers:
            continue
        article = offers[number].article
        others = [
            one
            for one in offers.values()
            if article.replacement_group is not None
            and one.article.replacement_group == article.replacement_group
        ]
        proposal = domain.propose(offers[number], others)
        if proposal is not None:
            found.append(_view(proposal))
    return Proposals(items=found)


async def _offers(
    rows: Sequence[ArticleRow], unit: CustomerRow, reader: RegionReader, tx: ReadTransaction
) -> dict[ArticleNumber, domain.Offer]:
    numbers = [one.article_number for one in rows]
    central = await available_in(reader, tx.policy.stores.central, numbers)
    own = await available_in(reader, await own_store_of(reader, unit), numbers)
    is_clinic = unit.private_clinic
    ordering = domain.Unit(
        service_point=ServicePointId(unit.customer_id),
        is_private_clinic=is_clinic,
        has_stock=not is_clinic or tx.policy.private_clinics_hold_stock,
    )
    return {
        row.article_number: domain.offer(
            row.state(),
            central=central[row.article_number],
            own=own[row.article_number],
            unit=ordering,
            policy=tx.policy,
            today=tx.today,
        )
        for row in rows
    }


def _view(proposal: domain.Proposal) -> ProposalView:
    return ProposalView(
        asked=OfferView.of(proposal.asked),
        case=proposal.case,
        older=[OfferView.of(one) for one in proposal.older],
    )
