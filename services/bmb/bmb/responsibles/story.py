"""The story of who answers for a service point, in words. Decides nothing."""

from kvitt_chassis.web.stories import Told
from kvitt_contracts.bmb import ResponsiblesEvent
from kvitt_contracts.calendar import in_swedish


def tell(event: ResponsiblesEvent) -> Told:
    """An event of a service point's responsibles in words. Users stand by their internal ids."""
    if event.main is None:
        return Told(summary=f"Ingen är huvudansvarig.{_substitutes(event)}", rule="BMB-9")
    asked = f" {event.asked_by} bad om det." if event.asked_by else ""
    return Told(
        summary=f"Huvudansvarig är {event.main}.{_substitutes(event)}{_absence(event)}{asked}",
        rule="BMB-9",
    )


def _substitutes(event: ResponsiblesEvent) -> str:
    return f" Ersättare: {', '.join(event.substitutes)}." if event.substitutes else ""


def _absence(event: ResponsiblesEvent) -> str:
    if event.absent_from_on is None or event.absent_to_on is None:
        return ""
    first, last = in_swedish(event.absent_from_on), in_swedish(event.absent_to_on)
    return f" Vikarie från och med {first} till och med {last}: {event.stand_in}."
