"""The rules of applications outside the assortment: complete or not, decided, ordered by (ACT-5).
No clock, no database.
"""

from enum import StrEnum
from typing import Annotated, Final

from kvitt_contracts.orders import WorkOrderApplicationDecided
from kvitt_contracts.types import (
    TEXT,
    ArticleNumber,
    Recipient,
    UserId,
    Value,
    Word,
)
from pydantic import Field

from orders.work_orders.domain import OPEN, Kind, Status, WorkOrder
from orders.work_orders.reasons import Reason, WorkOrderRefused, refusal

FormText = Annotated[str, Field(max_length=200, pattern=TEXT)]
LongText = Annotated[str, Field(max_length=2000, pattern=TEXT)]


class Decision(StrEnum):
    """How an application is decided. `referred`: to the assortment, which has no such type."""

    APPROVED = "approved"
    REFUSED = "refused"
    REFERRED = "referred"


class Application(Value):
    """Vad en ansökan säger. Det som saknas nekas, med allt som saknas nämnt (ACT-5)."""

    supplier: Annotated[FormText | None, Field(description="Leverantör")] = None
    supplier_article_number: Annotated[
        FormText | None, Field(description="Leverantörens artikelnummer")
    ] = None
    supplier_article_name: Annotated[
        FormText | None, Field(description="Leverantörens artikelbenämning")
    ] = None
    is_ce_marked: Annotated[bool | None, Field(description="CE-märkt enligt MDR")] = None
    need: Annotated[
        LongText | None,
        Field(description="Behovet; skriv bara det som är relevant och nödvändigt (REF-17)"),
    ] = None
    tried: Annotated[LongText | None, Field(description="Vad som har provats eller övervägts")] = (
        None
    )
    why_not_tried: Annotated[
        LongText | None, Field(description="Eller varför inget har provats")
    ] = None
    attests_responsibility: Annotated[
        bool, Field(description="Försäkran att förskrivarens ansvar är uppfyllt")
    ] = False
    is_type_missing: Annotated[
        bool, Field(description="Sortimentet har ingen sådan typ: sortimentsansvarig tar över")
    ] = False


_APPROVED: Final = Word(Decision.APPROVED)
_ASKED: Final = {
    "supplier": "leverantör",
    "supplier_article_number": "leverantörens artikelnummer",
    "supplier_article_name": "leverantörens artikelbenämning",
    "is_ce_marked": "om produkten är CE-märkt enligt MDR",
    "need": "behovet",
}


def must_be_complete(application: Application) -> None:
    """Raises WorkOrderRefused (APPLICATION_INCOMPLETE, ACT-5), which names all that is missing and
    as its field the first.
    """
    missing = missing_of(application)
    if missing:
        first, *_ = missing
        way_on = f"Ansökan saknar: {', '.join(missing.values())}."
        raise refusal(Reason.APPLICATION_INCOMPLETE, "ACT-5", f"application.{first}", way_on)


def missing_of(application: Application) -> dict[str, str]:
    """What an application lacks: its fields, each with how a person calls it."""
    lacks = {name: said for name, said in _ASKED.items() if _is_blank(getattr(application, name))}
    if _is_blank(application.tried) and _is_blank(application.why_not_tried):
        lacks["tried"] = "vad som har provats, eller varför inget har provats"
    if not application.attests_responsibility:
        lacks["attests_responsibility"] = "försäkran att förskrivarens ansvar är uppfyllt"
    return lacks


def decide(
    work: WorkOrder,
    *,
    outcome: Word,
    article_number: ArticleNumber | None,
    has_reason: bool,
    by: UserId,
) -> tuple[WorkOrderApplicationDecided, ...]:
    """Decide an application (ACT-5); that finishes it. No event where it was decided so.

    Raises WorkOrderRefused (ACT-5): it is no application, is decided or voided, the word is
    unknown, what has no type in the assortment is not referred, an approval lacks its article, or
    another decision its reason.
    """
    if work.kind is not Kind.APPLICATION:
        way_on = "Bara ansökningar beslutas. Avsluta arbetet i stället (:finish)."
        raise refusal(Reason.NOT_AN_APPLICATION, "ACT-5", None, way_on)
    if outcome not in {Word(one) for one in Decision}:
        way_on = f"Ange ett av: {', '.join(Decision)}."
        raise refusal(Reason.UNKNOWN_WORD, "ACT-5", "outcome", way_on)
    if work.status is Status.FINISHED and (work.outcome, work.article_number) == (
        outcome,
        article_number,
    ):
        return ()
    if work.status not in OPEN:
        way_on = "Ansökan är redan beslutad eller makulerad. Ansök på nytt vid behov."
        raise refusal(Reason.IS_DECIDED, "ACT-5", None, way_on)
    if work.is_type_missing and outcome != Word(Decision.REFERRED):
        way_on = "Sortimentet har ingen sådan typ: lämna över till sortimentsansvarig (referred)."
        raise refusal(Reason.TYPE_IS_MISSING, "ACT-5", "outcome", way_on)
    if (outcome == _APPROVED) != (article_number is not None):
        way_on = "Ange artikeln som får beställas, för ett godkännande och bara då."
        raise refusal(Reason.ARTICLE_MISSING, "ACT-5", "article_number", way_on)
    if outcome != _APPROVED and not has_reason:
        way_on = "Ange skälet: det skrivs över HTTP (POST /work-orders/…:decide)."
        raise refusal(Reason.REASON_MISSING, "ACT-5", "reason", way_on)
    return (
        WorkOrderApplicationDecided(
            work_order_id=work.id,
            outcome=outcome,
            article_number=article_number,
            has_reason=has_reason,
            requester=work.requester,
            by=by,
        ),
    )


# decision 0365: it permits as many orders as are needed
def refusal_to_order(
    work: WorkOrder | None, article: ArticleNumber, *, recipient: Recipient, field: str
) -> WorkOrderRefused | None:
    """Why an article outside the assortment may not be ordered by an application; None: it may, as
    often as it is needed, for whom it was approved (ACT-5).
    """
    approved = work is not None and (work.outcome, work.article_number, work.recipient)
    if approved == (_APPROVED, article, recipient):
        return None
    way_on = "Ansökan har inte godkänts för den artikeln och mottagaren. Kontrollera beslutet."
    return refusal(Reason.ARTICLE_NOT_APPROVED, "ACT-5", field, way_on)


def _is_blank(said: object) -> bool:
    return said is None or (isinstance(said, str) and not said.strip())
