"""Who may pay for a patient instead of the region's own units: another region, or the state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kvitt_portal.here import Person, Visit
from kvitt_portal.names import Names

REGION, STATE = "home_region", "state"


@dataclass(frozen=True, slots=True)
class Payable:
    """A cover that the region has a payer for: `value` as a form says it."""

    value: str
    payer: str
    region: str = ""

    def said(self, names: Names) -> str:
        """What it is called among others to choose from."""
        who = "Hemregionen" if self.region else "Staten"
        return f"{who}: {names.payer(self.payer)}"


async def payables_of(here: Visit) -> list[Payable]:
    """Those that may be chosen; none where the region has no payer for any, or orders is silent."""
    part = await here.ask("orders", "/covers")
    every = part.value["choices"] if part else []
    return [
        Payable(value_of(one["cover"]), one["payer_id"], one["cover"].get("region", ""))
        for one in every
    ]


def value_of(cover: Mapping[str, Any]) -> str:
    """A cover as a form says it: `home_region:bd`, or `state`."""
    region = cover.get("region")
    return f"{REGION}:{region}" if region else str(cover["kind"])


def chosen_of(cover: Mapping[str, Any], payables: Sequence[Payable]) -> str:
    """Which of these an earlier order's cover was; empty where several may have been it."""
    alike = [
        one.value
        for one in payables
        if (one.payer, bool(one.region)) == (cover["payer_id"], cover["kind"] == REGION)
    ]
    return alike[0] if len(alike) == 1 else ""


def cover_of(value: str) -> dict[str, str] | None:
    """What a form says, as orders takes it; None where it says nothing."""
    kind, _, region = value.partition(":")
    if not kind:
        return None
    return {"kind": kind, "region": region} if kind == REGION else {"kind": kind}


def home_of(person: Person | None, here: Visit, payables: Sequence[Payable]) -> tuple[str, bool]:
    """Whether a patient belongs to another region: its code, and whether it can be chosen. Empty
    of one who belongs here, or of whom that is not known.
    """
    region = str(person.shown.get("home_region") or "") if person else ""
    if region in ("", here.user.region):
        return "", False
    return region, any(one.region == region for one in payables)
