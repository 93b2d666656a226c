"""What a region's system does with its webhooks, over HTTP alone. Times are real: a secret and a
try do not wait for business time.
"""

from datetime import date, datetime
from uuid import UUID

from kvitt_contracts.envelope import Command


class AddWebhook(Command):
    """Send the feed here from now on, or from a day. `sealed` is the first secret, sealed."""

    url: str
    types: tuple[str, ...] | None = None
    from_on: date | None = None
    sealed: str
    allows_loopback: bool
    at: datetime


class PauseWebhook(Command):
    """Send nothing until it is resumed; nothing is lost."""


class ResumeWebhook(Command):
    """Send again, from where it was."""

    at: datetime


class RotateSecret(Command):
    """Sign by a new secret, and by the older ones for so many hours more."""

    sealed: str
    overlap_hours: int
    at: datetime


class ReplayWebhook(Command):
    """Send again from a day, or go on after a place of the feed, forwards or back."""

    from_on: date | None = None
    after: str | None = None
    at: datetime


class TestWebhook(Command):
    """Send an event of no meaning, now, also where it is paused."""

    test_id: UUID


class DeleteWebhook(Command):
    """Send here no more."""
