"""The table of the policy's keys that a rule reads is what the services read."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.policy_keys import READ_KEYS, UNREAD_KEYS, unread_keys, waits_for
from kvitt_contracts.types import Money
from pydantic import BaseModel

from contracts.tests.test_policy import a_history, a_version

ROOT = Path(__file__).parents[2]
DELAYED = {"fee_group": "charger", "amount": {"net_ore": 50_000}, "timing": "delayed_90_days"}
PURE = {"rent_proration"}  # has one value, which is what the rule does


@cache
def code() -> str:
    """The services' code, what thins their logs, and the functions of the contracts that take a
    policy.
    """
    sealer = ROOT / "chassis/kvitt_chassis/evidence/sealer.py"
    policy = ROOT / "contracts/kvitt_contracts/policy.py"
    files = [*ROOT.glob("services/*/*/**/*.py"), sealer, policy]
    return "\n".join(one.read_text() for one in files if "tests" not in one.parts)


def every_key(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Each key that has a value of its own; one that has a table's line is not looked into."""
    for name, field in model.model_fields.items():
        path, inner = (*above, name), model_in(field.annotation)
        if path[0] in {"region", "name", "version", "effective_from"}:
            continue
        if inner in {None, Money} or ".".join(path) in READ_KEYS.keys() | UNREAD_KEYS.keys():
            yield path
        else:
            yield from every_key(inner, path)


def model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := model_in(one))), None)


@pytest.mark.parametrize("key", sorted(READ_KEYS.keys() - PURE))
def test_a_key_of_the_table_is_read(key: str) -> None:
    assert re.search(rf"\.{key.rsplit('.', 1)[-1]}\b", code())


def test_a_key_that_waits_for_its_rule_is_read_nowhere() -> None:
    for key in UNREAD_KEYS:
        owner, name = f"policy.{key}".split(".")[-2:]
        read = re.search(rf"\b{owner}\.{name}\b", code())

        assert not read, f"a rule reads {key}: it is in READ_KEYS now"


def test_each_key_is_read_or_says_which_rule_it_waits_for() -> None:
    keys = {".".join(path) for path in every_key(RegionPolicy)}

    assert keys == READ_KEYS.keys() | UNREAD_KEYS.keys(), "name each key in one of the tables"
    assert not READ_KEYS.keys() & UNREAD_KEYS.keys(), "a key stands in one of the tables"


def test_what_a_key_waits_for_is_a_rule_and_a_service() -> None:
    for key, waits in UNREAD_KEYS.items():
        rule, _, service = waits.partition(" in ")

        assert f"- **{rule}**" in (ROOT / "docs/domain.md").read_text()
        assert (ROOT / "services" / service).is_dir()
        assert waits_for(tuple(key.split("."))) == waits


@pytest.mark.rule("BIL-3c")
def test_a_fee_may_be_delayed_in_any_version_of_a_policy() -> None:
    delayed = {**a_version(), "fees": {"rules": [DELAYED]}}

    (version,) = a_history(delayed).versions

    assert [rule.timing for rule in version.fees.rules] == ["delayed_90_days"]
    assert list(unread_keys(version)) == []


def test_what_is_given_and_not_read_is_named() -> None:
    given = {
        **a_version(),
        "order": {"outside_assortment": "consultant"},
        "email": ["stocktaking"],
        "inactive_after_months": 6,
        "child_until": 18,
    }

    (version,) = a_history(given).versions
    earlier = {key: rule for key, rule in READ_KEYS.items() if key != "inactive_after_months"}

    assert set(unread_keys(version, read=earlier)) == {("inactive_after_months",)}
    assert set(unread_keys(version)) == set()
