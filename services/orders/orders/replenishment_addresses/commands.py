"""What customer service does over HTTP alone: an address travels on no topic."""

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import Address, CustomerId, UserId


class SetReplenishmentAddress(Command):
    """Let what a unit fills its store up with go to another address than its own, or to its own
    again, for `asked_by` (REF-12).
    """

    customer_id: CustomerId
    address: Address | None
    by: UserId
    asked_by: UserId
