"""Handlers of articles' files and of what suppliers tell."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction

from inventory.article_files import domain, writes
from inventory.article_files.commands import HideFile, KeepFile, ShowFile, TellInformation
from inventory.article_files.models import ArticleFileRow, ArticleInformationRow
from inventory.article_files.writes import HIDDEN

messages = Handlers()


def _its_row(_: object, tx: Transaction) -> Iterable[RowKey]:
    return [(ArticleFileRow, tx.target("file"))]


@messages.command(KeepFile, loads=_its_row)
async def keep_file(command: KeepFile, tx: Transaction) -> None:
    """The whole of a file has come (INV-2a).

    Refused: UNKNOWN_ARTICLE_FILE (INV-2): it took more than a day.
    """
    row = await _kept(tx, is_kept=False)
    row.size, row.sha256, row.is_kept = command.size, command.sha256, True


@messages.command(ShowFile, loads=_its_row)
async def show_file(command: ShowFile, tx: Transaction) -> None:
    """Show a file on its article's page, or again (INV-2a).

    Refused: UNKNOWN_ARTICLE_FILE, TOO_MANY, DESCRIPTION_MISSING, PERSONAL_NUMBER_IN_TEXT (INV-2).
    """
    domain.must_be_nobodys(command.description, field="description")
    row = await _kept(tx)
    await writes.show(row, domain.said_of(command.description, row.description), tx)


@messages.command(HideFile, loads=_its_row)
async def hide_file(_: HideFile, tx: Transaction) -> None:
    """Take a file from its article's page (INV-2a).

    Refused: UNKNOWN_ARTICLE_FILE (INV-2).
    """
    writes.hide(await _kept(tx), tx)


@messages.timer(HIDDEN)
async def forget_hidden(row: ArticleFileRow, due: datetime, tx: Transaction) -> None:
    """A day has passed and no page shows the file: it is deleted."""
    if not row.is_shown:
        await writes.forget(row, tx)


@messages.command(
    TellInformation, loads=lambda command, _: [(ArticleInformationRow, command.article_number)]
)
async def tell_information(command: TellInformation, tx: Transaction) -> None:
    """Write what the supplier tells of an article instead of what stood there (INV-2a).

    Refused: PERSONAL_NUMBER_IN_TEXT, LINK_NOT_USABLE (INV-2).
    """
    domain.must_be_nobodys(command.text, field="text")
    domain.must_lead_out(command.link)
    row = await tx.find(ArticleInformationRow, command.article_number)
    if row is None:
        row = ArticleInformationRow(region=tx.region, article_number=command.article_number)
        tx.put(row)
    row.text, row.link = command.text, command.link
    row.by, row.told_at = command.by, tx.now


async def _kept(tx: Transaction, *, is_kept: bool = True) -> ArticleFileRow:
    row = await tx.find(ArticleFileRow, tx.target("file"))
    if row is None or row.is_kept < is_kept:
        raise domain.unknown()
    return row
