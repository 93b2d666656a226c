"""The slip that goes along with what is returned to its supplier, as PDF (INV-8)."""

from kvitt_documents.rendering import print_document
from kvitt_documents.supplier_returns import ReturnedGoods, SupplierReturnSlip

from inventory.articles.models import ArticleRow
from inventory.devices.models import DeviceRow
from inventory.stores.models import StoreRow
from inventory.supplier_returns.models import SupplierReturnRow


async def print_slip(
    row: SupplierReturnRow,
    *,
    article: ArticleRow,
    device: DeviceRow | None,
    store: StoreRow | None,
) -> bytes:
    """The slip of a return, as its supplier reads it; nothing of a person is on it."""
    store_said = f"{store.store} {store.name}" if store else row.store or ""
    return await print_document(
        SupplierReturnSlip(
            number=return_number(row),
            issued_on=row.returned_on,
            supplier=(("Leverantör", article.supplier or ""), ("Kod", row.supplier_id)),
            sender=(
                ("Förråd", store_said),
                ("Tjänsteställe", (store.service_point or "") if store else ""),
            ),
            about=(("Dag", row.returned_on.isoformat()), ("Orsak", "Kreditering")),
            goods=ReturnedGoods(
                article=f"{article.article_number} {article.name}",
                supplier_article_number=article.supplier_article_number or "",
                quantity=row.quantity,
                device_number=device.device_number if device else "",
                serial_number=(device.serial_number or "") if device else "",
            ),
            comment=row.comment or "",
        )
    )


def return_number(row: SupplierReturnRow) -> str:
    """What a return is called on paper and in the portal: the first of its id."""
    return str(row.id)[:8].upper()
