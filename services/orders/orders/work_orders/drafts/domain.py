"""The rules of drafts of applications, besides those of all drafts (ACT-5g). No clock."""

from kvitt_contracts.types import PersonRef, Word

from orders.work_orders.domain import Kind
from orders.work_orders.reasons import Reason, refusal


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
