"""The rules of returns to suppliers: what may go back, from where, by whom. No clock, no
database.
"""

from dataclasses import dataclass
from datetime import date

from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import (
    DeviceStatusChanged,
    RegisterSupplierReturn,
    SupplierReturnEvent,
    SupplierReturnRegistered,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    OrderId,
    Quantity,
    SupplierId,
    SupplierReturnId,
    Word,
)

from inventory.articles.domain import Article, check_stocked
from inventory.devices.domain import Claim, Device, DeviceStatus

CREDIT = Word("credit")
"""Why goods go back: to be credited (INV-8)."""


class SupplierReturnRefused(Refused):
    """Nothing goes back to the supplier so, or not by who asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierReturn:
    """What has left for a supplier."""

    supplier_id: SupplierId
    article_number: ArticleNumber
    quantity: Quantity
    device_id: DeviceId | None = None
    order_id: OrderId | None = None
    returned_on: date
    reason: Word


def check_names_one(command: RegisterSupplierReturn) -> None:
    """Raises SupplierReturnRefused unless one device, or some of an article, is named (INV-8)."""
    if (command.device_number is None) == (command.article_number is None):
        raise SupplierReturnRefused(
            "EITHER_DEVICE_OR_ARTICLE", rule="INV-8", field="device_number", way_on=_ONE_OF_THEM
        )
    if command.device_number is not None and command.quantity != 1:
        raise SupplierReturnRefused(
            "QUANTITY_NOT_ONE", rule="INV-8", field="quantity", way_on=_ONE_DEVICE
        )


# decision 0350: a supplier's return is one act, agreed before
def send_device_back(
    device_id: DeviceId,
    device: Device,
    command: RegisterSupplierReturn,
    *,
    supplier_return_id: SupplierReturnId,
    claim: Claim | None,
    available: int,
) -> DeviceStatusChanged:
    """A marked device that was received into one's own store leaves it for the supplier (INV-8).

    Raises SupplierReturnRefused: it is not in that store, or is gone from it (INV-8); it came there
    after that day (DAY-5): it is received before it is returned; something claims it (BMB-12), or
    the store has promised all that it has (ORD-4).
    """
    if device.store != command.store or device.is_gone:
        raise SupplierReturnRefused(
            "NOT_IN_STORE", rule="INV-8", field="device_number", way_on=RECEIVE_FIRST
        )
    if command.returned_on < device.custody.since:
        raise SupplierReturnRefused(
            "RETURNED_BEFORE_IT_CAME", rule="DAY-5", field="returned_on", way_on=_CAME_LATER
        )
    if claim is not None:
        raise SupplierReturnRefused(
            "DEVICE_CLAIMED", rule="BMB-12", field="device_number", way_on=_CLAIMED
        )
    if available < 1:
        raise SupplierReturnRefused(
            "RESERVED_FOR_ORDERS", rule="ORD-4", field="device_number", way_on=_PROMISED
        )
    return DeviceStatusChanged(
        device_id=device_id,
        kind=Word(DeviceStatus.RETURNED_TO_SUPPLIER),
        since_on=command.returned_on,
        cause=Word("supplier_return"),
        cause_id=supplier_return_id,
    )


def check_unmarked(
    article: Article, command: RegisterSupplierReturn, *, is_customer_service: bool
) -> None:
    """Unmarked articles go back by the device service, which says who asked for it (INV-8, REF-12).

    Raises Refused; an article of marked devices is named by one of them (INV-5), and a service or
    a contribution is in no store (INV-4, INV-16).
    """
    field = "article_number"
    if article.marked:
        raise SupplierReturnRefused(
            "ARTICLE_IS_MARKED", rule="INV-5", field=field, way_on=_BY_NUMBER
        )
    check_stocked(article, field=field)
    if not is_customer_service:
        raise SupplierReturnRefused(
            "CUSTOMER_SERVICE_ONLY", rule="INV-8", field=field, way_on=_ASK_CUSTOMER_SERVICE
        )
    if command.asked_by is None:
        raise SupplierReturnRefused(
            "ASKED_BY_MISSING", rule="REF-12", field="asked_by", way_on=_SAY_WHO
        )


def register(
    command: RegisterSupplierReturn,
    *,
    supplier_return_id: SupplierReturnId,
    article_number: ArticleNumber,
    device_id: DeviceId | None,
    order_id: OrderId | None,
    has_comment: bool,
) -> SupplierReturnRegistered:
    """What has left for the supplier, who credits it: no other reason is chosen (INV-8)."""
    return SupplierReturnRegistered(
        supplier_return_id=supplier_return_id,
        supplier_id=command.supplier_id,
        article_number=article_number,
        quantity=command.quantity,
        device_id=device_id,
        order_id=order_id,
        returned_on=command.returned_on,
        has_comment=has_comment,
        reason=CREDIT,
        by=command.by,
        asked_by=command.asked_by,
    )


def evolve(known: SupplierReturn | None, event: SupplierReturnEvent) -> SupplierReturn:
    """Returns the state after its one event."""
    return SupplierReturn(**same_fields(event, SupplierReturn))


_ONE_OF_THEM = "Ange antingen ett individnummer eller ett artikelnummer."
_ONE_DEVICE = "Ett märkt hjälpmedel återlämnas för sig: ange antalet ett."
RECEIVE_FIRST = (
    "Bara det som står i förrådet kan gå tillbaka: ta emot hjälpmedlet där först, eller "
    "kontrollera individnumret."
)
_CAME_LATER = "Hjälpmedlet kom till förrådet efter den dagen: kontrollera dagen."
_CLAIMED = "Hjälpmedlet är i ett byte, låst eller på väg ut: avsluta det först."
_PROMISED = (
    "Förrådet har lovat bort sitt saldo av artikeln till beställningar: makulera en av dem, eller "
    "vänta tills fler har kommit in."
)
_BY_NUMBER = "Artikeln är individmärkt: ange hjälpmedlets individnummer i stället."
_ASK_CUSTOMER_SERVICE = "Be hjälpmedelsservice: de återlämnar omärkta artiklar till leverantören."
_SAY_WHO = "Ange vem som bad om det."
