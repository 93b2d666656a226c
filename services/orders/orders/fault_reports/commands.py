"""What users do with fault reports over HTTP alone: the acts with a text, which stays here."""

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import DeviceNumber, ServicePointId, UserId, Word

from orders.free_text import FreeText


class ReportFaultInWords(Command):
    """Report a fault, and describe it (ACT-6)."""

    device_number: DeviceNumber
    service_point: ServicePointId
    by: UserId
    asked_by: UserId | None = None
    text: FreeText | None = None


class AssessRiskInWords(Command):
    """Assess for one side how the device may be used, and say why (ACT-6). `is_first`: only where
    that side has not assessed it, as somebody has seen.
    """

    side: Word
    use: Word
    by: UserId
    text: FreeText | None = None
    is_first: bool = False
