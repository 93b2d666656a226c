"""The list of what a region is offered, of a case about a patient who moves there."""

from collections.abc import Collection
from typing import Final

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import CustomerId, DeviceId
from kvitt_documents.rendering import print_document
from kvitt_documents.slips import OfferSlip, SlipDevice

from orders.cases import domain
from orders.cases.models import CaseRow
from orders.contacts.models import UserContactRow
from orders.devices.queries import called
from orders.people.keys.opening import opened
from orders.slips.documents import address_lines, device_on_slip, unit_in_words
from orders.units.models import CustomerRow
from orders.units.queries import customer_key

_NOT_SHOWN: Final = SlipDevice(number="visas inte", article="Ett hjälpmedel som du inte ser")


async def print_offer(row: CaseRow, tx: Transaction, *, shown: Collection[DeviceId]) -> bytes:
    """The devices that a case offers, as PDF (CAS-1): by number and article, with what was written
    and who asked. It names the patient only where the text does, and a device only where it is
    among those that are `shown` to whoever prints it.

    Raises CaseRefused (CAS-1): it offers nothing.
    """
    domain.must_offer(row.state())
    devices = await called([one for one in row.devices if one in shown], tx)
    contact = await tx.look_up(UserContactRow, row.asked_by)
    unit = await tx.get(CustomerRow, customer_key(CustomerId(row.service_point), tx))
    phones = (contact.phone, contact.mobile) if contact else ()
    slip = OfferSlip(
        issued_on=tx.today,
        order=(("Registrerat", row.asked_on.isoformat()),),
        devices=tuple(
            device_on_slip(devices.get(one)) if one in shown else _NOT_SHOWN for one in row.devices
        ),
        to=(await opened(row, tx)).text or "",
        sender=(
            ("Namn", contact.name if contact else row.asked_by),
            ("Telefon", "\n".join(filter(None, phones))),
            ("E-post", (contact.email if contact else None) or ""),
            ("Enhet", unit_in_words(unit)),
            ("Adress", address_lines(unit.address)),
        ),
    )
    return await print_document(slip)
