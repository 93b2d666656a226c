"""What we do when a person is erased."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import PersonErased

from inventory.erasures.writes import forget_texts
from inventory.people.models import PersonRow

messages = Handlers()


@messages.on(PersonErased, reads=lambda event, _: [(PersonRow.person, event.person)])
async def on_person_erased(event: PersonErased, tx: Transaction) -> None:
    """Delete what was written of the devices that the person has had; nothing new is registered on
    them. Whoever the region states under the same id takes the row over.
    """
    row = await tx.search(PersonRow, PersonRow.person, event.person)
    if row is not None:
        row.active = False
    await forget_texts(event.person, tx)
