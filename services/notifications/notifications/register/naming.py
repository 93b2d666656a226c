"""How a region names whom a thing is for. Nothing is written."""

from collections.abc import Iterable

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import Holder, NamedPatient, NamedRecipient, PatientRecipient, Recipient

from notifications.register.models import PersonRow


def person_of(holder: Holder | None) -> Iterable[RowKey]:
    """The rows to read ahead for whom a thing is for."""
    if isinstance(holder, PatientRecipient):
        yield PersonRow, holder.person


# decision 0544: the feed names persons as the region does
async def as_the_region_names(recipient: Recipient, tx: Transaction) -> NamedRecipient:
    """Returns a recipient by the region's own id; of an alias by the id of whom it stands for. A
    person who is not known yet is waited for.
    """
    if not isinstance(recipient, PatientRecipient):
        return recipient
    row = await tx.get(PersonRow, recipient.person)
    while row.merged_into is not None:  # who stays may have been joined with another since
        row = await tx.get(PersonRow, row.merged_into)
    return NamedPatient(person=row.region_person_id)
