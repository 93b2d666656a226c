"""A purchase order as its supplier gets it (ORD-11)."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleType, CustomerId, OrderId, PurchaseOrderId
from kvitt_documents.purchase_orders import PurchaseOrderDocument, PurchaseOrderLine
from kvitt_documents.rendering import print_document
from kvitt_documents.slips import Fact

from orders.articles.models import ArticleRow
from orders.contacts.models import UserContactRow
from orders.customer_orders.domain import numbers_of
from orders.people.keys.opening import opened_if_any
from orders.purchase_orders.domain import Line, LineState
from orders.purchase_orders.models import PurchaseOrderDetailsRow, PurchaseOrderRow
from orders.purchase_orders.reasons import Reason, refusal
from orders.slips.documents import address_lines, unit_in_words
from orders.suppliers.models import SupplierRow
from orders.suppliers.queries import supplier_key
from orders.units.models import CustomerRow
from orders.units.queries import customer_key


# decision 0413: to the service point, and no patient on it
async def print_purchase_order(row: PurchaseOrderRow, tx: Transaction) -> bytes:
    """The purchase order as PDF, as often as wanted (ORD-11): what is not voided of it, and where
    it goes, which is the service point that receives it (ORD-12). It names no patient.

    Raises PurchaseOrderRefused (IS_OVER, ORD-11): all of it is voided.
    """
    lines = [line for line in row.lines if line.state is not LineState.VOIDED]
    if not lines:
        raise refusal(Reason.IS_OVER, None, "Inköpsordern är makulerad och ska inte skickas.")
    unit = await tx.get(CustomerRow, customer_key(CustomerId(row.service_point), tx))
    supplier = await tx.get(SupplierRow, supplier_key(row.supplier_id, tx))
    found = await tx.look_up(PurchaseOrderDetailsRow, PurchaseOrderId(row.id))
    kept = await opened_if_any(found, tx)
    articles = {one.article_number: await tx.get(ArticleRow, one.article_number) for one in lines}
    comments = kept.comments if kept is not None else {}
    numbers = numbers_of(OrderId(row.order_id))
    document = PurchaseOrderDocument(
        purchase_order_number=row.purchase_order_number,
        issued_on=tx.today,
        order=await _order(row, tx),
        supplier=_supplier(supplier),
        lines=tuple(
            _line(line, articles[line.article_number], numbers[line.line_id], comments)
            for line in lines
        ),
        deliver_to=(
            ("Enhet", unit_in_words(unit)),
            ("Adress", address_lines(unit.address)),
            ("Märk med", row.purchase_order_number),
        ),
        goes_along=any(one.type is ArticleType.SERVICE for one in articles.values()),
    )
    return await print_document(document)


async def _order(row: PurchaseOrderRow, tx: Transaction) -> tuple[Fact, ...]:
    contact = await tx.look_up(UserContactRow, row.by)
    return (
        ("Datum", row.created_on.isoformat()),
        ("Vår order", row.order_number),
        ("Beställare", contact.name if contact else row.by),
        ("Telefon", (contact.phone if contact else None) or ""),
        ("E-post", (contact.email if contact else None) or ""),
        ("Väntas", row.awaited_on.isoformat() if row.awaited_on else ""),
    )


def _supplier(supplier: SupplierRow) -> tuple[Fact, ...]:
    return (
        ("Namn", supplier.name),
        ("Org.nr", supplier.organisation_number or ""),
        ("Adress", address_lines(supplier.address)),
        ("E-post", supplier.order_email or ""),
        ("Telefon", supplier.phone or ""),
    )


def _line(
    line: Line, article: ArticleRow, number: int, comments: dict[int, str]
) -> PurchaseOrderLine:
    in_hours = " (antal timmar)" if article.is_hourly else ""
    return PurchaseOrderLine(
        number=number,
        article=f"{article.article_number} {article.name}{in_hours}",
        theirs=article.supplier_article_number or "",
        quantity=line.quantity,
        price=line.price.net_ore if line.price is not None else None,
        comment=comments.get(number, ""),
    )
