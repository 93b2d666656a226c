"""What we do when a person is erased."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import PersonErased

from bmb.erasures.writes import forget_texts
from bmb.register.models import PersonRow

messages = Handlers()


@messages.on(PersonErased, reads=lambda event, _: [(PersonRow, event.person)])
async def on_person_erased(event: PersonErased, tx: Transaction) -> None:
    """Delete what was written of the person's transfers. Whoever the region states under the same
    id is somebody new.
    """
    row = await tx.get(PersonRow, event.person)
    row.active = False
    row.region_person_id = event.former_id
    await forget_texts(event.person, tx)
