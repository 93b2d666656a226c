"""What users do with their selections, over HTTP alone."""

from collections.abc import Mapping

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import UserId


class SaveSelection(Command):
    """Save what a list of invoices is filtered by, under a name (BIL-14)."""

    name: str
    filters: Mapping[str, str]
    by: UserId


class RenameSelection(Command):
    """Call a selection something else (BIL-14)."""

    name: str
    by: UserId


class RemoveSelection(Command):
    """Save a selection no more (BIL-14)."""
