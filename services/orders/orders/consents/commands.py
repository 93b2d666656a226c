"""What users do with consents over HTTP alone. No wire type: these never travel on a topic."""

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import Day, PersonRef, ServicePointId, UserId


class GiveConsent(Command):
    """A patient lets a unit see what others have of them, through a day (REF-26)."""

    person: PersonRef
    service_point: ServicePointId
    until_on: Day
    opens_blocks: bool
    by: UserId


class WithdrawConsent(Command):
    """The patient takes it back (REF-26)."""

    by: UserId
