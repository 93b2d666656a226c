"""ACT-3, ACT-4, ACT-5: what becomes of a work order, by the rules alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ArticleNumber, ReasonCode, Word
from orders.units.domain import User
from orders.waits.domain import LISTED, TELLS_CUSTOMER_SERVICE, Owner
from orders.work_orders import domain
from orders.work_orders.applications.domain import (
    Application,
    decide,
    missing_of,
    refusal_to_order,
)
from orders.work_orders.domain import Status, WorkOrder

from services.orders.tests.builders import TODAY, a_user
from services.orders.tests.work_order_values import (
    ADULT,
    COMPLETE,
    STRANGER,
    TECHNICIAN,
    UNIT,
    a_work,
    after,
    an_application_wish,
    named,
    of_service_point,
    registered,
)

OUTSIDE = ArticleNumber("30990")
SOON = date(2026, 3, 9)


def refusal(act: Callable[[], object]) -> tuple[str, str]:
    """Reason and rule of a refused act."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.reason, refused.value.rule


def finish(work: WorkOrder, outcome: str = "done", *, by: User = TECHNICIAN) -> Any:
    """The work is ended today."""
    return domain.finish(work, outcome=Word(outcome), has_action=True, quantity=1, on=TODAY, by=by)


@pytest.mark.rule("ACT-3a")
def test_it_goes_from_assigned_to_planned_to_started_to_finished(policy: RegionPolicy) -> None:
    work = a_work(policy)
    assert work.status is Status.ASSIGNED

    work = after(work, domain.plan(work, on=SOON, technician=TECHNICIAN))
    assert (work.status, work.planned_on, work.technician) == (Status.PLANNED, SOON, "s001kun")
    assert domain.plan(work, on=SOON, technician=TECHNICIAN) == ()
    work = after(work, domain.start(work, technician=TECHNICIAN))
    assert work.status is Status.STARTED
    assert refusal(lambda: domain.plan(work, on=SOON, technician=None)) == ("STARTED", "ACT-3")
    ended = after(work, finish(work))
    assert (ended.status, ended.finished_on) == (Status.FINISHED, TODAY)
    assert finish(ended) == ()
    assert refusal(lambda: domain.start(ended, technician=TECHNICIAN)) == ("ENDED", "ACT-3")
    assert refusal(lambda: domain.plan(ended, on=SOON, technician=None)) == ("ENDED", "ACT-3")


@pytest.mark.rule("ACT-3a")
def test_a_technician_alone_starts_and_ends_work(policy: RegionPolicy) -> None:
    work, prescriber = a_work(policy), a_user()

    refused = ("NOT_A_TECHNICIAN", "ACT-3")
    assert refusal(lambda: domain.start(work, technician=prescriber)) == refused
    assert refusal(lambda: domain.plan(work, on=SOON, technician=prescriber)) == refused
    assert refusal(lambda: finish(work, by=prescriber)) == refused
    assert refusal(lambda: domain.note(work, technician=prescriber)) == refused


@pytest.mark.rule("ACT-3c")
def test_what_is_finished_names_who_asked_for_it(policy: RegionPolicy) -> None:
    work = a_work(policy, requester=named("b001req"))

    (event,) = finish(work)

    assert (event.requester, event.by) == ("b001req", "s001kun")


@pytest.mark.rule("ACT-3d")
def test_it_is_voided_by_its_unit_until_it_has_begun(policy: RegionPolicy) -> None:
    work, reason = a_work(policy), ReasonCode("NOT_NEEDED")

    def void(one: WorkOrder, by: User) -> Any:
        return domain.void(one, reason=reason, by=by)

    assert refusal(lambda: void(work, STRANGER)) == ("NOT_YOUR_WORK_ORDER", "REF-3")
    voided = after(work, void(work, of_service_point()))
    assert (voided.status, voided.voided_for) == (Status.VOIDED, "NOT_NEEDED")
    assert void(voided, TECHNICIAN) == ()
    begun = after(work, domain.start(work, technician=TECHNICIAN))
    assert refusal(lambda: void(begun, of_service_point())) == ("STARTED", "ACT-3")
    assert after(begun, void(begun, TECHNICIAN)).status is Status.VOIDED
    assert refusal(lambda: void(after(begun, finish(begun)), TECHNICIAN)) == ("ENDED", "ACT-3")
    assert refusal(lambda: domain.note(voided, technician=TECHNICIAN)) == ("ENDED", "ACT-3")


