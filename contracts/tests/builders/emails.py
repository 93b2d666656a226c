"""Mails as notifications emits them."""

from typing import Any

from kvitt_contracts.notifications import EmailFailed, EmailSent
from kvitt_contracts.types import identify

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import purchase_order_id

EMAIL = identify("ac", "email", "I-1")


def an_email_sent(reference: str = "I-1", **changes: Any) -> EmailSent:
    """The supplier's mail server has taken a purchase order."""
    return build(EmailSent, _values(reference), changes)


def an_email_failed(reference: str = "I-1", **changes: Any) -> EmailFailed:
    """A purchase order could not be mailed for three days."""
    values = _values(reference) | {"reason": "NOT_SENT_IN_TIME"}
    return build(EmailFailed, values, changes)


def _values(reference: str) -> dict[str, Any]:
    about = {"kind": "purchase_order", "id": purchase_order_id(reference)}
    return {"email_id": EMAIL, "routine": "purchase_order", "about": about}
