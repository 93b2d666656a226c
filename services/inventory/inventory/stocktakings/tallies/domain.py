"""The rules of what each has counted or scanned in a round: where two differ, and what a code came
to (INV-10). No clock, no database.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kvitt_contracts.types import ArticleNumber, DeviceId, UserId

from inventory.stocktakings.domain import StocktakingRefused

_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What somebody counted of an unmarked article, and when."""

    article_number: ArticleNumber
    by: UserId
    counted: int
    counted_at: datetime


def disputed(tallies: Iterable[Tally]) -> Mapping[ArticleNumber, tuple[Tally, ...]]:
    """What is to be counted anew: of each article that several have counted, what each says, the
    latest first, where nobody else says what was counted last (INV-10).
    """
    of_article: dict[ArticleNumber, list[Tally]] = {}
    for one in tallies:
        of_article.setdefault(one.article_number, []).append(one)
    found = {}
    for number, counted in sorted(of_article.items()):
        latest, *others = sorted(counted, key=lambda one: (one.counted_at, one.by), reverse=True)
        if others and all(one.counted != latest.counted for one in others):
            found[number] = (latest, *others)
    return found


def check_agreed(tallies: Iterable[Tally]) -> None:
    """Nothing is posted while two say different things. Raises StocktakingRefused: COUNTED_APART.
    Source: INV-10.
    """
    apart = tuple(disputed(tallies))
    if apart:
        raise StocktakingRefused(
            "COUNTED_APART",
            rule="INV-10",
            way_on=f"Två har räknat olika av artikel {', '.join(apart[:_NAMED])}: räkna om hyllan, "
            "tills två säger samma.",
            articles=apart,
        )


class Answer(StrEnum):
    """What became of a scanned code in a round (INV-10)."""

    COUNTED = "counted"
    COUNTED_BEFORE = "counted_before"
    UNKNOWN = "unknown"
    SEVERAL = "several"
    ELSEWHERE = "elsewhere"
    UNREADABLE = "unreadable"


WAYS_ON: Mapping[Answer, str] = {
    Answer.UNKNOWN: "Inget hjälpmedel har den koden: kontrollera den, eller skriv individnumret.",
    Answer.SEVERAL: "Flera hjälpmedel har det numret: skriv individnumret på etiketten.",
    Answer.ELSEWHERE: "Hjälpmedlet står inte i förrådet enligt lagret: registrera returen, eller "
    "att det är hittat, och skanna det igen.",
}
"""What can be done about a code that did not count."""


def check_fits(rows: int, *, most: int) -> None:
    """A paper has room for so many rows. Raises StocktakingRefused: TOO_MANY_ROWS. Source:
    INV-10.
    """
    if rows > most:
        raise StocktakingRefused(
            "TOO_MANY_ROWS",
            rule="INV-10",
            way_on=f"Förrådet har fler än {most} rader att räkna, och så många skrivs inte ut på "
            "en gång: räkna med skanner.",
            rows=rows,
        )


def answer_to(*, is_elsewhere: bool, is_counted: bool) -> Answer:
    """What becomes of the code of a device (INV-10)."""
    if is_elsewhere:
        return Answer.ELSEWHERE
    return Answer.COUNTED_BEFORE if is_counted else Answer.COUNTED


def with_scanned(
    before: Iterable[DeviceId], scanned: Iterable[DeviceId], *, elsewhere: Set[DeviceId]
) -> tuple[DeviceId, ...]:
    """The devices that have been seen of an article: whoever has scanned each, it was there. What
    has left the store since it was scanned is no longer to be found (INV-10).
    """
    seen = dict.fromkeys([*before, *scanned])
    return tuple(one for one in seen if one not in elsewhere)
