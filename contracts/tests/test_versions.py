"""What the version of a fact counts is said by the fact, in its class and in words."""

from datetime import date
from typing import Any

import pytest
from kvitt_contracts.envelope import Fact, Message
from kvitt_contracts.regions import (
    ArticlePriceStated,
    BalanceStated,
    DeviceReturned,
    GoodsDispatched,
    GoodsReceived,
    PersonsJoined,
)

FACTS = sorted(
    (
        kind
        for kind in Message.registry.values()
        if issubclass(kind, Fact) and "version" in kind.model_fields
    ),
    key=lambda kind: kind.wire_type,
)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: str(fact.wire_type))
def test_each_fact_says_what_its_version_counts(fact: type[Fact]) -> None:
    assert "version_of" in vars(fact)
    assert "`version` counts" in (fact.__doc__ or "")
    assert set(fact.version_of) <= set(fact.model_fields) - {"version"}


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (DeviceReturned, {"returned_on": date(2026, 5, 1)}, {"returned_on": date(2026, 5, 20)}),
        (GoodsDispatched, {"dispatched_on": date(2026, 5, 1)}, {"dispatched_on": date(2026, 5, 2)}),
        (BalanceStated, {"stated_on": date(2026, 5, 1)}, {"stated_on": date(2026, 5, 2)}),
        (GoodsReceived, {"article_number": "30106-01"}, {"article_number": "30106-02"}),
        (ArticlePriceStated, {"valid_from": date(2026, 5, 1)}, {"valid_from": date(2026, 6, 1)}),
        (PersonsJoined, {"joined": "ac-p-1"}, {"joined": "ac-p-2"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_version_counts_what_its_fact_says(
    kind: type[Fact], one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = _stating(kind, one), _stating(kind, other)

    assert first.thing() != second.thing()
    assert first.thing() == _stating(kind, {**one, "version": 2}).thing()


def _stating(kind: type[Fact], fields: dict[str, Any]) -> Fact:
    return kind.model_construct(None, **fields)
