"""Handlers of saved selections: saved, called something else, removed."""

from uuid import UUID

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction

from billing import queries, writes
from billing.models import SelectionRow
from billing.selections import domain
from billing.selections.commands import RemoveSelection, RenameSelection, SaveSelection

messages = Handlers()


def _named(_: RenameSelection | RemoveSelection, tx: Transaction) -> UUID:
    return tx.target("selection")


@messages.command(SaveSelection)
async def save_selection(command: SaveSelection, tx: Transaction) -> None:
    """Save a selection for whoever asks (BIL-14).

    Refused: TOO_MANY_SELECTIONS, NAME_TAKEN, NAMES_A_PERSON (BIL-14).
    """
    names = await queries.names_of_selections(tx, command.by)
    domain.must_have_room(names)
    domain.must_be_free(command.name, names)
    tx.put(
        SelectionRow(
            region=tx.region,
            selection_id=tx.target("selection"),
            user_id=command.by,
            name=command.name,
            filters=dict(command.filters),
        )
    )


@messages.command(RenameSelection, of=SelectionRow, key=_named, rule="BIL-14")
async def rename_selection(row: SelectionRow, command: RenameSelection, tx: Transaction) -> None:
    """Call one's own selection something else (BIL-14).

    Refused: UNKNOWN_SELECTION, NAME_TAKEN, NAMES_A_PERSON (BIL-14).
    """
    names = await queries.names_of_selections(tx, command.by)
    domain.must_be_free(command.name, [one for one in names if one != row.name])
    row.name = command.name


@messages.command(RemoveSelection, of=SelectionRow, key=_named, rule="BIL-14")
async def remove_selection(row: SelectionRow, command: RemoveSelection, tx: Transaction) -> None:
    """Save one's own selection no more (BIL-14).

    Refused: UNKNOWN_SELECTION (BIL-14).
    """
    await writes.remove_selection(tx, row)
