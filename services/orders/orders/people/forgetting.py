"""By what else a person is found, and how that is forgotten at an erasure (REF-23)."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef, RegionCode


async def forget_terms(tx: Transaction, region: RegionCode, person: PersonRef) -> None:
    """Delete the words that a person is sought by. There are none yet: a number is found by its
    index, which goes with the person's details.
    """
