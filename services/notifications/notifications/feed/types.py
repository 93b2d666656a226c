"""Which types of a region's feed are asked for. No query."""

from collections.abc import Sequence
from typing import Final

from kvitt_chassis.http import Invalid
from kvitt_contracts.topics import REGION_EVENTS

KNOWN: Final = REGION_EVENTS.wire_types | REGION_EVENTS.reserved
"""Every type that stands on a feed, or will."""


def must_be_known(types: Sequence[str] | None, *, field: str) -> None:
    """Raises Invalid (422) for a type that stands on no feed."""
    if unknown := set(types or ()) - KNOWN:
        raise Invalid(
            "UNKNOWN_TYPE",
            field=field,
            rule="NTF-4",
            detail=f"Flödet har inga händelser av {len(unknown)} av typerna.",
            way_on="Ange typer som de heter i flödet, till exempel region.order.reported.v1; alla"
            " står under values.",
            known=sorted(KNOWN),
        )
