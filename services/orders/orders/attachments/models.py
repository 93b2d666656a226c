"""The table of attachments: what each is called, and whose it is. The files are in a store."""

from datetime import datetime
from uuid import UUID

from kvitt_chassis.models import Regional
from kvitt_contracts.types import OrderId, PersonRef, UserId, WorkOrderId
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from orders.attachments.domain import About, Attachment
from orders.models import Base
from orders.people.keys.sealing import ERASED, Sealed, SealedForPerson


class AttachmentRow(SealedForPerson, Regional, Base):
    """An attachment, whose file is there once it `is_kept`. Its name may tell of a person: it is
    shown to who sees the order, and is in no event and no log. `person`: whose key seals it
    and the key of its file; nobody's until it is put to something of a person's.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_order", "region", "order_id"),
        Index("ix_attachments_work_order", "region", "work_order_id"),
        Index("ix_attachments_draft", "region", "draft_id"),
    )
    locked_when_loaded = True  # what attaches it and what forgets it must not meet

    attachment_id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[PersonRef | None]
    name = Sealed[str](str, erased=ERASED)
    file_key = Sealed[str | None](str | None, erased=None)
    media_type: Mapped[str]
    size: Mapped[int | None]
    sha256: Mapped[str | None]
    by: Mapped[UserId]
    added_at: Mapped[datetime]
    is_kept: Mapped[bool] = mapped_column(default=False)
    order_id: Mapped[OrderId | None]
    work_order_id: Mapped[WorkOrderId | None]
    draft_id: Mapped[UUID | None]

    @property
    def key(self) -> str:
        """What its file is kept under: the region and the id, nothing of its name."""
        return self.sealed_key if self.is_sealed else self.clear_key

    @property
    def clear_key(self) -> str:
        """What an earlier release kept its file under, in clear."""
        return f"{self.region}/{self.attachment_id}"

    @property
    def sealed_key(self) -> str:
        """What its file is kept under where it is sealed."""
        return f"{self.clear_key}.sealed"

    @property
    def is_sealed(self) -> bool:
        """True where its file is sealed, with the key that `file_key` is in hex."""
        return getattr(self, type(self).file_key.stored) is not None

    def state(self) -> Attachment:
        """The attachment as the value that the rules read."""
        return Attachment(
            by=self.by, is_kept=self.is_kept, about=self._about(), draft_id=self.draft_id
        )

    def _about(self) -> About | None:
        if self.order_id is not None:
            return About(kind="order", id=self.order_id)
        if self.work_order_id is not None:
            return About(kind="work_order", id=self.work_order_id)
        return None
