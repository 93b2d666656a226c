"""What the regions state of suppliers. A fact restated unchanged records nothing."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.regions import SupplierStated

from orders.message_subject import subject_must_be
from orders.suppliers import domain
from orders.suppliers.models import SupplierRow
from orders.suppliers.queries import supplier_key

messages = Handlers()


@messages.on(
    SupplierStated, loads=lambda fact, tx: [(SupplierRow, supplier_key(fact.supplier_id, tx))]
)
async def on_supplier_stated(fact: SupplierStated, tx: Transaction) -> None:
    """Register or correct a supplier; how it is reached stays here (REF-13).

    Refused: SUBJECT_DIFFERS (contract).
    """
    subject_must_be(fact.supplier_id, tx.subject)
    key = supplier_key(fact.supplier_id, tx)
    row = await tx.find(SupplierRow, key)
    events = domain.register(fact, known=row.state() if row else None)
    row = tx.record_at(SupplierRow, key, *events)
    row.order_email, row.phone, row.address = fact.order_email, fact.phone, fact.address
