"""What users do with attachments, over HTTP alone."""

from typing import Annotated
from uuid import UUID

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import PersonRef, UserId
from pydantic import Field

from orders.attachments.domain import About


class KeepAttachment(Command):
    """The whole of a file has come, and is kept (ORD-16)."""

    size: Annotated[int, Field(ge=1)]
    sha256: str
    by: UserId


class Attach(Command):
    """Put a file to an order or a work order (ORD-16). `person`: whom that is for."""

    attachment_id: UUID
    about: About
    person: PersonRef | None
    by: UserId
