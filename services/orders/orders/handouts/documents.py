"""A document about a patient's devices, from rows to the bytes of its PDF (ORD-17)."""

from collections.abc import Sequence
from datetime import date

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.policy_parts import HandoutPolicy
from kvitt_contracts.types import DeviceId, ServicePointId, UserId
from kvitt_documents.handouts import Handout, HandoutDevice
from kvitt_documents.rendering import print_document

from orders.care.views import ResolvedPerson
from orders.contacts.models import UserContactRow
from orders.devices.queries import called
from orders.handouts.domain import DAYS, SIGNERS, TITLES, Kind
from orders.slips.documents import address_lines, device_on_slip, unit_in_words
from orders.units.models import CustomerRow
from orders.units.queries import customer_key


async def print_handout(
    kind: Kind,
    *,
    person: ResolvedPerson,
    devices: Sequence[tuple[DeviceId, date | None]],
    service_point: ServicePointId,
    by: UserId,
    tx: Transaction,
) -> bytes:
    """The document as PDF: devices with the day that stands beside each, as they are called; who
    prints it and their unit as those whom the recipient asks.
    """
    names = await called([one for one, _ in devices], tx)
    unit = await tx.get(CustomerRow, customer_key(service_point, tx))
    contact = await tx.look_up(UserContactRow, by)
    shown = [(device_on_slip(names.get(one)), day) for one, day in devices]
    document = Handout(
        title=TITLES[kind],
        issued_on=tx.today,
        recipient=(("Mottagare", person.name), ("Personnummer", _number(person.number))),
        unit=(
            ("Enhet", unit_in_words(unit)),
            ("Adress", address_lines(unit.address)),
            ("Utskrivet av", contact.name if contact else by),
            ("Telefon", (contact.phone if contact else None) or ""),
            ("Datum", tx.today.isoformat()),
        ),
        day=DAYS[kind],
        devices=tuple(
            HandoutDevice(number=one.number, article=one.article, day=day) for one, day in shown
        ),
        terms=_terms(kind, tx.policy.handouts),
        signers=SIGNERS[kind],
    )
    return await print_document(document)


def _terms(kind: Kind, policy: HandoutPolicy) -> tuple[str, ...]:
    match kind:
        case Kind.LOAN_AGREEMENT:
            return policy.loan_terms
        case Kind.OWNERSHIP:
            return policy.ownership_terms
        case _:
            return ()


def _number(number: str) -> str:
    return f"{number[:8]}-{number[8:]}" if len(number) == 12 and number.isdecimal() else number
