"""The rules of what was not delivered as ordered, and how that is settled (INV-8). No clock."""

from typing import Final

from kvitt_contracts.orders import PurchaseOrderDeviationReported, PurchaseOrderDeviationSettled
from kvitt_contracts.types import OrderLineId, UserId, Word

from orders.purchase_orders.domain import LineState, PurchaseOrder, line_of, must_have_a_part
from orders.purchase_orders.reasons import Reason, refusal
from orders.units.domain import User

DEVIATIONS: Final = (Word("short"), Word("wrong_article"), Word("too_many"), Word("damaged"))
"""How a delivery is not as ordered (INV-8)."""

SETTLEMENTS: Final = (
    Word("credited"),
    Word("delivered_anew"),
    Word("returned"),
    Word("kept"),
)
"""How a deviation is settled with the supplier (INV-8)."""


# decision 0411: what arrived is reported whole, and what was wrong with it beside
def report_deviation(
    purchase_order: PurchaseOrder, line_id: OrderLineId | None, *, kind: Word, by: User
) -> tuple[PurchaseOrderDeviationReported, ...]:
    """A delivery was not as ordered; customer service settles it with the supplier (INV-8). No
    event: it is known so and not settled.

    Raises PurchaseOrderRefused: `by` has no part in it (REF-3), a line that it has not or that is
    voided, an unknown kind (INV-8).
    """
    must_have_a_part(purchase_order, by)
    line = line_of(purchase_order, line_id, rule="INV-8")
    if kind not in DEVIATIONS:
        way_on = f"Ange något av: {', '.join(DEVIATIONS)}."
        raise refusal(Reason.UNKNOWN_WORD, "kind", way_on, rule="INV-8")
    if line.state is LineState.VOIDED:
        way_on = "Raden är makulerad. Kontakta kundservice om något ändå har kommit."
        raise refusal(Reason.LINE_IS_OVER, "line", way_on, rule="INV-8")
    if line.deviates and line.deviation == kind:
        return ()
    reported = PurchaseOrderDeviationReported(
        purchase_order_id=purchase_order.id, line_id=line.line_id, kind=kind, by=by.user_id
    )
    return (reported,)


def settle_deviation(
    purchase_order: PurchaseOrder,
    line_id: OrderLineId | None,
    *,
    how: Word,
    by: UserId,
    asked_by: UserId,
) -> tuple[PurchaseOrderDeviationSettled]:
    """Customer service has settled a deviation with the supplier (INV-8).

    Raises PurchaseOrderRefused (INV-8): a line that it has not, no deviation that waits, an unknown
    way.
    """
    line = line_of(purchase_order, line_id, rule="INV-8")
    if how not in SETTLEMENTS:
        way_on = f"Ange något av: {', '.join(SETTLEMENTS)}."
        raise refusal(Reason.UNKNOWN_WORD, "how", way_on, rule="INV-8")
    if not line.deviates:
        way_on = "Raden har ingen avvikelse som väntar. Anmäl den först."
        raise refusal(Reason.NO_DEVIATION, "line", way_on, rule="INV-8")
    settled = PurchaseOrderDeviationSettled(
        purchase_order_id=purchase_order.id,
        line_id=line.line_id,
        how=how,
        by=by,
        asked_by=asked_by,
    )
    return (settled,)
