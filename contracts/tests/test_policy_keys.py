"""The table of the policy's keys that a rule reads is what the services read."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.policy_keys import READ_KEYS, UNREAD_KEYS, unread_keys, waits_for
from kvitt_contracts.types import Money
from pydantic import BaseModel, ValidationError

from contracts.tests.test_policy import a_history, a_version

ROOT = Path(__file__).parents[2]
PURE = {"rent_proration"}  # has one value, which is what the rule does


def code() -> str:
    """The services' code, and the functions of the contracts that take a policy."""
    files = [*ROOT.glob("services/*/*/**/*.py"), ROOT / "contracts/kvitt_contracts/policy.py"]
    return "\n".join(one.read_text() for one in files if "tests" not in one.parts)


def every_key(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        inner = model_in(field.annotation)
        if inner is None:
            yield (*above, name)
        elif field.annotation is inner or READ_KEYS.keys() & {".".join((*above, name))}:
            yield from every_key(inner, (*above, name))
        else:
            yield (*above, name)


def every_leaf(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Each key that has a value of its own; one that has a table's line is not looked into."""
    for name, field in model.model_fields.items():
        path, inner = (*above, name), model_in(field.annotation)
        if path[0] in {"region", "name", "version", "effective_from"}:
            continue
        if inner in {None, Money} or ".".join(path) in READ_KEYS.keys() | UNREAD_KEYS.keys():
            yield path
        else:
            yield from every_leaf(inner, path)


def model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := model_in(one))), None)


@pytest.mark.parametrize("key", sorted(READ_KEYS.keys() - PURE))
def test_a_key_of_the_table_is_read(key: str) -> None:
    assert re.search(rf"\.{key.rsplit('.', 1)[-1]}\b", code())


def test_a_key_that_the_services_read_is_in_the_table() -> None:
    text = code()
    unread = []
    for path in every_key(RegionPolicy):
        read = any(".".join(path).startswith(known) for known in READ_KEYS) or path[0] in {
            "region",
            "name",
            "version",
            "effective_from",
        }
        owner = path[-2] if len(path) > 1 else "policy"
        in_rules = any(known.startswith(".".join(path) + ".") for known in READ_KEYS)
        if not read and not in_rules and re.search(rf"\b{owner}\.{path[-1]}\b", text):
            unread.append(".".join(path))

    assert unread == [], "a rule reads it now: name it in READ_KEYS"


def test_each_key_is_read_or_says_which_rule_it_waits_for() -> None:
    keys = {".".join(path) for path in every_leaf(RegionPolicy)}

    assert keys == READ_KEYS.keys() | UNREAD_KEYS.keys(), "name each key in one of the tables"
    assert not READ_KEYS.keys() & UNREAD_KEYS.keys(), "a rule reads it: take it out of UNREAD_KEYS"


@pytest.mark.parametrize(("key", "waits"), UNREAD_KEYS.items())
def test_what_a_key_waits_for_is_a_rule_and_a_service(key: str, waits: str) -> None:
    rule, _, service = waits.partition(" in ")

    assert f"- **{rule}**" in (ROOT / "docs/domain.md").read_text()
    assert (ROOT / "services" / service).is_dir()
    assert waits_for(tuple(key.split("."))) == waits


def test_a_delayed_fee_is_refused_since_no_rule_delays_it() -> None:
    delayed = {"fee_group": "charger", "amount": {"net_ore": 50_000}, "timing": "delayed_90_days"}

    with pytest.raises(ValidationError, match="BIL-3: no rule delays a fee yet"):
        a_history({**a_version(), "fees": {"rules": [delayed]}})


def test_a_version_that_was_used_with_a_delayed_fee_is_ended_by_another() -> None:
    delayed = {"fee_group": "charger", "amount": {"net_ore": 50_000}, "timing": "delayed_90_days"}
    used = {**a_version(), "fees": {"rules": [delayed]}}
    at_once = {"fees": {"rules": [{**delayed, "timing": "immediate"}]}}

    history = a_history(used, {**a_version(2, "2026-06-01T00:00:00+02:00"), **at_once})

    assert history.pinned(history.versions[0].pin) == history.versions[0]


def test_what_is_given_and_not_read_is_named() -> None:
    given = {**a_version(), "order": {"basket_days": 3}, "reconditioning": True, "child_until": 18}

    found = set(unread_keys(a_history(given).versions[0]))

    assert found == {("order", "basket_days"), ("reconditioning",)}
