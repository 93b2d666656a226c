"""The rules of safety levels (INV-9). No clock, no database."""

from kvitt_contracts.inventory import SafetyLevelSet
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import UserId

from inventory.articles.domain import Article, check_stocked
from inventory.stock.domain import Balance
from inventory.stores.domain import StoreKind


class SafetyLevelRefused(Refused):
    """No such level can be set."""


def set_level(
    balance: Balance, level: int, *, article: Article, kind: StoreKind, by: UserId | None
) -> tuple[SafetyLevelSet, ...]:
    """Set the level of an article in a store (INV-9). No event: it is the level already.

    Raises Refused: a store that is no unit's own, which no replenishment fills up
    (INV-9); what is never stocked (INV-4, INV-16).
    """
    if kind is not StoreKind.OWN:
        raise SafetyLevelRefused(
            "NOT_AN_OWN_STORE",
            rule="INV-9",
            field="store",
            way_on="Lägsta saldo sätts på en enhets eget förråd. Välj ett eget förråd.",
        )
    check_stocked(article)
    if balance.safety_level == level:
        return ()
    return (
        SafetyLevelSet(
            store=balance.store, article_number=balance.article_number, level=level, by=by
        ),
    )
