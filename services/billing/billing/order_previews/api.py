"""What an order that is not confirmed yet would cost whom, over HTTP. Records nothing."""

from kvitt_chassis.http import ApiRouter, Reader
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.copying import same_fields
from kvitt_contracts.day_bounds import check_days

from billing.order_previews.domain import by_payer
from billing.order_previews.queries import costs_of
from billing.order_previews.views import CostView, LineCostView, OrderCost, OrderCostBody

router = ApiRouter(tags=["Betalning"])


@router.post("/orders:preview", summary="Vad en order kostar vem")
async def preview_order(body: OrderCostBody, tx: ReadTransaction, reader: Reader) -> OrderCost:
    """Vad varje rad kostar den som betalar, och vad varje betalare och patienten betalar i allt:
    det som sedan debiteras, på öret, om det kommer den dagen (ORD-1). Inget sparas, och priserna
    är de som gäller då.

    Nekas: UNKNOWN_ARTICLE (ORD-1); DAY_TOO_FAR_AHEAD, DAY_TOO_LONG_AGO (DAY-2).
    """
    check_days(body, today=tx.today)
    costs = await costs_of([(line.article_number, line.asked()) for line in body.lines], tx)
    paid = [line.payer_id for line in body.lines]
    return OrderCost(
        lines=[
            LineCostView(payer_id=payer, **same_fields(cost, LineCostView))
            for payer, cost in zip(paid, costs, strict=True)
        ],
        payers=[CostView.model_validate(one) for one in by_payer(zip(paid, costs, strict=True))],
        patient_ore=sum(cost.fee_ore for cost in costs),
    )
