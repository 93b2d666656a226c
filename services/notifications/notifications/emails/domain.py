"""The rules of mails: queued, sent once, failed once. No clock, no database, no address."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from kvitt_contracts.notifications import (
    Addressee,
    EmailEvent,
    EmailFailed,
    EmailQueued,
    EmailSent,
)
from kvitt_contracts.types import EmailId, ReasonCode, SupplierId, Thing, UserId, Word

PURCHASE_ORDER: Final = Word("purchase_order")
"""The routine that a supplier gets its order by (ORD-11)."""

TRIED_FOR: Final = timedelta(days=3)
"""Business time in which a mail is tried; after it, it has failed."""


class Status(StrEnum):
    """What has become of a mail; *sent* when a mail server has taken it."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a mail has failed, beside what orders refuses for."""

    NOT_SENT_IN_TIME = "NOT_SENT_IN_TIME"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    ADDRESS_UNUSABLE = "ADDRESS_UNUSABLE"
    MAIL_REFUSED = "MAIL_REFUSED"


NOT_NEEDED: Final = frozenset({"ALREADY_SENT", "IS_OVER"})
"""What orders refuses a mail for that nobody needs any more: nobody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A mail: to whom, why and about what, by ids. No address, no text."""

    id: EmailId
    status: Status
    to_kind: Word
    to_id: str
    routine: Word
    about_kind: Word
    about_id: UUID
    reason: ReasonCode | None = None

    @property
    def about(self) -> Thing:
        """What it is about."""
        return Thing(kind=self.about_kind, id=self.about_id)


_SUPPLIER: Final = Word("supplier")
_USER: Final = Word("user")
ADDRESSEES: Final = frozenset({_SUPPLIER, _USER})
"""The kinds of addressee that mails are to."""


def to_supplier(supplier_id: SupplierId) -> Addressee:
    """The mail is to a supplier, at its address for orders."""
    return Addressee(kind=_SUPPLIER, id=supplier_id)


def to_user(user_id: UserId) -> Addressee:
    """The mail is to a user, at work."""
    return Addressee(kind=_USER, id=user_id)


def queue(email_id: EmailId, *, to: Addressee, routine: Word, about: Thing) -> EmailQueued:
    """A mail is to be sent (NTF-4)."""
    return EmailQueued(email_id=email_id, to=to, routine=routine, about=about)


def send(email: Email) -> tuple[EmailSent, ...]:
    """A mail server has taken it. No event: it was over."""
    if email.status is not Status.QUEUED:
        return ()
    return (EmailSent(email_id=email.id, routine=email.routine, about=email.about),)


def fail(email: Email, *, reason: str) -> tuple[EmailFailed, ...]:
    """It is tried no more. No event: it was over."""
    if email.status is not Status.QUEUED:
        return ()
    failed = EmailFailed(
        email_id=email.id, routine=email.routine, about=email.about, reason=ReasonCode(reason)
    )
    return (failed,)


def evolve(email: Email | None, event: EmailEvent) -> Email:
    """Returns the state after an event; every event of a mail is handled.

    Raises ValueError for any event before it is queued.
    """
    if isinstance(event, EmailQueued):
        return Email(
            id=event.email_id,
            status=Status.QUEUED,
            to_kind=event.to.kind,
            to_id=event.to.id,
            routine=event.routine,
            about_kind=event.about.kind,
            about_id=event.about.id,
        )
    if email is None:
        raise ValueError(f"{event.wire_type} before the mail is queued")
    match event:
        case EmailSent():
            return replace(email, status=Status.SENT)
        case EmailFailed():
            return replace(email, status=Status.FAILED, reason=event.reason)
