"""Which shapes of its events a service emits, as proven by its own `tests/test_emitted_shapes.py`.

A shape is what may differ between two valid messages of a type: the optional fields that are given,
a list that may be left empty among them, and the kinds that are chosen (`recipient=patient`).
Beside it, whatever else is given, the reason that a message states (`reason=LOCKED`).
`emitted/<owner>.txt` has one on each line. `emitted/heard/<owner>.txt` has those that a reader may
hear beside: of earlier releases, whose events are read for ever, or as an operator has edited them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

from kvitt_contracts.billing import (
    ChargeEvent,
    InvoiceEvent,
    InvoiceRunEvent,
    LedgerEntryEvent,
    LedgerPeriodEvent,
    SupplierInvoiceEvent,
)
from kvitt_contracts.envelope import Event
from kvitt_contracts.notifications import MessageEvent
from kvitt_contracts.refusals import (
    BillingMessageRefused,
    BillingMessageSettled,
    MessageRefused,
    MessageSettled,
)
from kvitt_contracts.regions import feed
from kvitt_contracts.topic import every
from kvitt_contracts.types import Value

V = TypeVar("V", bound=Value)
Shape = frozenset[str]

EMITTED = Path(__file__).parent / "emitted"

_OF_BILLING = (
    ChargeEvent,
    InvoiceEvent,
    InvoiceRunEvent,
    LedgerEntryEvent,
    LedgerPeriodEvent,
    SupplierInvoiceEvent,
)
_NOT_OF_SALES = "billing's test_emitted_shapes.py proves its sales to other regions alone"
_NOT_OF_MAILS = "notifications' test_emitted_shapes.py proves its mails alone"
_UNPROVEN_OF_BILLING: Mapping[type[Any], str] = dict.fromkeys(
    (
        *(one for union in _OF_BILLING for one in every(union)),
        BillingMessageRefused,
        BillingMessageSettled,
    ),
    _NOT_OF_SALES,
)
_UNPROVEN_OF_NOTIFICATIONS: Mapping[type[Any], str] = dict.fromkeys(
    (
        *every(MessageEvent),
        *every(feed.ReportEvent),
    ),
    _NOT_OF_MAILS,
)
UNPROVEN: Mapping[type[Any], str] = {**_UNPROVEN_OF_BILLING, **_UNPROVEN_OF_NOTIFICATIONS}
"""Events that tests build and that no producer's test reaches, each with the reason; to shrink."""


class NeverEmitted(AssertionError):
    """A test asks for an event in a shape that its owner never emits."""


def build(kind: type[V], values: Mapping[str, Any], changes: Mapping[str, Any]) -> V:
    """A message, or a value in one, of these values, some of them changed.

    Raises TypeError for a field that it has not, NeverEmitted for an event in a shape that
    its owner never emits.
    """
    unknown = set(changes) - set(kind.model_fields)
    if unknown:
        raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
    message = kind.model_validate({**values, **changes})
    if isinstance(message, Event):
        check_emitted(message)
    return message


def check_emitted(event: Event, *, or_heard: bool = False) -> None:
    """Raises NeverEmitted when the event's owner never emits one of its shape.

    `or_heard`: a shape that a reader may hear beside is allowed.
    """
    if type(event) in UNPROVEN:
        return
    owner = event.wire_type.split(".")[0]
    known = emitted_shapes(owner) | (emitted_shapes(f"heard/{owner}") if or_heard else set())
    asked = lines([event])
    if asked - known:
        same_type = sorted(line for line in known if line.split(" ")[0] == event.wire_type)
        raise NeverEmitted(
            "\n  ".join(
                [
                    "no flow of its owner's test_emitted_shapes.py emits",
                    *sorted(asked - known),
                    "but only:",
                    *same_type,
                ]
            )
        )


def assert_proven(owner: str, emitted: Collection[Event]) -> None:
    """The shapes that a service has emitted in its own flows are those of `emitted/<owner>.txt`."""
    assert not UNPROVEN.keys() & {type(event) for event in emitted}, (
        "proven now: take it out of UNPROVEN"
    )
    proven = lines(emitted)
    missing, gone = sorted(proven - emitted_shapes(owner)), sorted(emitted_shapes(owner) - proven)
    assert not missing + gone, "\n".join(
        [
            f"{owner}.txt differs:",
            *(f"+ {line}" for line in missing),
            *(f"- {line}" for line in gone),
        ]
    )


@cache
def emitted_shapes(owner: str) -> frozenset[str]:
    """The proven shapes of a service's events, one line each; none for an unknown service."""
    path = EMITTED / f"{owner}.txt"
    return frozenset(path.read_text().splitlines()) if path.exists() else frozenset()


def lines(events: Iterable[Event]) -> frozenset[str]:
    """The shapes of events as the files have them: the type, then what is given, or a reason."""
    return frozenset(
        " ".join([event.wire_type, *sorted(shape)])
        for event in events
        for shape in _shapes(event, "") | _reasons(event)
    )


def _shapes(value: Value, path: str) -> set[Shape]:
    """One shape for each choice of an element from each list: a list's length says nothing."""
    choices = [
        _choices(getattr(value, name), f"{path}{name}", optional=field.default in (None, ()))
        for name, field in type(value).model_fields.items()
    ]
    return {frozenset[str]().union(*chosen) for chosen in product(*choices)}


def _reasons(event: Event) -> set[Shape]:
    """The reasons that an event states, one by one; an answer to a region states any rule's."""
    if isinstance(event, MessageRefused | MessageSettled):
        return set()
    return {frozenset({f"{path}={code}"}) for path, code in _codes(event, "")}


def _codes(value: Value, path: str) -> Iterator[tuple[str, str]]:
    for name in type(value).model_fields:
        given = getattr(value, name)
        if name == "reason" and given is not None:
            yield f"{path}{name}", str(given)
        for inner in given if isinstance(given, tuple) else (given,):
            if isinstance(inner, Value):
                yield from _codes(inner, f"{path}{name}.")


def _choices(given: object, path: str, *, optional: bool) -> set[Shape]:
    match given:
        case None:
            return {frozenset()}
        case Value():
            kind = getattr(given, "kind", None)
            named = f"{path}={kind}" if isinstance(kind, str) else path
            inner = _shapes(given, f"{path}.")
            return {shape | {named} if optional or kind else shape for shape in inner}
        case tuple() if not given:
            return {frozenset() if optional else frozenset({f"{path}=none"})}
        case tuple():
            each = (_choices(one, path, optional=False) for one in given)
            return {shape | {path} if optional else shape for shape in set().union(*each)}
        case _:
            return {frozenset({path}) if optional else frozenset()}
