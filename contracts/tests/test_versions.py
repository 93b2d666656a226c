"""What the version of a fact counts is said by the fact, in its class and in words."""

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
        (DeviceReturned, {"returned_on": "2026-05-01"}, {"returned_on": "2026-05-20"}),
        (GoodsDispatched, {"dispatched_on": "2026-05-01"}, {"dispatched_on": "2026-05-02"}),
        (BalanceStated, {"stated_on": "2026-05-01"}, {"stated_on": "2026-05-02"}),
        (GoodsReceived, {"article_number": "30106-01"}, {"article_number": "30106-02"}),
        (ArticlePriceStated, {"valid_from": "2026-05-01"}, {"valid_from": "2026-06-01"}),
        (PersonsJoined, {"joined": "ac-p-1"}, {"joined": "ac-p-2"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_version_counts_what_its_fact_says(
    kind: type[Fact], one: dict[str, str], other: dict[str, str]
) -> None:
    first, second = kind.model_construct(**one), kind.model_construct(**other)

    assert first.thing() != second.thing()
    assert first.thing() == kind.model_construct(**one, version=2).thing()
