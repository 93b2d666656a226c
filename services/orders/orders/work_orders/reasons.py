"""Why something about a work order is refused: the codes that senders receive. No rules."""

from enum import StrEnum

from kvitt_contracts.refusals import Refused


class Reason(StrEnum):
    """Why something about a work order is refused."""

    ALREADY_REGISTERED = "ALREADY_REGISTERED"
    UNKNOWN_WORD = "UNKNOWN_WORD"
    APPLICATION_OVER_HTTP_ONLY = "APPLICATION_OVER_HTTP_ONLY"
    NOT_THE_REQUESTER = "NOT_THE_REQUESTER"
    UNKNOWN_DEVICE = "UNKNOWN_DEVICE"
    NOT_AT_RECIPIENT = "NOT_AT_RECIPIENT"
    DEVICE_MISSING = "DEVICE_MISSING"
    ORDER_MISSING = "ORDER_MISSING"
    NOTHING_TO_WORK_ON = "NOTHING_TO_WORK_ON"
    NOT_THE_RECIPIENTS_ORDER = "NOT_THE_RECIPIENTS_ORDER"
    ORDER_IS_OVER = "ORDER_IS_OVER"
    UNKNOWN_LINE = "UNKNOWN_LINE"
    SERVICE_MISSING = "SERVICE_MISSING"
    NOT_A_SERVICE = "NOT_A_SERVICE"
    CHILDREN_ONLY = "CHILDREN_ONLY"
    NOT_ATTESTED = "NOT_ATTESTED"
    INSTALLATION_IS_OPEN = "INSTALLATION_IS_OPEN"
    DESCRIPTION_MISSING = "DESCRIPTION_MISSING"
    NO_ADDRESS = "NO_ADDRESS"
    PHONE_MISSING = "PHONE_MISSING"
    NOT_IN_APPLICATION = "NOT_IN_APPLICATION"
    NOT_AN_APPLICATION = "NOT_AN_APPLICATION"
    APPLICATION_INCOMPLETE = "APPLICATION_INCOMPLETE"
    DRAFT_CHANGED = "DRAFT_CHANGED"
    NOT_THE_DRAFTS_RECIPIENT = "NOT_THE_DRAFTS_RECIPIENT"
    ENDED = "ENDED"
    STARTED = "STARTED"
    NOT_A_TECHNICIAN = "NOT_A_TECHNICIAN"
    NOT_YOUR_WORK_ORDER = "NOT_YOUR_WORK_ORDER"
    OUTCOME_NOT_OF_KIND = "OUTCOME_NOT_OF_KIND"
    IS_DECIDED = "IS_DECIDED"
    IS_AN_APPLICATION = "IS_AN_APPLICATION"
    TYPE_IS_MISSING = "TYPE_IS_MISSING"
    ARTICLE_MISSING = "ARTICLE_MISSING"
    ARTICLE_NOT_APPROVED = "ARTICLE_NOT_APPROVED"
    REASON_MISSING = "REASON_MISSING"


class WorkOrderRefused(Refused):
    """A refusal by a rule of work orders; `reason` is one of Reason."""


def refusal(reason: Reason, rule: str, field: str | None, way_on: str) -> WorkOrderRefused:
    """The refusal by a rule, with the field that it is about and the way on."""
    return WorkOrderRefused(reason, rule=rule, field=field, way_on=way_on)
