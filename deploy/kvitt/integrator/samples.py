"""A valid message of any type that a region sends, with an id of its own and the time of now."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from kvitt_contracts.envelope import message_class
from kvitt_contracts.examples import examples
from kvitt_contracts.topics import CATALOGUE

from kvitt.integrator.clients import ORDER
from kvitt.integrator.messages import nearest, topic_of
from kvitt.local.problems import LocalProblem

_SANDBOX = {"orders.order.place.v1": ORDER}
"""What the sandbox accepts as it is: it names what is in its register."""


def inbound_types() -> dict[str, str]:
    """Every type that a region may send, with what it says."""
    return {
        message.wire_type: " ".join((message.__doc__ or "").split())
        for topic in CATALOGUE
        if topic.is_inbound
        for message in topic.types
    }


def cases(wire_type: str) -> Sequence[str]:
    """The names of the samples of a type. Raises LocalProblem for one that no region sends."""
    _require_inbound(wire_type)
    return [one.case for one in examples(wire_type)]


def sample(
    wire_type: str, *, region: str, case: str | None = None, subject: str | None = None
) -> dict[str, Any]:
    """A CloudEvent of this type as JSON. Raises LocalProblem."""
    _require_inbound(wire_type)
    found = {one.case: one for one in examples(wire_type)}
    if case is not None and case not in found:
        raise LocalProblem(
            f"{wire_type} has no sample {case}.", remedy=f"It has {', '.join(found)}."
        )
    one = found[case] if case else next(iter(found.values()))
    data = one.data
    if case is None and wire_type in _SANDBOX:
        data = json.loads(_SANDBOX[wire_type].read_text(encoding="utf-8"))
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": f"urn:region:{region}:sample",
        "type": wire_type,
        "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "subject": subject or _subject(one.envelope.subject, wire_type),
        "region": region,
        "datacontenttype": "application/json",
        "data": data,
    }


def _subject(example: str, wire_type: str) -> str:
    """A reference of its own for what makes something new; else the example's: it names a thing."""
    message = message_class(wire_type)
    creates = wire_type.split(".")[2] in ("place", "register", "request", "ask", "report")
    if message is None or not creates or wire_type.startswith("region."):
        return example
    return f"SAMPLE-{uuid4().hex[:10].upper()}"


def _require_inbound(wire_type: str) -> None:
    if topic_of(wire_type, "w") is None:
        near = nearest(wire_type)
        raise LocalProblem(
            f"No region sends {wire_type}.",
            remedy=f"{f'Is it {near}? ' if near else ''}kvitt sample lists what they send.",
        )
