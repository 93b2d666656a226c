"""Saved selections of invoices over HTTP: save, rename, remove, list. No rule."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

from kvitt_chassis.http import ApiRouter, Commands, Reader
from kvitt_chassis.transaction import Transaction

from billing.models import SelectionRow
from billing.selections.commands import RemoveSelection, RenameSelection, SaveSelection
from billing.selections.queries import SCOPE, own_selections
from billing.selections.views import (
    NoSelection,
    RemoveSelectionBody,
    RenameSelectionBody,
    SelectionBody,
    SelectionView,
)

router = ApiRouter(tags=["Betalning"])


# decision 0407: what a user has saved of billing's lists is in billing
@router.get("/selections", summary="Dina sparade urval")
async def list_selections(reader: Reader) -> list[SelectionView]:
    """Dina egna sparade urval av fakturor, efter namn (BIL-14)."""
    return [SelectionView.of(row) for row in await own_selections(reader)]


@router.post("/selections", status_code=201, summary="Spara ett urval")
async def save_selection(body: SelectionBody, commands: Commands) -> SelectionView:
    """Spara vad listan av fakturor visar, under ett eget namn. Bara du ser det; högst tjugo
    (BIL-14).

    Nekas: TOO_MANY_SELECTIONS, NAME_TAKEN, NAMES_A_PERSON (BIL-14).
    """
    selection_id = uuid4()
    command = SaveSelection(
        name=body.name, filters=body.filters.stored(), by=commands.caller.user_id
    )
    return await commands.run(command, target=selection_id, rule="BIL-14", show=_show(selection_id))


@router.post("/selections/{selection_id}:rename", summary="Byt namn på ett urval")
async def rename_selection(
    selection_id: UUID, body: RenameSelectionBody, commands: Commands
) -> SelectionView:
    """Byt namn på ett av dina urval (BIL-14).

    Nekas: UNKNOWN_SELECTION, NAME_TAKEN, NAMES_A_PERSON (BIL-14).
    """
    command = RenameSelection(name=body.name, by=commands.caller.user_id)
    return await commands.run(
        command, target=selection_id, scope=SCOPE, rule="BIL-14", show=_show(selection_id)
    )


@router.post("/selections/{selection_id}:remove", summary="Ta bort ett urval")
async def remove_selection(
    selection_id: UUID, body: RemoveSelectionBody, commands: Commands
) -> NoSelection:
    """Ta bort ett av dina urval (BIL-14).

    Nekas: UNKNOWN_SELECTION (BIL-14).
    """

    async def show(tx: Transaction) -> NoSelection:
        return NoSelection(selection_id=selection_id)

    return await commands.run(
        RemoveSelection(), target=selection_id, scope=SCOPE, rule="BIL-14", show=show
    )


def _show(selection_id: UUID) -> Callable[[Transaction], Awaitable[SelectionView]]:
    async def show(tx: Transaction) -> SelectionView:
        return SelectionView.of(await tx.get(SelectionRow, selection_id))

    return show
