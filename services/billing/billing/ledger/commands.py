"""What a user says of a month's accounts. Over HTTP alone: a region's own is reserved."""

from kvitt_contracts.billing import Month
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import UserId


class CloseLedgerPeriod(Command):
    """Close a month's accounts (BIL-10)."""

    month: Month
    by: UserId
