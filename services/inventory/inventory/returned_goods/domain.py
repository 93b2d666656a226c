"""The rules of unmarked goods that a region states have come back. No clock, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import ReturnedGoodsStated
from kvitt_contracts.types import LineNumber, Reference, StoreId


class ReturnedGoodsRefused(Refused):
    """What a region states of a return cannot be so, or was said otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is known of one line of a return."""

    order: Reference
    line: LineNumber
    quantity: int
    is_scrapped: bool


# decision 0470: a return that is stated line by line is one, and each line is told once
def is_known(
    fact: ReturnedGoodsStated, *, store: StoreId, returned_on: date, lines: Sequence[Said]
) -> bool:
    """True of a line that is known of its return, which has a store, a day and these lines.

    Raises ReturnedGoodsRefused: RETURNED_OTHERWISE (PHY-1): the return is into another store or of
    another day, or the line came back in another way.
    """
    if fact.store != store:
        raise _otherwise("store")
    if fact.returned_on != returned_on:
        raise _otherwise("returned_on")
    for said in lines:
        if (said.order, said.line) == (fact.order, fact.line):
            if said.quantity != fact.quantity:
                raise _otherwise("quantity")
            if said.is_scrapped != fact.is_scrapped:
                raise _otherwise("is_scrapped")
            return True
    return False


def refuse_line() -> ReturnedGoodsRefused:
    """The refusal of a line that its order has not, or of goods that are at nobody."""
    return ReturnedGoodsRefused("UNKNOWN_LINE", rule="INV-7", field="line", way_on=_LINE)


def _otherwise(field: str) -> ReturnedGoodsRefused:
    return ReturnedGoodsRefused("RETURNED_OTHERWISE", rule="PHY-1", field=field, way_on=_OTHERWISE)


_OTHERWISE = (
    "Returen är redan registrerad med andra uppgifter, och ändras inte: skicka det som skiljer som "
    "en retur med egen beteckning (ce_subject)."
)
_LINE = (
    "Kontrollera radens nummer: ordern har ingen sådan rad, eller fyllde på ett förråd och är inte "
    "hos någon mottagare."
)
