"""What the regions state of how users are reached. It is stored, and nothing is told of it."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.regions import UserContactStated

from orders.contacts.domain import words_of
from orders.contacts.models import UserContactRow
from orders.message_subject import subject_must_be

messages = Handlers()


@messages.on(UserContactStated, loads=lambda fact, tx: [(UserContactRow, fact.user_id)])
async def on_user_contact_stated(fact: UserContactStated, tx: Transaction) -> None:
    """Store how a user is reached (BMB-8); before the user is registered too, whom it does not
    show until then.

    Refused: SUBJECT_DIFFERS (contract).
    """
    subject_must_be(fact.user_id, tx.subject)
    row = await tx.find(UserContactRow, fact.user_id)
    if row is None:
        row = UserContactRow(region=tx.region, user_id=fact.user_id)
        tx.put(row)
    row.name = fact.name
    row.words = "".join(f" {word}" for word in words_of(fact.name))
    row.phone, row.mobile, row.email = fact.phone, fact.mobile, fact.email
