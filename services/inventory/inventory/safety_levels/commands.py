"""What users say of safety levels. Over HTTP alone: a region states its levels as facts."""

from typing import Annotated

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import ArticleNumber, StoreId, UserId
from pydantic import Field

Level = Annotated[int, Field(strict=True, ge=0, le=100_000)]


class SetSafetyLevel(Command):
    """Propose a refill of an article below a level in a store (INV-9); 0: never."""

    store: StoreId
    article_number: ArticleNumber
    level: Level
    by: UserId
