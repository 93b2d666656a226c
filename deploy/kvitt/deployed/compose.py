"""What the one-shot jobs of compose.yaml do: roles and databases, topics, users, permissions and
quotas, as scripts of PostgreSQL's and Kafka's own tools. Passwords are in files.
"""

import shlex
from collections.abc import Iterator, Sequence

from kvitt_contracts.quotas import region_quota
from kvitt_contracts.topics import catalogue

from kvitt.deployed.parts import parts
from kvitt.local.databases import ROLES, grants
from kvitt.local.servers import kafka_principals, region_principal

_HEAD = "#!/bin/bash\n# Made from the code by `python -m kvitt.deployed`.\nset -euo pipefail\n"
_PLACE = "/run/secrets/kvitt"
_AT = "--bootstrap-server kafka:9093 --command-config /tmp/admin.properties"


def databases() -> str:
    """Roles and databases, once, when the server is made."""
    lines = [_HEAD]
    for part in parts():
        lines.append("psql --quiet --set ON_ERROR_STOP=1 <<'SQL'")
        for role in ROLES:
            name = f"{part.name}_{role}"
            lines += [
                f"\\set password `cat {_PLACE}/{name}`",
                f"CREATE ROLE {name} LOGIN NOSUPERUSER PASSWORD :'password';",
            ]
        lines += [f"CREATE DATABASE {part.name} OWNER {part.name}_owner;", f"\\c {part.name}"]
        lines += [f"{one.as_string()};" for one in grants(part.name, part.name)]
        lines.append("SQL")
    return "\n".join(lines) + "\n"


def topics(codes: Sequence[str]) -> str:
    """Each run of it makes what is missing, and changes nothing else."""
    lines = [_HEAD, "source /etc/kvitt/kafka/client.sh", "cd /opt/kafka/bin"]
    lines += [
        f"./kafka-topics.sh {_AT} --create --if-not-exists --topic {topic.name}"
        f" --partitions {topic.partitions} --config retention.ms={topic.retention_ms}"
        f" --config max.message.bytes={topic.max_message_bytes}"
        " --config message.timestamp.type=LogAppendTime"
        for topic in catalogue(codes)
    ]
    for name in kafka_principals(codes):
        lines += _user(name, codes)
    for code in codes:
        quota = region_quota(code)
        lines.append(
            f"./kafka-configs.sh {_AT} --alter --entity-type users --entity-name"
            f" {region_principal(code)} --add-config producer_byte_rate={quota.producer_byte_rate},"
            f"consumer_byte_rate={quota.consumer_byte_rate},"
            f"request_percentage={quota.request_percentage}"
        )
    return "\n".join(lines) + "\n"


def _user(name: str, codes: Sequence[str]) -> Iterator[str]:
    yield f'echo "SCRAM-SHA-512=[password=$(cat {_PLACE}/{name})]" > /tmp/user.properties'
    yield (
        f"./kafka-configs.sh {_AT} --alter --entity-type users --entity-name {name}"
        " --add-config-file /tmp/user.properties"
    )
    every = catalogue(codes)
    may = {
        "Write": [one.name for one in every if name in one.writers],
        "Read": [one.name for one in every if name in one.readers],
    }
    who = f"./kafka-acls.sh {_AT} --add --allow-principal {shlex.quote(f'User:{name}')}"
    for operation, names in may.items():
        if names:
            those = " ".join(f"--topic {one}" for one in names)
            yield f"{who} --operation {operation} --operation Describe {those}"
    if may["Read"]:
        yield f"{who} --operation Read --group {name}"
        yield f"{who} --operation Read --resource-pattern-type prefixed --group {name}-"
