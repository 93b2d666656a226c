"""What users say of refill proposals. Over HTTP alone: a region names the store."""

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import UserId


class DropProposal(Command):
    """Drop a proposal; its id is the target (INV-9)."""

    by: UserId
