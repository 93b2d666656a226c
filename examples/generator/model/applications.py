"""Applications outside the assortment: what they lack, how they are decided, what they permit
(ACT-5). They are made by users over HTTP alone.

Each raises No with the reason and the rule when it is refused.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from kvitt_contracts.orders import LineToOrder
from kvitt_contracts.types import Role, identify

from examples.generator.model.state import Holder, No, WorkOrder, World

_ASKED = ("supplier", "supplier_article_number", "supplier_article_name", "is_ce_marked", "need")
_DECIDE_DAYS = 14


def apply(world: World, by: str, data: Mapping[str, Any]) -> None:
    """Apply for what the assortment does not have, for a patient (ACT-5)."""
    reference, user = data["reference"], world.user(by)
    if reference in world.works:
        raise No("ALREADY_REGISTERED", "ACT-2")
    if data["service_point"] not in user.service_points:
        raise No("NOT_CONNECTED_TO_SERVICE_POINT", "REF-3")
    said = data["application"]
    has_tried = said.get("tried") or said.get("why_not_tried")
    is_whole = all(said.get(name) is not None for name in _ASKED) and has_tried
    if not (is_whole and said.get("attests_responsibility")):
        raise No("APPLICATION_INCOMPLETE", "ACT-5")
    place = world.customers[data["service_point"]]
    world.works[reference] = WorkOrder(
        reference=reference,
        kind="application",
        device=None,
        service=None,
        payer=place.payer_id,
        service_point=place.customer_id,
        requester=by,
        late_on=world.today + timedelta(days=_DECIDE_DAYS + 1),
        recipient=("patient", world.current(data["recipient"]["person"])),
    )


def decide(world: World, reference: str, by: str, data: Mapping[str, Any]) -> None:
    """Approve it with its article, or refuse it with a reason; once (ACT-5)."""
    if Role.CUSTOMER_SERVICE not in world.user(by).roles:
        raise No("FORBIDDEN", "REF-18")
    work, article = world.works[reference], data.get("article_number")
    if article is not None and article not in world.articles:
        raise No("UNKNOWN_ARTICLE", "ACT-5")
    if work.kind != "application":
        raise No("NOT_AN_APPLICATION", "ACT-5")
    if work.status != "assigned":
        raise No("IS_DECIDED", "ACT-5")
    if (data["outcome"] == "approved") != (article is not None):
        raise No("ARTICLE_MISSING", "ACT-5")
    if data["outcome"] != "approved" and not data.get("reason"):
        raise No("REASON_MISSING", "ACT-5")
    work.status, work.outcome, work.article = "finished", data["outcome"], article
    work.is_late = False


def permit(world: World, line: LineToOrder, recipient: Holder) -> bool:
    """Whether the application that a line names was approved for its article and whom it is for."""
    region = world.policy.region
    return any(
        identify(region, "work-order", work.reference) == line.application
        and (work.outcome, work.article) == ("approved", line.article_number)
        and work.recipient == recipient
        for work in world.works.values()
    )
