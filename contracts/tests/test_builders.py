"""The builders: each makes a message in a shape that its owner is seen to emit."""

import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import pytest
from kvitt_contracts.envelope import Event
from kvitt_contracts.examples import Example, examples_of
from kvitt_contracts.inventory import DeviceStatedOnLoan
from kvitt_contracts.refusals import MessageRefused
from kvitt_contracts.topics import CATALOGUE
from kvitt_contracts.types import Value

from contracts.tests import builders
from contracts.tests.builders import inventory, orders, reservations
from contracts.tests.builders.inventory import (
    a_custody,
    a_device_stated_on_loan,
    an_article_listed,
)
from contracts.tests.builders.orders import an_order_placed
from contracts.tests.builders.shapes import (
    EMITTED,
    UNPROVEN,
    NeverEmitted,
    check_emitted,
    emitted_shapes,
    lines,
)
from contracts.tests.builders.story import a_care_unit

ROOT = Path(__file__).parents[2]


def of(module: ModuleType) -> list[Callable[[], object]]:
    """A module's builders that need no argument."""
    found = [one for name, one in inspect.getmembers(module, inspect.isfunction) if name[0] != "_"]
    mine = [one for one in found if one.__module__ == module.__name__]
    return [one for one in mine if not _needs_arguments(one)]


MODULES = [
    import_module(f"{builders.__name__}.{one.name}")
    for one in iter_modules(builders.__path__)
    if one.name not in ("areas", "shapes", "story")  # what builders are made of, and with
]


@pytest.mark.parametrize("module", MODULES, ids=lambda one: one.__name__)
def test_every_builder_makes_what_its_owner_emits(module: ModuleType) -> None:
    made = [build() for build in of(module)]

    assert made
    assert all(isinstance(one, Value | tuple) for one in made)


def test_custody_of_old_stock_is_of_a_holder_with_a_payer() -> None:
    nobody_pays = a_custody().model_copy(update={"payer_id": None})
    stated = a_device_stated_on_loan().model_copy(update={"custody": nobody_pays})

    with pytest.raises(NeverEmitted, match=r"stated-on-loan\.v1 charging custody\.customer_id"):
        check_emitted(stated)


def test_an_event_in_a_shape_that_its_owner_never_emits_is_not_built() -> None:
    line = orders.a_line(fee={"net_ore": 50_000, "vat_percent": 0})

    with pytest.raises(NeverEmitted, match=r"lines\.fee recipient=care_unit"):
        an_order_placed(line, recipient=a_care_unit())


OWNERS = sorted(path.stem for path in EMITTED.glob("*.txt"))


@pytest.mark.parametrize(
    "one",
    [
        one
        for topic in CATALOGUE
        if topic.owner in OWNERS
        for one in examples_of(kind for kind in topic.types if issubclass(kind, Event))
    ],
    ids=lambda one: f"{one.wire_type}/{one.case}",
)
def test_every_example_has_a_shape_that_its_owner_emits(one: Example) -> None:
    assert isinstance(one.message, Event)

    check_emitted(one.message, or_heard=True)


def test_what_is_heard_beside_is_not_what_an_owner_emits() -> None:
    for path in (EMITTED / "heard").glob("*.txt"):
        assert not set(path.read_text().splitlines()) & emitted_shapes(path.stem)


@pytest.mark.parametrize(
    "one",
    [
        one
        for kind in MessageRefused.__subclasses__()
        for one in examples_of([kind])
        if not one.data["reason"].startswith("UNKNOWN_")  # the chassis says so of any noun
    ],
    ids=lambda one: f"{one.wire_type}/{one.case}",
)
def test_every_refusal_of_an_example_is_one_that_its_owner_can_say(one: Example) -> None:
    owner = one.wire_type.split(".")[0]
    code = [*(ROOT / "services" / owner / owner).rglob("*.py"), *(ROOT / "chassis").rglob("*.py")]

    assert any(f'"{one.data["reason"]}"' in path.read_text("utf-8") for path in code)


def test_a_field_that_a_message_has_not_is_no_override() -> None:
    with pytest.raises(TypeError, match="has no field price"):
        an_article_listed(price=1)


def test_a_shape_is_what_is_given_and_which_kinds_are_chosen() -> None:
    order = an_order_placed(orders.a_line(), orders.a_line(number=2, fee={"net_ore": 1}))

    assert lines([order]) == {
        "orders.order.placed.v1 recipient=patient reference",
        "orders.order.placed.v1 lines.fee recipient=patient reference",
    }
    given = "charging custody.holder=patient custody.payer_id custody.prescriber number"
    assert lines([a_device_stated_on_loan()]) == {f"{DeviceStatedOnLoan.wire_type} {given}"}


def test_the_reasons_that_an_event_states_are_lines_of_their_own() -> None:
    refused = inventory.a_hold_refused(reason="LOCKED")

    assert lines([refused]) == {
        "inventory.hold.refused.v1",
        "inventory.hold.refused.v1 refused.reason=LOCKED",
    }
    with pytest.raises(NeverEmitted, match=r"refused\.reason=STOLEN"):
        inventory.a_hold_refused(reason="STOLEN")


def test_a_list_that_may_be_left_empty_is_given_or_not() -> None:
    reserved = reservations.a_stock_reserved()
    kind = reserved.wire_type

    assert lines([reserved]) == {f"{kind} lines"}
    assert lines([reserved.model_copy(update={"lines": ()})]) == {kind}


def test_what_is_not_proven_is_not_among_what_is() -> None:
    proven = {
        line.split(" ")[0] for path in EMITTED.glob("*.txt") for line in emitted_shapes(path.stem)
    }

    assert proven.isdisjoint(kind.wire_type for kind in UNPROVEN)
    assert all(UNPROVEN.values()), "a type is unproven for a reason"


def _needs_arguments(build: Callable[..., object]) -> bool:
    return any(
        one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
        for one in inspect.signature(build).parameters.values()
    )
