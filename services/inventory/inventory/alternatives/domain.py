"""The rules of what is proposed instead of an article that is to be ordered (ORD-6). No clock, no
database, no log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import ServicePointId, Word

from inventory.articles.domain import Article


class Case(StrEnum):
    """Which of the rule's cases it is: both the article asked for and an older one have balance, or
    the older one alone (ORD-6).
    """

    BOTH = "both"
    ONLY_OLD = "only_old"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """The unit that orders: whether it is a private clinic, and whether it may have a stock."""

    service_point: ServicePointId
    is_private_clinic: bool
    has_stock: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An article with what the unit can get of it, from the central store and from its own, and the
    Stockholm day on which one from the central store or its supplier leaves (ORD-4).
    """

    article: Article
    central: int
    own: int
    planned_dispatch_on: date | None

    @property
    def is_there(self) -> bool:
        """True where the unit can get one without a purchase."""
        return self.central > 0 or self.own > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is proposed instead of the article `asked` for: the first of `older`; any is chosen."""

    asked: Offer
    case: Case
    older: tuple[Offer, ...]


def offer(
    article: Article, *, central: int, own: int, unit: Unit, policy: RegionPolicy, today: date
) -> Offer:
    """What a unit can get of an article, of the available balances in the central store and in its
    own.

    Of what is purchased no more the balance counts in the stores that the policy names (ORD-6); it
    is never waited for. Nothing counts where the article is never had from there, or not for a
    private clinic (ORD-22), where the unit has not its product area from there (REF-11), or from
    the central store where it comes direct (ORD-21) or stands outside the assortment (ORD-5).
    """
    is_purchased = article.is_purchased
    counts = policy.phase_out or ("central", "own")
    is_for_unit = not (article.is_own_units_only and unit.is_private_clinic)
    is_direct = policy.stores.purchasing is not None and not article.is_kept_in_central
    from_central = (
        is_for_unit
        and article.in_assortment
        and not is_direct
        and _may_come_from("central", article)
        and _is_supplied_from("central", article, unit, policy)
        and (is_purchased or "central" in counts)
    )
    from_own = (
        is_for_unit
        and unit.has_stock
        and _may_come_from("own_store", article)
        and _is_supplied_from("own_store", article, unit, policy)
        and (is_purchased or "own" in counts)
    )
    free = central if from_central else 0
    waits = article.lead_time_days if is_purchased else None
    wait = 1 if free > 0 else waits
    return Offer(
        article=article,
        central=free,
        own=own if from_own else 0,
        planned_dispatch_on=None if wait is None else working_days_after(today, max(wait, 1)),
    )


# decision 0441: inventory proposes, orders keeps the choice on the line
def propose(asked: Offer, others: Sequence[Offer]) -> Proposal | None:
    """What is proposed instead of an article, of the others in its replacement group: those that
    are purchased no more and have balance, that with the most first.

    None: there is none, or the article asked for is such a one itself (ORD-6).
    """
    if not asked.article.is_purchased and asked.is_there:
        return None
    older = [one for one in others if not one.article.is_purchased and one.is_there]
    if not older:
        return None
    older.sort(key=lambda one: (-(one.central + one.own), one.article.article_number))
    case = Case.BOTH if asked.is_there else Case.ONLY_OLD
    return Proposal(asked=asked, case=case, older=tuple(older))


def _may_come_from(supply: str, article: Article) -> bool:
    return Word(supply) not in article.never_from


def _is_supplied_from(supply: str, article: Article, unit: Unit, policy: RegionPolicy) -> bool:
    if article.product_area is None:
        return True
    sources = policy.sources_of(article.product_area, at=unit.service_point)
    return sources is None or supply in sources
