"""The rules of saved selections: so many at most, and each under a name of its own. Pure."""

from collections.abc import Collection
from typing import Final

from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import names_a_person

MOST: Final = 20
"""So many selections one user saves at most."""


def must_have_room(names: Collection[str]) -> None:
    """One more beside those with these names. Raises Refused (TOO_MANY_SELECTIONS, BIL-14)."""
    if len(names) >= MOST:
        raise Refused(
            "TOO_MANY_SELECTIONS",
            rule="BIL-14",
            way_on=f"Du har {MOST} sparade urval. Ta bort ett av dem först.",
            most=MOST,
        )


def must_be_free(name: str, names: Collection[str]) -> None:
    """A name that none of one's own has, and that is no person's number. Raises Refused
    (NAME_TAKEN, NAMES_A_PERSON, BIL-14).
    """
    if names_a_person(name):
        raise Refused(
            "NAMES_A_PERSON",
            rule="BIL-14",
            field="name",
            way_on="Ett urval får inte heta som ett personnummer. Välj ett annat namn.",
        )
    if name.casefold() in {one.casefold() for one in names}:
        raise Refused(
            "NAME_TAKEN",
            rule="BIL-14",
            field="name",
            way_on="Du har redan ett urval som heter så. Välj ett annat namn.",
        )
