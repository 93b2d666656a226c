"""The rules of drafts of applications: gone on with as they were seen, and how long they are kept
(ACT-5g). No clock, no database.
"""

from datetime import date, timedelta

from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import PersonRef, Word

from orders.work_orders.domain import Kind
from orders.work_orders.reasons import Reason, refusal


def must_be_as_seen(version: int, *, seen: int) -> None:
    """A draft is saved, sent and thrown away as somebody saw it, which is the version that is kept.

    Raises WorkOrderRefused (DRAFT_CHANGED, ACT-5): it was changed meanwhile.
    """
    if version != seen:
        way_on = (
            "Utkastet har ändrats sedan du öppnade det. Läs det som är sparat, och försök igen."
        )
        raise refusal(Reason.DRAFT_CHANGED, "ACT-5", None, way_on)


def must_be_application(kind: Word) -> None:
    """Raises WorkOrderRefused (NOT_AN_APPLICATION, ACT-5): other work is not begun as a draft."""
    if kind != Word(Kind.APPLICATION):
        way_on = "Bara en ansökan kan börja som ett utkast. Ta bort uppgiften."
        raise refusal(Reason.NOT_AN_APPLICATION, "ACT-5", "draft", way_on)


def must_be_its_recipient(person: PersonRef, *, sent_for: PersonRef | None) -> None:
    """Raises WorkOrderRefused (NOT_THE_DRAFTS_RECIPIENT, ACT-5): what is sent is for somebody else
    than the draft, which would be lost.
    """
    if person != sent_for:
        way_on = (
            "Utkastet är skrivet för en annan mottagare. Spara det för den här mottagaren, och"
            " ansök sedan."
        )
        raise refusal(Reason.NOT_THE_DRAFTS_RECIPIENT, "ACT-5", "draft", way_on)


def removed_on(saved_on: date, policy: RegionPolicy) -> date:
    """The Stockholm day on which a draft is removed that was saved last on another."""
    return saved_on + timedelta(days=policy.order.draft_days)
