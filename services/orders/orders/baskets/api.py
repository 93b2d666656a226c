"""Basket loans over HTTP: lend, deliver and put back, list, show. No rule here."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.filters import Eq, In, StartsWith
from kvitt_chassis.http import ApiRouter, Commands, ListOf, ListQuery, Page, Reader, named
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.stories import Story, told
from kvitt_contracts.orders import ActOnBasketLoan, DeliverBasketFee, RequestBasketLoan
from kvitt_contracts.types import ServicePointId, StoreId, UserId, identify
from pydantic import Field
from sqlalchemy import select

from orders.baskets import story
from orders.baskets.domain import WAITING, Status
from orders.baskets.models import BasketLoanRow
from orders.baskets.queries import BASKET, SCOPE
from orders.baskets.views import BasketActBody, BasketFeeBody, BasketLoanBody, BasketLoanView
from orders.care.recipients import named as as_named

router = ApiRouter(tags=["Varukorgar"])


@router.post("/basket-loans", status_code=202)
async def request_basket_loan(body: BasketLoanBody, commands: Commands) -> BasketLoanView:
    """Låna ur eget förråd i varukorg (ORD-10), utan mottagare och betalare. Förrådet svarar;
    `Prefer: wait=2` väntar.

    Nekas: ALREADY_LENT, STORE_LENDS_NO_BASKETS (ORD-10), UNKNOWN_CUSTOMER, UNKNOWN_USER,
    NOT_A_PRESCRIBER, NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT,
    NOT_CONNECTED_TO_PRESCRIBER (REF-3), UNKNOWN_ARTICLE (ORD-1), PRIVATE_CLINIC_HOLDS_NO_STOCK
    (REF-7), STORE_NOT_OF_SERVICE_POINT, DEVICE_NUMBER_MISSING, DEVICE_NUMBER_TWICE,
    ONE_OF_A_MARKED_DEVICE, NOT_MARKED (ORD-8), STORE_NOT_OF_USER, ARTICLE_OUTSIDE_PRODUCT_AREAS,
    SOURCE_NOT_OF_PRODUCT_AREA (REF-11), ARTICLE_FOR_OWN_UNITS_ONLY, SOURCE_NOT_OF_ARTICLE (ORD-22),
    SERVICE_IS_NOT_STOCKED (ORD-7), CONTRIBUTION_IS_NEVER_STOCKED (INV-16),
    PROFESSION_MAY_NOT_PRESCRIBE (REF-15).
    """
    caller, reference = commands.caller, body.reference
    order_id = identify(caller.region, BASKET, reference) if reference else uuid4()
    command = RequestBasketLoan(
        prescriber=body.prescriber,
        requester=caller.user_id,
        service_point=body.service_point,
        store=body.store,
        lines=body.lines,
    )
    return await commands.run(
        command, target=order_id, subject=reference, rule="ORD-10", show=_show(order_id)
    )


@router.post("/basket-loans/{order_id}:act", status_code=202)
async def act_on_basket_loan(
    order_id: UUID, body: BasketActBody, commands: Commands, reader: Reader
) -> BasketLoanView:
    """Leverera rader till en mottagare och lägg tillbaka rader, i en åtgärd (ORD-10): allt eller
    inget. Kollegor på tjänstestället gör det också. Förrådet svarar; `Prefer: wait=2` väntar.

    Nekas: UNKNOWN_BASKET_LOAN, NOT_YOUR_BASKET, WAITING, DECLINED, CLOSED, UNKNOWN_LINE,
    LINE_NAMED_TWICE, LINE_ENDED, LINE_IN_ANOTHER_ACT, FEE_IN_ITS_OWN_ACT (ORD-10), UNKNOWN_USER
    (REF-3), UNKNOWN_PAYER (REF-4), UNKNOWN_CARE_UNIT (ORD-1), UNKNOWN_PERSON (REF-19),
    UNKNOWN_PERSON_DETAIL (REF-1), RECIPIENT_INACTIVE (REF-14), STORE_FOR_PATIENTS_ONLY (ORD-25).
    """
    command = ActOnBasketLoan(
        recipient=await as_named(body.recipient, reader) if body.recipient else None,
        deliver=body.deliver,
        put_back=body.put_back,
        by=commands.caller.user_id,
    )
    return await commands.run(
        command, target=order_id, scope=SCOPE, rule="ORD-10", show=_show(order_id)
    )


@router.post("/basket-loans/{order_id}:deliver-fee")
async def deliver_basket_fee(
    order_id: UUID, body: BasketFeeBody, commands: Commands, reader: Reader
) -> BasketLoanView:
    """Ta ut en egenavgift, i en åtgärd för sig, av patienten som fick hjälpmedlet (ORD-10,
    ORD-18).

    Nekas: UNKNOWN_BASKET_LOAN, NOT_YOUR_BASKET, WAITING, DECLINED, CLOSED, UNKNOWN_LINE,
    LINE_ENDED, NOT_A_FEE, DEVICE_NOT_DELIVERED, FEE_OF_ANOTHER (ORD-10), UNKNOWN_USER (REF-3),
    UNKNOWN_PERSON (REF-19).
    """
    command = DeliverBasketFee(
        line=body.line,
        recipient=await as_named(body.recipient, reader) if body.recipient else None,
        by=commands.caller.user_id,
    )
    return await commands.run(
        command, target=order_id, scope=SCOPE, rule="ORD-10", show=_show(order_id)
    )


class BasketLoanQuery(ListQuery):
    """What ORD-10 lets one search by; each that is given narrows the list."""

    service_point: Annotated[
        ServicePointId | None, Eq(BasketLoanRow.service_point, "Tjänsteställe")
    ] = None
    prescriber: Annotated[UserId | None, Eq(BasketLoanRow.prescriber, "Förskrivare")] = None
    order_number: Annotated[
        str | None,
        StartsWith(BasketLoanRow.order_number, "Hela kundordernumret eller dess början"),
        Field(pattern=r"^\d{1,9}$"),
    ] = None
    store: Annotated[StoreId | None, Eq(BasketLoanRow.store, "Förråd")] = None
    status: Annotated[list[Status] | None, In(BasketLoanRow.status, "En eller flera statusar")] = (
        None
    )
    overdue: Annotated[bool | None, Eq(BasketLoanRow.is_overdue, "Bara de som är sena")] = None


BASKETS = ListOf(
    select(BasketLoanRow),
    scope=SCOPE,
    sorts=named(BasketLoanRow.lent_until, BasketLoanRow.order_number, BasketLoanRow.prescriber),
    default="lent_until",
    view=BasketLoanView.of,
    then=BasketLoanRow.order_number,
)


@router.get("/basket-loans")
async def list_basket_loans(
    reader: Reader, asked: Annotated[BasketLoanQuery, Query()]
) -> Page[BasketLoanView]:
    """Sök varukorgar på dina tjänsteställen, kollegors också, de som är försenade först (ORD-10).
    Utan `status` visas bara de öppna.
    """
    open_alone = () if asked.status else (BasketLoanRow.status.in_(WAITING),)
    return await BASKETS.page(asked, reader, *open_alone)


@router.get("/basket-loans/{order_id}")
async def show_basket_loan(order_id: UUID, reader: Reader) -> BasketLoanView:
    """En varukorg med rader, och vad den väntar på."""
    row = await reader.get(BasketLoanRow, order_id, scope=SCOPE, rule="ORD-10")
    return BasketLoanView.of(row)


@router.get("/basket-loans/{order_id}/story")
async def tell_basket_loan(order_id: UUID, reader: Reader) -> Story:
    """Varför en varukorg är som den är: vad som har hänt, av vem och enligt vilken regel, och vad
    som kommer (REF-6).
    """
    row = await reader.get(BasketLoanRow, order_id, scope=SCOPE, rule="ORD-10")
    basket, due = row.state(), await reader.due(*story.TIMERS, of=[order_id])
    return Story(
        items=told(await reader.log_of(row), by=lambda event: story.tell(event, basket)),
        next=list(story.what_comes(basket, due=due)),
    )


def _show(order_id: UUID) -> Callable[[Transaction], Awaitable[BasketLoanView]]:
    async def show(tx: Transaction) -> BasketLoanView:
        return BasketLoanView.of(await tx.get(BasketLoanRow, order_id))

    return show
