"""What is done with articles' files: begun, shown, hidden, forgotten with what they hold."""

from datetime import timedelta
from uuid import uuid4

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber, UserId

from inventory.article_files import domain
from inventory.article_files.models import ArticleFileRow
from inventory.article_files.queries import count_shown
from inventory.article_files.store import files

HIDDEN = Timer("article_file_hidden", ArticleFileRow, slow=True)
FORGOTTEN_AFTER = timedelta(days=1)
"""Business time in which a file may be shown, or shown again; after it, it is forgotten."""


# decision 0490: the row is there before the file, so no file is nobody's
def begin(
    number: ArticleNumber, name: str, media_type: str, by: UserId, tx: Transaction
) -> ArticleFileRow:
    """A file is about to come: what is known of it, and that it is forgotten unless it is shown
    within a day.
    """
    row = ArticleFileRow(
        region=tx.region,
        file_id=uuid4(),
        article_number=number,
        name=name,
        media_type=media_type,
        by=by,
        added_at=tx.now,
        is_kept=False,
        is_shown=False,
    )
    tx.put(row)
    tx.schedule(HIDDEN, key=row.file_id, due=tx.now + FORGOTTEN_AFTER)
    return row


async def show(row: ArticleFileRow, description: str, tx: Transaction) -> None:
    """Show a file that is kept on its article's page. Raises Refused (TOO_MANY, INV-2)."""
    if not row.is_shown:
        domain.must_have_room(await count_shown(row.article_number, tx))
        tx.cancel_timer(HIDDEN, key=row.file_id)
    row.description, row.is_shown = description, True


def hide(row: ArticleFileRow, tx: Transaction) -> None:
    """Take a file from its article's page; within a day it may be shown again."""
    if row.is_shown:
        row.is_shown = False
        tx.schedule(HIDDEN, key=row.file_id, due=tx.now + FORGOTTEN_AFTER)


async def forget(row: ArticleFileRow, tx: Transaction) -> None:
    """Delete a file that is not shown, then its row. Deleting it twice does no harm. Raises
    StoreUnavailable: it is tried again.
    """
    tx.will_lock(ArticleFileRow)
    await files().delete(row.key)
    await tx.session.delete(row)
