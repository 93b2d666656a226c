"""A region's messages as it sends them over HTTP: CloudEvents in each of the three modes."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from kvitt_contracts.envelope import STRUCTURED, Message

from kvitt_testkit.world import an_envelope

BATCH = "application/cloudevents-batch+json"
ROUTE = "/region-messages"


@dataclass(frozen=True, slots=True)
class AsEvent:
    """One message as a CloudEvent: its attributes and its body."""

    attributes: dict[str, Any]
    data: Any

    @property
    def id(self) -> str:
        """The message's id."""
        return str(self.attributes["id"])

    def but(self, **changes: Any) -> "AsEvent":
        """The same with other attributes; None leaves one out."""
        changed = self.attributes | changes
        present = {name: value for name, value in changed.items() if value is not None}
        return AsEvent(present, self.data)

    @property
    def document(self) -> dict[str, Any]:
        """The event in structured mode."""
        return {**self.attributes, "data": self.data}


def an_event(message: Message, *, subject: str, region: str = "ac") -> AsEvent:
    """A message of a region."""
    envelope = an_envelope(message, subject=subject, region=region)
    attributes = {
        "specversion": "1.0",
        "id": str(envelope.id),
        "source": envelope.source,
        "type": envelope.type,
        "time": envelope.time.isoformat(),
        "subject": envelope.subject,
        "region": envelope.region,
    }
    return AsEvent(attributes, message.model_dump(mode="json", exclude_none=True))


async def send_structured(client: httpx.AsyncClient, event: AsEvent) -> httpx.Response:
    """One event as one JSON."""
    return await client.post(
        ROUTE, content=json.dumps(event.document), headers={"Content-Type": STRUCTURED}
    )


async def send_batch(client: httpx.AsyncClient, *events: AsEvent) -> httpx.Response:
    """Several events as one JSON."""
    content = json.dumps([one.document for one in events], ensure_ascii=False).encode()
    return await client.post(ROUTE, content=content, headers={"Content-Type": BATCH})


async def send_binary(client: httpx.AsyncClient, event: AsEvent) -> httpx.Response:
    """One event with its attributes in headers, percent-encoded as the binding says."""
    headers = {f"ce-{name}": quote(str(value)) for name, value in event.attributes.items()}
    return await client.post(
        ROUTE,
        content=json.dumps(event.data),
        headers={"Content-Type": "application/json", **headers},
    )
