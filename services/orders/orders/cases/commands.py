"""What users do with cases over HTTP alone: the acts with a text, which stays here."""

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import DeviceNumber, ServicePointId, Thing, UserId, Word

from orders.free_text import FreeText


class AskCaseInWords(Command):
    """Request something of customer service, and say what (CAS-1). `devices`: what is offered to
    the region where a patient goes.
    """

    kind: Word
    about: Thing | None = None
    devices: tuple[DeviceNumber, ...] = ()
    service_point: ServicePointId
    by: UserId
    text: FreeText | None = None


class AnswerCaseInWords(Command):
    """Answer a case, and say what was done, or why not (CAS-1)."""

    outcome: Word
    by: UserId
    text: FreeText | None = None
