"""Topic `inventory.supplier-returns` (key: its own id): what went back to a supplier (INV-8)."""

from datetime import date

from kvitt_contracts.day_bounds import HappenedOn
from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    DeviceNumber,
    Money,
    OrderId,
    Quantity,
    Reference,
    StoreId,
    SupplierId,
    SupplierReturnId,
    UserId,
    Word,
)


class SupplierReturnRegistered(Event, type="inventory.supplier-return.registered.v1"):
    """Goods have left for the supplier, as agreed: billing waits for its credit note (INV-8).

    A marked device is in the user's own store and was received before; unmarked articles are
    returned by customer service, with `asked_by`. `value` where it is known. `reason` is always
    `credit`: what goes back is credited. The comment is stored by inventory alone.
    """

    supplier_return_id: SupplierReturnId
    supplier_id: SupplierId
    article_number: ArticleNumber
    quantity: Quantity
    device_id: DeviceId | None = None
    order_id: OrderId | None = None
    value: Money | None = None
    returned_on: date
    has_comment: bool
    reason: Word = Word("credit")
    by: UserId
    asked_by: UserId | None = None


SupplierReturnEvent = SupplierReturnRegistered
"""Every event of a return to a supplier."""


class RegisterSupplierReturn(Command, type="inventory.supplier-return.register.v1"):
    """Return a marked device or unmarked articles to their supplier (INV-8).

    Agreed with the supplier before, who credits it. A comment: over HTTP only. Subject: the
    region's own reference of the return.
    """

    supplier_id: SupplierId
    store: StoreId
    device_number: DeviceNumber | None = None
    article_number: ArticleNumber | None = None
    quantity: Quantity = 1
    order: Reference | None = None
    returned_on: HappenedOn
    by: UserId
    asked_by: UserId | None = None
