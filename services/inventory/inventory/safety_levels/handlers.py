"""Handlers of safety levels: as a region states them, and as users set them (INV-9)."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.regions import SafetyLevelStated

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.refills.writes import look_in_the_night
from inventory.safety_levels import domain
from inventory.safety_levels.commands import SetSafetyLevel
from inventory.stock.writes import balance_rows, lock_balances, set_safety_level
from inventory.stores.models import StoreRow
from inventory.stores.queries import check_store_holds_stock, rows_of_store

messages = Handlers()


def _locked(said: SafetyLevelStated | SetSafetyLevel, tx: Transaction) -> Iterable[RowKey]:
    return balance_rows(said.store, [said.article_number], tx)


def _read(said: SafetyLevelStated | SetSafetyLevel, tx: Transaction) -> Iterable[RowKey]:
    yield from rows_of_store(said.store, tx)
    yield ArticleRow, article_id(tx, said.article_number)


@messages.on(SafetyLevelStated, loads=_locked, reads=_read)
async def state_safety_level(fact: SafetyLevelStated, tx: Transaction) -> None:
    """The level as the region states it last (INV-9). A store or an article that is not known yet:
    the fact waits.

    Refused: NOT_AN_OWN_STORE (INV-9), SERVICE_IS_NEVER_STOCKED, CONTRIBUTION_IS_NEVER_STOCKED
    (INV-16), PURCHASING_STORE_HAS_NO_BALANCE (INV-4), PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
    await _set(fact, tx)


@messages.command(SetSafetyLevel, loads=_locked, reads=_read)
async def set_level(command: SetSafetyLevel, tx: Transaction) -> None:
    """The level as somebody at the unit sets it (INV-9).

    Refused: UNKNOWN_STORE, UNKNOWN_ARTICLE, NOT_AN_OWN_STORE (INV-9), SERVICE_IS_NEVER_STOCKED,
    CONTRIBUTION_IS_NEVER_STOCKED (INV-16), PURCHASING_STORE_HAS_NO_BALANCE (INV-4),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
    await _set(command, tx)


async def _set(said: SafetyLevelStated | SetSafetyLevel, tx: Transaction) -> None:
    store = await tx.get(StoreRow, said.store, rule="INV-9", field="store")
    key = article_id(tx, said.article_number)
    article = await tx.get(ArticleRow, key, rule="INV-9", field="article_number")
    found = await lock_balances(tx, said.store, [said.article_number])
    events = domain.set_level(
        found[said.article_number],
        said.level,
        article=article.state(),
        kind=store.kind,
        by=said.by if isinstance(said, SetSafetyLevel) else None,
    )
    await check_store_holds_stock(tx, said.store)
    for event in events:
        await set_safety_level(tx, event)
        await look_in_the_night(tx, said.store, after=tx.today)
