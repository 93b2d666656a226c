"""What each service's OpenAPI document promises: keys where they are demanded, and every word of a
closed set by its name.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from billing.documents import _KINDS
from billing.explaining.telling import _HOLDS_ID
from billing.explaining.views import NOUNS
from inventory.devices.domain import IN_CLAIM
from inventory.direct_deliveries.domain import NotBooked
from inventory.fault_reports.domain import Reason as NotGiven
from inventory.holds.domain import Reason as NotHeld
from kvitt.site.openapi import document
from kvitt_chassis.web.openapi import KEY_PATTERN
from kvitt_contracts.billing import CHARGED
from kvitt_contracts.topics import SERVICES
from kvitt_contracts.types import WHY_NOT_CLAIMED
from orders.receipts.reasons import NOT_BOOKED

pytestmark = pytest.mark.long(seconds=60)

SETS = frozenset(
    {"status", "state", "reason", "outcome", "kind", "cause", "stage", "verdict", "failure"}
    | {"answer", "access", "supply", "timing", "charging", "awaits", "then", "source", "why"}
)
"""A field, or a parameter, whose name ends so (`run_status`, `return_causes`) has one of a few
words, unless OPEN says why not. So has one that says for what: `ended_for`.
"""
OPEN: Mapping[str, str] = {
    "Problem.reason": "any rule's: each route names its own, and tests hold it to that",
    "EventVerdict.reason": "any rule's, as on the feed",
    "EventVerdict.source": "what the sender wrote",
    "StoryItem.rule": "a rule's id",
    "Thing.kind": "the noun of any service's things",
    # what people write
    "Application.why_not_tried": "free text",
    "CaseView.answer": "free text",
    "TransferView.answer": "free text",
    "DecideApplicationBody.reason": "free text",
    "WorkOrderView.decision_reason": "free text",
    "OpenPerson.reason": "free text",
    "OpeningBody.reason": "free text",
    "OpeningView.reason": "free text",
    "LookedAtView.reason": "free text",
    "AccessView.reason": "free text",
    "Erasure.why": "free text",
    "ErasureAgain.why": "free text",
    "TransferPreview.why_not_accept": "a sentence",
    "RegionSaleView.waits_for": "a sentence",
    "SetAsideView.reason": "an error's kind and its place in the code",
    # codes of the region's own
    "PickupBody.cause": "the region's list, or the product area's",
    "PickupBody.return_cause": "the region's list",
    "PickupChoices.causes": "the region's list, or the product area's",
    "PickupChoices.return_causes": "the region's list",
    "PickupLineView.cause": "the region's list, or the product area's",
    "PickupLineView.return_cause": "the region's list",
    "VoidLinesBody.reason": "a code of who asks",
    "VoidWorkOrderBody.reason": "a code of who asks",
    "WorkOrderView.voided_for": "a code of who asked",
    "RejectInvoiceBody.reason": "a code of who decides",
    "ReleaseInvoiceBody.reason": "a code of who decides",
    "SupplierInvoiceView.rejected_for": "a code of who decided",
    "SupplierInvoiceView.released_for": "a code of who decided",
    # others
    "MonthPreview.state": "a digest of what is approved",
    "ApproveBody.state": "a digest of what is approved",
    "ReconditioningView.reason": "a scrapping's, or what of the device's life broke it off",
    "WebhookView.failure": "HTTP_ and any status, or what else was met",
    "TestedWebhookView.answer": "HTTP_ and any status, or what else was met",
    "UserView.acts_for": "users",
    "SaveBody.accept_for": "a customer",
}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_the_idempotency_key_is_required_where_the_runner_demands_it(service: str) -> None:
    keys: dict[str, list[dict[str, Any]]] = {}
    for operations in _document(service)["paths"].values():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                if parameter["name"].lower() == "idempotency-key":
                    keys.setdefault(method, []).append(parameter)

    assert keys["post"]
    assert all(parameter["required"] for parameter in keys["post"])
    assert not any(one["required"] for method in keys if method != "post" for one in keys[method])
    for found in keys.values():
        assert all(parameter["schema"]["pattern"] == KEY_PATTERN for parameter in found)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_every_status_and_reason_is_one_of_those_that_the_document_names(service: str) -> None:
    described = _document(service)
    plain = {name for name, schema in _sets(described) if _is_plain(schema, described)}

    assert plain - _open(described) == set()


def test_what_is_open_is_there() -> None:
    names = {name for service in SERVICES for name, _ in _sets(_document(service))}

    assert {one for one in OPEN if one not in names} <= {"StoryItem.rule"}


def test_the_words_are_those_that_the_rules_say() -> None:
    assert {*NotHeld, *NotGiven, *IN_CLAIM.values()} == set(WHY_NOT_CLAIMED)
    assert set(NotBooked) == set(NOT_BOOKED)
    assert set(_KINDS) == set(CHARGED)
    assert set(NOUNS) > _HOLDS_ID


@cache
def _document(service: str) -> dict[str, Any]:
    return document(service)


def _sets(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is named as one of a few words, as `View.field` or `get /path parameter`."""
    for view, schema in described["components"]["schemas"].items():
        for field, described_field in schema.get("properties", {}).items():
            if _is_set(field):
                yield f"{_short(view)}.{field}", described_field
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for one in operation.get("parameters", ()):
                if _is_set(one["name"]):
                    yield f"{method} {path} {one['name']}", one["schema"]


def _is_set(name: str) -> bool:
    first, last = name.split("_")[0], name.split("_")[-1]
    return last in SETS or last.removesuffix("s") in SETS or first == "why" or last == "for"


def _open(described: dict[str, Any]) -> set[str]:
    """What is open, in every view that has the field of another."""
    views = described["components"]["schemas"]
    named = [name.split(".") for name in OPEN]
    bases = {"WebhookView": ("NewWebhookView", "TestedWebhookView")}
    return {
        f"{_short(view)}.{field}"
        for of, field in named
        for view in views
        if _short(view) in (of, of.replace("LineView", "View"), *bases.get(of, ()))
        or _short(view) == f"{of.removesuffix('View')}WithLines"
    }


def _short(view: str) -> str:
    return view.rsplit("__", 1)[-1].removesuffix("-Input").removesuffix("-Output")


def _is_plain(schema: dict[str, Any], described: dict[str, Any]) -> bool:
    """True of a text that may be any, or a list of such."""
    if "$ref" in schema:
        return _is_plain(
            described["components"]["schemas"][schema["$ref"].split("/")[-1]], described
        )
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return any(_is_plain(option, described) for option in options)
    if "items" in schema:
        return _is_plain(schema["items"], described)
    is_day = schema.get("format") in ("date", "date-time", "uuid")
    return schema.get("type") == "string" and not is_day and not {"enum", "const"} & schema.keys()
