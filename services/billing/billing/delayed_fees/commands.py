"""What users do with delayed fees over HTTP alone: one is named by its id."""

from kvitt_contracts.day_bounds import PlannedOn
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import UserId


class PauseDelayedFee(Command):
    """Customer service puts a charge that waits off until a day (BIL-4, REF-12)."""

    until_on: PlannedOn
    by: UserId
    asked_by: UserId
