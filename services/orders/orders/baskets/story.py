"""A basket loan's story in words, and what comes next. Decides nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from kvitt_chassis.web.stories import Coming, Told
from kvitt_contracts.calendar import in_swedish
from kvitt_contracts.orders import (
    BasketLoanActDeclined,
    BasketLoanActRequested,
    BasketLoanDeclined,
    BasketLoanEvent,
    BasketLoanFeeDelivered,
    BasketLoanLineEnded,
    BasketLoanOpened,
    BasketLoanOverdue,
    BasketLoanRequested,
)
from kvitt_contracts.types import OrderLineId

from orders.baskets.domain import NOT_ANSWERED, Basket, Status
from orders.baskets.writes import ACT_UNANSWERED, ANSWER, OVERDUE

TIMERS: Final = (ANSWER, OVERDUE, ACT_UNANSWERED)

_ENDED: Final[Mapping[str, str]] = {
    "delivered": "levererades",
    "put_back": "lades tillbaka i förrådet",
    "lost": "saknas, eller är skickad till någon annan",
    "not_due": "ska inte betalas",
}
"""What a line's outcome says."""


def tell(event: BasketLoanEvent, basket: Basket) -> Told:
    """An event of a basket loan, which is as it is now, in words."""
    rule = "ORD-18" if isinstance(event, BasketLoanFeeDelivered) else "ORD-10"
    return Told(summary=_said(event, basket), rule=rule)


def _said(event: BasketLoanEvent, basket: Basket) -> str:
    match event:
        case BasketLoanRequested():
            return f"Lånades ur förråd {event.store}, till och med {in_swedish(event.due_on)}."
        case BasketLoanOpened():
            return "Förrådet ställde undan allt: lånet står på förskrivaren."
        case BasketLoanDeclined():
            if event.reason == NOT_ANSWERED:
                return "Förrådet svarade inte i tid: ingenting är utlånat."
            return "Förrådet avvisade varukorgen: ingenting är utlånat."
        case BasketLoanOverdue():
            return "Sista dagen har gått, och något är utlånat än: förskrivaren fick veta det."
        case BasketLoanActRequested():
            deliver = _numbers(basket, [one.line_id for one in event.deliver])
            back = _numbers(basket, event.put_back)
            said = [f"leverera rad {deliver}"] if deliver else []
            said += [f"lägga tillbaka rad {back}"] if back else []
            return f"{event.by} bad förrådet att {' och '.join(said)}."
        case BasketLoanLineEnded():
            return f"Rad {_numbers(basket, [event.line_id])} {_ENDED[event.outcome]}."
        case BasketLoanActDeclined():
            return "Förrådet nekade åtgärden: en rad i den var redan över. Ingenting har hänt."
        case BasketLoanFeeDelivered():
            return f"{event.by} tog ut egenavgiften på rad {_numbers(basket, [event.line_id])}."


def what_comes(basket: Basket, *, due: Mapping[str, datetime]) -> Iterator[Coming]:
    """What happens next to a basket loan: what its timers that are `due` do."""
    if basket.is_pending:
        yield Coming(at=None, what="Förrådet svarar.")
    if ANSWER.name in due:
        yield Coming(at=due[ANSWER.name], what="Har förrådet inte svarat då avvisas varukorgen.")
    if ACT_UNANSWERED.name in due:
        what = "Har förrådet inte svarat då får driften larm."
        yield Coming(at=due[ACT_UNANSWERED.name], what=what)
    if OVERDUE.name in due and basket.status is Status.OPEN:
        what = "Är något utlånat då får förskrivaren veta det, varje dag."
        yield Coming(at=due[OVERDUE.name], what=what)


def _numbers(basket: Basket, lines: list[OrderLineId] | tuple[OrderLineId, ...]) -> str:
    named = {line.line_id: line.number for line in basket.lines}
    return ", ".join(str(named[line]) for line in lines)
