"""The tables of articles' files and of what suppliers tell. The files are in a store."""

from datetime import datetime
from uuid import UUID

from kvitt_chassis.models import Regional
from kvitt_contracts.types import ArticleNumber, UserId
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from inventory.tables import Base


class ArticleFileRow(Regional, Base):
    """A file of an article: there once it `is_kept`, on the page while it `is_shown`."""

    __tablename__ = "article_files"
    __table_args__ = (Index("ix_article_files_article", "region", "article_number"),)
    locked_when_loaded = True  # what shows it and what forgets it must not meet

    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    article_number: Mapped[ArticleNumber]
    name: Mapped[str]
    media_type: Mapped[str]
    description: Mapped[str | None]
    size: Mapped[int | None]
    sha256: Mapped[str | None]
    by: Mapped[UserId]
    added_at: Mapped[datetime]
    is_kept: Mapped[bool] = mapped_column(default=False)
    is_shown: Mapped[bool] = mapped_column(default=False)

    @property
    def key(self) -> str:
        """What its file is kept under: the region and the id, nothing of its name."""
        return f"{self.region}/articles/{self.file_id}"


class ArticleInformationRow(Regional, Base):
    """What the supplier tells of an article, as customer service wrote it last."""

    __tablename__ = "article_information"
    locked_when_loaded = True

    article_number: Mapped[ArticleNumber] = mapped_column(primary_key=True)
    text: Mapped[str | None]
    link: Mapped[str | None]
    by: Mapped[UserId]
    told_at: Mapped[datetime]
