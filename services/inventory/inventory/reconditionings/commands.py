"""What a technician says of a reconditioning. Over HTTP alone: a region states it as a fact."""

from kvitt_contracts.day_bounds import HappenedOn
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import ReasonCode, ReconditioningId, UserId, Word


class Recondition(Command):
    """A stage is done, or the work ends (INV-13)."""

    reconditioning_id: ReconditioningId
    stage: Word
    done_on: HappenedOn
    reason: ReasonCode | None = None
    technician: UserId
