"""Devices that were bought over from another region, over HTTP: which wait for its invoice, and
what it is to be told (BIL-13). No rule here.
"""

from typing import Annotated

from fastapi import Query
from kvitt_chassis.filters import Eq, Where
from kvitt_chassis.http import ApiRouter, ListOf, ListQuery, Page, Reader, named
from kvitt_contracts.types import RegionCode
from sqlalchemy import and_, select

from billing.supplier_invoices import queries
from billing.supplier_invoices.models import TakeoverRow
from billing.supplier_invoices.views import TakeoverView

router = ApiRouter(tags=["Leverantörsfakturor"])

_WAITS = and_(TakeoverRow.cleared == 0, TakeoverRow.released == 0)


class TakeoverQuery(ListQuery):
    """Which devices."""

    from_region: Annotated[RegionCode | None, Eq(TakeoverRow.from_region, "Regionen som sålde")] = (
        None
    )
    is_invoiced: Annotated[
        bool | None,
        Where(lambda is_invoiced, _: ~_WAITS if is_invoiced else _WAITS, "Om fakturan har kommit"),
    ] = None


TAKEOVERS = ListOf(
    select(TakeoverRow),
    scope=queries.TAKEOVERS_REACH,
    sorts=named(TakeoverRow.bought_on, TakeoverRow.device_number),
    default="-bought_on",
    view=TakeoverView.of,
)


@router.get("/takeovers", summary="Hjälpmedel köpta från andra regioner")
async def list_takeovers(
    reader: Reader, asked: Annotated[TakeoverQuery, Query()]
) -> Page[TakeoverView]:
    """Hjälpmedel som patienter har haft med sig från andra regioner, de senast köpta först: vilka
    som väntar på den säljande regionens faktura, och vart den ska skickas (BIL-13).
    """
    bought = TakeoverRow.device_id.is_not(None)
    page = await TAKEOVERS.page(asked, reader, bought)
    seller = reader.policy_at(await reader.now()).invoice.seller
    return page.model_copy(update={"items": [one.told(seller) for one in page.items]})
