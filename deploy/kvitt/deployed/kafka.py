"""Strimzi's topics and users, from the catalogue: what local/access.py and local/quotas.py set on a
broker here, as objects there.
"""

from collections.abc import Sequence

from kvitt_contracts.quotas import region_quota
from kvitt_contracts.topics import SERVICES, catalogue

from kvitt.deployed.objects import Object, an_object
from kvitt.deployed.parts import KAFKA
from kvitt.local.servers import kafka_principals

_API = "kafka.strimzi.io/v1"
_OURS = {"strimzi.io/cluster": KAFKA}
REPLICAS = 3


def topics(codes: Sequence[str]) -> list[Object]:
    """Each topic of the catalogue, kept on three brokers and written to two at least."""
    return [
        an_object(
            _API,
            "KafkaTopic",
            topic.name,
            {
                "partitions": topic.partitions,
                "replicas": REPLICAS,
                "config": {
                    "retention.ms": topic.retention_ms,
                    "max.message.bytes": topic.max_message_bytes,
                    "message.timestamp.type": "LogAppendTime",
                    "min.insync.replicas": REPLICAS - 1,
                },
            },
            _OURS,
        )
        for topic in catalogue(codes)
    ]


def users(codes: Sequence[str]) -> list[Object]:
    """Each service and each region's systems, with what the catalogue grants them and no more."""
    return [_user(name, codes) for name in kafka_principals(codes)]


def _user(name: str, codes: Sequence[str]) -> Object:
    acls: list[Object] = []
    for topic in catalogue(codes):
        may = [
            operation
            for operation, those in (("Write", topic.writers), ("Read", topic.readers))
            if name in those
        ]
        if may:
            resource = {"type": "topic", "name": topic.name, "patternType": "literal"}
            acls.append(_allowed(resource, [*may, "Describe"]))
    if any(name in topic.readers for topic in catalogue(codes)):
        for group, pattern in ((name, "literal"), (f"{name}-", "prefix")):
            acls.append(
                _allowed({"type": "group", "name": group, "patternType": pattern}, ["Read"])
            )
    spec: Object = {
        "authentication": {
            "type": "scram-sha-512",
            "password": {
                "valueFrom": {"secretKeyRef": {"name": f"{name}-kafka", "key": "password"}}
            },
        },
        "authorization": {"type": "simple", "acls": acls},
    }
    if name not in SERVICES:
        quota = region_quota(name.removeprefix("region-"))
        spec["quotas"] = {
            "producerByteRate": quota.producer_byte_rate,
            "consumerByteRate": quota.consumer_byte_rate,
            "requestPercentage": quota.request_percentage,
        }
    return an_object(_API, "KafkaUser", name, spec, _OURS)


def _allowed(resource: Object, operations: list[str]) -> Object:
    return {"type": "allow", "resource": resource, "operations": operations, "host": "*"}