@pytest.mark.rule("ACT-4a")
def test_a_warranty_repair_ends_with_what_was_done_or_as_no_warranty(policy: RegionPolicy) -> None:
    work, unit = a_work(policy, "warranty_repair"), of_service_point()

    for outcome in ("repaired", "replaced", "not_warranty"):
        assert after(work, finish(work, outcome, by=unit)).outcome == outcome
    assert refusal(lambda: finish(work, "done", by=unit)) == ("OUTCOME_NOT_OF_KIND", "ACT-4")
    assert refusal(lambda: finish(work, "repaired", by=STRANGER)) == ("NOT_A_TECHNICIAN", "ACT-3")
    other = a_work(policy, "maintenance")
    assert refusal(lambda: finish(other, "not_warranty")) == ("OUTCOME_NOT_OF_KIND", "ACT-4")


@pytest.mark.rule("ACT-1c")
def test_an_installations_warranty_is_an_installation(policy: RegionPolicy) -> None:
    work = a_work(policy, "installation")

    for outcome in ("done", "repaired", "replaced", "not_warranty"):
        assert after(work, finish(work, outcome)).outcome == outcome


@pytest.mark.rule("ACT-4b")
def test_what_was_replaced_waits_for_its_new_number(policy: RegionPolicy) -> None:
    work = a_work(policy, "warranty_repair")
    replaced = after(work, finish(work, "replaced"))

    waits = domain.waits_for(replaced)
    assert waits is not None
    assert (waits.awaits, waits.on, waits.until) == (
        "renumbering",
        Owner.SERVICE_POINT,
        date(2026, 3, 16),
    )
    (reminder,) = domain.remind(replaced)
    assert reminder.waits_for == "renumbering"
    assert domain.remind(after(replaced, (reminder,))) == ()
    numbered = after(replaced, domain.renumber(replaced))
    assert domain.waits_for(numbered) is None
    assert domain.renumber(numbered) == ()
    assert domain.renumber(after(work, finish(work, "repaired"))) == ()


@pytest.mark.rule("ACT-3a")
def test_another_end_than_the_one_it_had_is_refused_not_passed_over(policy: RegionPolicy) -> None:
    ended = after(work := a_work(policy), finish(work))

    def again(*, quantity: int = 1, has_action: bool = True) -> Any:
        said: dict[str, Any] = {"outcome": Word("done"), "on": TODAY, "by": TECHNICIAN}
        return domain.finish(ended, quantity=quantity, has_action=has_action, **said)

    assert again() == ()
    assert refusal(lambda: again(quantity=2)) == ("ENDED", "ACT-3")
    assert refusal(lambda: again(has_action=False)) == ("ENDED", "ACT-3")


@pytest.mark.rule("ACT-3e")
def test_each_waits_for_what_is_next_for_thirty_days_or_fourteen(policy: RegionPolicy) -> None:
    def waits(work: WorkOrder) -> tuple[str, Owner, date | None]:
        found = domain.waits_for(work)
        assert found is not None
        return found.awaits, found.on, found.until

    work, until = a_work(policy), date(2026, 4, 1)
    planned = after(work, domain.plan(work, on=SOON, technician=None))
    begun = after(planned, domain.start(planned, technician=TECHNICIAN))

    assert waits(work) == ("plan", Owner.TECHNICIANS, until)
    assert waits(planned) == ("start", Owner.TECHNICIANS, until)
    assert waits(begun) == ("finish", Owner.TECHNICIANS, until)
    warranty = a_work(policy, "warranty_repair")
    assert waits(warranty) == ("finish", Owner.SERVICE_POINT, until)
    assert waits(application(policy)) == (
        "decision",
        Owner.ASSORTMENT_MANAGER,
        date(2026, 3, 16),
    )
    assert [domain.remind(one)[0].waits_for for one in (work, application(policy))] == [
        "finish",
        "decision",
    ]
    assert domain.remind(after(begun, finish(begun))) == ()
    late = after(work, domain.remind(work))
    assert domain.remind(late) == ()
    assert [one.then for one in map(domain.waits_for, (work, late)) if one] == [
        TELLS_CUSTOMER_SERVICE,
        LISTED,
    ]


def application(policy: RegionPolicy, form: dict[str, Any] | None = None) -> WorkOrder:
    """An application that waits for its decision."""
    return domain.evolve(None, registered(policy, an_application_wish(form)))


