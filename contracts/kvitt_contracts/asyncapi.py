"""The catalogue as an AsyncAPI 3.0 document. Values only: `generate` writes the file."""

import inspect
from typing import Any

from kvitt_contracts.envelope import BINARY, Kind, Message
from kvitt_contracts.examples import Example, examples
from kvitt_contracts.schemas import schema_id
from kvitt_contracts.topics import CATALOGUE, REGION, Topic
from kvitt_contracts.types import Reference, RegionPersonId

_BINDING = {"bindingVersion": "0.5.0"}
_FORMAT = "application/schema+json;version=draft-2020-12"
_SECURITY = [{"$ref": "#/components/securitySchemes/scram"}]
_SERVERS = {
    "production": {
        "host": "{bootstrap}",
        "protocol": "kafka-secure",
        "description": "The operator's cluster: SASL_SSL.",
        "variables": {"bootstrap": {"description": "Its address, that the operator gives out."}},
        "security": _SECURITY,
    },
    "local": {
        "host": "127.0.0.1:{port}",
        "protocol": "kafka",
        "description": "The local system (`make run`), on its own machine: SASL_PLAINTEXT.",
        "variables": {"port": {"description": "Chosen free at its start, which prints it."}},
        "security": _SECURITY,
    },
}


def document() -> dict[str, Any]:
    """Channels, operations, messages with headers, keys and examples, of every topic."""
    messages = {message.wire_type: message for topic in CATALOGUE for message in topic.types}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Kvitt",
            "version": "1",
            "description": "Every topic of Kvitt: who says what to whom, and who may read it.",
            "license": {"name": "EUPL-1.2"},
            "tags": [{"name": owner} for owner in sorted({topic.owner for topic in CATALOGUE})],
        },
        "defaultContentType": BINARY,
        "servers": _SERVERS,
        "channels": {_channel_id(topic): _channel(topic) for topic in CATALOGUE},
        "operations": {
            name: operation for topic in CATALOGUE for name, operation in _operations(topic).items()
        },
        "components": {
            "messages": {name: _message(message) for name, message in sorted(messages.items())},
            "schemas": {f"headers-of-{kind.value}": _headers(kind) for kind in Kind},
            "securitySchemes": {
                "scram": {
                    "type": "scramSha512",
                    "description": "SASL/SCRAM-SHA-512. A region's user is region-<code>, which"
                    " writes to its region's topics and reads its feed; a service's is its name.",
                }
            },
        },
    }


def _channel_id(topic: Topic) -> str:
    return topic.name.replace(REGION, "code")


def _channel(topic: Topic) -> dict[str, Any]:
    channel: dict[str, Any] = {
        "address": topic.name.replace(REGION, "{code}"),
        "description": _channel_text(topic),
        "tags": [{"name": topic.owner}],
        "messages": {
            wire_type: {"$ref": f"#/components/messages/{wire_type}"}
            for wire_type in sorted(topic.wire_types)
        },
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["delete"],
                    "retention.ms": topic.retention_ms,
                    "max.message.bytes": topic.max_message_bytes,
                },
                **_BINDING,
            }
        },
    }
    if topic.is_per_region:
        channel["parameters"] = {"code": {"description": "The region's code, such as ac."}}
    return channel


def _channel_text(topic: Topic) -> str:
    readers = ", ".join(sorted(topic.readers))
    text = f"Owner: {topic.owner}. Key: {topic.key}. May read: {readers}."
    return f"{text} Holds personal data." if topic.personal_data else text


def _operations(topic: Topic) -> dict[str, Any]:
    channel = _channel_id(topic)
    messages = [
        {"$ref": f"#/channels/{channel}/messages/{wire_type}"}
        for wire_type in sorted(topic.wire_types)
    ]
    common = {"channel": {"$ref": f"#/channels/{channel}"}, "messages": messages}
    operations: dict[str, Any] = {}
    if not topic.is_inbound:
        operations[f"{topic.owner}.send.{channel}"] = {
            "action": "send",
            "summary": f"{topic.owner} writes to {topic.name}.",
            **common,
        }
    for consumer in sorted(topic.consumers):
        operations[f"{consumer}.receive.{channel}"] = {
            "action": "receive",
            "summary": f"{consumer} reads {topic.name}.",
            **common,
            "bindings": {
                "kafka": {
                    "groupId": {"type": "string", "pattern": f"^{topic.group_of(consumer)}"},
                    **_BINDING,
                }
            },
        }
    return operations


def _message(message: type[Message]) -> dict[str, Any]:
    wire_type = message.wire_type
    text = inspect.getdoc(message) or ""
    return {
        "name": wire_type,
        "title": message.__name__,
        "summary": text.splitlines()[0] if text else message.__name__,
        "description": text,
        "contentType": BINARY,
        "headers": {
            "allOf": [
                {"$ref": f"#/components/schemas/headers-of-{message.message_kind.value}"},
                {
                    "properties": {
                        "ce_type": {"const": wire_type},
                        "ce_dataschema": {"const": schema_id(wire_type)},
                    }
                },
            ]
        },
        "payload": {
            "schemaFormat": _FORMAT,
            "schema": {"$ref": f"./schemas/{wire_type}.json"},
        },
        "bindings": {"kafka": {"key": _key(message), **_BINDING}},
        "examples": [_example(one) for one in examples(wire_type)],
    }


def _key(message: type[Message]) -> dict[str, Any]:
    topics = [topic for topic in CATALOGUE if message in topic.types]
    keys = sorted({topic.key for topic in topics})
    schema: dict[str, Any] = {
        "type": "string",
        "description": f"Equal to ce_subject: {', '.join(keys)}.",
    }
    if any(topic.personal_data for topic in topics):
        schema["pattern"] = RegionPersonId.pattern
    elif message.message_kind is Kind.COMMAND:
        schema["pattern"] = Reference.pattern
    return schema


def _example(one: Example) -> dict[str, Any]:
    headers = {name: value.decode() for name, value in one.headers}
    return {"name": one.case, "headers": headers, "payload": one.data}


def _headers(kind: Kind) -> dict[str, Any]:
    """The headers of CloudEvents in binary mode; a region's message has no sequence."""
    text = {"type": "string", "minLength": 1, "maxLength": 255}
    required = {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid"},
        "ce_source": text,
        "ce_type": text,
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": text,
        "ce_region": {"type": "string", "pattern": "^[a-z]{1,2}$"},
    }
    if kind is Kind.EVENT:
        required["ce_sequence"] = {"type": "string", "pattern": "^[1-9][0-9]{0,17}$"}
    optional = {
        "ce_dataschema": text,
        "ce_correlationid": text,
        "ce_causationid": text,
        "ce_actor": text,
        "content-type": text,
        "traceparent": text,
    }
    return {
        "type": "object",
        "required": sorted(required),
        "properties": required | optional,
    }
