"""What a user wants mailed, over HTTP: seen and chosen by themselves alone. No rule here."""

from kvitt_chassis.http import ApiRouter, Commands, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.types import UserId

from notifications.preferences.commands import SetPreferences
from notifications.preferences.queries import chosen_by
from notifications.preferences.views import PreferencesBody, PreferencesView

router = ApiRouter(tags=["E-post"])


@router.get("/preferences")
async def show_preferences(reader: Reader, tx: ReadTransaction) -> PreferencesView:
    """Vilka av dina meddelanden som också kommer med e-post: de som du har valt, och de som
    regionen skickar till alla (NTF-4).
    """
    return await _shown(reader.caller.user_id, tx)


@router.put("/preferences")
async def set_preferences(body: PreferencesBody, commands: Commands) -> PreferencesView:
    """Välj vilka av dina meddelanden som också ska komma med e-post, allt på en gång. De som
    regionen skickar till alla går inte att välja bort (NTF-4).

    Nekas: UNKNOWN_ROUTINE (NTF-4).
    """
    user = commands.caller.user_id

    async def show(tx: Transaction) -> PreferencesView:
        return await _shown(user, tx)

    return await commands.run(SetPreferences(email=body.email, by=user), show=show)


async def _shown(user: UserId, tx: Transaction) -> PreferencesView:
    return PreferencesView.of(await chosen_by(user, tx), tx.policy)
