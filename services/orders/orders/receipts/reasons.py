"""Why a receipt is refused: the codes that senders receive, and the way on from each. No rules."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kvitt_contracts.refusals import Refused


class Reason(StrEnum):
    """Why a receipt is refused at once."""

    ALREADY_REPORTED = "ALREADY_REPORTED"
    DEVICES_DO_NOT_MATCH_QUANTITY = "DEVICES_DO_NOT_MATCH_QUANTITY"
    DEVICE_NUMBER_TWICE = "DEVICE_NUMBER_TWICE"
    LINE_RECEIVED_ALREADY = "LINE_RECEIVED_ALREADY"
    LINE_TWICE = "LINE_TWICE"
    LINE_VOIDED = "LINE_VOIDED"
    MORE_THAN_ORDERED = "MORE_THAN_ORDERED"
    NOT_DIRECT = "NOT_DIRECT"
    NOT_IN_PART = "NOT_IN_PART"
    NOT_ON_PURCHASE_ORDER = "NOT_ON_PURCHASE_ORDER"
    NOT_PURCHASED = "NOT_PURCHASED"
    RECEIPT_UNDERWAY = "RECEIPT_UNDERWAY"
    RECEIVED_BEFORE_ORDER = "RECEIVED_BEFORE_ORDER"
    SERIAL_NUMBER_MISSING = "SERIAL_NUMBER_MISSING"
    SERIAL_NUMBER_TWICE = "SERIAL_NUMBER_TWICE"
    UNIT_PRICE_MISSING = "UNIT_PRICE_MISSING"
    UNKNOWN_LINE = "UNKNOWN_LINE"
    UNKNOWN_NUMBER = "UNKNOWN_NUMBER"


class ReceiptNotTaken(Refused):
    """A refusal by a rule of receipts; `reason` is one of Reason."""


def refusal(
    reason: Reason, field: str | None, way_on: str, *, rule: str = "ORD-12"
) -> ReceiptNotTaken:
    """The refusal by a rule, with the field that it is about and the way on."""
    return ReceiptNotTaken(reason, rule=rule, field=field, way_on=way_on)


_BY_THE_STORES: Final[Mapping[str, str]] = {
    "DEVICE_NUMBER_TAKEN": "Individnumret finns redan på ett annat hjälpmedel. Kontrollera"
    " märkningen och kvittera raden på nytt med rätt nummer.",
    "SERIAL_NUMBER_TAKEN": "Serienumret finns redan på ett annat exemplar av artikeln."
    " Kontrollera det på hjälpmedlet och kvittera raden på nytt.",
    "NAMED_TWICE": "Samma nummer står två gånger. Ange ett eget för varje exemplar och kvittera på"
    " nytt.",
    "DEVICES_DO_NOT_MATCH_QUANTITY": "Ange ett individnummer för varje märkt exemplar, och inga för"
    " omärkta, och kvittera på nytt.",
    "LINE_RECEIVED_ALREADY": "Raden är redan kvitterad. Ta bort den och kvittera de andra.",
}
NOT_BOOKED: Final = (*_BY_THE_STORES, "LINE_NOT_DIRECT")
"""Why the stores refuse a line."""
_OTHERWISE: Final = "Inget av leveransen är bokfört. Kontakta hjälpmedelsservice med radens nummer."


def way_on_from(reason: str) -> str:
    """What a person does about a line that the stores refused, in Swedish."""
    return _BY_THE_STORES.get(reason, _OTHERWISE)
