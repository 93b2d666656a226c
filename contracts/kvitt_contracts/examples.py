"""The committed examples of messages, for consumers' tests and for the documentation.

An example is a file `examples/<wire type>/<case>.json` of the form {"envelope": …, "data": …}. They
travel in the wheel, so that who subscribes to events tests with them too.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kvitt_contracts.envelope import Envelope, Message, message_class

_IN_THE_WHEEL = Path(__file__).with_name("example_files")
# decision 0560
ROOT = _IN_THE_WHEEL if _IN_THE_WHEEL.exists() else Path(__file__).parents[1] / "examples"

M = TypeVar("M", bound=Message)


class NoExample(LookupError):
    """The wire type is not declared, or no example of it is committed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example: the headers' values, and the body as parsed JSON."""

    wire_type: str
    case: str
    attributes: dict[str, Any]
    data: dict[str, Any]

    @property
    def envelope(self) -> Envelope:
        """The CloudEvents attributes as a reader gets them."""
        return Envelope.from_attributes(self.attributes)

    @property
    def body(self) -> bytes:
        """The record's value, as on the wire."""
        return json.dumps(self.data, ensure_ascii=False).encode()

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """The record's headers, as on the wire."""
        return self.envelope.headers()

    @property
    def message(self) -> Message:
        """The body as its class. Raises NoExample when the type is not declared."""
        declared = message_class(self.wire_type)
        if declared is None:
            raise NoExample(f"{self.wire_type} is not declared")
        return declared.model_validate_json(self.body)


def examples(wire_type: str) -> tuple[Example, ...]:
    """All examples of a wire type, by case. Raises NoExample."""
    found = tuple(_read(path) for path in sorted((ROOT / wire_type).glob("*.json")))
    if not found:
        raise NoExample(f"no file contracts/examples/{wire_type}/*.json")
    return found


def examples_of(messages: Iterable[type[Message]]) -> tuple[Example, ...]:
    """All examples of several message classes, such as `topics.BMB_TRANSFERS.types`."""
    return tuple(one for message in messages for one in examples(message.wire_type))


def example(message: type[M], case: str | None = None) -> M:
    """The body of a message's example: the named case, else the first. Raises NoExample."""
    for one in examples(message.wire_type):
        if case is None or one.case == case:
            return message.model_validate_json(one.body)
    raise NoExample(f"no file contracts/examples/{message.wire_type}/{case}.json")


def _read(path: Path) -> Example:
    document = json.loads(path.read_text(encoding="utf-8"))
    return Example(
        wire_type=path.parent.name,
        case=path.stem,
        attributes=document["envelope"],
        data=document["data"],
    )
