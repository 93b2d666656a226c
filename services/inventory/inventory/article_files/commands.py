"""What customer service does with an article's page, over HTTP alone."""

from typing import Annotated

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import ArticleNumber, UserId
from pydantic import Field

Description = Annotated[str, Field(min_length=1, max_length=200)]


class KeepFile(Command):
    """The whole of a file has come, and is kept (INV-2a)."""

    size: Annotated[int, Field(ge=1)]
    sha256: str


class ShowFile(Command):
    """Show a file on its article's page, with what it says there (INV-2a): None for what it said
    before it was taken away.
    """

    description: Description | None


class HideFile(Command):
    """Take a file from its article's page (INV-2a)."""


class TellInformation(Command):
    """Say what the supplier tells of an article, and where more stands (INV-2a)."""

    article_number: ArticleNumber
    text: str | None
    link: str | None
    by: UserId
