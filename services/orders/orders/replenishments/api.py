"""Replenishments placed over HTTP. They are listed, shown and voided as orders are."""

from uuid import uuid4

from kvitt_chassis.http import ApiRouter, Commands
from kvitt_contracts.orders import PlaceReplenishment
from kvitt_contracts.types import identify

from orders.customer_orders.api import show_order
from orders.customer_orders.views import OrderView
from orders.replenishments.views import ReplenishmentBody

router = ApiRouter(tags=["Lagerpåfyllnad"])


@router.post("/replenishments", status_code=201)
async def place_replenishment(body: ReplenishmentBody, commands: Commands) -> OrderView:
    """Beställ till det egna förrådet (ORD-9). Levereras till enhetens adress; ingen debiteras.
    `pending` är sann tills lagret har svarat med planerat datum.

    Nekas: ALREADY_PLACED (ORD-2); okända namn UNKNOWN_CUSTOMER, UNKNOWN_USER (REF-3),
    UNKNOWN_ARTICLE (ORD-9); NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT (REF-3),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7), STORE_NOT_OF_SERVICE_POINT, SERVICE_IS_NOT_STOCKED
    (ORD-9), CONTRIBUTION_IS_NEVER_STOCKED (INV-16), STORE_NOT_OF_USER,
    ARTICLE_OUTSIDE_PRODUCT_AREAS (REF-11), ARTICLE_NOT_IN_ASSORTMENT (ORD-5),
    ARTICLE_FOR_OWN_UNITS_ONLY, SOURCE_NOT_OF_ARTICLE (ORD-22), NOT_KEPT_IN_CENTRAL
    (ORD-21), NO_LONGER_PURCHASED (ORD-6), NOTHING_PROPOSED (INV-9).
    """
    region, reference = commands.caller.region, body.reference
    # Without a name of its own the order has a random id: nothing else will ever call it.
    order_id = identify(region, "order", reference) if reference else uuid4()
    command = PlaceReplenishment(
        requester=commands.caller.user_id,
        service_point=body.service_point,
        to_store=body.to_store,
        follows_proposal=body.follows_proposal,
        lines=body.lines,
    )
    return await commands.run(
        command, target=order_id, subject=reference, show=show_order(order_id)
    )
