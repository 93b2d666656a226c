"""Orders and withdrawals placed over HTTP. A route fills a command and runs it."""

from uuid import UUID, uuid4

from kvitt_chassis.http import ApiRouter, Commands, Reader, RegionReader
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.orders import PlaceOrder, RegisterWithdrawal
from kvitt_contracts.types import Reference, identify

from orders.care.recipients import named
from orders.customer_orders.api import show_order
from orders.customer_orders.views import (
    OrderBody,
    OrderPreview,
    OrderView,
    WithdrawalBody,
)
from orders.order_drafts.commands import PlaceOrderOverHttp
from orders.order_drafts.queries import SCOPE as DRAFTS
from orders.placements.covers.domain import choices
from orders.placements.covers.views import CoverChoices
from orders.placements.handlers import preview

router = ApiRouter(tags=["Ordrar"])


@router.post("/orders", status_code=201)
async def place_order(body: OrderBody, commands: Commands, reader: Reader) -> OrderView:
    """Lägg en order (ORD-1). `pending` är sann tills lagret har svarat med planerat datum. Rader
    som köps direkt från leverantören (ORD-21) väntar på en inköpsorder.

    Nekas: ALREADY_PLACED (ORD-2); okända namn UNKNOWN_CUSTOMER, UNKNOWN_USER (REF-3),
    UNKNOWN_PERSON (REF-19), UNKNOWN_PERSON_DETAIL (REF-1), UNKNOWN_CARE_UNIT, UNKNOWN_ARTICLE
    (ORD-1), UNKNOWN_PAYER (REF-4); NOT_A_PRESCRIBER, NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT, NOT_CONNECTED_TO_PRESCRIBER (REF-3), RECIPIENT_INACTIVE
    (REF-14), RECIPIENT_HAS_NO_ADDRESS (ORD-3), ARTICLE_NOT_IN_ASSORTMENT (ORD-5),
    ARTICLE_NOT_APPROVED (ACT-5), NO_LONGER_PURCHASED, NOT_AN_EQUIVALENT (ORD-6),
    ONE_OF_A_MARKED_DEVICE, NOT_MARKED, DEVICE_NUMBER_ON_ORDER (ORD-8),
    STORE_FOR_PATIENTS_ONLY (ORD-25), NO_ACTIVE_SUPPLIER (ORD-21), ARTICLE_FOR_OWN_UNITS_ONLY,
    SOURCE_NOT_OF_ARTICLE (ORD-22), ARTICLE_OUTSIDE_PRODUCT_AREAS, SOURCE_NOT_OF_PRODUCT_AREA
    (REF-11), COVER_FOR_PATIENTS_ONLY, NO_PAYER_FOR_COVER, PAYER_BESIDE_COVER (BIL-5, BIL-11),
    COVER_BY_OWN_UNITS_ONLY (BIL-11), PROFESSION_MAY_NOT_PRESCRIBE (REF-15), HOURS_MISSING,
    SEVERAL_OCCASIONS (ORD-11). Av ett utkast:
    UNKNOWN_ORDER_DRAFT, DRAFT_CHANGED, NOT_THE_DRAFTS_RECIPIENT (ORD-1). Av bilagor:
    ATTACHMENT_MISSING när en artikel kräver en (ORD-24), UNKNOWN_ATTACHMENT, ALREADY_ATTACHED,
    TOO_MANY (ORD-16).
    """
    command = await _command(body, reader)
    by = commands.caller.user_id
    whole = PlaceOrderOverHttp(order=command, draft=body.draft, attachments=body.attachments, by=by)
    if body.draft is None:
        return await _place(whole if body.attachments else command, body.reference, commands)
    order_id = _order_id(body.reference, commands)
    return await commands.run(
        whole,
        target=order_id,
        subject=body.reference,
        named=body.draft.draft_id,
        scope=DRAFTS,
        rule="ORD-1",
        show=show_order(order_id),
    )


@router.post("/withdrawals", status_code=202)
async def register_withdrawal(
    body: WithdrawalBody, commands: Commands, reader: Reader
) -> OrderView:
    """Registrera ett uttag ur eget förråd (ORD-7). Lagret svarar; `Prefer: wait=2` väntar.

    Nekas som en order, och: PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7), STORE_NOT_OF_SERVICE_POINT,
    DEVICE_NUMBER_MISSING, DEVICE_NUMBER_TWICE (ORD-8), SERVICE_IS_NOT_STOCKED (ORD-7),
    CONTRIBUTION_IS_NEVER_STOCKED (INV-16), STORE_NOT_OF_USER (REF-11).
    """
    return await _place(await _withdrawal(body, reader), body.reference, commands)


@router.post("/orders:preview")
async def preview_order(body: OrderBody, tx: ReadTransaction, reader: Reader) -> OrderPreview:
    """Visa en order som den skulle bli: avgiften syns så snart raden är tillagd (ORD-18).

    Nekas som ordern skulle nekas, men frågar inte efter bilagor (ORD-24).
    """
    return OrderPreview.of(await preview(await _command(body, reader), tx))


@router.post("/withdrawals:preview")
async def preview_withdrawal(
    body: WithdrawalBody, tx: ReadTransaction, reader: Reader
) -> OrderPreview:
    """Visa ett uttag som det skulle bli, med betalare och avgift: ett uttag kan inte makuleras
    (ORD-7). Lagret är inte tillfrågat.

    Nekas som uttaget skulle nekas.
    """
    return OrderPreview.of(await preview(await _withdrawal(body, reader), tx))


@router.get("/covers", summary="Vem som kan betala i stället")
async def show_covers(tx: ReadTransaction) -> CoverChoices:
    """De andra regioner som kan betala för en patient, och om staten kan det: de som regionen har
    en betalare för (BIL-5, BIL-11).
    """
    return CoverChoices.of(choices(tx.policy))


async def _place(
    command: PlaceOrder | PlaceOrderOverHttp | RegisterWithdrawal,
    reference: Reference | None,
    commands: Commands,
) -> OrderView:
    order_id = _order_id(reference, commands)
    return await commands.run(
        command, target=order_id, subject=reference, show=show_order(order_id)
    )


def _order_id(reference: Reference | None, commands: Commands) -> UUID:
    # Without a name of its own the order has a random id: nothing else will ever call it.
    return identify(commands.caller.region, "order", reference) if reference else uuid4()


async def _command(body: OrderBody, reader: RegionReader) -> PlaceOrder:
    return PlaceOrder(
        recipient=await named(body.recipient, reader),
        prescriber=body.prescriber,
        requester=reader.caller.user_id,
        service_point=body.service_point,
        payer_id=body.payer_id,
        cover=body.cover,
        lines=body.lines,
        delivery=body.delivery,
    )


async def _withdrawal(body: WithdrawalBody, reader: RegionReader) -> RegisterWithdrawal:
    return RegisterWithdrawal(
        recipient=await named(body.recipient, reader),
        prescriber=body.prescriber,
        requester=reader.caller.user_id,
        service_point=body.service_point,
        store=body.store,
        payer_id=body.payer_id,
        cover=body.cover,
        lines=body.lines,
    )
