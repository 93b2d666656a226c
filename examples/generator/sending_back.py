"""What goes back to a supplier, which has agreed to it and credits it: a device that a unit has in
its own store, one that had to come there first, and goods of the central store, which customer
service sends. Where suppliers' invoices are entered, the credit note of those is held, since they
were purchased before there were purchase orders here; finance lets it be taken back.
"""

from datetime import date
from functools import partial
from typing import Any, Final

from kvitt_contracts.billing import ReleaseSupplierInvoice, SupplierInvoiceLine
from kvitt_contracts.inventory import RegisterSupplierReturn
from kvitt_contracts.regions import (
    GoodsReceived,
    MarkedDevice,
    SupplierInvoiceStated,
    SupplierStated,
)
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    Money,
    OrganisationNumber,
    StoreId,
    SupplierId,
    SupplierInvoiceNumber,
    UserId,
)

from examples.generator.fetching import STAFF
from examples.generator.month import june, may
from examples.generator.own_devices import numbered
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import team
from examples.generator.telling import SUPPLIER, Goods, Teller, own_store

READER: Final = ArticleNumber("39977-01")
LAMPS: Final = ArticleNumber("39978-01")
SELLER: Final = SupplierId("L7502")
_CREDITED_IN: Final = "m"
_NUMBER: Final = SupplierInvoiceNumber("K-2001")
_COST: Final = Money(net_ore=21_500)
_AT: Final = 2
_FIRST: Final = 48211
_DEVICES: Final = 3
_HAD: Final = 10
_SENT: Final = 3


def state(told: Goods, profile: Profile, units: Units) -> None:
    """What goes back, and a device that a care unit has."""
    told.article(READER, "Läsapparat, bärbar", "220318", net_ore=312_000, marked=True)
    told.article(LAMPS, "Lampa till läsapparat", "220318", net_ore=34_000)
    in_store, _, lent = numbered(profile, _FIRST, _DEVICES)
    told.device(in_store, READER, own_store(units, _AT))
    told.device_at_unit(lent, READER, units, at=_AT)
    name, central = f"{profile.sends_order}-IB-{LAMPS}", StoreId(profile.central)
    told.balance(name, central, LAMPS, _HAD)


def tell(teller: Teller) -> None:
    """Sent back, refused, credited."""
    numbers = numbered(teller.profile, _FIRST, _DEVICES)
    teller.month.keep(numbers)
    in_store, new, lent = numbers
    _send(teller, may(5), 1, in_store)
    _send(teller, may(6), 2, in_store)  # the supplier has it
    _send(teller, may(7), 3, lent)
    _receive(teller, may(6), new)
    _send(teller, may(7), 4, new, on=may(5))  # it had not come
    _send(teller, may(8), 4, new)
    _send(teller, may(11), 4, in_store)  # by a reference that names another
    _send_goods(teller)
    if teller.profile.code == _CREDITED_IN:
        _credit(teller)


def _send(
    teller: Teller, day: date, number: int, device: DeviceNumber, *, on: date | None = None
) -> None:
    by, *_ = team(teller.units, _AT)
    command = RegisterSupplierReturn(
        supplier_id=SELLER,
        store=own_store(teller.units, _AT),
        device_number=device,
        returned_on=on or day,
        by=by,
    )
    teller.say(day, "inventory", _name(teller, number), command)


def _receive(teller: Teller, day: date, number: DeviceNumber) -> None:
    """A device that is to go back comes to the unit first."""
    came = GoodsReceived(
        version=1,
        store=own_store(teller.units, _AT),
        article_number=READER,
        quantity=1,
        devices=(MarkedDevice(device_number=number, serial_number=f"SN-{number}"),),
        received_on=day,
    )
    teller.say(day, "inventory", f"{_name(teller, 4)}-INL", came)


def _send_goods(teller: Teller) -> None:
    """Unmarked goods: not by a unit, not without who asked, not more than there are."""
    by, *_ = team(teller.units, _AT)
    said: dict[str, Any] = {
        "supplier_id": SELLER,
        "store": teller.profile.central,
        "article_number": LAMPS,
        "quantity": _SENT,
        "returned_on": may(7).isoformat(),
        "comment": "Fel ljusstyrka, enligt överenskommelse med leverantören.",
    }
    own = {**said, "store": own_store(teller.units, _AT)}
    do = partial(_do, teller, may(7))
    do("unit", 6, by, own)
    do("nobody-asked", 7, STAFF, said)
    do("too-many", 8, STAFF, {**said, "asked_by": by, "quantity": _HAD + 1})
    do("goods", 5, STAFF, {**said, "asked_by": by})


def _do(teller: Teller, day: date, name: str, at: int, by: UserId, data: dict[str, Any]) -> None:
    act = f"{teller.profile.sends_order}-LEVRETUR/{name}"
    whole = {**data, "reference": _name(teller, at)}
    teller.do(day, act, by, "/supplier-returns", whole)


# decision 0500: it names no purchase, since these goods were there before there were any here
def _credit(teller: Teller) -> None:
    """The supplier's credit note names no purchase: it is held until finance has it taken back."""
    supplier = SupplierStated(
        version=1,
        supplier_id=SELLER,
        name=SUPPLIER,
        organisation_number=OrganisationNumber("559999-0016"),
    )
    teller.say(june(3), "orders", SELLER, supplier)
    net = _COST.net_ore * _SENT
    note = SupplierInvoiceStated(
        version=1,
        supplier_id=SELLER,
        number=_NUMBER,
        is_credit=True,
        net_ore=net,
        vat_ore=net // 4,
        due_on=date(2026, 7, 15),
        lines=(SupplierInvoiceLine(article_number=LAMPS, quantity=_SENT, price=_COST),),
    )
    subject = f"{teller.profile.sends_order}-{_NUMBER}"
    teller.say(june(4), "billing", subject, note)
    released = ReleaseSupplierInvoice(supplier_id=SELLER, number=_NUMBER, by=STAFF)
    teller.say(june(9), "billing", subject, released)


def _name(teller: Teller, number: int) -> str:
    """What the region calls the return: `VB-LEVRETUR-1`."""
    return f"{teller.profile.sends_order}-LEVRETUR-{number}"