def decided(
    work: WorkOrder, outcome: str = "approved", *, article: str | None = None, reason: bool = True
) -> Any:
    """What the rules answer to a decision."""
    number = ArticleNumber(article) if article else None
    return decide(
        work,
        outcome=Word(outcome),
        article_number=number,
        has_reason=reason,
        by=TECHNICIAN.user_id,
    )


@pytest.mark.rule("ACT-5a")
@pytest.mark.parametrize(
    "without",
    [
        {"supplier": None},
        {"supplier_article_number": "  "},
        {"supplier_article_name": None},
        {"is_ce_marked": None},
        {"need": ""},
        {"tried": None},
        {"attests_responsibility": False},
    ],
    ids=lambda one: next(iter(one)),
)
def test_each_part_of_an_application_is_asked_for(without: dict[str, Any]) -> None:
    lacks = missing_of(Application.model_validate(COMPLETE | without))

    assert list(lacks) == list(without)


@pytest.mark.rule("ACT-5a")
def test_what_was_tried_or_why_nothing_was_will_do() -> None:
    said = Application.model_validate(
        COMPLETE | {"tried": None, "why_not_tried": "Inget passar.", "is_ce_marked": False}
    )

    assert missing_of(said) == {}


@pytest.mark.rule("ACT-5d")
def test_an_incomplete_application_is_refused_with_all_that_is_missing(
    policy: RegionPolicy,
) -> None:
    with pytest.raises(Refused) as refused:
        application(policy, {"is_ce_marked": None, "need": None, "attests_responsibility": False})

    assert refused.value.reason == "APPLICATION_INCOMPLETE"
    assert refused.value.field == "application.is_ce_marked"
    assert refused.value.way_on == (
        "Ansökan saknar: om produkten är CE-märkt enligt MDR, behovet,"
        " försäkran att förskrivarens ansvar är uppfyllt."
    )


@pytest.mark.rule("ACT-5c")
def test_a_type_that_is_missing_goes_to_the_assortment_manager(policy: RegionPolicy) -> None:
    work = application(policy, {"is_type_missing": True})

    assert refusal(lambda: decided(work, article=OUTSIDE)) == ("TYPE_IS_MISSING", "ACT-5")
    assert refusal(lambda: decided(work, "refused")) == ("TYPE_IS_MISSING", "ACT-5")
    assert after(work, decided(work, "referred")).outcome == "referred"


@pytest.mark.rule("ACT-5e")
def test_a_decision_has_an_article_or_a_reason_and_ends_the_application(
    policy: RegionPolicy,
) -> None:
    work = application(policy)

    assert refusal(lambda: decided(work)) == ("ARTICLE_MISSING", "ACT-5")
    assert refusal(lambda: decided(work, "refused", article=OUTSIDE))[0] == "ARTICLE_MISSING"
    assert refusal(lambda: decided(work, "refused", reason=False)) == ("REASON_MISSING", "ACT-5")
    assert refusal(lambda: decided(work, "maybe")) == ("UNKNOWN_WORD", "ACT-5")
    approved = after(work, decided(work, article=OUTSIDE, reason=False))
    assert (approved.status, approved.article_number) == (Status.FINISHED, OUTSIDE)
    assert decided(approved, article=OUTSIDE) == ()
    assert refusal(lambda: decided(approved, "refused")) == ("IS_DECIDED", "ACT-5")
    assert refusal(lambda: decided(a_work(policy), "refused"))[0] == "NOT_AN_APPLICATION"
    for act in (
        lambda: domain.plan(work, on=SOON, technician=None),
        lambda: domain.start(work, technician=TECHNICIAN),
        lambda: finish(work),
    ):
        assert refusal(act) == ("IS_AN_APPLICATION", "ACT-3")


@pytest.mark.rule("ACT-1e", "ACT-5f", "ORD-5a")
def test_an_approval_permits_its_article_to_its_patient_alone(policy: RegionPolicy) -> None:
    work = application(policy)
    approved = after(work, decided(work, article=OUTSIDE))

    def may(one: WorkOrder | None, article: str = OUTSIDE, recipient: Any = ADULT) -> bool:
        refused = refusal_to_order(
            one, ArticleNumber(article), recipient=recipient, field="lines.0.application"
        )
        return refused is None

    assert may(approved)
    assert not may(work)
    assert not may(None)
    assert not may(approved, "30991")
    assert not may(approved, recipient=UNIT)
    assert not may(replace(approved, outcome=Word("refused")))
