"""The rules of creating a purchase order of an order's direct lines (ORD-11). No clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.orders import (
    OrderLinePlanned,
    OrderLinePurchased,
    PurchaseLine,
    PurchaseOrderCreated,
)
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    LineNumber,
    Money,
    OrderNumber,
    PurchaseOrderId,
    Reference,
    UserId,
)

from orders.articles.domain import Article
from orders.customer_orders.domain import ENDED, Order, Status, must_have_a_part
from orders.customer_orders.line_rules.domain import plan_line
from orders.customer_orders.lines import LineState, OrderLine
from orders.purchase_orders.reasons import PurchaseOrderRefused, Reason, refusal
from orders.suppliers.domain import Supplier
from orders.units.domain import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The id, number and reference that a new purchase order gets."""

    purchase_order_id: PurchaseOrderId
    purchase_order_number: OrderNumber
    reference: Reference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be bought of whom. No `numbers`: every line of the supplier's that waits for a
    purchase order. `comments` and `prices`, for one unit, by the numbers of lines.
    """

    supplier: Supplier
    numbers: tuple[LineNumber, ...] = ()
    comments: Mapping[int, str] = field(default_factory=dict)
    prices: Mapping[int, Money] = field(default_factory=dict)
    is_sent_by_kvitt: bool = False


def create(
    order: Order,
    wish: Wish,
    *,
    naming: Naming,
    articles: Mapping[ArticleNumber, Article],
    by: User,
    asked_by: UserId | None,
    order_field: str,
    today: date,
) -> tuple[PurchaseOrderCreated, tuple[OrderLinePurchased | OrderLinePlanned, ...]]:
    """Create a purchase order to one supplier of an order's direct lines: what is emitted of it,
    and of the order (ORD-11). A line is in one purchase order at most.

    `articles` has each line's article, `order_field` is where the order was named. Each line is
    planned to leave its supplier after the article's lead time in working days from `today`, a
    Stockholm day, and the last of it is expected after the longest (ORD-4).

    Raises Refused: `by` has no part in the order (REF-3), it is over or waits for the store's
    answer (ORD-14), the supplier is not active (REF-13), Kvitt is to send it and the supplier
    has no address for it (NTF-4), a line is unknown, named twice, not direct, of another supplier,
    purchased or over, or none is left; a service without a comment (ORD-11).
    """
    must_have_a_part(order, by)
    if not wish.supplier.is_active:
        way_on = "Leverantören är inte aktiv. Kontakta hjälpmedelsservice."
        raise refusal(Reason.SUPPLIER_INACTIVE, "supplier_id", way_on, rule="REF-13")
    if wish.is_sent_by_kvitt and not wish.supplier.has_order_address:
        way_on = (
            "Leverantören har ingen e-postadress för inköpsordrar. Gör inköpsordern utan att låta"
            " Kvitt skicka den, skriv ut den och skicka den själv."
        )
        raise refusal(Reason.NO_ORDER_ADDRESS, "is_sent_by_kvitt", way_on, rule="NTF-4")
    _must_be_open(order, order_field)
    lines = _chosen(order, wish)
    for line in lines:
        is_service = line.article_type is ArticleType.SERVICE
        if is_service and not wish.comments.get(line.number):
            way_on = "Skriv i radens kommentar vad tjänsten avser, över HTTP."
            raise refusal(Reason.COMMENT_MISSING, f"comments.{line.number}", way_on)
    leaves = {
        line.line_id: working_days_after(
            today, max(articles[line.article_number].lead_time_days, 1)
        )
        for line in lines
    }
    created = PurchaseOrderCreated(
        purchase_order_id=naming.purchase_order_id,
        purchase_order_number=naming.purchase_order_number,
        reference=naming.reference,
        order_id=order.id,
        supplier_id=wish.supplier.supplier_id,
        service_point=order.service_point,
        created_on=today,
        expected_on=max(leaves.values()),
        is_sent_by_kvitt=wish.is_sent_by_kvitt,
        lines=tuple(_bought(line, wish) for line in lines),
        by=by.user_id,
        asked_by=asked_by,
    )
    of_order: list[OrderLinePurchased | OrderLinePlanned] = []
    for line in lines:
        purchased = OrderLinePurchased(
            order_id=order.id,
            line_id=line.line_id,
            purchase_order_id=naming.purchase_order_id,
        )
        of_order += [purchased, *plan_line(order, line.line_id, on=leaves[line.line_id])]
    return created, tuple(of_order)


def refuse_used_reference(*, field: str) -> PurchaseOrderRefused:
    """The refusal of a reference that names a purchase order already (ORD-11)."""
    way_on = "Referensen har redan en inköpsorder. Välj en ny referens för en ny inköpsorder."
    return refusal(Reason.ALREADY_CREATED, field, way_on)


def _must_be_open(order: Order, field: str) -> None:
    if order.status is Status.VOIDING:
        way_on = "Ordern håller på att makuleras. Lägg en ny om något ska köpas."
        raise refusal(Reason.ORDER_IS_OVER, field, way_on)
    if order.status in ENDED:
        way_on = "Ordern är levererad, makulerad eller avvisad. Lägg en ny om något ska köpas."
        raise refusal(Reason.ORDER_IS_OVER, field, way_on)
    if order.is_waiting:
        way_on = "Lagret har inte svarat om ordern än. Försök igen om en stund."
        raise refusal(Reason.WAITING, field, way_on)


def _chosen(order: Order, wish: Wish) -> tuple[OrderLine, ...]:
    if not wish.numbers:
        left = tuple(line for line in order.lines if _is_left(line, wish.supplier))
        if not left:
            way_on = "Ordern har ingen rad hos leverantören som saknar inköpsorder."
            raise refusal(Reason.NOTHING_TO_PURCHASE, "supplier_id", way_on)
        return left
    if len(set(wish.numbers)) != len(wish.numbers):
        raise refusal(Reason.LINE_TWICE, "lines", "Ange varje rad en gång.")
    known = {line.number: line for line in order.lines}
    chosen = []
    for number in wish.numbers:
        if number not in known:
            way_on = f"Ordern har ingen rad {number}. Ange radnummer ur ordern."
            raise refusal(Reason.UNKNOWN_LINE, "lines", way_on)
        _must_be_left(known[number], wish.supplier)
        chosen.append(known[number])
    return tuple(chosen)


def _is_left(line: OrderLine, supplier: Supplier) -> bool:
    is_theirs = line.is_direct and line.supplier_id == supplier.supplier_id
    return is_theirs and line.state is LineState.ORDERED


def _must_be_left(line: OrderLine, supplier: Supplier) -> None:
    if not line.is_direct:
        way_on = f"Rad {line.number} kommer från centrallagret och köps inte. Ta bort den."
        raise refusal(Reason.NOT_DIRECT, "lines", way_on)
    if line.supplier_id != supplier.supplier_id:
        way_on = f"Rad {line.number} köps av en annan leverantör. Gör en inköpsorder till den."
        raise refusal(Reason.OTHER_SUPPLIER, "lines", way_on)
    if line.is_over:
        way_on = f"Rad {line.number} är levererad eller makulerad. Ta bort den."
        raise refusal(Reason.LINE_IS_OVER, "lines", way_on)
    if line.state is not LineState.ORDERED:
        way_on = f"Rad {line.number} är redan med på en inköpsorder. Ta bort den."
        raise refusal(Reason.ALREADY_PURCHASED, "lines", way_on)


def _bought(line: OrderLine, wish: Wish) -> PurchaseLine:
    return PurchaseLine(
        line_id=line.line_id,
        article_number=line.article_number,
        quantity=line.quantity,
        price=wish.prices.get(line.number),
        has_comment=bool(wish.comments.get(line.number)),
    )
